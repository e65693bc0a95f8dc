"""Days, deadlines and midnights: the law counts local days, everything inside counts naive UTC instants."""

import calendar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from haechi.law.model import BreachClock, PeriodUnit, RequestRule

_SATURDAY = 5


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of a local day, as naive UTC."""
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC).replace(tzinfo=None)


def birthday(born: date, age: int) -> date:
    """The day on which someone reaches an age; who was born on 29 February does so on 1 March in other years.

    The period ends with the day before (Korean Civil Act Arts. 158 and 160; Regulation 1182/71 Art. 3(2)(c)).
    """
    try:
        return born.replace(year=born.year + age)
    except ValueError:
        return date(born.year + age, 3, 1)


def age_on(born: date, day: date) -> int:
    """How old somebody is on a day; see `birthday`."""
    years = day.year - born.year
    return years if birthday(born, years) <= day else years - 1


def due_at(rule: RequestRule, received_at: datetime, *, extended: bool, time_zone: str) -> datetime | None:
    """The first instant at which an answer is late, or None where the law sets no number.

    The day of receipt is not counted and the last day counts whole (Korean Civil Act Arts. 157 and 159;
    Regulation 1182/71 Art. 3(1) and (2)). A period in months ends with the day of the same date, or with the
    last day of a shorter month (Regulation 1182/71 Art. 3(2)(c)). Where the rule says so, a last day on a
    Saturday or Sunday gives way to the next Monday (Civil Act Art. 161; Regulation 1182/71 Art. 3(4)). Public
    holidays are not known here, so a deadline can in truth be a little later, never earlier.

    Args:
        rule: the deadline.
        received_at: naive UTC.
        extended: the answer was put off; the latest end that extensions can give is told.
        time_zone: IANA zone of the law.
    """
    if rule.amount is None or rule.unit == "without-delay":
        return None
    amount = rule.amount
    if extended and rule.extension is not None:
        if rule.extension.amount is None:
            return None
        amount += rule.extension.amount * rule.extension.times
    zone = ZoneInfo(time_zone)
    received = received_at.replace(tzinfo=UTC).astimezone(zone).date()
    last = _last_day(received, amount, rule.unit)
    if rule.weekend_rolls:
        while last.weekday() >= _SATURDAY:
            last += timedelta(days=1)
    return midnight(last + timedelta(days=1), zone)


def breach_due_at(clock: BreachClock, since: datetime, *, time_zone: str) -> datetime | None:
    """The first instant at which a notice of a breach is late, or None where the law sets no number.

    Hours run on from the instant. Days are local ones, the first not counted and the last counted whole; no Saturday,
    Sunday or holiday puts the end off, so that a deadline can in truth be later, never earlier.

    Args:
        clock: the duty.
        since: the naive UTC instant that `clock.counted_from` speaks of.
        time_zone: IANA zone of the law.
    """
    if clock.amount is None or clock.unit == "without-delay":
        return None
    if clock.unit == "hours":
        return since + timedelta(hours=clock.amount)
    zone = ZoneInfo(time_zone)
    first = since.replace(tzinfo=UTC).astimezone(zone).date()
    return midnight(first + timedelta(days=clock.amount + 1), zone)


def _last_day(received: date, amount: int, unit: PeriodUnit) -> date:
    if unit == "months":
        return _months_later(received, amount)
    if unit == "working-days":
        day = received
        for _ in range(amount):
            day += timedelta(days=1)
            while day.weekday() >= _SATURDAY:
                day += timedelta(days=1)
        return day
    return received + timedelta(days=amount)


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
