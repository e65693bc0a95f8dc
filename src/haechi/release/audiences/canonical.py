"""One form for all ways of saying the same: a reduced ordered binary decision diagram (Bryant 1986).

Repeating a question in other words (A and A, De Morgan, absorption) must give the same answer, or its noise averages
out. Two expressions mean the same where, and only where, their diagrams are equal.
"""

import hashlib
from collections.abc import Sequence
from typing import Final

from haechi.errors import UsageError
from haechi.release.audiences.expression import Expression, themes_of

_FALSE: Final = 0
_TRUE: Final = 1
_MOST_NODES: Final = 20_000
_AND: Final = "and"


class Diagrams:
    """Diagrams over the same themes.

    Args:
        themes: in their order.

    A node is a number; `_FALSE` and `_TRUE` are the ends, any other has a theme's place and two further nodes.
    """

    def __init__(self, themes: Sequence[str]) -> None:
        self.themes = tuple(themes)
        self._places = {theme: place for place, theme in enumerate(self.themes)}
        self._nodes: list[tuple[int, int, int]] = [(len(self.themes), 0, 0), (len(self.themes), 1, 1)]
        self._known: dict[tuple[int, int, int], int] = {}
        self._done: dict[tuple[str, int, int], int] = {}

    def of(self, expression: Expression) -> int:
        """The node of an expression."""
        if expression.kind == "theme":
            return self._node(self._places[expression.theme], _FALSE, _TRUE)
        parts = [self.of(part) for part in expression.parts]
        if expression.kind == "not":
            return self.negated(parts[0])
        joined = parts[0]
        for part in parts[1:]:
            joined = self.joined(expression.kind, joined, part)
        return joined

    def negated(self, node: int) -> int:
        """What is so where the node is not."""
        return self.joined("xor", node, _TRUE)

    def joined(self, how: str, one: int, other: int) -> int:
        """`and`, `or` or `xor` of two nodes."""
        if one <= _TRUE and other <= _TRUE:
            return {"and": one & other, "or": one | other}.get(how, one ^ other)
        key = (how, min(one, other), max(one, other))
        known = self._done.get(key)
        if known is None:
            place = min(self._nodes[one][0], self._nodes[other][0])
            lows, highs = zip(self._at(one, place), self._at(other, place), strict=True)
            known = self._done[key] = self._node(place, self.joined(how, *lows), self.joined(how, *highs))
        return known

    def without(self, one: int, other: int) -> int:
        """What is in one and not in the other; `_FALSE` where that can never be."""
        return self.joined(_AND, one, self.negated(other))

    def holds_without_any(self, node: int) -> bool:
        """Whether somebody in no theme at all would be meant."""
        while node > _TRUE:
            node = self._nodes[node][1]
        return node == _TRUE

    def falls_with(self, node: int, theme: str) -> bool:
        """Whether being in the theme can put somebody out of what is meant."""
        place = self._places[theme]
        return self.without(self._fixed(node, place, 1), self._fixed(node, place, 2)) != _FALSE

    def text(self, node: int) -> str:
        """The diagram in words: the same for the same meaning."""
        lines: list[str] = []
        numbers: dict[int, int] = {_FALSE: 0, _TRUE: 1}

        def tell(node: int) -> int:
            if node not in numbers:
                place, low, high = self._nodes[node]
                below = tell(low), tell(high)
                numbers[node] = len(numbers)
                lines.append(f"{self.themes[place]!r} {below[0]} {below[1]}")
            return numbers[node]

        tell(node)
        return "\n".join(lines) or str(node)

    def _fixed(self, node: int, place: int, branch: int) -> int:
        """The node with a theme taken as false (branch 1) or true (branch 2)."""
        here, low, high = self._nodes[node]
        if here > place:
            return node
        if here == place:
            return self._nodes[node][branch]
        return self._node(here, self._fixed(low, place, branch), self._fixed(high, place, branch))

    def _at(self, node: int, place: int) -> tuple[int, int]:
        here, low, high = self._nodes[node]
        return (low, high) if here == place else (node, node)

    def _node(self, place: int, low: int, high: int) -> int:
        if low == high:
            return low
        key = (place, low, high)
        known = self._known.get(key)
        if known is None:
            if len(self._nodes) > _MOST_NODES:
                raise UsageError("an audience too intricate to compare with others; expected a simpler one.")
            self._nodes.append(key)
            known = self._known[key] = len(self._nodes) - 1
        return known


class Canonical:
    """An expression's one form.

    Attributes:
        expression: as composed.
        key: SHA-256 of the form, in hexadecimal: equal exactly where the meaning is.
        themes: those that the meaning really depends on.
    """

    def __init__(self, expression: Expression) -> None:
        self.expression = expression
        diagrams = Diagrams(themes_of(expression))
        node = diagrams.of(expression)
        text = diagrams.text(node)
        self.key = hashlib.sha256(text.encode()).hexdigest()
        self.themes = tuple(theme for theme in diagrams.themes if f"{theme!r} " in text)
        self.is_nobody = node == _FALSE
        self.holds_without_any = diagrams.holds_without_any(node)
        self._falls_with = {theme for theme in self.themes if diagrams.falls_with(node, theme)}

    def falls_with(self, theme: str) -> bool:
        """Whether being in the theme can put somebody out of the audience."""
        return theme in self._falls_with


def canonical(expression: Expression) -> Canonical:
    """The one form of an expression.

    Raises:
        UsageError: it is too intricate.
    """
    return Canonical(expression)


def can_differ(one: Expression, other: Expression) -> tuple[bool, bool]:
    """Whether there can be people in one and not in the other, and the other way about, by what is said alone."""
    diagrams = Diagrams(sorted({*themes_of(one), *themes_of(other)}))
    first, second = diagrams.of(one), diagrams.of(other)
    return diagrams.without(first, second) != _FALSE, diagrams.without(second, first) != _FALSE
