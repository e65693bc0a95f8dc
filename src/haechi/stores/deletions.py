"""What advertisers are told to delete: queued with the fact, fetched and acknowledged by the advertiser, then wiped.

A message holds by what its advertiser knows the person, and nothing else. It is signed when it is fetched, so that
the key may change meanwhile, and its time does not tell when the person asked.
"""

import secrets
from datetime import datetime, timedelta
from typing import Final

import msgspec
from sqlalchemy import Connection, Engine, Update, select, update

from haechi.errors import MissingError, UsageError
from haechi.ledger.entry import Fact
from haechi.ledger.seal import Master
from haechi.rights.deletion import RESULTS, SUCCESS, Identifier, platform_identifier, pseudonym
from haechi.stores import schema
from haechi.stores.clock import micros
from haechi.stores.ledger.append import append
from haechi.stores.rows import reading, writing
from haechi.terms.words import RequestKind

KIND: Final = "deletion"
"""Kind of these messages in the outbox."""
KEPT: Final = timedelta(days=90)
"""How long a message waits for its advertiser; an identifier is not kept for ever because nobody fetches it."""
MOST: Final = 200
"""Messages given at once."""
_WIPED: Final = ""
_ID_BYTES: Final = 16


class Waiting(msgspec.Struct, frozen=True):
    """A message that waits for its advertiser.

    Attributes:
        deletion_id: by which it is acknowledged.
        identifier: by what the advertiser knows the person.
    """

    deletion_id: str
    identifier: Identifier


def tell_advertisers(
    connection: Connection,
    person: int,
    request: int,
    kind: RequestKind,
    *,
    master: Master | None,
    now: datetime,
) -> int:
    """Queues a message for each advertiser that learned something of a person, in the caller's transaction.

    Who learned it from another system knows the platform's own identifier; who learned it by an ad of ours may know
    the pseudonym that the ad server passed on. To be called before an erasure, whose messages are bound to nobody, so
    that they survive it.

    Args:
        connection: in a transaction that writes.
        person: the platform's number.
        request: the number of the request that does it.
        kind: objection, withdrawal or erasure.
        master: of the pseudonyms; without it none were ever given.
        now: naive UTC instant.

    Returns:
        how many messages were queued; what waits already is not queued again.
    """
    known = _known_by(connection, person, master)
    if not known:
        return 0
    about = None if kind == "erasure" else person
    waiting = set() if about is None else _waiting_about(connection, person)
    facts = []
    for advertiser_id, identifier in known:
        body = msgspec.json.encode(identifier).decode()
        if (advertiser_id, body) in waiting:
            continue
        made = connection.execute(
            schema.outbox.insert().values(
                kind=KIND, recipient=advertiser_id, person=about, body=body, created_at=micros(now)
            )
        ).inserted_primary_key
        deletion_id = secrets.token_urlsafe(_ID_BYTES)
        connection.execute(
            schema.deletions.insert().values(
                deletion_id=deletion_id,
                message=int(made[0]),  # type: ignore[index]
                request=request,
            )
        )
        public = {"deletion_id": deletion_id}
        facts.append(
            Fact("deletion-requested", now, public)
            if master is None
            else Fact("deletion-requested", now, public, person, {"advertiser_id": advertiser_id})
        )
    if facts:
        append(connection, facts, master=master)
    return len(facts)


def give_pseudonym(
    engine: Engine, person_id: str, handle: str, *, master: Master | None, now: datetime
) -> str:
    """The name by which a booking's advertiser may know a person, for the ad server to pass on with a click.

    That it was given is written down, so that this advertiser is told when the person wants it deleted.

    Args:
        engine: the database.
        person_id: who sees the ad; to be in the booked audience, which the caller has looked up.
        handle: of the booking.
        master: the key of the pseudonyms.
        now: naive UTC instant.

    Raises:
        UsageError: there is no master key.
        MissingError: there is no such person or booking.
    """
    if master is None:
        raise UsageError("pseudonyms need a master key; see haechi ledger key.")
    b, a, p, n = schema.bookings, schema.advertisers, schema.people, schema.pseudonyms
    with writing(engine) as connection:
        person = connection.execute(select(p.c.person).where(p.c.person_id == person_id)).scalar()
        booked = connection.execute(
            select(a.c.advertiser, a.c.advertiser_id)
            .join(b, b.c.advertiser == a.c.advertiser)
            .where(b.c.handle == handle)
        ).first()
        if person is None or booked is None:
            raise MissingError("no such person in such a booking.")
        which = (n.c.person == person) & (n.c.advertiser == booked.advertiser)
        if connection.execute(select(n.c.since).where(which)).first() is None:
            connection.execute(
                n.insert().values(person=person, advertiser=booked.advertiser, since=micros(now))
            )
    return pseudonym(master, booked.advertiser_id, person_id).value


