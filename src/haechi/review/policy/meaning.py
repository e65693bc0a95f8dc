"""What an expression means: its names looked up, its types checked, its answer for an ad.

Everything that could go wrong at run time is refused here: after it, an expression answers for every ad, in time
that its own length and the ad's signals bound. Of every expression there is a canonical form, the same for two texts
that differ in spaces, brackets, names of constants or the order of parts.
"""

import json
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final, Literal, TypeVar

from haechi.review.policy import asking
from haechi.review.policy.readable import FactType, readable, signals_in_rules
from haechi.review.policy.reading import Found, Reading
from haechi.review.policy.syntax import (
    Call,
    Compared,
    Constant,
    Joined,
    Listed,
    Name,
    Not,
    Tree,
    near,
    parse,
)

_Kept = TypeVar("_Kept")
Type = Literal["bool", "int", "text", "texts", "number", "score"]
"""`number`: with a point, a constant. `score`: of a signal, 0 to 1."""
_IN_WORDS: Final[Mapping[Type, str]] = {
    "bool": "true or false", "int": "a whole number", "text": "a text", "texts": "a list of texts",
    "number": "a number such as 0.5", "score": "a score",
}  # fmt: skip
_ORDERS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
    "==": operator.eq, "!=": operator.ne,
}  # fmt: skip
_TURNED: Final = {">": "<", ">=": "<=", "<": ">", "<=": ">="}
_FIELDS: Final[Mapping[str, tuple[Type, Callable[[Found], Any]]]] = {
    "present": ("bool", lambda found: bool(found.each)),
    "score": ("score", lambda found: found.score),
    "values": ("texts", lambda found: found.values),
    "kinds": ("int", lambda found: len(found.values)),
}
_METHODS: Final[Mapping[str, tuple[Type, tuple[Type, ...]]]] = {
    "score_of": ("score", ("text",)),
    "score_among": ("score", ("texts",)),
    "score_where": ("score", ("text", "text")),
    "kinds_at": ("int", ("number",)),
    "kinds_among": ("int", ("texts", "number")),
}


