"""A new address of who is signed in: it counts once a code that was sent there has come back."""

from datetime import datetime

import msgspec
from sqlalchemy import Connection

from haechi.stores.identity.codes import give_code, issue_code
from haechi.stores.identity.contacts import Contact, ContactKind, add_contact, folded
from haechi.stores.identity.limits import take
from haechi.stores.identity.notices import code_letter, post, tell
from haechi.stores.identity.sessions import PersonSession


class _Address(msgspec.Struct, frozen=True):
    kind: ContactKind
    address: str
    lang: str


def ask_to_confirm(
    connection: Connection,
    session: PersonSession,
    kind: ContactKind,
    address: str,
    lang: str,
    *,
    now: datetime,
) -> str | None:
    """Sends a code to a new address.

    Returns:
        what the browser keeps; None where too many were sent.

    Raises:
        UsageError: it is no address.
    """
    plain = folded(kind, address)
    if not (
        take(connection, "code-to-address", plain, now=now)
        and take(connection, "code-for-person", str(session.person), now=now)
        and take(connection, "code-for-all", "", now=now)
    ):
        return None
    detail = msgspec.json.encode(_Address(kind, address.strip(), lang)).decode()
    issued = issue_code(connection, "confirm-contact", person=session.person, detail=detail, now=now)
    to = Contact(
        contact=0, person=session.person, kind=kind, address=address.strip(), lang=lang, known_since=0
    )
    post(connection, "code", to.address, session.person, code_letter(to, issued.secret), now=now)
    return issued.holder


def confirm(
    connection: Connection, session: PersonSession, holder: str, code: str, *, origin: str, now: datetime
) -> bool:
    """Keeps the address if the code is right; every address known before is told, and a cooling-off begins."""
    if not take(connection, "try-for-person", str(session.person), now=now):
        return False
    given = give_code(connection, holder, code, "confirm-contact", now=now)
    if given is None or given.person != session.person:
        return False
    found = msgspec.json.decode(given.detail, type=_Address)
    contact, new = add_contact(connection, session.person, found.kind, found.address, found.lang, since=now)
    if new:
        tell(connection, session.person, "contact-added", origin=origin, now=now, but=contact)
    return True
