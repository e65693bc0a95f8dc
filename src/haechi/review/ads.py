"""What is judged: the ad as submitted, and what is known around it. Instants are naive UTC."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Literal

import msgspec

Outcome = Literal["approve", "hold", "reject"]
OUTCOMES: Final[tuple[Outcome, ...]] = ("approve", "hold", "reject")
PartyKind = Literal["person", "brand", "office"]


class Targeting(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom the advertiser wants reached.

    Attributes:
        include: names of the themes whose people are to see the ad.
        exclude: names of the themes whose people are not to.
        countries: where, ISO 3166-1 alpha-2.
        languages: ISO 639-1.
        other: whatever else was said, as it was said.
    """

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    other: tuple[str, ...] = ()


class Ad(msgspec.Struct, frozen=True, kw_only=True):
    """An ad as submitted.

    Attributes:
        ad_id: the platform's identifier.
        advertiser_id: whose account submits it.
        headline: may be empty.
        text: may be empty.
        image: path of the picture beside the file of ads, or None.
        landing_url: where a click leads, or None.
        display_name: the name under which it is shown, or None for the advertiser's own.
        country: where it is to be shown, ISO 3166-1 alpha-2, or None.
        language: as declared, ISO 639-1, or None.
        targeting: whom it is to reach.
        payer: who pays, where it is another.
        submitted_at: when.
    """

    ad_id: str
    advertiser_id: str
    headline: str = ""
    text: str = ""
    image: str | None = None
    landing_url: str | None = None
    display_name: str | None = None
    country: str | None = None
    language: str | None = None
    targeting: Targeting = Targeting()
    payer: str | None = None
    submitted_at: datetime


class Advertiser(msgspec.Struct, frozen=True, kw_only=True):
    """Who submits.

    Attributes:
        advertiser_id: the platform's identifier.
        legal_name: as verified, or as said where nobody verified it.
        display_names: names under which it advertises.
        kind: a business or a private person, or None where unknown.
        country: ISO 3166-1 alpha-2, or None.
        verified_at: when its identity was verified, or None when it was not.
        domains: that were shown to be its own.
        chat_accounts: addresses in chat applications that were shown to be its own.
        name_changes: when its display name changed.
        opened_at: when the account was opened, or None where unknown.
    """

    advertiser_id: str
    legal_name: str = ""
    display_names: tuple[str, ...] = ()
    kind: Literal["business", "private"] | None = None
    country: str | None = None
    verified_at: datetime | None = None
    domains: tuple[str, ...] = ()
    chat_accounts: tuple[str, ...] = ()
    name_changes: tuple[datetime, ...] = ()
    opened_at: datetime | None = None


def verified_by(advertiser: Advertiser | None, at: datetime) -> bool:
    """Whether the advertiser's identity was verified at that instant, naive UTC."""
    return advertiser is not None and advertiser.verified_at is not None and advertiser.verified_at <= at


class ProtectedParty(msgspec.Struct, frozen=True, kw_only=True):
    """A person, brand or office that ads must not wear without permission.

    Attributes:
        party_id: the platform's identifier.
        kind: person, brand or office.
        names: in every script, the best known first.
        aliases: nicknames, readings, romanisations, former and stage names.
        domains: its own.
        images: paths of reference pictures beside the table.
        valid_from: since when it is protected.
        reported_at: when it last reported an impersonation, or None; from then on review is stricter for it.
    """

    party_id: str
    kind: PartyKind = "person"
    names: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    images: tuple[str, ...] = ()
    valid_from: datetime | None = None
    reported_at: datetime | None = None


class Authorisation(msgspec.Struct, frozen=True, kw_only=True):
    """A protected party's permission for one advertiser to wear its name; half-open `[signed_at, expires_at)`.

    Attributes:
        party_id: whose name.
        advertiser_id: who may.
        scope: for what, in the party's words; not interpreted.
        signed_at: when it was signed; an authorisation that nobody signed and dated is none.
        signature_ref: where the signed paper or token is kept.
        expires_at: until when, or None.
    """

    party_id: str
    advertiser_id: str
    scope: str = ""
    signed_at: datetime | None = None
    signature_ref: str | None = None
    expires_at: datetime | None = None


class Licence(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One row of a financial regulator's register, as of its snapshot.

    Attributes:
        regulator: who keeps the register, e.g. `jp-fsa`, `kr-fss`, `uk-fca`.
        number: registration number, as the register writes it.
        registered_name: the firm's name in the register.
        domains: the firm's own in the register.
        country: of the register, ISO 3166-1 alpha-2, or None.
        valid_from: since when, or None.
        valid_until: until when, or None.
        advertiser_id: the account that claims it, or None for a row of the register alone.
    """

    regulator: str
    number: str
    registered_name: str
    domains: tuple[str, ...] = ()
    country: str | None = None
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    advertiser_id: str | None = None


Field = Literal["headline", "text", "display_name", "landing_url", "image_text", "image_code", "landing_text"]
"""Where a text stands. `image_text`: read in the picture. `image_code`: what a QR code in it says. `landing_text`:
on the page behind the ad."""


class Span(msgspec.Struct, frozen=True, tag="span"):
    """Evidence in a text: `original[start:end]` is `text`."""

    field: Field
    start: int
    end: int
    text: str


class Box(msgspec.Struct, frozen=True, tag="box"):
    """Evidence in the picture, in pixels from its upper left corner."""

    x: int
    y: int
    width: int
    height: int
    text: str = ""


class Fact(msgspec.Struct, frozen=True, tag="fact"):
    """Evidence that stands in no text or picture: what was looked at, and what was found."""

    key: str
    value: str


Evidence = Span | Box | Fact


class Signal(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that speaks for or against an ad.

    Attributes:
        name: of the module that found it.
        version: of that module's rule; it changes whenever the same ad could be found otherwise.
        score: 0 to 1, how sure it is that the thing is there.
        value: which one of its kind: the application, the party, the claim.
        params: what its sentence for people needs, by name.
        evidence: where it is seen.
        cost_ms: milliseconds that finding it took.
    """

    name: str
    version: str
    score: float
    value: str
    params: Mapping[str, str] = {}
    evidence: tuple[Evidence, ...] = ()
    cost_ms: float = 0.0


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """Why an ad is held or rejected, for its advertiser.

    Attributes:
        code: the policy's, stable.
        laws: citations.
        text: what is wrong, in plain words of the advertiser's language.
        fix: what would mend it, in the same language; never what would evade the rule.
    """

    code: str
    laws: tuple[str, ...]
    text: str
    fix: str


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """What was decided on one version of one ad. The same signals and rule set give the same decision.

    Attributes:
        ad_id: which ad.
        ad_hash: SHA-256 of exactly what was judged, the picture's bytes included.
        decision: approve, hold or reject.
        reasons: for what is not approved; the weightiest first.
        signals: everything found, whether it decided or not.
        rules: codes of the live rules that fired.
        shadow_rules: codes of the rules that would have fired, were they live.
        ruleset_hash: SHA-256 of the rule set.
        decided_at: when.
    """

    ad_id: str
    ad_hash: str
    decision: Outcome
    reasons: tuple[Reason, ...]
    signals: tuple[Signal, ...]
    rules: tuple[str, ...]
    shadow_rules: tuple[str, ...]
    ruleset_hash: str
    decided_at: datetime


Row = dict[str, Any]
