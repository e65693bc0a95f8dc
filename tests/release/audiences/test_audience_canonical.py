"""One key for equal meanings, against brute-force truth tables."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from haechi.errors import UsageError
from haechi.release.audiences.canonical import EVERYTHING, Diagrams, Function, canonical, implies
from haechi.release.audiences.expression import Expression, Join, Not, Theme

NAMES = ("a", "b", "c", "d", "e")
ROWS = [dict(zip(NAMES, row, strict=True)) for row in product((False, True), repeat=len(NAMES))]

EXPRESSIONS: st.SearchStrategy[Expression] = st.recursive(
    st.sampled_from(NAMES).map(Theme),
    lambda part: st.one_of(
        part.map(Not),
        st.builds(Join, st.sampled_from(("and", "or")), st.lists(part, min_size=1, max_size=3).map(tuple)),
    ),
    max_leaves=10,
)


def holds(expression: Expression, row: dict[str, bool]) -> bool:
    """The oracle: the expression as plain Python reads it."""
    if isinstance(expression, Theme):
        return row[expression.id]
    if isinstance(expression, Not):
        return not holds(expression.of, row)
    parts = (holds(part, row) for part in expression.parts)
    return all(parts) if expression.how == "and" else any(parts)


def truth(function: Function, row: dict[str, bool]) -> bool:
    """Follow the diagram for one person."""
    at = len(function.nodes) + 1 if function.constant is None else function.constant
    while at > EVERYTHING:
        theme, outside, inside = function.nodes[at - 2]
        at = inside if row[theme] else outside
    return at == EVERYTHING


def table(expression: Expression) -> tuple[bool, ...]:
    return tuple(holds(expression, row) for row in ROWS)


@given(EXPRESSIONS)
def test_the_meaning_is_kept(expression: Expression) -> None:
    """Breaks if reducing changed who is meant, what themes matter, or whether it is a complement."""
    function, truths = canonical(expression), table(expression)
    assert tuple(truth(function, row) for row in ROWS) == truths
    assert function.holds_outside == truths[0]
    matters = {
        name
        for name in NAMES
        if any(holds(expression, row) != holds(expression, {**row, name: not row[name]}) for row in ROWS)
    }
    assert function.themes == matters


@settings(max_examples=300)
@given(EXPRESSIONS, EXPRESSIONS)
def test_keys_are_equal_exactly_for_equal_meanings(one: Expression, two: Expression) -> None:
    """Breaks if a paraphrase got a second draw of noise, or two audiences shared one answer."""
    assert (canonical(one).key == canonical(two).key) == (table(one) == table(two))
    assert implies(canonical(one), canonical(two)) == all(
        second or not first for first, second in zip(table(one), table(two), strict=True)
    )


@given(EXPRESSIONS, st.sampled_from(NAMES))
def test_negation_is_known_by_meaning(expression: Expression, name: str) -> None:
    """Breaks if an audience that somebody leaves by being in a theme went through, however it is written."""
    diagrams = Diagrams()
    rises = all(
        not holds(expression, {**row, name: False}) or holds(expression, {**row, name: True}) for row in ROWS
    )
    assert diagrams.rises_with(diagrams.load(canonical(expression)), name) == rises


A, B, C = Theme("a"), Theme("b"), Theme("c")


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (A, Join("and", (A, A))),
        (A, Join("or", (A, Join("and", (B, Not(B)))))),
        (A, Not(Not(A))),
        (A, Join("or", (A, Join("and", (A, B))))),
        (Join("and", (A, B)), Join("and", (B, A))),
        (Not(Join("and", (A, B))), Join("or", (Not(A), Not(B)))),
        (Join("and", (A, Join("or", (B, C)))), Join("or", (Join("and", (A, B)), Join("and", (A, C))))),
        (Join("or", (A, Not(A))), Join("or", (C, Not(C)))),
    ],
)
def test_the_paraphrases_of_the_averaging_attack(one: Expression, two: Expression) -> None:
    """Breaks if repetition, De Morgan, distribution, absorption or a tautology made a new question."""
    assert canonical(one) == canonical(two)


def test_a_diagram_survives_being_stored() -> None:
    """Breaks if a function loaded among others, or from JSON, were another one."""
    import json  # noqa: PLC0415

    function = canonical(Join("or", (Join("and", (A, B)), Join("and", (Not(A), C)))))
    again = Function(tuple((theme, out, into) for theme, out, into in json.loads(json.dumps(function.nodes))))
    diagrams = Diagrams()
    diagrams.load(canonical(Join("and", (B, C))))
    assert diagrams.function(diagrams.load(again)) == function


def test_too_intricate_a_question_is_refused() -> None:
    """Breaks if one question could take memory that grows as a power of its length."""
    pairs = [Join("and", (Theme(f"a{n:02}"), Theme(f"b{n:02}"))) for n in range(15)]
    with pytest.raises(UsageError, match="intricate"):
        canonical(Join("or", tuple(pairs)))
    assert len(canonical(Join("or", tuple(Theme(f"a{n:02}") for n in range(30)))).nodes) == 30
