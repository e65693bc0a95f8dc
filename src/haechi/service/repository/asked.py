"""What somebody looks for in the repository, and what they are shown."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Annotated, Final, Literal

import msgspec

from haechi.review.outgoing.repository import Content, Entry, Parameters, Query, search
from haechi.terms.zones import zoned

A_PAGE: Final = 50
Text = Annotated[str, msgspec.Meta(max_length=200)]
Place = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What is looked for; all that is given has to hold.

    Attributes:
        words: that stand in the ad.
        advertiser: words of on whose behalf it was shown, or of who paid.
        country: where it was to be shown, ISO 3166-1 alpha-2.
        parameter: words of a targeting parameter.
        use: whether the parameter includes or excludes.
        shown_from: shown on this day or later, UTC.
        shown_until: shown before this day.
        removed: whether it was removed.
        page: from 1 on.
    """

    words: Text = ""
    advertiser: Text = ""
    country: Annotated[str, msgspec.Meta(pattern="^[A-Z]{2}$")] | None = None
    parameter: Text = ""
    use: Literal["include", "exclude"] | None = None
    shown_from: date | None = None
    shown_until: date | None = None
    removed: bool | None = None
    page: Place = 1

    def query(self) -> Query:
        """The same as a question to the repository."""
        return Query(
            words=self.words,
            advertiser=self.advertiser,
            country=self.country,
            parameter=self.parameter,
            use=self.use,
            shown_from=_begin(self.shown_from),
            shown_until=_begin(self.shown_until),
            removed=self.removed,
        )


class PublicAd(msgspec.Struct, frozen=True, kw_only=True):
    """One ad; the letters are those of DSA Art. 39(2).

    Attributes:
        ad_id: the platform's identifier.
        content: (a); `image` is the SHA-256 of the picture. None after removal.
        on_behalf_of: (b), or None after removal.
        payer: (c) who paid, where it is another.
        first_shown: (d) since when it might be shown.
        last_shown: (d) until when.
        targeted: (e) whether it was meant for one or more groups.
        parameters: (e) by what.
        commercial: (f).
        reached: (g) in all, or None: the platform did not tell yet.
        reached_by_country: (g).
        removed: points (a) to (e) of Art. 17(3) after removal, or None.
    """

    ad_id: str
    content: Content | None
    on_behalf_of: str | None
    payer: str | None
    first_shown: datetime
    last_shown: datetime
    targeted: bool
    parameters: Parameters
    commercial: bool
    reached: int | None
    reached_by_country: Mapping[str, int]
    removed: Mapping[str, str] | None


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A page of what was found.

    Attributes:
        as_of: when the repository was read.
        total: ads found.
        page: which page this is.
        pages: how many there are.
        ads: the last shown first.
    """

    as_of: datetime
    total: int
    page: int
    pages: int
    ads: tuple[PublicAd, ...]


def find(entries: list[Entry], asked: Asked, at: datetime) -> Found:
    """What is shown to whoever asks; beyond the last page nothing."""
    found = search(entries, asked.query(), at)
    start = (asked.page - 1) * A_PAGE
    return Found(
        as_of=zoned(at),
        total=len(found),
        page=asked.page,
        pages=-(-len(found) // A_PAGE),
        ads=tuple(_public(entry) for entry in found[start : start + A_PAGE]),
    )


def _public(entry: Entry) -> PublicAd:
    told = {name: getattr(entry, name) for name in PublicAd.__struct_fields__}
    told |= {"first_shown": zoned(entry.first_shown), "last_shown": zoned(entry.last_shown)}
    # Nobody counted: 0 would say that nobody saw it.
    return PublicAd(**told | {"reached": entry.reached or None})


def _begin(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time())
