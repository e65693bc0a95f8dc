"""Whether it is the person who asks: what was shown, what the request needs, and what is missing.

Meta's staff approved resets of other people's accounts on forged documents, through a page that nobody used any more
(PIPC, 5 November 2024). Of 83 firms that held a woman's data, one in four gave it to whoever asked in her name (Pavur
and Knerr, Black Hat 2019). So a document, known facts and a message from a new address show nothing here, in any
number; what is shown is worth as much as it is hard to take from the person. How much is needed follows from the harm
if it is somebody else: stopping is easy, seeing and destroying are not (GDPR Art. 12(6); EDPB Guidelines 01/2022
paras 69-70; PIPA Decree Art. 46; 11 CCR 7060-7062). Pure; the rules are in `identity_rules.yaml`.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from itertools import combinations
from typing import Final, Literal

import msgspec

from haechi.law import age_on
from haechi.rights.effect import ANSWERED_WITH_DATA, COOLING_OFF
from haechi.rights.identity_rules import (
    EvidenceKind,
    Level,
    Need,
    Representation,
    Rules,
    highest,
    identity_rules,
    reaches,
)
from haechi.terms.words import RequestKind, Verdict

Acting = Literal["person", "guardian", "agent"]
FRESH: Final = timedelta(minutes=15)
"""How long `sure` lasts after it was shown: as long as somebody reads and decides, not as long as a browser is left
open (11 CCR 7061(a): authenticate again before data is disclosed or deleted)."""
YOUNG: Final = timedelta(minutes=10)
"""A session that began so lately tells nothing on the strength of its link alone: who stole the link is quick."""
_PROVES_NOW: Final[frozenset[EvidenceKind]] = frozenset({"passkey", "contact-code"})
_TELLS: Final[frozenset[RequestKind]] = frozenset({"access", "explanation"})


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was shown of who it is.

    Attributes:
        kind: which kind.
        at: when it was shown, naive UTC.
        channel: by what, so that the same address twice is once: such as the number of a contact.
        since: when that was first known here, naive UTC; None: always. What is younger than the cooling-off is the
            asker's own and counts less.
        verified: of an agent or a guardian: the operator saw the authority.
    """

    kind: EvidenceKind
    at: datetime
    channel: str = ""
    since: datetime | None = None
    verified: bool = False


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for.

    Attributes:
        kind: of the request.
        sensitive: the answer holds themes of a protected category, or it is not known whether it does.
        changes_law: of a rectification: a place or a date of birth.
    """

    kind: RequestKind
    sensitive: bool = True
    changes_law: bool = False


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How the person stands.

    Attributes:
        laws: of the person.
        birth_date: or None where it is not known.
        cooling_until: nothing leaves and nothing is destroyed before; None: no cooling-off.
        began_at: when the session began, naive UTC; None: there is none.
        acting: who asks.
    """

    laws: tuple[str, ...]
    birth_date: date | None = None
    cooling_until: datetime | None = None
    began_at: datetime | None = None
    acting: Acting = "person"


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """Why.

    Attributes:
        code: for machines, and for texts in people's languages.
        words: in English.
        articles: what to cite.
    """

    code: str
    words: str
    articles: tuple[str, ...] = ()


