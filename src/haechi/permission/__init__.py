"""4 Who agreed to what: stretches of time in which a permission holds, and whether something may be done."""

from haechi.permission.column import decide_column
from haechi.permission.decide import Asked, Decision, Reason, decide
from haechi.permission.since import Facts, allowed_since
from haechi.permission.standing import Held, Permission, Standing, held_at
from haechi.permission.stretches import permission_stretches

__all__ = [
    "Asked",
    "Decision",
    "Facts",
    "Held",
    "Permission",
    "Reason",
    "Standing",
    "allowed_since",
    "decide",
    "decide_column",
    "held_at",
    "permission_stretches",
]
