"""The trail of what was done to users and keys, in the transaction that does it; themes have events of their own."""

from datetime import datetime
from typing import Final, Literal

from sqlalchemy import Connection

from haechi.stores import schema
from haechi.stores.clock import micros
from haechi.stores.rows import tell

Action = Literal[
    "user made", "user changed", "user disabled", "user enabled", "role changed", "password changed",
    "key made", "key revoked",
]  # fmt: skip
COMMAND_LINE: Final = "command line"
"""Who did what no other name is given for."""


def record(
    connection: Connection, *, by: str, action: Action, about: str, detail: str, now: datetime
) -> None:
    """Writes what is done, and tells the log that it was.

    Args:
        connection: in the transaction that does it.
        by: who; never a person in the data.
        action: what.
        about: the name of the user or key.
        detail: what it became; no secret.
        now: naive UTC instant.
    """
    connection.execute(
        schema.audit_trail.insert().values(at=micros(now), by=by, action=action, object=about, detail=detail)
    )
    tell(connection, "account", action=action, detail=detail)
