"""Synthetic ads that hand people off to a chat, as those who want to get past a filter might write them.

Every text here is invented. Nothing is taken from the detector's lists: a test checks that this module imports none
of Haechi. Names of persons and firms are invented too.
"""
# ruff: noqa: E501  letters that only look like others are its subject, and tables of texts are read as tables

import base64
import random
from collections.abc import Callable, Iterator
from typing import NamedTuple
from urllib.parse import quote


class Written(NamedTuple):
    """One synthetic ad: in which field the hand-off stands, the text, and the application it leads to."""

    field: str
    text: str
    application: str
    manner: str


LEADS = {
    "ja": [
        "投資歴20年の専門家が毎朝の注目銘柄を公開します。", "老後資金が不安な方へ。", "先着50名様限定の無料勉強会を開催中！",
        "資産形成の第一歩を一緒に。", "値上がりが期待できる銘柄ベスト5をお伝えします。", "副業で月10万円を目指しませんか？",
        "今週末で募集を締め切ります。", "新NISAの始め方を丁寧に教えます。",
    ],
    "ko": [
        "매일 아침 급등 예상 종목을 무료로 알려드립니다.", "주식 초보도 쉽게 따라할 수 있어요.", "선착순 100명에게 책을 무료로 드립니다.",
        "은퇴 자금이 걱정되시나요?", "오늘 장 마감 후 추천주를 공개합니다.", "수익 인증 후기 다수!", "부업으로 월 300만원 도전하세요.",
    ],
    "en": [
        "My strategy returned 40% last quarter.", "Retire early with the five stocks I picked.", "Only 30 seats left this week!",
        "Our analysts share daily picks for free.", "Beginners welcome, no experience needed.", "Earn from home with two hours a day.",
        "The market is about to turn, be prepared.",
    ],
    "zh": [
        "资深分析师每天分享牛股。", "名額有限，先到先得！", "想知道明天的涨停股吗？", "退休金不够用怎么办？", "免費領取投資秘笈。",
    ],
    "de": [
        "Unser Analyst teilt jeden Morgen kostenlose Aktientipps.", "Nur noch 20 Plätze frei!", "Verdoppeln Sie Ihr Vermögen bis Jahresende.",
        "Auch für Einsteiger geeignet.",
    ],
}  # fmt: skip

