"""Cloaking is told, and honest pages that change are not; the cloaking server is a real one."""
# ruff: noqa: E501 - rows of a table, letters of many scripts

import random
from collections.abc import Callable
from dataclasses import replace

import pytest

from haechi.review.ads import Ad, Signal
from haechi.review.case import Case, Visit, World
from haechi.review.landing.again import changed
from haechi.review.landing.compare import chats, investments, language, overlap, same_owner, shingles, site
from haechi.review.landing.visit import visit_all
from haechi.review.signals import cloaking, landing_failure
from tests.ads.landing.pages import CLOAKING, HONEST, SHOP, Maker, Nothing, later, told
from tests.ads.landing.servers import ABROAD, AT, LOOPBACK, PHONE, REVIEWER, Asked, serving

MADE = Maker(random.Random(7), {})  # noqa: S311 - pages, not secrets
HARMLESS = "<title>Garden</title>" + "".join(f"<p>{line}" for line in MADE.blocks("ja", 20))
SWINDLE = (
    "<title>Synthetic</title>"
    + "".join(f"<p>{line}" for line in MADE.swindle("ja"))
    + "<a href='https://lin.ee/synthetic'>LINE</a>"
)


def case(*visits: Visit) -> Case:
    ad = Ad(ad_id="1", advertiser_id="1", landing_url=SHOP, submitted_at=AT)
    return Case(ad=ad, advertiser=None, picture=None, visits=visits, world=World(), history=Nothing())


def seen(answer: Callable[[Asked], None]) -> Case:
    with serving(answer) as site_:
        profiles = (REVIEWER, PHONE, ABROAD)
        return case(
            *visit_all(site_.url(), profiles, AT, resolver=site_.resolve, trusted={(LOOPBACK, site_.port)})
        )


def by(chosen: Callable[[Asked], bool]) -> Callable[[Asked], None]:
    return lambda asked: asked.page(SWINDLE if chosen(asked) else HARMLESS)


@pytest.mark.parametrize(
    "chosen",
    [
        lambda asked: "Mobile" in asked.headers["User-Agent"],
        lambda asked: "platform" in (asked.headers["Referer"] or ""),
        lambda asked: "clid=" in asked.path,
        lambda asked: asked.headers["Accept-Language"].startswith("ja"),
        lambda asked: (
            "Mobile" in asked.headers["User-Agent"] and asked.headers["Accept-Language"].startswith("ja")
        ),
        lambda asked: len(asked.server.seen) == 1,
        lambda asked: len(asked.server.seen) > 1,
    ],
    ids=["device", "referrer", "click", "language", "both", "first visit", "later visits"],
)
def test_a_server_that_cloaks_is_told(chosen: Callable[[Asked], bool]) -> None:
    """Reviewers would see a page about gardens, victims the swindle."""
    signals = cloaking.find(seen(by(chosen)))
    assert signals[0].score >= 0.7
    assert {"hand-off", "investment"} <= {signal.value for signal in signals}


def test_a_server_that_shows_all_the_same_is_not_told() -> None:
    """Even a swindle is none by cloaking if everybody sees it."""
    assert cloaking.find(seen(lambda asked: asked.page(SWINDLE))) == []


def test_phones_sent_to_another_site_are_told() -> None:
    """The harmless site stays harmless."""

    def answer(asked: Asked) -> None:
        if "Mobile" in asked.headers["User-Agent"] and asked.headers["Host"].startswith("shop."):
            asked.to(f"http://kefu.example:{asked.headers['Host'].partition(':')[2]}/")
        else:
            asked.page(HARMLESS)

    told_ = seen(answer)
    assert value(cloaking.find(told_), "redirect").score >= 0.9


def test_phones_sent_into_a_chat_are_told() -> None:
    """No page is left to be compared."""

    def answer(asked: Asked) -> None:
        if "Mobile" in asked.headers["User-Agent"]:
            asked.to("line://ti/p/synthetic")
        else:
            asked.page(HARMLESS)

    signals = cloaking.find(seen(answer))
    assert {"redirect", "hand-off"} <= {signal.value for signal in signals}


