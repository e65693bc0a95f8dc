"""Since when a person may be in a theme: it is approved, and where it bears a category, the person permits it."""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, text

from haechi.law import LawPack
from haechi.permission import Asked, Facts, Permission, allowed_since
from haechi.stores.clock import instant, micros
from haechi.stores.rows import temporary
from haechi.terms.words import Category  # noqa: TC001 - kept at run time, as everywhere

Pair = tuple[int, int]
"""A person's and a theme's number."""
_PERMISSION: Final = (
    "SELECT p.person, p.purpose, p.category, p.basis, p.given_at, p.withdrawn_at, p.expires_at, p.notice, "
    "p.evidence, p.separate, p.by_guardian FROM permissions p JOIN temp_concerned c ON c.person = p.person"
)


class Holding:
    """Looks up who may be where.

    Args:
        connection: in a transaction.
        packs: the laws.
        now: naive UTC instant.
    """

    def __init__(self, connection: Connection, packs: Mapping[str, LawPack], now: datetime) -> None:
        self._connection = connection
        self._packs = packs
        self._now = now
        self._themes: dict[int, tuple[int | None, frozenset[Category]]] = {}

    def since(self, pairs: Collection[Pair]) -> dict[Pair, int]:
        """For each pair that may be: the instant from which on. A pair that may not be is not among them."""
        self._read_themes({theme for _, theme in pairs})
        telling = {theme for theme, (_, categories) in self._themes.items() if categories}
        facts = self._facts({person for person, theme in pairs if theme in telling})
        found: dict[Pair, int] = {}
        for person, theme in pairs:
            approved_at, categories = self._themes.get(theme, (None, frozenset()))
            if approved_at is None:
                continue
            if not categories:
                found[person, theme] = approved_at
                continue
            permitted = allowed_since(
                Asked(purpose="profiling", categories=categories), facts[person], self._packs, self._now
            )
            if permitted is not None:
                found[person, theme] = max(approved_at, micros(permitted))
        return found

    def _read_themes(self, themes: set[int]) -> None:
        missing = sorted(themes - self._themes.keys())
        if not missing:
            return
        temporary(self._connection, "themes_asked", "theme BIGINT", [(theme,) for theme in missing])
        for theme, approved_at, categories in self._connection.execute(
            text(
                "SELECT t.theme, t.approved_at, t.categories FROM themes t "
                "JOIN temp_themes_asked a ON a.theme = t.theme"
            )
        ):
            self._themes[theme] = approved_at, frozenset(json.loads(categories or "[]"))

    def _facts(self, people: set[int]) -> dict[int, Facts]:
        if not people:
            return {}
        temporary(self._connection, "concerned", "person BIGINT", [(person,) for person in sorted(people)])
        permissions: dict[int, list[Permission]] = defaultdict(list)
        for row in self._connection.execute(text(_PERMISSION)):
            permissions[row.person].append(
                Permission(
                    purpose=row.purpose,
                    category=row.category,
                    basis=row.basis,
                    given_at=instant(row.given_at),
                    withdrawn_at=None if row.withdrawn_at is None else instant(row.withdrawn_at),
                    expires_at=None if row.expires_at is None else instant(row.expires_at),
                    notice=row.notice,
                    evidence=row.evidence,
                    separate=bool(row.separate),
                    by_guardian=bool(row.by_guardian),
                )
            )
        found = {}
        for row in self._connection.execute(
            text(
                "SELECT p.person, p.country, p.region, p.birth_date FROM people p "
                "JOIN temp_concerned c ON c.person = p.person"
            )
        ):
            born = row.birth_date
            if isinstance(born, str):
                born = datetime.fromisoformat(born).date()
            found[row.person] = Facts(
                country=row.country, region=row.region, born=born, permissions=permissions[row.person]
            )
        return found
