"""An ad while it is made."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from haechi.example.campaigns.filling import fill
from haechi.example.campaigns.handoff import HandOff
from haechi.example.campaigns.landing import Page
from haechi.example.campaigns.templates import Wording
from haechi.review.ads import Targeting


@dataclass(frozen=True)
class Creative:
    """What the picture shows.

    Attributes:
        seed: of its shapes and colours.
        portrait: the party whose portrait is in it, or None.
        lines: its words; may be empty.
        language: of its words.
        code: what a QR code in it says, or None.
        edit: name of the edit done to the finished picture, or None.
    """

    seed: str
    portrait: str | None = None
    lines: tuple[str, ...] = ()
    language: str = "en"
    code: str | None = None
    edit: str | None = None


@dataclass(frozen=True)
class Draft:
    """An ad, its truth and its parts.

    Attributes:
        ad_id: of the ad, the evasion's name at its end where there is one.
        campaign: which ads are copies of one another.
        wording: what is said.
        values: of its slots.
        hand_off: the way into a chat, or None.
        evasion: what was done against review, or `none`.
        scam: whether it is one.
        kind: of a legitimate ad.
        advertiser_id: who submits.
        display_name: the name shown, or None.
        country: where.
        submitted_at: when.
        headline: as shown, once `worded`.
        text: as shown, once `worded`.
        landing_url: where a click leads.
        pages: what stands there.
        creative: its picture, or None.
        payer: who pays, where another does.
        targeting: whom it is to reach.
    """

    ad_id: str
    campaign: str
    wording: Wording
    values: Mapping[str, str]
    hand_off: HandOff | None
    scam: bool
    kind: str
    advertiser_id: str
    display_name: str | None
    country: str
    submitted_at: datetime
    evasion: str = "none"
    headline: str = ""
    text: str = ""
    landing_url: str | None = None
    pages: tuple[Page, ...] = ()
    creative: Creative | None = None
    payer: str | None = None
    targeting: Targeting = field(default_factory=Targeting)

    def said(self, wording: Wording) -> tuple[str, str]:
        """Headline and text of a wording with this draft's values and way into the chat."""
        values = dict(self.values)
        values["join"] = self.hand_off.sentence(wording.language) if self.hand_off is not None else ""
        return fill(wording.headline, values).strip(), fill(wording.text, values).strip()
