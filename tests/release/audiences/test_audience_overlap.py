"""Which sizes can be worked out, against trying every sum of two and three answers on a truth table."""

from itertools import combinations, permutations

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from haechi.release.audiences.canonical import canonical
from haechi.release.audiences.expression import Expression, Join, Theme
from haechi.release.audiences.overlap import derivable, isolates
from haechi.release.audiences.state import Answered
from tests.release.audiences.test_audience_canonical import EXPRESSIONS, table


def answered(expression: Expression, noisy: int = 50_000, sigma: float = 150.0) -> Answered:
    function = canonical(expression)
    return Answered(
        key=function.key,
        nodes=function.nodes,
        period=0,
        noisy=noisy,
        sigma=sigma,
        minimum=1_000,
        size=noisy,
        refused=None,
    )


def sizes(tables: dict[str, tuple[bool, ...]], new: str) -> set[tuple[frozenset[str], frozenset[str]]]:
    """The oracle: every a - b, a - b - c and a + b - c with the new one in it that is 0 or 1 in each row."""
    sums: list[tuple[tuple[str, ...], tuple[str, ...]]] = [((a,), (b,)) for a, b in permutations(tables, 2)]
    for pair in combinations(tables, 2):
        sums += [((a,), pair) for a in tables if a not in pair]
        sums += [(pair, (a,)) for a in tables if a not in pair]
    found = set()
    for plus, minus in sums:
        rows = {
            sum(tables[key][row] for key in plus) - sum(tables[key][row] for key in minus)
            for row in range(32)
        }
        if new in plus + minus and rows <= {0, 1} and 1 in rows:
            found.add((frozenset(plus), frozenset(minus)))
    return found


@settings(max_examples=200, deadline=None)
@given(st.lists(EXPRESSIONS, min_size=2, max_size=6))
def test_every_size_that_can_be_worked_out_is_found(expressions: list[Expression]) -> None:
    """Breaks if a sum of two or three answers that tells a size were overlooked, or one that tells none refused."""
    tables = {canonical(one).key: table(one) for one in expressions}
    asked = {answer.key: answer for answer in map(answered, expressions) if answer.nodes}
    assume(len(asked) == len(tables))
    new = list(asked.values())[-1]
    found = {
        (frozenset(answer.key for answer in plus), frozenset(answer.key for answer in minus))
        for plus, minus in derivable(new, list(asked.values())[:-1])
    }
    assert found == sizes(tables, new.key)


def test_the_margin_grows_with_the_noise() -> None:
    """Breaks if coarse counts, whose difference says little, passed as if they were fine ones."""
    wide, narrow = Join("or", (Theme("a"), Theme("b"))), Theme("a")
    for sigma, apart, refused in ((150.0, 1_400, True), (150.0, 1_450, False), (1500.0, 5_000, True),
                                  (1500.0, 5_300, False)):  # fmt: skip
        known = answered(narrow, 200_000, sigma)
        assert isolates(answered(wide, 200_000 + apart, sigma), [known], 2.0) is refused
