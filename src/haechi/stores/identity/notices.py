"""Letters to people's known addresses, put into the outbox in the same transaction as what they tell of."""

from datetime import datetime

import msgspec
from sqlalchemy import Connection

from haechi.rights.notices import Event, Message, code_message, notice
from haechi.stores import schema
from haechi.stores.clock import micros
from haechi.stores.identity.codes import issue_link
from haechi.stores.identity.contacts import Contact, told

STOP_PATH = "/me/stop/"


class Letter(msgspec.Struct, frozen=True):
    """The body of a message to a person.

    Attributes:
        channel: email or phone.
        lang: of the text.
        subject: one line.
        text: plain text.
    """

    channel: str
    lang: str
    subject: str
    text: str


class StopDetail(msgspec.Struct, frozen=True):
    """What a stop link freezes: what came since, in microseconds."""

    since: int


def tell(
    connection: Connection,
    person: int,
    event: Event,
    *,
    origin: str,
    now: datetime,
    since: datetime | None = None,
    but: int | None = None,
) -> int:
    """Tells every known address of a person of something that a stranger may have done, with a link that stops it.

    Args:
        connection: in a transaction that writes.
        person: number.
        event: what happened.
        origin: of the people's page, such as https://ads.example.
        now: naive UTC instant.
        since: the link freezes what came since; without it what comes from now on.
        but: the address that is new.

    Returns:
        how many were told.
    """
    detail = msgspec.json.encode(StopDetail(micros(since or now))).decode()
    addresses = told(connection, person, now=now, but=but)
    for one in addresses:
        secret = issue_link(connection, "stop", person=person, detail=detail, now=now)
        message = notice(event, one.lang, f"{origin}{STOP_PATH}{secret}")
        post(connection, "notice", one.address, person, _letter(one, message), now=now)
    return len(addresses)


def code_letter(contact: Contact, code: bytes) -> Letter:
    """The letter that carries a code."""
    return _letter(contact, code_message(code.decode(), contact.lang))


def post(
    connection: Connection, kind: str, recipient: str, person: int | None, letter: Letter, *, now: datetime
) -> int:
    """Puts a letter into the outbox; its number."""
    made = connection.execute(
        schema.outbox.insert().values(
            kind=kind, recipient=recipient, person=person, body=msgspec.json.encode(letter).decode(),
            created_at=micros(now),
        )
    ).inserted_primary_key  # fmt: skip
    return int(made[0])  # type: ignore[index]


def _letter(contact: Contact, message: Message) -> Letter:
    return Letter(contact.kind, contact.lang, message.subject, message.text)
