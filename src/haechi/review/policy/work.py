"""In which queue an ad that was stopped waits for a person, and until when."""

from datetime import datetime, timedelta
from typing import Final, NamedTuple

from haechi.review.ads import Decision
from haechi.review.policy.model import RuleSet

_UNEXAMINED_QUEUE: Final = "unexamined"
_UNEXAMINED_HOURS: Final = 8


class Work(NamedTuple):
    """What waits for a person.

    Attributes:
        queue: of the weightiest rule.
        due_at: the earliest end of all rules that fired, naive UTC.
    """

    queue: str
    due_at: datetime


def work_of(decision: Decision, ruleset: RuleSet) -> Work | None:
    """The queue and the clock of a decision; None where nothing stopped the ad.

    Args:
        decision: made under the rule set; what could not be examined waits in the queue `unexamined`.
        ruleset: whose rules have the queues and the clocks.
    """
    if decision.decision == "approve":
        return None
    fired = [rule for rule in ruleset.rules if rule.code in decision.rules]
    hours = [rule.hours for rule in fired]
    if len(fired) < len(decision.rules) or not fired:
        hours.append(_UNEXAMINED_HOURS)
    queue = fired[0].queue if fired else _UNEXAMINED_QUEUE
    return Work(queue, decision.decided_at + timedelta(hours=min(hours)))
