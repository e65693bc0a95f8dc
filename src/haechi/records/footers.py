"""What the footers of Parquet files already say, so that most rules need no scan."""

from dataclasses import dataclass
from datetime import datetime

import duckdb

from haechi.records.relation import Relation, file_list

# ruff: noqa: S608  every literal in the SQL is quoted by haechi.records.relation


@dataclass(frozen=True, slots=True)
class Facts:
    """What is certain of a column without reading it; None where the footers do not say.

    Attributes:
        nulls: rows without a value.
        earliest: no instant or date is before it, naive UTC.
        latest: no instant or date is after it, naive UTC.
        least: no text sorts before it.
    """

    nulls: int | None = None
    earliest: datetime | None = None
    latest: datetime | None = None
    least: str | None = None


UNKNOWN = Facts()


def facts(duck: duckdb.DuckDBPyConnection, relation: Relation, rows: int) -> dict[str, Facts]:
    """Facts of every column of a Parquet relation, by the name it has there; empty for other relations.

    Writers may leave statistics out of any row group; a fact counts only when every row group gives it.
    """
    if not relation.parquet:
        return {}
    found = duck.execute(
        f"""
        WITH texts AS (
            SELECT path_in_schema AS name, num_values AS rows, stats_null_count AS nulls,
                   stats_min_value AS low, stats_max_value AS high,
                   stats_null_count IS NOT NULL AND stats_null_count = num_values AS hollow
            FROM parquet_metadata({file_list(relation.parquet)})),
        groups AS (
            SELECT *, TRY_CAST(low AS TIMESTAMPTZ)::TIMESTAMP AS since,
                   TRY_CAST(high AS TIMESTAMPTZ)::TIMESTAMP AS until
            FROM texts)
        SELECT name, sum(rows), sum(nulls), count(*) = count(nulls),
               bool_and(hollow OR (since IS NOT NULL AND until IS NOT NULL)),
               -- Python has no instant before year 1 or after 9999; either bound is out of range as it is.
               greatest(min(since), TIMESTAMP '0001-01-01'), least(max(until), TIMESTAMP '9999-12-31'),
               bool_and(hollow OR low IS NOT NULL), min(low)
        FROM groups GROUP BY name
        """
    ).fetchall()
    return {
        name: Facts(
            nulls=int(nulls) if counted else None,
            earliest=earliest if dated else None,
            latest=latest if dated else None,
            least=least if sorts else None,
        )
        for name, seen, nulls, counted, dated, earliest, latest, sorts, least in found
        # A column that some file lacks has more nulls than the footers of the others count.
        if int(seen) == rows
    }
