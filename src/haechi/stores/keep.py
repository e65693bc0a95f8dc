"""Evidence and memberships in the database, kept as behaviours come or folded anew from all of them."""

from collections.abc import Collection, Iterator, Mapping
from itertools import groupby
from typing import Final

from sqlalchemy import Connection, text

from haechi.stores.rows import fetch, fill, temporary
from haechi.terms.words import BEHAVIOUR_KINDS
from haechi.themes.evidence import EvidenceRule
from haechi.themes.keeping import Event, Kept, Stretch, advance, fold, gain, takes_back

Pair = tuple[int, int]
_CHUNK: Final = 20_000
_BEHAVIOURS: Final = (
    "SELECT b.person, m.theme, b.occurred_at, b.item, b.kind, m.weight "
    "FROM temp_pairs p CROSS JOIN behaviours b CROSS JOIN item_themes m "
    "WHERE b.person = p.person AND m.item = b.item AND m.theme = p.theme "
    "ORDER BY b.person, m.theme, b.occurred_at"
)
"""From the few to the many: SQLite takes CROSS JOIN as the order to go in, PostgreSQL finds its own."""


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
    sums: list[tuple[int, int, int, int, int]] = []
    for pair, found in gains.items():
        if pair in allowed:
            at, amount = first, _ = found[0]
            if len(found) > 1:
                first, at = min(found)[0], max(found)[0]
                amount = sum(one[1] for one in found)
            sums.append((*pair, amount, first, at))
    sums.sort()
    columns = ("person", "theme", "evidence", "first", "at")
    temporary(connection, "gains", ", ".join(f"{name} BIGINT" for name in columns), sums)
    # Where a behaviour is no later than the last one, nothing is added, and the pair does not come back.
    added = fetch(
        connection,
        "INSERT INTO evidence (person, theme, evidence, at) SELECT person, theme, evidence, at FROM temp_gains g "
        "WHERE NOT EXISTS (SELECT 1 FROM evidence e "
        "WHERE e.person = g.person AND e.theme = g.theme AND e.at >= g.first) "
        "ON CONFLICT (person, theme) "
        "DO UPDATE SET evidence = evidence.evidence + excluded.evidence, at = excluded.at "
        "RETURNING person, theme, evidence",
    )
    opened: list[tuple[int, int, int]] = []
    for person, theme, evidence in added:
        if evidence >= rule.threshold_thousandths:
            pair = person, theme
            found = gains[pair]
            before = evidence - sum(amount for _, amount in found)
            if before < rule.threshold_thousandths:
                since = advance(Kept(before, 0, None), sorted(found), rule).since or 0
                opened.append((*pair, max(since, allowed[pair])))
    opened.sort()
    fill(connection, "memberships", ("person", "theme", "since"), opened)
    if len(added) == len(sums):
        return set()
    return {(row[0], row[1]) for row in sums}.difference((row[0], row[1]) for row in added)


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
                    f"DELETE FROM {table} WHERE (person, theme) IN (SELECT person, theme FROM temp_pairs)"  # noqa: S608
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
    rows = connection.execute(text(_BEHAVIOURS), execution_options={"yield_per": _CHUNK})
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
