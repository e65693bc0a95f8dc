"""Statements of reasons from the database, with their records for the EU transparency database. Nothing is sent.

Of ads that were restricted, and of accounts that were suspended. What reviewers wrote for advertisers is never in
them: it was not written for the public.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from itertools import chain
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, Row, Select, select

from haechi.errors import DataError, Fault, UsageError
from haechi.review.ads import Ad, Advertiser
from haechi.review.outgoing.batches import batches
from haechi.review.outgoing.personal import Guard, guard_of, withheld
from haechi.review.outgoing.record import Platform, concerns_eea, record_of
from haechi.review.outgoing.record_rules import Record
from haechi.review.outgoing.statement import Circumstances, Statement, statement_of
from haechi.stores import review_schema as tables
from haechi.stores.clock import instant, micros
from haechi.stores.review.advertisers import advertisers_of
from haechi.stores.review.circumstances import AUTOMATION, found_by_machine, source_of
from haechi.stores.review.decided import as_decision
from haechi.stores.review.outgoing_suspensions import statement_on_suspension, suspensions_within
from haechi.stores.review.parties import parties_of
from haechi.stores.review.showings import Stretch, ran_before, showings

_Owed = tuple[str, str, Callable[[], Statement]]
"""Of which table, by which identifier, and how the statement is made."""


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
        statements: in the order of the decisions on ads, and after them in that of the suspensions.
        envelopes: records of those that concern the European Economic Area, 1 to 100 each.
        elsewhere: how many statements concern it not.
        faults: decisions and suspensions without a statement or record, each with why.
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
    """Statements of reasons for all that restricted an ad or an account in a time (DSA Art. 17(3), 24(5)).

    A decision restricts that rejects an ad, or holds one that had been shown; one that says of a version what the
    decision before said of it restricts nothing more. A suspension restricts an account once it is confirmed; lifted
    later, it still did. One fault keeps nothing else back.

    Args:
        connection: in a transaction that sees one state of the database.
        platform: what records say of it.
        since: decided at this instant or later, naive UTC; None: from the first.
        until: decided before this instant; None: to the last.
    """
    known = known_of(connection)
    made: list[Statement] = []
    records: list[Record] = []
    faults: list[Fault] = []
    owed = chain(
        _owed_on_ads(connection, known, since, until), _owed_on_accounts(connection, known, since, until)
    )
    for table, name, make in owed:
        try:
            statement = make()
            record = record_of(statement, platform) if concerns_eea(statement) else None
        except (UsageError, DataError) as fault:
            faults.append(Fault(table, None, name, None, _why(fault)))
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
    a = tables.ads
    ad = msgspec.json.decode(row.body, type=Ad)
    decision = as_decision(row, ad.ad_id)
    advertiser = known.advertisers.get(ad.advertiser_id)
    said = Circumstances(
        source=source_of(
            connection, select(a.c.ad).where(a.c.ad == row.ad), row.decided_at, notice=row.notice
        ),
        detected_by_machine=found_by_machine(row.cause, row.automated, decision.signals),
        automation=AUTOMATION[row.automated],
        was_shown=_was_shown(known, ad, row),
    )
    return statement_of(decision, ad, advertiser, said, withheld(known.guard, ad, advertiser))


def decisions_with_ads() -> Select[Any]:
    """The question for decisions, each with its ad: the number, the content's hash, and the ad as submitted."""
    d, v = tables.decisions, tables.versions
    return select(d, v.c.ad, v.c.content_hash, v.c.body).join_from(d, v, v.c.version == d.c.version)


def _owed_on_ads(
    connection: Connection, known: Known, since: datetime | None, until: datetime | None
) -> Iterator[_Owed]:
    before = _before(connection)
    for row in connection.execute(_restricting(since, until)).all():
        ad = msgspec.json.decode(row.body, type=Ad)
        if before.get(row.decision) == row.outcome:
            continue
        if row.outcome == "reject" or _was_shown(known, ad, row):
            yield "decisions", row.decision_id, partial(statement_on, connection, row, known)


def _owed_on_accounts(
    connection: Connection, known: Known, since: datetime | None, until: datetime | None
) -> Iterator[_Owed]:
    for row in connection.execute(suspensions_within(since, until)).all():
        advertiser = known.advertisers[row.advertiser_id]
        make = partial(statement_on_suspension, connection, row, advertiser)
        yield "suspensions", row.suspension_id, make


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


def _why(fault: UsageError | DataError) -> str:
    if isinstance(fault, UsageError):
        return str(fault)
    return "; ".join(str(one.expected) for kind in fault.kinds for one in kind.first)
