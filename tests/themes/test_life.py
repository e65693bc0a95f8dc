"""A theme's life: what is sensitive is screened before it exists, and takes two people to open."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from haechi.errors import UsageError
from haechi.themes.life import OPEN, Screening, Standing, Verdict, decided, retired, screened

DIRECT = Screening(direct=("religion",), judged_by="1")
ARGUABLE = Screening(arguable=("belief",), judged_by="1")
ORDINARY = Screening(judged_by="1")
UNREADABLE = Screening(undecided="cannot tell", judged_by="1")


def verdict(
    by: str, state: Any = "approved-with-permission", *categories: Any, reason: str = "because"
) -> Verdict:
    return Verdict(by=by, state=state, categories=categories, reason=reason)


def after(screening: Screening, *, approve: bool = True) -> Standing:
    return screened(Standing(), screening, approve_ordinary=approve)


@pytest.mark.parametrize(
    ("screening", "state"),
    [(ORDINARY, "approved"), (DIRECT, "proposed"), (ARGUABLE, "proposed"), (UNREADABLE, "proposed")],
)
def test_only_what_is_ordinary_beyond_doubt_opens_by_itself(screening: Screening, state: str) -> None:
    """What cannot be told is not ordinary."""
    assert after(screening).state == state
    assert after(screening, approve=False).state == "proposed"


def test_two_people_open_what_is_directly_sensitive() -> None:
    """One person's slip must not put people in a religion."""
    first = decided(after(DIRECT), verdict("ann", "approved-with-permission", "religion"))
    assert first.state == "proposed"
    with pytest.raises(UsageError, match="second"):
        decided(first, verdict("ann", "approved-with-permission", "religion"))
    assert (
        decided(first, verdict("bob", "approved-with-permission", "religion")).state
        == "approved-with-permission"
    )


def test_two_people_clear_what_is_directly_sensitive() -> None:
    """Clearing is opening for everybody; two different verdicts are not two for one."""
    first = decided(after(DIRECT), verdict("ann", "approved"))
    assert first.state == "proposed"
    mixed = decided(first, verdict("bob", "approved-with-permission", "religion"))
    assert mixed.state == "proposed"
    cleared = decided(first, verdict("bob", "approved"))
    assert (cleared.state, cleared.categories) == ("approved", ())


def test_one_person_blocks() -> None:
    """Closing is always easy."""
    assert decided(after(DIRECT), verdict("ann", "blocked")).state == "blocked"
    assert decided(after(ARGUABLE), verdict("ann", "approved")).state == "approved"


def test_another_finding_closes_until_somebody_decides() -> None:
    """Another engine, another name, another item: what was approved was another theme."""
    open_ = decided(after(ARGUABLE), verdict("ann", "approved"))
    same = screened(open_, Screening(arguable=("belief",), judged_by="2"), approve_ordinary=True)
    assert (same.state, same.categories) == ("approved", ())
    assert screened(open_, DIRECT, approve_ordinary=True).state == "proposed"
    assert screened(open_, ORDINARY, approve_ordinary=True).state == "approved"


def test_blocked_and_retired_stay() -> None:
    """A new engine that sees nothing must not open what people closed."""
    blocked = decided(after(DIRECT), verdict("ann", "blocked"))
    assert screened(blocked, ORDINARY, approve_ordinary=True).state == "blocked"
    ended = retired(blocked)
    assert screened(ended, ORDINARY, approve_ordinary=True).state == "retired"
    with pytest.raises(UsageError, match="retired"):
        decided(ended, verdict("ann", "approved"))


@pytest.mark.parametrize(
    "wrong",
    [
        verdict("", "approved"),
        verdict("ann", "approved", reason=" "),
        verdict("ann", "approved", reason="\u200b\u3164"),
        verdict("\u2060", "approved"),
        verdict("ann", "approved", "religion"),
        verdict("ann", "approved-with-permission"),
        verdict("ann", "approved-with-permission", "zodiac"),
    ],
)
def test_verdicts_that_contradict_themselves_are_refused(wrong: Verdict) -> None:
    """Each says what was expected."""
    with pytest.raises(UsageError, match="expected"):
        decided(after(ARGUABLE), wrong)


_SCREENINGS = st.sampled_from([ORDINARY, DIRECT, ARGUABLE, UNREADABLE])
_VERDICTS = st.builds(
    Verdict,
    by=st.sampled_from(["ann", "bob"]),
    state=st.sampled_from(["approved", "approved-with-permission", "blocked"]),
    categories=st.sampled_from([(), ("religion",)]),
    reason=st.just("r"),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(_SCREENINGS | _VERDICTS, max_size=8))
def test_nothing_directly_sensitive_is_ever_open_by_one_person(steps: list[Any]) -> None:
    """Whatever happens in whatever order: open and directly sensitive means that two people said the same."""
    standing = Standing()
    said: set[tuple[str, str, tuple[str, ...]]] = set()
    for step in steps:
        if isinstance(step, Screening):
            changes = standing.screening is None or not standing.screening.same_finding(step)
            standing = screened(standing, step, approve_ordinary=True)
            said = set() if changes else said
            continue
        try:
            standing = decided(standing, step)
        except UsageError:
            continue
        said.add((step.by, step.state, step.categories))
    if standing.state in OPEN and standing.screening is not None and standing.screening.direct:
        who = {
            by
            for by, state, categories in said
            if (state, categories) == (standing.state, standing.categories)
        }
        assert who == {"ann", "bob"}
