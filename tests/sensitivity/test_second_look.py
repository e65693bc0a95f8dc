"""Misspelt words, and words that the knowledge does not have: found, weighed below the knowledge, never a person."""

import hashlib
import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from haechi import sensitivity
from haechi.errors import KnowledgeError
from haechi.sensitivity import facts, learn, model
from haechi.sensitivity.decide import Label
from haechi.sensitivity.engine import Engine
from haechi.sensitivity.explain import explain
from haechi.sensitivity.spelling import index_of, near

TRAINING = Path(__file__).parents[2] / "training"
SHIPPED = Path(model.__file__).parents[1] / "knowledge" / "model" / "words-1.bin"


def _labels(name: str, path: str | None = None) -> tuple[Label, ...]:
    return sensitivity.load().judge(name, path).labels


@pytest.mark.parametrize(
    ("name", "category", "evidence"),
    [
        ("Diabtes support", "health", "Diabtes"),
        ("Planned Parenhood", "health", "Planned Parenhood"),
        ("Roman Cahtolic", "religion", "Roman Cahtolic"),
        ("  schizophrenai ", "health", "schizophrenai"),
    ],
)
def test_one_slip_hides_nothing(name: str, category: str, evidence: str) -> None:
    """Fails when a letter lost, doubled or changed with its neighbour lets a theme pass as ordinary."""
    found = [label for label in _labels(name) if label.category == category]
    assert len(found) == 1
    assert found[0].score < 0.9
    assert found[0].decided_by.startswith("near:")
    assert name[found[0].start : found[0].end] == found[0].evidence == evidence


@pytest.mark.parametrize(
    "name", ["Chapel Hill", "Martin", "Republics of the world", "Canter", "Cathy", "Marianne"]
)
def test_a_real_word_is_no_misspelling(name: str) -> None:
    """Fails when a word or name that is spelt rightly is read as another that is one letter away."""
    assert not any(label.decided_by.startswith("near:") for label in _labels(name))


def test_the_model_speaks_where_the_knowledge_is_silent() -> None:
    """Fails when a word of a family that the knowledge has ("Arianism" beside "Arminianism") is not seen as such."""
    (label,) = _labels("Arianism")
    assert (label.category, label.decided_by, label.evidence) == (
        "religion",
        "model:words",
        "Arianism",
    )
    assert 0.5 <= label.score < 0.9


def test_a_context_makes_a_guess_arguable() -> None:
    """Fails when the model decides against a context that says the name means something else."""
    assert all(label.score < 0.5 for label in _labels("Arianism", "Facebook page > tvshow"))


@pytest.mark.parametrize("path", ["personal-names.txt", "place-names.txt"])
def test_names_of_people_and_places_are_left_alone(path: str) -> None:
    """Fails when a name is taken for a faith, a people or a party: what the model must never do."""
    names = (TRAINING / path).read_text(encoding="utf-8").split()
    drawn = random.Random(11).sample(names, 3_000)  # noqa: S311
    assert [name for name in drawn if any(x.decided_by == "model:words" for x in _labels(name.title()))] == []


def test_unseen_place_names_are_left_alone() -> None:
    """Fails when words that the model has not seen are taken for telling ones: it must know what it does not know."""
    made_up = [
        "Gornadale",
        "Pelwick",
        "Sandomar",
        "Kurobetsu",
        "Vlastovka",
        "Brenhofen",
        "Ulsanjin",
        "Montebrun",
    ]
    assert [name for name in made_up if sensitivity.load().judge(name).decided] == []


def test_explain_says_that_it_is_a_guess() -> None:
    """Fails when a reader cannot tell a guess of the model from a fact of the knowledge."""
    (reason,) = explain(sensitivity.load(), "Arianism").reasons
    assert "does not have" in reason.note
    assert "learned" in reason.source.lower()
    (near_one,) = explain(sensitivity.load(), "Diabtes").reasons
    assert near_one.note.startswith("read as")