CALLS = {
    ("line", "ja"): [
        "LINEを追加して「参加」と送ってください。", "詳しくは公式LINEまで。", "下のボタンからLINEで友達になるだけ！", "LINEグループで毎日情報を配信しています",
        "ラインの友だち登録で資料プレゼント", "私のアシスタントのLINEに連絡してください", "LINE登録はこちら↓", "まずは無料でLINE登録！",
        "LINEオープンチャットに参加する", "気になる方はLINEからお問い合わせください", "担当秘書のLINEを追加すると招待されます", "詳細はLINEにて個別にご案内します",
        "LINEで「株」と送信してください", "友だち追加で今すぐ受け取る", "友達追加するだけで無料プレゼント", "専用LINEへご登録ください", "ライングループへご招待",
        "LINE公式アカウントを友だち追加", "LINEのQRコードを読み取ってください", "限定コミュニティ(LINE)にご招待します", "LINEでつながりましょう！",
        "LINEトークで質問を受け付けています", "LINEで無料相談受付中", "お友達登録をお願いします→LINE", "Lineを追加してお待ちください",
    ],
    ("line", "ko"): ["라인 아이디로 추가해 주세요", "라인 친구 추가하시면 안내해 드립니다", "LINE 추가하고 상담받으세요", "라인으로 연락 주세요", "LINE 친구추가 후 '주식'이라고 보내주세요"],
    ("line", "en"): ["Add our LINE official account to get the list.", "Contact my assistant on LINE to begin.", "Join the LINE group for free picks", "Scan the code to add us on LINE", "Message us via LINE"],
    ("line", "zh"): ["加LINE领取名单", "加入LINE群組，每日分享", "請加助理的LINE", "加賴領取飆股", "LINE好友請加", "官方LINE@領取"],
    ("line", "de"): ["Fügen Sie uns auf LINE hinzu.", "Schreiben Sie uns über LINE."],
    ("kakaotalk", "ko"): [
        "카톡으로 문의 주세요", "카카오톡 채널 추가하고 무료 종목 받으세요", "오픈채팅방에 입장하세요", "카카오톡 오픈채팅 링크 클릭!", "카톡방에서 매일 공개합니다",
        "카카오톡 친구추가 하시면 초대해 드립니다", "오픈카톡으로 오세요", "단톡방 참여 신청하세요", "플러스친구 추가 후 상담", "1:1 카톡 상담 진행중", "카톡 상담 클릭",
        "카카오 채널에서 '무료' 입력", "오픈톡 들어오시면 됩니다", "카카오톡으로 1:1 상담", "카톡 추가해 주시면 책을 보내드립니다", "카카오톡 단체방으로 초대합니다",
    ],
    ("kakaotalk", "en"): ["Add us on KakaoTalk for the free book.", "Join our KakaoTalk open chat", "Message my assistant on Kakao Talk"],
    ("kakaotalk", "ja"): ["カカオトークで連絡してください", "カカオトークを追加して参加", "カカオのオープンチャットに参加"],
    ("telegram", "en"): [
        "Join our Telegram group today", "Message me on Telegram to start", "Telegram channel with daily signals, link below", "Get in touch via Telegram",
        "Find us on Telegram", "Contact the admin on Telegram", "Our VIP Telegram is open now", "Subscribe to the telegram channel", "Chat with our mentor on Telegram",
    ],
    ("telegram", "ko"): ["텔레그램 방 입장하세요", "텔레그램으로 문의 주세요", "텔레그램 채널에서 무료 공개", "텔레그램 추가 후 연락주세요", "텔레 아이디로 연락주세요"],
    ("telegram", "ja"): ["テレグラムで連絡をお待ちしています", "Telegramグループに参加してください", "テレグラムのチャンネルで無料公開", "詳細はTelegramにて"],
    ("telegram", "zh"): ["加入Telegram频道", "电报群每日分享", "加我Telegram", "紙飛機群組歡迎加入", "飞机群免费进"],
    ("telegram", "de"): ["Tritt unserer Telegram-Gruppe bei.", "Schreib mir auf Telegram!", "Kostenloser Telegram-Kanal mit Signalen", "Komm in unsere Telegram Gruppe"],
    ("whatsapp", "en"): [
        "DM me on WhatsApp", "Join the WhatsApp group before it fills up", "Text my assistant on WhatsApp", "Click to chat with us on WhatsApp", "WhatsApp us now",
        "Reach out through WhatsApp for the free list", "Send 'START' to our WhatsApp number", "Add my teacher's WhatsApp",
    ],
    ("whatsapp", "de"): ["Treten Sie unserer WhatsApp-Gruppe bei.", "Schreiben Sie mir per WhatsApp.", "Melde dich über WhatsApp bei mir", "WhatsApp Gruppe beitreten"],
    ("whatsapp", "ja"): ["WhatsAppで連絡してください", "ワッツアップのグループに参加"],
    ("whatsapp", "zh"): ["加我WhatsApp", "WhatsApp群组免费加入", "請聯絡WhatsApp客服"],
    ("whatsapp", "ko"): ["왓츠앱으로 연락 주세요", "WhatsApp 그룹 참여하기"],
    ("band", "ko"): ["네이버 밴드에 가입하세요", "네이버밴드로 초대합니다", "밴드 가입하시면 종목을 받을 수 있습니다", "주식 밴드 입장하기", "밴드에서 무료로 공개합니다", "밴드 링크 클릭하고 가입", "밴드로 오세요"],
    ("discord", "en"): ["Join our Discord server", "Hop into the Discord for free calls, invite below", "DM me on Discord", "Our private Discord community is open", "Get access to the VIP discord"],
    ("discord", "ja"): ["Discordサーバーに参加してください", "ディスコードで無料配信中、参加はこちら", "限定Discordコミュニティにご招待"],
    ("discord", "ko"): ["디스코드 서버에 참여하세요", "디스코드로 초대합니다"],
    ("discord", "de"): ["Komm auf unseren Discord Server", "Tritt unserem Discord bei"],
    ("signal", "en"): ["Message me on Signal", "Join our private Signal group", "Contact my secretary via Signal app", "Add me on Signal and say hi"],
    ("signal", "de"): ["Schreib mir auf Signal", "Tritt unserer Signal-Gruppe bei"],
    ("signal", "ja"): ["Signalアプリで連絡してください", "シグナルのグループに招待します"],
    ("signal", "ko"): ["시그널 메신저로 연락 주세요"],
    ("zalo", "en"): ["Add our Zalo for the list", "Join the Zalo group"],
    ("zalo", "ko"): ["잘로 아이디로 연락주세요"],
    ("wechat", "zh"): ["添加老师微信", "加微信进群", "微信扫码领取", "加V信领取牛股", "请加助理微信", "加薇信免费领"],
    ("wechat", "en"): ["Add me on WeChat", "Scan to join our WeChat group"],
    ("wechat", "ko"): ["위챗으로 연락 주세요"],
    ("wechat", "ja"): ["WeChatを追加してください"],
    ("viber", "en"): ["Join our Viber community", "Message us on Viber"],
    ("messenger", "en"): ["Message us on Facebook Messenger", "Chat with me on Messenger", "Send a message via Messenger"],
    ("messenger", "de"): ["Schreib uns über den Facebook Messenger"],
    ("messenger", "ko"): ["페이스북 메신저로 문의 주세요"],
    ("chat", "ko"): ["리딩방 무료 입장", "VIP 정보방에 초대합니다", "무료 체험방 입장하기", "급등주 리딩방 참여하세요", "비공개 종목방으로 모십니다"],
    ("chat", "ja"): ["投資グループに無料でご招待", "限定グループチャットに参加", "銘柄共有グループへの参加はこちら"],
    ("chat", "en"): ["Join our VIP trading group", "You will be invited to our investment group chat", "Message my assistant to get started"],
    ("chat", "zh"): ["免费进群领取", "加入交流群", "添加助理进股票群", "掃碼進群"],
    ("chat", "de"): ["Treten Sie unserer Börsengruppe bei", "Kostenlos der Aktien-Chatgruppe beitreten"],
}  # fmt: skip

