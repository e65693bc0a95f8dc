"""Synthetic pages as three visitors see them: honest ones that change from visit to visit, and cloaking ones."""
# ruff: noqa: E501, ARG002 - tables of sentences

import hashlib
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from haechi.review.ads import Ad, Fact
from haechi.review.case import Case, Sighting, Visit, World
from haechi.review.landing.again import changed
from haechi.review.signals import cloaking

AT = datetime(2026, 11, 28)  # noqa: DTZ001 - instants are naive UTC
SHOP = "https://shop.example/item"

_WORDS = {
    "en": (
        ("Our kitchen", "The small team", "This season's range", "A local workshop", "Every order", "The new guide"),
        ("brings together", "is made with", "comes with", "explains", "was chosen for", "goes well with"),
        ("fresh vegetables", "oak and linen", "a warm evening", "careful repair", "the whole family", "simple recipes",
         "rainy weekends", "long walks", "good tools", "quiet mornings", "ripe fruit", "winter coats"),
        ("and you can return it at any time.", "with our thanks for the visit.", "for the time that you have.",
         "and we answer all of your questions.", "in the shop of your town.", "to make the day easier."),
    ),
    "ja": (
        ("新しい台所用品は", "当店の職人は", "この季節の野菜は", "手作りの家具は", "地元の工房では", "毎日の掃除は"),
        ("長く使えるように", "家族みんなで", "雨の日でも", "小さな部屋でも", "忙しい朝にも", "初めての方でも"),
        ("丁寧に仕上げた", "やさしく洗える", "すぐに試せる", "簡単に作れる", "静かに動く", "気持ちよく着られる"),
        ("道具をお届けします。", "献立をご紹介します。", "布を選んでいます。", "返品もできます。", "店でお待ちしています。"),
    ),
    "ko": (
        ("새로운 주방 도구는", "우리 가게의 장인은", "제철 채소는", "손으로 만든 가구는", "동네 공방에서는", "매일 하는 청소는"),
        ("오래 쓸 수 있도록", "온 가족이 함께", "비 오는 날에도", "작은 방에서도", "바쁜 아침에도", "처음 오신 분도"),
        ("꼼꼼하게 마무리한", "부드럽게 세탁되는", "바로 써 볼 수 있는", "간단하게 만드는", "조용하게 움직이는"),
        ("제품을 보내 드립니다.", "요리를 소개합니다.", "천을 고르고 있습니다.", "반품도 가능합니다.", "매장에서 기다립니다."),
    ),
}  # fmt: skip
_SWINDLE = {
    "en": (
        "Invest with our trader and see guaranteed returns.",
        "Stocks and crypto tips every morning in the group.",
    ),
    "ja": ("投資の先生が無料で銘柄をお教えします。", "株価が急騰する前に必ず利益と配当を得られます。"),
    "ko": ("투자 전문가가 급등주 종목을 무료로 알려 드립니다.", "수익률을 보장하는 주식 리딩방입니다."),
}


