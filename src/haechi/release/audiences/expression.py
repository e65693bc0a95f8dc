"""What an advertiser asks for: themes joined with and, or, not, as JSON.

A question is `{"theme": "id"}`, `{"and": [...]}`, `{"or": [...]}` or `{"not": ...}`, and nothing else. There is no
way to write a list of persons, so an audience of one chosen person plus chaff (Faizullabhoy and Korolova 2018) cannot
be uploaded, nor a look-alike be grown from it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from haechi.errors import UsageError


@dataclass(frozen=True, slots=True)
class Theme:
    """The people in one theme."""

    id: str


@dataclass(frozen=True, slots=True)
class Not:
    """The people not in what is under it."""

    of: "Expression"


@dataclass(frozen=True, slots=True)
class Join:
    """The people in all (`and`) or any (`or`) of the parts."""

    how: Literal["and", "or"]
    parts: tuple["Expression", ...]


Expression: TypeAlias = Theme | Not | Join


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a question may be.

    Attributes:
        literals: mentions of themes, repeated ones counted again.
        depth: levels of nesting; a single theme has depth 1.
    """

    literals: int
    depth: int


def parse(question: object, limits: Limits) -> Expression:
    """Read a question that JSON has already been read from.

    Args:
        question: dicts, lists and strings as shown in the module's docstring.
        limits: how large it may be.

    Raises:
        UsageError: it is not of this form, or too large.
    """
    expression, literals = _read(question, limits, 1)
    if literals > limits.literals:
        raise UsageError(
            f"The question names {literals} themes; at most {limits.literals} are allowed. Ask less."
        )
    return expression


def _read(node: object, limits: Limits, depth: int) -> tuple[Expression, int]:
    """The expression under `node` and how many themes it names."""
    if depth > limits.depth:
        raise UsageError(f"The question is nested deeper than {limits.depth} levels. Write it flatter.")
    if not isinstance(node, Mapping) or len(node) != 1:
        raise UsageError(
            'Each part of a question is one of {"theme": …}, {"and": […]}, {"or": […]}, {"not": …}.'
        )
    ((word, content),) = node.items()
    if word == "theme":
        if not isinstance(content, str) or not content:
            raise UsageError('"theme" takes the identifier of a theme, a string that is not empty.')
        return Theme(content), 1
    if word == "not":
        inside, literals = _read(content, limits, depth + 1)
        return Not(inside), literals
    if word in ("and", "or"):
        return _read_join("and" if word == "and" else "or", content, limits, depth)
    raise UsageError('A part of the question has an unknown word; expected "theme", "and", "or" or "not".')


def _read_join(
    how: Literal["and", "or"], content: object, limits: Limits, depth: int
) -> tuple[Expression, int]:
    if not isinstance(content, list | tuple) or not content:
        raise UsageError(f'"{how}" takes a list of at least one part.')
    if len(content) > limits.literals:
        raise UsageError(f'"{how}" has {len(content)} parts; at most {limits.literals} themes are allowed.')
    read = [_read(part, limits, depth + 1) for part in content]
    return Join(how, tuple(part for part, _ in read)), sum(literals for _, literals in read)
