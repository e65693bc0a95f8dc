"""Japan's yearly figures, held against counting by hand and against looking at every request."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haechi.errors import UsageError
from haechi.review.outgoing.figures import Request, due, figures
from tests.ads.outgoing.made import decision

AS_OF = datetime.fromisoformat("2026-06-01 00:00")
APRIL = datetime.fromisoformat("2025-03-31 15:00")  # midnight of 1 April in Japan
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def _made(number: int, received: datetime, **more: object) -> Request:
    return Request(**{"request_id": str(number), "ground": "impersonation", "received_at": received, **more})  # type: ignore[arg-type]


def test_a_year_by_hand() -> None:
    """If it fails, the published figures are wrong."""
    two, four, twenty = APRIL + 2 * DAY, APRIL + 4 * DAY, APRIL + 20 * DAY
    requests = [
        _made(1, APRIL - HOUR, decided_at=two, removed=True, told_at=two),  # last year's, told in this
        _made(
            2,
            APRIL,
            decided_at=two,
            removed=True,
            told_at=two,
            stop_asked=True,
            stopped=True,
            advertiser_told=True,
        ),
        _made(3, APRIL, decided_at=twenty, removed=False, told_at=twenty, delay="sender-asked"),
        _made(4, APRIL, decided_at=four, removed=False, ground="trademark", stop_asked=True, stopped=False),
        _made(5, APRIL + 100 * DAY),
        _made(6, APRIL + 365 * DAY),  # next year's
    ]
    found = figures(requests, [], year=2025, as_of=AS_OF)
    assert (found.since, found.until) == (date(2025, 4, 1), date(2026, 4, 1))
    every = found.all
    assert (every.requests, every.removed, every.kept, every.open) == (4, 1, 2, 1)
    assert (every.stops_asked, every.stopped, every.advertisers_told) == (2, 1, 1)
    assert (every.told_removed, every.told_kept, every.told_late, every.overdue) == (2, 1, 1, 2)
    assert every.told_late_by_cause == {"sender-asked": 1}
    assert every.days_to_decide == (4.0, 20.0)
    assert set(found.by_ground) == {"impersonation", "trademark"}
    assert found.by_ground["trademark"].stops_asked == 1


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        ("2026-05-01 03:00", "2026-05-08 15:00"),  # noon in Japan: seven whole days after that day
        ("2026-05-01 14:59:59", "2026-05-08 15:00"),
        ("2026-05-01 15:00", "2026-05-09 15:00"),  # the next day there
    ],
)
def test_the_last_day_is_japan_s(received: str, expected: str) -> None:
    """If it fails, answers in time are counted as late, or late ones as in time."""
    assert due(datetime.fromisoformat(received)) == datetime.fromisoformat(expected)


def test_the_boundary_of_late() -> None:
    """If it fails, the last instant of the last day is late."""
    end = due(APRIL)
    for told, late in ((end - timedelta.resolution, 0), (end, 1)):
        one = _made(1, APRIL, decided_at=APRIL, removed=True, told_at=told)
        assert figures([one], [], year=2025, as_of=AS_OF).all.told_late == late


def test_what_came_later_is_not_seen() -> None:
    """If it fails, figures made for a day change with what happened after it."""
    one = _made(1, APRIL, decided_at=APRIL + 3 * DAY, removed=True, told_at=APRIL + 5 * DAY)
    then = figures([one], [decision(decided_at=AS_OF)], year=2025, as_of=APRIL + 4 * DAY)
    assert (then.all.removed, then.all.told_removed, then.all.overdue) == (1, 0, 0)
    before = figures([one], [], year=2025, as_of=APRIL + 2 * DAY)
    assert (before.all.removed, before.all.open) == (0, 1)
    assert before.all.days_to_decide is None
    assert figures([one], [], year=2025, as_of=APRIL - DAY).all.requests == 0


def test_what_review_decided() -> None:
    """If it fails, an ad that was held and then refused counts twice, or under another rule."""
    made = [
        decision("hold", decided_at=APRIL),
        decision("reject", decided_at=APRIL + DAY),
        decision("approve", ad_hash="5" * 64, decided_at=APRIL + DAY),
        decision("hold", ad_id="other", decided_at=APRIL + DAY),
        decision("reject", ad_id="last-year", decided_at=APRIL - HOUR),
    ]
    review = figures([], made, year=2025, as_of=AS_OF).review
    assert (review.approved, review.held, review.rejected) == (1, 1, 1)
    assert review.rejected_by_code == {"RULE-IMPERSONATION": 1}


@pytest.mark.parametrize(
    "wrong",
    [
        [_made(1, APRIL), _made(1, APRIL)],
        [_made(1, APRIL, decided_at=APRIL - DAY, removed=True)],
        [_made(1, APRIL, decided_at=APRIL)],
        [_made(1, APRIL, removed=True)],
        [_made(1, APRIL, told_at=APRIL)],
        [_made(1, APRIL, decided_at=APRIL + DAY, removed=True, told_at=APRIL)],
    ],
)
def test_contradictions_are_refused(wrong: list[Request]) -> None:
    """If it fails, figures are made of records that cannot be true."""
    with pytest.raises(UsageError):
        figures(wrong, [], year=2025, as_of=AS_OF)


Row = tuple[int, int | None, int | None, bool, str]


def _request(number: int, row: Row) -> Request:
    received, took, told, removed, ground = row
    at = APRIL + received * HOUR
    decided = None if took is None else at + took * HOUR
    return Request(
        request_id=str(number),
        ground=ground,
        received_at=at,
        decided_at=decided,
        removed=None if decided is None else removed,
        told_at=None if decided is None or told is None else decided + told * HOUR,
    )


rows = st.tuples(
    st.integers(-500, 9_000),
    st.none() | st.integers(0, 400),
    st.none() | st.integers(0, 100),
    st.booleans(),
    st.sampled_from(["impersonation", "trademark"]),
)


@given(st.lists(rows, max_size=15))
def test_counting_each(made: list[Row]) -> None:
    """If it fails, some requests are lost or counted in the wrong year."""
    requests = [_request(number, row) for number, row in enumerate(made)]
    found = figures(requests, [], year=2025, as_of=AS_OF)
    zone = ZoneInfo("Asia/Tokyo")

    def japan(at: datetime) -> date:
        return at.replace(tzinfo=ZoneInfo("UTC")).astimezone(zone).date()

    def this_year(at: datetime | None) -> bool:
        return at is not None and "2025-04-01" <= japan(at).isoformat() <= "2026-03-31"

    mine = [one for one in requests if this_year(one.received_at)]
    told = [one for one in requests if this_year(one.told_at)]
    assert found.all.requests == len(mine) == found.all.removed + found.all.kept + found.all.open
    assert found.all.told_removed + found.all.told_kept == len(told)
    assert found.all.told_late == sum(
        one.told_at is not None and (japan(one.told_at) - japan(one.received_at)).days > 7 for one in told
    )
    for field in ("requests", "removed", "kept", "open", "told_removed", "told_kept", "told_late", "overdue"):
        assert getattr(found.all, field) == sum(getattr(one, field) for one in found.by_ground.values())
