"""How much an advertiser may learn: the figures, each with its reason, and the bound that follows from them."""

import math
from datetime import datetime, timedelta
from typing import Final

import msgspec

from haechi.errors import UsageError
from haechi.release.audiences.expression import Limits
from haechi.release.audiences.noise import rho
from haechi.release.audiences.sets import Protection
from haechi.terms.words import Category

_EPOCH: Final = datetime.fromisoformat("2020-01-01")
_SLACK: Final = 1e-9
"""What integers add to the bound of real numbers; `advantage_bound` says why it is less than this."""


class Level(msgspec.Struct, frozen=True, kw_only=True):
    """One strength of noise and how often a person may be counted with it.

    Attributes:
        sigma: scale of the discrete Gaussian, in people.
        uses: counts per person, advertiser and window.
    """

    sigma: float
    uses: int


class MinimumFor(msgspec.Struct, frozen=True, kw_only=True):
    """A higher minimum for themes that give away one category under one law."""

    law: str
    category: Category
    people: int


class Rounding(msgspec.Struct, frozen=True, kw_only=True):
    """From which noisy size on sizes are shown as multiples of `step`."""

    above: int
    step: int


class AudiencePolicy(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for every question.

    Attributes:
        levels: coarsest first. Large audiences need little: a count with sigma 1,500 costs a hundredth of one with
            150 (zCDP goes with 1 / sigma^2, Canonne, Kamath and Steinke 2020) and is within 1 % from 150,000 people
            on, so the finest noise is kept for the small ones. Uses 100, 10 and 5 share the budget that `advantage`
            leaves about as questions of these sizes come.
        close_enough: a coarser count stands when its sigma is at most this part of it; 1 % keeps the error of three
            sigma within 3 %.
        advantage: largest advantage (2 x success - 1) that one advertiser may get about one person in one window,
            whatever it knows of everybody else. The levels are refused where they would give more.
        minimum: people an audience must have; 1,000 is where Meta's sizes begin (Venkatadri et al. 2018 attack the
            rounded ones).
        minimum_by: higher ones by law and category; the highest that applies to any theme counts.
        margin: standard deviations by which a noisy count must exceed the minimum; with 2, an audience under the
            minimum passes in fewer than 23 of 1,000 cases.
        rounding: ascending, the first from 0. It is for readers, not for protection (Venkatadri et al. undo
            rounding): steps are a third of the noise.
        period: time during which the same question has the same answer, so that repeating averages nothing.
        periods_in_window: the budget is of any so many periods in a row. With 3 of 30 days and 5 fine uses, a
            standing audience of any size is counted anew each period without losing anyone.
        questions: distinct ones per advertiser and period, whatever their answers; Venkatadri et al. needed
            hundreds of sizes per attack.
        literals: mentions of themes in a question. González-Cabañas et al. 2021: 22 random interests make a person
            unique; the minimum catches those, this only bounds the work.
        depth: levels of nesting.
    """

    levels: tuple[Level, ...] = (
        Level(sigma=1500.0, uses=100),
        Level(sigma=500.0, uses=10),
        Level(sigma=150.0, uses=5),
    )
    close_enough: float = 0.01
    advantage: float = 0.01
    minimum: int = 1_000
    minimum_by: tuple[MinimumFor, ...] = ()
    margin: float = 2.0
    rounding: tuple[Rounding, ...] = (Rounding(above=0, step=50), Rounding(above=100_000, step=500))
    period: timedelta = timedelta(days=30)
    periods_in_window: int = 3
    questions: int = 200
    literals: int = 30
    depth: int = 8

    def __post_init__(self) -> None:
        """Refuse figures that contradict each other or promise too little.

        Raises:
            UsageError: which figure, and what it may be.
        """
        _check(bool(self.levels), "levels: at least one")
        for level in self.levels:
            _check(level.sigma >= 10, "levels: sigma of at least 10")  # noqa: PLR2004 - see advantage_bound
            _check(level.uses >= 1, "levels: at least one use")
            ratio = (self.levels[0].sigma / level.sigma) ** 2
            _check(ratio >= 1, "levels: the coarsest first")
            _check(abs(ratio - round(ratio)) < _SLACK * ratio, "levels: (coarsest / sigma)^2 whole numbers")
        _check(0 < self.close_enough < 1, "close_enough: between 0 and 1")
        _check(self.minimum >= 1 and all(by.people >= 1 for by in self.minimum_by), "minimum: at least 1")
        _check(self.margin >= 0, "margin: not negative")
        above = [step.above for step in self.rounding]
        _check(bool(above) and above[0] == 0 and above == sorted(set(above)), "rounding: ascending from 0")
        _check(all(step.step >= 1 for step in self.rounding), "rounding: steps of at least 1")
        _check(self.period > timedelta(0), "period: longer than nothing")
        _check(
            min(self.periods_in_window, self.questions, self.literals, self.depth) >= 1, "limits: at least 1"
        )
        bound = self.advantage_bound()
        _check(
            bound <= self.advantage,
            f"an advantage of at most {self.advantage:g}; these allow {bound:.5f}, so raise sigma or lower uses",
        )

    @property
    def limits(self) -> Limits:
        """How large a question may be."""
        return Limits(literals=self.literals, depth=self.depth)

    def advantage_bound(self, windows: int = 1) -> float:
        """The advantage that no attacker exceeds in `windows` windows in a row.

        Two worlds differ in one person's themes. A person is counted at most `uses` times at a level in either world,
        so at most 2 x uses counts of a level differ, each by one. Somebody who holds 2 x uses draws per level, from
        the noise around 0 in one world and around 1 in the other, can act out the whole conversation: where the
        counts agree with own noise, where they differ with the next draw (mirrored where the count is lower). So the
        total variation between the conversations is at most that of the draws, however the questions are chosen.

        Their log-likelihood ratio is sum((z - 1/2) / sigma^2), a whole-number statistic T of variance
        V = sum(2 uses sigma^2 w^2), w = (coarsest / sigma)^2, and the variation is the chance that T falls into a
        stretch of D = sum(2 uses w) whole numbers around 0. No whole number is likelier than
        1 / sqrt(2 pi V), up to a factor 1 + 2 exp(-2 pi^2 sigma^2) or so (Poisson summation), which sigma >= 10 makes
        less than 1 + 1e-9. D / sqrt(V) is mu, mu^2 = sum(2 uses / sigma^2) = sum(2 uses x 2 rho), so the advantage is
        at most mu / sqrt(2 pi). That is the Gaussian 2 Phi(mu / 2) - 1 to first order.
        """
        mu_squared = windows * sum(2 * level.uses * 2 * rho(level.sigma) for level in self.levels)
        return math.sqrt(mu_squared / (2 * math.pi)) * (1 + _SLACK)

    def minimum_for(self, protections: frozenset[Protection]) -> int:
        """The minimum of an audience whose themes give these away."""
        applying = (by.people for by in self.minimum_by if (by.law, by.category) in protections)
        return max((self.minimum, *applying))

    def rounded(self, size: int) -> int:
        """A noisy size as it is shown; halves go up."""
        step = next(by.step for by in reversed(self.rounding) if size >= by.above or by.above == 0)
        return (size + step // 2) // step * step

    def period_of(self, instant: datetime) -> int:
        """The number of the period in which a naive UTC instant lies."""
        return (instant - _EPOCH) // self.period


def _check(holds: bool, expected: str) -> None:
    if not holds:
        raise UsageError(f"The audience policy does not hold together. Expected {expected}.")
