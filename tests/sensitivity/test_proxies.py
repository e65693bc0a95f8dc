"""How themes lean towards categories, against tests computed one table at a time by other means."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest, chi2_contingency, fisher_exact

from haechi.sensitivity.proxies import FEWEST, HIGHEST_Q, LEAST_RATIO, leaning


def _one(members: int, both: int, bearers: int, everyone: int) -> tuple[float, float, float, bool]:
    found = leaning(
        np.array([members]),
        np.array([[both]]),
        np.array([bearers]),
        everyone,
        np.ones((1, 1), dtype=np.bool_),
    )
    return found.lift[0, 0], found.auc[0, 0], found.q_value[0, 0], bool(found.gives_away[0, 0])


@settings(deadline=None, max_examples=300)
@given(st.data())
def test_one_theme_and_one_category(data: st.DataObject) -> None:
    """Breaks when lift, AUC or the surprise of a table of two by two is not what textbooks say."""
    everyone = data.draw(st.integers(60, 3000), label="everyone")
    bearers = data.draw(st.integers(1, everyone - 1), label="bearers")
    members = data.draw(st.integers(1, everyone - 1), label="members")
    both = data.draw(st.integers(max(0, members + bearers - everyone), min(members, bearers)), label="both")
    lift, auc, q, told = _one(members, both, bearers, everyone)
    assert lift == pytest.approx((both / members) / (bearers / everyone))
    # The chance that of two people the one in the category is the one in the theme, a tie being a coin toss.
    wins, inside = both * (everyone - bearers - members + both), both * (members - both)
    outside = (bearers - both) * (everyone - bearers - members + both)
    assert auc == pytest.approx((wins + (inside + outside) / 2) / (bearers * (everyone - bearers)))
    if not told:
        return
    assert both >= FEWEST
    assert both * (everyone - bearers) >= LEAST_RATIO * bearers * (members - both) * (1 - 1e-12)
    table = [[both, members - both], [bearers - both, everyone - members - bearers + both]]
    expected = chi2_contingency(table, correction=False).expected_freq
    if expected.min() < 5:
        wanted = fisher_exact(table, alternative="greater").pvalue
    else:
        wanted = chi2_contingency(table, correction=False, lambda_="log-likelihood").pvalue / 2
    assert q == pytest.approx(wanted, rel=1e-6, abs=1e-300)
    assert q <= HIGHEST_Q


def test_chance_is_not_told_as_a_finding() -> None:
    """Breaks when themes that people fell into by chance are said to give anything away."""
    chance = np.random.default_rng(5)
    everyone, themes = 4000, 3000
    category = chance.random(everyone) < 0.1
    member = chance.random((themes, everyone)) < chance.uniform(0.005, 0.05, (themes, 1))
    found = leaning(
        member.sum(1), (member & category).sum(1)[:, None], np.array([category.sum()]), everyone,
        np.ones((themes, 1), dtype=np.bool_),
    )  # fmt: skip
    # Under pure chance anything at all is told in at most one run of a hundred; this run is fixed by its seed.
    assert found.gives_away.sum() == 0


def test_planted_ones_are_told_and_few_others() -> None:
    """Breaks when real leanings drown in the number of tests, or more false ones come along than promised."""
    chance = np.random.default_rng(6)
    everyone, themes, planted = 20_000, 2_000, 200
    category = chance.random(everyone) < 0.05
    share = np.full((themes, everyone), 0.01)
    share[:planted] = np.where(category, 0.06, 0.01)
    member = chance.random((themes, everyone)) < share
    found = leaning(
        member.sum(1), (member & category).sum(1)[:, None], np.array([category.sum()]), everyone,
        np.ones((themes, 1), dtype=np.bool_),
    )  # fmt: skip
    told = found.gives_away[:, 0]
    assert told[:planted].mean() > 0.99
    false = int(told[planted:].sum())
    assert binomtest(false, int(told.sum()), HIGHEST_Q, alternative="greater").pvalue > 0.01


def test_themes_that_bear_the_category_are_not_asked() -> None:
    """Breaks when the report tells as a discovery what the theme's own name says."""
    found = leaning(
        np.array([100]), np.array([[100]]), np.array([100]), 1000, np.zeros((1, 1), dtype=np.bool_)
    )
    assert not found.gives_away.any()
