"""Noise from the discrete Gaussian, drawn and accounted for by OpenDP and by nothing else.

Canonne, Kamath and Steinke, "The Discrete Gaussian for Differential Privacy" (NeurIPS 2020): exact sampling on
integers, so there is no floating-point leak (Mironov 2012), and zero-concentrated privacy of 1 / (2 sigma^2) for a
count, which changes by one when a person comes or goes.
"""

from functools import lru_cache

# Not OpenDP's prelude, which loads scikit-learn and pandas wherever they are installed.
from opendp.domains import atom_domain
from opendp.measurements import make_gaussian
from opendp.metrics import absolute_distance
from opendp.mod import Measurement, enable_features

enable_features("contrib")


@lru_cache(maxsize=64)
def _measurement(sigma: float) -> Measurement:
    return make_gaussian(atom_domain(T="i64"), absolute_distance(T="i64"), scale=sigma)


def noisy(count: int, sigma: float) -> int:
    """A count with fresh discrete Gaussian noise of scale `sigma`, from the operating system's randomness."""
    return int(_measurement(sigma)(count))


def rho(sigma: float) -> float:
    """What one such count costs a person in it, in zCDP, as OpenDP accounts for it."""
    return float(_measurement(sigma).map(1))  # type: ignore[no-untyped-call]
