"""What is done against review, each as a function on an ad that is done: it keeps what the ad says to people.

Text: homoglyph, cjk-variant, zero-width, spacing (full width and spaces), leet, paraphrase (the family's quiet
wording), translation (the wording in another language). Picture: text-in-image, qr-only, crop, band, border, mirror,
collage, jpeg. Page: redirect, cloaking, swap (after approval).
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from random import Random
from typing import Any, Final

from haechi.example.campaigns.draft import Creative, Draft
from haechi.example.campaigns.evasions_text import CHANGES
from haechi.example.campaigns.filling import sentences, values_of
from haechi.example.campaigns.handoff import HandOff
from haechi.example.campaigns.landing import Page, gibberish, harmless_page, scam_page
from haechi.example.campaigns.parties import parties
from haechi.example.campaigns.pictures import EDITS
from haechi.example.campaigns.templates import Wording, scams, slots, slots_of

Evasion = Callable[[Draft, Random], Draft | None]
"""The ad evaded, or None where the evasion has nothing to change in it."""

_TRIES: Final = 12
_TRANSLATED: Final = {"ja": "en", "ko": "en", "en": "de", "zh": "en", "de": "en"}


def evade(name: str, draft: Draft, chance: Random) -> Draft | None:
    """The ad with one evasion done, its identifiers marked with the evasion's name.

    Args:
        name: of `EVASIONS`.
        draft: the ad as it was.
        chance: drawn from.

    Returns:
        the ad, or None where the evasion changes nothing in it: variants of Han characters in an English text.
    """
    done = EVASIONS[name](draft, chance)
    return None if done is None else replace(done, evasion=name)


def _spelt(name: str) -> Evasion:
    change = CHANGES[name]

    def evasion(draft: Draft, chance: Random) -> Draft | None:
        language = draft.wording.language
        for _ in range(_TRIES):
            headline = change(draft.headline, language, chance)
            text = change(draft.text, language, chance)
            if (headline, text) != (draft.headline, draft.text):
                shown = draft.display_name and change(draft.display_name, language, chance)
                return replace(draft, headline=headline, text=text, display_name=shown)
        return None

    return evasion


def _paraphrase(draft: Draft, chance: Random) -> Draft | None:
    del chance
    quiet = next(
        one for one in scams(draft.wording.language) if one.family == draft.wording.family and one.quiet
    )
    return _said(draft, quiet)


def _translation(draft: Draft, chance: Random) -> Draft | None:
    language = _TRANSLATED[draft.wording.language]
    there, same = (
        [one for one in scams(of) if one.family == draft.wording.family and not one.quiet]
        for of in (draft.wording.language, language)
    )
    wording = same[there.index(draft.wording) % len(same)]
    who = next(one for one in parties() if draft.values["who"] in (*one.names, *one.aliases))
    latin = next((name for name in (*who.names, *who.aliases) if name.isascii()), who.names[0])
    role = next(one.role for one in parties() if one.language == language and one.use == "person")
    kept = {name: draft.values[name] for name in ("brand", "paper", "office")}
    given: dict[str, Any] = slots()[language]
    way = draft.hand_off
    if way is not None:
        said = given["apps"].get(way.application, [way.application.title()])[0]
        way = way._replace(said=said)
    values = {**values_of(language, draft.wording.part, chance), **kept, "who": latin, "role": role}
    return _said(replace(draft, values=values, hand_off=way), wording)


def _said(draft: Draft, wording: Wording) -> Draft:
    headline, text = draft.said(wording)
    creative = draft.creative and replace(
        draft.creative, lines=(headline,) if draft.creative.lines else (), language=wording.language
    )
    return replace(draft, headline=headline, text=text, creative=creative)


def _text_in_image(draft: Draft, chance: Random) -> Draft | None:
    given: dict[str, Any] = slots_of(draft.wording.language, draft.wording.part)
    picture = replace(_creative(draft), lines=(draft.headline, *sentences(draft.text)))
    return replace(
        draft,
        headline=chance.choice(given["neutral"]),
        text=chance.choice(given["picture_only"]),
        creative=picture,
    )


def _qr_only(draft: Draft, chance: Random) -> Draft | None:
    way = _way(draft)._replace(mode="qr")
    url = f"https://{gibberish(chance)}/"
    changed = replace(draft, hand_off=way)
    if "{join}" in draft.wording.text:
        changed = _said(changed, draft.wording)
    else:
        changed = replace(
            changed, text=f"{draft.text} {way.sentence(draft.wording.language, draft.wording.part)}"
        )
    return replace(
        changed,
        creative=replace(_creative(changed), code=way.link),
        landing_url=url,
        pages=(Page(url, html=harmless_page(draft.wording.language)),),
    )


def _edited(name: str) -> Evasion:
    def evasion(draft: Draft, chance: Random) -> Draft | None:
        del chance
        return replace(draft, creative=replace(_creative(draft), edit=name))

    return evasion


def _redirect(draft: Draft, chance: Random) -> Draft | None:
    draft, way = _behind_the_page(draft)
    stops = [f"https://{gibberish(chance)}/{chance.randint(100, 999)}" for _ in range(chance.randint(2, 4))]
    hops = [
        Page(stop, status=chance.choice((301, 302, 307)), location=after)
        for stop, after in zip(stops, [*stops[1:], way.link], strict=True)
    ]
    return replace(draft, landing_url=stops[0], pages=tuple(hops))


def _cloaking(draft: Draft, chance: Random) -> Draft | None:
    draft, way = _behind_the_page(draft)
    url = f"https://{gibberish(chance)}/a"
    harmless = harmless_page(draft.wording.language)
    scam = scam_page(draft.wording.language, url, draft.text, way.link, way.said)
    pages = (
        Page(url, "reviewer", html=harmless),
        Page(url, "abroad", html=harmless),
        Page(url, "phone", html=scam),
    )
    return replace(draft, landing_url=url, pages=pages)


def _swap(draft: Draft, chance: Random) -> Draft | None:
    draft, way = _behind_the_page(draft)
    url = f"https://{gibberish(chance)}/b"
    pages = (
        Page(url, phase="before", html=harmless_page(draft.wording.language)),
        Page(url, phase="after", html=scam_page(draft.wording.language, url, draft.text, way.link, way.said)),
    )
    return replace(draft, landing_url=url, pages=pages)


def _behind_the_page(draft: Draft) -> tuple[Draft, HandOff]:
    """The ad with its way into the chat on the page only."""
    way = _way(draft)._replace(mode="page")
    return _said(replace(draft, hand_off=way), draft.wording), way


def _way(draft: Draft) -> HandOff:
    if draft.hand_off is None:
        raise ValueError("only scams are evaded; every scam has a way into a chat")
    return draft.hand_off


def _creative(draft: Draft) -> Creative:
    return draft.creative or Creative(
        seed=draft.campaign, lines=(draft.headline,), language=draft.wording.language
    )


EVASIONS: Final[Mapping[str, Evasion]] = {
    **{name: _spelt(name) for name in CHANGES},
    "paraphrase": _paraphrase,
    "translation": _translation,
    "text-in-image": _text_in_image,
    "qr-only": _qr_only,
    **{name: _edited(name) for name in EDITS},
    "redirect": _redirect,
    "cloaking": _cloaking,
    "swap": _swap,
}

ON_PICTURES: Final = frozenset({"text-in-image", "qr-only", *EDITS})
"""Evasions that are done with the picture alone."""
