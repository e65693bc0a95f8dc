"""Yearly figures for Japan: what was asked for, what was done, how soon, by ground.

Two lists of what is to be published, met by one count:

    MIC's request of 21 June 2024 on impersonating advertisements: requests and removals, account stops asked for and
    made (pc.watch.impress.co.jp/docs/news/1602237.html, nordot.app/1176763546746553263).
    Information Distribution Platform Act, Art. 28, with Art. 25 and 27 and its ordinance (MIC Ordinance 39 of 2022 as
    amended): results told to those who asked, taken or not, in time or later with the cause, and words to those whose
    ad was stopped, each by ground (legaldoc.jp/elaws, fid=504M60000008039).

Days are Japan's. A year runs from April to March. Nobody is named: grounds and counts alone.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from math import ceil
from statistics import median
from typing import Final, Literal
from zoneinfo import ZoneInfo

import msgspec

from haechi.errors import UsageError
from haechi.review.ads import Decision

Delay = Literal["sender-asked", "specialist", "unavoidable"]
"""Why an answer came late (Art. 25(2)): the sender was heard, a specialist asked, or it could not be helped."""
DAYS: Final = 7
"""Within which the result is to be told, the day of the request not counted (ordinance to Art. 25(1))."""
_JAPAN: Final = ZoneInfo("Asia/Tokyo")
_NINE_OF_TEN: Final = 0.9
_DAY: Final = timedelta(days=1)


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody asked that an ad be removed, or an account stopped.

    Attributes:
        request_id: the platform's identifier.
        ground: on which, in the platform's published words, such as `impersonation`.
        received_at: when it came in.
        decided_at: when it was decided, or None.
        removed: whether an ad was removed upon it; None: not decided.
        told_at: when the result was told to who asked, or None.
        delay: why it was told late, or None.
        stop_asked: whether an account was to be stopped.
        stopped: whether it was; None: not decided or not asked for.
        advertiser_told: whether who placed the ad was told of its removal (Art. 27).
    """

    request_id: str
    ground: str
    received_at: datetime
    decided_at: datetime | None = None
    removed: bool | None = None
    told_at: datetime | None = None
    delay: Delay | None = None
    stop_asked: bool = False
    stopped: bool | None = None
    advertiser_told: bool = False


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """Counts of requests. The first seven are of requests that came in within the year, however late they ended.

    Attributes:
        requests: came in.
        removed: led to a removal.
        kept: were decided, and the ad stayed.
        open: are not decided.
        stops_asked: asked for an account's stop.
        stopped: led to one.
        advertisers_told: whose advertiser was told of the removal.
        told_removed: results told within the year: removed.
        told_kept: results told within the year: not removed.
        told_late: of both, those after the deadline.
        told_late_by_cause: the late ones by cause; `none` where none was recorded.
        overdue: came in within the year, not told, and the deadline has passed.
        days_to_decide: median and nine of ten, in days, of the decided; None where there are none.
    """

    requests: int
    removed: int
    kept: int
    open: int
    stops_asked: int
    stopped: int
    advertisers_told: int
    told_removed: int
    told_kept: int
    told_late: int
    told_late_by_cause: Mapping[str, int]
    overdue: int
    days_to_decide: tuple[float, float] | None


class Reviewed(msgspec.Struct, frozen=True, kw_only=True):
    """Versions of ads whose last decision of the year this was; rejections also by the code of the first reason."""

    approved: int
    held: int
    rejected: int
    rejected_by_code: Mapping[str, int]


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """Figures of one year.

    Attributes:
        year: the year in whose April it began.
        since: first day.
        until: the day after the last.
        as_of: the instant at which open requests were looked at.
        all: every request.
        by_ground: the same by ground.
        review: what review decided.
    """

    year: int
    since: date
    until: date
    as_of: datetime
    all: Tally
    by_ground: Mapping[str, Tally]
    review: Reviewed


