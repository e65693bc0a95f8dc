"""What a receipt needs to know of a person's permissions, from the database."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from msgspec import structs
from sqlalchemy import Connection, select

from haechi.errors import MissingError
from haechi.law import LawPack, packs_for
from haechi.ledger.entry import Kind
from haechi.rights.receipts import Given, Subject
from haechi.rights.received import Received
from haechi.stores import schema
from haechi.stores.clock import instant, maybe_instant, micros
from haechi.stores.ledger.read import entries
from haechi.stores.numbers import number_of
from haechi.stores.received import received_by


def subject_of(connection: Connection, person_id: str, packs: Mapping[str, LawPack]) -> tuple[int, Subject]:
    """A person's number, and who it is for a receipt.

    Raises:
        MissingError: nobody has this identifier; the message does not repeat it.
    """
    p = schema.people
    person = number_of(connection, p, "person", "person_id", person_id)
    if person is None:
        raise MissingError(
            "no person has the identifier that was given; expected one that the platform knows."
        )
    country, region = connection.execute(select(p.c.country, p.c.region).where(p.c.person == person)).one()
    return person, Subject(
        person_id=person_id, laws=packs_for(packs, country, region), place=region or country
    )


def permissions_of(connection: Connection, person: int) -> list[Given]:
    """All permissions of a person, in the order in which they were recorded, also those that ended.

    An entry of the ledger is about a permission where its instant is that of the giving or the withdrawal. Entries
    that were written without a master key, and permissions that a dataset brought, are not joined: nothing says whose
    they are.
    """
    p = schema.permissions
    rows = connection.execute(select(p).where(p.c.person == person).order_by(p.c.permission)).all()
    given = _entries(connection, person, "permission-given")
    withdrawn = _entries(connection, person, "permission-withdrawn")
    found = []
    for row in rows:
        numbers = given.get(row.given_at, [])
        found.append(
            Given(
                number=row.permission,
                purpose=row.purpose,
                category=row.category,
                basis=row.basis,
                law=row.law,
                given_at=instant(row.given_at),
                withdrawn_at=maybe_instant(row.withdrawn_at),
                expires_at=maybe_instant(row.expires_at),
                notice=row.notice,
                evidence=row.evidence,
                separate=bool(row.separate),
                by_guardian=bool(row.by_guardian),
                named=_named(connection, row.recipients),
                # Several at one instant have their entries in the order in which they were given.
                given_entry=numbers.pop(0) if numbers else None,
                withdrawn_entry=next(iter(withdrawn.get(row.withdrawn_at, [])), None),
            )
        )
    if not any(one.purpose == "disclosure" for one in found):
        return found
    received = received_by(connection, person)
    return [structs.replace(one, recipients=_recipients(received, one)) for one in found]


def _entries(connection: Connection, person: int, kind: Kind) -> dict[int, list[int]]:
    """Numbers of entries about a person, by their instant."""
    found: dict[int, list[int]] = defaultdict(list)
    for number, entry in entries(connection, kind=kind, person=person):
        found[micros(datetime.fromisoformat(entry.at.removesuffix("Z")))].append(number)
    return found


def _named(connection: Connection, recipients: str | None) -> tuple[tuple[str, str], ...]:
    """The advertisers that a permission names, with their names; one that nobody knows any more by its identifier."""
    wanted: list[str] = json.loads(recipients or "[]")
    a = schema.advertisers
    rows = connection.execute(select(a.c.advertiser_id, a.c.name).where(a.c.advertiser_id.in_(wanted))).all()
    names = {row.advertiser_id: row.name for row in rows}
    return tuple((one, names.get(one, one)) for one in wanted)


def _recipients(received: Iterable[Received], given: Given) -> tuple[Received, ...]:
    """Who received something that a permission to disclose covers, while it held."""
    if given.purpose != "disclosure":
        return ()
    ends = [end for end in (given.withdrawn_at, given.expires_at) if end is not None]
    return tuple(
        one
        for one in received
        if (given.category in one.categories if given.category is not None else not one.categories)
        and (one.until is None or given.given_at < one.until)
        and all(one.since < end for end in ends)
    )
