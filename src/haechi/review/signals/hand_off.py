"""Hand-off: the ad leads into a closed chat, where nobody sees what is said.

Japan's ministry asked platforms on 21 June 2024 to let in no ads, in principle, that lead to closed chats; in 2024
all but three of 1,570 investment ads with a false celebrity did (Yomiuri Shimbun and University of Tokyo).
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from haechi.review.ads import Evidence, Fact, Signal, Span
from haechi.review.case import Case, Text, Visit
from haechi.review.chat_accounts import ChatLink, accounts, chat_links
from haechi.review.claim_phrases import claims_in
from haechi.review.invitations import Invitation, invitations, speaks_of_fraud
from haechi.review.undisguised import undisguised

NAME: Final = "hand-off"
VERSION: Final = "1"

OWN_SCORE: Final = 0.1
"""Where the account is one that the advertiser showed to be its own."""
LINK_SCORE: Final = 0.99
LANDING_SHARE: Final = 0.8
"""Of what is found on the landing page only: many pages have a link to their chat at the foot."""
SPOKEN_SHARE: Final = 0.5
"""Of words alone in an ad that warns: it speaks of the chats of others more often than it leads into one. Less than
`likely`, and still told: frauds pose as warnings."""
_MOST_EVIDENCE: Final = 8


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
    for text in case.texts:
        yield from _in_text(text, case)
    for visit in case.visits:
        yield from _on_the_way(visit)


def _speaks_of_fraud(case: Case) -> bool:
    """Whether the ad warns of fraud or reports on it; to promise that losses come back is to sell.

    The page behind it is not asked: at the foot of many stands whom to tell of fraud.
    """
    plain = [text.plain.text for text in case.texts if text.field != "landing_text"]
    claimed = {claim.kind for one in plain for claim in claims_in(one)}
    return "warning" in claimed or ("recovery" not in claimed and any(map(speaks_of_fraud, plain)))


def _is_spoken_of(one: Invitation, case: Case) -> bool:
    """Whether the ad may just speak of a chat: by words alone, or of an account that it reports as another's."""
    if one.how == "words":
        return one.reported or _speaks_of_fraud(case)
    return one.how == "identifier" and one.reported and _speaks_of_fraud(case)


def _in_text(text: Text, case: Case) -> Iterator[_Found]:
    landing = text.field == "landing_text"
    share = LANDING_SHARE if landing else 1.0
    place = "landing" if landing else "ad"
    for link, start, end in _links(text):
        span = Span(text.field, start, end, text.raw[start:end])
        yield _Found(link.application, "link", LINK_SCORE * share, link.account, span, place)
    if text.field in ("landing_url", "image_code"):
        return
    for one in invitations(text.raw):
        span = Span(text.field, one.start, one.end, text.raw[one.start : one.end])
        score = one.score * share * (SPOKEN_SHARE if _is_spoken_of(one, case) else 1.0)
        yield _Found(one.application, one.how, score, one.account, span, place)


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