class MeaningError(ValueError):
    """The expression names what is not there, or compares what cannot be compared."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """An expression that can be asked.

    Attributes:
        type: of its answer.
        form: canonical.
        ask: its answer for an ad.
        constant: its value where it is the same for all ads, else None.
        signal: whose values it lists, where it does.
    """

    type: Type
    form: Any
    ask: Callable[[Reading], Any]
    constant: Any = None
    signal: str | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """The rule set's own names.

    Attributes:
        limits: numbers.
        lists: lists of texts.
        conditions: canonical forms of the conditions, by name.
    """

    limits: Mapping[str, int | float] = field(default_factory=dict)
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    conditions: Mapping[str, str] = field(default_factory=dict)


def meaning(text: str, scope: Scope) -> Meaning:
    """The meaning of an expression that answers true or false.

    Raises:
        ExpressionError: it is no expression.
        MeaningError: it names or compares wrongly, or answers something else.
    """
    found = _Reader(text, scope).of(parse(text))
    if found.type != "bool":
        raise MeaningError(f"found {_IN_WORDS[found.type]}; expected an expression that is true or false")
    if found.constant is not None:
        raise MeaningError("found the same answer for every ad; expected something read of the ad")
    return found


def form_hash(found: Meaning) -> str:
    """SHA-256 of the canonical form."""
    return sha256(_text(found.form).encode()).hexdigest()


def _text(form: object) -> str:
    return json.dumps(form, ensure_ascii=False, separators=(",", ":"))


class _Reader:
    """Reads one expression."""

    def __init__(self, text: str, scope: Scope) -> None:
        self.text = text
        self.scope = scope

    def of(self, tree: Tree) -> Meaning:
        match tree:
            case Name(parts, at):
                return self._name(parts, at)
            case Call(parts, arguments, at):
                return self._call(parts, [self.of(one) for one in arguments], at)
            case Compared(by, left, right, at):
                return self._compared(by, self.of(left), self.of(right), at)
            case Constant(value):
                return _constant(value)
            case Listed(items):
                return self._listed(items)
            case _:
                return self._logic(tree)

    def _logic(self, tree: Not | Joined) -> Meaning:
        if isinstance(tree, Joined):
            return _joined(tree.by, [self._bool(one, tree.at) for one in tree.parts])
        inner = self._bool(tree.of, tree.at)
        return Meaning("bool", ["!", inner.form], asking.negated(inner.ask))

    def fault(self, at: int, said: str) -> MeaningError:
        return MeaningError(f"{near(self.text, at)}: {said}")

    def _bool(self, tree: Tree, at: int) -> Meaning:
        found = self.of(tree)
        if found.type != "bool" or found.constant is not None:
            raise self.fault(at, f"found {_described(found)}; expected a condition")
        return found

    def _listed(self, items: tuple[Constant, ...]) -> Meaning:
        texts = []
        for item in items:
            if not isinstance(item.value, str):
                raise self.fault(item.at, f"found {item.value!r} in a list; expected a text in quotes")
            texts.append(item.value)
        return _texts(texts)

    def _name(self, parts: tuple[str, ...], at: int) -> Meaning:
        root, rest = parts[0], ".".join(parts[1:])
        if root == "limit":
            return _constant(self._known(self.scope.limits, rest, "limit", at))
        if root == "list":
            return _texts(self._known(self.scope.lists, rest, "list", at))
        if root == "is":
            digest = self._known(self.scope.conditions, rest, "condition", at)
            return Meaning("bool", ["is", digest], asking.condition(rest))
        signal = signals_in_rules().get(root)
        if signal is not None:
            kind, ask = self._known(_FIELDS, rest, f"field of {root}", at)
            form = ["signal", signal, rest]
            return Meaning(
                kind, form, asking.of_signal(root, ask), signal=signal if kind == "texts" else None
            )
        fact = ".".join(parts)
        kind_of_fact: FactType = self._known(readable().facts, fact, "name", at)
        return Meaning(kind_of_fact, ["fact", fact], asking.fact(fact))

    def _call(self, parts: tuple[str, ...], arguments: list[Meaning], at: int) -> Meaning:
        if parts == ("count",):
            if any(one.type != "bool" or one.constant is not None for one in arguments):
                raise self.fault(at, "found a part of count() that is no condition; expected conditions only")
            return _count(arguments)
        signal = signals_in_rules().get(parts[0])
        if signal is None or len(parts) != 2:  # noqa: PLR2004  signal.method
            raise self.fault(
                at, f"found {'.'.join(parts)}(); expected count() or a signal with one of {_known(_METHODS)}"
            )
        kind, wanted = self._known(_METHODS, parts[1], f"question to {parts[0]}", at)
        if len(arguments) != len(wanted):
            raise self.fault(at, f"found {len(arguments)} arguments; expected {len(wanted)}")
        for given, type_ in zip(arguments, wanted, strict=True):
            if given.type != type_ or given.constant is None:
                raise self.fault(
                    at, f"found {_described(given)}; expected {_IN_WORDS[type_]}, given as a constant"
                )
        values = [one.constant for one in arguments]
        self._refuse_unknown_values(parts[1], signal, values, at)
        form = ["ask", signal, parts[1], *values]
        return Meaning(kind, form, asking.of_signal(parts[0], asking.method(parts[1], values)))

    def _refuse_unknown_values(self, method: str, signal: str, values: list[Any], at: int) -> None:
        about = readable().signals[signal]
        if method == "score_where":
            answers = self._known(about.params, values[0], f"param of {signal}", at)
            self._among(answers, [values[1]], f"answer of {signal} to {values[0]!r}", at)
            return
        if method != "kinds_at":
            asked = [values[0]] if isinstance(values[0], str) else values[0]
            self._among(about.values, asked, f"value of {signal}", at)
        if method in ("kinds_at", "kinds_among"):
            self._score_bound("<=", values[-1], at)

    def _among(self, known: Sequence[str], asked: Sequence[str], what: str, at: int) -> None:
        for one in asked:
            if known and one not in known:
                raise self.fault(at, f"found {one!r}, no {what}; expected one of {_known(known)}")

    def _compared(self, by: str, left: Meaning, right: Meaning, at: int) -> Meaning:
        if left.constant is not None and right.constant is not None:
            raise self.fault(at, "found two constants compared; expected something read of the ad")
        if by == "in":
            return self._contained(left, right, at)
        if right.constant is None and left.constant is not None and by in _TURNED:
            by, left, right = _TURNED[by], right, left
        types = {left.type, right.type}
        if types == {"score", "number"} and by in _TURNED:
            self._score_bound(_TURNED[by], right.constant, at)
        elif types == {"score"} and by in _TURNED:
            pass
        elif not (types == {"int"} or (types in ({"text"}, {"bool"}) and by in ("==", "!="))):
            raise self.fault(
                at,
                f"found {_described(left)} {by} {_described(right)}; expected two of one kind, whole numbers "
                "with whole numbers, scores with numbers such as 0.5 by < <= > >=",
            )
        forms = [left.form, right.form]
        told = by
        if by in (">", ">="):
            forms, told = forms[::-1], _TURNED[by]
        elif by in ("==", "!="):
            forms = sorted(forms, key=_text)
        return Meaning("bool", [told, *forms], asking.compared(_ORDERS[by], left.ask, right.ask))

    def _contained(self, left: Meaning, right: Meaning, at: int) -> Meaning:
        if left.type != "text" or right.type != "texts":
            raise self.fault(
                at, f"found {_described(left)} in {_described(right)}; expected a text in a list of texts"
            )
        if right.signal is not None and left.constant is not None:
            self._among(
                readable().signals[right.signal].values, [left.constant], f"value of {right.signal}", at
            )
        return Meaning("bool", ["in", left.form, right.form], asking.contained(left.ask, right.ask))

    def _score_bound(self, by: str, bound: float, at: int) -> None:
        """A bound that every score, or none, keeps is a slip of the pen."""
        fits = 0 < bound <= 1 if by in ("<=", ">") else 0 <= bound < 1
        if not fits:
            raise self.fault(
                at, f"found a score compared with {bound}; expected a number that divides 0 to 1"
            )

    def _known(self, among: Mapping[str, _Kept], name: str, what: str, at: int) -> _Kept:
        if name not in among:
            raise self.fault(at, f"found no {what} {name!r}; expected one of {_known(among)}")
        return among[name]


def _known(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "none: nothing is defined"


def _described(found: Meaning) -> str:
    words = _IN_WORDS[found.type]
    return words if found.constant is None else f"{words} ({found.constant!r})"


def _constant(value: bool | float | str) -> Meaning:
    kind: Type = (
        "bool" if isinstance(value, bool) else "int" if isinstance(value, int)
        else "text" if isinstance(value, str) else "number"
    )  # fmt: skip
    return Meaning(kind, ["=", value], lambda _: value, constant=value)


def _texts(texts: Iterable[str]) -> Meaning:
    held = tuple(sorted(set(texts)))
    return Meaning("texts", ["list", *held], lambda _: held, constant=held)


def _joined(by: str, parts: list[Meaning]) -> Meaning:
    asks = [part.ask for part in parts]
    forms: dict[str, Any] = {}
    for part in parts:
        for form in part.form[1:] if part.form[0] == by else [part.form]:
            forms[_text(form)] = form
    held = [forms[text] for text in sorted(forms)]
    form = held[0] if len(held) == 1 else [by, *held]
    return Meaning("bool", form, asking.joined(by, asks))


def _count(parts: list[Meaning]) -> Meaning:
    asks = [part.ask for part in parts]
    form = ["count", *sorted((part.form for part in parts), key=_text)]
    return Meaning("int", form, asking.counted(asks))
