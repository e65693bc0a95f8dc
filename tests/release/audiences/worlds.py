"""Small platforms for the tests, and attackers' tools."""

import datetime as dt
import math
from collections.abc import Callable
from typing import Any

from pyroaring import BitMap

from haechi.release.audiences import Answer, AudiencePolicy, People, State, ask

NOW = dt.datetime.fromisoformat("2026-11-01T00:00:00")
EVERYONE = BitMap(range(60_000))
POLICY = AudiencePolicy()
WEAK = AudiencePolicy(sigma=0.01, minimum=1, answers=1_000_000, round_to=1, tests_per_answer=1)
"""No protection to speak of: what an attack must beat, or the attack's own test proves nothing."""


def theme(name: str) -> dict[str, Any]:
    return {"theme": name}


def both(*parts: Any) -> dict[str, Any]:
    return {"and": list(parts)}


def either(*parts: Any) -> dict[str, Any]:
    return {"or": list(parts)}


def negated(part: Any) -> dict[str, Any]:
    return {"not": part}


class Platform:
    """What one advertiser can ask.

    Args:
        sets: people by theme.
        policy: the numbers.
        sensitive: themes that bear a protected category.
    """

    def __init__(
        self,
        sets: dict[str, BitMap],
        policy: AudiencePolicy = POLICY,
        sensitive: frozenset[str] = frozenset(),
    ) -> None:
        self.sets = sets
        self.policy = policy
        self.sensitive = sensitive
        self.state = State()
        self.now = NOW

    def ask(self, value: Any) -> Answer:
        return ask(
            value,
            people=People(self.sets.__getitem__, EVERYONE),
            sensitive=self.sensitive.__contains__,
            minimum=self.policy.minimum,
            policy=self.policy,
            state=self.state,
            now=self.now,
        )

    def size(self, value: Any) -> int | None:
        return self.ask(value).size

    def code(self, value: Any) -> str | None:
        refusal = self.ask(value).refusal
        return None if refusal is None else refusal.code


def advantage(guess: Callable[[bool], bool], trials: int) -> tuple[float, float]:
    """Twice the success less one over equally likely worlds, and half the width of its 95 % interval."""
    right = sum(guess(truth) is truth for number in range(trials) for truth in (number % 2 == 0,))
    share = right / trials
    return 2 * share - 1, 2 * 1.96 * math.sqrt(share * (1 - share) / trials)