class Assessment(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a request may be acted on.

    Attributes:
        verdict: allowed; undecided: something was shown and more is needed, or it has to wait; refused: all that was
            shown shows nothing.
        level: how surely it is the person.
        needed: how surely it must be.
        reasons: at least one.
        missing: the kinds of evidence of which one would do; empty where none is missing.
        waits_until: naive UTC; None: there is nothing to wait for.
    """

    verdict: Verdict
    level: Level
    needed: Level
    reasons: tuple[Reason, ...]
    missing: tuple[EvidenceKind, ...] = ()
    waits_until: datetime | None = None


def level_of(evidence: Iterable[Evidence], now: datetime) -> Level:
    """How surely it is the person.

    Args:
        evidence: what was shown, in any order, any number of times.
        now: naive UTC.
    """
    found = identity_rules()
    shown = _distinct(evidence)
    alone = (_alone(one, now, found) for one in shown)
    sizes = {len(row.kinds) for row in found.together}
    together = (_together(some, now, found) for size in sizes for some in combinations(shown, size))
    return highest((*alone, *together))


def assess(
    evidence: Sequence[Evidence],
    asked: Asked,
    standing: Standing,
    *,
    now: datetime,
) -> Assessment:
    """Whether what was shown is enough for what is asked.

    Args:
        evidence: what was shown.
        asked: what for.
        standing: of the person; nothing of it says whether the person exists.
        now: naive UTC.
    """
    found = identity_rules()
    need = _need(asked, found)
    articles = tuple(need.articles[law] for law in standing.laws if law in need.articles)
    level = level_of(evidence, now)
    barred = _barred(evidence, standing, now)
    if barred is not None:
        verdict: Verdict = "undecided" if barred.code == "representation-unclear" else "refused"
        return Assessment(verdict=verdict, level="none", needed=need.level, reasons=(barred,))
    if _is_authorised(evidence, need):
        reason = Reason(
            code="authority-suffices",
            words="The agent's authority was verified. " + need.why,
            articles=articles,
        )
        return Assessment(verdict="allowed", level=level, needed=need.level, reasons=(reason,))
    if not reaches(level, need.level):
        return _short(evidence, level, need, articles, found)
    waiting = _waiting(asked, standing, now)
    if waiting is not None:
        return Assessment(
            verdict="undecided",
            level=level,
            needed=need.level,
            reasons=(waiting,),
            waits_until=standing.cooling_until,
        )
    if _is_too_young(asked, level, standing, now):
        reason = Reason(
            code="session-young",
            words="The session has only just begun: show once more who you are.",
            articles=articles,
        )
        return Assessment(
            verdict="undecided",
            level=level,
            needed="sure",
            reasons=(reason,),
            missing=_would_do("sure", found),
        )
    reason = Reason(code="shown", words=need.why, articles=articles)
    return Assessment(verdict="allowed", level=level, needed=need.level, reasons=(reason,))


def may_represent(acting: Acting, laws: Sequence[str], birth_date: date | None, today: date) -> Reason | None:
    """Why somebody may not act for a person; None where they may, or where it is the person.

    Args:
        acting: who asks.
        laws: of the person; each that gives a rule must agree.
        birth_date: of the person.
        today: the day on which it is asked.
    """
    if acting == "person":
        return None
    rows = [one for one in identity_rules().representatives if one.law in laws]
    articles = tuple(article for one in rows if (article := _article(one, acting)) is not None)
    if not articles:
        return Reason(code="representation-unclear", words="No law of the person says who may act for them.")
    if acting == "guardian":
        age = None if birth_date is None else age_on(birth_date, today)
        limits = [one.under for one in rows if one.under is not None]
        if age is None:
            words = "It is not known how old the person is; a legal representative acts only for who is too young."
            return Reason(code="representation-unclear", words=words, articles=articles)
        if age >= min(limits, default=0):
            words = f"The person is {min(limits, default=0)} or older, and asks in person or by an agent."
            return Reason(code="of-age", words=words, articles=articles)
    return None


def _distinct(evidence: Iterable[Evidence]) -> list[Evidence]:
    """The latest of each kind and channel: the same address twice is one address."""
    latest: dict[tuple[str, str], Evidence] = {}
    for one in sorted(evidence, key=lambda one: one.at):
        latest[one.kind, one.channel if one.kind in _PROVES_NOW else ""] = one
    return list(latest.values())


def _alone(one: Evidence, now: datetime, rules: Rules) -> Level:
    strength = next(row.alone for row in rules.evidence if row.kind == one.kind)
    if one.kind == "guardian" and not one.verified:
        return "none"
    if one.kind == "contact-code" and _is_own(one):
        # Whoever asks has just put the address there: it is a new address by another name.
        return "none"
    if strength == "sure" and (_is_own(one) or not now - one.at <= FRESH):
        return "known"
    return strength


def _together(some: Sequence[Evidence], now: datetime, rules: Rules) -> Level:
    if any(_alone(one, now, rules) == "none" for one in some):
        return "none"
    kinds = sorted(one.kind for one in some)
    level = highest(row.level for row in rules.together if sorted(row.kinds) == kinds)
    newest = max((one.at for one in some if one.kind in _PROVES_NOW), default=datetime.min)  # noqa: DTZ901 - naive UTC
    return "known" if level == "sure" and now - newest > FRESH else level


def _is_own(one: Evidence) -> bool:
    """Whether it came here so lately that whoever asks may have brought it."""
    return one.since is not None and one.at - one.since < COOLING_OFF


def _need(asked: Asked, rules: Rules) -> Need:
    for need in rules.needed:
        fits = need.when == "always" or (asked.sensitive if need.when == "sensitive" else asked.changes_law)
        if asked.kind in need.kinds and fits:
            return need
    raise AssertionError(asked.kind)  # the file has a row for each kind, or is not read


def _barred(evidence: Sequence[Evidence], standing: Standing, now: datetime) -> Reason | None:
    acting = standing.acting
    barred = may_represent(acting, standing.laws, standing.birth_date, now.date())
    if (
        barred is None
        and acting != "person"
        and not any(one.kind == acting and one.verified for one in evidence)
    ):
        return Reason(code="no-authority", words=f"Whoever acts as {acting} has not shown that they may.")
    return barred


def _is_authorised(evidence: Sequence[Evidence], need: Need) -> bool:
    return need.authority_suffices and any(one.kind == "agent" and one.verified for one in evidence)


def _short(
    evidence: Sequence[Evidence], level: Level, need: Need, articles: tuple[str, ...], rules: Rules
) -> Assessment:
    """Too little was shown: what of it counts for nothing, and what would do."""
    weak = {row.kind: row.why for row in rules.evidence if row.alone == "none"}
    reasons = [
        Reason(code=f"{kind}-shows-nothing", words=weak[kind], articles=articles)
        for kind in dict.fromkeys(one.kind for one in evidence)
        if kind in weak and kind != "agent"
    ]
    reasons.append(Reason(code="more-needed", words=need.why, articles=articles))
    return Assessment(
        verdict="refused" if level == "none" and evidence else "undecided",
        level=level, needed=need.level, reasons=tuple(reasons), missing=_would_do(need.level, rules),
    )  # fmt: skip


def _would_do(level: Level, rules: Rules) -> tuple[EvidenceKind, ...]:
    """Kinds that reach a level, alone or with what the person can add."""
    enough = [row.kind for row in rules.evidence if reaches(row.alone, level)]
    for row in rules.together:
        if reaches(row.level, level):
            enough += row.kinds
    return tuple(dict.fromkeys(kind for kind in enough if kind != "guardian"))


def _waiting(asked: Asked, standing: Standing, now: datetime) -> Reason | None:
    until = standing.cooling_until
    if until is None or now >= until:
        return None
    if asked.kind not in ANSWERED_WITH_DATA and asked.kind != "erasure" and not asked.changes_law:
        return None
    words = (
        "A key or an address was added, or access was regained, a short while ago. Until everybody who could have "
        "noticed had time to stop it, nothing leaves and nothing is destroyed."
    )
    return Reason(code="cooling-off", words=words)


def _is_too_young(asked: Asked, level: Level, standing: Standing, now: datetime) -> bool:
    young = standing.began_at is not None and now - standing.began_at < YOUNG
    return young and level != "sure" and asked.kind in _TELLS


def _article(row: Representation, acting: Acting) -> str | None:
    return row.guardian if acting == "guardian" else row.agent
