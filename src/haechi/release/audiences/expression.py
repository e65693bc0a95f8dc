"""What an advertiser composes: themes joined with and, or, not.

As JSON: `{"theme": "t1"}`, `{"and": [..]}`, `{"or": [..]}`, `{"not": ..}`.
"""

from collections.abc import Iterator
from typing import Final, Literal

import msgspec

from haechi.errors import UsageError

Kind = Literal["theme", "and", "or", "not"]
_DEEPEST: Final = 20
_WHAT: Final = 'expected {"theme": id}, {"and": [..]}, {"or": [..]} or {"not": ..}'


class Expression(msgspec.Struct, frozen=True):
    """One node.

    Attributes:
        kind: what it is.
        theme: the theme's identifier, for kind theme.
        parts: what is joined; one for kind not.
    """

    kind: Kind
    theme: str = ""
    parts: "tuple[Expression, ...]" = ()


def parse(value: object, *, most_themes: int) -> Expression:
    """An expression from its JSON.

    Args:
        value: as a JSON decoder gives it.
        most_themes: how many times themes may be named.

    Raises:
        UsageError: it is none, or beyond the bounds.
    """
    expression = _parsed(value, 0)
    named = sum(1 for _ in _leaves(expression))
    if named > most_themes:
        raise UsageError(f"an audience of {named} themes; expected at most {most_themes}.")
    return expression


def themes_of(expression: Expression) -> tuple[str, ...]:
    """The themes that are named, each once, in alphabetical order."""
    return tuple(sorted(set(_leaves(expression))))


def _parsed(value: object, depth: int) -> Expression:
    if depth > _DEEPEST:
        raise UsageError(f"an audience nested deeper than {_DEEPEST}; expected a flatter one.")
    if not isinstance(value, dict) or len(value) != 1:
        raise UsageError(f"an audience that is no expression; {_WHAT}.")
    kind, inner = next(iter(value.items()))
    if kind == "theme" and isinstance(inner, str) and inner:
        return Expression("theme", inner)
    if kind == "not":
        return Expression("not", parts=(_parsed(inner, depth + 1),))
    if kind in ("and", "or") and isinstance(inner, list) and inner:
        return Expression(kind, parts=tuple(_parsed(part, depth + 1) for part in inner))
    raise UsageError(f"an audience that is no expression; {_WHAT}.")


def _leaves(expression: Expression) -> Iterator[str]:
    if expression.kind == "theme":
        yield expression.theme
    for part in expression.parts:
        yield from _leaves(part)
