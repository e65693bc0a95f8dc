"""A statement of reasons from a decision on an ad: the points of DSA Art. 17(3)(a) to (e).

`account` makes that on an account; letters and records are made of both in the same way. The statement itself carries
no personal data: of the signals it keeps kinds, of the reasons codes and citations. The letter adds what the
advertiser alone may read, see `letter`.
"""

import hashlib
import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from importlib import resources
from typing import Any, Final, Literal

import msgspec

from haechi.errors import UsageError
from haechi.review.ads import Ad, Advertiser, Decision, Signal
from haechi.review.outgoing.personal import Withheld, refuse_people, refuse_personal

Subject = Literal["ad", "account"]
Restriction = Literal["never-shown", "taken-down", "suspended", "account-suspended"]
Source = Literal["own-initiative", "article-16", "trusted-flagger", "other-notice"]
Automation = Literal["fully", "partially", "not"]
Ground = Literal["terms", "law"]
Content = Literal["text", "image"]
LANGUAGES: Final = ("en", "ja", "ko", "de")
"""In which statements are written."""

_SURE: Final = 0.5
_SPEAKS_FOR: Final = frozenset({("authorised-party", ""), ("licence", "agrees")})


class Circumstances(msgspec.Struct, frozen=True, kw_only=True):
    """What the platform knows of a decision beside the decision.

    Attributes:
        source: whether anybody notified.
        detected_by_machine: whether automated means found what it rests on.
        automation: who decided.
        ground: the platform's terms, or a law.
        was_shown: whether the ad had been shown before.
        countries: where the decision applies, or None: wherever the ad was to be shown.
        until: last day of a restriction that ends, or None.
        notes: what a reviewer adds to the facts; goes to the public, so it names nobody.
    """

    source: Source = "own-initiative"
    detected_by_machine: bool = True
    automation: Automation = "fully"
    ground: Ground = "terms"
    was_shown: bool = False
    countries: tuple[str, ...] | None = None
    until: date | None = None
    notes: str = ""


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """One statement of reasons.

    Attributes:
        puid: identifies it within the platform; the same decision always has the same.
        ad_id: of which ad; None: of an account.
        suspension_id: of which suspension of an account; None: of an ad.
        decided_at: when; the restriction begins then.
        submitted_at: when the ad was submitted, or the account opened.
        restriction: what was done.
        countries: where it applies, ISO 3166-1 alpha-2; empty: everywhere.
        until: last day, or None.
        source: whether anybody notified.
        found: kinds of signals that it relies on; of an account the grounds.
        detected_by_machine: whether automated means found them.
        automation: who decided.
        ground: the platform's terms, or a law.
        codes: of the policies, the weightiest first.
        laws: citations.
        notes: what a reviewer adds.
        contents: what the ad consists of: `text`, `image`; empty: an address alone, or an account.
        language: of the ad as declared, or None.
        account: kind of the account, or None.
    """

    puid: str
    ad_id: str | None
    suspension_id: str | None
    decided_at: datetime
    submitted_at: datetime
    restriction: Restriction
    countries: tuple[str, ...]
    until: date | None
    source: Source
    found: tuple[str, ...]
    detected_by_machine: bool
    automation: Automation
    ground: Ground
    codes: tuple[str, ...]
    laws: tuple[str, ...]
    notes: str
    contents: tuple[Content, ...]
    language: str | None
    account: Literal["business", "private"] | None


