"""Calibrated noise: OpenDP's exact sampler of the discrete Gaussian, never one of our own.

Floating-point noise can be read off its last digits (Mironov 2012); the discrete Gaussian has whole numbers only
(Canonne, Kamath, Steinke 2020).
"""

from functools import cache
from typing import Any

import opendp.prelude as dp

# What OpenDP calls contributed is what is proved but not yet vetted by its own process; the sampler is among it.
dp.enable_features("contrib")


@cache
def _measurement(sigma: float) -> Any:  # noqa: ANN401 - untyped library
    return dp.m.make_gaussian(dp.atom_domain(T="i64"), dp.absolute_distance(T="i64"), scale=sigma)


def noisy(count: int, sigma: float) -> int:
    """A count with noise of scale `sigma`; fresh at each call."""
    return int(_measurement(sigma)(count))


def spent(sigma: float) -> float:
    """What one noisy count costs who is counted, as zero-concentrated differential privacy (rho)."""
    return float(_measurement(sigma).map(1))
