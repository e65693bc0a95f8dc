"""The list of every way by which somebody gets in; what is not on it is not served.

Meta had forgotten a page for inactive accounts; it was still served when others found it (PIPC, 5 November 2024).
Here a session begins only by a way that stands on the list and is not retired, and that is looked up in the
transaction in which the session begins, whatever page asked for it.
"""

from datetime import datetime
from typing import Literal

import msgspec
from sqlalchemy import Connection, Engine, select, update

from haechi.errors import MissingError, UsageError
from haechi.ledger.entry import Fact
from haechi.stores import schema
from haechi.stores.clock import instant, maybe_instant, micros
from haechi.stores.ledger.append import append


class RetiredRouteError(UsageError):
    """This way in was retired."""


class RecoveryRoute(msgspec.Struct, frozen=True, kw_only=True):
    """A way in.

    Attributes:
        route: its name.
        state: active or retired; what was retired stays so.
        since: naive UTC.
        retired_at: naive UTC, or None.
        about: in words.
    """

    route: str
    state: Literal["active", "retired"]
    since: datetime
    retired_at: datetime | None
    about: str


def routes(connection: Connection) -> list[RecoveryRoute]:
    """All of them, the active first."""
    r = schema.recovery_routes
    return [
        RecoveryRoute(
            route=row.route, state=row.state, since=instant(row.since), about=row.about,
            retired_at=maybe_instant(row.retired_at),
        )
        for row in connection.execute(select(r).order_by(r.c.state, r.c.route))
    ]  # fmt: skip


def expect_active(connection: Connection, route: str) -> None:
    """Refuses a way in that is not on the list, or is no longer.

    Raises:
        RetiredRouteError: it was retired.
        MissingError: it is not on the list.
    """
    r = schema.recovery_routes
    state = connection.execute(select(r.c.state).where(r.c.route == route)).scalar()
    if state == "retired":
        raise RetiredRouteError("this way in was retired; expected another: see the sign-in page.")
    if state != "active":
        raise MissingError("no such way in.")


def retire(engine: Engine, route: str, *, now: datetime) -> RecoveryRoute:
    """Ends a way in for ever, and writes it on the ledger.

    Raises:
        MissingError: it is not on the list.
        UsageError: it was retired before.
    """
    r = schema.recovery_routes
    with engine.begin() as connection:
        known = connection.execute(select(r).where(r.c.route == route)).first()
        if known is None:
            names = ", ".join(one.route for one in routes(connection))
            raise MissingError(f"no way in is called {route[:40]!r}; expected one of: {names}.")
        ended = connection.execute(
            update(r)
            .where(r.c.route == route, r.c.state == "active")
            .values(state="retired", retired_at=micros(now))
        ).rowcount
        if not ended:
            raise UsageError(f"{route} was retired before.")
        append(connection, [Fact("recovery-route-changed", now, {"route": route, "state": "retired"})])
        return next(one for one in routes(connection) if one.route == route)
