"""The policy's text beside a decision: what the rules are called, and the laws that they cite."""

from collections.abc import Sequence
from typing import NamedTuple

from haechi.review.ads import Reason
from haechi.review.policy import load_ruleset
from haechi.review.policy.model import Law


class Ruled(NamedTuple):
    """A reason with its rule.

    Attributes:
        reason: as the advertiser is told.
        title: the rule's, for reviewers; "" where the rule set has no such rule.
        laws: with where each was read; empty where the rule set has no such rule.
        applies: it is among the reasons of the decision that holds.
    """

    reason: Reason
    title: str
    laws: tuple[Law, ...]
    applies: bool


def ruled(reasons: Sequence[Reason], newest: Sequence[str]) -> list[Ruled]:
    """Reasons with the text of their rules, those that apply first.

    Args:
        reasons: each code once.
        newest: codes of the decision that holds.
    """
    rules = {rule.code: rule for rule in load_ruleset().rules}
    found = []
    for reason in reasons:
        rule = rules.get(reason.code)
        # Of a rule's laws a reason cites those of the ad's country.
        laws = () if rule is None else tuple(law for law in rule.laws if law.article in reason.laws)
        found.append(Ruled(reason, "" if rule is None else rule.title, laws, reason.code in newest))
    return sorted(found, key=lambda one: not one.applies)


def same_rules(ruleset_hash: str) -> bool:
    """Whether a decision was made by the rule set whose text is shown."""
    return load_ruleset().hash == ruleset_hash
