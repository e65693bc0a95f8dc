"""A theme's life: proposed, screened, approved or blocked, retired. Pure: what is and what happens to what becomes.

    proposed ── screened ──┬── approved                  nothing protected is given away
                           ├── approved-with-permission  people enter only with their permission
                           └── blocked                   nobody enters
    any of them ── retired

Nobody can be in a theme that is in any other state than the two approved ones. What is directly sensitive takes two
people: to approve it, and to clear it of what the engine says.
"""

import unicodedata
from typing import Final, Literal, get_args

import msgspec

from haechi.errors import UsageError
from haechi.terms.showing import shows
from haechi.terms.words import CATEGORIES, Category

State = Literal["proposed", "approved", "approved-with-permission", "blocked", "retired"]
STATES: Final[tuple[State, ...]] = get_args(State)
OPEN: Final[frozenset[State]] = frozenset({"approved", "approved-with-permission"})
_LONGEST_REASON: Final = 2_000


class Screening(msgspec.Struct, frozen=True, kw_only=True):
    """What the sensitivity engine says of a theme, under the laws where it will be used.

    Attributes:
        direct: categories that are given away directly (grade 2).
        arguable: categories that may be given away.
        undecided: why it cannot be told, or None.
        laws: the laws that protect any of the direct or arguable categories.
        judged_by: version of the engine and of people's decisions.
        evidence: what was found, for a person to read.
    """

    direct: tuple[Category, ...] = ()
    arguable: tuple[Category, ...] = ()
    undecided: str | None = None
    laws: tuple[str, ...] = ()
    judged_by: str = ""
    evidence: tuple[str, ...] = ()

    @property
    def is_ordinary(self) -> bool:
        """Nothing is given away, and nothing is in doubt."""
        return not self.direct and not self.arguable and self.undecided is None

    def same_finding(self, other: "Screening") -> bool:
        """Whether another screening found the same, whatever engine did it."""
        mine = set(self.direct), set(self.arguable), self.undecided is None
        return mine == (set(other.direct), set(other.arguable), other.undecided is None)


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What one person says of a theme.

    Attributes:
        by: who.
        state: what it is to become.
        categories: what it gives away, in this person's eyes; empty with `approved`.
        reason: why.
    """

    by: str
    state: Literal["approved", "approved-with-permission", "blocked"]
    categories: tuple[Category, ...] = ()
    reason: str


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """Where a theme stands.

    Attributes:
        state: its state.
        categories: what it gives away, as decided; as screened before anybody decided.
        screening: the last one, or None.
        endorsed: a first person's verdict that waits for a second person, or None.
        for_people: it was directly sensitive, or people entered it by permission only, before its latest screening
            found otherwise: two people open it, whatever it is called now.
    """

    state: State = "proposed"
    categories: tuple[Category, ...] = ()
    screening: Screening | None = None
    endorsed: Verdict | None = None
    for_people: bool = False


def screened(standing: Standing, screening: Screening, *, approve_ordinary: bool) -> Standing:
    """After a screening.

    Where it finds what the one before found, nothing changes: what people decided stays decided; a clearance only as
    far as what people saw is still all there is. Where it finds something else, the theme is proposed again, and
    nobody is in it until somebody decides. A machine never opens what people decided on, or what was directly
    sensitive: a telling theme would only need another name.

    Args:
        standing: before.
        screening: what was found.
        approve_ordinary: a theme that gives nothing away, beyond doubt, needs nobody's approval.
    """
    if standing.state in ("retired", "blocked"):
        return msgspec.structs.replace(standing, screening=screening)
    before = standing.screening
    if before is not None and before.same_finding(screening) and standing.state != "proposed":
        cleared = standing.state == "approved" and not screening.is_ordinary
        if not cleared or set(screening.evidence) <= set(before.evidence):
            return msgspec.structs.replace(standing, screening=screening)
    for_people = _is_for_people(standing)
    opens = screening.is_ordinary and approve_ordinary and not for_people
    return Standing(
        state="approved" if opens else "proposed",
        categories=(*screening.direct, *screening.arguable),
        screening=screening,
        for_people=for_people,
    )


def decided(standing: Standing, verdict: Verdict) -> Standing:
    """After a person's verdict.

    Raises:
        UsageError: it cannot be: not screened yet, retired, nobody named, no reason, the same person twice, or a
            verdict that contradicts itself.
    """
    _check(standing, verdict)
    if verdict.state == "blocked":
        return msgspec.structs.replace(
            standing, state="blocked", categories=verdict.categories or standing.categories, endorsed=None
        )
    if needs_two(standing, verdict):
        first = standing.endorsed
        if first is None or (first.state, set(first.categories)) != (verdict.state, set(verdict.categories)):
            return msgspec.structs.replace(standing, endorsed=verdict)
        if folded(first.by) == folded(verdict.by):
            raise UsageError(
                "the same person decided first; expected a second person for what is directly sensitive."
            )
    return Standing(state=verdict.state, categories=verdict.categories, screening=standing.screening)


def _is_for_people(standing: Standing) -> bool:
    """Whether only people may open it from now on."""
    before = standing.screening
    # Whoever cleared a theme of what the engine said did not say that it is sensitive.
    was_direct = before is not None and bool(before.direct) and standing.state != "approved"
    return standing.for_people or standing.state == "approved-with-permission" or was_direct


def needs_two(standing: Standing, verdict: Verdict) -> bool:
    """Whether a verdict holds only with a second person's: to open or to clear what is directly sensitive."""
    screening = standing.screening
    direct = screening is not None and bool(screening.direct)
    return verdict.state != "blocked" and (direct or standing.for_people)


def folded(name: str) -> str:
    """A person's name, the same for all ways of writing it: case, width, blanks and signs that nobody sees."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    return "".join(sign for sign in plain if unicodedata.category(sign)[0] not in "CZ")


def with_people_of(standing: Standing, taken_in: Standing) -> Standing:
    """A theme that takes another one's people in, before it is screened for what it speaks for now.

    Where only people may open the other, or people closed it, so it is with this one: a merge opens nothing.
    """
    if standing.state != "blocked" and (taken_in.state == "blocked" or _is_for_people(taken_in)):
        return Standing(categories=standing.categories, screening=standing.screening, for_people=True)
    return standing


def retired(standing: Standing) -> Standing:
    """At its end; nothing comes back from there."""
    return msgspec.structs.replace(standing, state="retired", endorsed=None)


def _check(standing: Standing, verdict: Verdict) -> None:
    if standing.state == "retired":
        raise UsageError(
            "the theme is retired; expected one that is in use. Propose it anew under another identifier."
        )
    if standing.screening is None:
        raise UsageError("the theme was not screened yet; expected its screening first.")
    if not shows(verdict.by):
        raise UsageError("nobody is named as deciding; expected a name.")
    if not shows(verdict.reason) or len(verdict.reason) > _LONGEST_REASON:
        raise UsageError(
            f"no reason, or one of more than {_LONGEST_REASON:,} characters; expected one for others to read."
        )
    unknown = [category for category in verdict.categories if category not in CATEGORIES]
    if unknown:
        raise UsageError(f"unknown category {unknown[0]!r}; expected one of {', '.join(CATEGORIES)}.")
    if verdict.state == "approved" and verdict.categories:
        raise UsageError(
            "approved without permission although categories are named; expected approved-with-permission."
        )
    if verdict.state == "approved-with-permission" and not verdict.categories:
        raise UsageError(
            "approved with permission, but for no category; expected the categories that it gives away."
        )
