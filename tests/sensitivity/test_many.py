"""Judging by the batch: the same answers as one by one, whatever stands beside a name."""

from hypothesis import given, settings
from hypothesis import strategies as st

from haechi import sensitivity

_SNIPPETS = st.sampled_from(
    [
        "Catholic", "church", "Church's Chicken", "당뇨병", "환자", "癌", "がん患者", "LGBTCulture", "ACLUOfOhio",
        "R&D", "&amp;", "A &lt; B", ">", " > ", "|", "\0", "\n", "\t", "", "  ", "é", "\uff21", "\u200b", "・", "ー",
        "Depression", "Economics", "HIVAids", "abC", "ABc", "9A", "\ud800", "\U0001f600", "diabtes", "Arianism",
        "123", "한A", "A한", "\1", "health", "beauty",
    ]
)  # fmt: skip
_JOINED = st.lists(_SNIPPETS, max_size=6)
_NAMES = _JOINED.map("".join) | _JOINED.map(" ".join) | st.text(max_size=20)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.tuples(_NAMES, st.none() | _NAMES), max_size=8))
def test_many_are_judged_as_each_alone(asked: list[tuple[str, str | None]]) -> None:
    """Fails when names judged together see each other, or lose a form that one alone has."""
    engine = sensitivity.load()
    names, paths = [name for name, _ in asked], [path for _, path in asked]
    together = engine.judge_all(names, paths, [None] * len(names))
    assert together == [engine.judge(name, path) for name, path in asked]


def test_no_term_reaches_from_one_name_into_the_next() -> None:
    """Fails when names that stand together make up a term that neither of them has, such as "health & beauty"."""
    names = ["Spine health", "Beauty salons", "Planned", "Parenthood classes"]
    engine = sensitivity.load()
    assert engine.judge_all(names, [None] * 4, [None] * 4) == [engine.judge(name) for name in names]


def test_classify_takes_paths_and_languages() -> None:
    """Fails when the Python door drops what stands above a name."""
    names = ["Depression", "Depression"]
    judged = sensitivity.classify(names, paths=["Society > Economics", None])
    assert [[label.category for label in found.decided] for found in judged] == [[], ["health"]]
