"""What advertisers learned of people: an ad that was delivered because of a theme, kept and proved.

Who answers such an ad is known to its advertiser as somebody of the theme: that is what is disclosed. Each theme of
the booking counts, also one that the audience left out, since it says that the person is not in it.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec
from sqlalchemy import Connection, Engine, select, text

from haechi.errors import UsageError
from haechi.law import LawPack
from haechi.ledger.entry import Fact
from haechi.ledger.seal import Master
from haechi.release.audiences import Function
from haechi.stores import schema
from haechi.stores.addressable import Addressable
from haechi.stores.booked import bookings_of
from haechi.stores.clock import instant, micros
from haechi.stores.ledger.append import append
from haechi.stores.numbers import number_of
from haechi.stores.rows import temporary, writing
from haechi.terms.words import Purpose

_SKEW: Final = timedelta(minutes=5)
_COLUMNS: Final = (
    "person BIGINT, at BIGINT, advertiser BIGINT, theme BIGINT, purpose TEXT, within BOOLEAN, handle_hash "
)
_BYTES: Final = {"sqlite": "BLOB", "postgresql": "BYTEA"}


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """An ad that the ad server delivered for a booking.

    Attributes:
        handle: of the booking.
        person_id: to whom.
        delivered_at: when, with its zone; without one it is read as UTC.
    """

    handle: str
    person_id: str
    delivered_at: datetime


class Told(msgspec.Struct, frozen=True):
    """What became of deliveries that were reported.

    Attributes:
        recorded: they are on the ledger; sent again they count once.
        refused: the person was not, or no longer, in the booked audience, or the booking did not hold: nothing should
            have been delivered, and the ad server must stop.
    """

    recorded: int
    refused: int


class Disclosure(msgspec.Struct, frozen=True, kw_only=True):
    """One theme that one advertiser learned of one person, by our numbers.

    Attributes:
        person: about whom.
        at: when, naive UTC.
        advertiser: who learned it.
        theme: which theme.
        purpose: what for.
        within: the person is in it; False: the person is not, and the audience left out who is.
        handle_hash: SHA-256 of the booking's handle, or None where another system delivered.
    """

    person: int
    at: datetime
    advertiser: int
    theme: int
    purpose: Purpose = "disclosure"
    within: bool = True
    handle_hash: bytes | None = None


def report(
    engine: Engine,
    deliveries: Sequence[Delivery],
    packs: Mapping[str, LawPack],
    *,
    master: Master | None,
    now: datetime,
) -> Told:
    """Takes in what the ad server delivered: what each booking's advertiser learned by it is kept and proved.

    Whether the person was in the audience is looked up as it stands now: deliveries are to be reported as they
    happen. One that should not have been is refused and counted.

    Args:
        engine: the database.
        deliveries: any number.
        packs: the laws.
        master: seals what the ledger says of a person.
        now: naive UTC instant.

    Raises:
        UsageError: a delivery lies in the future; nothing was taken.
    """
    instants = [_naive(one.delivered_at) for one in deliveries]
    if any(at > now + _SKEW for at in instants):
        raise UsageError("a delivery lies in the future; expected instants that are not.")
    refused = 0
    found: list[Disclosure] = []
    with writing(engine) as connection:
        bookings = bookings_of(connection, {one.handle for one in deliveries})
        for one, at in zip(deliveries, instants, strict=True):
            person = number_of(connection, schema.people, "person", "person_id", one.person_id)
            booking = bookings.get(one.handle)
            if person is None or booking is None or not booking.holds_at(at):
                refused += 1
                continue
            addressable = Addressable(connection, packs, now, only=person, recipient=booking.advertiser_id)
            if not addressable.holds(booking.function):
                refused += 1
                continue
            found += [
                Disclosure(
                    person=person, at=at, advertiser=booking.advertiser, theme=addressable.number(theme),
                    within=within, handle_hash=booking.handle_hash,
                )
                for theme, within in _learned(booking.function, addressable).items()
            ]  # fmt: skip
        disclose(connection, found, master=master, recorded_by="ad server")
    return Told(recorded=len(deliveries) - refused, refused=refused)


def disclose(
    connection: Connection, found: Iterable[Disclosure], *, master: Master | None, recorded_by: str
) -> int:
    """Writes down and proves what advertisers learned; what is known already is passed over.

    Args:
        connection: in a transaction that writes.
        found: any number.
        master: seals what the ledger says of a person.
        recorded_by: who says so: `load` or `ad server`.

    Returns:
        how many were new.
    """
    rows = [
        (one.person, micros(one.at), one.advertiser, one.theme, one.purpose, one.within, one.handle_hash)
        for one in found
    ]
    if not rows:
        return 0
    kind = _BYTES[connection.dialect.name]
    temporary(connection, "told", _COLUMNS + kind, rows)
    new = connection.execute(
        text(
            "INSERT INTO disclosures (person, at, advertiser, theme, purpose, within, handle_hash) "
            "SELECT DISTINCT person, at, advertiser, theme, purpose, within, handle_hash FROM temp_told WHERE true "
            "ON CONFLICT (person, at, advertiser, theme) DO NOTHING "
            "RETURNING person, at, advertiser, theme, purpose, within"
        )
    ).all()
    names = _names(connection, {row.advertiser for row in new}, {row.theme for row in new})
    facts = []
    for row in sorted(new, key=lambda row: (row.at, row.person, row.advertiser, row.theme)):
        said = {
            "advertiser_id": names[0][row.advertiser],
            "theme_id": names[1][row.theme],
            "purpose": row.purpose,
            "within": bool(row.within),
        }
        public = {"recorded_by": recorded_by}
        facts.append(
            Fact("theme-disclosed", instant(row.at), public)
            if master is None
            else Fact("theme-disclosed", instant(row.at), public, row.person, said)
        )
    append(connection, facts, master=master)
    return len(new)


def _names(
    connection: Connection, advertisers: set[int], themes: set[int]
) -> tuple[dict[int, str], dict[int, str]]:
    a, t = schema.advertisers, schema.themes
    told = connection.execute(
        select(a.c.advertiser, a.c.advertiser_id).where(a.c.advertiser.in_(advertisers))
    )
    about = connection.execute(select(t.c.theme, t.c.theme_id).where(t.c.theme.in_(themes)))
    return (
        {row.advertiser: row.advertiser_id for row in told},
        {row.theme: row.theme_id for row in about},
    )


def _learned(function: Function, addressable: Addressable) -> dict[str, bool]:
    """What an ad to somebody in an audience tells of each theme: in it, or not in it where that was asked."""
    within = {theme: bool(addressable.people_in(theme)) for theme in function.themes}
    return {
        theme: inside
        for theme, inside in within.items()
        if inside or not function.holds(lambda other, theme=theme: within[other] != (other == theme))  # type: ignore[misc]
    }


def _naive(at: datetime) -> datetime:
    offset = at.utcoffset()
    return at.replace(tzinfo=None) if offset is None else (at - offset).replace(tzinfo=None)
