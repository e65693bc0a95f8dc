"""One key for all ways to ask the same: reduced ordered binary decision diagrams (Bryant 1986).

Answers carry noise that must not be averaged away, so a question and its paraphrases (A and A, De Morgan,
distribution, absorption, tautologies) have to be known as one. In a reduced diagram with a fixed order of themes,
equal meanings have equal diagrams; the order here is that of the identifiers, so it never depends on what else was
asked. Implication follows: P implies Q when "P and not Q" is the diagram of nothing.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from haechi.errors import UsageError
from haechi.release.audiences.expression import Expression, Not, Theme

Node = tuple[str, int, int]
"""A theme, the node for people outside it and the node for people in it."""

NOTHING: Final = 0
EVERYTHING: Final = 1
_NODES: Final = 1_000
"""A question that needs more nodes is refused: and/or of 30 themes needs 30, and pairs of questions are compared in
time proportional to the product of their nodes."""


@dataclass(frozen=True, slots=True)
class Function:
    """The meaning of a question.

    Attributes:
        nodes: the diagram, parts before wholes, in the one order that a walk from the root gives. A reference 0 is
            nothing, 1 everything, n + 2 the node at place n. The last node is the root.
        constant: NOTHING or EVERYTHING where there are no nodes; None otherwise.
    """

    nodes: tuple[Node, ...]
    constant: int | None = None

    @property
    def themes(self) -> frozenset[str]:
        """The themes on which the meaning depends; one that cancels out is not among them."""
        return frozenset(theme for theme, _, _ in self.nodes)

    @property
    def key(self) -> str:
        """SHA-256 of the diagram: equal for equal meanings, and only for them."""
        text = json.dumps([self.constant, self.nodes], separators=(",", ":"), ensure_ascii=True)
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def holds_outside(self) -> bool:
        """Whether somebody in none of its themes belongs to it: a complement, whatever it is written as."""
        at = self.constant if self.constant is not None else len(self.nodes) + 1
        while at > EVERYTHING:
            at = self.nodes[at - 2][1]
        return at == EVERYTHING

    def holds(self, in_theme: Callable[[str], bool]) -> bool:
        """Whether somebody belongs to it who is in the themes that `in_theme` says."""
        at = self.constant if self.constant is not None else len(self.nodes) + 1
        while at > EVERYTHING:
            theme, outside, inside = self.nodes[at - 2]
            at = inside if in_theme(theme) else outside
        return at == EVERYTHING


@dataclass(slots=True)
class Diagrams:
    """A workshop in which diagrams share their nodes, so that equality is equality of two numbers.

    Attributes:
        limit: how many nodes it may hold, or None.
    """

    limit: int | None = None
    _nodes: list[Node] = field(default_factory=list)
    _number: dict[Node, int] = field(default_factory=dict)
    _known: dict[tuple[int, int, int], int] = field(default_factory=dict)

    def node(self, theme: str, outside: int, inside: int) -> int:
        """The node that asks for `theme`; none is made where the answer makes no difference."""
        if outside == inside:
            return outside
        node = (theme, outside, inside)
        number = self._number.get(node)
        if number is None:
            if self.limit is not None and len(self._nodes) >= self.limit:
                raise UsageError(
                    "The question joins its themes in too intricate a way. Ask for fewer at once."
                )
            number = self._number[node] = len(self._nodes) + 2
            self._nodes.append(node)
        return number

    def choose(self, test: int, then: int, other: int) -> int:
        """The diagram "if `test` then `then` else `other`", from which every connective is made."""
        if test <= EVERYTHING:
            return then if test == EVERYTHING else other
        if then == other:
            return then
        if then == EVERYTHING and other == NOTHING:
            return test
        call = (test, then, other)
        found = self._known.get(call)
        if found is None:
            theme = min(self._nodes[at - 2][0] for at in call if at > EVERYTHING)
            outside = self.choose(*(self._under(at, theme, 1) for at in call))
            inside = self.choose(*(self._under(at, theme, 2) for at in call))
            found = self._known[call] = self.node(theme, outside, inside)
        return found

    def _under(self, at: int, theme: str, side: int) -> int:
        if at <= EVERYTHING or self._nodes[at - 2][0] != theme:
            return at
        branch = self._nodes[at - 2][side]
        return int(branch)

    def both(self, one: int, two: int) -> int:
        """The people in both."""
        return self.choose(one, two, NOTHING)

    def either(self, one: int, two: int) -> int:
        """The people in one of the two or in both."""
        return self.choose(one, EVERYTHING, two)

    def without(self, one: int, two: int) -> int:
        """The people in the first and not in the second."""
        return self.choose(two, NOTHING, one)

    def build(self, expression: Expression) -> int:
        """The diagram of what an advertiser wrote."""
        if isinstance(expression, Theme):
            return self.node(expression.id, NOTHING, EVERYTHING)
        if isinstance(expression, Not):
            return self.choose(self.build(expression.of), NOTHING, EVERYTHING)
        parts = [self.build(part) for part in expression.parts]
        whole = parts[0]
        for part in parts[1:]:
            whole = self.both(whole, part) if expression.how == "and" else self.either(whole, part)
        return whole

    def load(self, function: Function) -> int:
        """A function made elsewhere, among the diagrams of this workshop."""
        if function.constant is not None:
            return function.constant
        places = [NOTHING, EVERYTHING]
        for theme, outside, inside in function.nodes:
            places.append(self.node(theme, places[outside], places[inside]))
        return places[-1]

    def function(self, root: int) -> Function:
        """The diagram at `root`, alone and with its nodes in the one order that does not depend on the workshop."""
        if root <= EVERYTHING:
            return Function((), root)
        places = {NOTHING: NOTHING, EVERYTHING: EVERYTHING}
        nodes: list[Node] = []
        waiting = [root]
        while waiting:
            at = waiting[-1]
            if at in places:
                waiting.pop()
                continue
            theme, outside, inside = self._nodes[at - 2]
            missing = [part for part in (inside, outside) if part not in places]
            if missing:
                waiting.extend(missing)
                continue
            waiting.pop()
            nodes.append((theme, places[outside], places[inside]))
            places[at] = len(nodes) + 1
        return Function(tuple(nodes))

    def rises_with(self, root: int, theme: str) -> bool:
        """Whether nobody leaves the audience by being in `theme`.

        False is what "negation of a theme" means once a question is reduced to its meaning: for some people, being
        left out tells that they are in it.
        """
        known: dict[tuple[int, int], int] = {}

        def fixed(at: int, side: int) -> int:
            if at <= EVERYTHING or self._nodes[at - 2][0] > theme:
                return at
            if (at, side) not in known:
                here, outside, inside = self._nodes[at - 2]
                known[at, side] = (
                    (outside, inside)[side]
                    if here == theme
                    else self.node(here, fixed(outside, side), fixed(inside, side))
                )
            return known[at, side]

        return self.without(fixed(root, 0), fixed(root, 1)) == NOTHING


def canonical(expression: Expression) -> Function:
    """The meaning of an expression, the same for all its paraphrases.

    Raises:
        UsageError: its diagram would be too large.
    """
    diagrams = Diagrams(limit=_NODES)
    return diagrams.function(diagrams.build(expression))


def implies(one: Function, two: Function) -> bool:
    """Whether everybody in the first is in the second, whoever is in which theme."""
    diagrams = Diagrams()
    return diagrams.without(diagrams.load(one), diagrams.load(two)) == NOTHING