@dataclass(slots=True)
class Maker:
    """Makes pages by chance.

    Attributes:
        chance: of everything.
        lines: sentences by language.
    """

    chance: random.Random
    lines: Mapping[str, Sequence[str]]

    def sentence(self, language: str) -> str:
        if language in self.lines:
            return self.chance.choice(self.lines[language])
        first, *others = (self.chance.choice(part) for part in _WORDS[language])
        # Real pages have far more words than the parts above: a made-up name in each sentence stands for them.
        name = "".join(self.chance.choice("kstnmr") + self.chance.choice("aiueo") for _ in range(3))
        return f"{first} {name} {' '.join(others)}" if language == "en" else f"{first}{name}{''.join(others)}"

    def blocks(self, language: str, least: int = 8, most: int = 60) -> list[str]:
        return [self.sentence(language) for _ in range(self.chance.randint(least, most))]

    def swindle(self, language: str) -> list[str]:
        told = [f"{line} {self.sentence(language)}" for line in _SWINDLE[language] for _ in range(5)]
        self.chance.shuffle(told)
        return told

    def visit(self, profile: str, blocks: Sequence[str], url: str = SHOP, links: Sequence[str] = ()) -> Visit:
        text = "\n".join(blocks)
        return Visit(
            profile=profile,
            at=AT,
            redirects=(SHOP, url) if url != SHOP else (SHOP,),
            final_url=url,
            status=200,
            title="Synthetic page",
            text=text,
            links=tuple(links),
            text_hash=hashlib.sha256(text.encode()).hexdigest(),
        )

    def seen(self, reviewer: Sequence[str], phone: Sequence[str], abroad: Sequence[str]) -> list[Visit]:
        pages = (("reviewer", reviewer), ("phone", phone), ("abroad", abroad))
        return [self.visit(name, blocks) for name, blocks in pages]

    def dynamic(self, blocks: Sequence[str], most: float = 0.3) -> list[str]:
        """The same page a moment later: prices, dates, tokens, and some of its blocks from a list that turns."""
        turned = self.chance.uniform(0, most)
        told = [
            self.sentence(self.language_of(blocks)) if self.chance.random() < turned else block
            for block in blocks
        ]
        moment = f"2026-{self.chance.randint(1, 12):02}-{self.chance.randint(1, 28):02}"
        price = f"¥{self.chance.randint(100, 99999):,} {self.chance.randbytes(16).hex()}"
        return [moment, *told, price, f"{self.chance.randint(2, 99)} left"]

    def language_of(self, blocks: Sequence[str]) -> str:
        return "ko" if any("\uac00" <= one <= "\ud7a3" for one in blocks[0]) else (
            "ja" if any("\u3041" <= one <= "\u30ff" for one in "".join(blocks)) else "en"
        )  # fmt: skip


def _languages(made: Maker) -> tuple[str, str]:
    market = made.chance.choice(sorted(made.lines.keys() | _WORDS.keys()))
    return market, "en" if market != "en" else "ja"


def moving(made: Maker) -> list[Visit]:
    """A page whose lists, prices and tokens change from visit to visit."""
    page = made.blocks(_languages(made)[0])
    return made.seen(made.dynamic(page), made.dynamic(page), made.dynamic(page))


def shortened(made: Maker) -> list[Visit]:
    """A shorter page for phones, on its own host."""
    page = made.blocks(_languages(made)[0], 12)
    kept = [block for block in page if made.chance.random() < made.chance.uniform(0.4, 1)] or page
    told = made.seen(made.dynamic(page), made.dynamic(kept, 0.2), made.dynamic(page))
    told[1] = replace(
        told[1], redirects=(SHOP, "https://m.shop.example/"), final_url="https://m.shop.example/"
    )
    return told


def translated(made: Maker) -> list[Visit]:
    """Another language for visitors from abroad, under the country's own domain, and the country's chat at home only."""
    market, away = _languages(made)
    page = made.blocks(market)
    told = made.seen(made.dynamic(page), made.dynamic(page), made.blocks(away))
    told[:2] = [replace(one, links=("https://lin.ee/shop",)) for one in told[:2]]
    told[2] = replace(told[2], redirects=(SHOP, "https://shop.co.uk/"), final_url="https://shop.co.uk/")
    return told


def walled(made: Maker) -> list[Visit]:
    """A wall against robots, or a country that is not served."""
    page = made.blocks(_languages(made)[0])
    told = made.seen(made.dynamic(page), made.dynamic(page), ["Please wait while we check your browser"])
    status = made.chance.choice((200, 403, 429, 451, 503))
    told[2] = replace(told[2], status=status)
    return told


def stored(made: Maker) -> list[Visit]:
    """An application: its page for desktops, its store for phones."""
    page = made.blocks(_languages(made)[0])
    told = made.seen(page, made.blocks(_languages(made)[0]), page)
    store = made.chance.choice(("https://play.google.com/store/apps/details?id=x", "market://details?id=x"))
    failed = None if store.startswith("https") else "refused-scheme"
    told[1] = replace(told[1], redirects=(SHOP, store), final_url=store, failure=failed)
    return told


def broker(made: Maker) -> list[Visit]:
    """An honest broker: investments for all who come, share buttons for phones, another wording in tests."""
    market, away = _languages(made)
    page = [*made.blocks(market), *made.swindle(market)]
    told = made.seen(made.dynamic(page), made.dynamic(page), [*made.blocks(away), *made.swindle(away)])
    told[1] = replace(told[1], links=("https://line.me/R/msg/text/?x", "https://t.me/share/url?url=x"))
    return told


