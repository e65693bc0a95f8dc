"""How often a person was counted for an advertiser, and who may be counted no more.

Individual accounting (Feldman and Zrnic 2021, "Individual Privacy Accounting via a Rényi Filter"): an answer costs
only those whom it counts. Each level of noise has its own number of uses per person and window; whoever has none left
is left out of further counts at that level, without a word, since a refusal would tell. Whether a person is charged
depends on nothing but that person's own themes and on the answers given before. With a rule that looked at others
(such as "free when the true set is large") one person's themes would decide over the charges of thousands, and the
bound would be void.

Counts per person are kept as binary digits, one bitmap a digit (bit slices, O'Neil and Quass 1997), so charging a
million people is a handful of set operations: a use more is an addition with carry.
"""

from dataclasses import dataclass, field

from pyroaring import BitMap

Counter = tuple[BitMap, ...]
"""A small number for each person: digit n of it is 1 for the people in bitmap n."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What was spent, by level, in the policy's order of levels.

    Attributes:
        levels: one counter each.
    """

    levels: tuple[Counter, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Budget:
    """One advertiser's charges.

    Attributes:
        total: within the window.
        periods: the same by period number, oldest first; they add up to `total`.
    """

    total: Spent
    periods: tuple[tuple[int, Spent], ...] = ()


def empty_budget(levels: int) -> Budget:
    """Nothing spent yet at any of `levels` levels."""
    return Budget(Spent(((),) * levels))


def at_least(counter: Counter, uses: int) -> BitMap:
    """The people whose number is `uses` (at least 1) or more."""
    if uses >= 1 << len(counter):
        return BitMap()
    more, same = BitMap(), BitMap.union(*counter) if counter else BitMap()
    for place in reversed(range(len(counter))):
        if uses >> place & 1:
            same = same & counter[place]
        else:
            more = more | (same & counter[place])
            same = same - counter[place]
    return more | same


def added(counter: Counter, people: BitMap) -> Counter:
    """One more for each of `people`."""
    digits, carry = [], people
    for digit in counter:
        digits.append(digit ^ carry)
        carry = digit & carry
    return (*digits, carry) if carry else tuple(digits)


def subtracted(counter: Counter, less: Counter) -> Counter:
    """The first numbers without the second, which are nowhere larger."""
    digits, borrow = [], BitMap()
    for place, digit in enumerate(counter):
        taken = less[place] if place < len(less) else BitMap()
        digits.append(digit ^ taken ^ borrow)
        borrow = (taken & borrow) | ((taken | borrow) - digit)
    while digits and not digits[-1]:
        digits.pop()
    return tuple(digits)


def countable(budget: Budget, level: int, uses: int, people: BitMap) -> BitMap:
    """Those of `people` who may still be counted at a level that allows `uses` in a window."""
    return people - at_least(budget.total.levels[level], uses)


def charged(budget: Budget, level: int, period: int, people: BitMap) -> Budget:
    """The budget after `people` were counted at a level; the newest period is `period` or none is held for it."""
    periods = budget.periods
    if not periods or periods[-1][0] != period:
        periods = (*periods, (period, Spent(((),) * len(budget.total.levels))))
    number, spent = periods[-1]
    return Budget(
        _one_more(budget.total, level, people), (*periods[:-1], (number, _one_more(spent, level, people)))
    )


def expired(budget: Budget, first: int) -> Budget:
    """The budget without what was spent before period `first`."""
    total, kept = budget.total, budget.periods
    while kept and kept[0][0] < first:
        old = kept[0][1]
        total = Spent(tuple(subtracted(*pair) for pair in zip(total.levels, old.levels, strict=True)))
        kept = kept[1:]
    return Budget(total, kept)


def _one_more(spent: Spent, level: int, people: BitMap) -> Spent:
    levels = list(spent.levels)
    levels[level] = added(levels[level], people)
    return Spent(tuple(levels))
