"""The months that an interval touches, as bits of a few 64-bit words.

A month has one bit, so that "in which months was this person exposed to this advertiser" is an OR over rows
and one aggregation answers it for every month at once.
"""

from datetime import datetime
from typing import Final

import ibis
import ibis.expr.types as ir

BITS: Final = 62
"""Months in one word: below the sign bit on every engine."""

_PREFIX = "months_"


@ibis.udf.agg.builtin  # type: ignore[untyped-decorator]  # Ibis publishes no types
def bit_or(bits: int) -> int:  # type: ignore[empty-body]
    """Bits set in any row; the name is the same in DuckDB and in Spark."""


class Calendar:
    """The months from `first` to `last` (naive UTC), both included."""

    def __init__(self, first: datetime, last: datetime) -> None:
        self._first = first.year * 12 + first.month - 1
        self._count = max(1, last.year * 12 + last.month - self._first)

    @property
    def words(self) -> int:
        """How many words hold one bit for each month."""
        return -(-self._count // BITS)

    @property
    def labels(self) -> list[tuple[int, int, str]]:
        """Word, bit and `YYYY-MM` of each month."""
        months = range(self._count)
        return [(m // BITS, 1 << (m % BITS), _label(self._first + m)) for m in months]

    def table(self) -> ir.Table:
        """`month` (counted from year 0), `from_i` the bits at or after it, `to_i` the bits at or before it."""
        rows = []
        for month in range(self._count):
            row = {"month": self._first + month}
            for word in range(self.words):
                bits = range(word * BITS, min((word + 1) * BITS, self._count))
                row[f"from_{word}"] = sum(1 << (b % BITS) for b in bits if b >= month)
                row[f"to_{word}"] = sum(1 << (b % BITS) for b in bits if b <= month)
            rows.append(row)
        return ibis.memtable(rows, schema=dict.fromkeys(rows[0], "int64"))

    def mark(self, intervals: ir.Table, since: str = "since", until: str | None = "until") -> ir.Table:
        """Adds the words of the months that each interval touches, within the calendar.

        Args:
            intervals: any table with a non-empty interval, or an instant where `until` is None.
            since: column of its beginning.
            until: column of its end, not included, never null.
        """
        begins = intervals[since]
        ends = begins if until is None else intervals[until] - ibis.interval(microseconds=1)
        first, last = self._first, self._first + self._count - 1
        dated = intervals.mutate(
            begins=ibis.greatest(_month(begins), first), ends=ibis.least(_month(ends), last)
        )
        begin, finish = self.table(), self.table()
        joined = dated.left_join(begin, dated.begins == begin.month).left_join(
            finish, dated.ends == finish.month, rname="{name}_end"
        )
        none = ibis.literal(0, "int64")
        return joined.select(
            *intervals.columns,
            **{
                f"{_PREFIX}{w}": both(
                    ibis.coalesce(joined[f"from_{w}"], none), ibis.coalesce(joined[f"to_{w}_end"], none)
                )
                for w in range(self.words)
            },
        )


def both(left: ir.IntegerValue, right: ir.IntegerValue) -> ir.IntegerValue:
    """The months in both."""
    return (left & right).cast("int64")


def month_columns(table: ir.Table) -> list[str]:
    """The names of a table's month words, in order."""
    return [name for name in table.columns if name.startswith(_PREFIX)]


def _month(instant: ir.TimestampValue) -> ir.IntegerValue:
    return (instant.year() * 12 + instant.month() - 1).cast("int64")


def _label(month: int) -> str:
    return f"{month // 12:04d}-{month % 12 + 1:02d}"