def other_page(made: Maker) -> list[Visit]:
    """A swindle for phones, a harmless page for all others, under one frame."""
    market, _ = _languages(made)
    frame = made.blocks(market, 1, 2)
    plain = [*frame, *made.blocks(market, 15)]
    told = made.seen(plain, [*frame, *made.swindle(market)], plain)
    told[1] = replace(told[1], links=("https://lin.ee/group",))
    return told


def other_page_without_words(made: Maker) -> list[Visit]:
    """Another page for phones; nothing in it is known to be a swindle."""
    market, _ = _languages(made)
    frame = made.blocks(market, 1, 2)
    plain = [*frame, *made.blocks(market, 15)]
    return made.seen(plain, [*frame, *made.blocks(market, 15)], made.dynamic(plain, 0.1))


def by_language(made: Maker) -> list[Visit]:
    """A swindle for the market's language, a harmless page in another for all others."""
    market, away = _languages(made)
    told = made.seen(made.swindle(market), made.swindle(market), made.blocks(away, 12))
    told[:2] = [replace(one, links=("https://open.kakao.com/o/x",)) for one in told[:2]]
    return told


def sent_on(made: Maker) -> list[Visit]:
    """Phones are sent to another site."""
    page = made.blocks(_languages(made)[0])
    told = made.seen(page, made.swindle(_languages(made)[0]), page)
    told[1] = replace(
        told[1], redirects=(SHOP, "https://kefu.example.net/"), final_url="https://kefu.example.net/"
    )
    return told


def robots_away(made: Maker) -> list[Visit]:
    """The reviewer is refused."""
    page = made.swindle(_languages(made)[0])
    told = made.seen([], page, [])
    status = made.chance.choice((403, 404, 410, 451))
    return [replace(one, status=status) if one.profile != "phone" else one for one in told]


def added(made: Maker) -> list[Visit]:
    """The harmless page in full, with the swindle below for phones only."""
    market, _ = _languages(made)
    page = made.blocks(market, 15)
    told = made.seen(page, [*page, *made.swindle(market)], page)
    told[1] = replace(told[1], links=("https://t.me/+group",))
    return told


def first_visit(made: Maker) -> list[Visit]:
    """The swindle for whoever comes first, who happens to be the reviewer."""
    market, _ = _languages(made)
    page = made.blocks(market, 15)
    return made.seen(made.swindle(market), page, page)


HONEST: tuple[Callable[[Maker], list[Visit]], ...] = (moving, shortened, translated, walled, stored, broker)
CLOAKING: tuple[Callable[[Maker], list[Visit]], ...] = (
    other_page,
    other_page_without_words,
    by_language,
    sent_on,
    robots_away,
    added,
    first_visit,
)


def told(visits: Sequence[Visit]) -> float:
    """The surest cloaking signal's score, 0 where there is none."""
    ad = Ad(ad_id="1", advertiser_id="1", landing_url=SHOP, submitted_at=AT)
    case = Case(ad=ad, advertiser=None, picture=None, visits=tuple(visits), world=World(), history=Nothing())
    return max((signal.score for signal in cloaking.find(case)), default=0.0)


class Nothing:
    """No earlier ads."""

    def submitted_since(self, advertiser_id: str, since: datetime, before: datetime) -> int:
        return 0

    def first_finance_ad(self, advertiser_id: str) -> datetime | None:
        return None

    def last_submitted(self, advertiser_id: str, before: datetime) -> datetime | None:
        return None

    def near_copies(self, ad: Ad, masked: str) -> Sequence[Sighting]:
        return ()


def later(made: Maker, *, swapped: bool) -> tuple[Fact, ...]:
    """What is told of an approved page some days later: the same page grown older, or another one in its place."""
    market, _ = _languages(made)
    page = made.blocks(market, 12)
    before = made.visit("phone", made.dynamic(page))
    after = made.swindle(market) if swapped else made.dynamic(page)
    return changed(before, made.visit("phone", after))
