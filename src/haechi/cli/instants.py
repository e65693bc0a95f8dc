"""Days and instants as people write them on the command line."""

import re
from datetime import date, datetime, time, timedelta

from haechi.errors import UsageError
from haechi.terms.zones import naive

_FIRST = datetime(1970, 1, 1)  # noqa: DTZ001  every instant inside is naive UTC
_AHEAD = timedelta(days=366)


def instant(text: str, now: datetime, option: str = "--as-of") -> datetime:
    """The naive UTC instant that a caller wrote; not before records can begin, nor further ahead than a year.

    Raises:
        UsageError: it is none, or outside these bounds.
    """
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            found = datetime.combine(date.fromisoformat(text), time())
        else:
            found = naive(datetime.fromisoformat(text))
    except (ValueError, OverflowError) as error:
        raise UsageError(f"{option} is {text!r}; expected a day or instant such as 2022-04-01.") from error
    if not _FIRST <= found <= now + _AHEAD:
        raise UsageError(f"{option} is {text!r}; expected 1970-01-01 or later, and at most a year from now.")
    return found
