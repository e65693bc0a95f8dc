"""The signal of near copies: campaigns are found, honest repetition is not."""

import random
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from haechi.review.ads import Ad, Advertiser, Authorisation, Signal
from haechi.review.case import World
from haechi.review.history import MemoryHistory
from haechi.review.signals import near_copy
from tests.ads.earlier.made import (
    ENGLISH,
    HONEST_JAPANESE,
    JAPANESE,
    KOREAN,
    NOW,
    account,
    case,
    made_ad,
    put,
    world,
)

if TYPE_CHECKING:
    from collections.abc import Callable

HOSHI = JAPANESE.format(name="星野谷健太郎", number=10)
NAMELESS = JAPANESE.format(name="専門家", number=30)


def _found(history: MemoryHistory, known: World, ad: Ad) -> dict[str, Signal]:
    return {signal.value: signal for signal in near_copy.find(case(ad, known, history))}


def test_first_ads_are_no_copies() -> None:
    """If it fails, ads are held though nothing like them ever came."""
    assert _found(MemoryHistory(16), world(), made_ad(text=HOSHI)) == {}


@pytest.mark.parametrize(
    ("template", "names"),
    [
        (JAPANESE, ("星野谷健太郎", "クモノス証券")),
        (KOREAN, ("구름하늘", "Gureum Haneul")),
        (ENGLISH, ("Tobias Wrenfield", "Kentaro Hoshinoya")),
    ],
    ids=("ja", "ko", "en"),
)
@pytest.mark.parametrize(("outcome", "value"), [("reject", "rejected"), ("hold", "held")])
def test_a_copy_of_a_refused_ad(template: str, names: tuple[str, str], outcome: str, value: str) -> None:
    """If it fails, who was refused gets through from the next account with the next name."""
    history, known = MemoryHistory(16), world()
    old = made_ad("old", "one", template.format(name=names[0], number=10))
    put(history, known, old, "reject" if outcome == "reject" else "hold")
    signal = _found(history, known, made_ad("new", "two", template.format(name=names[1], number=99)))[value]
    assert signal.score > 0.9
    assert signal.params["ad_id"] == "old"
    assert signal.params["own"] == "no"
    assert signal.evidence


def _dressed(text: str, dress: str) -> str:
    chance = random.Random(4)  # noqa: S311
    latin = str.maketrans("aeopcxiAEOPCX", "аеорсхіАЕОРСХ")
    leet = str.maketrans("aeiost", "4310$7")
    dresses: dict[str, Callable[[str], str]] = {
        "homoglyphs": lambda one: one.translate(latin) if chance.random() < 0.5 else one,
        "leet": lambda one: one.translate(leet) if chance.random() < 0.3 else one,
        "spaced": lambda one: f"{one} ",
        "dotted": lambda one: f"{one}.",
        "zero-width": lambda one: f"{one}\u200b",
        "full-width": lambda one: chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one,
        "capitals": str.upper,
    }
    return "".join(dresses[dress](one) for one in text)


@pytest.mark.parametrize(
    "dress", ["homoglyphs", "leet", "spaced", "dotted", "zero-width", "full-width", "capitals"]
)
@pytest.mark.parametrize("template", [JAPANESE, KOREAN, ENGLISH], ids=("ja", "ko", "en"))
def test_a_copy_in_disguise(template: str, dress: str) -> None:
    """If it fails, a campaign that was refused comes back in other letters."""
    history, known = MemoryHistory(16), world()
    put(history, known, made_ad("old", "one", template.format(name="Tobias Wrenfield", number=10)), "reject")
    copy = _dressed(template.format(name="Kentaro Hoshinoya", number=25), dress)
    assert "rejected" in _found(history, known, made_ad("new", "two", copy))


