# ruff: noqa: S311  chance that can be repeated
"""The index of texts, held against exact resemblance and against looking at every text."""

import random
import time
from collections import deque

import numpy as np
import pytest

from haechi.review.copies import Copies, Signature, resemblance, signature
from haechi.review.masking import Names, mask
from tests.ads.earlier.made import ENGLISH, HONEST_ENGLISH, HONEST_JAPANESE, JAPANESE, KOREAN

NAMES = Names({})
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def _random_text(chance: random.Random, length: int = 160) -> str:
    return "".join(chance.choices(LETTERS, k=length))


def _edited(chance: random.Random, text: str, edits: int) -> str:
    letters = list(text)
    for place in chance.sample(range(len(letters)), edits):
        letters[place] = chance.choice(LETTERS)
    return "".join(letters)


def _signed(text: str) -> Signature:
    entry = signature(text)
    assert entry is not None
    return entry


def _exact(one: str, other: str) -> float:
    """Resemblance, written a second time."""
    first = [one[at : at + 5] for at in range(len(one) - 4)]
    second = [other[at : at + 5] for at in range(len(other) - 4)]
    return len(set(first) & set(second)) / len(set(first) | set(second))


def test_estimates_agree_with_exact_resemblance() -> None:
    """If it fails, "nearly the same" means something else than said."""
    chance = random.Random(11)
    errors = []
    for _ in range(300):
        text = _random_text(chance)
        copy = _edited(chance, text, chance.randrange(0, 40))
        exact = _exact(text, copy)
        assert resemblance(text, copy) == exact
        errors.append(float(np.mean(_signed(text).least == _signed(copy).least)) - exact)
    assert abs(float(np.mean(errors))) < 0.01  # not biased
    assert float(np.std(errors)) < 0.05  # 128 hashes: at most sqrt(1/4/128) = 0.044


def test_copies_are_found_and_strangers_are_not() -> None:
    """If it fails, copies with small edits get by, or unrelated ads are called copies."""
    chance = random.Random(12)
    index = Copies(4_096)
    texts = [_random_text(chance) for _ in range(2_000)]
    for text in texts:
        index.add(_signed(text))
    alike, found = 0, 0
    for place, text in enumerate(texts, 1):
        copy = _edited(chance, text, 6)
        if _exact(text, copy) >= 0.65:
            alike += 1
            found += place in {near.place for near in index.near(_signed(copy))}
    assert alike > 1_000
    assert found / alike >= 0.99
    assert not any(index.near(_signed(_random_text(chance))) for _ in range(500))


@pytest.mark.parametrize("template", [JAPANESE, KOREAN, ENGLISH])
def test_small_edits_of_a_template_stay_near(template: str) -> None:
    """If it fails, a word exchanged, left out or added makes a campaign's copy a new text."""
    text = mask(template.format(name="", number=1), NAMES).text
    index = Copies(16)
    index.add(_signed(text))
    third = len(text) // 3
    for copy in (
        text[:third] + text[third + 4 :],
        text[:third] + text[third + 2 : 2 * third] + "xyz" + text[2 * third :],
        text[6:],
        text[:-6],
        "new" + text + "now",
    ):
        assert index.near(_signed(copy)), copy


@pytest.mark.parametrize("honest", [HONEST_JAPANESE, HONEST_ENGLISH])
def test_honest_ads_of_one_trade_are_not_near(honest: tuple[str, ...]) -> None:
    """If it fails, one broker's refusal falls on another."""
    masked = [mask(text, NAMES).text for text in honest]
    index = Copies(16)
    for text in masked:
        assert index.near(_signed(text)) == []
        index.add(_signed(text))


def test_short_texts_say_nothing() -> None:
    """If it fails, two ads that both say "register now" are copies of each other."""
    assert signature(mask("今すぐ無料登録", NAMES).text) is None
    assert signature(mask("Register now", NAMES).text) is None
    assert signature("") is None


def test_the_oldest_gives_place_to_the_newest() -> None:
    """If it fails, memory grows without bound, or a full index forgets the wrong ads or finds ghosts."""
    chance = random.Random(13)
    capacity = 50
    index = Copies(capacity)
    kept: deque[tuple[int, str]] = deque(maxlen=capacity)
    for _ in range(200):
        text = (
            _edited(chance, chance.choice(kept)[1], 3)
            if kept and chance.random() < 0.3
            else _random_text(chance)
        )
        kept.append((index.add(_signed(text)), text))
        asked = chance.choice(kept)[1]
        near = index.near(_signed(asked))
        # Looking at every text; from 0.75 on the buckets miss one of a million.
        every = {place for place, other in kept if _exact(asked, other) >= 0.75}
        assert every <= {one.place for one in near}
        assert {one.place for one in near} <= {place for place, _ in kept}
    assert index.newest == 200
    assert index.oldest == 151


@pytest.mark.slow
def test_a_large_index_is_small_and_fast() -> None:
    """If it fails, review slows down as a platform's history grows."""
    chance = random.Random(14)
    rng = np.random.default_rng(14)
    index = Copies(200_000)
    for _ in range(200_000):
        index.add(Signature(rng.integers(0, 65_536, 128, dtype=np.uint16), 150))
    took = []
    for _ in range(500):
        entry = _signed(_random_text(chance))
        start = time.perf_counter()
        index.near(entry)
        took.append(time.perf_counter() - start)
    assert sorted(took)[475] < 0.005
