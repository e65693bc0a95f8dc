"""What each law says, read from law packs: protected categories, accepted bases, deadlines, grounds, ceilings.

`load_packs` reads; everything else is pure. Instants are naive UTC.
"""

from haechi.law.days import birthday, due_at, midnight
from haechi.law.jurisdiction import jurisdiction_rows, packs_for
from haechi.law.load import load_packs, read_pack, schema
from haechi.law.lookup import (
    chosen,
    forbidden_grounds,
    in_force,
    included_items,
    minors,
    penalty,
    penalty_ceiling,
    refusal_grounds,
    request_rule,
    rule_for,
    signal_rules,
)
from haechi.law.model import (
    Claim,
    Extension,
    Fact,
    Ground,
    LawPack,
    MinorsRule,
    Money,
    PenaltyTier,
    PermissionBasis,
    ProtectedCategory,
    RequestRule,
    Rule,
    SignalRule,
    Source,
    Text,
)

__all__ = [
    "Claim",
    "Extension",
    "Fact",
    "Ground",
    "LawPack",
    "MinorsRule",
    "Money",
    "PenaltyTier",
    "PermissionBasis",
    "ProtectedCategory",
    "RequestRule",
    "Rule",
    "SignalRule",
    "Source",
    "Text",
    "birthday",
    "chosen",
    "due_at",
    "forbidden_grounds",
    "in_force",
    "included_items",
    "jurisdiction_rows",
    "load_packs",
    "midnight",
    "minors",
    "packs_for",
    "penalty",
    "penalty_ceiling",
    "read_pack",
    "refusal_grounds",
    "request_rule",
    "rule_for",
    "schema",
    "signal_rules",
]
