"""Statements of reasons from the database, with their records for the EU transparency database. Nothing is sent.

What reviewers wrote for advertisers is never in them: it was not written for the public.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

import msgspec
from sqlalchemy import Connection, Row, Select, select

from haechi.errors import DataError, Fault, UsageError
from haechi.review.ads import Ad, Advertiser, Signal
from haechi.review.outgoing.batches import batches
from haechi.review.outgoing.personal import Guard, guard_of, withheld
from haechi.review.outgoing.record import Platform, concerns_eea, record_of
from haechi.review.outgoing.record_rules import Record
from haechi.review.outgoing.statement import Circumstances, Source, Statement, statement_of
from haechi.stores import review_schema as tables
from haechi.stores.clock import instant, micros
from haechi.stores.review.advertisers import advertisers_of
from haechi.stores.review.decided import as_decision
from haechi.stores.review.parties import parties_of
from haechi.stores.review.showings import Stretch, ran_before, showings
from haechi.stores.review.words import Automated, NoticeSource

_AUTOMATION: Final[Mapping[Automated, Any]] = {"FULLY": "fully", "PARTIALLY": "partially", "NOT": "not"}
_SOURCES: Final[Mapping[NoticeSource, Source]] = {
    "ART16": "article-16",
    "TRUSTED_FLAGGER": "trusted-flagger",
    "AUTHORITY": "other-notice",
    "VICTIM": "other-notice",
    "USER": "other-notice",
    "VOLUNTARY": "own-initiative",
}
_SURE: Final = 0.5
"""From this score on statements rely on a signal."""


class Known(NamedTuple):
    """What statements are made from; read once for all of them.

    Attributes:
        guard: names that go nowhere.
        advertisers: by identifier.
        shown: when ads ran.
    """

    guard: Guard
    advertisers: Mapping[str, Advertiser]
    shown: Mapping[str, Sequence[Stretch]]


class Outgoing(NamedTuple):
    """What goes out of the decisions of a time.

    Attributes:
        statements: in the order of the decisions.
        envelopes: records of those that concern the European Economic Area, 1 to 100 each.
        elsewhere: how many statements concern it not.
        faults: decisions without a statement or record, each with why.
    """

    statements: tuple[Statement, ...]
    envelopes: tuple[dict[str, list[Record]], ...]
    elsewhere: int
    faults: tuple[Fault, ...]


def statements(
    connection: Connection,
    platform: Platform,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Outgoing:
    """Statements of reasons for every decision of a time that restricted an ad (DSA Art. 17(3), 24(5)).

    A decision restricts that rejects an ad, or holds one that had been shown; one that says of a version what the
    decision before said of it restricts nothing more. One fault keeps no other decision back.

    Args:
        connection: in a transaction that sees one state of the database.
        platform: what records say of it.
        since: decided at this instant or later, naive UTC; None: from the first.
        until: decided before this instant; None: to the last.
    """
    known, before = known_of(connection), _before(connection)
    made: list[Statement] = []
    records: list[Record] = []
    faults: list[Fault] = []
    for row in connection.execute(_restricting(since, until)).all():
        was = before.get(row.decision)
        ad = msgspec.json.decode(row.body, type=Ad)
        if was == row.outcome or (row.outcome == "hold" and not _was_shown(known, ad, row)):
            continue
        try:
            statement = statement_on(connection, row, known)
            record = record_of(statement, platform) if concerns_eea(statement) else None
        except (UsageError, DataError) as fault:
            faults.append(Fault("decisions", None, row.decision_id, None, _why(fault)))
            continue
        made.append(statement)
        records += [] if record is None else [record]
    return Outgoing(tuple(made), tuple(batches(records)), len(made) - len(records), tuple(faults))


def known_of(connection: Connection) -> Known:
    """What statements are made from, as it is now."""
    return Known(guard_of(parties_of(connection)), advertisers_of(connection), showings(connection))


def statement_on(connection: Connection, row: Row[Any], known: Known) -> Statement:
    """The statement of reasons for a decision.

    Args:
        connection: in a transaction.
        row: of `decisions_with_ads`.
        known: see there.

    Raises:
        UsageError: it restricts nothing or has no ground, or a policy's code names somebody.
    """
    ad = msgspec.json.decode(row.body, type=Ad)
    decision = as_decision(row, ad.ad_id)
    advertiser = known.advertisers.get(ad.advertiser_id)
    said = Circumstances(
        source=_source(connection, row),
        detected_by_machine=_found_by_machine(row, decision.signals),
        automation=_AUTOMATION[row.automated],
        was_shown=_was_shown(known, ad, row),
    )
    return statement_of(decision, ad, advertiser, said, withheld(known.guard, ad, advertiser))


def decisions_with_ads() -> Select[Any]:
    """The question for decisions, each with its ad: the number, the content's hash, and the ad as submitted."""
    d, v = tables.decisions, tables.versions
    return select(d, v.c.ad, v.c.content_hash, v.c.body).join_from(d, v, v.c.version == d.c.version)


def _restricting(since: datetime | None, until: datetime | None) -> Select[Any]:
    d = tables.decisions
    question = decisions_with_ads().where(d.c.outcome != "approve").order_by(d.c.decision)
    if since is not None:
        question = question.where(d.c.decided_at >= micros(since))
    return question if until is None else question.where(d.c.decided_at < micros(until))


def _before(connection: Connection) -> dict[int, str]:
    """Of each decision, the outcome of the one before on the same version."""
    d = tables.decisions
    last: dict[int, str] = {}
    found: dict[int, str] = {}
    for row in connection.execute(select(d.c.decision, d.c.version, d.c.outcome).order_by(d.c.decision)):
        if row.version in last:
            found[row.decision] = last[row.version]
        last[row.version] = row.outcome
    return found


def _was_shown(known: Known, ad: Ad, row: Row[Any]) -> bool:
    return ran_before(known.shown.get(ad.ad_id, ()), row.content_hash, instant(row.decided_at))


def _found_by_machine(row: Row[Any], signals: Sequence[Signal]) -> bool:
    """Whether automated means found what it rests on; what is held for a notice alone was found by its reporter."""
    if row.cause == "notice":
        return False
    return bool(row.automated == "FULLY") or any(one.score >= _SURE for one in signals)


def _source(connection: Connection, row: Row[Any]) -> Source:
    """Whether anybody notified: by the notice that led to it, or else by the newest one that names the ad."""
    n, m = tables.notices, tables.notice_ads
    of_ad = select(m.c.notice).where(m.c.ad == row.ad)
    stands = n.c.result.is_(None) | (n.c.result != "refused") | (n.c.decided_at >= row.decided_at)
    question = select(n.c.source).order_by(n.c.received_at.desc(), n.c.notice.desc()).limit(1)
    if row.notice is not None:
        question = question.where(n.c.notice == row.notice)
    else:
        question = question.where(n.c.notice.in_(of_ad), n.c.received_at <= row.decided_at, stands)
    source: NoticeSource | None = connection.execute(question).scalar()
    return "own-initiative" if source is None else _SOURCES[source]


def _why(fault: UsageError | DataError) -> str:
    if isinstance(fault, UsageError):
        return str(fault)
    return "; ".join(str(one.expected) for kind in fault.kinds for one in kind.first)
