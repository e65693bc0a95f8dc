"""Decisions: written once, each with its entry on the ledger, and never changed."""

import hashlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

import msgspec
from sqlalchemy import Connection, Row, select

from haechi.errors import LedgerError, MissingError, UsageError
from haechi.ledger.entry import Fact, read_entry
from haechi.review.ads import Ad, Decision, Outcome, Reason, Signal
from haechi.review.hashes import ad_hash, content_hash
from haechi.stores import review_schema as tables
from haechi.stores.clock import instant, micros
from haechi.stores.ledger.append import append
from haechi.stores.ledger.read import body_of, entries
from haechi.stores.review.words import Automated, Cause, StaleError

_ID_BYTES: Final = 12
NO_ENTRY: Final = -1
"""The number of no entry: the ledger's first is 0."""
_COVERED: Final = (
    "decision_id", "version", "ad_hash", "outcome", "cause", "automated", "actor", "reasons", "signals",
    "rules", "shadow_rules", "ruleset_hash", "words", "supersedes", "refers_to", "notice", "decided_at",
)  # fmt: skip
"""Columns that the digest covers: all that say anything."""


@dataclass(frozen=True, kw_only=True)
class Making:
    """How a decision came about.

    Attributes:
        cause: why it was made.
        automated: how much of it a machine made.
        actor: who decided.
        words: what a person said of it.
        supersedes: the decision that it takes the place of, or None.
        refers_to: the decision whose finding it repeats, or None.
        notice: that led to it, or None.
    """

    cause: Cause
    automated: Automated
    actor: str
    words: str = ""
    supersedes: int | None = None
    refers_to: int | None = None
    notice: int | None = None


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """A decision as it is kept.

    Attributes:
        decision_id: opaque.
        ad_hash: what exactly it is about.
        outcome: approve, hold or reject.
        cause: why it was made.
        automated: how much of it a machine made.
        actor: who decided.
        reasons: for what is not approved.
        signals: everything found.
        rules: codes of the rules that fired.
        ruleset_hash: SHA-256 of the rule set.
        words: what a person said of it.
        decided_at: naive UTC.
        entry: number of its entry on the ledger; `NO_ENTRY` of one that no ledger has.
        supersedes: identifier of the decision that it took the place of, or None.
        refers_to: identifier of the decision whose finding it repeats, or None.
    """

    decision_id: str
    ad_hash: str
    outcome: Outcome
    cause: Cause
    automated: Automated
    actor: str
    reasons: tuple[Reason, ...]
    signals: tuple[Signal, ...]
    rules: tuple[str, ...]
    ruleset_hash: str
    words: str
    decided_at: datetime
    entry: int
    supersedes: str | None
    refers_to: str | None


class Decided(NamedTuple):
    """A decision with its ad: its number, by which one goes on; how much of it a machine made."""

    number: int
    ad: Ad
    decision: Decision
    automated: Automated


def write_decision(connection: Connection, version: int, decision: Decision, making: Making) -> int:
    """Writes a decision on a version down, with its entry on the ledger.

    Args:
        connection: in a transaction that writes.
        version: our number of the version.
        decision: on exactly that version.
        making: how it came about.

    Returns:
        our number of the decision.

    Raises:
        StaleError: the decision is about something else than the version.
    """
    v, d = tables.versions, tables.decisions
    about = connection.execute(select(v.c.ad_hash).where(v.c.version == version)).scalar_one()
    if about != decision.ad_hash:
        raise StaleError("the decision is about another version of the ad; nothing was decided.")
    fields: dict[str, Any] = {
        "decision_id": secrets.token_hex(_ID_BYTES), "version": version, "ad_hash": decision.ad_hash,
        "outcome": decision.decision, "reasons": _json(decision.reasons), "signals": _json(decision.signals),
        "rules": _json(decision.rules), "shadow_rules": _json(decision.shadow_rules),
        "ruleset_hash": decision.ruleset_hash, "decided_at": micros(decision.decided_at),
        **vars(making),
    }  # fmt: skip
    digest = _digest(fields)
    public = {
        "decision_id": fields["decision_id"], "ad_hash": decision.ad_hash, "outcome": decision.decision,
        "cause": making.cause, "automated": making.automated, "ruleset_hash": decision.ruleset_hash,
        "record": digest.hex(),
        "supersedes": None if making.supersedes is None else _id_of(connection, making.supersedes),
    }  # fmt: skip
    (entry,) = append(connection, [Fact("ad-decided", decision.decided_at, public)])
    made = connection.execute(d.insert().values(**fields, digest=digest, entry=entry)).inserted_primary_key
    return int(made[0])  # type: ignore[index]


def decision_row(connection: Connection, decision_id: str) -> Row[Any]:
    """A decision's row.

    Raises:
        MissingError: there is none.
    """
    d = tables.decisions
    row = connection.execute(select(d).where(d.c.decision_id == decision_id)).first()
    if row is None:
        raise MissingError("no decision has this identifier.")
    return row


def newest_on(connection: Connection, version: int) -> Row[Any] | None:
    """The decision that holds for a version, or None."""
    d = tables.decisions
    return connection.execute(
        select(d).where(d.c.version == version).order_by(d.c.decision.desc()).limit(1)
    ).first()


