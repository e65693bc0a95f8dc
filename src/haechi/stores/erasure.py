"""A person leaves: all that is held goes, the ledger stays whole, and what comes late is not taken in again."""

from datetime import datetime
from typing import Final

from sqlalchemy import Connection, delete, select, update

from haechi.ledger.entry import Fact
from haechi.stores import schema
from haechi.stores.erased import Erased
from haechi.stores.ledger.append import append, destroy_key

_ABOUT_PEOPLE: Final = (
    # Codes name contacts: they go first.
    schema.codes,
    schema.person_sessions,
    schema.doors,
    schema.passkeys,
    schema.answer_keys,
    schema.contacts,
    schema.behaviours,
    schema.evidence,
    schema.memberships,
    schema.permissions,
    schema.disclosures,
    schema.stops,
    schema.outbox,
    schema.pseudonyms,
)


def erase(connection: Connection, person: int, erased: Erased, *, now: datetime) -> None:
    """Destroys what is held about a person, in the caller's transaction; call `scrub` after the commit.

    Of requests the fact stays that there was one and how it was answered, without the person. What advertisers are
    told to delete because of it is in the outbox already, bound to nobody: see `stores.deletions`. The ledger's
    entries stay as they are; the key that opens what they say of the person is destroyed, so that nobody reads it
    any more.

    Args:
        connection: in a transaction that writes.
        person: the platform's number.
        erased: where it is written down that late records are not to be taken in.
        now: naive UTC instant.

    Raises:
        UsageError: there is no master key.
    """
    p, r = schema.people, schema.requests
    person_id = connection.execute(select(p.c.person_id).where(p.c.person == person)).scalar_one()
    erased.remember(connection, person_id, now=now)
    if connection.dialect.name == "sqlite":
        # Freed space is overwritten, not only marked as free.
        connection.exec_driver_sql("PRAGMA secure_delete=ON")
    for table in _ABOUT_PEOPLE:
        connection.execute(delete(table).where(table.c.person == person))
    connection.execute(
        update(r).where(r.c.person == person).values(person=None, detail="{}", reason="", extension_reason="")
    )
    connection.execute(delete(p).where(p.c.person == person))
    destroy_key(connection, person)
    append(connection, [Fact("person-erased", now, {})])
