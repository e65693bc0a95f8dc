"""Audiences in the database: sizes asked, booked under opaque handles, and what they cost of people's privacy."""

import json
import secrets
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

import msgspec
from pyroaring import BitMap
from sqlalchemy import Connection, Engine, select, text

from haechi.errors import UsageError
from haechi.law import LawPack, in_force
from haechi.permission import Asked as AskedFor
from haechi.permission import decide
from haechi.release.audiences import (
    Answer,
    Asked,
    AudiencePolicy,
    Budget,
    Expression,
    People,
    Refusal,
    State,
    ask,
    canonical,
    minimum_for,
    parse,
    themes_of,
)
from haechi.stores import schema
from haechi.stores.catalogue import Catalogue, ThemeFacts
from haechi.stores.clock import instant, micros, utc_now
from haechi.stores.holding import facts_of
from haechi.stores.numbers import number_of
from haechi.stores.rows import fetch, reading, writing

_GROWN: Final = timedelta(days=366 * 22)
"""Whoever was born earlier is of age under every law."""


class Booking(msgspec.Struct, frozen=True):
    """A booked audience, as its advertiser sees it.

    Attributes:
        handle: opaque.
        size: as it was told.
        since: from when on it holds, naive UTC.
        until: until when, or None.
    """

    handle: str
    size: int
    since: datetime
    until: datetime | None


class Audiences:
    """What advertisers ask and book.

    Args:
        engine: the database.
        packs: the laws.
        policy: the numbers of the release.
    """

    def __init__(
        self, engine: Engine, packs: Mapping[str, LawPack], policy: AudiencePolicy | None = None
    ) -> None:
        self._engine = engine
        self._packs = packs
        self._policy = policy or AudiencePolicy()

    def size(self, advertiser: int, value: object, *, now: datetime) -> Answer:
        """Answers or refuses a question; what it cost is on the disk before this returns.

        Args:
            advertiser: who asks.
            value: the expression, as JSON values, with the platform's identifiers of themes.
            now: naive UTC instant.

        Raises:
            UsageError: it is no expression, names a theme that is not open, or the advertiser is not verified.
        """
        with writing(self._engine) as connection:
            return self._ask(connection, advertiser, value, now)[0]

    def book(
        self, advertiser: int, value: object, *, until: datetime | None = None, now: datetime
    ) -> Booking | Refusal:
        """Books an audience that has a size; the handle says nothing of it."""
        with writing(self._engine) as connection:
            answer, question = self._ask(connection, advertiser, value, now)
            if answer.size is None:
                return answer.refusal or Refusal("too-small", "")
            handle = secrets.token_urlsafe(24)
            connection.execute(
                schema.bookings.insert().values(
                    handle=handle, advertiser=advertiser, question=question, expression=json.dumps(value),
                    since=micros(now), until=None if until is None else micros(until),
                )
            )  # fmt: skip
            return Booking(handle, answer.size, now, until)

    def bookings(self, advertiser: int) -> list[Booking]:
        """An advertiser's own bookings."""
        b, q = schema.bookings, schema.questions
        with reading(self._engine) as connection:
            rows = connection.execute(
                select(b, q.c.answer).join_from(b, q, b.c.question == q.c.question)
                .where(b.c.advertiser == advertiser).order_by(b.c.since, b.c.handle)
            ).all()  # fmt: skip
        return [
            Booking(
                row.handle,
                msgspec.json.decode(row.answer, type=Answer).size or 0,
                instant(row.since),
                None if row.until is None else instant(row.until),
            )
            for row in rows
        ]

    def handles_for(self, person_id: str, *, now: datetime) -> list[str]:
        """The handles of the bookings that a person is in, for the platform's own ad server; never for advertisers.

        Looked up live, so that a permission withdrawn a moment ago counts.
        """
        b = schema.bookings
        with reading(self._engine) as connection:
            person = number_of(connection, schema.people, "person", "person_id", person_id)
            if person is None:
                return []
            rows = connection.execute(
                select(b.c.handle, b.c.expression).where(
                    b.c.since <= micros(now), b.c.until.is_(None) | (b.c.until > micros(now))
                )
            ).all()
            sets = _Sets(connection, self._packs, now, only=person)
            return [row.handle for row in rows if sets.holds(json.loads(row.expression), self._policy)]

    def _ask(
        self, connection: Connection, advertiser: int, value: object, now: datetime
    ) -> tuple[Answer, int]:
        self._check(connection, advertiser)
        state = _read_state(connection, advertiser)
        sets = _Sets(connection, self._packs, now)
        expression = parse(value, most_themes=self._policy.themes)
        categories = {one for theme in themes_of(expression) for one in sets.facts(theme).categories}
        before = list(state.asked)
        answer = ask(
            value,
            people=People(sets.people_in, sets.everyone() if _leaves_out(expression) else BitMap()),
            sensitive=sets.is_protected,
            minimum=minimum_for(self._policy, self._packs, categories),
            policy=self._policy,
            state=state,
            now=now,
        )
        _keep_state(connection, advertiser, state, [one for one in state.asked if one not in before])
        if answer.size is None:
            return answer, 0
        q = schema.questions
        question = connection.execute(
            select(q.c.question)
            .where(q.c.advertiser == advertiser, q.c.canonical == canonical(expression).key)
            .order_by(q.c.question.desc())
        ).scalar()
        return answer, int(question or 0)

    def _check(self, connection: Connection, advertiser: int) -> None:
        a = schema.advertisers
        verified = connection.execute(select(a.c.verified).where(a.c.advertiser == advertiser)).scalar()
        if not verified:
            raise UsageError(
                "the advertiser is not verified; expected its verification before it asks for audiences."
            )