@pytest.mark.parametrize(("status", "least"), [(403, 0.7), (404, 0.7), (500, 0.5)])
def test_a_reviewer_who_is_refused_is_told(status: int, least: float) -> None:
    """What cannot be reviewed is shown to victims."""

    def answer(asked: Asked) -> None:
        if "Mobile" in asked.headers["User-Agent"]:
            asked.page(SWINDLE)
        else:
            asked.page("no", status=status)

    assert value(cloaking.find(seen(answer)), "error").score >= least


def test_an_empty_page_for_the_reviewer_is_told() -> None:
    """It has no text to compare with."""
    answer: Callable[[Asked], None] = lambda asked: asked.page(  # noqa: E731
        SWINDLE if "Mobile" in asked.headers["User-Agent"] else "<p>ok"
    )
    assert value(cloaking.find(seen(answer)), "text").score >= 0.7


def value(signals: list[Signal], wanted: str) -> Signal:
    return next(signal for signal in signals if signal.value == wanted)


def test_evidence_is_facts_and_never_the_page() -> None:
    """Decisions are kept and shown; a page in them would be a copy of the swindle."""
    for signal in cloaking.find(seen(by(lambda asked: "Mobile" in asked.headers["User-Agent"]))):
        assert signal.evidence
        assert all(len(str(fact)) < 400 for fact in signal.evidence)
        assert 0 < signal.score <= 1


@pytest.mark.parametrize("kind", HONEST, ids=lambda kind: kind.__name__)
def test_honest_pages_are_left_alone(kind: Callable[[Maker], list[Visit]]) -> None:
    """Every shop would otherwise be held for its prices, its phone pages or its English version."""
    made = Maker(random.Random(3), {})  # noqa: S311 - pages, not secrets
    assert [told(kind(made)) for _ in range(40)] == [0.0] * 40


WORDLESS = "other_page_without_words"
"""Synthetic sentences of one grammar overlap too much for it; the benchmark measures it on other lines."""


@pytest.mark.parametrize(
    "kind", [kind for kind in CLOAKING if kind.__name__ != WORDLESS], ids=lambda kind: kind.__name__
)
def test_every_way_of_cloaking_is_told(kind: Callable[[Maker], list[Visit]]) -> None:
    """Each of them is used by real cloaking services."""
    made = Maker(random.Random(4), {})  # noqa: S311 - pages, not secrets
    assert min(told(kind(made)) for _ in range(40)) >= 0.5


def test_nothing_is_told_without_two_visits() -> None:
    """An operator may allow no network, or one profile only."""
    page = MADE.visit("phone", MADE.swindle("ja"), links=("https://lin.ee/x",))
    assert cloaking.find(case()) == cloaking.find(case(page)) == []
    assert cloaking.find(case(replace(page, profile="reviewer"))) == []


def test_failures_are_told_with_who_met_them() -> None:
    """A page that nobody could open was reviewed by nobody."""
    visits = [
        Visit(profile=name, at=AT, final_url=SHOP, redirects=(SHOP,), failure="redirect-loop")
        for name in "abc"
    ]
    (all_met,) = landing_failure.find(case(*visits))
    assert (all_met.value, all_met.score) == ("redirect-loop", 0.95)
    fine = [replace(one, failure=None, status=200) for one in visits]
    (one_met,) = landing_failure.find(case(visits[0], *fine[1:]))
    assert one_met.params["visitors"] == "a"
    assert one_met.score < all_met.score
    assert landing_failure.find(case(*fine)) == []
    (status,) = landing_failure.find(case(*(replace(one, status=404) for one in fine)))
    assert (status.value, len(status.evidence)) == ("status", 3)
    store = replace(visits[0], failure="refused-scheme", final_url="market://details?id=x")
    assert landing_failure.find(case(store)) == []


def test_a_page_swapped_after_approval_is_told() -> None:
    """The commonest evasion of a review before publication."""
    made = Maker(random.Random(5), {})  # noqa: S311 - pages, not secrets
    assert all(later(made, swapped=True) for _ in range(40))


def test_an_approved_page_that_grows_older_is_left_alone() -> None:
    """Every price would otherwise send its ad back into review."""
    made = Maker(random.Random(6), {})  # noqa: S311 - pages, not secrets
    assert not any(later(made, swapped=False) for _ in range(40))


