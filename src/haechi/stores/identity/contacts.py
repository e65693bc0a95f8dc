"""Addresses of people that were known before anybody asked: codes and notices go there and nowhere else."""

import re
from datetime import datetime, timedelta
from typing import Any, Final, Literal

import msgspec
from sqlalchemy import Connection, Row, and_, or_, select, update

from haechi.errors import UsageError
from haechi.rights.effect import COOLING_OFF
from haechi.stores import schema
from haechi.stores.clock import micros

ContactKind = Literal["email", "phone"]
_TOLD_ON: Final = timedelta(days=30)
"""An address that was taken away is told of changes for so long: a thief takes the address away first."""
_LONGEST: Final = 254
_EMAIL: Final = re.compile(r"[^\s@\x00-\x1f\"<>,;]{1,64}@[^\s@\x00-\x1f\"<>,;]+\.[^\s@\x00-\x1f\"<>,;]+")
_PHONE: Final = re.compile(r"\+[1-9][0-9]{5,14}")


class Contact(msgspec.Struct, frozen=True, kw_only=True):
    """A known address.

    Attributes:
        contact: its number.
        person: whose.
        kind: email or phone.
        address: where messages go.
        lang: BCP 47, in which they are written.
        known_since: in microseconds.
    """

    contact: int
    person: int
    kind: ContactKind
    address: str
    lang: str
    known_since: int

    @property
    def masked(self) -> str:
        """As it may be shown to who is not sure yet: enough to know one's own by."""
        if self.kind == "phone":
            return f"… {self.address[-2:]}"
        name, _, host = self.address.partition("@")
        return f"{name[:1]}…@{host[:1]}…"


def folded(kind: ContactKind, address: str) -> str:
    """An address as it is compared.

    Raises:
        UsageError: it is none.
    """
    if kind == "phone":
        plain = re.sub(r"[\s().-]", "", address)
        if not _PHONE.fullmatch(plain):
            raise UsageError("a telephone number; expected + and the country's code, such as +821012345678.")
        return plain
    plain = address.strip()
    if len(plain) > _LONGEST or not _EMAIL.fullmatch(plain):
        raise UsageError("an e-mail address; expected one such as name@example.org.")
    # Only the case of ASCII tells no addresses apart.
    return plain.lower() if plain.isascii() else plain


def kind_of(address: str) -> ContactKind:
    """What an address that somebody typed is."""
    return "email" if "@" in address else "phone"


def reachable(connection: Connection, person: int) -> list[Contact]:
    """The addresses of a person to which codes may go, the oldest first."""
    c = schema.contacts
    rows = connection.execute(
        select(c)
        .where(c.c.person == person, c.c.frozen_at.is_(None), c.c.ended_at.is_(None))
        .order_by(c.c.known_since, c.c.contact)
    ).all()
    return [_contact(row) for row in rows]


def told(connection: Connection, person: int, *, now: datetime, but: int | None = None) -> list[Contact]:
    """The addresses of a person that are told of a change, but one."""
    c = schema.contacts
    lately = c.c.ended_at > micros(now - _TOLD_ON)
    rows = connection.execute(
        select(c)
        .where(c.c.person == person, c.c.frozen_at.is_(None), or_(c.c.ended_at.is_(None), lately))
        .order_by(c.c.contact)
    ).all()
    return [_contact(row) for row in rows if row.contact != but]


def holder_of(connection: Connection, address: str, *, now: datetime) -> Contact | None:
    """Whose an address is that may regain access; None where it is nobody's, too new, or several people's."""
    c = schema.contacts
    rows = connection.execute(
        select(c)
        .where(
            and_(
                c.c.folded == address, c.c.frozen_at.is_(None), c.c.ended_at.is_(None),
                c.c.known_since <= micros(now - COOLING_OFF),
            )
        )
        .limit(2)
    ).all()  # fmt: skip
    # Families share addresses: which of them it is cannot be told from the address.
    return _contact(rows[0]) if len(rows) == 1 else None


def add_contact(
    connection: Connection, person: int, kind: ContactKind, address: str, lang: str, *, since: datetime
) -> tuple[int, bool]:
    """An address of a person, new or known; one that had ended begins anew, one that was frozen stays frozen.

    What froze it was the person's own act, by another address: no routine list of addresses undoes it. It comes back
    when it is ended and added again.

    Returns:
        its number, and whether it is new.

    Raises:
        UsageError: it is no address.
    """
    c, plain = schema.contacts, folded(kind, address)
    known = connection.execute(select(c).where(c.c.person == person, c.c.folded == plain)).first()
    if known is None:
        made = connection.execute(
            c.insert().values(
                person=person,
                kind=kind,
                address=address.strip(),
                folded=plain,
                lang=lang,
                known_since=micros(since),
            )
        ).inserted_primary_key
        return int(made[0]), True  # type: ignore[index]
    anew = known.ended_at is not None
    values: dict[str, Any] = {"lang": lang}
    if anew:
        values |= {"known_since": micros(since), "ended_at": None, "frozen_at": None, "recovered_at": None}
    connection.execute(update(c).where(c.c.contact == known.contact).values(**values))
    return int(known.contact), anew


def end_contact(
    connection: Connection, person: int, kind: ContactKind, address: str, *, now: datetime
) -> bool:
    """Takes an address away: no code goes there any more; whether there was one."""
    c = schema.contacts
    which = (c.c.person == person) & (c.c.folded == folded(kind, address)) & c.c.ended_at.is_(None)
    return bool(connection.execute(update(c).where(which).values(ended_at=micros(now))).rowcount)


def recovered_by(connection: Connection, contact: int, *, now: datetime) -> None:
    """Writes down that access was regained by an address."""
    c = schema.contacts
    connection.execute(update(c).where(c.c.contact == contact).values(recovered_at=micros(now)))


def contact_of(connection: Connection, person: int, contact: int) -> Contact | None:
    """One of a person's addresses to which codes may go."""
    return next((one for one in reachable(connection, person) if one.contact == contact), None)


def _contact(row: Row[Any]) -> Contact:
    return Contact(
        contact=row.contact, person=row.person, kind=row.kind, address=row.address, lang=row.lang,
        known_since=row.known_since,
    )  # fmt: skip