def stopped_by_a_person(connection: Connection, ad: int, ad_hash: str) -> Row[Any] | None:
    """The decision by which a person last stopped exactly this content of an ad; None where nobody did."""
    d, v = tables.decisions, tables.versions
    row = connection.execute(
        select(d)
        .join_from(d, v, v.c.version == d.c.version)
        .where(v.c.ad == ad, d.c.ad_hash == ad_hash, d.c.automated != "FULLY")
        .order_by(d.c.decision.desc())
        .limit(1)
    ).first()
    return row if row is not None and row.outcome == "reject" else None


def decisions_of(connection: Connection, ad: int) -> list[Record]:
    """All decisions on an ad, the newest first."""
    d, v = tables.decisions, tables.versions
    rows = connection.execute(
        select(d)
        .join_from(d, v, v.c.version == d.c.version)
        .where(v.c.ad == ad)
        .order_by(d.c.decision.desc())
    ).all()
    return [as_record(connection, row) for row in rows]


def as_record(connection: Connection, row: Row[Any]) -> Record:
    """A decision from its row."""
    kept = as_decision(row, "")
    return Record(
        decision_id=row.decision_id, ad_hash=row.ad_hash, outcome=row.outcome, cause=row.cause,
        automated=row.automated, actor=row.actor, reasons=kept.reasons,
        signals=kept.signals, rules=kept.rules, ruleset_hash=row.ruleset_hash, words=row.words,
        decided_at=kept.decided_at, entry=row.entry,
        supersedes=None if row.supersedes is None else _id_of(connection, row.supersedes),
        refers_to=None if row.refers_to is None else _id_of(connection, row.refers_to),
    )  # fmt: skip


def as_decision(row: Row[Any], ad_id: str) -> Decision:
    """A decision of `haechi.review.ads` from its row."""
    return Decision(
        ad_id=ad_id, ad_hash=row.ad_hash, decision=row.outcome,
        reasons=msgspec.json.decode(row.reasons, type=tuple[Reason, ...]),
        signals=msgspec.json.decode(row.signals, type=tuple[Signal, ...]),
        rules=msgspec.json.decode(row.rules, type=tuple[str, ...]),
        shadow_rules=msgspec.json.decode(row.shadow_rules, type=tuple[str, ...]),
        ruleset_hash=row.ruleset_hash, decided_at=instant(row.decided_at),
    )  # fmt: skip


def deciders(connection: Connection, ad: int) -> set[str]:
    """Everybody who ever decided on an ad."""
    d, v = tables.decisions, tables.versions
    names = connection.execute(
        select(d.c.actor).join_from(d, v, v.c.version == d.c.version).where(v.c.ad == ad)
    ).scalars()
    return set(names)


def decided_since(connection: Connection, after: int, *, limit: int = 1_000) -> list[Decided]:
    """What was decided after a decision, by machine and people, in its order: for an index of earlier ads to follow.

    Args:
        connection: in a transaction.
        after: number of the last one that is known; 0: from the first.
        limit: how many at most.
    """
    d, v = tables.decisions, tables.versions
    rows = connection.execute(
        select(d, v.c.body)
        .join_from(d, v, v.c.version == d.c.version)
        .where(d.c.decision > after)
        .order_by(d.c.decision)
        .limit(limit)
    ).all()
    found = []
    for row in rows:
        ad = msgspec.json.decode(row.body, type=Ad)
        found.append(Decided(row.decision, ad, as_decision(row, ad.ad_id), row.automated))
    return found


def check_decisions(connection: Connection) -> Iterator[str]:
    """What does not hold of the decisions: each that was changed, taken away or put in, by its identifier.

    Args:
        connection: in a transaction that sees one state of the database.
    """
    d, v = tables.decisions, tables.versions
    told = {
        str(entry.public.get("decision_id")): number
        for number, entry in entries(connection, kind="ad-decided")
    }
    columns = [v.c.body, v.c.picture, v.c.content_hash, v.c.landing_hash]
    rows = connection.execute(
        select(d, *columns).join_from(d, v, v.c.version == d.c.version).order_by(d.c.decision)
    )
    for row in rows.all():
        entry = told.pop(row.decision_id, None)
        if entry is None or entry != row.entry or not _proved(connection, row):
            yield f"decision {row.decision_id}: it is not what the ledger's entry says"
        ad = msgspec.json.decode(row.body, type=Ad)
        if content_hash(ad, row.picture) != row.content_hash or (
            ad_hash(row.content_hash, row.landing_hash) != row.ad_hash
        ):
            yield f"decision {row.decision_id}: the ad that is kept is not the one that was judged"
    for decision_id in told:
        yield f"decision {decision_id}: the ledger has it, and the table does not"


def _proved(connection: Connection, row: Row[Any]) -> bool:
    digest = _digest({name: getattr(row, name) for name in _COVERED})
    try:
        said = read_entry(body_of(connection, row.entry)).public.get("record")
    except (LedgerError, UsageError):
        return False
    return digest == bytes(row.digest) and said == digest.hex()


def _digest(fields: dict[str, Any]) -> bytes:
    return hashlib.sha256(_json([[name, fields[name]] for name in _COVERED]).encode()).digest()


def _id_of(connection: Connection, decision: int) -> str:
    d = tables.decisions
    return str(connection.execute(select(d.c.decision_id).where(d.c.decision == decision)).scalar_one())


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
