"""Getting in again by a code to an address that was known before; the same work and answer for every address."""

from datetime import datetime
from typing import Final

from sqlalchemy import Connection, delete

from haechi.rights.identity import Evidence
from haechi.stores import schema
from haechi.stores.clock import instant
from haechi.stores.identity.codes import give_code, issue_code, whose
from haechi.stores.identity.contacts import Contact, contact_of, holder_of, recovered_by
from haechi.stores.identity.limits import take
from haechi.stores.identity.notices import code_letter, post, tell
from haechi.stores.identity.routes import expect_active
from haechi.stores.identity.sessions import PersonSession, open_session

ROUTE: Final = "contact"
_NOBODY: Final = Contact(contact=0, person=0, kind="email", address="", lang="en", known_since=0)


def ask_code(connection: Connection, address: str, *, now: datetime) -> str | None:
    """Sends a code to an address if it is known, and does the same work if it is not.

    Args:
        connection: in a transaction that writes, which is committed.
        address: as `folded` gives it.
        now: naive UTC instant.

    Returns:
        what the asker's browser keeps; None where this address asked too often, known or not.

    Raises:
        UsageError: the way was retired, or is not on the list.
    """
    expect_active(connection, ROUTE)
    if not take(connection, "code-to-address", address, now=now):
        return None
    contact = holder_of(connection, address, now=now)
    # Whoever is nobody is limited too, as somebody of their own, so that the work is the same.
    subject, everybody = (f"nobody {address}", "nobody") if contact is None else (str(contact.person), "")
    allowed = [
        take(connection, "code-for-person", subject, now=now),
        take(connection, "code-for-all", everybody, now=now),
    ]
    to = contact if all(allowed) else None
    issued = issue_code(
        connection, "recover", person=None if to is None else to.person,
        contact=None if to is None else to.contact, now=now,
    )  # fmt: skip
    letter = code_letter(to or _NOBODY, issued.secret)
    number = post(
        connection, "none" if to is None else "code", (to or _NOBODY).address, None if to is None else to.person,
        letter, now=now,
    )  # fmt: skip
    # To nobody nothing is sent: the letter goes before anybody sees it.
    o = schema.outbox
    connection.execute(delete(o).where(o.c.message == number, o.c.kind == "none"))
    return issued.holder


def recover(connection: Connection, holder: str, code: str, *, origin: str, now: datetime) -> str | None:
    """Gets in by a code: a session that can stop things, and show more; every known address is told.

    Returns:
        the session's secret; None where the code is wrong, too late or used up.

    Raises:
        UsageError: the way was retired, or is not on the list.
    """
    expect_active(connection, ROUTE)
    person = whose(connection, holder, "recover")
    if not take(connection, "try-for-person", f"nobody {holder}" if person is None else str(person), now=now):
        return None
    given = give_code(connection, holder, code, "recover", now=now)
    if given is None or given.person is None or given.contact is None:
        return None
    contact = contact_of(connection, given.person, given.contact)
    if contact is None:
        return None
    evidence = Evidence(
        kind="contact-code", at=now, channel=str(contact.contact), since=instant(contact.known_since)
    )
    secret = open_session(connection, given.person, [evidence], route=ROUTE, now=now)
    recovered_by(connection, contact.contact, now=now)
    tell(connection, given.person, "recovered", origin=origin, now=now)
    return secret


def send_step_up(
    connection: Connection, session: PersonSession, contact: int, *, now: datetime
) -> str | None:
    """Sends a code to an address of who is signed in.

    Returns:
        what the browser keeps; None where it is no address of theirs, or too many were sent.
    """
    found = contact_of(connection, session.person, contact)
    if found is None or not take(connection, "code-for-person", str(session.person), now=now):
        return None
    issued = issue_code(connection, "step-up", person=session.person, contact=contact, now=now)
    post(connection, "code", found.address, found.person, code_letter(found, issued.secret), now=now)
    return issued.holder


def step_up(
    connection: Connection, session: PersonSession, holder: str, code: str, *, now: datetime
) -> Evidence | None:
    """What a code shows of who is signed in; None where it is wrong, too late, used up or somebody else's."""
    if not take(connection, "try-for-person", str(session.person), now=now):
        return None
    given = give_code(connection, holder, code, "step-up", now=now)
    if given is None or given.person != session.person or given.contact is None:
        return None
    contact = contact_of(connection, session.person, given.contact)
    if contact is None:
        return None
    since = instant(contact.known_since)
    return Evidence(kind="contact-code", at=now, channel=str(contact.contact), since=since)
