"""Names that Japanese and Korean platforms use, dating segments, and harmless names with their words inside."""

import pytest

from haechi import sensitivity

ENGINE = sensitivity.load()

TELLING = {
    "sexual-orientation": (
        "Men seeking men", "Personals > Women seeking women", "Dating > MSM", "MSM", "Gay dating",
        "男性を求める男性", "女性同士の出会い", "ゲイコミュニティ", "クィアコア",
        "남성을 찾는 남성", "남자가 남자 구함", "퀴어 프라이드",
    ),
    "gender-identity": ("ドラァグクイーン", "性別移行", "드랙퀸", "성별위화감"),
    "health": (
        "ケトダイエット", "弾性ストッキング", "ボッチャ", "デエビゴ", "膠原病", "いのちの電話", "アラノン",
        "グループホーム",
        "압박스타킹", "보치아", "졸피뎀", "환우회", "생명의전화", "갬아논", "은둔형 외톨이",
    ),
    "financial-hardship": ("任意整理", "住民税非課税世帯", "フードバンク", "돌려막기", "햇살론", "무료급식소"),
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
    "人間の性格",
    "10대 뉴스", "마빈 게이", "자동차 진단", "실명 인증", "국어 지문", "금주의 추천", "여행 동선", "대마도 여행",
    "볼빨간사춘기",
    "강아지 치료", "섹스 앤 더 시티", "국가부채",
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