def test_the_template_moved_into_another_field() -> None:
    """If it fails, a copy gets by because its first sentence stands in the headline."""
    history, known = MemoryHistory(16), world()
    put(history, known, made_ad("old", "one", HOSHI), "reject")
    first, _, rest = NAMELESS.partition("。")
    assert "rejected" in _found(history, known, made_ad("new", "two", rest, headline=first))


def test_other_ads_of_the_trade_pass() -> None:
    """If it fails, one refused finance ad holds up all honest ones."""
    history, known = MemoryHistory(16), world()
    put(history, known, made_ad("bad", "one", HOSHI), "reject")
    for number, text in enumerate(HONEST_JAPANESE):
        put(history, known, made_ad(f"bad-{number}", "two", text), "reject")
    fresh = (
        "【合成】当社の投資信託は店頭でもお申し込みいただけます。目論見書を必ずご確認のうえご判断ください。"
    )
    assert _found(history, known, made_ad("new", "three", fresh)) == {}


def test_three_accounts_with_one_template() -> None:
    """If it fails, a campaign whose copies were all approved or wait is never seen as one."""
    history, known = MemoryHistory(16), world()
    put(history, known, made_ad("first", "one", NAMELESS), "approve")
    assert _found(history, known, made_ad("second", "two", NAMELESS)) == {}
    put(history, known, made_ad("second", "two", NAMELESS), "approve")
    signal = _found(history, known, made_ad("third", "three", NAMELESS))["across-accounts"]
    assert signal.params["accounts"] == "3"
    assert 0.5 <= signal.score < 0.6
    for number in range(6):
        put(history, known, made_ad(f"more-{number}", f"more-{number}", NAMELESS), "approve")
    assert _found(history, known, made_ad("late", "late", NAMELESS))["across-accounts"].score == 0.9


def test_one_account_that_repeats_itself_is_one() -> None:
    """If it fails, whoever runs one ad in many groups is held."""
    history, known = MemoryHistory(16), world()
    for number in range(9):
        put(history, known, made_ad(f"ad-{number}", "one", NAMELESS), "approve")
    assert _found(history, known, made_ad("new", "one", NAMELESS)) == {}


@pytest.mark.parametrize("by", ["name", "payer"])
def test_an_honest_franchise(by: str) -> None:
    """If it fails, branches of one verified firm are held for using their firm's words."""
    legal = "Synthetic Bakery K.K." if by == "name" else ""
    branches = [account(f"branch-{number}", verified=True, legal=legal) for number in range(5)]
    history, known = MemoryHistory(16), world(branches)
    payer = "head-office" if by == "payer" else None
    for branch in branches[1:]:
        ad = made_ad(f"of-{branch.advertiser_id}", branch.advertiser_id, NAMELESS, payer=payer)
        put(history, known, ad, "approve")
    assert _found(history, known, made_ad("new", "branch-0", NAMELESS, payer=payer)) == {}


def test_the_same_name_unverified_is_no_franchise() -> None:
    """If it fails, a scammer writes one legal name, or one payer, into all accounts and is taken for a franchise."""
    accounts = [account(f"acc-{number}", legal="Synthetic Bakery K.K.") for number in range(4)]
    history, known = MemoryHistory(16), world(accounts)
    for one in accounts[1:]:
        ad = made_ad(f"of-{one.advertiser_id}", one.advertiser_id, NAMELESS, payer="head-office")
        put(history, known, ad, "approve")
    assert "across-accounts" in _found(history, known, made_ad("new", "acc-0", NAMELESS, payer="head-office"))


def test_verified_too_late_counts_as_unverified() -> None:
    """If it fails, a decision replayed later differs from the one that was made."""
    late = Advertiser(advertiser_id="acc-0", legal_name="Shop", verified_at=NOW + timedelta(days=1))
    accounts = [late, *(account(f"acc-{number}", verified=True, legal="Shop") for number in range(1, 4))]
    history, known = MemoryHistory(16), world(accounts)
    put(history, known, made_ad("old", "acc-1", NAMELESS), "reject")
    assert _found(history, known, made_ad("new", "acc-0", NAMELESS))["rejected"].params["own"] == "no"


