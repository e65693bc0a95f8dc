"""Honest ads of all trades, with those that look like scams and are none."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Final, NamedTuple

from haechi.example.campaigns import accounts
from haechi.example.campaigns.accounts import Account
from haechi.example.campaigns.draft import Creative, Draft
from haechi.example.campaigns.drawing import happens
from haechi.example.campaigns.filling import honest_values_of, sentences
from haechi.example.campaigns.landing import Page, own_page
from haechi.example.campaigns.parties import Party, those
from haechi.example.campaigns.scams import START
from haechi.example.campaigns.templates import LANGUAGES, Part, Wording, honest, slots, slots_of
from haechi.review.ads import Authorisation, Targeting

_CYCLE: Final = ("ja", "ko", "en") * 6 + ("zh", "de")
_FINANCE_OF_TEN: Final = 4
_LINES_EACH: Final = 4
_BY_PARTY: Final = {"news-scam": "paper", "warning-police": "office"}
_BRANDED: Final = frozenset(
    {"broker", "bank", "fund", "card", "warning-finance", "groceries", "robo-adviser"}
)
_THEMES: Final = (
    "Cooking",
    "Travel",
    "Gardening",
    "Family",
    "Books",
    "Sports",
    "Technology",
    "Personal finance",
)
_AUTHORISED: Final = frozenset({"celebrity-authorised", "celebrity-authorised-finance", "celebrity-books"})


class Honest(NamedTuple):
    """An honest ad, who submits it, and what it is allowed."""

    draft: Draft
    account: Account
    authorisations: tuple[Authorisation, ...]


def ads(count: int, part: Part, seed: int, days: int) -> Iterator[Honest]:
    """Honest ads of one part: four in ten of finance, all trades in turn, about three ads an advertiser.

    Args:
        count: how many.
        part: which split's lines.
        seed: same seed, same ads.
        days: over how many days from `START` they are submitted.
    """
    chance = Random(f"{seed}:{part}:honest")  # noqa: S311 - synthetic
    lines = {
        key: _lines(*key, part) for key in ((one, finance) for one in LANGUAGES for finance in (True, False))
    }
    used = dict.fromkeys(lines, 0)
    known: dict[tuple[str, str, int], Account] = {}
    for number in range(count):
        key = (_CYCLE[number % len(_CYCLE)], _turn(number) < _FINANCE_OF_TEN)
        wording = lines[key][used[key] % len(lines[key])]
        used[key] += 1
        # An advertiser repeats its own lines, and no honest one has another's.
        owner = (wording.language, wording.kind, wording.number // _LINES_EACH)
        if owner not in known:
            known[owner] = _owner(f"honest-{part}-{number:05}", wording, chance)
        yield _ad(f"ad-{part}-{number:05}", wording, known[owner], chance, days)


def _turn(number: int) -> int:
    """0 to 9, each as often, and in every language of the cycle."""
    return (7 * number + 3 * (number // len(_CYCLE))) % 10


def _owner(advertiser_id: str, wording: Wording, chance: Random) -> Account:
    """Who says it: of news and warnings the paper or office, of some finance and shops a known brand itself."""
    place = (wording.language, wording.part)
    use = _BY_PARTY.get(wording.kind) or (
        "brand" if wording.kind in _BRANDED and happens(chance, 0.25) else None
    )
    if use is not None:
        return accounts.of_party(chance.choice(those(wording.language, use, wording.part)), START)
    return accounts.advertiser(advertiser_id, place, wording.kind, START, chance)


def before(account: Account, part: Part, now: datetime, seed: int) -> Draft:
    """An honest ad that a taken-over account ran while it was still its owner's, months ago."""
    chance = Random(f"{seed}:{account.row.advertiser_id}:before")  # noqa: S311 - synthetic
    language = next(one for one in LANGUAGES if slots()[one]["country"] == account.row.country)
    wordings = [
        one for one in _lines(language, finance=False, part=part) if one.kind in ("fashion", "restaurant")
    ]
    found = _ad(f"{account.row.advertiser_id}-before", chance.choice(wordings), account, chance, 1).draft
    return replace(
        found, submitted_at=now - timedelta(days=chance.randint(120, 400)), creative=None, pages=()
    )


