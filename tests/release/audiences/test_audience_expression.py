"""Questions as they come from outside."""

from typing import Any

import pytest

from haechi.errors import UsageError
from haechi.release.audiences.expression import Join, Limits, Not, Theme, parse

LIMITS = Limits(literals=4, depth=3)


def test_a_question_is_read() -> None:
    """Breaks if and, or, not or their order were read otherwise."""
    read = parse({"and": [{"theme": "a"}, {"not": {"theme": "b"}}, {"or": [{"theme": "c"}]}]}, LIMITS)
    assert read == Join("and", (Theme("a"), Not(Theme("b")), Join("or", (Theme("c"),))))


@pytest.mark.parametrize(
    ("question", "told"),
    [
        (None, "one of"),
        ([], "one of"),
        ({}, "one of"),
        ({"theme": "a", "not": {"theme": "b"}}, "one of"),
        ({"xor": [{"theme": "a"}]}, "unknown word"),
        ({"people": [1, 2, 3]}, "unknown word"),
        ({"theme": ""}, "identifier"),
        ({"theme": 7}, "identifier"),
        ({"and": []}, "at least one"),
        ({"or": {"theme": "a"}}, "at least one"),
        ({"and": [{"theme": "a"}] * 5}, "at most 4"),
        ({"or": [{"and": [{"theme": "a"}] * 3}] * 2}, "at most 4"),
        ({"not": {"not": {"not": {"theme": "a"}}}}, "nested deeper than 3"),
    ],
)
def test_what_is_no_question_is_told(question: Any, told: str) -> None:
    """Breaks if a malformed or oversized question, or a list of persons, came through."""
    with pytest.raises(UsageError, match=told):
        parse(question, LIMITS)
