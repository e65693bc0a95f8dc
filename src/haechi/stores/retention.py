"""What is older than its period of retention is destroyed, and what was worked out from it is worked out anew.

GDPR Art. 5(1)(e); PIPA Art. 21(1): once the period is over, without delay.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import CompoundSelect, Connection, Engine, delete, select, union

from haechi.law import LawPack
from haechi.rights.controller import Retention
from haechi.rights.effect import ANSWERED_WITH_DATA
from haechi.stores import schema
from haechi.stores.clock import micros
from haechi.stores.keep_anew import keep_anew
from haechi.stores.rows import fetch, reading, temporary, writing
from haechi.themes.evidence import EvidenceRule

_AT_ONCE: Final = 500
"""People in one transaction: whoever else writes waits for no more."""
Step = Callable[[str, int], None]
"""Told what went and how many rows of it."""


def expire(
    engine: Engine,
    packs: Mapping[str, LawPack],
    rule: EvidenceRule,
    retention: Retention,
    *,
    now: datetime,
    step: Step,
) -> None:
    """Destroys what is over its time. Interrupted, it goes on when it is called again.

    Nothing goes of who restricted what is done to keeping, or still waits for an answer. Permissions and requests go
    when their time has passed since they ended; what still holds stays. Entries of the ledger stay: what they say of
    a person can be read until the person is erased.

    Args:
        engine: the database.
        packs: the laws.
        rule: kind weights, threshold and lapse.
        retention: the periods.
        now: naive UTC instant.
        step: is told of progress.
    """
    first = micros(now - timedelta(days=retention.behaviours))
    with reading(engine) as connection:
        asked = f"SELECT DISTINCT person FROM behaviours WHERE occurred_at < {first:d}"  # noqa: S608 - a number
        left_out = set(connection.execute(_kept()).scalars())
        people = [row[0] for row in fetch(connection, asked) if row[0] not in left_out]
    step("people left out", len(left_out))
    for begin in range(0, len(people), _AT_ONCE):
        some = people[begin : begin + _AT_ONCE]
        with writing(engine) as connection:
            step("behaviours", _old_behaviours(connection, some, first))
            keep_anew(connection, some, packs, rule, now=now)
    m, g, d, n = schema.memberships, schema.permissions, schema.disclosures, schema.pseudonyms
    with writing(engine) as connection:
        over = micros(now - timedelta(days=retention.memberships))
        step(
            "memberships",
            connection.execute(delete(m).where(m.c.until < over, m.c.person.not_in(_kept()))).rowcount,
        )
        over = micros(now - timedelta(days=retention.permissions))
        ended = (g.c.withdrawn_at < over) | (g.c.expires_at < over)
        step("permissions", connection.execute(delete(g).where(ended, g.c.person.not_in(_kept()))).rowcount)
        over = micros(now - timedelta(days=retention.disclosures))
        step(
            "disclosures",
            connection.execute(delete(d).where(d.c.at < over, d.c.person.not_in(_kept()))).rowcount,
        )
        connection.execute(delete(n).where(n.c.since < over))
        step("requests", _old_requests(connection, micros(now - timedelta(days=retention.requests))))


def _kept() -> CompoundSelect[tuple[int]]:
    """Of whom nothing is destroyed: who restricted it to keeping (GDPR Art. 18(2)), or still waits for an answer."""
    r, s = schema.requests, schema.stops
    standing = (r.c.kind == "restriction") & s.c.lifted_at.is_(None)
    waiting = r.c.kind.in_(ANSWERED_WITH_DATA) & (r.c.outcome == "open")
    return union(
        select(s.c.person).join(r, r.c.request == s.c.request).where(standing),
        select(r.c.person).where(waiting, r.c.person.is_not(None)),
    )


def _old_behaviours(connection: Connection, people: list[int], first: int) -> int:
    """Deletes behaviours of people before an instant, with the evidence and memberships that came of them."""
    temporary(connection, "expiring", "person BIGINT", [(person,) for person in people])
    # What is worked out anew covers the themes that behaviours still speak for; the others must not stay behind.
    for table in ("evidence", "memberships"):
        connection.exec_driver_sql(
            f"DELETE FROM {table} WHERE person IN (SELECT person FROM temp_expiring)"  # noqa: S608 - names of ours
        )
    return int(
        connection.exec_driver_sql(
            "DELETE FROM behaviours WHERE person IN (SELECT person FROM temp_expiring) "  # noqa: S608 - a number
            f"AND occurred_at < {first:d}"
        ).rowcount
    )


def _old_requests(connection: Connection, over: int) -> int:
    """Deletes requests that were answered long ago, unless what they stopped still stands; agents' with them."""
    r, s = schema.requests, schema.stops
    old = select(r.c.request).where(r.c.answered_at < over)
    old = old.where(~select(s.c.stop).where(s.c.request == r.c.request, s.c.lifted_at.is_(None)).exists())
    numbers = list(connection.execute(old).scalars())
    for begin in range(0, len(numbers), _AT_ONCE):
        some = numbers[begin : begin + _AT_ONCE]
        connection.execute(delete(s).where(s.c.request.in_(some)))
        connection.execute(delete(r).where(r.c.request.in_(some)))
    # What agents asked in vain, and messages about requests, are of no longer use than the requests.
    a, o = schema.agent_requests, schema.outbox
    connection.execute(delete(a).where(a.c.request.is_(None), a.c.received_at < over))
    connection.execute(delete(o).where(o.c.created_at < over))
    return len(numbers)
