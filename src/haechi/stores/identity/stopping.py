"""What the link in a letter does: whoever reads a known address stops what they did not do."""

from datetime import datetime

import msgspec
from sqlalchemy import Engine, func, select

from haechi.errors import UsageError
from haechi.stores import schema
from haechi.stores.clock import instant, micros
from haechi.stores.identity.codes import give_back, whose
from haechi.stores.identity.cooling import freeze
from haechi.stores.identity.notices import StopDetail
from haechi.stores.permissions import Permissions
from haechi.stores.requests import Requests


def stop_by_link(
    engine: Engine, requests: Requests, permissions: Permissions, secret: str, *, now: datetime
) -> bool:
    """Freezes what came since the letter, ends all sessions, takes back erasures that are not carried out yet.

    Permissions that were given since end too: who could add a key could have agreed to something.

    Args:
        engine: the database.
        requests: takes back.
        permissions: ends what was given.
        secret: what the link ends in.
        now: naive UTC instant.

    Returns:
        whether the link was one.
    """
    # Erasures first: whatever is interrupted in between, the link still works.
    _take_back(engine, requests, secret, now)
    with engine.begin() as connection:
        given = give_back(connection, secret, "stop", now=now)
        if given is None or given.person is None:
            return False
        since = instant(msgspec.json.decode(given.detail, type=StopDetail).since)
        g, p = schema.permissions, schema.people
        later = connection.execute(
            select(func.count()).select_from(g).where(
                g.c.person == given.person, g.c.given_at >= micros(since), g.c.withdrawn_at.is_(None)
            )
        ).scalar_one()  # fmt: skip
        person_id = connection.execute(select(p.c.person_id).where(p.c.person == given.person)).scalar_one()
        freeze(connection, given.person, since=since, now=now)
    if later:
        permissions.withdraw(person_id, since=since, now=now)
    return True


def _take_back(engine: Engine, requests: Requests, secret: str, now: datetime) -> None:
    r, p = schema.requests, schema.people
    with engine.begin() as connection:
        person = whose(connection, secret, "stop")
        if person is None:
            return
        found = connection.execute(
            select(r.c.request_id, p.c.person_id)
            .join_from(r, p, r.c.person == p.c.person)
            .where(r.c.person == person, r.c.kind == "erasure", r.c.outcome == "open")
        ).all()
    for row in found:
        try:
            requests.take_back(row.request_id, row.person_id, now=now)
        except UsageError:
            # It was carried out or taken back at this very moment.
            continue
