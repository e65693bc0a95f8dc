"""Forgets what is over: codes, links, sessions, letters with codes, limits that limit nothing."""

from datetime import datetime

from sqlalchemy import Engine, delete

from haechi.stores import schema
from haechi.stores.clock import micros
from haechi.stores.identity import codes, limits
from haechi.stores.identity.doors import LASTS
from haechi.stores.identity.messages import forget_codes


def sweep(engine: Engine, *, now: datetime) -> None:
    """Once, at the end of what else is tended."""
    s, d = schema.person_sessions, schema.doors
    with engine.begin() as connection:
        codes.sweep(connection, now=now)
        limits.sweep(connection, now=now)
        forget_codes(connection, now=now)
        connection.execute(delete(s).where(s.c.expires_at <= micros(now)))
        # A used link is remembered for as long again, so that it is known when it comes a second time.
        connection.execute(delete(d).where(d.c.expires_at <= micros(now - LASTS)))