EUPHEMISMS = [
    ("line", "ja", "緑のアプリで友だち追加してください"), ("line", "ja", "みどりのアイコンのアプリから登録"), ("line", "ja", "オプチャに参加してね"),
    ("line", "en", "Add us on the green chat app"), ("kakaotalk", "ko", "노란 앱에서 친구 추가해 주세요"), ("kakaotalk", "ko", "노란톡 문의 환영"),
    ("telegram", "en", "Find us on the paper plane app"), ("telegram", "ja", "紙飛行機のアプリで参加"), ("telegram", "ko", "종이비행기 앱으로 연락주세요"),
    ("line", "ko", "초록 앱에서 추가해 주세요"), ("telegram", "zh", "小飞机联系我"), ("wechat", "zh", "➕薇领取"), ("chat", "ja", "チャットアプリでご案内します"),
]  # fmt: skip

# How the names are written, each in its usual spelling, for disguises.
SPELLED = {
    "line": ["LINE"], "kakaotalk": ["KakaoTalk", "카카오톡", "カカオトーク", "카톡"], "telegram": ["Telegram", "텔레그램", "テレグラム"],
    "whatsapp": ["WhatsApp", "왓츠앱"], "discord": ["Discord"], "wechat": ["WeChat"], "zalo": ["Zalo"], "viber": ["Viber"],
}  # fmt: skip
AROUND = {
    "ja": "{}を追加してください",
    "ko": "{} 추가해 주세요",
    "en": "Join our {} group",
    "zh": "加{}群",
    "de": "Komm in unsere {} Gruppe",
}

GLYPHS = {
    "a": "аɑα", "c": "сϲ", "e": "еҽ", "i": "іι", "o": "оο", "p": "рρ", "s": "ѕ", "h": "һ", "k": "κк", "t": "τт", "m": "м", "g": "ɡ", "l": "ӏ",
    "A": "АΑ", "B": "ВΒ", "C": "СϹ", "E": "ЕΕ", "I": "ІΙ", "K": "КΚ", "L": "Ⅼ", "N": "Ν", "T": "ТΤ", "W": "Ԝ", "D": "Ⅾ", "V": "Ⅴ", "Z": "Ζ",
}  # fmt: skip
LEET = {"a": "4@", "e": "3€", "i": "1!", "l": "1|", "o": "0", "s": "5$", "t": "7", "b": "8", "g": "9"}
ZERO_WIDTH = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f\u180e\ufe0f\u3164"
BETWEEN = [
    " ",
    ".",
    "・",
    "-",
    "_",
    "*",
    "|",
    "/",
    "❤️",
    "🔥",
    "⭐",
    "  ",
    " . ",
    "~",
    "•",
    "\u3000",
    "—",
    "+",
]


