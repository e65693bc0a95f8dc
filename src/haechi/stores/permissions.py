"""Permissions in the database: given, withdrawn, run out; and what that does to memberships at once."""

import json
from collections.abc import Mapping
from datetime import datetime

import msgspec
from sqlalchemy import Connection, Engine, select, update

from haechi.errors import UsageError
from haechi.law import LawPack
from haechi.ledger.entry import Fact, Kind
from haechi.ledger.seal import Master
from haechi.stores import schema
from haechi.stores.clock import maybe_micros, micros
from haechi.stores.erased import Erased
from haechi.stores.keep_anew import keep_anew
from haechi.stores.ledger.append import append
from haechi.stores.numbers import Numbers, expect_identifiers, number_of
from haechi.stores.rows import tell, writing
from haechi.terms.showing import shows
from haechi.terms.words import Basis, Category, Purpose
from haechi.terms.zones import naive
from haechi.themes.evidence import DEFAULT_EVIDENCE, EvidenceRule


class Grant(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A permission as it is given.

    Attributes:
        person_id: by whom.
        purpose: what for.
        category: for which sensitive category; None: for none.
        basis: on which basis.
        notice: version of what the person was told when asked.
        evidence: the record that proves it.
        separate: it was asked apart from everything else (PIPA Art. 22(1)).
        by_guardian: a guardian gave it for a child.
        law: the law under which it was asked, or None.
        expires_at: instant at which it runs out, or None.
        recipients: the advertisers that the person was told of (PIPA Art. 17(2) no. 1): it holds for these alone;
            None: it names none.
    """

    person_id: str
    purpose: Purpose
    basis: Basis
    notice: str
    evidence: str
    category: Category | None = None
    separate: bool = False
    by_guardian: bool = False
    law: str | None = None
    expires_at: datetime | None = None
    recipients: tuple[str, ...] | None = None


class Permissions:
    """The permissions of a platform.

    Args:
        engine: the database.
        packs: the laws.
        rule: kind weights, threshold and lapse.
    """

    def __init__(
        self,
        engine: Engine,
        packs: Mapping[str, LawPack],
        rule: EvidenceRule = DEFAULT_EVIDENCE,
        *,
        master: Master | None = None,
    ) -> None:
        self._engine = engine
        self._packs = packs
        self._rule = rule
        self._master = master
        self._erased = Erased(master)

    def give(self, grant: Grant, *, now: datetime) -> None:
        """Records a permission; what it opens is open when this returns.

        Raises:
            UsageError: nothing proves it, nobody was told anything, or it has run out already.
        """
        if not shows(grant.evidence) or not shows(grant.notice):
            raise UsageError("a permission without evidence or without the notice's version; expected both.")
        expires_at = None if grant.expires_at is None else naive(grant.expires_at)
        if expires_at is not None and expires_at <= now:
            raise UsageError("a permission that has run out already; expected an instant to come.")
        with writing(self._engine) as connection:
            expect_identifiers("permissions", "person_id", [grant.person_id])
            self._welcome(connection, grant, now)
            person = Numbers(schema.people, "person", "person_id").of(connection, [grant.person_id])[0]
            values = {name: getattr(grant, name) for name in grant.__struct_fields__ if name != "person_id"}
            connection.execute(
                schema.permissions.insert().values(
                    **{
                        **values,
                        "expires_at": maybe_micros(expires_at),
                        "recipients": None if grant.recipients is None else json.dumps(grant.recipients),
                    },
                    person=person, given_at=micros(now), recorded_at=micros(now),
                )
            )  # fmt: skip
            self._keep(connection, {person}, now)
            said = {name: values[name] for name in ("purpose", "category", "basis", "notice", "evidence")}
            if grant.recipients is not None:
                said["recipients"] = list(grant.recipients)
            if expires_at is not None:
                # That it ran out is proved by when it was to.
                said["expires_at"] = expires_at.isoformat()
            self._prove(connection, "permission-given", person, said, now)
            tell(connection, "permission", done="given", purpose=grant.purpose, category=grant.category)

    def withdraw(
        self,
        person_id: str,
        *,
        purpose: Purpose | None = None,
        category: Category | None = None,
        since: datetime | None = None,
        now: datetime,
    ) -> int:
        """Ends permissions that hold; as easy as giving one (GDPR Art. 7(3)), and what they opened is gone.

        Args:
            person_id: whose.
            purpose: only for it; None: for any.
            category: only for it; None: for any and none.
            since: only those that were given then or later, naive UTC.
            now: naive UTC instant.

        Returns:
            how many were ended.
        """
        p = schema.permissions
        with writing(self._engine) as connection:
            person = number_of(connection, schema.people, "person", "person_id", person_id)
            if person is None:
                return 0
            which = (p.c.person == person) & p.c.withdrawn_at.is_(None)
            if purpose is not None:
                which &= p.c.purpose == purpose
            if category is not None:
                which &= p.c.category == category
            if since is not None:
                which &= p.c.given_at >= micros(since)
            ended = connection.execute(update(p).where(which).values(withdrawn_at=micros(now))).rowcount
            self._keep(connection, {person}, now)
            if ended:
                said = {"purpose": purpose, "category": category, "ended": int(ended)}
                self._prove(connection, "permission-withdrawn", person, said, now)
                tell(connection, "permission", done="withdrawn", purpose=purpose, category=category)
            return int(ended)

    def sweep(self, *, now: datetime, since: datetime) -> int:
        """Takes people out of what a permission that ran out between two instants had opened.

        Returns:
            how many people were concerned.
        """
        p = schema.permissions
        with writing(self._engine) as connection:
            people = set(
                connection.execute(
                    select(p.c.person).where(p.c.expires_at > micros(since), p.c.expires_at <= micros(now))
                ).scalars()
            )
            self._keep(connection, people, now)
            return len(people)

    def _prove(
        self, connection: Connection, kind: Kind, person: int, said: Mapping[str, object], now: datetime
    ) -> None:
        """An entry in the ledger; what it says of the person is sealed, or left out where nothing can seal it."""
        fact = Fact(kind, now, {}) if self._master is None else Fact(kind, now, {}, person, said)
        append(connection, [fact], master=self._master)

    def _welcome(self, connection: Connection, grant: Grant, now: datetime) -> None:
        """Whoever was erased comes back by a consent of their own, and by nothing that somebody else records.

        Raises:
            UsageError: somebody who was erased gets a permission on another basis.
        """
        self._erased.look(connection)
        if not any(at < 0 for at in self._erased.since([grant.person_id]).values()):
            return
        if grant.basis not in ("explicit_consent", "consent") or not grant.separate or grant.by_guardian:
            raise UsageError(
                "a permission of somebody who was erased; expected a separate consent of their own, by which alone "
                "they come back."
            )
        self._erased.welcome(connection, grant.person_id, now=now)

    def _keep(self, connection: Connection, people: set[int], now: datetime) -> None:
        keep_anew(connection, people, self._packs, self._rule, now=now, sensitive_only=True)
