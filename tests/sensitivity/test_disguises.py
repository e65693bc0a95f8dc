"""Words in disguise: read as what they are meant to say, and nothing read into names that hide nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haechi import sensitivity
from haechi.sensitivity.decide import Label
from haechi.sensitivity.disguises import undisguised
from haechi.sensitivity.explain import explain


def _labels(name: str) -> tuple[Label, ...]:
    return sensitivity.load().judge(name).labels


@pytest.mark.parametrize(
    ("name", "category", "evidence"),
    [
        ("g a y", "sexual-orientation", "g a y"),
        ("g.a.y. singles", "sexual-orientation", "g.a.y"),
        ("M u s l i m dating", "religion", "M u s l i m"),
        ("동 성 애", "sexual-orientation", "동 성 애"),
        ("同・性・愛", "sexual-orientation", "同・性・愛"),
        ("J3wish music", "religion", "J3wish"),
        ("1slam", "religion", "1slam"),
        ("$cientology", "religion", "$cientology"),
        ("g@y men", "sexual-orientation", "g@y"),
        ("A1DS", "health", "A1DS"),
        ("g\u0430y", "sexual-orientation", "g\u0430y"),  # Cyrillic
        (
            "\u0408\u0395W\u0406\u0405\u0397",
            "religion",
            "\u0408\u0395W\u0406\u0405\u0397",
        ),  # Cyrillic and Greek
        ("\u0262\u1d00\u028f", "sexual-orientation", "\u0262\u1d00\u028f"),  # small capitals
        ("\U0001f176\U0001f170\U0001f188", "sexual-orientation", "\U0001f176\U0001f170\U0001f188"),  # squares
    ],
)
def test_a_disguise_hides_nothing(name: str, category: str, evidence: str) -> None:
    """Fails when letters set apart, swapped for figures or taken from another alphabet pass a theme as ordinary."""
    (found,) = (label for label in _labels(name) if label.category == category)
    assert found.decided_by.startswith("disguise:")
    assert 0.5 <= found.score < 0.9
    assert name[found.start : found.end] == found.evidence == evidence


@pytest.mark.parametrize(
    "name",
    [
        "VH1",
        "63rd Battalion",
        "B2B",
        "MP3 players",
        "Plan A/B/C",
        "U.S.A. today",
        "Wow!",
        "Adults 25-54",
        "G7",
        "R&B",
    ],
)
def test_figures_and_initials_are_what_they_are(name: str) -> None:
    """Fails when an ordinary number, ordinal or abbreviation is read as a hidden word."""
    assert not _labels(name)


def test_a_name_in_another_alphabet_is_not_called_ordinary() -> None:
    """Fails when letters that look Latin make a Russian word one that the engine thinks it has read."""
    assert sensitivity.load().judge("рак").undecided


def test_people_are_told_that_it_is_a_disguise() -> None:
    """Fails when the explanation does not say that the word was not written as such."""
    assert "in disguise" in str(explain(sensitivity.load(), "J3wish music"))


@given(st.text(max_size=40))
def test_the_way_back_holds(name: str) -> None:
    """Fails when a reading points outside the name, or says more of one place than stands there."""
    for view in undisguised(name):
        assert view.starts is not None
        assert view.ends is not None
        assert len(view.starts) == len(view.ends) == len(view.text)
        assert all(0 <= start <= end <= len(name) for start, end in zip(view.starts, view.ends, strict=True))
