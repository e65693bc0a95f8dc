"""Who was found wrong about an advertiser: they shut it out no more, nor answer for it."""

from typing import Final

from sqlalchemy import Connection, or_, select

from haechi.stores import review_schema as tables

OVERRULED: Final = (
    "An appeal lifted a suspension of this advertiser that you proposed or confirmed. Whether it is shut out "
    "again is for somebody else to say."
)
REFUSED: Final = "Your proposal to suspend this advertiser was refused. Somebody else may propose it."


def overruled(connection: Connection, advertiser: int, by: str) -> bool:
    """Whether an appeal lifted a suspension of an advertiser that a user had proposed or confirmed."""
    s, p = tables.suspensions, tables.suspension_appeals
    found = connection.execute(
        select(s.c.suspension)
        .join_from(s, p, p.c.suspension == s.c.suspension)
        .where(
            s.c.advertiser == advertiser, p.c.outcome == "lift",
            or_(s.c.proposed_by == by, s.c.decided_by == by),
        )
    ).first()  # fmt: skip
    return found is not None


def barred_from_proposing(connection: Connection, advertiser: int, by: str) -> str:
    """Why a user may not propose to suspend an advertiser; "" where nobody found them wrong about it."""
    s = tables.suspensions
    if overruled(connection, advertiser, by):
        return OVERRULED
    refused = connection.execute(
        select(s.c.suspension).where(
            s.c.advertiser == advertiser, s.c.state == "refused", s.c.proposed_by == by
        )
    ).first()
    return "" if refused is None else REFUSED
