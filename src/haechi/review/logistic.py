"""Logistic regression with a penalty on large weights (L2), for the models that are learnt here."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

Floats = npt.NDArray[np.float64]


def fitted(
    table: Floats | csr_matrix,
    positive: npt.NDArray[np.bool_],
    share: Floats,
    *,
    penalty: float,
    bounds: Sequence[tuple[float | None, float | None]] | None = None,
) -> Floats:
    """The parameters of least loss: first what is added to every row, then one weight for each column.

    Args:
        table: rows to tell apart, shape (rows, columns).
        positive: of each row, whether it is of the kind that is looked for.
        share: of each row, what its loss counts.
        penalty: of the sum of the weights' squares.
        bounds: of each parameter, the least and the most; None for no limit.
    """
    sign = np.where(positive, 1.0, -1.0)

    def loss(parameters: Floats) -> tuple[float, Floats]:
        margin = sign * (table @ parameters[1:] + parameters[0])
        wrong = -sign * share / (1.0 + np.exp(np.clip(margin, -30, 30)))
        gradient = np.concatenate(([wrong.sum()], table.T @ wrong + 2 * penalty * parameters[1:]))
        return float(
            (share * np.logaddexp(0, -margin)).sum() + penalty * (parameters[1:] ** 2).sum()
        ), gradient

    start = np.zeros(table.shape[1] + 1)
    found: Floats = minimize(loss, start, jac=True, bounds=bounds, method="L-BFGS-B").x
    return found
