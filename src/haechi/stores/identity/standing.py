"""How somebody who is signed in stands: what decides whether a request may be acted on now."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, text

from haechi.law import LawPack
from haechi.rights.clock import laws_of
from haechi.rights.identity import Asked, Assessment, Standing, assess
from haechi.stores.identity.cooling import cooling_until
from haechi.stores.identity.sessions import PersonSession
from haechi.terms.words import RequestKind

# All that an answer names: also what another system's advertisers could use, what was disowned, and permissions.
_SENSITIVE = text(
    "SELECT 1 FROM themes t WHERE (t.categories IS NULL OR t.categories <> '[]' OR t.state <> 'approved') AND ("
    "EXISTS (SELECT 1 FROM memberships m WHERE m.person = :person AND m.theme = t.theme) OR "
    "EXISTS (SELECT 1 FROM disclosures d WHERE d.person = :person AND d.theme = t.theme) OR "
    "EXISTS (SELECT 1 FROM stops s WHERE s.person = :person AND s.theme = t.theme) OR "
    "EXISTS (SELECT 1 FROM behaviours b CROSS JOIN item_themes i CROSS JOIN grants g "
    "WHERE b.person = :person AND i.item = b.item AND i.theme = t.theme AND g.theme = t.theme)) "
    "UNION ALL SELECT 1 FROM permissions p WHERE p.person = :person AND p.category IS NOT NULL LIMIT 1"
)


def holds_sensitive(connection: Connection, person: int) -> bool:
    """Whether what is held about a person names a theme of a protected category, or one nobody has judged."""
    return connection.execute(_SENSITIVE, {"person": person}).first() is not None


def may_ask(
    connection: Connection,
    session: PersonSession,
    kind: RequestKind,
    packs: Mapping[str, LawPack],
    *,
    changes_law: bool = False,
    now: datetime,
) -> Assessment:
    """Whether who is signed in has shown enough for a request, and whether it has to wait.

    Args:
        connection: in a transaction.
        session: who is signed in.
        kind: what is asked.
        packs: the laws.
        changes_law: of a rectification: a place or a date of birth.
        now: naive UTC instant.
    """
    standing = Standing(
        laws=laws_of(packs, session.country, session.region),
        birth_date=session.birth_date,
        cooling_until=cooling_until(connection, session.person, now=now),
        began_at=session.signed_in_at,
        acting=session.acting,
    )
    asked = Asked(kind=kind, sensitive=holds_sensitive(connection, session.person), changes_law=changes_law)
    return assess(session.evidence, asked, standing, now=now)
