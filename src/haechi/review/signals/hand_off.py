"""Hand-off: the ad leads into a closed chat, where nobody sees what is said.

Japan's ministry asked platforms on 21 June 2024 to let in no ads, in principle, that lead to closed chats; in 2024
all but three of 1,570 investment ads with a false celebrity did (Yomiuri Shimbun and University of Tokyo).
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from haechi.review.ads import Evidence, Fact, Field, Signal, Span
from haechi.review.case import Case, Text, Visit
from haechi.review.chat_accounts import ChatLink, accounts, chat_links
from haechi.review.invitations import How, Invitation, invitations
from haechi.review.inviting import inviting
from haechi.review.undisguised import undisguised

NAME: Final = "hand-off"
VERSION: Final = "1"

OWN_SCORE: Final = 0.1
"""Where the account is one that the advertiser showed to be its own."""
LINK_SCORE: Final = 0.99
LANDING_SHARE: Final = 0.8
"""Of what is found on the landing page only: many pages have a link to their chat at the foot."""
SPOKEN_SHARE: Final = 0.5
"""Of what an ad says that rather speaks of a chat than leads into it. Less than `likely`, and still told: frauds pose
as warnings."""
LEADS: Final[Mapping[How, float]] = {
    "identifier": 0.05, "disguise": 0.1, "stray": 0.1, "phrase": 0.3, "words": 0.45, "name": 0.75, "denied": 0.7,
}  # fmt: skip
"""`inviting` from which an ad leads into a chat, by how it says so: the more it says, the less is asked.

