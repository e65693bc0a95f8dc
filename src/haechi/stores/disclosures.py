"""What advertisers learned of people: an ad that was delivered because of a theme, kept and proved.

Who answers such an ad is known to its advertiser as somebody of the theme: that is what is disclosed. Each theme of
the booking counts, also one that the audience left out, since it says that the person is not in it.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import product
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
from haechi.stores.deletions import tell_advertisers
from haechi.stores.ledger.append import append
from haechi.stores.numbers import number_of
from haechi.stores.rows import temporary, writing
from haechi.terms.words import Purpose
from haechi.terms.zones import naive

_MOST_TRIED: Final = 10
_SKEW: Final = timedelta(minutes=5)
_COLUMNS: Final = (
    "person BIGINT, at BIGINT, advertiser BIGINT, theme BIGINT, purpose TEXT, within BOOLEAN, handle_hash {bytes}, "
    "rightful BOOLEAN"
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
        rightful: False: the person was not, or no longer, in the audience; they were told of all the same.
    """

    person: int
    at: datetime
    advertiser: int
    theme: int
    purpose: Purpose = "disclosure"
    within: bool = True
    handle_hash: bytes | None = None
    rightful: bool = True


def report(
    engine: Engine,
    deliveries: Sequence[Delivery],
    packs: Mapping[str, LawPack],
    *,
    master: Master | None,
    now: datetime,
) -> Told:
    """Takes in what the ad server delivered: what each booking's advertiser learned by it is kept and proved.

    Whether the person is in the audience is looked up as it stands now: deliveries are to be reported as they happen.
    One that should not have been is refused and counted, and still kept, marked as such: the advertiser was told of
    the person all the same, and if they objected, is told to delete it.

    Args:
        engine: the database.
        deliveries: any number.
        packs: the laws.
        master: seals what the ledger says of a person.
        now: naive UTC instant.

    Raises:
        UsageError: a delivery lies in the future; nothing was taken.
    """
    instants = [naive(one.delivered_at) for one in deliveries]
    if any(at > now + _SKEW for at in instants):
        raise UsageError("a delivery lies in the future; expected instants that are not.")
    refused = 0
    wronged: set[int] = set()
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
            rightful = addressable.holds(booking.function)
            learned = _learned(booking.function, addressable) if rightful else _meant(booking.function)
            numbers = {
                theme: number_of(connection, schema.themes, "theme", "theme_id", theme) for theme in learned
            }
            rightful = rightful and _was_in(
                connection, person, [numbers[theme] or 0 for theme, within in learned.items() if within], at
            )
            if not rightful:
                refused += 1
                wronged.add(person)
            found += [
                Disclosure(
                    person=person, at=at, advertiser=booking.advertiser, theme=number, within=learned[theme],
                    handle_hash=booking.handle_hash, rightful=rightful,
                )
                for theme, number in numbers.items()
                if number is not None
            ]  # fmt: skip
        disclose(connection, found, master=master, recorded_by="ad server")
        for person in sorted(wronged):
            _tell_again(connection, person, master, now)
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
        (
            one.person,
            micros(one.at),
            one.advertiser,
            one.theme,
            one.purpose,
            one.within,
            one.handle_hash,
            one.rightful,
        )
        for one in found
    ]
    if not rows:
        return 0
    kind = _BYTES[connection.dialect.name]
    temporary(connection, "told", _COLUMNS.format(bytes=kind), rows)
    new = connection.execute(
        text(
            "INSERT INTO disclosures (person, at, advertiser, theme, purpose, within, handle_hash, rightful) "
            "SELECT DISTINCT person, at, advertiser, theme, purpose, within, handle_hash, rightful FROM temp_told "
            "WHERE true ON CONFLICT (person, at, advertiser, theme) DO NOTHING "
            "RETURNING person, at, advertiser, theme, purpose, within, rightful"
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
            "rightful": bool(row.rightful),
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


def _meant(function: Function) -> dict[str, bool]:
    """What an ad tells of somebody by what its audience asks for: in the themes it wants, not in the others."""
    themes = sorted(function.themes)
    if len(themes) > _MOST_TRIED:
        return dict.fromkeys(themes, True)
    found: dict[str, bool] = {}
    for theme in themes:
        others = [other for other in themes if other != theme]
        for state in product((False, True), repeat=len(others)):
            held = dict(zip(others, state, strict=True))
            inside = function.holds(lambda other, held=held: held.get(other, True))  # type: ignore[misc]
            if inside != function.holds(lambda other, held=held: held.get(other, False)):  # type: ignore[misc]
                found[theme] = inside
                break
    return found


def _was_in(connection: Connection, person: int, themes: Sequence[int], at: datetime) -> bool:
    """Whether a person was in themes at the naive UTC instant `at`."""
    m = schema.memberships
    inside = connection.execute(
        select(m.c.theme).where(
            m.c.person == person, m.c.theme.in_(themes), m.c.since <= micros(at),
            m.c.until.is_(None) | (m.c.until > micros(at)),
        )
    ).scalars()  # fmt: skip
    return set(themes) <= set(inside)


def _tell_again(connection: Connection, person: int, master: Master | None, now: datetime) -> None:
    """Tells advertisers to delete what they learned after, or just before, somebody objected or withdrew."""
    r = schema.requests
    row = connection.execute(
        select(r.c.request, r.c.kind)
        .where(r.c.person == person, r.c.kind.in_(("objection", "withdrawal")))
        .order_by(r.c.received_at.desc())
        .limit(1)
    ).first()
    if row is not None:
        tell_advertisers(connection, person, row.request, row.kind, master=master, now=now)
