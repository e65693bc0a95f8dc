"""The public repository of ads (DSA Art. 39): its entries, how long they are seen, and the search over them.

An entry is kept while the ad is shown and for one year after it was last shown. It tells nothing of the people who
saw it: counts alone, and targeting without addresses or numbers of people. Where an ad was removed, points (a) to (c)
of Art. 39(2) give way to points (a) to (e) of Art. 17(3) (Art. 39(3)).
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final, Literal

import msgspec

from haechi.errors import UsageError
from haechi.review.ads import Ad, Advertiser
from haechi.review.outgoing.letter import points
from haechi.review.outgoing.statement import Statement

_WITHHELD: Final = "(withheld: may identify people)"
_IDENTIFIES: Final = re.compile(
    r"(?<![^\s@])[^\s@]+@[^\s@]+|\+?\d(?:[\s().-]{0,2}\d){8,}|\b[0-9a-f]{32,}\b"
    r"|custom[ _]audience|customer[ _]list|lookalike",
    re.IGNORECASE,
)


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """Point (a): what was shown.

    Attributes:
        headline: of the ad.
        text: of the ad.
        image: path or address of the picture, or None.
        offered: product, service or brand, or None where unknown.
        subject: what it is about, or None where unknown.
    """

    headline: str
    text: str
    image: str | None = None
    offered: str | None = None
    subject: str | None = None


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """How an ad was shown.

    Attributes:
        first: when it was first shown.
        last: when it was last shown.
        reached: people reached in all.
        by_country: people reached by member state.
        commercial: whether it is a commercial communication declared under Art. 26(2).
    """

    first: datetime
    last: datetime
    reached: int
    by_country: Mapping[str, int] = {}
    commercial: bool = False


class Parameters(msgspec.Struct, frozen=True, kw_only=True):
    """Point (e): the main parameters of targeting, those that exclude included."""

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    other: tuple[str, ...] = ()


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One ad in the repository; the letters are those of Art. 39(2).

    Attributes:
        ad_id: the platform's identifier.
        content: (a), or None after removal.
        on_behalf_of: (b) on whose behalf it was shown, or None after removal.
        payer: (c) who paid, where it is another; None also after removal.
        first_shown: (d).
        last_shown: (d).
        targeted: (e) whether it was meant for one or more groups.
        parameters: (e) by what.
        commercial: (f).
        reached: (g) in all.
        reached_by_country: (g) by member state.
        removed: points (a) to (e) of Art. 17(3) after removal, or None.
    """

    ad_id: str
    content: Content | None
    on_behalf_of: str | None
    payer: str | None
    first_shown: datetime
    last_shown: datetime
    targeted: bool
    parameters: Parameters
    commercial: bool
    reached: int
    reached_by_country: Mapping[str, int]
    removed: Mapping[str, str] | None = None


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """What is looked for; all criteria that are given have to hold (Art. 39(1): several criteria at once).

    Attributes:
        words: that all stand in the content, in any order, case and width.
        advertiser: words of on whose behalf it was shown, or of the payer.
        country: where people were reached or were to be.
        parameter: words of a targeting parameter.
        use: whether the parameter includes or excludes, or None for both.
        shown_from: shown at this instant or later.
        shown_until: shown before this instant.
        removed: whether it was removed, or None for both.
    """

    words: str = ""
    advertiser: str = ""
    country: str | None = None
    parameter: str = ""
    use: Literal["include", "exclude"] | None = None
    shown_from: datetime | None = None
    shown_until: datetime | None = None
    removed: bool | None = None


