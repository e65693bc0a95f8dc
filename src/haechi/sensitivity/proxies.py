"""Themes that give a category away without naming it: how much, and how surely.

For a theme and a category, people fall into a table of two by two: in the theme or not, in the category or not.
Everything here is arithmetic on such tables; nobody's data comes near it.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

FEWEST: Final = 10
"""People of the category in a theme, below which nothing is told: no pattern, and near to a person."""
LEAST_RATIO: Final = 1.25
"""Representation ratio from which a theme leans towards a category: the reciprocal of the four-fifths rule (29 CFR
1607.4(D)), as Speicher et al. use it for targeted audiences (FAT* 2018)."""
HIGHEST_Q: Final = 0.01
"""Share of false discoveries among what is told (Benjamini and Hochberg 1995)."""
_FEW_EXPECTED: Final = 5
"""Expected people in the smallest cell, below which Fisher's exact test stands in for the G-test (Cochran 1954)."""

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Leaning:
    """How themes lean towards categories; every array is themes by categories.

    Attributes:
        lift: share of the category among the theme's people, over its share among everyone.
        auc: chance that of two people, one in the category and one not, the theme alone tells which is which.
        q_value: share of false discoveries if this and all stronger ones are believed.
        gives_away: it is enough people, strong enough and sure enough to be told.
    """

    lift: Floats
    auc: Floats
    q_value: Floats
    gives_away: Bools


def leaning(members: Ints, both: Ints, bearers: Ints, everyone: int, asked: Bools) -> Leaning:
    """Judge every theme against every category.

    Args:
        members: people in each theme.
        both: themes by categories: people of the theme who are in the category.
        bearers: people in each category.
        everyone: people in all.
        asked: themes by categories: pairs in question; a theme that bears the category itself is not.
    """
    in_theme, in_category = members[:, None].astype(float), bearers[None, :].astype(float)
    others = float(everyone) - in_category
    with np.errstate(divide="ignore", invalid="ignore"):
        lift = np.nan_to_num(both * float(everyone) / (in_theme * in_category), posinf=0.0)
        told_rightly = np.nan_to_num(both / in_category)
        told_wrongly = np.nan_to_num((in_theme - both) / others)
        ratio = np.where(told_rightly > 0, told_rightly / told_wrongly, 0.0)
    tested = asked & (in_theme >= FEWEST) & (in_category >= FEWEST) & (others > 0)
    candidates = tested & (both >= FEWEST) & (ratio >= LEAST_RATIO)
    # A pair that could not be told anyway counts as a test with the weakest outcome: it can only raise the others' q.
    q = np.ones(both.shape)
    rows, columns = np.nonzero(candidates)
    if len(rows):
        # SciPy takes half a second to import; only where something is to be tested is it paid.
        from scipy import stats  # noqa: PLC0415

        p = np.ones(both.shape)
        p[rows, columns] = _surprise(both[rows, columns], members[rows], bearers[columns], everyone)
        q[tested] = stats.false_discovery_control(p[tested], method="bh")
    return Leaning(
        lift=lift,
        auc=0.5 + (told_rightly - told_wrongly) / 2,
        q_value=q,
        gives_away=candidates & (q <= HIGHEST_Q),
    )


def _surprise(both: Ints, members: Ints, bearers: Ints, everyone: int) -> Floats:
    """One-sided p-values of there being so many in both: the signed root of G, or Fisher's exact test."""
    from scipy import stats  # noqa: PLC0415 - as above

    n, k = members.astype(float), bearers.astype(float)
    observed = np.stack([both, n - both, k - both, everyone - n - k + both]).astype(float)
    expected = (
        np.stack([n * k, n * (everyone - k), k * (everyone - n), (everyone - n) * (everyone - k)]) / everyone
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(observed > 0, observed * np.log(observed / expected), 0.0)
    # Summing four terms can end a hair below zero where nothing differs.
    root = np.sqrt(np.maximum(2 * terms.sum(axis=0), 0.0))
    p = stats.norm.sf(np.where(both >= expected[0], root, -root))
    few = expected.min(axis=0) < _FEW_EXPECTED
    p[few] = stats.hypergeom.sf(both[few] - 1, everyone, bearers[few], members[few])
    return np.asarray(np.clip(p, 0.0, 1.0), dtype=np.float64)
