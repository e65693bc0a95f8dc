"""Near copies of earlier ads.

In a count of 20,742 ads that named investment, about 57 in 100 shared one text with the celebrity exchanged, sent
from some 1,400 accounts (Sankei, April 2024; itmedia.co.jp/news/articles/2404/15/news143_2.html).

    rejected          nearly the same as an ad that was rejected
    held              nearly the same as an ad of somebody else that is held
    across-accounts   the same template from three accounts and more that do not belong together
    across-parties    the same template with one protected party after another

Accounts belong together when they are verified under one legal name or with one payer. A verified advertiser that
repeats a text of its own that was approved is not found, whoever copied it since.
"""

import unicodedata
from collections.abc import Iterable
from typing import Final

from haechi.review.ads import Advertiser, Fact, Signal, verified_by
from haechi.review.case import Case, Sighting
from haechi.review.masking import masks

NAME: Final = "near-copy"
VERSION: Final = "1"

_ACCOUNTS: Final = 3
_PARTIES: Final = 2
_OWN: Final = 0.6
"""How much less it says that one's own ad was refused: it may come back mended."""


def find(case: Case) -> list[Signal]:
    """Signals of earlier ads that this one nearly repeats."""
    parties: set[str] = set()
    seen: dict[str, Sighting] = {}
    for masked in masks(case):
        parties.update(masked.parties)
        for one in case.history.near_copies(case.ad, masked.text):
            if one.ad_id not in seen or seen[one.ad_id].similarity < one.similarity:
                seen[one.ad_id] = one
    earlier = sorted(seen.values(), key=lambda one: -one.similarity)
    if not earlier:
        return []
    found = [
        *_refused(case, earlier),
        *_across_accounts(case, earlier),
        *_across_parties(case, earlier, parties),
    ]
    return sorted(found, key=lambda signal: -signal.score)


def _refused(case: Case, earlier: list[Sighting]) -> Iterable[Signal]:
    repeats = _repeats_approved(case, earlier)
    for outcome, value in (("reject", "rejected"), ("hold", "held")):
        # That one's own ad waits says nothing more of its variant; that somebody copied one's approved ad neither.
        left_out = {True} if outcome == "hold" else set()
        left_out |= {False} if repeats else set()
        alike = [one for one in earlier if one.outcome == outcome and _ours(case, one) not in left_out]
        best = max(alike, key=lambda one: _refused_score(case, one), default=None)
        if best is not None:
            own = "yes" if _ours(case, best) else "no"
            yield _signal(value, _refused_score(case, best), best, own=own, copies=str(len(alike)))


def _refused_score(case: Case, one: Sighting) -> float:
    sure = min(0.99, 0.3 + 0.7 * one.similarity)
    return sure * _OWN if _ours(case, one) else sure


def _across_accounts(case: Case, earlier: list[Sighting]) -> Iterable[Signal]:
    if _repeats_approved(case, earlier):
        return
    counted = [one for one in earlier if not _ours(case, one) and not _common_template(case, one)]
    owners = {
        _owner(case, case.world.advertisers.get(one.advertiser_id), one.advertiser_id) for one in counted
    }
    accounts = len(owners) + 1
    if accounts >= _ACCOUNTS:
        score = min(0.9, 0.5 + 0.1 * (accounts - _ACCOUNTS))
        yield _signal("across-accounts", score, counted[0], accounts=str(accounts))


def _across_parties(case: Case, earlier: list[Sighting], parties: set[str]) -> Iterable[Signal]:
    """The party exchanged: parties in earlier copies that this one does not name, or that stand where it has none."""
    here = {party for party in parties if not _allowed(case, party, case.ad.advertiser_id)}
    others = [one for one in earlier if not (one.outcome == "approve" and _ours(case, one))]
    worn = {
        party: one
        for one in reversed(others)
        for party in one.parties
        if not _allowed(case, party, one.advertiser_id)
    }
    exchanged = sorted(set(worn) - here)
    everyone = sorted(here | set(worn))
    # One copy that names them all, as a comparison does, is no exchange.
    if not exchanged or len(everyone) < _PARTIES or any(set(everyone) == set(one.parties) for one in others):
        return
    people = sum(_is_person(case, party) for party in everyone)
    score = 0.9 if people >= _PARTIES else 0.6
    yield _signal("across-parties", score, worn[exchanged[0]], parties=", ".join(everyone))


def _signal(value: str, score: float, best: Sighting, **params: str) -> Signal:
    told = {"ad_id": best.ad_id, "similarity": f"{best.similarity:.2f}", **params}
    return Signal(
        name=NAME,
        version=VERSION,
        score=round(score, 3),
        value=value,
        params=told,
        evidence=tuple(Fact(key.replace("_", "-"), one) for key, one in told.items()),
    )


def _repeats_approved(case: Case, earlier: list[Sighting]) -> bool:
    """Whether a verified advertiser repeats a text of its own that was approved."""
    return verified_by(case.advertiser, case.ad.submitted_at) and any(
        one.outcome == "approve" and _ours(case, one) for one in earlier
    )


def _common_template(case: Case, one: Sighting) -> bool:
    """An approved ad of another verified advertiser, beside a verified one: a trade's usual words."""
    other = case.world.advertisers.get(one.advertiser_id)
    return (
        one.outcome == "approve"
        and verified_by(other, case.ad.submitted_at)
        and verified_by(case.advertiser, case.ad.submitted_at)
    )


def _ours(case: Case, one: Sighting) -> bool:
    if one.advertiser_id == case.ad.advertiser_id:
        return True
    other = case.world.advertisers.get(one.advertiser_id)
    if not (verified_by(other, case.ad.submitted_at) and verified_by(case.advertiser, case.ad.submitted_at)):
        return False
    if case.ad.payer and one.payer == case.ad.payer:
        return True
    own = _owner(case, case.advertiser, case.ad.advertiser_id)
    return own == _owner(case, other, one.advertiser_id)


def _owner(case: Case, advertiser: Advertiser | None, advertiser_id: str) -> str:
    """Who stands behind an account: its verified legal name, or the account itself."""
    if (
        advertiser is None
        or not verified_by(advertiser, case.ad.submitted_at)
        or not advertiser.legal_name.strip()
    ):
        return f"account {advertiser_id}"
    folded = unicodedata.normalize("NFKC", advertiser.legal_name).casefold()
    return "name " + "".join(filter(str.isalnum, folded))


def _allowed(case: Case, party_id: str, advertiser_id: str) -> bool:
    """Whether the party signed for the advertiser, and that holds when the ad is submitted."""
    at = case.ad.submitted_at
    return any(
        one.signed_at is not None and one.signed_at <= at and (one.expires_at is None or at < one.expires_at)
        for one in case.world.authorised.get((party_id, advertiser_id), ())
    )


def _is_person(case: Case, party_id: str) -> bool:
    party = case.world.parties.get(party_id)
    return party is not None and party.kind == "person"
