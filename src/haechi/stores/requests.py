"""Requests of people: received with what they do at once, put off, answered; each step on the ledger."""

import json
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import Connection, Engine, select, update

from haechi.errors import MissingError, UsageError
from haechi.law import LawPack
from haechi.ledger.entry import Fact, Kind
from haechi.ledger.seal import Master
from haechi.rights.clock import deadlines, due, laws_of
from haechi.rights.effect import COOLING_OFF, Wanted, check_wanted, is_answered_at_once
from haechi.rights.grounds import check_answer, check_extension
from haechi.stores import schema
from haechi.stores.agent_rows import revoke_for_agents, tell_agents
from haechi.stores.clock import instant, maybe_instant, maybe_micros, micros
from haechi.stores.erased import Erased
from haechi.stores.erasure import erase
from haechi.stores.identity.cooling import cooling_until
from haechi.stores.ledger.append import append, scrub
from haechi.stores.numbers import number_of
from haechi.stores.obeying import Obeying
from haechi.stores.request_rows import Request, RequestRow, Via, as_request, request_of, row_of
from haechi.stores.rows import reading, writing
from haechi.stores.stops import lift
from haechi.terms.words import Outcome, RequestKind
from haechi.themes.evidence import DEFAULT_EVIDENCE, EvidenceRule

_ID_BYTES: Final = 12


