"""Whom an advertiser may address by a theme: the members, less those who permitted no disclosure and those barred."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final

from pyroaring import BitMap
from sqlalchemy import Connection, select

from haechi.errors import UsageError
from haechi.law import LawPack, in_force
from haechi.permission import Asked, decide
from haechi.release.audiences import Function, Protection, ThemePeople
from haechi.stores import schema
from haechi.stores.catalogue import Catalogue, ThemeFacts
from haechi.stores.holding import facts_of
from haechi.stores.numbers import number_of
from haechi.stores.rows import fetch
from haechi.stores.stops import people_stopping

_GROWN: Final = timedelta(days=366 * 22)
"""Whoever was born earlier is of age under every law."""


class Addressable:
    """Who can be addressed by a theme, now.

    Args:
        connection: in a transaction.
        packs: the laws.
        now: naive UTC instant.
        only: one person's number, where only that one matters.
        recipient: identifier of the advertiser; a permission that names others opens nothing for it.
    """

    def __init__(
        self,
        connection: Connection,
        packs: Mapping[str, LawPack],
        now: datetime,
        only: int | None = None,
        *,
        recipient: str | None = None,
    ) -> None:
        self._connection = connection
        self._packs = packs
        self._now = now
        self._only = only
        self._recipient = recipient
        self._catalogue = Catalogue()
        self._numbers: dict[str, int] = {}
        self._known: dict[str, BitMap] = {}
        self._barred: BitMap | None = None

    def facts(self, theme_id: str) -> ThemeFacts:
        """What is known of a theme.

        Raises:
            UsageError: it is not open to advertisers.
        """
        if theme_id not in self._numbers:
            number = number_of(self._connection, schema.themes, "theme", "theme_id", theme_id)
            if number is None or self._catalogue.theme(self._connection, number).approved_at is None:
                raise UsageError(
                    f"no theme {theme_id[:80]!r} is open; expected one of those that are offered."
                )
            self._numbers[theme_id] = number
        return self._catalogue.theme(self._connection, self._numbers[theme_id])

    def number(self, theme_id: str) -> int:
        """Our number of a theme.

        Raises:
            UsageError: it is not open to advertisers.
        """
        self.facts(theme_id)
        return self._numbers[theme_id]

    def themes(self, function: Function) -> dict[str, ThemePeople]:
        """The themes of a question, each with its people and what it gives away under which law."""
        return {
            theme: ThemePeople(self.people_in(theme), self.protections(theme)) for theme in function.themes
        }

    def protections(self, theme_id: str) -> frozenset[Protection]:
        """The laws that protect what a theme gives away."""
        return frozenset(
            (law, fact.category)
            for law, pack in self._packs.items()
            for fact in in_force(pack.categories, self._now)
            if fact.category in self.facts(theme_id).categories
        )

    def people_in(self, theme_id: str) -> BitMap:
        """Who is in a theme and may be told of to advertisers."""
        known = self._known.get(theme_id)
        if known is None:
            facts = self.facts(theme_id)
            where = "" if self._only is None else f" AND person = {self._only:d}"
            rows = fetch(
                self._connection,
                f"SELECT person FROM memberships WHERE theme = {self._numbers[theme_id]:d} AND until IS NULL{where}",  # noqa: S608
            )
            members = BitMap([row[0] for row in rows])
            if facts.categories:
                members = BitMap(
                    self._allowed(members, Asked(purpose="disclosure", categories=facts.categories))
                )
            known = self._known[theme_id] = members - self.barred()
        return known

    def barred(self) -> BitMap:
        """People of whom nothing at all may be told: minors, where their law says so, and who stopped it."""
        if self._barred is None:
            youngest = date.min if self._now.year <= 22 else (self._now - _GROWN).date()  # noqa: PLR2004
            people = BitMap(
                self._connection.execute(
                    select(schema.people.c.person).where(schema.people.c.birth_date > youngest)
                ).scalars()
            )
            self._barred = people - BitMap(self._allowed(people, Asked(purpose="disclosure")))
            for purpose in ("disclosure", "advertising"):
                self._barred |= BitMap(people_stopping(self._connection, purpose))
        return self._barred

    def holds(self, function: Function) -> bool:
        """Whether the one person is in an audience."""
        try:
            # Every theme is looked at: once one of them is closed, nobody is in an audience that names it.
            within = {theme: bool(self.people_in(theme)) for theme in function.themes}
        except UsageError:
            return False
        return function.holds(within.__getitem__)

    def _allowed(self, people: BitMap, asked: Asked) -> list[int]:
        facts = facts_of(self._connection, list(people))
        decisions: dict[object, bool] = {}
        allowed = []
        for person, known in facts.items():
            standing = known.standing(self._now, recipient=self._recipient)
            if standing not in decisions:
                decisions[standing] = decide(asked, standing, self._packs, self._now).allowed
            if decisions[standing]:
                allowed.append(person)
        return allowed
