"""How often something may be tried: in the database, so that it holds over restarts and several processes.

Each limit is a bucket with room for so many attempts, which drains evenly: the generic cell rate algorithm (ATM
Forum, Traffic Management Specification 4.0, section 4.4.2), one row and one statement an attempt, no matter how many
came. What is not allowed changes nothing: a flood writes nothing.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import Connection, text

from haechi.stores.clock import micros


class Limit(NamedTuple):
    """So many attempts within a time; all at once if one likes.

    Attributes:
        most: attempts.
        within: in this time.
    """

    most: int
    within: timedelta


_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
LIMITS: Final[Mapping[str, Limit]] = {
    # Codes sent: to one address, for one person by all addresses, and to everybody together, since each is a message.
    # What unknown addresses ask for has a bucket of its own: they must not use up what known ones need.
    "code-to-address": Limit(5, _HOUR),
    "code-for-person": Limit(10, _DAY),
    "code-for-all": Limit(3_600, _HOUR),
    # Codes tried for one person: of 100 million, whatever number of codes was sent.
    "try-for-person": Limit(20, _DAY),
    # Ceremonies begun by everybody: each keeps a row for five minutes, and too many of them would fill the disk. So
    # high that nobody keeps others from signing in before the server itself is at its end.
    "ceremony-for-all": Limit(3_600_000, _HOUR),
    "door-for-person": Limit(60, _HOUR),
    # Strangers must not be able to fill somebody's mailbox with our warnings.
    "claim-told-to-person": Limit(3, _DAY),
    # An advertiser who asks what review would say, and keeps nothing, could ask until it says nothing.
    "check-for-advertiser": Limit(120, _HOUR),
}
_TAKE: Final = text(
    "INSERT INTO attempts (bucket, free_at) VALUES (:bucket, :now + :each) "
    "ON CONFLICT (bucket) DO UPDATE "
    "SET free_at = (CASE WHEN attempts.free_at > :now THEN attempts.free_at ELSE :now END) + :each "
    "WHERE attempts.free_at <= :now + :room - :each RETURNING free_at"
)
_OVER: Final = text("DELETE FROM attempts WHERE free_at <= :now")


def take(connection: Connection, limit: str, subject: str, *, now: datetime) -> bool:
    """Whether one more attempt is allowed; if so it is counted.

    Args:
        connection: in a transaction that is committed whatever else comes of the attempt.
        limit: a name in `LIMITS`.
        subject: whose: an address or a number, kept as a hash; empty where it is everybody's.
        now: naive UTC instant.
    """
    most, within = LIMITS[limit]
    room = within // timedelta(microseconds=1)
    bucket = hashlib.sha256(f"{limit}\0{subject}".encode()).digest()
    values = {"bucket": bucket, "now": micros(now), "each": room // most, "room": room}
    return connection.execute(_TAKE, values).first() is not None


def sweep(connection: Connection, *, now: datetime) -> int:
    """Forgets what limits nothing any more; how many."""
    return int(connection.execute(_OVER, {"now": micros(now)}).rowcount)