def statement_of(
    decision: Decision, ad: Ad, advertiser: Advertiser | None, said: Circumstances, kept: Withheld
) -> Statement:
    """The statement of reasons for a decision that restricts an ad.

    Args:
        decision: a rejection, or a hold of an ad that had been shown; one that waits for its first is not restricted.
        ad: which it was taken on.
        advertiser: whose, or None where unknown.
        said: the circumstances.
        kept: what must not go out, see `personal.withheld`.

    Raises:
        UsageError: the decision restricts nothing, is of another ad, or has no ground; or public words name somebody.
    """
    _refuse_unfounded(decision, ad, said)
    codes = tuple(dict.fromkeys(reason.code for reason in decision.reasons))
    laws = tuple(dict.fromkeys(law for reason in decision.reasons for law in reason.laws))
    refuse_personal("notes", said.notes, kept)
    refuse_people("policy codes", " / ".join(codes), kept)
    return Statement(
        puid=puid_of(
            decision.ad_id, decision.ad_hash, decision.ruleset_hash, decision.decided_at.isoformat()
        ),
        ad_id=ad.ad_id,
        suspension_id=None,
        decided_at=decision.decided_at,
        submitted_at=ad.submitted_at,
        restriction=_restriction(decision, said),
        countries=countries_of(ad) if said.countries is None else said.countries,
        until=said.until,
        source=said.source,
        found=tuple(dict.fromkeys(signal.name for signal in decision.signals if _relied_on(signal))),
        detected_by_machine=said.detected_by_machine,
        automation=said.automation,
        ground=said.ground,
        codes=codes,
        laws=laws,
        notes=said.notes.strip(),
        contents=_contents(ad),
        language=ad.language,
        account=None if advertiser is None else advertiser.kind,
    )


def countries_of(ad: Ad) -> tuple[str, ...]:
    """Where an ad was to be shown; empty: everywhere."""
    named = [ad.country] if ad.country else []
    return tuple(sorted({*named, *ad.targeting.countries}))


def puid_of(*said: str) -> str:
    """Of the decision alone, so that a statement made twice is known as one; tells nothing of what it is about."""
    key = "\0".join(said)
    return "sor-" + hashlib.sha256(key.encode()).hexdigest()[:40]


def subject_of(statement: Statement) -> Subject:
    """What the statement restricts."""
    return "account" if statement.ad_id is None else "ad"


@cache
def texts(language: str, subject: Subject = "ad") -> Mapping[str, str]:
    """The sentences of a language about a subject; for any language but `LANGUAGES` the English ones."""
    spoken = language if language in LANGUAGES else "en"
    own: dict[str, str] = _file()["account"][spoken] if subject == "account" else {}
    return {**_file()[spoken], **own}


def phrases(statement: Statement, language: str) -> list[str]:
    """What the statement relies on, in words; what has no words is named by its code."""
    known = _file()["grounds" if subject_of(statement) == "account" else "signals"]
    spoken = language if language in LANGUAGES else "en"
    return [known[name][spoken] if name in known else name for name in statement.found]


@cache
def _file() -> dict[str, Any]:
    file = resources.files("haechi.knowledge").joinpath("ads/statement_texts.toml")
    return tomllib.loads(file.read_text(encoding="utf-8"))


def _refuse_unfounded(decision: Decision, ad: Ad, said: Circumstances) -> None:
    if decision.ad_id != ad.ad_id:
        raise UsageError("The decision is on another ad; expected one on the ad given.")
    if decision.decision == "approve" or (decision.decision == "hold" and not said.was_shown):
        raise UsageError(
            f"The decision is {decision.decision}; expected one that restricts: reject, or hold of a shown ad."
        )
    if not decision.reasons or (said.ground == "law" and not any(one.laws for one in decision.reasons)):
        raise UsageError("The decision gives no ground; expected a reason with its policy code, or its law.")


def _restriction(decision: Decision, said: Circumstances) -> Restriction:
    if decision.decision == "hold":
        return "suspended"
    return "taken-down" if said.was_shown else "never-shown"


def _contents(ad: Ad) -> tuple[Content, ...]:
    written: tuple[Content, ...] = ("text",) if ad.headline.strip() or ad.text.strip() else ()
    return written if ad.image is None else (*written, "image")


def _relied_on(signal: Signal) -> bool:
    """Whether it is sure enough and speaks against the ad."""
    named = {(signal.name, ""), (signal.name, signal.value)}
    return signal.score >= _SURE and not named & _SPEAKS_FOR
