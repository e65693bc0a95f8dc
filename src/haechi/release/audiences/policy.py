"""The numbers of the release of sizes, each with its reason.

How they hang together is derived in docs/explanation/audience-privacy.md. In short: one person changes an answered
question by one at most, so that telling two worlds apart in which somebody is or is not in a theme, from answers that
count the person at most K times in each world, is telling a normal distribution from one moved by sqrt(2K)/sigma. The
advantage over guessing is at most 2*Phi(sqrt(2K)/sigma/2)-1: with sigma 150 and K 7 it is 0.00995.
"""

from collections.abc import Iterable, Mapping
from math import erf, sqrt

import msgspec

from haechi.errors import UsageError
from haechi.terms.words import Category


class AudiencePolicy(msgspec.Struct, frozen=True, kw_only=True):
    """What an advertiser may learn.

    Attributes:
        sigma: scale of the discrete Gaussian noise on a size (Canonne, Kamath, Steinke 2020). With 150 a size of
            10,000 is told within 3 % in 98 of 100 cases.
        answers: how many answered questions may count the same person, for one advertiser in one window.
        tests_per_answer: how many tests of overlap cost as much as one answer; their noise is wider by its root.
        minimum: people below whom nothing is told. Platforms hide sizes under about 1,000 (recalled from Meta's
            documentation).
        minimum_by: higher minimums, by law and category, as `kr-pipa/religion`.
        round_to: sizes are rounded to multiples of this; from a hundred thousand on to ten times of it.
        period_days: how long an answer stays as it is.
        window_days: after how long the budget is whole again. The bound is one of each window.
        questions: how many different questions an advertiser may ask in a period; it depends on no data.
        themes: how many themes a question may name.
    """

    sigma: float = 150.0
    answers: int = 7
    tests_per_answer: int = 8
    minimum: int = 1_000
    minimum_by: dict[str, int] = {}
    round_to: int = 100
    period_days: int = 90
    window_days: int = 365
    questions: int = 200
    themes: int = 30

    def __post_init__(self) -> None:
        """Refuses numbers that would not protect.

        Raises:
            UsageError: they would not.
        """
        for name in (
            "sigma",
            "answers",
            "tests_per_answer",
            "minimum",
            "round_to",
            "period_days",
            "questions",
        ):
            if not getattr(self, name) > 0:
                raise UsageError(f"{name} of {getattr(self, name)}; expected more than 0.")
        if self.window_days < self.period_days:
            raise UsageError(f"a window of {self.window_days} days; expected at least one period.")
        too_low = [key for key, value in self.minimum_by.items() if value < self.minimum]
        if too_low:
            raise UsageError(f"a minimum for {too_low[0]} below {self.minimum:,}; expected a higher one.")

    @property
    def capacity(self) -> int:
        """What may be spent of a person's budget, in tests."""
        return self.answers * self.tests_per_answer

    @property
    def test_sigma(self) -> float:
        """Scale of the noise of a test of overlap."""
        return self.sigma * sqrt(self.tests_per_answer)

    @property
    def advantage(self) -> float:
        """The most that any attacker gains over guessing, in one window: twice the success less one."""
        moved = sqrt(2 * self.answers) / self.sigma
        return erf(moved / 2 / sqrt(2))


def minimum_for(policy: AudiencePolicy, laws: Iterable[str], categories: Iterable[Category]) -> int:
    """The highest minimum of the laws and categories that an audience is about."""
    wanted: Mapping[str, int] = policy.minimum_by
    kinds = list(categories)
    return max([policy.minimum, *(wanted.get(f"{law}/{kind}", 0) for law in laws for kind in kinds)])
