"""An ad with everything that was found out about it before any signal is asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import NamedTuple, Protocol

from haechi.review.ads import Ad, Advertiser, Authorisation, Box, Field, Licence, ProtectedParty, Span
from haechi.review.plain import Plain, plain


class Text(NamedTuple):
    """One text of the ad: where it stands, as it stands, and in plain form."""

    field: Field
    raw: str
    plain: Plain


@dataclass(frozen=True, slots=True)
class Picture:
    """What was found in the ad's picture.

    Attributes:
        failure: why the picture could not be opened or is refused (`too-large`, `unreadable`, `active-content`,
            `several-formats`, `missing`), or None.
        width: pixels.
        height: pixels.
        lines: lines of text read in it, each with where it stands.
        dense_text: whether much of it is covered by what looks like text, told without reading it.
        text_read: whether an engine read its text (False: none is installed, or it failed).
        codes: what the QR and bar codes in it say, each with where it stands.
        hashes: its fingerprints, as `review.images` makes them.
        copies: pictures of the bank that it is a copy of: identifier of the bank's picture, 0 to 1 how sure.
        faces: protected parties whose face is in it: party_id, similarity.
    """

    failure: str | None = None
    width: int = 0
    height: int = 0
    lines: tuple[Box, ...] = ()
    dense_text: bool = False
    text_read: bool = False
    codes: tuple[Box, ...] = ()
    hashes: tuple[bytes, ...] = ()
    copies: tuple[tuple[str, float], ...] = ()
    faces: tuple[tuple[str, float, Box], ...] = ()


@dataclass(frozen=True, slots=True)
class Visit:
    """The landing page as one kind of visitor saw it.

    Attributes:
        profile: which visitor: `reviewer`, `phone`, `abroad`.
        at: when.
        redirects: every address on the way, the first one as in the ad.
        final_url: where it ended.
        status: HTTP status, or None when nothing was received.
        failure: why nothing was received, or None.
        title: of the page.
        text: what a person reads on it.
        links: addresses it links to, forms post to and scripts name.
        form_fields: kinds of fields that its forms ask for, e.g. `tel`, `email`, `password`.
        text_hash: SHA-256 of `text`.
    """

    profile: str
    at: datetime
    redirects: tuple[str, ...] = ()
    final_url: str = ""
    status: int | None = None
    failure: str | None = None
    title: str = ""
    text: str = ""
    links: tuple[str, ...] = ()
    form_fields: tuple[str, ...] = ()
    text_hash: str = ""


class History(Protocol):
    """What earlier ads tell. Everything it answers is about what came strictly before the ad asked about."""

    def submitted_since(self, advertiser_id: str, since: datetime, before: datetime) -> int:
        """How many ads the advertiser submitted in `[since, before)`."""

    def first_finance_ad(self, advertiser_id: str) -> datetime | None:
        """When the advertiser first submitted an ad that offers an investment, or None."""

    def last_submitted(self, advertiser_id: str, before: datetime) -> datetime | None:
        """When the advertiser last submitted an ad before, or None."""

    def near_copies(self, ad: Ad, masked: str) -> Sequence["Sighting"]:
        """Earlier ads whose text, names masked, is nearly the same."""


class Sighting(NamedTuple):
    """An earlier ad that is nearly the same.

    Attributes:
        ad_id: which.
        advertiser_id: whose.
        outcome: what was decided on it.
        similarity: 0 to 1 of the masked texts.
        parties: protected parties it names.
        payer: who paid for it, where it was said to be another.
    """

    ad_id: str
    advertiser_id: str
    outcome: str
    similarity: float
    parties: tuple[str, ...]
    payer: str | None = None


@dataclass(frozen=True)
class World:
    """What is known beside the ads. Indices over it are made once and kept with it.

    Attributes:
        advertisers: by advertiser_id.
        parties: by party_id.
        authorisations: of all parties.
        licences: of all registers.
    """

    advertisers: Mapping[str, Advertiser] = field(default_factory=dict)
    parties: Mapping[str, ProtectedParty] = field(default_factory=dict)
    authorisations: Sequence[Authorisation] = ()
    licences: Sequence[Licence] = ()
    indices: dict[str, object] = field(default_factory=dict)
    """By the name of the module that made it; nobody else reads it."""

    @cached_property
    def authorised(self) -> Mapping[tuple[str, str], tuple[Authorisation, ...]]:
        """Authorisations by party_id and advertiser_id."""
        found: dict[tuple[str, str], tuple[Authorisation, ...]] = {}
        for one in self.authorisations:
            key = (one.party_id, one.advertiser_id)
            found[key] = (*found.get(key, ()), one)
        return found


@dataclass(frozen=True)
class Case:
    """One ad, with its advertiser, what its picture and page gave, and the world it is judged in.

    Attributes:
        ad: as submitted.
        advertiser: None where the table has none of that identifier.
        picture: None where the ad has no picture.
        visits: of the landing page; empty where the operator does not allow the network.
        world: what is known beside.
        history: earlier ads.
    """

    ad: Ad
    advertiser: Advertiser | None
    picture: Picture | None
    visits: tuple[Visit, ...]
    world: World
    history: History

    @cached_property
    def texts(self) -> tuple[Text, ...]:
        """Every text of the ad that is not empty, in the order of `Field`."""
        name = self.ad.display_name
        if name is None and self.advertiser is not None and self.advertiser.display_names:
            name = self.advertiser.display_names[0]
        found: list[tuple[Field, str]] = [
            ("headline", self.ad.headline),
            ("text", self.ad.text),
            ("display_name", name or ""),
            ("landing_url", self.ad.landing_url or ""),
        ]
        if self.picture is not None:
            found.append(("image_text", "\n".join(line.text for line in self.picture.lines)))
            found += [("image_code", code.text) for code in self.picture.codes]
        for visit in self.visits:
            found.append(("landing_text", f"{visit.title}\n{visit.text}"))
        return tuple(Text(where, raw, plain(raw)) for where, raw in found if raw.strip())

    @cached_property
    def joined(self) -> Text | None:
        """Headline and text in one, as they are read; words may begin in the one and end in the other.

        Spans that lie across are the headline's up to its end (`across`).
        """
        if not self.ad.headline.strip() or not self.ad.text.strip():
            return None
        raw = f"{self.ad.headline} {self.ad.text}"
        return Text("headline", raw, plain(raw))

    def across(self, start: int, end: int) -> Span | None:
        """Of a span of `joined`, what stands in the headline; None where it does not go on into the text."""
        size = len(self.ad.headline)
        return Span("headline", start, size, self.ad.headline[start:]) if start < size < end else None