def test_a_verified_advertiser_copied_by_a_scammer() -> None:
    """If it fails, an honest advertiser is held because somebody copied its approved ad and was refused."""
    history, known = MemoryHistory(16), world([account("honest", verified=True, legal="Honest K.K.")])
    put(history, known, made_ad("mine", "honest", NAMELESS), "approve")
    put(history, known, made_ad("theirs", "thief", NAMELESS), "reject")
    assert _found(history, known, made_ad("again", "honest", NAMELESS)) == {}
    assert "rejected" in _found(history, known, made_ad("third", "other", NAMELESS))


def test_one_s_own_refused_ad_says_less() -> None:
    """If it fails, an advertiser that comes back with a mended ad is treated as a copyist."""
    history, known = MemoryHistory(16), world()
    put(history, known, made_ad("old", "one", HOSHI), "reject")
    own = _found(history, known, made_ad("new", "one", HOSHI))["rejected"]
    assert own.params["own"] == "yes"
    assert own.score < 0.65


def test_one_s_own_waiting_ad_says_nothing() -> None:
    """If it fails, one ad that waits for a person makes all its variants wait, and honest series stand still."""
    history, known = MemoryHistory(16), world()
    put(history, known, made_ad("old", "one", HOSHI), "hold")
    assert _found(history, known, made_ad("new", "one", HOSHI)) == {}
    assert "held" in _found(history, known, made_ad("new", "two", HOSHI))


def test_one_party_after_another() -> None:
    """If it fails, the same template runs through all celebrities from one account."""
    history, known = MemoryHistory(16), world()
    put(history, known, made_ad("old", "one", HOSHI), "approve")
    put(history, known, made_ad("older", "two", JAPANESE.format(name="구름하늘", number=3)), "approve")
    signal = _found(history, known, made_ad("new", "three", NAMELESS))["across-parties"]
    assert signal.params["parties"] == "p-haneul, p-hoshi"
    assert signal.score == 0.9
    named = _found(
        history, known, made_ad("new", "three", JAPANESE.format(name="Tobias Wrenfield", number=4))
    )
    assert named["across-parties"].params["parties"] == "p-haneul, p-hoshi, p-wren"


def test_brands_exchanged_say_less_than_people() -> None:
    """If it fails, a shop that sells for several makers is treated as an impostor."""
    history, known = MemoryHistory(16), world()
    put(history, known, made_ad("old", "one", JAPANESE.format(name="クモノス証券", number=3)), "approve")
    found = _found(history, known, made_ad("new", "two", JAPANESE.format(name="ナミノリ証券", number=4)))
    assert found["across-parties"].score == 0.6


def test_a_comparison_that_names_them_all_is_no_exchange() -> None:
    """If it fails, ads that compare two brands are taken for impostors."""
    history, known = MemoryHistory(16), world()
    both = JAPANESE.format(name="クモノス証券とナミノリ証券", number=3)
    put(history, known, made_ad("old", "one", both), "approve")
    assert _found(history, known, made_ad("new", "two", both)) == {}


def test_permitted_names_do_not_count() -> None:
    """If it fails, an agency with signed permissions of two celebrities is held."""
    signed = NOW - timedelta(days=9)
    permitted = [
        Authorisation(party_id=party, advertiser_id="agency", signed_at=signed)
        for party in ("p-hoshi", "p-wren")
    ]
    for authorised, exchanged in ((permitted, False), (permitted[:1], False), ([], True)):
        history, known = MemoryHistory(16), world((), authorised)
        put(history, known, made_ad("old", "agency", HOSHI), "hold")
        found = _found(
            history, known, made_ad("new", "agency", JAPANESE.format(name="Tobias Wrenfield", number=4))
        )
        assert ("across-parties" in found) is exchanged
