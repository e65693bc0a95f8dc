"""Campaigns of scams: one wording, celebrities and sums swapped, many accounts, many ads in a short time."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final, NamedTuple

from haechi.example.campaigns import accounts
from haechi.example.campaigns.accounts import Account
from haechi.example.campaigns.draft import Creative, Draft
from haechi.example.campaigns.drawing import happens
from haechi.example.campaigns.filling import values_of
from haechi.example.campaigns.handoff import HandOff, hand_off
from haechi.example.campaigns.landing import Page, scam_page
from haechi.example.campaigns.parties import Party, those
from haechi.example.campaigns.templates import LANGUAGES, Part, Wording, scams, slots
from haechi.review.ads import Targeting

START: Final = datetime.fromisoformat("2026-05-01")
_CYCLE: Final = ("ja", "ko", "en") * 6 + ("zh", "de")
_FOLLOWS_PAGE: Final = frozenset({"arrest-news", "leaked-interview"})
"""Families that lead to a copy of a newspaper."""


class Campaign(NamedTuple):
    """Ads that are copies of one another, and who submits them."""

    drafts: tuple[Draft, ...]
    accounts: tuple[Account, ...]


def campaigns(count: int, part: Part, seed: int, evasion: str, first_day: int) -> Iterator[Campaign]:
    """Campaigns of one part, every language and family in turn.

    Args:
        count: how many.
        part: which split's families.
        seed: same seed, same campaigns.
        evasion: goes into the identifiers of accounts, so that each evasion's campaigns have their own.
        first_day: day after `START` on which the first may begin.
    """
    used = dict.fromkeys(LANGUAGES, 0)
    for number in range(count):
        language = _CYCLE[number % len(_CYCLE)]
        wordings = _in_turn(language, part)
        wording = wordings[used[language] % len(wordings)]
        used[language] += 1
        chance = Random(f"{seed}:{part}:{number}")  # noqa: S311 - synthetic
        yield _campaign(f"scam-{part}-{number:04}", wording, chance, evasion, first_day)


def _in_turn(language: str, part: Part) -> list[Wording]:
    """Wordings that are not quiet: the first of every family, then the second of every family, ..."""
    chosen = [one for one in scams(language) if one.part == part and not one.quiet]
    return sorted(chosen, key=lambda one: one.number)


def _campaign(name: str, wording: Wording, chance: Random, evasion: str, first_day: int) -> Campaign:
    language = wording.language
    begun = START + timedelta(days=first_day + chance.randint(0, 40), minutes=chance.randint(0, 1439))
    brand = chance.choice(those(language, "brand", wording.part))
    suffix = "" if evasion == "none" else f".{evasion}"
    submitters = [
        accounts.scammer(f"{name}-by-{n}{suffix}", (language, wording.part), begun, chance)
        for n in range(chance.randint(2, 6))
    ]
    if wording.family == "fake-broker":
        submitters[0] = accounts.claims_licence_of(submitters[0], brand)
    cast = chance.sample(those(language, "person", wording.part), k=min(2, chance.randint(1, 3)))
    base = values_of(language, wording.part, chance)
    for use in ("paper", "office"):
        base[use] = chance.choice(those(language, use, wording.part)).names[0]
    payer = f"payer-{name}" if happens(chance, 0.4) else None
    drafts = []
    for n in range(chance.randint(4, 12)):
        one = _draft(f"{name}-{n:02}", wording, (base, brand, cast), chance.choice(submitters), chance)
        at = begun + timedelta(minutes=chance.randint(0, 600))
        drafts.append(replace(one, submitted_at=at, payer=payer))
    return Campaign(tuple(drafts), tuple(submitters))


def _draft(
    ad_id: str,
    wording: Wording,
    world: tuple[dict[str, str], Party, Sequence[Party]],
    account: Account,
    chance: Random,
) -> Draft:
    base, brand, cast = world
    who = chance.choice(cast)
    language = wording.language
    given: dict[str, Any] = slots()[language]
    name = who.names[0] if happens(chance, 0.75) else chance.choice((*who.names, *who.aliases))
    values = {**base, "who": name, "role": who.role, "brand": brand.names[0]}
    if happens(chance, 0.3):
        values["n"] = str(chance.choice((20, 30, 50, 80)))
    way = hand_off(
        language, chance, with_sentence="{join}" in wording.text and wording.family not in _FOLLOWS_PAGE
    )
    home = account.home if happens(chance, 0.8) else f"{brand.domain.removesuffix('.example')}-vip.example"
    url = way.link if way.mode == "button" else f"https://{home}/{chance.choice(('', 'lp', 'news', 'a1'))}"
    unsaid = Draft(
        ad_id=ad_id,
        campaign=ad_id.rsplit("-", 1)[0],
        wording=wording,
        values=values,
        hand_off=way,
        scam=True,
        kind="",
        advertiser_id=account.row.advertiser_id,
        display_name=name if happens(chance, 0.15) else None,
        country=given["country"],
        submitted_at=START,
        landing_url=url,
        targeting=_targeting(language, given["country"], chance),
    )
    return _shown(unsaid, way, who, chance)


def _shown(draft: Draft, way: HandOff, who: Party, chance: Random) -> Draft:
    """The draft with its words, its page and its picture."""
    wording, url = draft.wording, draft.landing_url or ""
    headline, text = draft.said(wording)
    page = scam_page(wording.language, url, text, way.link, way.said)
    picture = Creative(
        seed=f"{draft.campaign}:{who.party_id}",
        portrait=who.party_id if "{who}" in wording.headline + wording.text else None,
        lines=tuple(line for line in (headline,) if line),
        language=wording.language,
    )
    return replace(
        draft,
        headline=headline,
        text=text,
        pages=() if way.mode == "button" else (Page(url, html=page),),
        creative=picture if happens(chance, 0.85) else None,
    )


def _targeting(language: str, country: str, chance: Random) -> Targeting:
    themes = chance.sample(
        ("Investing", "Retirement", "Personal finance", "Stocks", "Golf", "Newspapers"), k=2
    )
    return Targeting(
        include=tuple(themes),
        countries=(country,),
        languages=(language,),
        other=(f"age:{chance.choice((35, 45, 50))}-65+",),
    )
