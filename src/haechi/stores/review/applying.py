"""What a decision does: the ad's state, the queue, the ad server; all in the transaction of the decision."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, select, update

from haechi.review.ads import Decision, Outcome, Signal
from haechi.review.case import World
from haechi.stores import review_schema as tables
from haechi.stores.review.clocks import due
from haechi.stores.review.decided import Making, write_decision
from haechi.stores.review.jobs import ORDINARY, PRESSING, drop_review, want_review
from haechi.stores.review.publishing import tell_ad_server
from haechi.stores.review.words import RUNNING, Reviewed

STATES: Final[dict[Outcome, Reviewed]] = {"approve": "approved", "hold": "held", "reject": "rejected"}
_NAMING: Final = frozenset({"named-party", "look-alike-name", "look-alike-domain", "face"})
"""Signals whose value is a party."""
_NEAR: Final = "near-copy"


def decide(
    connection: Connection,
    ad: Row[Any],
    decision: Decision,
    making: Making,
    *,
    priority: int = ORDINARY,
    due_at: datetime | None = None,
    now: datetime,
) -> int:
    """Writes a decision on an ad's current version down, and does what it says.

    Args:
        connection: in a transaction that writes.
        ad: the row of `review_ads`, read in this transaction.
        decision: on the current version.
        making: how it came about.
        priority: of the job, where somebody has to look.
        due_at: when that is late; None: by the clock of holds.
        now: naive UTC instant.

    Returns:
        our number of the decision.

    Raises:
        StaleError: the decision is about another version.
    """
    number = write_decision(connection, ad.current, decision, making)
    cluster = cluster_of(connection, ad.ad, decision.signals)
    a = tables.ads
    connection.execute(
        update(a)
        .where(a.c.ad == ad.ad)
        .values(state=STATES[decision.decision], decision=number, cluster=cluster)
    )
    if decision.decision == "hold":
        late = due("hold", now)[0] if due_at is None else due_at
        want_review(connection, ad.ad, ad.current, cluster=cluster, priority=priority, due_at=late, now=now)
    else:
        drop_review(connection, ad.ad, now=now)
    runs = (
        decision.decision == "approve" and ad.run in RUNNING and not is_suspended(connection, ad.advertiser)
    )
    tell_ad_server(connection, ad.ad_id, decision.ad_hash, runs=runs, now=now)
    return number


def cluster_of(connection: Connection, ad: int, signals: tuple[Signal, ...]) -> int:
    """The cluster of an ad: that of the ads that it is nearly a copy of, or its own number where it is none's."""
    a = tables.ads
    named = [one.params["ad_id"] for one in signals if one.name == _NEAR and "ad_id" in one.params]
    found = connection.execute(select(a.c.cluster).where(a.c.ad_id.in_(named))).scalars().all()
    return min(found, default=ad)


def priority_of(decision: Decision, world: World) -> int:
    """How pressing a look at an ad is: first where it names a party that reported an impersonation."""
    for one in decision.signals:
        party = world.parties.get(one.value) if one.name in _NAMING else None
        if party is not None and party.reported_at is not None:
            return PRESSING
    return ORDINARY


def is_suspended(connection: Connection, advertiser: int) -> bool:
    """Whether nothing of an advertiser runs."""
    t = tables.advertisers
    found = connection.execute(select(t.c.suspended_at).where(t.c.advertiser == advertiser)).scalar()
    return found is not None


def ad_numbered(connection: Connection, ad: int) -> Row[Any]:
    """An ad's row, by our number."""
    a = tables.ads
    return connection.execute(select(a).where(a.c.ad == ad)).one()
