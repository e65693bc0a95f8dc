"""By when, and on what ground not: the laws of the packs, as a person meets them."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haechi.errors import UsageError
from haechi.law import load_packs
from haechi.rights.clock import deadlines, due, laws_of, urgency
from haechi.rights.effect import Wanted, stopped
from haechi.rights.grounds import admitted, check_answer, check_extension
from haechi.terms.words import REQUEST_KINDS, RequestKind

PACKS = load_packs()
INSTANTS = st.datetimes(dt.datetime.fromisoformat("2024-01-01"), dt.datetime.fromisoformat("2026-12-01"))
MONDAY = dt.datetime.fromisoformat("2026-11-02T03:00:00")  # noon in Seoul
REASON = "a reason that can be understood"


@given(INSTANTS)
def test_korea_ten_days_by_hand(received: dt.datetime) -> None:
    """Fails when PIPA's ten days are counted otherwise than a clerk in Seoul counts them on a calendar."""
    seoul = ZoneInfo("Asia/Seoul")
    last = received.replace(tzinfo=dt.UTC).astimezone(seoul).date() + dt.timedelta(days=10)
    while last.weekday() >= 5:
        last += dt.timedelta(days=1)
    ends = dt.datetime.combine(last + dt.timedelta(days=1), dt.time(), seoul).astimezone(dt.UTC)
    found = due(deadlines("access", ("kr-pipa",), PACKS, received))
    assert found == ends.replace(tzinfo=None)


@given(INSTANTS)
def test_california_fifteen_working_days_by_hand(received: dt.datetime) -> None:
    """Fails when weekends count as working days, or the day of receipt does."""
    there = ZoneInfo("America/Los_Angeles")
    day = received.replace(tzinfo=dt.UTC).astimezone(there).date()
    left = 15
    while left:
        day += dt.timedelta(days=1)
        left -= day.weekday() < 5
    ends = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), there).astimezone(dt.UTC)
    assert due(deadlines("objection", ("us-ca-cpra",), PACKS, received)) == ends.replace(tzinfo=None)


def test_of_several_laws_the_earliest_counts() -> None:
    """Fails when somebody whose place is not known is answered by the slowest of the laws."""
    everywhere = laws_of(PACKS, None, None)
    assert set(everywhere) == set(PACKS)
    found = deadlines("access", everywhere, PACKS, MONDAY)
    assert due(found) == due(deadlines("access", ("kr-pipa",), PACKS, MONDAY))
    for written in ("US-WA", "WA", "us-wa"):
        assert laws_of(PACKS, "US", written) == ("us-wa-mhmda",)
    for unknown in (None, "", "California <b>"):
        assert set(laws_of(PACKS, "US", unknown)) == {"us-ca-cpra", "us-wa-mhmda"}
    assert laws_of(PACKS, "US", "US-NY") == laws_of(PACKS, "BR", None) == ()
    with pytest.raises(UsageError, match="NOT_IN_SCOPE is no ground"):
        check_answer("access", (), PACKS, MONDAY, outcome="refused", ground="NOT_IN_SCOPE", reason=REASON)


def test_an_extension_is_each_laws_own() -> None:
    """GDPR: two months more; PIPA: no end is set, for access alone; a law without one stays as it is."""
    gdpr = deadlines("access", ("eu-gdpr",), PACKS, MONDAY)
    assert due(gdpr, put_off=True) > due(gdpr)  # type: ignore[operator]
    both = deadlines("access", ("eu-gdpr", "kr-pipa"), PACKS, MONDAY)
    assert due(both, put_off=True) == due(gdpr, put_off=True)
    fixed = deadlines("erasure", ("kr-pipa",), PACKS, MONDAY)
    assert due(fixed, put_off=True) == due(fixed)
    for found, due_at, already, reason in (
        (fixed, due(fixed), False, REASON),
        (gdpr, MONDAY, False, REASON),
        (gdpr, due(gdpr), True, REASON),
        (gdpr, due(gdpr), False, "busy"),
        ((), None, False, REASON),
    ):
        with pytest.raises(UsageError):
            check_extension(found, due_at=due_at, already=already, reason=reason, now=MONDAY)
    check_extension(gdpr, due_at=due(gdpr), already=False, reason=REASON, now=MONDAY)


def test_how_pressing_a_request_is() -> None:
    """Fails when what is late hides behind a waiting time, or what has no number of days looks as if it had time."""
    day = dt.timedelta(days=1)
    base = {"due_at": MONDAY, "waits_until": None, "answered_at": None}
    assert urgency(**base, now=MONDAY) == "late"
    assert urgency(**{**base, "waits_until": MONDAY + day}, now=MONDAY) == "late"
    assert urgency(**base, now=MONDAY - day) == "due-soon"
    assert urgency(**base, now=MONDAY - 9 * day) == "in-time"
    assert urgency(**{**base, "due_at": None}, now=MONDAY) == "without-delay"
    assert urgency(**{**base, "answered_at": MONDAY}, now=MONDAY + day) == "answered"


@pytest.mark.parametrize("law", sorted(PACKS))
@pytest.mark.parametrize("kind", REQUEST_KINDS)
def test_only_the_laws_own_grounds_refuse(law: str, kind: RequestKind) -> None:
    """Fails when a refusal passes on a ground that the law does not list, or a listed one does not pass."""
    giving = deadlines(kind, (law,), PACKS, MONDAY)
    listed = {
        ground.code
        for ground in PACKS[law].refusal_grounds
        if kind in ground.kinds and ground.in_force(MONDAY)
    }

    def refuse(ground: str | None) -> None:
        check_answer(kind, (law,), PACKS, MONDAY, outcome="refused", ground=ground, reason=REASON)

    if not giving:
        refuse(None)
        return
    for code in listed:
        refuse(code)
    never = ("NOT_IN_SCOPE", "TOO_MANY_THEMES", "DERIVED_DATA", "OFF_PLATFORM_DATA", "NO_REASON", "", None)
    for wrong in never:
        with pytest.raises(UsageError):
            refuse(wrong)


def test_under_two_laws_a_ground_must_hold_under_both() -> None:
    """Fails when a company picks the law with the longer list of grounds."""
    both = admitted("access", ("eu-gdpr", "kr-pipa"), PACKS, MONDAY)
    codes = {one.code for one in both}
    assert "MANIFESTLY_EXCESSIVE" not in codes
    assert "IDENTITY_UNCONFIRMED" in codes
    with pytest.raises(UsageError, match="MANIFESTLY_EXCESSIVE"):
        check_answer(
            "access", ("eu-gdpr", "kr-pipa"), PACKS, MONDAY, outcome="refused", ground="MANIFESTLY_EXCESSIVE",
            reason=REASON,
        )  # fmt: skip


def test_an_objection_to_advertising_is_one_to_the_profiling_for_it() -> None:
    """GDPR Art. 21(2): fails when somebody who objects to advertising goes on being profiled for it."""
    assert set(stopped("objection", Wanted(purposes=("advertising",)))) == {
        "profiling",
        "advertising",
        "disclosure",
    }
    assert stopped("objection", Wanted(purposes=("disclosure",))) == ("disclosure",)
    assert stopped("access", Wanted()) == ()
