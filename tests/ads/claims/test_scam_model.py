"""The sum of weights: monotone, honest about what it adds, and learnt as scikit-learn would."""

import math
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from haechi.errors import KnowledgeError
from haechi.review.claim_phrases import AGAINST, claims_in, kinds
from haechi.review.learn_scams import Labelled, learn, written
from haechi.review.phrases import compiled
from haechi.review.plain import plain
from haechi.review.scam_model import Weights, contributions, features, names, probability, weights

FOR = sorted(set(kinds()) - AGAINST)


@given(st.lists(st.sampled_from(kinds()), max_size=12), st.sampled_from(FOR))
def test_one_more_claim_never_makes_a_text_more_honest(made: list[str], more: str) -> None:
    """Fails when a scam gets past by claiming more."""
    before, after = probability(features(made), weights()), probability(features([*made, more]), weights())
    assert after >= before - 1e-12


@given(st.lists(st.sampled_from(kinds()), max_size=12), st.sampled_from(sorted(AGAINST)))
def test_a_warning_never_makes_a_text_worse(made: list[str], warning: str) -> None:
    """Fails when a bank that says what the law wants is held for it."""
    before, after = probability(features(made), weights()), probability(features([*made, warning]), weights())
    assert after <= before + 1e-12


@given(st.lists(st.sampled_from(kinds()), max_size=12))
def test_the_parts_add_up_to_the_score(made: list[str]) -> None:
    """Fails when the evidence that a reviewer sees is not what decided."""
    told = features(made)
    total = weights().base + math.fsum(contributions(told, weights()).values())
    assert probability(told, weights()) == pytest.approx(1 / (1 + math.exp(-total)))


def test_every_weight_is_of_a_feature_there_is() -> None:
    """Fails when a kind was renamed and its weight stayed behind, where it counts for nothing."""
    assert set(weights().of_feature) == set(names())


def test_learning_agrees_with_another_implementation() -> None:
    """Fails when the regression is not the one that its docstring names (where no bound is met)."""
    chance = random.Random(5)  # noqa: S311 - synthetic
    lines = {
        True: ["Guaranteed returns every day", "risk-free profits", "earn $500 per day"],
        False: ["Tea", "Bread"],
    }
    rows = [
        Labelled(". ".join(chance.choices(lines[scam if chance.random() < 0.8 else not scam], k=2)), scam)
        for scam in [True, False] * 100
    ]
    made = learn(rows, penalty=0.01)
    columns = [name for name, value in made.of_feature.items() if value > 1e-6]
    assert len(columns) >= 3
    told = [features(claim.kind for claim in claims_in(plain(row.text).text)) for row in rows]
    table = np.array([[one.get(name, 0.0) for name in columns] for one in told])
    # One half scams and one half others, each half weighing 1/2: as 200 rows of weight 1/200.
    other = LogisticRegression(C=1 / (2 * 0.01 * len(rows)), tol=1e-10, max_iter=5_000).fit(
        table, [row.scam for row in rows]
    )
    assert [made.of_feature[name] for name in columns] == pytest.approx(list(other.coef_[0]), abs=0.02)


def test_what_is_written_is_what_was_learnt() -> None:
    """Fails when a file of weights says something else than the model it was written of."""
    import tomllib  # noqa: PLC0415 - the one test that needs it

    model = Weights(-1.25, {"risk-free": 0.5, "risk-free again": 0.0})
    told = tomllib.loads(written(model, "Of nothing.\nOf two lines."))
    assert (told["base"], told["weights"]) == (model.base, model.of_feature)


def test_a_broken_pattern_is_named() -> None:
    """Fails when a slip in a lexicon ends in a defect's message."""
    with pytest.raises(KnowledgeError, match="pattern"):
        compiled("(?:a")
