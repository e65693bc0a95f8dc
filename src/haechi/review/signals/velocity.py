"""More ads in an hour or a day than an account of its age submits. Weak by itself: agencies upload in bursts.

Campaigns of investment fraud run for hours and come in series (ESET on "Nomani", 2024 and 2025); about 20,000 such
ads in Japan came from some 1,400 accounts (Sankei, April 2024). The limits are the project's choice, not a
published figure: they are wide enough for an agency's ordinary day.

    hour    too many in the last hour
    day     too many in the last 24 hours
    surge   ten times its own usual day
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from haechi.review.ads import Fact, Signal
from haechi.review.case import Case

NAME: Final = "velocity"
VERSION: Final = "1"

_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
_LIMITS: Final = ((timedelta(days=7), 10, 30), (timedelta(days=90), 30, 100), (timedelta.max, 120, 500))
"""Younger than, ads an hour, ads a day. An account of unknown age counts as old."""
_MONTH: Final = 30
_SURGE: Final = 10
_SMALLEST_SURGE: Final = 30
_SURGE_SCORE: Final = 0.6


def find(case: Case) -> list[Signal]:
    """Signals of too many ads; the ad itself counts."""
    found = [*_over_limits(case), *_surge(case)]
    return sorted(found, key=lambda signal: -signal.score)


def _over_limits(case: Case) -> Iterable[Signal]:
    ad = case.ad
    opened = None if case.advertiser is None else case.advertiser.opened_at
    age = timedelta.max if opened is None else max(timedelta(0), ad.submitted_at - opened)
    hourly, daily = next(
        (hour, day) for younger, hour, day in _LIMITS if age < younger or younger == timedelta.max
    )
    for value, stretch, limit in (("hour", _HOUR, hourly), ("day", _DAY, daily)):
        count = _count(case, stretch)
        if count > limit:
            score = round(min(0.9, 0.5 + 0.1 * (count / limit - 1)), 3)
            yield _signal(value, score, count, limit)


def _surge(case: Case) -> Iterable[Signal]:
    today = _count(case, _DAY)
    usual = (_count(case, _DAY * (_MONTH + 1)) - today) / _MONTH
    if usual and today >= max(_SMALLEST_SURGE, _SURGE * usual):
        yield _signal("surge", _SURGE_SCORE, today, round(_SURGE * usual))


def _count(case: Case, stretch: timedelta) -> int:
    """Ads of the account in the stretch that ends with this one, it included.

    Of ads of one instant those that came first count: bulk uploads share their instant.
    """
    ad = case.ad
    end = ad.submitted_at + timedelta.resolution
    return 1 + case.history.submitted_since(ad.advertiser_id, ad.submitted_at - stretch, end)


def _signal(value: str, score: float, count: int, limit: int) -> Signal:
    told = {"ads": str(count), "limit": str(limit)}
    evidence = tuple(Fact(key, one) for key, one in told.items())
    return Signal(name=NAME, version=VERSION, score=score, value=value, params=told, evidence=evidence)