APPROVED = replace(MADE.visit("phone", MADE.blocks("ja", 20)), form_fields=("text",))


@pytest.mark.parametrize(
    ("now", "key"),
    [
        ({"final_url": "https://kefu.example.net/"}, "other-site"),
        ({"links": ("https://lin.ee/new",)}, "new-chat"),
        ({"redirects": (SHOP, "line://ti/p/x")}, "new-chat"),
        ({"form_fields": ("text", "tel")}, "new-form-field"),
        ({"status": 403}, "cannot-be-seen"),
        ({"failure": "time-limit", "status": None}, "cannot-be-seen"),
        ({"text": "Another page in English for the people of the town, with all of the words that you need. " * 9}, "other-language"),
        ({"text": ""}, "new-text"),
        ({"text": APPROVED.text + "\n投資の銘柄と株価、配当を無料で"}, "new-investment-words"),
    ],
)  # fmt: skip
def test_each_change_that_matters_is_told(now: dict[str, object], key: str) -> None:
    """One of them is enough for a swindle."""
    after = replace(APPROVED, text_hash="changed", **now)  # type: ignore[arg-type]
    assert key in {fact.key for fact in changed(APPROVED, after)}


def test_the_same_page_did_not_change() -> None:
    """Also one that could not be seen when it was approved."""
    assert changed(APPROVED, replace(APPROVED)) == ()
    gone = replace(APPROVED, status=404)
    assert changed(gone, replace(gone, text_hash="x")) == ()


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("https://a.b.shop.co.jp/x", "shop.co.jp"), ("https://shop.example:8443/", "shop.example"),
        ("https://1.2.3.4/", "1.2.3.4"), ("line://ti/p/x", "line:"), ("http://[", ""), ("https://shop.example./", "shop.example"),
    ],
)  # fmt: skip
def test_sites(url: str, domain: str) -> None:
    """A subdomain is the same site, a suffix under which people register is none."""
    assert site(url) == domain


def test_owners() -> None:
    """Countries' versions of a site are the same owner's; two scripts' schemes are none's."""
    assert same_owner("shop.co.jp", "shop.com")
    assert not same_owner("shop.com", "chop.com")
    assert not same_owner("line:", "tg:")


def test_chats_are_invitations_and_no_share_buttons() -> None:
    """Nearly every page has a button that shares it."""
    links = (
        "https://lin.ee/abc", "https://line.me/R/ti/p/@x", "https://open.kakao.com/o/x", "https://t.me/+x", "tg://join?invite=x",
        "https://liff.line.me/1-x", "https://chat.whatsapp.com/x",
        "https://social-plugins.line.me/lineit/share?url=x", "https://line.me/R/msg/text/?x", "https://t.me/share/url?url=x",
        "https://wa.me/?text=x", "https://line.me/", "https://shop.example/line.me/x", "https://online.me/x", "http://[",
    )  # fmt: skip
    assert len(chats(replace(APPROVED, links=links))) == 7


def test_words_of_investing_are_found_in_every_language_and_width() -> None:
    """Full-width letters and invisible ones are the cheapest evasion."""
    assert investments("投資と株価") == investments("투자와 종목") == 2
    assert investments("ｉｎｖｅｓｔｏｒ and st\u200bocks") == 2
    assert investments("reinvestigate the bookstocks") == 0


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("これは文章です", "ja"), ("이것은 글입니다", "ko"), ("这是一个句子", "zh"), ("This is the text for you and the house", "en"),
        ("Das ist der Text für die Leute und das Haus", "de"), ("Это текст", "ru"), ("12345", None), ("qwrt zxcv", None),
    ],
)  # fmt: skip
def test_languages(text: str, name: str | None) -> None:
    """A page in another language is not another page."""
    assert language(text) == name


def test_overlap_forgets_numbers_and_codes() -> None:
    """They change with every visit."""
    one = shingles("The price of the table is 100 and code a1b2c3d4 for you today")
    two = shingles("The price of the table is 99,900 and code ffee99 for you today")
    assert overlap(one, two) == 1
    assert overlap(shingles(""), shingles("")) == 1
    assert overlap(shingles("a word"), shingles("")) == 0
