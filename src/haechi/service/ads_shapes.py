"""What the calls of ad review take and give, as JSON."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from haechi.review.ads import Ad, Licence, Outcome, Reason, Targeting
from haechi.service.shapes import expect_each
from haechi.stores.review.changes import Change
from haechi.stores.review.parties import Party
from haechi.stores.review.party_pictures import MOST
from haechi.stores.review.words import Country, Name, Names, State
from haechi.terms.countries import country_of
from haechi.terms.languages import language_of

_Text = Annotated[str, msgspec.Meta(max_length=20_000)]
_Short = Annotated[str, msgspec.Meta(max_length=2_000)]


class AdBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An ad, all of it. advertiser_id: where the key is not an advertiser's own. picture: its bytes in base 64."""

    advertiser_id: Name | None = None
    headline: _Text = ""
    text: _Text = ""
    landing_url: _Short | None = None
    display_name: _Short | None = None
    country: Country | None = None
    language: Annotated[str, msgspec.Meta(pattern="^[a-z]{2}$")] | None = None
    targeting: Targeting = Targeting()
    payer: _Short | None = None
    picture: bytes | None = None

    def __post_init__(self) -> None:
        """Refuses countries and languages that there are not.

        Raises:
            ValueError: one is none; which, and what was expected.
        """
        for name, given, read in (
            ("country", [self.country], country_of),
            ("language", [self.language], language_of),
            ("targeting.countries", self.targeting.countries, country_of),
            ("targeting.languages", self.targeting.languages, language_of),
        ):
            expect_each(name, given, read)

    def as_ad(self, ad_id: str, advertiser_id: str, now: datetime) -> Ad:
        """The ad that is judged; its picture goes beside it."""
        return Ad(
            ad_id=ad_id, advertiser_id=advertiser_id, headline=self.headline, text=self.text,
            landing_url=self.landing_url, display_name=self.display_name, country=self.country,
            language=self.language, targeting=self.targeting, payer=self.payer, submitted_at=now,
        )  # fmt: skip


class Submission(AdBody, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new ad."""

    ad_id: Name


class AdView(msgspec.Struct, frozen=True, kw_only=True):
    """How an ad stands.

    outcome and reasons: None and empty while it is undecided. due_at: first instant at which a person's look at it is
    late, where one is needed. appeal_until: first instant at which an appeal comes too late. repeated: just this had
    come before, and nothing was done.
    """

    ad_id: str
    version: int
    ad_hash: str | None
    state: State
    submitted_at: datetime
    decision_id: str | None
    outcome: Outcome | None
    reasons: tuple[Reason, ...]
    decided_at: datetime | None
    due_at: datetime | None
    appeal_until: datetime | None
    repeated: bool


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """What review would say of an ad now; nothing was kept, and nothing is promised."""

    outcome: Outcome
    reasons: tuple[Reason, ...]


class NewAppeal(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why a decision should not have been made; decision_id as the ad's own answer has it."""

    decision_id: Annotated[str, msgspec.Meta(max_length=100)]
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=4_000)]


class NewSuspensionAppeal(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why an advertiser should not be suspended; suspension_id as the list of its suspensions has it."""

    suspension_id: Annotated[str, msgspec.Meta(max_length=100)]
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=4_000)]


class Running(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What becomes of an approved ad: live, paused, idle (it may run and does not), or expired for ever."""

    run: Literal["idle", "live", "paused", "expired"]


class Messages(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Messages, by their numbers."""

    messages: Annotated[
        tuple[Annotated[int, msgspec.Meta(ge=0, lt=2**53)], ...], msgspec.Meta(max_length=1_000)
    ]


class Acknowledged(msgspec.Struct, frozen=True):
    """How many messages were new."""

    acknowledged: int


class NewParty(Party, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A party with reference pictures in base 64; None leaves those that there are."""

    images: Annotated[tuple[bytes, ...], msgspec.Meta(max_length=MOST)] | None = None


class Ending(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a party is no longer protected."""

    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=4_000)]


class PartyView(msgspec.Struct, frozen=True, kw_only=True):
    """A party as it is protected, and who changed what. images: SHA-256 of its reference pictures."""

    party_id: str
    kind: str
    names: tuple[str, ...]
    aliases: tuple[str, ...]
    domains: tuple[str, ...]
    images: tuple[str, ...]
    valid_from: datetime | None
    reported_at: datetime | None
    changes: tuple[Change, ...]


class Given(msgspec.Struct, frozen=True):
    """An authorisation that was written down."""

    authorisation_id: str


class Taken(msgspec.Struct, frozen=True):
    """A register that was taken in."""

    rows: int


class Claimed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A licence that an advertiser says it has."""

    advertiser_id: Name
    regulator: Name
    number: Name
    registered_name: Name
    domains: Names = ()
    country: Country | None = None

    def __post_init__(self) -> None:
        """Refuses a country that there is not.

        Raises:
            ValueError: it is none.
        """
        expect_each("country", [self.country], country_of)

    def as_licence(self) -> Licence:
        """The licence, as review sees it."""
        return Licence(**msgspec.structs.asdict(self))