Chosen on ads of the dev split and on texts of writers of whom nothing was learnt.
"""
_TOLD_AS: Final[Mapping[How, str]] = {
    "identifier": "identifier", "stray": "identifier", "disguise": "disguise",
}  # fmt: skip
_SEAM: Final = 120
"""Letters of headline and text beside each other in which a name and its words stand."""
_CUT: Final = 12
_MOST_EVIDENCE: Final = 8
_WHO: Final = "display_name"
_AD: Final[tuple[Field, ...]] = (_WHO, "headline", "image_text", "text")
"""As they are read, what ends the ad last."""
_ADDRESSES: Final[frozenset[Field]] = frozenset({"landing_url", "image_code"})


class _Found(NamedTuple):
    application: str
    how: str
    score: float
    account: str
    evidence: Evidence
    place: str


def find(case: Case) -> list[Signal]:
    """Chats that the ad leads to; the surest first.

    One signal for each application, and one more where it has accounts of the advertiser's own beside others. Its
    params: `how` (link, redirect, identifier, disguise, words), `own` (yes, no, unknown: by words alone, though the
    advertiser has an account there), `place` (ad, landing).
    """
    own = accounts(case.advertiser.chat_accounts) if case.advertiser is not None else frozenset()
    groups: dict[tuple[str, str], list[_Found]] = {}
    for one in _everything(case):
        groups.setdefault((one.application, _ownership(one, own)), []).append(one)
    signals = [_signal(application, whose, found) for (application, whose), found in groups.items()]
    return sorted(signals, key=lambda signal: (-signal.score, signal.value))


def _signal(application: str, own: str, found: list[_Found]) -> Signal:
    found = sorted(found, key=lambda one: -one.score)
    evidence = tuple(dict.fromkeys(one.evidence for one in found))[:_MOST_EVIDENCE]
    return Signal(
        name=NAME,
        version=VERSION,
        score=OWN_SCORE if own == "yes" else found[0].score,
        value=application,
        params={"application": application, "how": found[0].how, "own": own, "place": found[0].place},
        evidence=evidence,
    )


def _ownership(one: _Found, own: frozenset[tuple[str, str]]) -> str:
    if one.account:
        return "yes" if own & {(one.application, one.account), ("", one.account)} else "no"
    return "unknown" if any(application in (one.application, "") for application, _ in own) else "no"


def _everything(case: Case) -> Iterator[_Found]:
    invited = [[] if text.field in _ADDRESSES else invitations(text.raw) for text in case.texts]
    in_ad = {
        text.field: found
        for text, found in zip(case.texts, invited, strict=True)
        if found and text.field in _AD
    }
    seam = _over_the_seam(case, [one for found in in_ad.values() for one in found])
    named = in_ad.keys() | {span.field for _, span in seam}
    # Where the ad names no chat, what its page says is all there is.
    leading = _leading(case.texts, named) if named else 1.0
    for text, found in zip(case.texts, invited, strict=True):
        own_words = text.field == "landing_text" and found and named
        yield from _in_text(text, found, inviting([text.raw]) if own_words else leading)
    for one, span in seam:
        yield from _in_words(one, span, leading)
    for visit in case.visits:
        yield from _on_the_way(visit)


def _over_the_seam(case: Case, known: Sequence[Invitation]) -> list[tuple[Invitation, Span]]:
    """Invitations of headline and text in one that neither has alone: a name, or its words, begin in the one."""
    if case.joined is None:
        return []
    best: dict[str, float] = {}
    for one in known:
        best[one.application] = max(best.get(one.application, 0.0), one.score)
    size = len(case.ad.headline)
    begin = max(size - _SEAM, 0)
    return [
        (one, _span(case, begin + one.start, begin + one.end))
        for one in invitations(case.joined.raw[begin : size + 1 + _SEAM])
        # A word that is cut off may look like a name: online.
        if one.score > best.get(one.application, 0.0) and (one.start >= _CUT or not begin)
    ]


def _span(case: Case, start: int, end: int) -> Span:
    """What stands of a span of `Case.joined` where it begins."""
    size = len(case.ad.headline)
    if start < size:
        return Span("headline", start, min(end, size), case.ad.headline[start:end])
    start, end = max(start - size - 1, 0), end - size - 1
    return Span("text", start, end, case.ad.text[start:end])


def _leading(texts: Sequence[Text], named: Collection[Field]) -> float:
    """How much the ad leads into the chats that it names; `named`: fields that name one."""
    found = {text.field: text.raw for text in texts if text.field in _AD}
    # Who advertises is part of what is said only where it names a chat.
    return inviting([found[field] for field in _AD if field in found and (field != _WHO or field in named)])


def _in_text(text: Text, invited: Sequence[Invitation], leading: float) -> Iterator[_Found]:
    """Chats in one text; `leading` is how much what it belongs to leads into those that it names."""
    for link, start, end in _links(text):
        span = Span(text.field, start, end, text.raw[start:end])
        yield _Found(link.application, "link", LINK_SCORE * _share(span), link.account, span, _place(span))
    for one in invited:
        if not (text.field == "landing_text" and one.how == "name"):
            yield from _in_words(
                one, Span(text.field, one.start, one.end, text.raw[one.start : one.end]), leading
            )


def _in_words(one: Invitation, span: Span, leading: float) -> Iterator[_Found]:
    """What an invitation counts by how much the words around it lead into the chat; a name alone, where they do."""
    leads = leading >= LEADS[one.how]
    if one.how == "name" and not leads:
        return
    score = one.score * _share(span) * (1.0 if leads else SPOKEN_SHARE)
    yield _Found(one.application, _TOLD_AS.get(one.how, "words"), score, one.account, span, _place(span))


def _share(span: Span) -> float:
    return LANDING_SHARE if span.field == "landing_text" else 1.0


def _place(span: Span) -> str:
    return "landing" if span.field == "landing_text" else "ad"


def _links(text: Text) -> Iterator[tuple[ChatLink, int, int]]:
    """Addresses of chats as they stand, and those that are there only in plain form or without the disguise."""
    seen: set[tuple[str, str]] = set()
    for link in chat_links(text.raw):
        seen.add((link.application, link.account))
        yield link, link.start, link.end
    forms = [text.plain] if text.plain.text != text.raw.lower() else []
    told = undisguised(text.raw)
    if told.text != text.plain.text:
        forms.append(told)
    for form in forms:
        for link in chat_links(form.text):
            if (link.application, link.account) not in seen:
                seen.add((link.application, link.account))
                yield link, *form.origin(link.start, link.end)


def _on_the_way(visit: Visit) -> Iterator[_Found]:
    """Chats to which the way to the landing page leads, and those that the page links to."""
    for key, score, addresses, place in (
        ("redirect", LINK_SCORE, (*visit.redirects, visit.final_url), "ad"),
        ("link", LINK_SCORE * LANDING_SHARE, visit.links, "landing"),
    ):
        for address in dict.fromkeys(addresses):
            for link in chat_links(address):
                yield _Found(link.application, key, score, link.account, Fact(key, address), place)