def figures(
    requests: Iterable[Request],
    decisions: Iterable[Decision],
    *,
    year: int,
    as_of: datetime,
    days: int = DAYS,
) -> Figures:
    """The figures of the year that began in April of `year`.

    Args:
        requests: all there are; those of other years are left aside.
        decisions: all there are.
        year: which.
        as_of: instant at which deadlines are read; what happened later is not seen.
        days: within which a result is to be told.

    Raises:
        UsageError: a request comes twice, or ends before it begins.
    """
    known = [_as_seen(request, as_of) for request in requests if request.received_at <= as_of]
    _refuse_contradictions(known)
    since, until = date(year, 4, 1), date(year + 1, 4, 1)

    def within(at: datetime) -> bool:
        return since <= _day(at) < until

    grounds = sorted({one.ground for one in known if _of_year(one, within)})
    return Figures(
        year=year,
        since=since,
        until=until,
        as_of=as_of,
        all=_tally(known, within, as_of, days),
        by_ground={
            ground: _tally([one for one in known if one.ground == ground], within, as_of, days)
            for ground in grounds
        },
        review=_reviewed(one for one in decisions if one.decided_at <= as_of and within(one.decided_at)),
    )


def due(received_at: datetime, days: int = DAYS) -> datetime:
    """The instant by which the result is to be told: the end of the last day in Japan, naive UTC."""
    after = _day(received_at) + _DAY * (days + 1)
    return datetime.combine(after, time(), _JAPAN).astimezone(UTC).replace(tzinfo=None)


def _tally(
    requests: Sequence[Request], within: Callable[[datetime], bool], as_of: datetime, days: int
) -> Tally:
    came = [one for one in requests if within(one.received_at)]
    told = [one for one in requests if one.told_at is not None and within(one.told_at)]
    late = [one for one in told if one.told_at is not None and one.told_at >= due(one.received_at, days)]
    return Tally(
        requests=len(came),
        removed=sum(one.removed is True for one in came),
        kept=sum(one.removed is False for one in came),
        open=sum(one.removed is None for one in came),
        stops_asked=sum(one.stop_asked for one in came),
        stopped=sum(one.stopped is True for one in came),
        advertisers_told=sum(one.advertiser_told and one.removed is True for one in came),
        told_removed=sum(one.removed is True for one in told),
        told_kept=sum(one.removed is False for one in told),
        told_late=len(late),
        told_late_by_cause=dict(sorted(Counter(one.delay or "none" for one in late).items())),
        overdue=sum(one.told_at is None and as_of >= due(one.received_at, days) for one in came),
        days_to_decide=_days(came),
    )


def _days(requests: Iterable[Request]) -> tuple[float, float] | None:
    """Median and the time within which nine of ten were decided (nearest rank), in days."""
    took = sorted((one.decided_at - one.received_at) / _DAY for one in requests if one.decided_at is not None)
    if not took:
        return None
    return round(median(took), 2), round(took[ceil(_NINE_OF_TEN * len(took)) - 1], 2)


def _reviewed(decisions: Iterable[Decision]) -> Reviewed:
    last: dict[tuple[str, str], Decision] = {}
    for decision in sorted(decisions, key=lambda one: one.decided_at):
        last[decision.ad_id, decision.ad_hash] = decision
    counted = Counter(one.decision for one in last.values())
    codes = Counter(one.reasons[0].code for one in last.values() if one.decision == "reject" and one.reasons)
    return Reviewed(
        approved=counted["approve"],
        held=counted["hold"],
        rejected=counted["reject"],
        rejected_by_code=dict(sorted(codes.items())),
    )


def _as_seen(request: Request, as_of: datetime) -> Request:
    """The request as it stood at an instant."""
    seen = request
    if seen.decided_at is not None and seen.decided_at > as_of:
        seen = msgspec.structs.replace(
            seen, decided_at=None, removed=None, stopped=None, advertiser_told=False
        )
    if seen.told_at is not None and seen.told_at > as_of:
        seen = msgspec.structs.replace(seen, told_at=None, delay=None)
    return seen


def _refuse_contradictions(requests: Sequence[Request]) -> None:
    if len({one.request_id for one in requests}) != len(requests):
        raise UsageError("Requests: found one twice; expected each once.")
    for one in requests:
        decided = one.decided_at
        if (decided is None) != (one.removed is None) or (one.told_at is not None and decided is None):
            raise UsageError(
                f"Request {one.request_id}: expected a result with its instant, and told once decided."
            )
        if decided is not None and not one.received_at <= decided <= (one.told_at or decided):
            raise UsageError(f"Request {one.request_id}: expected it received, then decided, then told.")


def _of_year(request: Request, within: Callable[[datetime], bool]) -> bool:
    return within(request.received_at) or (request.told_at is not None and within(request.told_at))


def _day(at: datetime) -> date:
    return at.replace(tzinfo=UTC).astimezone(_JAPAN).date()
