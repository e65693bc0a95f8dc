"""What would change an answer: every change told is one that the engine really gives."""

import pytest

from haechi import sensitivity
from haechi.sensitivity.explain import as_text, explain
from haechi.sensitivity.what_if import changes


@pytest.mark.parametrize(
    ("name", "path", "otherwise", "categories"),
    [
        ("Depression", None, "under a path with 'economics'", ()),
        ("Depression", "Society > Economics", "without its path", ("health",)),
        ("Joe Biden biography", None, "without 'Joe Biden'", ()),
        ("Mass", None, "under a path with 'church'", ("religion",)),
    ],
)
def test_what_decided_is_what_would_change_it(
    name: str, path: str | None, otherwise: str, categories: tuple[str, ...]
) -> None:
    """Fails when the reader is not told the word or context on which the answer hangs."""
    told = {change.otherwise: change.categories for change in changes(sensitivity.load(), name, path)}
    assert told[otherwise] == categories


@pytest.mark.parametrize(
    "name", ["Depression", "Church service", "LGBT film festival", "당뇨병 환자", "Arianism"]
)
def test_every_change_told_is_true(name: str) -> None:
    """Fails when a change is reasoned about and not tried, or repeats the answer as it is."""
    engine = sensitivity.load()
    now = {(label.category, label.score >= 0.5) for label in engine.judge(name).labels}
    for change in changes(engine, name):
        then = engine.judge(change.name, change.path)
        told = {(category, True) for category in change.categories}
        told |= {(category, False) for category in change.arguable}
        assert told <= {(label.category, label.score >= 0.5) for label in then.labels}
        assert told != now


def test_a_context_that_says_something_itself_is_no_news() -> None:
    """Fails when every name would "give religion away under a church"."""
    assert list(changes(sensitivity.load(), "Guitar")) == []


def test_people_read_it_with_the_reasons() -> None:
    """Fails when explain does not show it."""
    lines = list(as_text(explain(sensitivity.load(), "Depression")))
    assert "    under a path with 'economics': nothing" in lines
