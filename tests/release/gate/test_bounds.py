"""How much of one request is judged."""

import json
from typing import Any

import pytest

from haechi.release.gate import Allowance, Gate, Masks, Narrowed, mask_of
from haechi.release.gate.bounds import MOST_JUDGED
from haechi.release.gate.masks import ALWAYS, BEYOND, BITS
from tests.release.gate.requests import text

RELIGION = BITS["religion"]


class Judge:
    """Says that church is of religion, and counts the bytes that it was asked about."""

    def __init__(self) -> None:
        self.bytes = 0

    def __call__(self, name: str) -> int:
        self.bytes += len(name.encode())
        return mask_of(["religion"] if "church" in name else [])


def narrowed(made: Any, judge: Judge) -> Narrowed:
    masks = Masks(lambda *_: None, judge)
    return Gate(masks, lambda *_: Allowance(ALWAYS | RELIGION, True, "precise", {}))(text(made))


def segments(count: int) -> list[dict[str, str]]:
    return [
        {"id": str(one), "name": f"{'church' if one % 10 == 0 else 'golf'} {one}"} for one in range(count)
    ]


def test_ordinary_requests_are_judged_whole() -> None:
    """Six hundred segments and a thousand words are no flood."""
    made = {"user": {"data": [{"segment": segments(600)}], "kwarray": [f"word {n}" for n in range(1_000)]}}
    out = narrowed(made, Judge())
    assert out.dropped == {"user.data": {RELIGION: 60}}
    assert json.loads(out.body)["user"]["kwarray"] == made["user"]["kwarray"]


@pytest.mark.parametrize(
    "field", ["keywords", "kwarray", "user.data", "content.data", "many", "nested", "one"]
)
def test_what_comes_after_stays_unjudged_and_is_counted(field: str) -> None:
    """A request of a megabyte would hold the gate for seconds, and with it every other request."""
    words = [f"w{number:05}" for number in range(40_000)]
    kinds: dict[str, Any] = {
        "keywords": {"user": {"keywords": ",".join(words)}},
        "kwarray": {"user": {"kwarray": words}},
        "user.data": {"user": {"data": [{"segment": segments(20_000)}]}},
        "content.data": {"site": {"content": {"data": [{"segment": segments(20_000)}]}}},
        "many": {"user": {"data": [{"id": str(n), "segment": segments(10)} for n in range(2_000)]}},
        "nested": {"user": {"data": [{"segment": [{"name": "x", "ext": words}, {"name": "golf"}]}]}},
        "one": {"user": {"data": [{"vendor": 1, "segment": [{"name": "golf " * 20_000}, {"name": "golf"}]}]}},
    }
    made = kinds[field]
    judge = Judge()
    out = narrowed(made, judge)
    assert judge.bytes <= MOST_JUDGED
    assert len(out.body) < MOST_JUDGED + len(text(made)) // 2
    (counts,) = out.dropped.values()
    assert counts[BEYOND] > 0
    # Everything is accounted for: judged and left, judged and kept back, or not judged.
    assert counts[BEYOND] + counts.get(RELIGION, 0) + _left(out) == _left_of(made)


def test_the_bound_is_for_all_fields_of_a_request_together() -> None:
    """Else a flood spreads over the fields."""
    words = [f"w{number:05}" for number in range(9_000)]
    judge = Judge()
    out = narrowed(
        {
            "user": {"keywords": ",".join(words), "kwarray": words, "data": [{"segment": segments(3_000)}]},
            "site": {"content": {"data": [{"segment": segments(3_000)}]}},
            "app": {"content": {"data": "none"}},
        },
        judge,
    )
    assert judge.bytes <= MOST_JUDGED
    assert {field for field, counts in out.dropped.items() if BEYOND in counts} == {
        "user.kwarray",
        "user.data",
        "site.content.data",
    }
    assert json.loads(out.body)["user"]["keywords"] == ",".join(words)


def test_a_large_request_with_few_segments_is_judged_whole() -> None:
    """The bound is on what is judged, not on the request."""
    made = {"user": {"data": [{"segment": segments(20)}]}, "imp": [{"id": "1", "ext": "x" * 200_000}]}
    assert narrowed(made, Judge()).dropped == {"user.data": {RELIGION: 2}}


def _left(out: Narrowed) -> int:
    return _left_of(json.loads(out.body))


def _left_of(made: dict[str, Any]) -> int:
    """How many segments and words a request holds."""
    user = made.get("user", {})
    providers = user.get("data", []) + made.get("site", {}).get("content", {}).get("data", [])
    words = user["keywords"].split(",") if "keywords" in user else []
    return len(words) + len(user.get("kwarray", [])) + sum(len(one.get("segment", [])) for one in providers)
