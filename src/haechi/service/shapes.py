"""What the calls of the platform take and give, as JSON."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, Literal

import msgspec

from haechi.permission import Asked, Standing
from haechi.stores.audiences import Booking
from haechi.stores.themes import Item, ItemTheme
from haechi.terms.countries import country_of
from haechi.terms.identifiers import EXPECTED_NAME, is_name
from haechi.terms.row_files import short
from haechi.terms.words import Category, Purpose
from haechi.terms.zones import with_zone
from haechi.themes.life import Standing as ThemeStanding


def expect_each(name: str, given: Iterable[str | None], read: Callable[[str], str]) -> None:
    """Refuses values that `read` refuses, and says where they stand; None is none.

    Raises:
        ValueError: see above.
    """
    for one in given:
        if one is not None:
            try:
                read(one)
            except ValueError as fault:
                raise ValueError(f"{name}: found {short(repr(one))}; expected {fault}") from None


class Catalogue(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Items and what they speak for."""

    items: list[Item] = []
    item_themes: list[ItemTheme] = []


class Said(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A person's verdict on a theme. Who says it is the key's name: two people have two keys."""

    state: Literal["approved", "approved-with-permission", "blocked"]
    categories: list[Category] = []
    reason: str
    version: int | None = None


class Renamed(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A theme's other name."""

    name: str
    path: str | None = None
    reason: str = ""


class Merged(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The theme that takes this one in."""

    into: str
    reason: str = ""


class ThemeView(msgspec.Struct, kw_only=True):
    """A theme as it stands."""

    theme_id: str
    name: str
    path: str | None
    standing: ThemeStanding
    version: int


class Withdrawal(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Which permissions end; all of the person's where nothing is named."""

    person_id: str
    purpose: Purpose | None = None
    category: Category | None = None


class Withdrawn(msgspec.Struct):
    """How many permissions ended."""

    ended: int


class Question(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """May this be done with the data of somebody who stands so?"""

    asked: Asked
    standing: Standing


class Advertiser(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """An advertiser."""

    advertiser_id: str
    name: str
    country: str | None = None
    verified: bool = False

    def __post_init__(self) -> None:
        """Refuses a name that cannot be shown and a country that there is not.

        Raises:
            ValueError: one is such; which, and what was expected.
        """
        if not is_name(self.name):
            raise ValueError(f"name: expected {EXPECTED_NAME}")
        expect_each("country", [self.country], country_of)


class Audience(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """An audience as an advertiser composes it: {"theme": id}, {"and": [..]}, {"or": [..]}, {"not": ..}."""

    expression: Any
    until: datetime | None = None


class Size(msgspec.Struct, kw_only=True):
    """A size, noisy and rounded, or why there is none. at_least: there may be more, after many questions."""

    size: int | None
    at_least: bool = False
    code: str = ""
    advice: str = ""


class Booked(msgspec.Struct, kw_only=True):
    """A booked audience."""

    handle: str
    size: int
    since: datetime
    until: datetime | None

    @classmethod
    def of(cls, booking: Booking) -> "Booked":
        """As advertisers see it."""
        return with_zone(
            cls(handle=booking.handle, size=booking.size, since=booking.since, until=booking.until)
        )


class Handles(msgspec.Struct):
    """The bookings that a person is in."""

    handles: list[str]