class Requests:
    """The requests of a platform.

    Args:
        engine: the database.
        packs: the laws.
        rule: kind weights, threshold and lapse.
        master: seals what the ledger says of people, and knows who was erased.
        origin: of the people's page; None: there is none.
    """

    def __init__(
        self,
        engine: Engine,
        packs: Mapping[str, LawPack],
        rule: EvidenceRule = DEFAULT_EVIDENCE,
        *,
        master: Master | None,
        origin: str | None = None,
    ) -> None:
        self._engine = engine
        self._packs = packs
        self._master = master
        self._obeying = Obeying(packs, rule, master, origin)
        self._erased = Erased(master)

    def receive(
        self, person_id: str, kind: RequestKind, wanted: Wanted | None = None, *, via: Via, now: datetime
    ) -> Request:
        """Takes a request in. What it stops is stopped when this returns; who asks must be known to be the person.

        The same request once more, while the first is open, is the first.

        Args:
            person_id: whose.
            kind: what is asked.
            wanted: what exactly.
            via: how it came.
            now: naive UTC instant.

        Raises:
            UsageError: what is wanted does not go with the kind.
            MissingError: nothing is held about such a person.
        """
        with writing(self._engine) as connection:
            number, _ = self.receive_within(
                connection, person_id, kind, wanted, via=via, received_at=now, now=now
            )
            return as_request(_row_numbered(connection, number), now)

    def receive_within(
        self,
        connection: Connection,
        person_id: str,
        kind: RequestKind,
        wanted: Wanted | None = None,
        *,
        via: Via,
        received_at: datetime,
        now: datetime,
    ) -> tuple[int, bool]:
        """As `receive`, in the caller's transaction that writes.

        Args:
            connection: see above.
            person_id: whose.
            kind: what is asked.
            wanted: what exactly.
            via: how it came.
            received_at: when it came: before it was known who asks, where that had to be shown first.
            now: naive UTC instant.

        Returns:
            our number of it, and whether it is new: an equal one may be open already.
        """
        asked = Wanted() if wanted is None else wanted
        check_wanted(kind, asked)
        if kind == "erasure" and self._master is None:
            raise UsageError("nobody can be erased without a master key; see haechi ledger key.")
        p = schema.people
        known = connection.execute(select(p).where(p.c.person_id == person_id)).first()
        if known is None:
            raise MissingError("nothing is held about such a person.")
        detail = msgspec.json.encode(asked).decode()
        already = self._same(connection, known.person, kind, detail)
        if already is not None:
            return int(already.request), False
        laws = laws_of(self._packs, known.country, known.region)
        due_at = due(deadlines(kind, laws, self._packs, received_at))
        request_id = secrets.token_hex(_ID_BYTES)
        made = connection.execute(
            schema.requests.insert().values(
                request_id=request_id, person=known.person, kind=kind, laws=json.dumps(laws), via=via,
                detail=detail, received_at=micros(received_at),
                due_at=maybe_micros(due_at),
                waits_until=micros(now + COOLING_OFF) if kind == "erasure" else None,
                outcome="open", version=0,
            )
        ).inserted_primary_key  # fmt: skip
        number = int(made[0])  # type: ignore[index]
        public = {"request_id": request_id, "kind": kind, "laws": list(laws), "via": via}
        self._prove(connection, "request-received", known.person, public, now)
        self._obeying.at_receipt(connection, number, known.person, kind, wanted=asked, now=now)
        if is_answered_at_once(kind, asked):
            self._close(connection, number, "granted", now=now)
        return number, True

    def put_off(self, request_id: str, reason: str, *, now: datetime) -> Request:
        """Writes down that the person was told that the answer takes longer, and why.

        Raises:
            UsageError: no law of the person has it, the time is over, or there is no reason.
        """
        with writing(self._engine) as connection:
            row = _open_row(connection, request_id)
            received = instant(row.received_at)
            found = deadlines(row.kind, json.loads(row.laws), self._packs, received)
            check_extension(
                found,
                due_at=maybe_instant(row.due_at),
                already=row.extended_at is not None,
                reason=reason,
                now=now,
            )
            due_at = due(found, put_off=True)
            r = schema.requests
            connection.execute(
                update(r)
                .where(r.c.request == row.request)
                .values(
                    extended_at=micros(now), extension_reason=reason, version=row.version + 1,
                    due_at=maybe_micros(due_at),
                )
            )  # fmt: skip
            tell_agents(connection, row.request, now=now)
            return request_of(connection, request_id, now=now)

    def answer(
        self,
        request_id: str,
        outcome: Outcome,
        *,
        ground: str | None = None,
        reason: str = "",
        now: datetime,
        version: int | None = None,
    ) -> Request:
        """Answers a request; what a refused one had stopped goes on from now, and a granted erasure is carried out.

        Args:
            request_id: which.
            outcome: granted, partly or refused.
            ground: of a refusal: on the closed list of every law that gives the right.
            reason: of a refusal: words for the person.
            now: naive UTC instant.
            version: as it was seen; None: whatever it is now.

        Raises:
            UsageError: the laws do not admit this answer, it was answered before, or somebody changed it meanwhile.
        """
        if outcome == "open":
            raise UsageError("an answer that leaves a request open; expected granted, partly or refused.")
        with writing(self._engine) as connection:
            row = _open_row(connection, request_id)
            if version is not None and version != row.version:
                raise UsageError("the request was changed meanwhile; look at it again.")
            check_answer(
                row.kind, json.loads(row.laws), self._packs, instant(row.received_at),
                outcome=outcome, ground=ground, reason=reason, known=row.via == "page",
            )  # fmt: skip
            if row.kind == "erasure" and outcome == "granted" and micros(now) < row.waits_until:
                raise UsageError(
                    "an erasure waits, so that who did not ask for it can stop it; expected its end."
                )
            if _destroys(row, outcome) and cooling_until(connection, row.person, now=now) is not None:
                raise UsageError(
                    "a key or an address of the person is new; expected nothing to be destroyed before the end of "
                    "its cooling-off."
                )
            self._close(connection, row.request, outcome, ground=ground, reason=reason, now=now)
            if row.kind == "rectification" and outcome == "granted" and row.person is not None:
                self._obeying.correct(
                    connection, row.person, msgspec.json.decode(row.detail, type=Wanted), now=now
                )
            if outcome == "refused" and lift(connection, row.request, now=now) and row.person is not None:
                self._obeying.keep_anew(connection, row.person, now=now)
            erased = _destroys(row, outcome)
            if erased:
                self._end_others(connection, row.person, now=now)
                self._obeying.tell_advertisers(connection, row.person, row.request, "erasure", now=now)
                erase(connection, row.person, self._erased, now=now)
            done = request_of(connection, request_id, now=now)
        if erased:
            scrub(self._engine)
        return done

    def take_back(self, request_id: str, person_id: str, *, now: datetime) -> Request:
        """The person wants it no longer: what it had stopped goes on from now.

        Raises:
            MissingError: the person has no such request.
            UsageError: it was answered already, by more than what it does at once.
        """
        with writing(self._engine) as connection:
            row = row_of(connection, request_id)
            person = number_of(connection, schema.people, "person", "person_id", person_id)
            if person is None or row.person != person:
                raise MissingError("no such request of this person.")
            self.end_within(connection, row.request, now=now)
            return request_of(connection, request_id, now=now)

    def end_within(self, connection: Connection, number: int, *, now: datetime) -> None:
        """Ends a request that is not wanted any more, in the caller's transaction that writes; as `take_back`."""
        row = _row_numbered(connection, number)
        if row.answered_at is None:
            revoke_for_agents(connection, number, now=now)
            self._close(connection, number, "granted", reason="taken back by the person", now=now)
        if lift(connection, number, now=now) and row.person is not None:
            self._obeying.keep_anew(connection, row.person, now=now)

    def _end_others(self, connection: Connection, person: int, *, now: datetime) -> None:
        """Ends what else a person still asks for: once everything is destroyed, nobody could answer it."""
        r = schema.requests
        waiting = connection.execute(
            select(r.c.request).where(r.c.person == person, r.c.outcome == "open").order_by(r.c.request)
        )
        for number in waiting.scalars().all():
            revoke_for_agents(connection, number, now=now)
            self._close(connection, number, "granted", reason="overtaken by the erasure", now=now)

    def carry_out(self, *, now: datetime) -> int:
        """Carries out the erasures whose waiting is over.

        Returns:
            how many.
        """
        r = schema.requests
        with reading(self._engine) as connection:
            ripe = connection.execute(
                select(r.c.request_id, r.c.person).where(
                    r.c.outcome == "open", r.c.kind == "erasure", r.c.waits_until <= micros(now)
                )
            ).all()  # fmt: skip
            # Where a key or an address came meanwhile, whoever did not ask for it has as long to stop both.
            due_now = [
                row.request_id for row in ripe if cooling_until(connection, row.person, now=now) is None
            ]
        for request_id in due_now:
            self.answer(request_id, "granted", now=now)
        return len(due_now)

    def _close(
        self,
        connection: Connection,
        number: int,
        outcome: Outcome,
        *,
        ground: str | None = None,
        reason: str = "",
        now: datetime,
    ) -> None:
        r = schema.requests
        row = connection.execute(
            update(r)
            .where(r.c.request == number)
            .values(
                outcome=outcome,
                ground=ground,
                reason=reason,
                answered_at=micros(now),
                version=r.c.version + 1,
            )
            .returning(r.c.request_id, r.c.kind, r.c.person)
        ).one()
        public = {"request_id": row.request_id, "kind": row.kind, "outcome": outcome, "ground": ground}
        self._prove(connection, "request-answered", row.person, public, now)
        tell_agents(connection, number, now=now)

    def _prove(
        self, connection: Connection, kind: Kind, person: int, public: Mapping[str, object], now: datetime
    ) -> None:
        """An entry that the person finds among those about them, where anything can be sealed."""
        personal = {"request_id": public["request_id"]}
        fact = Fact(kind, now, public) if self._master is None else Fact(kind, now, public, person, personal)
        append(connection, [fact], master=self._master)

    def _same(self, connection: Connection, person: int, kind: RequestKind, detail: str) -> RequestRow | None:
        r = schema.requests
        return connection.execute(
            select(r).where(
                r.c.person == person, r.c.kind == kind, r.c.outcome == "open", r.c.detail == detail
            )
        ).first()


def _destroys(row: RequestRow, outcome: Outcome) -> bool:
    return row.kind == "erasure" and outcome == "granted" and row.person is not None


def _row_numbered(connection: Connection, number: int) -> RequestRow:
    r = schema.requests
    return connection.execute(select(r).where(r.c.request == number)).one()


def _open_row(connection: Connection, request_id: str) -> RequestRow:
    row = row_of(connection, request_id)
    if row.answered_at is not None:
        raise UsageError("the request was answered already.")
    return row
