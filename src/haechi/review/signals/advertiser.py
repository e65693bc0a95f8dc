"""What is odd about the account that submits. Each is a fact and weak: no rule should decide by one of them alone.

    not-known            the table of advertisers has no such account
    unverified           nobody verified who it is, by the day of the ad
    new-account          opened within 30 days
    name-changed         took another display name within 30 days
    other-script         its display name is not written as the market writes
    dormant-to-finance   comes back after half a year of silence with its first ad about investments

Of the accounts behind celebrity investment ads in Japan, about 65 in 100 had no Japanese in their name (Sankei, April
2024; itmedia.co.jp/news/articles/2404/15/news143_2.html). Verification alone removes less than a third of such ads.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from haechi.review.ads import Advertiser, Evidence, Fact, Signal, Span, verified_by
from haechi.review.case import Case
from haechi.review.signals import investment_offer

NAME: Final = "advertiser"
VERSION: Final = "2"

_NEW: Final = timedelta(days=30)
_RENAMED: Final = timedelta(days=30)
_DORMANT: Final = timedelta(days=182)
_SCRIPTS: Final = {
    "ja": frozenset({"HIRAGANA", "KATAKANA", "CJK"}),
    "ko": frozenset({"HANGUL"}),
    "zh": frozenset({"CJK"}),
    "en": frozenset({"LATIN"}),
    "de": frozenset({"LATIN"}),
}
_LANGUAGE_OF: Final = {
    "JP": "ja", "KR": "ko", "TW": "zh", "HK": "zh", "CN": "zh", "US": "en", "GB": "en", "AU": "en", "IE": "en",
    "NZ": "en", "DE": "de", "AT": "de",
}  # fmt: skip
_LATIN_SCORE: Final = 0.4
_FOREIGN_SCORE: Final = 0.8
"""Brands use Latin letters in every market; hardly any uses a third script."""
_RETURN_SCORE: Final = 0.7
_OF_THE_AD: Final = frozenset({"headline", "text", "image_text"})


def find(case: Case) -> list[Signal]:
    """Signals about the account."""
    advertiser = case.advertiser
    if advertiser is None and not case.world.advertisers:
        # Nobody's account can be looked at: that says nothing about this one.
        return []
    if advertiser is None:
        return [_signal("not-known", 1.0, (Fact("advertiser", "not in the table"),))]
    found = [
        *_unverified(case, advertiser),
        *_new(case, advertiser),
        *_renamed(case, advertiser),
        *_other_script(case, advertiser),
        *_returned(case),
    ]
    return sorted(found, key=lambda signal: -signal.score)


def is_verified(case: Case) -> bool:
    """Whether the advertiser's identity was verified when the ad was submitted."""
    return verified_by(case.advertiser, case.ad.submitted_at)


def _unverified(case: Case, advertiser: Advertiser) -> Iterable[Signal]:
    if not is_verified(case):
        when = "never" if advertiser.verified_at is None else "after the ad was submitted"
        yield _signal("unverified", 1.0, (Fact("verified", when),))


def _new(case: Case, advertiser: Advertiser) -> Iterable[Signal]:
    if advertiser.opened_at is None:
        return
    age = max(timedelta(0), case.ad.submitted_at - advertiser.opened_at)
    if age < _NEW:
        yield _signal("new-account", 1.0, (Fact("days-open", str(age.days)),), days=str(age.days))


def _renamed(case: Case, advertiser: Advertiser) -> Iterable[Signal]:
    at = case.ad.submitted_at
    recent = [changed for changed in advertiser.name_changes if at - _RENAMED <= changed <= at]
    if recent:
        days = str((at - max(recent)).days)
        evidence = (Fact("days-since-change", days), Fact("changes-in-30-days", str(len(recent))))
        yield _signal("name-changed", 1.0, evidence, days=days, changes=str(len(recent)))


def _other_script(case: Case, advertiser: Advertiser) -> Iterable[Signal]:
    language = _language(case)
    wanted = _SCRIPTS.get(language or "")
    shown = next((text for text in case.texts if text.field == "display_name"), None)
    if wanted is None or shown is None:
        return
    scripts = _scripts(shown.raw)
    if not scripts or wanted & scripts.keys():
        return
    # A verified firm may be called as it is called.
    if is_verified(case) and _folded(shown.raw) in _folded(advertiser.legal_name):
        return
    main = max(sorted(scripts), key=lambda script: scripts[script])
    score = _LATIN_SCORE if set(scripts) == {"LATIN"} and not _is_vietnamese(shown.raw) else _FOREIGN_SCORE
    evidence = (
        Span("display_name", 0, len(shown.raw), shown.raw),
        Fact("language-of-market", language or ""),
    )
    yield _signal("other-script", score, evidence, script=main.lower(), language=language or "")


def _returned(case: Case) -> Iterable[Signal]:
    ad = case.ad
    first = case.history.first_finance_ad(ad.advertiser_id)
    last = case.history.last_submitted(ad.advertiser_id, ad.submitted_at)
    if last is None or ad.submitted_at - last < _DORMANT or (first is not None and first < ad.submitted_at):
        return
    words = _investment(case)
    if words is not None:
        days = str((ad.submitted_at - last).days)
        yield _signal("dormant-to-finance", _RETURN_SCORE, (words, Fact("days-silent", days)), days=days)


def _investment(case: Case) -> Evidence | None:
    """Where the ad itself offers an investment; a page behind it may say many things."""
    words = (
        word for one in investment_offer.find(case) if one.value == "investment" for word in one.evidence
    )
    return next((one for one in words if isinstance(one, Span) and one.field in _OF_THE_AD), None)


def _language(case: Case) -> str | None:
    """The language of the market: of the country where it is certain, else as declared, else as the ad is written."""
    ad = case.ad
    if ad.country in _LANGUAGE_OF:
        return _LANGUAGE_OF[ad.country]
    declared = ad.language or (ad.targeting.languages[0] if len(ad.targeting.languages) == 1 else None)
    if declared is not None:
        return declared.lower()
    scripts = _scripts(f"{ad.headline} {ad.text}")
    if scripts.get("HIRAGANA", 0) + scripts.get("KATAKANA", 0):
        return "ja"
    return "ko" if scripts.get("HANGUL", 0) > sum(scripts.values()) / 2 else None


def _scripts(text: str) -> Counter[str]:
    """How many letters of each script."""
    letters = (one for one in unicodedata.normalize("NFKC", text) if one.isalpha())
    return Counter(unicodedata.name(one, "UNKNOWN").split()[0] for one in letters)


def _is_vietnamese(text: str) -> bool:
    """Whether it has letters that among Latin alphabets only Vietnamese uses."""
    return any("\u1ea0" <= one <= "\u1ef9" or one in "ơưƠƯđĐ" for one in unicodedata.normalize("NFC", text))


def _folded(text: str) -> str:
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))


def _signal(value: str, score: float, evidence: tuple[Evidence, ...], **params: str) -> Signal:
    return Signal(name=NAME, version=VERSION, score=score, value=value, params=params, evidence=evidence)