def _homoglyph(word: str, rng: random.Random) -> str:
    places = [at for at, letter in enumerate(word) if letter in GLYPHS]
    chosen = set(rng.sample(places, max(1, len(places) * 2 // 3))) if places else set()
    return "".join(rng.choice(GLYPHS[one]) if at in chosen else one for at, one in enumerate(word))


def _leet(word: str, rng: random.Random) -> str:
    places = [at for at, letter in enumerate(word) if letter.lower() in LEET and at]
    if not places:
        return word
    chosen = set(rng.sample(places, max(1, len(places) // 2)))
    return "".join(rng.choice(LEET[one.lower()]) if at in chosen else one for at, one in enumerate(word))


def _zero_width(word: str, rng: random.Random) -> str:
    return "".join(one + rng.choice(ZERO_WIDTH) for one in word[:-1]) + word[-1]


def _apart(word: str, rng: random.Random) -> str:
    return rng.choice(BETWEEN).join(word)


def _in_boxes(word: str, rng: random.Random) -> str:
    pair = rng.choice(["[]", "()", "【】", "「」", "<>", "{}"])
    return "".join(f"{pair[0]}{one}{pair[1]}" for one in word)


def _upright(word: str, _: random.Random) -> str:
    return "\n".join(word)


def _full_width(word: str, _: random.Random) -> str:
    return "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in word)


def _styled(word: str, rng: random.Random) -> str:
    upper, lower = rng.choice(
        [(0x1D400, 0x1D41A), (0x1D5D4, 0x1D5EE), (0x1D670, 0x1D68A), (0x1D63C, 0x1D656), (0x24B6, 0x24D0)]
    )
    return "".join(
        chr(upper + ord(one) - 65)
        if "A" <= one <= "Z"
        else chr(lower + ord(one) - 97)
        if "a" <= one <= "z"
        else one
        for one in word
    )


def _boxed(word: str, rng: random.Random) -> str:
    base = rng.choice([0x1F170, 0x1F150, 0x1F130])
    return "".join(chr(base + ord(one) - 65) if "A" <= one <= "Z" else one for one in word.upper())


def _flags(word: str, _: random.Random) -> str:
    return " ".join(chr(0x1F1E6 + ord(one) - 65) if "A" <= one <= "Z" else one for one in word.upper())


def _jamo(word: str, _: random.Random) -> str:
    first, vowel, last = (
        "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ",
        "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ",
        " ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ",
    )
    out = ""
    for one in word:
        code = ord(one) - 0xAC00
        out += (
            one
            if not 0 <= code < 11172
            else (first[code // 588] + vowel[code % 588 // 28] + last[code % 28]).strip()
        )
    return out


NARROW = {
    "カ": "ｶ",
    "オ": "ｵ",
    "ト": "ﾄ",
    "ー": "ｰ",
    "ク": "ｸ",
    "テ": "ﾃ",
    "レ": "ﾚ",
    "ラ": "ﾗ",
    "ム": "ﾑ",
    "グ": "ｸﾞ",
}


def _half_width(word: str, _: random.Random) -> str:
    return "".join(NARROW.get(one, one) for one in word)


def _kana_swapped(word: str, _: random.Random) -> str:
    return "".join({"カ": "力", "ト": "卜", "ー": "一"}.get(one, one) for one in word)


def _struck(word: str, _: random.Random) -> str:
    return "".join(one + "\u0336" for one in word)


Disguise = Callable[[str, random.Random], str]
LATIN: dict[str, Disguise] = {
    "homoglyph": _homoglyph, "leet": _leet, "zero-width": _zero_width, "apart": _apart, "boxes": _in_boxes, "upright": _upright,
    "full-width": _full_width, "styled": _styled, "boxed": _boxed, "flags": _flags, "struck": _struck,
}  # fmt: skip
HANGUL: dict[str, Disguise] = {
    "jamo": _jamo,
    "apart": _apart,
    "zero-width": _zero_width,
    "boxes": _in_boxes,
    "upright": _upright,
}
KANA: dict[str, Disguise] = {
    "half-width": _half_width,
    "apart": _apart,
    "zero-width": _zero_width,
    "kana": _kana_swapped,
}

HANDLES = ["@fuji_7788", "@stock.master", "kabu2024", "vip_8899", "@a1b2c3d", "mirae.invest", "@profitpro"]
NUMBERS = ["+44 7700 900123", "+1 (555) 010-9999", "+49 1555 0100200", "+852 5555 0123", "07700 900456"]
IDS = {
    "line": ["LINE ID：{}", "LINE ID: {}", "LINE→{}", "ラインID {}", "라인 아이디 : {}", "LINE：{}", "ID検索【{}】LINE", "賴ID: {}", "Line ID {}", "LINE @ {}"],
    "kakaotalk": ["카톡 아이디 {}", "카카오톡 ID : {}", "카톡ID: {}", "카톡 {} 추가", "KakaoTalk ID: {}", "카톡아이디→{}", "Kakao ID: {}"],
    "telegram": ["Telegram: {}", "텔레그램 {}", "텔레그램 아이디 : {}", "TG: {}", "Telegram ID {}", "テレグラムID：{}", "Telegram 👉 {}", "contact {} on Telegram"],
    "whatsapp": ["WhatsApp: {}", "WhatsApp {}", "Whatsapp number: {}", "Text {} on WhatsApp", "WhatsApp 👉 {}", "WhatsApp Nummer: {}"],
    "signal": ["Signal: {}", "Signal number {}"],
    "wechat": ["微信号：{}", "WeChat ID: {}", "微信 {}", "加v信：{}"],
    "zalo": ["Zalo: {}", "Zalo ID {}"],
    "viber": ["Viber: {}"],
    "discord": ["Discord: {}", "discord ID {}", "add {} on Discord"],
}  # fmt: skip

LINKS = {
    "line": [
        "https://line.me/R/ti/p/@abc1234", "https://lin.ee/AbCdEf1", "https://line.me/ti/g2/AbCdEfGh", "https://liff.line.me/1234567890-AbCdEfGh",
        "https://page.line.me/abc1234x", "line://ti/p/@abc1234", "https://line.me/R/ti/g/AbCd12", "http://line.me/ti/p/~abcdef", "https://line.me/R/oaMessage/@abc1234/?hello",
        "https://line.naver.jp/ti/p/@abc1234", "https://openchat.line.me/jp/cover/AbCdEf", "intent://ti/p/@abc#Intent;scheme=line;package=jp.naver.line.android;end",
    ],
    "kakaotalk": ["https://open.kakao.com/o/gAbCdEf1", "https://open.kakao.com/me/abc", "http://pf.kakao.com/_AbCdE", "https://pf.kakao.com/_AbCdE/chat", "https://qr.kakao.com/talk/AbCdEf-", "kakaoopen://join?l=AbCd"],
    "telegram": ["https://t.me/abcgroup", "https://t.me/+AbCdEf12", "https://t.me/joinchat/AbCdEf", "https://telegram.me/abcgroup", "tg://resolve?domain=abc", "https://t.me/s/abcnews", "https://telegram.dog/abcgroup", "tg://join?invite=AbC"],
    "whatsapp": ["https://wa.me/447700900123", "https://api.whatsapp.com/send?phone=447700900123", "https://chat.whatsapp.com/AbCdEfGh123", "whatsapp://send?phone=447700900123", "https://wa.me/message/ABCDEF12", "https://whatsapp.com/channel/0029VaAbC", "https://web.whatsapp.com/send?phone=447700900123&text=hi", "https://wa.link/abc123"],
    "band": ["https://band.us/n/a1b2c3", "https://www.band.us/@stock", "https://band.us/band/12345678", "bandapp://band/123"],
    "discord": ["https://discord.gg/abc123", "https://discord.com/invite/abc123", "https://discordapp.com/invite/abc", "https://dsc.gg/abc"],
    "signal": ["https://signal.group/#CjQKIAbC", "https://signal.me/#p/+447700900123", "sgnl://signal.group/#abc"],
    "zalo": ["https://zalo.me/0900123456", "https://zalo.me/g/abcdef123"],
    "wechat": ["weixin://dl/chat?abc", "https://u.wechat.com/AbCdEf", "https://work.weixin.qq.com/ca/abcdef"],
    "viber": ["viber://chat?number=123456", "https://invite.viber.com/?g2=AbCd"],
    "messenger": ["https://m.me/abc.page", "https://www.messenger.com/t/12345", "https://www.facebook.com/messages/t/12345"],
}  # fmt: skip


def _defanged(link: str, rng: random.Random) -> str:
    return (
        link.replace("https://", "")
        .replace("http://", "")
        .replace(".", rng.choice(["[.]", "(.)", " . ", "。", "．", "[dot]", " dot "]), 1)
    )


def _bare_link(link: str, _: random.Random) -> str:
    return link.replace("https://", "").replace("http://", "")


def _wrapped(link: str, rng: random.Random) -> str:
    once = quote(link, safe="")
    return rng.choice(
        [
            f"https://click.example.com/r?url={once}", f"https://go.example.net/?u={quote(once, safe='')}",
            f"https://out.example.org/{base64.urlsafe_b64encode(link.encode()).decode()}",
            f"https://l.facebook.com/l.php?u={once}&h=AT0", f"https://www.google.com/url?q={once}&sa=D",
            f"https://t.example.jp/c?id=7&next={link}",
        ]
    )  # fmt: skip


def written(count: int, seed: int) -> Iterator[Written]:
    """`count` synthetic ads with a hand-off, in every manner, from one seed."""
    rng = random.Random(seed)  # noqa: S311
    manners = (_invitation, _disguised, _identified, _linked, _euphemised)
    for number in range(count):
        yield manners[number % len(manners)](rng)


def _placed(rng: random.Random, language: str, call: str) -> tuple[str, str]:
    lead = rng.choice(LEADS[language])
    parts = [lead, call] if rng.random() < 0.7 else [call, lead]
    text = (
        rng.choice(["", " ", "\n", " 👉 "]).join(parts)
        if language in ("ja", "zh")
        else rng.choice([" ", "\n", " 👉 "]).join(parts)
    )
    return rng.choice(["text", "text", "headline", "image_text", "landing_text"]), text


def _invitation(rng: random.Random) -> Written:
    (application, language), calls = rng.choice(list(CALLS.items()))
    call = rng.choice(calls)
    if rng.random() < 0.2:
        call = _full_width(call, rng)
    field, text = _placed(rng, language, call)
    return Written(field, text, application, "words")


def _euphemised(rng: random.Random) -> Written:
    application, language, call = rng.choice(EUPHEMISMS)
    field, text = _placed(rng, language, call)
    return Written(field, text, application, "euphemism")


def _disguised(rng: random.Random) -> Written:
    application = rng.choice(list(SPELLED))
    name = rng.choice(SPELLED[application])
    if name.isascii():
        ways, language = LATIN, rng.choice(list(AROUND))
    elif name >= "가":
        ways, language = HANGUL, "ko"
    else:
        ways, language = KANA, "ja"
    manner = rng.choice(list(ways))
    field, text = _placed(rng, language, AROUND[language].format(ways[manner](name, rng)))
    return Written(field, text, application, manner)


def _identified(rng: random.Random) -> Written:
    application = rng.choice(list(IDS))
    numbered = application in ("whatsapp", "signal", "viber") or (
        application in ("telegram", "zalo") and rng.random() < 0.3
    )
    account = rng.choice(NUMBERS if numbered else HANDLES)
    if application == "discord":
        account = "coach#4821"
    language = rng.choice(["ja", "ko", "en"])
    field, text = _placed(rng, language, rng.choice(IDS[application]).format(account))
    return Written(field, text, application, "identifier")


def _linked(rng: random.Random) -> Written:
    application = rng.choice(list(LINKS))
    link = rng.choice(LINKS[application])
    manner = rng.choice(
        ["plain", "bare", "defanged", "wrapped", "code", "landing", "redirect", "page-link", "full-width"]
    )
    web = link.startswith("http")
    if manner in ("bare", "defanged") and web:
        link = (_bare_link if manner == "bare" else _defanged)(link, rng)
    elif manner == "wrapped":
        link = _wrapped(link, rng)
    elif manner == "full-width":
        link = _full_width(link, rng)
    elif manner in ("code", "landing", "redirect", "page-link"):
        wraps = rng.random() < 0.4
        place = {
            "code": "image_code",
            "landing": "landing_url",
            "redirect": "redirects",
            "page-link": "links",
        }[manner]
        return Written(place, _wrapped(link, rng) if wraps else link, application, manner)
    language = rng.choice(list(LEADS))
    field, text = _placed(rng, language, link)
    return Written(field, text, application, f"link-{manner}")
