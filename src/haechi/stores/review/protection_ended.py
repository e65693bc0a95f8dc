"""A person ends a party's protection, and says why: ads may wear the name, and its pictures are destroyed."""

from datetime import datetime

from sqlalchemy import Engine, select, update

from haechi.errors import MissingError
from haechi.ledger.entry import Fact
from haechi.stores import review_schema as tables
from haechi.stores.clock import micros
from haechi.stores.ledger.append import append
from haechi.stores.review.changes import write_change
from haechi.stores.review.queue import expect_words
from haechi.stores.rows import writing


def end_protection(engine: Engine, party_id: str, *, reason: str, by: str, now: datetime) -> None:
    """Ends the protection of a party; the reason stays with the change.

    Args:
        engine: the database.
        party_id: of a party that is protected.
        reason: why.
        by: the user.
        now: naive UTC instant.

    Raises:
        WordsError: there is no reason.
        MissingError: nobody of this identifier is protected, or no longer.
    """
    expect_words(reason)
    p = tables.parties
    with writing(engine) as connection:
        row = connection.execute(select(p).where(p.c.party_id == party_id, p.c.ended_at.is_(None))).first()
        if row is None:
            raise MissingError("no protected party has this identifier, or no longer.")
        version = row.version + 1
        connection.execute(
            update(p).where(p.c.party == row.party).values(ended_at=micros(now), version=version)
        )
        detail = {"ended_at": (None, micros(now)), "reason": (None, reason)}
        write_change(connection, "party", party_id, detail, version=version, by=by, now=now)
        append(connection, [Fact("party-changed", now, {"party": row.party, "version": version})])
