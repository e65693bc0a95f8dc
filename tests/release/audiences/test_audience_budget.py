"""Charges per person, against plain counting."""

from collections import Counter as Tally

from hypothesis import given
from hypothesis import strategies as st
from pyroaring import BitMap

from haechi.release.audiences.budget import at_least, charged, countable, empty_budget, expired

PEOPLE = st.frozensets(st.integers(0, 12))


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 1), PEOPLE), max_size=25), st.integers(1, 20))
def test_charges_are_counted(charges: list[tuple[int, int, frozenset[int]]], uses: int) -> None:
    """Breaks if a charge were lost, doubled, or kept after its period left the window."""
    budget, plain = empty_budget(2), sorted(charges, key=lambda charge: charge[0])
    for period, level, people in plain:
        budget = charged(budget, level, period, BitMap(people))
    for first in range(4):
        left = expired(budget, first)
        for level in range(2):
            tally = Tally(
                person for period, at, people in plain if period >= first and at == level for person in people
            )
            spent = left.total.levels[level]
            assert set(at_least(spent, uses)) == {person for person, n in tally.items() if n >= uses}
            everybody = BitMap(range(13))
            assert set(countable(left, level, uses, everybody)) == {n for n in range(13) if tally[n] < uses}


def test_a_budget_shows_nobody() -> None:
    """Breaks if a log line that shows a state showed who was counted."""
    assert "4711" not in repr(charged(empty_budget(1), 0, 0, BitMap([4711])))


def test_earlier_budgets_stay_as_they_were() -> None:
    """Breaks if a charge changed a budget that a store is still writing."""
    before = charged(empty_budget(1), 0, 0, BitMap([1, 2]))
    digits = [BitMap(digit) for digit in before.total.levels[0]]
    charged(before, 0, 0, BitMap([2, 3]))
    assert list(before.total.levels[0]) == digits