def _lines(language: str, finance: bool, part: Part) -> list[Wording]:
    """Lines of one part, trades mixed: the first of every trade, then the second, ..."""
    chosen = [one for one in honest(language) if one.part == part and one.finance == finance]
    return sorted(chosen, key=lambda one: one.number)


def _ad(ad_id: str, wording: Wording, account: Account, chance: Random, days: int) -> Honest:
    language = wording.language
    country: str = slots()[language]["country"]
    who = chance.choice(those(language, "person", wording.part))
    draft = Draft(
        ad_id=ad_id,
        campaign=ad_id,
        wording=wording,
        values=_values(wording, account, who, chance),
        hand_off=None,
        scam=False,
        kind=f"{'finance' if wording.finance else 'other'}:{wording.kind}",
        advertiser_id=account.row.advertiser_id,
        display_name=None if happens(chance, 0.8) else account.own,
        country=country,
        submitted_at=START + timedelta(minutes=chance.randint(0, days * 1440)),
        landing_url=f"https://{account.home}/{chance.choice(('', 'info', 'campaign', 'shop'))}",
        payer=f"agency-{chance.randint(1, 9)}" if happens(chance, 0.1) else None,
        targeting=Targeting(include=(chance.choice(_THEMES),), countries=(country,), languages=(language,)),
    )
    named = wording.kind in _AUTHORISED
    allowed = [_allowed(who, account)] if named else []
    if account.party is not None:
        allowed.append(_allowed(account.party, account))
    return Honest(_shown(draft, account, who if named else None, chance), account, tuple(allowed))


def _values(wording: Wording, account: Account, who: Party, chance: Random) -> dict[str, str]:
    language, part = wording.language, wording.part
    values = {
        **honest_values_of(language, part, chance),
        "own": account.own,
        "home": account.home,
        "reg": account.registration,
        "channel": account.channel or f"https://{account.home}/chat",
        "who": who.names[0],
        "office": chance.choice(those(language, "office", part)).names[0],
        "paper": chance.choice(those(language, "paper", part)).names[0],
    }
    if account.party is not None:
        values[account.party.use] = account.own
    return values


def _shown(draft: Draft, account: Account, star: Party | None, chance: Random) -> Draft:
    """The draft with its words, its page and its picture; `star` is who may be in the picture."""
    wording, url = draft.wording, draft.landing_url or ""
    closings: list[str] = slots_of(wording.language, wording.part)["closings"]
    headline, text = draft.said(wording)
    text = " ".join((text, *chance.sample(closings, chance.choice((0, 0, 0, 1, 1, 2))))).strip()
    picture = Creative(
        seed=draft.ad_id,
        portrait=star.party_id if star is not None and happens(chance, 0.5) else None,
        lines=chance.choices(((), (headline,), (headline, *sentences(text))), (25, 60, 15))[0],
        language=wording.language,
        code=_code(account, wording, chance),
    )
    return replace(
        draft,
        headline=headline,
        text=text,
        pages=(Page(url, html=own_page(wording.language, account.own, text, account.channel)),),
        creative=picture if happens(chance, 0.35) else None,
    )


def _code(account: Account, wording: Wording, chance: Random) -> str | None:
    """What a QR code in the picture says: its own chat account, or its own page."""
    if "official-channel" in wording.kind and happens(chance, 0.4):
        return account.channel
    return f"https://{account.home}/qr" if happens(chance, 0.08) else None


def _allowed(who: Party, account: Account) -> Authorisation:
    return Authorisation(
        party_id=who.party_id,
        advertiser_id=account.row.advertiser_id,
        scope="advertising of the advertiser's own goods and services",
        signed_at=START - timedelta(days=40),
        signature_ref=f"signed/{who.party_id}-{account.row.advertiser_id}.pdf",
        expires_at=START + timedelta(days=365),
    )
