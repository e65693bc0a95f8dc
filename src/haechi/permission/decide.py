"""May this be done with this person's data? One pure function, for one pair; `column` asks it for many.

A decision is the strictest of what each law of the person says, and each reason names its article. Where something
that the answer needs is not known the verdict is `undecided`, which every caller treats as a refusal; it is kept
apart so that a reader can see what to find out.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Literal

import msgspec

from haechi.law import LawPack, MinorsRule, PermissionBasis, ProtectedCategory, in_force, minors, packs_for
from haechi.permission.standing import Held, Standing
from haechi.terms.words import Basis, Category, Purpose, Verdict

ReasonCode = Literal[
    "objected",
    "opted-out",
    "minor",
    "age-unknown",
    "prohibited",
    "no-permission",
    "basis-not-accepted",
    "not-separate",
    "not-proven",
    "not-judged",
    "place-unknown",
    "no-law-known",
    "permitted",
    "not-protected",
]


class Asked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody wants to do.

    Attributes:
        purpose: profiling (put a person in a theme), advertising (use the theme to choose an ad), disclosure (let
            an advertiser or bidder have it).
        categories: what the theme gives away, by the sensitivity engine or a recorded decision.
        judged: False where it could not be told what the theme gives away.
    """

    purpose: Purpose
    categories: frozenset[Category] = frozenset()
    judged: bool = True


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """Why, under one law.

    Attributes:
        code: the kind of reason.
        verdict: what it makes of the question.
        law: the law pack's identifier, or "" where no law is concerned.
        article: what to cite, or "".
        category: the category it is about, or None.
        detail: the basis, signal, age or such that decided; never about one person alone.
    """

    code: ReasonCode
    verdict: Verdict
    law: str = ""
    article: str = ""
    category: Category | None = None
    detail: str = ""


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """The answer: allowed only where every reason allows."""

    verdict: Verdict
    reasons: tuple[Reason, ...]

    @property
    def allowed(self) -> bool:
        """Whether it may be done."""
        return self.verdict == "allowed"


def decide(asked: Asked, standing: Standing, packs: Mapping[str, LawPack], at: datetime) -> Decision:
    """Decide one question about one person.

    Args:
        asked: what for, and what the theme gives away.
        standing: what is known of the person at `at`.
        packs: the laws to be judged by, by identifier.
        at: the naive UTC instant at which the law is looked up.
    """
    reasons = tuple(_reasons(asked, standing, packs, at))
    verdicts = {reason.verdict for reason in reasons}
    worst: Verdict = (
        "refused"
        if "refused" in verdicts
        else "allowed"
        if reasons and "undecided" not in verdicts
        else "undecided"
    )
    return Decision(verdict=worst, reasons=reasons)


def _reasons(
    asked: Asked, standing: Standing, packs: Mapping[str, LawPack], at: datetime
) -> Iterator[Reason]:
    if asked.purpose in standing.objected:
        yield Reason(code="objected", verdict="refused", detail=asked.purpose)
    for category in sorted(asked.categories & standing.refused):
        # Whoever refused it by name meant it, whichever law holds where the person is.
        yield Reason(code="opted-out", verdict="refused", category=category, detail="sensitive-opt-out")
    if not asked.judged:
        yield Reason(code="not-judged", verdict="undecided")
    if standing.country is None:
        # Any of the laws could be the person's: what one of them refuses is refused.
        yield Reason(code="place-unknown", verdict="undecided" if asked.categories else "allowed")
        laws: tuple[str, ...] = tuple(packs)
    else:
        laws = packs_for(packs, standing.country, standing.region)
        if not laws:
            # Not ordinary for want of a rule: what is sensitive anywhere stays closed where no law is known.
            yield Reason(code="no-law-known", verdict="undecided" if asked.categories else "allowed")
    for law in dict.fromkeys((*laws, *(law for law in packs if law in standing.under))):
        yield from _under(asked, standing, packs[law], at)


def _under(asked: Asked, standing: Standing, pack: LawPack, at: datetime) -> Iterator[Reason]:
    protected = {fact.category: fact for fact in in_force(pack.categories, at)}
    concerned = [protected[category] for category in sorted(asked.categories & protected.keys())]
    yield from _signals(asked, standing, pack, at, sensitive=bool(concerned))
    rule = minors(pack, at)
    young = rule is not None and standing.age is not None and standing.age < rule.age_in(standing.country)
    if rule is not None and young:
        yield from _young(asked, standing, pack.id, rule)
    elif rule is not None and standing.age is None and concerned:
        yield Reason(code="age-unknown", verdict="undecided", law=pack.id, article=rule.article)
    bases = {fact.basis: fact for fact in in_force(pack.permission_bases, at)}
    for fact in concerned:
        yield _permission(asked, standing, pack.id, fact, bases)
    if not concerned:
        yield Reason(code="not-protected", verdict="allowed", law=pack.id)


def _signals(
    asked: Asked, standing: Standing, pack: LawPack, at: datetime, *, sensitive: bool
) -> Iterator[Reason]:
    for rule in in_force(pack.signals, at):
        if (
            rule.signal in standing.signals
            and asked.purpose in rule.purposes
            and (rule.themes == "any" or sensitive)
        ):
            yield Reason(
                code="opted-out", verdict="refused", law=pack.id, article=rule.article, detail=rule.signal
            )


def _young(asked: Asked, standing: Standing, law: str, rule: MinorsRule) -> Iterator[Reason]:
    """Below the law's age: nobody's leave helps, the person's own from an age on, or a guardian's."""
    age = standing.age or 0
    own_from, guardian_below = rule.own_opt_in_from, rule.guardian_below
    agreed = [held for held in standing.held if held.purpose == asked.purpose and held.proven]
    by_guardian = guardian_below is not None and any(held.by_guardian for held in agreed)
    by_self = own_from is not None and age >= own_from and any(not held.by_guardian for held in agreed)
    if by_guardian or by_self:
        detail = "guardian" if by_guardian else "own"
        yield Reason(code="permitted", verdict="allowed", law=law, article=rule.article, detail=detail)
    else:
        below = f"under {rule.age_in(standing.country)}"
        yield Reason(code="minor", verdict="refused", law=law, article=rule.article, detail=below)


def _permission(
    asked: Asked,
    standing: Standing,
    law: str,
    fact: ProtectedCategory,
    bases: Mapping[Basis, PermissionBasis],
) -> Reason:
    def reason(code: ReasonCode, verdict: Verdict, detail: str = "") -> Reason:
        return Reason(
            code=code, verdict=verdict, law=law, article=fact.article, category=fact.category, detail=detail
        )

    if not fact.bases:
        return reason("prohibited", "refused")
    given = [
        held for held in standing.held if held.purpose == asked.purpose and held.category == fact.category
    ]
    if not given:
        return reason("no-permission", "refused", ", ".join(fact.bases))
    accepted = [held for held in given if held.basis in fact.bases]
    if not accepted:
        return reason("basis-not-accepted", "refused", ", ".join(sorted({held.basis for held in given})))
    proven = [held for held in accepted if held.proven]
    if not proven:
        return reason("not-proven", "refused")
    for held in sorted(proven, key=lambda held: fact.bases.index(held.basis)):
        if held.separate or not _wants_separate(held, bases):
            return reason("permitted", "allowed", held.basis)
    return reason("not-separate", "refused")


def _wants_separate(held: Held, bases: Mapping[Basis, PermissionBasis]) -> bool:
    fact = bases.get(held.basis)
    return fact is not None and fact.separate
