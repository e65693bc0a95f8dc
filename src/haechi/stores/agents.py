"""Agents who make requests for people: set up by a signed message, known by a token, each request taken once."""

import hashlib
import secrets
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Final, NamedTuple

import msgspec
from sqlalchemy import Connection, Engine, delete, select, update

from haechi.errors import MissingError, UsageError
from haechi.law import LawPack
from haechi.rights.clock import laws_of
from haechi.rights.drp.action import is_covered, meant
from haechi.rights.drp.message import Exercise
from haechi.rights.drp.refusal import RefusedError
from haechi.rights.drp.status import FINAL, TO_VERIFY, Reason, Status
from haechi.stores import schema
from haechi.stores.agent_rows import AgentRow, status_of_row
from haechi.stores.clock import instant, micros
from haechi.stores.requests import Requests
from haechi.stores.rows import reading, writing

_TOKEN_BYTES: Final = 32


class Pages(msgspec.Struct, frozen=True, kw_only=True):
    """Where the operator's own pages are; the identifier of the request is put at the end of each.

    Attributes:
        verification: where a person shows who they are; None: what is not verified is denied.
        results: where a person who signed in finds what they asked for; None: it is sent in another way.
    """

    verification: str | None = None
    results: str | None = None

    def of(self, request_id: str) -> tuple[str | None, str | None]:
        """The two addresses for one request."""
        return (
            None if self.verification is None else self.verification + request_id,
            None if self.results is None else self.results + request_id,
        )


class SetUp(NamedTuple):
    """An agent that has a token.

    Attributes:
        agent_id: who.
        verify_key: the public key by which it set up.
    """

    agent_id: str
    verify_key: bytes


