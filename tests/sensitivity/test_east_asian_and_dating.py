"""Names that Japanese and Korean platforms use, dating segments, and harmless names with their words inside."""

import pytest

from haechi import sensitivity

ENGINE = sensitivity.load()

TELLING = {
    "sexual-orientation": (
        "Men seeking men", "Personals > Women seeking women", "Dating > MSM", "MSM", "Gay dating",
        "男性を求める男性", "女性同士の出会い", "ゲイコミュニティ", "クィアコア",
        "남성을 찾는 남성", "남자가 남자 구함", "퀴어 프라이드", "バイロマンティック", "람다 문학상",
    ),
    "gender-identity": ("ドラァグクイーン", "性別移行", "드랙퀸", "성별위화감"),
    "health": (
        "ケトダイエット", "弾性ストッキング", "ボッチャ", "デエビゴ", "膠原病", "いのちの電話", "アラノン",
        "グループホーム",
        "角膜移植", "オペレーション・スマイル", "卵子保存", "ポストポリオ", "口腔乾燥", "側弯",
        "인공와우 이식", "산재 노동자", "난소기능저하", "잇몸퇴축", "중금속 해독",
        "압박스타킹", "보치아", "졸피뎀", "환우회", "생명의전화", "갬아논", "은둔형 외톨이",
    ),
    "religion": (
        "列王記", "アル・アクサー・モスク", "ハマンタッシェン", "サレジオ", "聖イグナチオ",
        "민수기", "하시딤", "애즈베리 대학교", "이케다 다이사쿠", "앗살람 알라이쿰",
    ),
    "belief": ("キッチンウィッチ", "プレアデス星人", "反出生主義", "그린 위치", "지구평면론", "반출생주의"),
    "political-opinion": (
        "環境ワーキンググループ", "ルース・ギンズバーグ", "ハン・ドンフン", "ガットフェルド",
        "재생산 권리", "마이크 드와인", "모테기 도시미쓰", "제로헤지",
    ),
    "financial-hardship": (
        "任意整理", "住民税非課税世帯", "フードバンク", "家賃が払えない",
        "씬파일러", "돌려막기", "햇살론", "무료급식소",
    ),
    "criminal-record": ("更生保護施設", "死刑囚", "갱생보호", "소년원 출신"),
    "crime-victim": ("デートDV", "リベンジポルノの相談", "여성의전화", "전세사기 피해자"),
    "children": ("女子高生", "15歳未満", "13세 미만", "초등학교 1학년"),
    "genetic": ("遺伝子診断", "出生前診断", "유전자분석", "친자검사"),
    "precise-location": ("位置データ", "緯度経度", "위치추적", "지오펜싱"),
}  # fmt: skip

HARMLESS = (
    "MSM supplement", "Prisoner's dilemma", "Geolocation API",
    "ホモ・サピエンス", "マービン・ゲイ", "貧乏神", "10代目シビック", "マルウェア感染", "禁煙席", "生理学", "体重計",
    "ペットの治療", "サッカークリニック", "無職転生", "囚人のジレンマ", "ダイエットコーク", "インフルエンサー",
    "人間の性格", "呪術廻戦", "ジャンヌ・ダルク", "マルクス・アウレリウス", "必要理由", "過失行為", "回避性能",
    "おたふくソース", "普通級",
    "10대 뉴스", "마빈 게이", "자동차 진단", "실명 인증", "국어 지문", "금주의 추천", "여행 동선", "대마도 여행",
    "볼빨간사춘기", "대구마사지", "악성교통사고", "재판관기피", "안전불감증", "솔로푸드", "모닝 조깅", "사장님",
    "주술회전", "무당벌레", "독서집중", "나아가서", "카드 점수", "파이어프루프 금고", "달린 책",
    "강아지 치료", "섹스 앤 더 시티", "국가부채",
    "生産前線", "中華人民共和国", "都市公園の沖縄人気店", "帽子作り", "理性交流", "アジアン雑貨",
    "강남미인", "홍콩인기 맛집", "게임신기록", "이슈드라마", "집행관련 교육", "경기도문화재단",
    "예약 알림", "여성 상담사",
)  # fmt: skip


@pytest.mark.parametrize("category", TELLING)
def test_names_in_real_use_tell_directly(category: str) -> None:
    """Fails when a theme that gives a person away passes as ordinary because its usual name is not known."""
    missed = [
        name
        for name in TELLING[category]
        if not any(label.category == category and label.grade == 2 for label in ENGINE.judge(name).decided)
    ]
    assert missed == []


def test_harmless_names_with_a_telling_word_inside_pass() -> None:
    """Fails when the people who decide are asked about films, machines, school books and pets."""
    assert [(name, found) for name in HARMLESS if (found := ENGINE.judge(name).decided)] == []


@pytest.mark.parametrize("name", ["Men seeking women", "Interested in men", "남성 구함", "男性を求める女性"])
def test_whom_somebody_seeks_alone_is_arguable(name: str) -> None:
    """Fails when half of a dating segment passes in silence, or is taken for the whole."""
    labels = ENGINE.judge(name).labels
    assert [(label.category, label.grade) for label in labels] == [("sexual-orientation", 1)]
