"""What an advertiser received about a person."""

from datetime import datetime

import msgspec

from haechi.terms.words import Category, Purpose


class Received(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """One theme of a person, at one advertiser.

    Attributes:
        advertiser_id: who received it.
        advertiser: its name.
        theme_id: what was received.
        theme: its name.
        since: from when on, naive UTC.
        until: until when, or None.
        categories: what the theme gives away.
        purpose: what for.
        within: the person is in the theme; False: the person is not, and the audience left out who is.
    """

    advertiser_id: str
    advertiser: str
    theme_id: str
    theme: str
    since: datetime
    until: datetime | None
    categories: tuple[Category, ...] = ()
    purpose: Purpose = "disclosure"
    within: bool = True