class Agents:
    """The agents of a platform and what they asked for.

    Args:
        engine: the database.
        requests: people's requests, among which agents' come.
        packs: the laws.
        pages: where people are sent.
    """

    def __init__(
        self, engine: Engine, requests: Requests, packs: Mapping[str, LawPack], pages: Pages | None = None
    ) -> None:
        self._engine = engine
        self._requests = requests
        self._packs = packs
        self._pages = pages or Pages()

    def set_up(
        self, agent_id: str, verify_key: bytes, digest: bytes, *, expires_at: datetime, now: datetime
    ) -> str:
        """A new token for an agent whose signed message was found good; the one before counts no more.

        Args:
            agent_id: who.
            verify_key: the public key that the message is by.
            digest: of the message.
            expires_at: until when the message counts, naive UTC.
            now: naive UTC instant.

        Raises:
            RefusedError: the message was used before: who only heard it gets no token.
        """
        a, s = schema.agents, schema.agent_setups
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        with writing(self._engine) as connection:
            connection.execute(delete(s).where(s.c.expires_at <= micros(now)))
            if connection.execute(select(s.c.digest).where(s.c.digest == digest)).first() is not None:
                raise RefusedError(403, "the message was used before; expected a new one.", fatal=True)
            connection.execute(s.insert().values(digest=digest, expires_at=micros(expires_at)))
            values = {"verify_key": verify_key, "token_hash": _hash(token), "set_up_at": micros(now)}
            changed = connection.execute(update(a).where(a.c.agent_id == agent_id).values(**values)).rowcount
            if not changed:
                connection.execute(a.insert().values(agent_id=agent_id, **values))
        return token

    def agent_of(self, token: str) -> SetUp | None:
        """Whose token it is; None where it is none, or was followed by another."""
        a = schema.agents
        with reading(self._engine) as connection:
            found = connection.execute(
                select(a.c.agent_id, a.c.verify_key).where(a.c.token_hash == _hash(token))
            ).first()
        return None if found is None else SetUp(found.agent_id, bytes(found.verify_key))

    def exercise(
        self,
        agent_id: str,
        message: Exercise,
        digest: bytes,
        *,
        verified: bool,
        person_id: str | None,
        now: datetime,
    ) -> Status:
        """Takes a request of an agent in, once.

        The same message, or one with the same name of the agent's, is the same request. What it stops is stopped when
        this returns, as if the person had asked on our own page.

        Args:
            agent_id: who asks.
            message: what, after its chain of checks.
            digest: of the signed message.
            verified: the agent verified something by which the person may be found.
            person_id: who was found by it, or None.
            now: naive UTC instant.

        Raises:
            RefusedError: we take no such action, or the agent's name of it stands for another request.
        """
        meant(message.exercise, message.regime)
        with writing(self._engine) as connection:
            before = self._before(connection, agent_id, message, digest)
            if before is not None:
                self._expect_same(connection, before, message, digest, person_id)
                return status_of_row(connection, before, now=now)
            row = self._put(connection, agent_id, message, digest, now)
            if not verified:
                self._await_person(connection, row, now)
            elif person_id is None:
                self._deny(connection, row, "no_match")
            else:
                self._begin(connection, row, person_id, now)
            return status_of_row(connection, _row(connection, row.request_id), now=now)

    def verify(self, request_id: str, person_id: str, *, now: datetime) -> Status:
        """The person of a request showed who they are; it is carried on from there.

        Args:
            request_id: which.
            person_id: who it turned out to be.
            now: naive UTC instant.

        Raises:
            MissingError: there is no such request.
            UsageError: it waits for nobody to show who they are.
        """
        with writing(self._engine) as connection:
            row = _row(connection, request_id)
            if status_of_row(connection, row, now=now).reason != "need_user_verification":
                raise UsageError("the request waits for nobody; expected one that needs verification.")
            self._begin(connection, row, person_id, now)
            return status_of_row(connection, _row(connection, request_id), now=now)

    def status(self, agent_id: str, request_id: str, *, now: datetime) -> Status:
        """How a request of an agent stands.

        Raises:
            RefusedError: the agent has no such request.
        """
        with reading(self._engine) as connection:
            return status_of_row(connection, self._own(connection, agent_id, request_id), now=now)

    def revoke(self, agent_id: str, request_id: str, *, now: datetime) -> Status:
        """The person wants it no longer. Ours ends too, where it was made for this agent and nobody else.

        Raises:
            RefusedError: the agent has no such request, or it is carried out already.
        """
        a = schema.agent_requests
        with writing(self._engine) as connection:
            row = self._own(connection, agent_id, request_id)
            status = status_of_row(connection, row, now=now)
            if status.status == "revoked":
                return status
            if status.status in FINAL:
                raise RefusedError(409, f"the request is {status.status}; expected an open one.", fatal=True)
            which = a.c.agent_request == row.agent_request
            connection.execute(update(a).where(which).values(revoked_at=micros(now)))
            if row.made and not self._wanted_by_others(connection, row):
                self._requests.end_within(connection, row.request, now=now)
            return status_of_row(connection, _row(connection, request_id), now=now)

    def _before(
        self, connection: Connection, agent_id: str, message: Exercise, digest: bytes
    ) -> AgentRow | None:
        a = schema.agent_requests
        same = a.c.digest == digest
        if message.agent_request_id is not None:
            same |= a.c.agent_request_id == message.agent_request_id
        return connection.execute(select(a).where(a.c.agent_id == agent_id, same)).first()

    def _expect_same(
        self, connection: Connection, row: AgentRow, message: Exercise, digest: bytes, person_id: str | None
    ) -> None:
        """A name that stands for another action or another person would answer the wrong one."""
        if bytes(row.digest) == digest:
            return
        other = (row.exercise, row.regime) != (message.exercise, message.regime)
        if row.request is not None and person_id is not None:
            r, p = schema.requests, schema.people
            whose = connection.execute(
                select(p.c.person_id).join(r, r.c.person == p.c.person).where(r.c.request == row.request)
            ).scalar()
            other |= whose is not None and whose != person_id
        if other:
            raise RefusedError(409, "agent-request-id stands for another request; expected a new one.")

    def _put(
        self, connection: Connection, agent_id: str, message: Exercise, digest: bytes, now: datetime
    ) -> AgentRow:
        request_id = str(uuid.uuid4())
        verification_url, results_url = self._pages.of(request_id)
        connection.execute(
            schema.agent_requests.insert().values(
                request_id=request_id, agent_id=agent_id, agent_request_id=message.agent_request_id,
                digest=digest, exercise=message.exercise, regime=message.regime,
                status_callback=message.status_callback, verification_url=verification_url,
                results_url=results_url, received_at=micros(now), made=False,
            )
        )  # fmt: skip
        return _row(connection, request_id)

    def _await_person(self, connection: Connection, row: AgentRow, now: datetime) -> None:
        """Nobody is looked up: whether we know such a person is told to nobody who did not show to be it."""
        if row.verification_url is None:
            self._deny(connection, row, "insuf_verification")
            return
        a = schema.agent_requests
        which = a.c.agent_request == row.agent_request
        connection.execute(update(a).where(which).values(verify_until=micros(now + TO_VERIFY)))

    def _begin(self, connection: Connection, row: AgentRow, person_id: str, now: datetime) -> None:
        """Makes our request of it; the law's clock runs from when the agent's came."""
        kind, wanted = meant(row.exercise, row.regime)
        a, p = schema.agent_requests, schema.people
        known = connection.execute(select(p).where(p.c.person_id == person_id)).first()
        if known is None:
            self._deny(connection, row, "no_match")
            return
        laws = laws_of(self._packs, known.country, known.region)
        if not is_covered(kind, row.regime, laws, self._packs, now):
            self._deny(connection, row, "outside_jurisdiction")
            return
        number, made = self._requests.receive_within(
            connection, person_id, kind, wanted, via="agent", received_at=instant(row.received_at), now=now
        )
        which = a.c.agent_request == row.agent_request
        connection.execute(update(a).where(which).values(request=number, made=made))

    def _deny(self, connection: Connection, row: AgentRow, reason: Reason) -> None:
        a = schema.agent_requests
        connection.execute(
            update(a).where(a.c.agent_request == row.agent_request).values(denied=reason, verify_until=None)
        )

    def _wanted_by_others(self, connection: Connection, row: AgentRow) -> bool:
        a = schema.agent_requests
        return (
            connection.execute(
                select(a.c.agent_request).where(
                    a.c.request == row.request,
                    a.c.agent_request != row.agent_request,
                    a.c.revoked_at.is_(None),
                )
            ).first()
            is not None
        )

    def _own(self, connection: Connection, agent_id: str, request_id: str) -> AgentRow:
        try:
            row = _row(connection, request_id)
        except MissingError:
            row = None
        # Another's request and none are one answer (DRP 1.0, section 2.02.1).
        if row is None or row.agent_id != agent_id:
            raise RefusedError(403, "no such request of this agent.", fatal=True)
        return row


def _row(connection: Connection, request_id: str) -> AgentRow:
    a = schema.agent_requests
    row = connection.execute(select(a).where(a.c.request_id == request_id)).first()
    if row is None:
        raise MissingError("no such request of an agent.")
    return row


def _hash(token: str) -> bytes:
    # The token has 256 random bits: nothing to guess, so that no slow hash is needed.
    return hashlib.sha256(token.encode()).digest()