def fetch_deletions(engine: Engine, advertiser: int, *, now: datetime) -> list[Waiting]:
    """What an advertiser is to delete, `MOST` at a time; what it has not acknowledged comes again.

    Args:
        engine: the database.
        advertiser: its number.
        now: naive UTC instant.
    """
    d, o = schema.deletions, schema.outbox
    with writing(engine) as connection:
        recipient = _advertiser_id(connection, advertiser)
        # At random, so that no two advertisers can lay their orders beside each other; what failed before comes last.
        rows = connection.execute(
            select(d.c.deletion_id, o.c.message, o.c.body)
            .join(o, o.c.message == d.c.message)
            .where(o.c.kind == KIND, o.c.recipient == recipient)
            .where(o.c.acknowledged_at.is_(None), o.c.body != _WIPED)
            .order_by(d.c.result.is_not(None), d.c.deletion_id)
            .limit(MOST)
        ).all()
        new = update(o).where(o.c.message.in_([row.message for row in rows]), o.c.taken_at.is_(None))
        connection.execute(new.values(taken_at=micros(now)))
    return [Waiting(row.deletion_id, msgspec.json.decode(row.body, type=Identifier)) for row in rows]


def acknowledge(engine: Engine, advertiser: int, deletion_id: str, *, result: int, now: datetime) -> None:
    """What an advertiser answers. Success ends the message and wipes it; a fault leaves it, to be fetched again.

    Args:
        engine: the database.
        advertiser: its number.
        deletion_id: of which message.
        result: one of the framework's codes.
        now: naive UTC instant.

    Raises:
        UsageError: the code is none of the framework's.
        MissingError: the advertiser was told no such thing.
    """
    if result not in RESULTS:
        raise UsageError(f"raResultCode {result}; expected a code of the framework, such as {SUCCESS}.")
    d, o = schema.deletions, schema.outbox
    with writing(engine) as connection:
        row = connection.execute(
            select(d.c.deletion_id, d.c.result, o.c.message)
            .join(o, o.c.message == d.c.message)
            .where(d.c.deletion_id == deletion_id, o.c.recipient == _advertiser_id(connection, advertiser))
        ).first()
        if row is None:
            raise MissingError("no such deletion for this advertiser.")
        if row.result in (SUCCESS, result):
            return
        connection.execute(update(d).where(d.c.deletion_id == deletion_id).values(result=result))
        if result == SUCCESS:
            _wipe(connection, update(o).where(o.c.message == row.message).values(acknowledged_at=micros(now)))
        append(
            connection,
            [Fact("deletion-acknowledged", now, {"deletion_id": deletion_id, "result": result})],
        )


def lapse(engine: Engine, *, now: datetime) -> int:
    """Wipes what no advertiser acknowledged in `KEPT`; that it was not is still seen.

    Returns:
        how many.
    """
    o = schema.outbox
    which = (o.c.kind == KIND) & o.c.acknowledged_at.is_(None) & (o.c.body != _WIPED)
    late = which & (o.c.created_at <= micros(now - KEPT))
    with reading(engine) as connection:
        # Asked for every half minute, and mostly there is nothing: nobody who writes is made to wait for that.
        if connection.execute(select(o.c.message).where(late).limit(1)).first() is None:
            return 0
    with writing(engine) as connection:
        return _wipe(connection, update(o).where(late))


def _known_by(connection: Connection, person: int, master: Master | None) -> list[tuple[str, Identifier]]:
    """The advertisers that learned something of a person, with what they know them by."""
    a, d, n, p = schema.advertisers, schema.disclosures, schema.pseudonyms, schema.people
    person_id = connection.execute(select(p.c.person_id).where(p.c.person == person)).scalar_one()
    told = connection.execute(
        select(a.c.advertiser_id, d.c.handle_hash.is_(None).label("elsewhere"))
        .join(d, d.c.advertiser == a.c.advertiser)
        .where(d.c.person == person)
        .distinct()
    ).all()
    given = connection.execute(
        select(a.c.advertiser_id).join(n, n.c.advertiser == a.c.advertiser).where(n.c.person == person)
    ).scalars()
    elsewhere = {row.advertiser_id for row in told if row.elsewhere}
    ours = {row.advertiser_id for row in told if not row.elsewhere} | set(given)
    found = [(one, platform_identifier(person_id)) for one in sorted(elsewhere)]
    if master is not None:
        found += [(one, pseudonym(master, one, person_id)) for one in sorted(ours)]
    return found


def _waiting_about(connection: Connection, person: int) -> set[tuple[str, str]]:
    o = schema.outbox
    rows = connection.execute(
        select(o.c.recipient, o.c.body).where(
            o.c.person == person, o.c.kind == KIND, o.c.acknowledged_at.is_(None)
        )
    )
    return {(row.recipient, row.body) for row in rows}


def _advertiser_id(connection: Connection, advertiser: int) -> str:
    a = schema.advertisers
    found = connection.execute(select(a.c.advertiser_id).where(a.c.advertiser == advertiser)).scalar_one()
    return str(found)


def _wipe(connection: Connection, change: Update) -> int:
    if connection.dialect.name == "sqlite":
        # What stood there is overwritten, not only marked as free.
        connection.exec_driver_sql("PRAGMA secure_delete=ON")
    return int(connection.execute(change.values(body=_WIPED)).rowcount)
