"""Evidence and memberships in the database, kept as behaviours come or folded anew from all of them."""

from collections.abc import Collection, Iterator, Mapping
from itertools import groupby
from typing import Final

from sqlalchemy import Connection, text

from haechi.stores.rows import fill, temporary
from haechi.terms.words import BEHAVIOUR_KINDS
from haechi.themes.evidence import EvidenceRule
from haechi.themes.keeping import Event, Kept, Stretch, advance, fold, gain, takes_back

Pair = tuple[int, int]
_CHUNK: Final = 20_000
_BEHAVIOURS: Final = (
    "SELECT b.person, m.theme, b.occurred_at, b.item, b.kind, m.weight FROM temp_pairs p "
    "JOIN behaviours b ON b.person = p.person JOIN item_themes m ON m.item = b.item AND m.theme = p.theme "
    "ORDER BY b.person, m.theme, b.occurred_at"
)


def keep_gains(
    connection: Connection,
    gains: Mapping[Pair, list[tuple[int, int]]],
    allowed: Mapping[Pair, int],
    rule: EvidenceRule,
) -> set[Pair]:
    """Adds what only gives to what is kept.

    Args:
        connection: in a transaction that nobody writes beside.
        gains: for each pair instants and evidence, in any order.
        allowed: since when each pair may be; the others are left out.
        rule: kind weights and threshold.

    Returns:
        the pairs to be folded anew, since something came late.
    """
    pairs = [pair for pair in gains if pair in allowed]
    kept = _kept(connection, pairs)
    late: set[Pair] = set()
    evidence: list[tuple[int, int, int, int]] = []
    opened: list[tuple[int, int, int]] = []
    for pair in pairs:
        found = sorted(gains[pair])
        before = kept.get(pair)
        if before is not None and found[0][0] <= before.at:
            late.add(pair)
            continue
        after = advance(before, found, rule)
        evidence.append((*pair, after.evidence, after.at))
        if after.since is not None and (before is None or before.since is None):
            opened.append((*pair, max(after.since, allowed[pair])))
    _put_evidence(connection, evidence)
    fill(connection, "memberships", ("person", "theme", "since"), opened)
    return late


def recompute(
    connection: Connection, pairs: Collection[Pair], allowed: Mapping[Pair, int], rule: EvidenceRule
) -> None:
    """Folds pairs anew from all behaviours; what may not be loses its evidence and its memberships.

    Args:
        connection: in a transaction that nobody writes beside.
        pairs: which.
        allowed: since when each pair may be.
        rule: kind weights, threshold and lapse.
    """
    ordered = sorted(pairs)
    for at in range(0, len(ordered), _CHUNK):
        part = ordered[at : at + _CHUNK]
        temporary(connection, "pairs", "person BIGINT, theme BIGINT", part)
        for table in ("evidence", "memberships"):
            connection.execute(
                text(
                    f"DELETE FROM {table} WHERE EXISTS (SELECT 1 FROM temp_pairs p "  # noqa: S608
                    f"WHERE p.person = {table}.person AND p.theme = {table}.theme)"
                )
            )
        may = [pair for pair in part if pair in allowed]
        temporary(connection, "pairs", "person BIGINT, theme BIGINT", may)
        evidence: list[tuple[int, int, int, int]] = []
        memberships: list[tuple[int, int, int, int | None, int | None]] = []
        for pair, stretches, kept in _folded(connection, rule):
            if kept.at:
                evidence.append((*pair, kept.evidence, kept.at))
            memberships += _clipped(pair, stretches, allowed[pair])
        fill(connection, "evidence", ("person", "theme", "evidence", "at"), evidence)
        fill(connection, "memberships", ("person", "theme", "since", "until", "score"), memberships)


def _folded(connection: Connection, rule: EvidenceRule) -> Iterator[tuple[Pair, list[Stretch], Kept]]:
    rows = connection.execution_options(yield_per=_CHUNK).execute(text(_BEHAVIOURS))
    for pair, together in groupby(rows, key=lambda row: (row.person, row.theme)):
        events = (
            Event(
                row.occurred_at,
                row.item,
                gain(BEHAVIOUR_KINDS[row.kind], row.weight, rule),
                takes_back(BEHAVIOUR_KINDS[row.kind]),
            )
            for row in together
        )
        yield pair, *fold(events, rule)


def _clipped(
    pair: Pair, stretches: list[Stretch], since: int
) -> list[tuple[int, int, int, int | None, int | None]]:
    """Memberships as far as they lie after the instant from which on they may be."""
    found: list[tuple[int, int, int, int | None, int | None]] = []
    for stretch in stretches:
        begin = max(stretch.since, since)
        if stretch.until is None:
            found.append((*pair, begin, None, None))
        elif begin < stretch.until:
            found.append((*pair, begin, stretch.until, stretch.score))
    return found


def _kept(connection: Connection, pairs: Collection[Pair]) -> dict[Pair, Kept]:
    temporary(connection, "pairs", "person BIGINT, theme BIGINT", sorted(pairs))
    rows = connection.execute(
        text(
            "SELECT e.person, e.theme, e.evidence, e.at, m.since FROM temp_pairs p "
            "JOIN evidence e ON e.person = p.person AND e.theme = p.theme "
            "LEFT JOIN memberships m ON m.person = e.person AND m.theme = e.theme AND m.until IS NULL"
        )
    )
    return {(person, theme): Kept(evidence, at, since) for person, theme, evidence, at, since in rows}


def _put_evidence(connection: Connection, rows: list[tuple[int, int, int, int]]) -> None:
    columns = ("person", "theme", "evidence", "at")
    if connection.dialect.name == "postgresql":
        temporary(connection, "evidence", ", ".join(f"{name} BIGINT" for name in columns), rows)
        connection.exec_driver_sql(
            "INSERT INTO evidence SELECT * FROM temp_evidence ON CONFLICT (person, theme) "
            "DO UPDATE SET evidence = excluded.evidence, at = excluded.at"
        )
    elif rows:
        connection.exec_driver_sql(
            "INSERT INTO evidence (person, theme, evidence, at) VALUES (?, ?, ?, ?) ON CONFLICT (person, theme) "
            "DO UPDATE SET evidence = excluded.evidence, at = excluded.at",
            rows,
        )
