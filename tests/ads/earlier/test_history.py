"""What earlier ads tell, held against looking through all of them."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from haechi.review.history import MemoryHistory
from haechi.review.masking import masks
from tests.ads.earlier.made import ENGLISH, JAPANESE, NOW, case, decided, made_ad, put, world

TEXT = JAPANESE.format(name="星野谷健太郎", number=10)
COPY = JAPANESE.format(name="クモノス証券", number=20)


def _near(history: MemoryHistory, text: str, ad_id: str = "new") -> list[tuple[str, str]]:
    ad = made_ad(ad_id, "asking", text)
    found = [
        (one.ad_id, one.outcome)
        for masked in masks(case(ad, world(), history))
        for one in history.near_copies(ad, masked.text)
    ]
    return sorted(found)


def test_of_nobody_it_tells_nothing() -> None:
    """If it fails, signals about a first ad break."""
    history = MemoryHistory(16)
    assert history.near_copies(made_ad(), "nothing") == ()
    assert history.last_submitted("nobody", NOW) is None
    assert history.first_finance_ad("nobody") is None
    assert history.submitted_since("nobody", NOW, NOW) == 0


seconds = st.integers(0, 100)


@given(st.lists(st.tuples(st.sampled_from("abc"), seconds, st.booleans()), max_size=30), seconds, seconds)
def test_counts_and_instants(ads: list[tuple[str, int, bool]], since: int, before: int) -> None:
    """If it fails, velocity and dormancy are judged by other counts than there were."""
    history, known = MemoryHistory(64), world()
    for number, (who, second, offers) in enumerate(ads):
        ad = made_ad(str(number), who, submitted_at=NOW + timedelta(seconds=second))
        history.add(ad, decided(ad, "approve", *([("investment-offer", "x")] if offers else [])), ())
    start, end = NOW + timedelta(seconds=since), NOW + timedelta(seconds=before)
    for who in "abc":
        instants = [NOW + timedelta(seconds=second) for one, second, _ in ads if one == who]
        finance = [NOW + timedelta(seconds=second) for one, second, offers in ads if one == who and offers]
        assert history.submitted_since(who, start, end) == sum(start <= at < end for at in instants)
        assert history.last_submitted(who, end) == max((at for at in instants if at < end), default=None)
        assert history.first_finance_ad(who) == min(finance, default=None)
    assert known.parties


def test_a_copy_is_seen_with_its_outcome_and_parties() -> None:
    """If it fails, the next copy of a refused ad is a stranger."""
    history, known = MemoryHistory(64), world()
    put(history, known, made_ad("old", "one", TEXT, payer="payer"), "reject", ("look-alike-name", "p-wren"))
    ad = made_ad("new", "two", COPY)
    masked = masks(case(ad, known, history))[0]
    sighting = history.near_copies(ad, masked.text)[0]
    assert sighting[:3] == ("old", "one", "reject")
    assert sighting.similarity == 1
    assert sighting.parties == ("p-hoshi", "p-wren")
    assert sighting.payer == "payer"


def test_its_own_versions_are_no_copies() -> None:
    """If it fails, an ad that was mended is held for what it was before."""
    history, known = MemoryHistory(64), world()
    put(history, known, made_ad("same", "one", TEXT), "reject")
    assert _near(history, COPY, "same") == []
    assert _near(history, COPY) == [("same", "reject")]


def test_what_a_person_settled_counts() -> None:
    """If it fails, copies of an ad that a person approved stay held for ever."""
    history, known = MemoryHistory(64), world()
    for number in range(3):
        put(history, known, made_ad(f"held-{number}", "one", TEXT), "hold")
    assert _near(history, COPY) == [("held-0", "hold")]
    assert history.settle("held-2", "approve")
    assert _near(history, COPY) == [("held-0", "approve")]
    put(history, known, made_ad("held-3", "one", TEXT), "hold")
    assert _near(history, COPY) == [("held-0", "approve"), ("held-3", "hold")]
    assert not history.settle("never-seen", "approve")


def test_a_flood_pushes_nothing_out() -> None:
    """If it fails, who submits one harmless ad many times makes review forget the refused ones."""
    history, known = MemoryHistory(8), world()
    put(history, known, made_ad("bad", "one", TEXT), "reject")
    for number in range(200):
        put(
            history,
            known,
            made_ad(f"flood-{number}", "two", ENGLISH.format(name="", number=number)),
            "approve",
        )
    assert _near(history, COPY) == [("bad", "reject")]


def test_what_is_kept_is_bounded() -> None:
    """If it fails, memory grows with every ad."""
    history, known = MemoryHistory(8), world()
    letters = "abcdefghijklmnopqrstuvwxyz"
    for number in range(100):
        text = "".join(letters[(number * 7 + at * at * (number + 3)) % 26] for at in range(120))
        put(history, known, made_ad(f"ad-{number}", "one", text), "approve")
    assert max(len(history._kept), len(history._place_of_text), len(history._places_of_ad)) <= 8


def test_of_an_account_the_newest_instants_are_kept() -> None:
    """If it fails, one account that submits without end takes all memory."""
    history = MemoryHistory(8)
    start = NOW - timedelta(days=100)
    for number in range(5_000):
        ad = made_ad(str(number), "busy", submitted_at=start + timedelta(minutes=number))
        history.add(ad, decided(ad, "approve"), ())
    assert history.submitted_since("busy", start, NOW) == 4_096
    assert history.submitted_since("busy", start + timedelta(minutes=4_990), NOW) == 10
