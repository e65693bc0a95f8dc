"""How instants and half-open intervals are written in tables: naive UTC microseconds, `[since, until)`."""

from datetime import datetime
from typing import Final

import ibis
import ibis.expr.types as ir

FAR: Final = datetime(9999, 12, 31)  # noqa: DTZ001  every instant inside is naive UTC
"""Stands for "still so" where two ends are compared; later than any instant the contract admits."""

LONGEST_DAYS: Final = 36_500
"""The longest lapse or limit in days, a hundred years: beyond it, instants would leave the calendar."""


def end(until: ir.TimestampValue) -> ir.TimestampValue:
    """`until`, with null read as "still so"."""
    return ibis.coalesce(until, ibis.timestamp(FAR.isoformat(sep=" ")))


def overlap(
    since: ir.TimestampValue,
    until: ir.TimestampValue,
    other_since: ir.TimestampValue,
    other_until: ir.TimestampValue,
) -> ir.BooleanValue:
    """Whether two non-empty intervals with comparable ends share an instant."""
    return (since < other_until) & (other_since < until)
