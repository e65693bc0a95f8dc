"""Audiences in the database: sizes asked, and booked under opaque handles."""

import hashlib
import json
import secrets
from collections.abc import Mapping
from datetime import datetime

import msgspec
from sqlalchemy import Connection, Engine, select

from haechi.errors import UsageError
from haechi.law import LawPack
from haechi.ledger.entry import Fact
from haechi.release.audiences import Answer, Answered, AudiencePolicy, Function, ask, canonical, parse
from haechi.stores import schema
from haechi.stores.addressable import Addressable
from haechi.stores.asked import keep_state, read_state
from haechi.stores.clock import instant, maybe_instant, maybe_micros, micros
from haechi.stores.ledger.append import append
from haechi.stores.numbers import number_of
from haechi.stores.rows import reading, tell, writing


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
    ) -> Booking | Answer:
        """Books an audience that has a size; the handle is random and says nothing of it.

        Returns:
            the booking, or the answer that says why there is no size.
        """
        with writing(self._engine) as connection:
            answer, function = self._ask(connection, advertiser, value, now)
            if answer.size is None:
                return answer
            q = schema.questions
            question = connection.execute(
                select(q.c.question)
                .where(q.c.advertiser == advertiser, q.c.canonical == function.key)
                .order_by(q.c.period.desc())
            ).scalar()
            handle = secrets.token_urlsafe(24)
            connection.execute(
                schema.bookings.insert().values(
                    handle=handle, advertiser=advertiser, question=question, expression=json.dumps(value),
                    since=micros(now), until=maybe_micros(until),
                )
            )  # fmt: skip
            a = schema.advertisers
            public = {
                "advertiser_id": connection.execute(
                    select(a.c.advertiser_id).where(a.c.advertiser == advertiser)
                ).scalar_one(),
                "themes": sorted(function.themes),
                "size": answer.size,
                "until": None if until is None else until.isoformat(),
                # Whoever holds the handle could deliver by it: the ledger tells which it was, not what it is.
                "handle_sha256": hashlib.sha256(handle.encode()).hexdigest(),
            }
            append(connection, [Fact("audience-released", now, public)])
            tell(connection, "audience", done="booked", advertiser=advertiser)
            return Booking(handle, answer.size, now, until)

    def bookings(self, advertiser: int) -> list[Booking]:
        """An advertiser's own bookings."""
        b, q = schema.bookings, schema.questions
        with reading(self._engine) as connection:
            rows = connection.execute(
                select(b, q.c.answered).join_from(b, q, b.c.question == q.c.question)
                .where(b.c.advertiser == advertiser).order_by(b.c.since, b.c.handle)
            ).all()  # fmt: skip
        return [
            Booking(
                row.handle,
                msgspec.json.decode(row.answered, type=Answered).size or 0,
                instant(row.since),
                maybe_instant(row.until),
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
            a = schema.advertisers
            rows = connection.execute(
                select(b.c.handle, b.c.expression, a.c.advertiser_id).join(a, a.c.advertiser == b.c.advertiser)
                .where(b.c.since <= micros(now), b.c.until.is_(None) | (b.c.until > micros(now)))
            ).all()  # fmt: skip
            found: dict[str, Addressable] = {}
            handles = []
            for row in rows:
                if row.advertiser_id not in found:
                    found[row.advertiser_id] = Addressable(
                        connection, self._packs, now, only=person, recipient=row.advertiser_id
                    )
                if found[row.advertiser_id].holds(self._meaning(json.loads(row.expression))):
                    handles.append(row.handle)
            return handles

    def _meaning(self, value: object) -> Function:
        return canonical(parse(value, self._policy.limits))

    def _ask(
        self, connection: Connection, advertiser: int, value: object, now: datetime
    ) -> tuple[Answer, Function]:
        recipient = self._checked(connection, advertiser)
        function = self._meaning(value)
        before = read_state(connection, advertiser, self._policy, now)
        sets = Addressable(connection, self._packs, now, recipient=recipient).themes(function)
        answer, after = ask(value, sets=sets, policy=self._policy, state=before, now=now)
        keep_state(connection, advertiser, before, after, expression=json.dumps(value), now=now)
        tell(connection, "audience", done="asked", advertiser=advertiser, refused=answer.refused)
        return answer, function

    def _checked(self, connection: Connection, advertiser: int) -> str:
        """The identifier of an advertiser that may ask."""
        a = schema.advertisers
        row = connection.execute(
            select(a.c.verified, a.c.advertiser_id).where(a.c.advertiser == advertiser)
        ).first()
        if row is None or not row.verified:
            raise UsageError(
                "the advertiser is not verified; expected its verification before it asks for audiences."
            )
        return str(row.advertiser_id)
