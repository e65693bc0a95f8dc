"""The text of an expression, taken apart. The language is a strict part of the Common Expression Language (CEL).

    claim.score >= limit.sure && !(ad.country in ["JP", "KR"])

There are names, calls, constants, lists of constants, `==  !=  <  <=  >  >=  in`, `!`, `&&` and `||`. There is no
arithmetic, loop, regular expression, conversion or assignment: whatever passes the check of types (`meaning`) has
an answer for every ad.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

MAX_CHARACTERS: Final = 4_000
MAX_DEPTH: Final = 24
MAX_PARTS: Final = 300
"""Of one expression: names, constants and operators."""

COMPARISONS: Final = ("==", "!=", "<=", ">=", "<", ">", "in")
_TOKEN: Final = re.compile(
    r"""(?P<space>[ \t\r\n]+)
    |(?P<number>[0-9]{1,15}(?:\.[0-9]{1,15})?(?![\w.]))
    |(?P<text>"[^"\\\n\r]*"|'[^'\\\n\r]*')
    |(?P<word>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<mark>&&|\|\||==|!=|<=|>=|[<>!()\[\],.])""",
    re.VERBOSE,
)
_CONSTANTS: Final = {"true": True, "false": False}
_NO_NAMES: Final = frozenset({*_CONSTANTS, "in", "null"})
_NEAR: Final = 24


class ExpressionError(ValueError):
    """The text is no expression: what was found where, and what was expected."""


@dataclass(frozen=True, slots=True)
class Constant:
    """A constant."""

    value: bool | int | float | str
    at: int


@dataclass(frozen=True, slots=True)
class Listed:
    """Constants in brackets."""

    items: tuple[Constant, ...]
    at: int


@dataclass(frozen=True, slots=True)
class Name:
    """A name with dots, such as `claim.score`."""

    parts: tuple[str, ...]
    at: int


@dataclass(frozen=True, slots=True)
class Call:
    """A name with arguments, such as `claim.score_of("urgency")`."""

    parts: tuple[str, ...]
    arguments: tuple["Tree", ...]
    at: int


@dataclass(frozen=True, slots=True)
class Not:
    """Whether the other does not hold."""

    of: "Tree"
    at: int


@dataclass(frozen=True, slots=True)
class Compared:
    """Two sides, compared by one of `COMPARISONS`."""

    by: str
    left: "Tree"
    right: "Tree"
    at: int


@dataclass(frozen=True, slots=True)
class Joined:
    """Several parts, all of which (`&&`) or one of which (`||`) must hold."""

    by: str
    parts: tuple["Tree", ...]
    at: int


Tree = Constant | Listed | Name | Call | Not | Compared | Joined


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int


def parse(text: str) -> Tree:
    """The expression as a tree. `at` is the place of each part in the text, from 0.

    Raises:
        ExpressionError: it is too long, nested too deep, or not of the language.
    """
    if len(text) > MAX_CHARACTERS:
        raise ExpressionError(f"found {len(text):,} characters; expected at most {MAX_CHARACTERS:,}")
    return _Parser(text).whole()


def near(text: str, at: int) -> str:
    """The place in words: the text from there on, shortened."""
    rest = " ".join(text[at : at + _NEAR].split())
    return f"at {rest!r}" if rest else "at the end"


class _Parser:
    """Goes through the tokens once; depth and number of parts are bounded, so is time."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = self._tokens()
        if len(self.tokens) > MAX_PARTS:
            raise ExpressionError(f"found {len(self.tokens):,} parts; expected at most {MAX_PARTS:,}")
        self.place = 0
        self.depth = 0

    def _tokens(self) -> list[_Token]:
        found = []
        place = 0
        while place < len(self.text):
            met = _TOKEN.match(self.text, place)
            if met is None:
                raise ExpressionError(
                    f"found {near(self.text, place)[3:]}; expected a name, a number such as 3 or 0.5, a text in "
                    f"quotes without \\, or one of && || ! ( ) [ ] , . {' '.join(COMPARISONS)}"
                )
            if met.lastgroup != "space":
                found.append(_Token(str(met.lastgroup), met.group(), place))
            place = met.end()
        return found

    def whole(self) -> Tree:
        tree = self._either()
        if self.place < len(self.tokens):
            raise self._fault("&&, || or the end")
        return tree

    def _either(self) -> Tree:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ExpressionError(f"found more than {MAX_DEPTH} levels of brackets; expected fewer")
        tree = self._joined("||", lambda: self._joined("&&", self._compared))
        self.depth -= 1
        return tree

    def _joined(self, by: str, part: Callable[[], Tree]) -> Tree:
        at = self._at()
        parts = [part()]
        while self._take(by):
            parts.append(part())
        return parts[0] if len(parts) == 1 else Joined(by, tuple(parts), at)

    def _compared(self) -> Tree:
        at = self._at()
        left = self._negated()
        for by in COMPARISONS:
            if self._take(by):
                return Compared(by, left, self._negated(), at)
        return left

    def _negated(self) -> Tree:
        at = self._at()
        times = 0
        while self._take("!"):
            times += 1
        tree = self._simple()
        if times > 1:
            raise ExpressionError(f"found {times} times ! {near(self.text, at)}; expected one")
        return Not(tree, at) if times else tree

    def _simple(self) -> Tree:
        at = self._at()
        if self._take("("):
            tree = self._either()
            self._expect(")")
            return tree
        if self._take("["):
            return Listed(self._constants(), at)
        token = self._peek()
        if token is not None and token.kind == "word" and token.text not in _NO_NAMES:
            return self._named()
        return self._constant()

    def _constants(self) -> tuple[Constant, ...]:
        items = [self._constant()]
        while self._take(","):
            items.append(self._constant())
        self._expect("]")
        return tuple(items)

    def _constant(self) -> Constant:
        token = self._peek()
        if token is None or (token.kind not in ("number", "text") and token.text not in _CONSTANTS):
            raise self._fault("a name or a constant")
        self.place += 1
        if token.kind == "number":
            value: bool | int | float | str = float(token.text) if "." in token.text else int(token.text)
        else:
            value = token.text[1:-1] if token.kind == "text" else _CONSTANTS[token.text]
        return Constant(value, token.at)

    def _named(self) -> Tree:
        at = self._at()
        parts = [self._word()]
        while self._take("."):
            parts.append(self._word())
        if not self._take("("):
            return Name(tuple(parts), at)
        arguments = [self._either()]
        while self._take(","):
            arguments.append(self._either())
        self._expect(")")
        return Call(tuple(parts), tuple(arguments), at)

    def _word(self) -> str:
        token = self._peek()
        if token is None or token.kind != "word" or token.text in _NO_NAMES:
            raise self._fault("a name")
        self.place += 1
        return token.text

    def _peek(self) -> _Token | None:
        return self.tokens[self.place] if self.place < len(self.tokens) else None

    def _at(self) -> int:
        token = self._peek()
        return len(self.text) if token is None else token.at

    def _take(self, text: str) -> bool:
        token = self._peek()
        there = token is not None and token.kind in ("mark", "word") and token.text == text
        self.place += there
        return there

    def _expect(self, text: str) -> None:
        if not self._take(text):
            raise self._fault(text)

    def _fault(self, expected: str) -> ExpressionError:
        return ExpressionError(f"found something else {near(self.text, self._at())}; expected {expected}")
