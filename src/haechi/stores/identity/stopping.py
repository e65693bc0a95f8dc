"""What the link in a letter does: whoever reads a known address stops what they did not do."""

from datetime import datetime

import msgspec
from sqlalchemy import Engine, select

from haechi.errors import UsageError
from haechi.stores import schema
from haechi.stores.clock import instant
from haechi.stores.identity.codes import give_back, whose
from haechi.stores.identity.cooling import freeze
from haechi.stores.identity.notices import StopDetail
from haechi.stores.requests import Requests


def stop_by_link(engine: Engine, requests: Requests, secret: str, *, now: datetime) -> bool:
    """Freezes what came since the letter, ends all sessions, and takes back erasures that are not carried out yet.

    Args:
        engine: the database.
        requests: takes back.
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
        freeze(connection, given.person, since=since, now=now)
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
