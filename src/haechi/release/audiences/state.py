"""What is remembered about one advertiser. A store saves it before an answer is shown.

The remembered answers are the stickiness: noise comes from the operating system and cannot be drawn again, so a
question asked twice is answered from here.
"""

import enum
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from haechi.release.audiences.budget import Budget, empty_budget
from haechi.release.audiences.canonical import Function, Node
from haechi.release.audiences.policy import AudiencePolicy


class Reason(enum.StrEnum):
    """Why there is no size."""

    EXCLUDES_SENSITIVE = "excludes-sensitive"
    COMPLEMENT = "complement"
    NOBODY_CAN_MATCH = "nobody-can-match"
    QUESTION_LIMIT = "question-limit"
    TOO_SMALL = "too-small"
    OVERLAP = "overlap"


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """A question that was put to the data, and what came of it.

    Attributes:
        key: of its meaning.
        nodes: its meaning, see `Function`.
        period: number of the period in which it was asked.
        noisy: the count with noise, never shown as it is.
        sigma: scale of that noise.
        minimum: people it had to have.
        size: what is shown, or None where it was refused.
        refused: why, or None.
        at_least: people who were counted often may be left out of it, so that there may be more. It follows from
            what was asked and from noisy counts, not from who was left out.
    """

    key: str
    nodes: tuple[Node, ...]
    period: int
    noisy: int
    sigma: float
    minimum: int
    size: int | None
    refused: Reason | None
    at_least: bool = False

    @property
    def function(self) -> Function:
        """Its meaning."""
        return Function(self.nodes)


@dataclass(frozen=True, slots=True)
class State:
    """Everything about one advertiser.

    Attributes:
        sigmas: the levels by which the budget counts.
        period: the latest period seen.
        answered: what was put to the data within the window, oldest first.
        budget: whom it was charged to.
    """

    sigmas: tuple[float, ...]
    period: int
    answered: tuple[Answered, ...] = ()
    budget: Budget = field(kw_only=True)


def new_state(policy: AudiencePolicy, now: datetime) -> State:
    """The state of an advertiser that has asked nothing."""
    sigmas = tuple(level.sigma for level in policy.levels)
    return State(sigmas, policy.period_of(now), budget=empty_budget(len(sigmas)))
