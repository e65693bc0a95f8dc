"""Since when a person may be in a theme: it is approved, and where it bears a category, the person permits it."""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, text

from haechi.law import LawPack
from haechi.permission import Asked, Facts, Permission, Standing, allowed_since, decide
from haechi.stores.catalogue import Catalogue
from haechi.stores.clock import instant, maybe_instant, micros
from haechi.stores.rows import temporary
from haechi.stores.stops import Pair, stopped_of
from haechi.terms.words import Category

_PERMISSION: Final = (
    "SELECT p.person, p.purpose, p.category, p.basis, p.given_at, p.withdrawn_at, p.expires_at, p.notice, "
    "p.evidence, p.separate, p.by_guardian, p.recipients FROM temp_concerned c CROSS JOIN permissions p "
    "WHERE c.person = p.person"
)


class Holding:
    """Looks up who may be where.

    Args:
        connection: in a transaction.
        catalogue: what themes are about.
        packs: the laws.
        now: naive UTC instant.
    """

    def __init__(
        self, connection: Connection, catalogue: Catalogue, packs: Mapping[str, LawPack], now: datetime
    ) -> None:
        self._connection = connection
        self._catalogue = catalogue
        self._packs = packs
        self._now = now
        self._allowed: dict[tuple[Asked, Standing], bool] = {}

    def since(self, pairs: Collection[Pair]) -> dict[Pair, int]:
        """For each pair that may be: the instant from which on. A pair that may not be is not among them."""
        asked = {theme for _, theme in pairs}
        themes = {theme: self._catalogue.theme(self._connection, theme) for theme in asked}
        facts = facts_of(self._connection, {person for person, theme in pairs if themes[theme].categories})
        stopped = stopped_of(self._connection, {person for person, _ in pairs})
        found: dict[Pair, int] = {}
        for person, theme in pairs:
            approved_at, categories = themes[theme]
            if approved_at is None or stopped.bars(person, theme):
                continue
            since = max(approved_at, stopped.lifted.get(person, 0))
            if not categories:
                found[person, theme] = since
                continue
            permitted = self._permitted_since(categories, facts[person])
            if permitted is not None:
                found[person, theme] = max(since, micros(permitted))
        return found

    def _permitted_since(self, categories: frozenset[Category], facts: Facts) -> datetime | None:
        asked = Asked(purpose="profiling", categories=categories)
        standing = facts.standing(self._now)
        # Most people stand alike: nobody asked them, and they said nothing.
        allowed = self._allowed.get((asked, standing))
        if allowed is None:
            allowed = decide(asked, standing, self._packs, self._now).allowed
            self._allowed[asked, standing] = allowed
        return allowed_since(asked, facts, self._packs, self._now) if allowed else None


def facts_of(connection: Connection, people: Collection[int]) -> dict[int, Facts]:
    """What is known of people, by their numbers."""
    temporary(connection, "concerned", "person BIGINT", [(person,) for person in sorted(people)])
    permissions: dict[int, list[Permission]] = defaultdict(list)
    for row in connection.execute(text(_PERMISSION)).all():
        permissions[row.person].append(
            Permission(
                purpose=row.purpose,
                category=row.category,
                basis=row.basis,
                given_at=instant(row.given_at),
                withdrawn_at=maybe_instant(row.withdrawn_at),
                expires_at=maybe_instant(row.expires_at),
                notice=row.notice,
                evidence=row.evidence,
                separate=bool(row.separate),
                by_guardian=bool(row.by_guardian),
                recipients=None if row.recipients is None else frozenset(json.loads(row.recipients)),
            )
        )
    stopped = stopped_of(connection, people)
    found = {}
    for row in connection.execute(
        text(
            "SELECT p.person, p.country, p.region, p.birth_date FROM temp_concerned c CROSS JOIN people p "
            "WHERE c.person = p.person"
        )
    ).all():
        born = row.birth_date
        if isinstance(born, str):
            born = datetime.fromisoformat(born).date()
        found[row.person] = Facts(
            country=row.country,
            region=row.region,
            born=born,
            permissions=permissions[row.person],
            objected=stopped.purposes.get(row.person, frozenset()),
        )
    return found
