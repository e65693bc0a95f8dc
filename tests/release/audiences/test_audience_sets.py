"""Who is in an audience, against a person-by-person reading."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pyroaring import BitMap

from haechi.errors import UsageError
from haechi.release.audiences.canonical import canonical
from haechi.release.audiences.expression import Expression, Theme
from haechi.release.audiences.sets import ThemePeople, known_themes, people_in
from tests.release.audiences.test_audience_canonical import EXPRESSIONS, NAMES, holds


@given(EXPRESSIONS, st.lists(st.frozensets(st.sampled_from(NAMES)), max_size=30))
def test_people_are_those_for_whom_the_question_holds(
    expression: Expression, people: list[frozenset[str]]
) -> None:
    """Breaks if the set operations meant anything else than the question."""
    function = canonical(expression)
    assume(not function.holds_outside)
    sets = {
        name: ThemePeople(BitMap(n for n, themes in enumerate(people) if name in themes)) for name in NAMES
    }
    before = {name: BitMap(theme.people) for name, theme in sets.items()}
    found = people_in(function, sets)
    assert set(found) == {
        n for n, themes in enumerate(people) if holds(expression, {name: name in themes for name in NAMES})
    }
    found.add(4_000_000)
    assert {name: theme.people for name, theme in sets.items()} == before


def test_an_unknown_theme_is_told() -> None:
    """Breaks if a theme that is not in the catalogue counted as an empty one."""
    with pytest.raises(UsageError, match="Unknown theme 'ghost'"):
        known_themes(canonical(Theme("ghost")), {})


def test_nothing_shown_for_a_log_holds_people() -> None:
    """Breaks if a traceback or log line that shows a theme showed who is in it."""
    assert "people" not in repr(ThemePeople(BitMap([4711])))
    assert "4711" not in repr(ThemePeople(BitMap([4711])))