def entry_of(
    ad: Ad,
    advertiser: Advertiser | None,
    shown: Shown,
    *,
    offered: str | None = None,
    subject: str | None = None,
) -> Entry:
    """The entry of an ad that was shown.

    Args:
        ad: as shown.
        advertiser: whose, or None where unknown.
        shown: when and to how many.
        offered: product, service or brand, where known.
        subject: what it is about, where known.

    Raises:
        UsageError: it was last shown before it was first shown, a count is negative, or fewer were reached in all
            than in one country.
    """
    _refuse_contradictions(shown)
    aim = ad.targeting
    lists = {field: tuple(map(_public, getattr(aim, field))) for field in Parameters.__struct_fields__}
    name = advertiser.legal_name if advertiser is not None and advertiser.legal_name else ad.display_name
    return Entry(
        ad_id=ad.ad_id,
        content=Content(headline=ad.headline, text=ad.text, image=ad.image, offered=offered, subject=subject),
        on_behalf_of=name,
        payer=ad.payer if ad.payer != name else None,
        first_shown=shown.first,
        last_shown=shown.last,
        targeted=any(lists[field] for field in ("include", "exclude", "other")),
        parameters=Parameters(**lists),
        commercial=shown.commercial,
        reached=shown.reached,
        reached_by_country=dict(sorted(shown.by_country.items())),
    )


def after_removal(entry: Entry, statement: Statement, language: str = "en") -> Entry:
    """The entry of an ad that was removed as illegal or against the terms (Art. 39(3)).

    Raises:
        UsageError: the statement is of another ad, or of one that was never shown or only waits.
    """
    if statement.ad_id != entry.ad_id or statement.restriction != "taken-down":
        raise UsageError("The statement does not take this ad down; expected the statement of its removal.")
    told = points(statement, language)
    return msgspec.structs.replace(entry, content=None, on_behalf_of=None, payer=None, removed=told)


def visible_until(entry: Entry) -> datetime:
    """The last instant at which the entry is seen: one year after the ad was last shown (of 29 February: 1 March)."""
    last = entry.last_shown
    try:
        return last.replace(year=last.year + 1)
    except ValueError:
        return last.replace(year=last.year + 1, month=3, day=1)


def visible(entries: Iterable[Entry], at: datetime) -> Iterator[Entry]:
    """The entries that are seen at an instant; the others may be deleted."""
    return (entry for entry in entries if entry.first_shown <= at <= visible_until(entry))


def search(entries: Iterable[Entry], query: Query, at: datetime) -> list[Entry]:
    """The entries seen at an instant that meet every criterion, the last shown first."""
    found = [entry for entry in visible(entries, at) if _meets(entry, query)]
    return sorted(found, key=lambda entry: (entry.last_shown, entry.ad_id), reverse=True)


def _refuse_contradictions(shown: Shown) -> None:
    counts = tuple(shown.by_country.values())
    if (
        shown.last < shown.first
        or min((shown.reached, *counts)) < 0
        or shown.reached < max(counts, default=0)
    ):
        raise UsageError(
            "The ad's showing contradicts itself; expected first before last, and counts from 0 up to those reached."
        )


def _meets(entry: Entry, query: Query) -> bool:
    content = entry.content
    parts = [] if content is None else [content.headline, content.text, content.offered, content.subject]
    return (
        _holds(" ".join(part or "" for part in parts), query.words)
        and _holds(f"{entry.on_behalf_of or ''} {entry.payer or ''}", query.advertiser)
        and (
            query.country is None or query.country in {*entry.reached_by_country, *entry.parameters.countries}
        )
        and _targets(entry.parameters, query)
        and (query.shown_from is None or entry.last_shown >= query.shown_from)
        and (query.shown_until is None or entry.first_shown < query.shown_until)
        and (query.removed is None or query.removed == (entry.removed is not None))
    )


def _targets(parameters: Parameters, query: Query) -> bool:
    if not query.parameter and query.use is None:
        return True
    named = [] if query.use == "exclude" else [*parameters.include]
    named += [] if query.use == "include" else [*parameters.exclude]
    named += [*parameters.other] if query.use is None else []
    return any(_holds(name, query.parameter) for name in named)


def _holds(text: str, words: str) -> bool:
    """Whether every word stands in the text."""
    within = _folded(text)
    return all(word in within for word in _folded(words).split())


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _public(parameter: str) -> str:
    """A targeting parameter as it may be shown: lists of people and their addresses are not."""
    return _WITHHELD if _IDENTIFIES.search(parameter) else parameter
