"""Values as they are written in the SQL behind a finding."""

from collections.abc import Iterable
from datetime import datetime

from haechi.terms.instants import FAR


def instant(at: datetime | None) -> str:
    """A naive UTC instant; None is one that never comes."""
    return f"timestamp '{(at or FAR).isoformat(sep=' ')}'"


def text(value: str) -> str:
    """A string."""
    return "'" + value.replace("'", "''") + "'"


def texts(values: Iterable[str]) -> str:
    """A list in parentheses for `in`; an empty one holds only null, which nothing equals."""
    return f"({', '.join(map(text, values)) or 'null'})"