def test_the_model_is_what_the_command_builds() -> None:
    """Fails when the shipped model is not, bit for bit, what `make model` makes of this repository."""
    built = learn.build(facts.shipped(), TRAINING)
    assert hashlib.sha256(built).hexdigest() == hashlib.sha256(SHIPPED.read_bytes()).hexdigest(), (
        "run: make model"
    )


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        (lambda data: data[:0], "expected a model"),
        (lambda data: data[:100], "header"),
        (lambda data: data[:-1], "damaged"),
        (lambda data: data[:-9] + bytes([data[-9] ^ 1]) + data[-8:], "damaged"),
        (lambda data: b"PK\3\4" + data[4:], "expected a model"),
        (lambda data: data.replace(b'"belief"', b'"unbelf"', 1), "header"),
    ],
)
def test_a_damaged_model_is_named(harm: Callable[[bytes], bytes], told: str, tmp_path: Path) -> None:
    """Fails when a damaged model judges on, as if nothing were sensitive."""
    file = tmp_path / "words-1.bin"
    file.write_bytes(harm(SHIPPED.read_bytes()))
    with pytest.raises(KnowledgeError, match=re.escape(told)):
        model.read(file)


def test_isotonic_never_falls_and_is_exact_on_a_small_case() -> None:
    """Fails when more evidence makes the model less sure, or the shares assumed are not those told."""
    seen = [(0, False, False)] * 98 + [(10, True, True), (10, False, False)] + [(5, True, True)]
    steps = learn.isotonic(seen)
    assert [margin for margin, _ in steps] == sorted(margin for margin, _ in steps)
    assert [likely for _, likely in steps] == sorted(likely for _, likely in steps)
    assert all(0 < likely < 1000 for _, likely in steps)


def test_near_is_all_words_within_one_slip() -> None:
    """Fails when the look-up misses a neighbour that comparing with every word finds, or names one that is none."""
    words = ["catholic", "catholics", "diabetes", "diabetic", "marxism", "baptist", "aabbcc", "abcabc"]
    index = index_of(words)
    rng = random.Random(5)  # noqa: S311
    for _ in range(3_000):
        word = list(rng.choice(words))
        for _ in range(rng.randrange(3)):
            place, letter = rng.randrange(len(word)), rng.choice("abcdeilmoprstx")
            kind = rng.randrange(4)
            if kind == 0 and len(word) > 1:
                del word[place]
            elif kind == 1:
                word.insert(place, letter)
            elif kind == 2:
                word[place] = letter
            elif place + 1 < len(word):
                word[place], word[place + 1] = word[place + 1], word[place]
        typed = "".join(word)
        assert near(typed, index) == sorted(other for other in words if _distance(typed, other) == 1)


def _distance(one: str, other: str) -> int:
    """Optimal string alignment, by the textbook's table."""
    table = [[max(row, column) for column in range(len(other) + 1)] for row in range(len(one) + 1)]
    for row in range(1, len(one) + 1):
        for column in range(1, len(other) + 1):
            same = one[row - 1] == other[column - 1]
            best = min(
                table[row - 1][column] + 1,
                table[row][column - 1] + 1,
                table[row - 1][column - 1] + (not same),
            )
            swapped = row > 1 and column > 1 and one[row - 2 : row] == other[column - 2 : column][::-1]
            table[row][column] = min(best, table[row - 2][column - 2] + 1) if swapped else best
    return table[-1][-1]


def test_without_a_model_the_engine_is_the_knowledge_alone() -> None:
    """Fails when the knowledge cannot be asked by itself, as the building of the model does."""
    assert Engine(facts.shipped()).judge("Arianism").labels == ()


@pytest.mark.parametrize(
    ("name", "category"),
    [
        ("ジェイ・セクロー", "political-opinion"),
        ("베니 린치 허커비", None),
        ("카리 조브 콘서트", "religion"),
        ("알렉스 켄드릭 영화", "religion"),
        ("マイケル・ジャクソン", None),
        ("스콧 피츠제럴드", None),
        ("리오넬 메시", None),
        ("テイラー・スウィフト", None),
        ("레이디 가가", None),
    ],
)
def test_names_are_known_by_their_sound(name: str, category: str | None) -> None:
    """Fails when a name known in English passes in katakana or hangul, or another's name is taken for it."""
    decided = {label.category for label in sensitivity.load().judge(name).decided}
    assert decided == ({category} if category else set())
