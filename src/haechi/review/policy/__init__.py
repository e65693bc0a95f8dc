"""Rules as data over signals: approve, hold or reject, with reasons.

The map, from a rule's text to a decision:

    files      YAML held against its schema, every fault with its line
    load       a folder of files to a rule set
    syntax     an expression taken apart
    meaning    its names and types checked, its canonical form, how it is asked
    readable   what rules may read
    reading    one ad as rules read it
    decide     rules asked, the decision with its reasons
    replay     a decision made again from what it kept; its JSON
    examples   the examples in the rules, run
    backtest   past decisions under another rule set
    work       in which queue a held ad waits, and until when
"""

from haechi.review.policy.decide import decide
from haechi.review.policy.load import load_ruleset
from haechi.review.policy.model import RuleSet
from haechi.review.policy.readable import UNEXAMINED
from haechi.review.policy.reading import facts_of
from haechi.review.policy.replay import differences, replay

__all__ = ["UNEXAMINED", "RuleSet", "decide", "differences", "facts_of", "load_ruleset", "replay"]