class _Sets:
    """Who can be addressed by a theme, now.

    Args:
        connection: in a transaction.
        packs: the laws.
        now: naive UTC instant.
        only: one person's number, where only that one matters.
    """

    def __init__(
        self, connection: Connection, packs: Mapping[str, LawPack], now: datetime, only: int | None = None
    ) -> None:
        self._connection = connection
        self._packs = packs
        self._now = now
        self._only = only
        self._catalogue = Catalogue()
        self._numbers: dict[str, int] = {}
        self._known: dict[str, BitMap] = {}
        self._barred: BitMap | None = None
        self._protected = {
            fact.category for pack in packs.values() for fact in in_force(pack.categories, now)
        }

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

    def is_protected(self, theme_id: str) -> bool:
        """Whether some law protects what a theme gives away."""
        return bool(self.facts(theme_id).categories & self._protected)

    def everyone(self) -> BitMap:
        """All people."""
        if self._only is not None:
            return BitMap([self._only])
        return BitMap([row[0] for row in fetch(self._connection, "SELECT person FROM people")])

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
                    self._allowed(members, AskedFor(purpose="disclosure", categories=facts.categories))
                )
            known = self._known[theme_id] = members - self.barred()
        return known

    def barred(self) -> BitMap:
        """People of whom nothing at all may be told: minors, where their law says so."""
        if self._barred is None:
            youngest = date.min if self._now.year <= 22 else (self._now - _GROWN).date()  # noqa: PLR2004
            people = BitMap(
                self._connection.execute(
                    select(schema.people.c.person).where(schema.people.c.birth_date > youngest)
                ).scalars()
            )
            self._barred = people - BitMap(self._allowed(people, AskedFor(purpose="disclosure")))
        return self._barred

    def holds(self, value: Any, policy: AudiencePolicy) -> bool:  # noqa: ANN401 - JSON
        """Whether the one person is in an audience."""
        try:
            expression = parse(value, most_themes=policy.themes)
            return _is_in(expression, self)
        except UsageError:
            # A theme that has been closed since: nobody is in an audience that names it.
            return False

    def _allowed(self, people: BitMap, asked: AskedFor) -> list[int]:
        facts = facts_of(self._connection, people)
        decisions: dict[object, bool] = {}
        allowed = []
        for person, known in facts.items():
            standing = known.standing(self._now)
            if standing not in decisions:
                decisions[standing] = decide(asked, standing, self._packs, self._now).allowed
            if decisions[standing]:
                allowed.append(person)
        return allowed


def _leaves_out(expression: Expression) -> bool:
    return expression.kind == "not" or any(map(_leaves_out, expression.parts))


def _is_in(expression: Expression, sets: _Sets) -> bool:
    if expression.kind == "theme":
        return bool(sets.people_in(expression.theme))
    parts = [_is_in(part, sets) for part in expression.parts]
    return not parts[0] if expression.kind == "not" else (all if expression.kind == "and" else any)(parts)


def _read_state(connection: Connection, advertiser: int) -> State:
    q, b = schema.questions, schema.budgets
    kept = connection.execute(select(b.c.spent).where(b.c.advertiser == advertiser)).scalar()
    window, digits = msgspec.msgpack.decode(kept, type=tuple[int, list[bytes]]) if kept else (0, [])
    rows = connection.execute(
        select(q).where(q.c.advertiser == advertiser, q.c.window == window).order_by(q.c.question)
    ).all()
    asked = [
        Asked(
            row.canonical,
            json.loads(row.expression),
            row.period,
            msgspec.json.decode(row.answer, type=Answer),
        )
        for row in rows
    ]
    return State(window, asked, Budget.of(digits))


def _keep_state(connection: Connection, advertiser: int, state: State, fresh: list[Asked]) -> None:
    """Writes what a question added to what was asked and spent."""
    now = utc_now()
    for asked in fresh:
        connection.execute(
            schema.questions.insert().values(
                advertiser=advertiser, canonical=asked.key, expression=json.dumps(asked.expression),
                period=asked.period, window=state.window, asked_at=micros(now),
                answer=msgspec.json.encode(asked.answer).decode(),
            )
        )  # fmt: skip
    connection.execute(
        text(
            "INSERT INTO budgets (advertiser, spent, version) VALUES (:advertiser, :spent, 1) "
            "ON CONFLICT (advertiser) DO UPDATE SET spent = excluded.spent, version = budgets.version + 1"
        ),
        {"advertiser": advertiser, "spent": msgspec.msgpack.encode((state.window, state.budget.digits()))},
    )
