"""Memberships of some people worked out anew, after what is allowed about them changed."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import Connection

from haechi.law import LawPack
from haechi.stores.catalogue import Catalogue
from haechi.stores.holding import Holding
from haechi.stores.keep import recompute
from haechi.stores.rows import fetch, temporary
from haechi.themes.evidence import EvidenceRule


def keep_anew(
    connection: Connection,
    people: Collection[int],
    packs: Mapping[str, LawPack],
    rule: EvidenceRule,
    *,
    now: datetime,
    sensitive_only: bool = False,
) -> None:
    """Works out anew who is in what; what may not be is gone when the transaction is committed.

    Args:
        connection: in a transaction that nobody writes memberships beside.
        people: numbers.
        packs: the laws.
        rule: kind weights, threshold and lapse.
        now: naive UTC instant.
        sensitive_only: only themes that bear a category: permissions change no others.
    """
    if not people:
        return
    temporary(connection, "people_asked", "person BIGINT", [(person,) for person in sorted(people)])
    only = " AND t.categories <> '[]'" if sensitive_only else ""
    pairs = {
        (row[0], row[1])
        for row in fetch(
            connection,
            "SELECT DISTINCT b.person, m.theme FROM temp_people_asked a CROSS JOIN behaviours b "  # noqa: S608 - ours
            "CROSS JOIN item_themes m CROSS JOIN themes t WHERE b.person = a.person AND m.item = b.item "
            f"AND t.theme = m.theme AND t.approved_at IS NOT NULL{only}",
        )
    }
    allowed = Holding(connection, Catalogue(), packs, now).since(pairs)
    recompute(connection, pairs, allowed, rule)
