"""Statements of reasons for suspensions of advertisers, from the database (DSA Art. 17(1)(d))."""

import json
from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, Select, select

from haechi.review.ads import Ad, Advertiser, Signal
from haechi.review.outgoing.account import Suspension, account_statement, countries_of_ads, grounds_of
from haechi.review.outgoing.statement import Circumstances, Statement
from haechi.stores import review_schema as tables
from haechi.stores import schema
from haechi.stores.clock import instant, micros
from haechi.stores.review.circumstances import found_by_machine, source_of


def suspensions_within(since: datetime | None, until: datetime | None) -> Select[Any]:
    """The question for suspensions that began in a time, with their advertisers; lifted ones too, proposed ones not.

    Args:
        since: confirmed at this instant or later, naive UTC; None: from the first.
        until: confirmed before this instant; None: to the last.
    """
    s, a = tables.suspensions, schema.advertisers
    question = (
        select(s, a.c.advertiser_id, a.c.created_at)
        .join_from(s, a, a.c.advertiser == s.c.advertiser)
        .where(s.c.state.in_(("confirmed", "lifted")))
        .order_by(s.c.decided_at, s.c.suspension)
    )
    if since is not None:
        question = question.where(s.c.decided_at >= micros(since))
    return question if until is None else question.where(s.c.decided_at < micros(until))


def statement_on_suspension(connection: Connection, row: Row[Any], advertiser: Advertiser) -> Statement:
    """The statement of reasons for a suspension.

    What led to it is what was there when it was proposed; where it applies, what was there when it was confirmed. So
    it stays the same whatever the advertiser submits after it is let in again.

    Args:
        connection: in a transaction.
        row: of `suspensions_within`.
        advertiser: whom it suspends.

    Raises:
        UsageError: it has no ground, or one that is not known.
    """
    a = tables.ads
    grounds = tuple(json.loads(row.grounds))
    # A clock that was set back does not end anything before it began.
    until = None if row.lifted_at is None else instant(max(row.lifted_at, row.decided_at)).date()
    said = Circumstances(
        source=source_of(connection, select(a.c.ad).where(a.c.advertiser == row.advertiser), row.proposed_at),
        detected_by_machine=_found_by_machine(connection, row, grounds),
        # One person proposes, another confirms.
        automation="not",
        countries=countries_of_ads(_ads_before(connection, row)),
        until=until,
    )
    suspension = Suspension(
        suspension_id=row.suspension_id,
        grounds=grounds,
        opened_at=advertiser.opened_at or instant(row.created_at),
        decided_at=instant(row.decided_at),
    )
    return account_statement(suspension, advertiser, said)


def _found_by_machine(connection: Connection, row: Row[Any], grounds: Collection[str]) -> bool:
    """Whether automated means had found something in the ads that the suspension rests on.

    Which ads these are is not kept: any of the account that was restricted counts.
    """
    if all(one.rests_on == "account" for one in grounds_of(grounds)):
        return False
    d, v, a = tables.decisions, tables.versions, tables.ads
    restricting = (
        select(d.c.cause, d.c.automated, d.c.signals)
        .join_from(d, v, v.c.version == d.c.version)
        .join(a, a.c.ad == v.c.ad)
        .where(
            a.c.advertiser == row.advertiser, d.c.outcome != "approve", d.c.decided_at <= row.proposed_at
        )
    )  # fmt: skip
    return any(
        found_by_machine(one.cause, one.automated, msgspec.json.decode(one.signals, type=tuple[Signal, ...]))
        for one in connection.execute(restricting).all()
    )


def _ads_before(connection: Connection, row: Row[Any]) -> Iterator[Ad]:
    """All that the account had submitted when it was suspended, each version as it was."""
    v, a = tables.versions, tables.ads
    bodies = connection.execute(
        select(v.c.body)
        .join_from(v, a, a.c.ad == v.c.ad)
        .where(a.c.advertiser == row.advertiser, v.c.submitted_at <= row.decided_at)
    )
    return (msgspec.json.decode(body, type=Ad) for body in bodies.scalars().all())
