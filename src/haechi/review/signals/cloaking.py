"""The page behind the ad is another one for those whom the ad is for than for those who review it.

ESET ("Nomani", 2024 and 2025): visitors who are not the target see a harmless page. Two visits of an honest page
differ too: in dates, prices, lists, language, in a shorter version for phones, in a store of applications for phones
only, in a wall against robots. None of that is told.

    redirect      one is sent to another site
    text          one reads another page, or an empty one
    hand-off      one is led into a chat
    investment    one is offered investments
    error         the reviewer is refused
"""

from collections.abc import Iterator
from functools import cached_property
from typing import Final

from haechi.review.ads import Fact, Signal
from haechi.review.case import Case, Visit
from haechi.review.landing.compare import (
    DIFFERENT,
    chats,
    investments,
    is_store,
    language,
    overlap,
    same_owner,
    shingles,
    site,
)

NAME: Final = "cloaking"
VERSION: Final = "1"

_REFUSALS: Final = frozenset({401, 403, 404, 406, 410, 451})
_FIRST_ERROR: Final = 400
_OUR_TROUBLE: Final = frozenset({408, 425, 429})
_INVESTING: Final = 3
_ENOUGH: Final = 25
"""Shingles without which a text is too short to be compared."""
_EMPTY: Final = 8
_MOST_SHOWN: Final = 3


class _Pair:
    """What the phone saw beside what another saw."""

    def __init__(self, other: Visit, phone: Visit) -> None:
        self.other = other
        self.phone = phone

    @cached_property
    def by_device(self) -> bool:
        """Whether both asked for the same language, so that nothing but the visitor tells them apart."""
        return self.other.profile == "reviewer"

    @cached_property
    def similarity(self) -> float | None:
        """Of the texts; None where languages differ or are not known abroad, or a text is too short."""
        one, two = shingles(self.other.text), shingles(self.phone.text)
        if min(len(one), len(two)) <= _EMPTY and max(len(one), len(two)) >= _ENOUGH * 2:
            return 0.0 if self.by_device else None
        if min(len(one), len(two)) < _ENOUGH or self.languages_differ:
            return None
        return overlap(one, two)

    @cached_property
    def languages_differ(self) -> bool:
        """Whether they read different languages."""
        one, two = language(self.other.text), language(self.phone.text)
        return one != two if not self.by_device else bool(one and two and one != two)

    @cached_property
    def investing(self) -> tuple[int, int]:
        """Different words of investing that each of them read."""
        return _investing(self.other), _investing(self.phone)


def find(case: Case) -> list[Signal]:
    """One signal for each way in which the visits differ, from the pair of visitors in which it is surest."""
    phone = next((visit for visit in case.visits if visit.profile == "phone"), None)
    if phone is None or (not _is_page(phone) and not phone.redirects):
        return []
    best: dict[str, Signal] = {}
    for other in case.visits:
        if other.profile == phone.profile:
            continue
        for signal in _compared(_Pair(other, phone)):
            if signal.value not in best or signal.score > best[signal.value].score:
                best[signal.value] = signal
    return sorted(best.values(), key=lambda signal: -signal.score)


def _compared(pair: _Pair) -> Iterator[Signal]:
    if _is_page(pair.phone) and not _is_page(pair.other):
        yield from _error(pair)
        return
    if not pair.other.redirects or _ended(pair.other) or _ended(pair.phone):
        return
    yield from _redirect(pair)
    if is_store(pair.phone.final_url) and not is_store(pair.other.final_url):
        return
    yield from _hand_off(pair)
    if _is_page(pair.phone) and _is_page(pair.other):
        yield from _investment(pair)
        yield from _text(pair)


def _error(pair: _Pair) -> Iterator[Signal]:
    status = pair.other.status or 0
    if not pair.by_device or pair.other.failure in {"time-limit", "no-connection", "name-not-found"}:
        return
    if pair.other.failure is None and (status < _FIRST_ERROR or status in _OUR_TROUBLE):
        return
    said = pair.other.failure or str(status)
    score = 0.7 if pair.other.failure or status in _REFUSALS else 0.5
    yield _signal(
        pair, "error", score, Fact("reviewer-was-told", said), Fact("phone-was-told", str(pair.phone.status))
    )


def _redirect(pair: _Pair) -> Iterator[Signal]:
    one, two = site(pair.other.final_url), site(pair.phone.final_url)
    if same_owner(one, two) or is_store(pair.phone.final_url):
        return
    score = 0.95 if pair.by_device else 0.7
    yield _signal(pair, "redirect", score, Fact(f"{pair.other.profile}-site", one), Fact("phone-site", two))


def _hand_off(pair: _Pair) -> Iterator[Signal]:
    one, two = chats(pair.other), chats(pair.phone)
    alone = two if not one else one if not two and pair.by_device else frozenset[str]()
    if not alone:
        return
    other_page = pair.similarity is not None and pair.similarity < DIFFERENT
    if pair.by_device:
        score = 0.9 if other_page else 0.6
    elif pair.languages_differ:
        # Shops rightly invite into a country's own chat application on that country's page alone.
        score = 0.6 if pair.investing[1] >= _INVESTING and not pair.investing[0] else 0.0
    else:
        score = 0.8 if other_page else 0.5
    if score:
        shown = (Fact("chat-for-one-only", chat) for chat in sorted(alone)[:_MOST_SHOWN])
        yield _signal(pair, "hand-off", score, *shown)


def _investment(pair: _Pair) -> Iterator[Signal]:
    one, two = pair.investing
    if not (two >= _INVESTING and not one) and not (pair.by_device and one >= _INVESTING and not two):
        return
    if min(len(shingles(visit.text)) for visit in (pair.other, pair.phone)) < _ENOUGH:
        return
    other_page = pair.similarity is not None and pair.similarity < DIFFERENT
    score = (0.9 if other_page else 0.7) if pair.by_device else 0.5 if pair.languages_differ else 0.7
    told = (
        Fact(f"{pair.other.profile}-investment-words", str(one)),
        Fact("phone-investment-words", str(two)),
    )
    yield _signal(pair, "investment", score, *told)


def _text(pair: _Pair) -> Iterator[Signal]:
    if pair.similarity is None or pair.similarity >= DIFFERENT:
        return
    surest = 0.9 if pair.by_device else 0.75
    score = surest - 0.3 * pair.similarity / DIFFERENT
    yield _signal(pair, "text", round(score, 3), Fact("similarity", f"{pair.similarity:.2f}"))


def _signal(pair: _Pair, value: str, score: float, *facts: Fact) -> Signal:
    seen_by = f"{pair.other.profile}, {pair.phone.profile}"
    return Signal(
        name=NAME,
        version=VERSION,
        score=score,
        value=value,
        params={"visitors": seen_by},
        evidence=(Fact("visitors", seen_by), *facts),
    )


def _is_page(visit: Visit) -> bool:
    return visit.failure is None and visit.status is not None and visit.status < _FIRST_ERROR


def _ended(visit: Visit) -> bool:
    """Whether the visit ended in an error of its own; to be led out of the web by a scheme is none."""
    return not _is_page(visit) and visit.failure != "refused-scheme"


def _investing(visit: Visit) -> int:
    return investments(f"{visit.title}\n{visit.text}")
