"""How much one behaviour says about one theme, in whole thousandths.

Everything is an integer: a weight between an item and a theme counts in billionths, a behaviour's evidence in
thousandths, so that every engine agrees to the bit at the threshold.
"""

from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import ibis
import ibis.expr.types as ir

if TYPE_CHECKING:
    from collections.abc import Mapping

WEIGHT_SCALE: Final = 1_000_000_000
TAKES_BACK: Final = ("unlike", "hide")


@dataclass(frozen=True, slots=True)
class EvidenceRule:
    """What a kind of behaviour weighs and when the sum makes a membership.

    Attributes:
        kind_thousandths: behaviour kind to its weight in thousandths; a kind not named weighs nothing.
        threshold_thousandths: the sum at which a membership opens, and below which it closes.
        lapse_days: days after the last positive behaviour at which a membership closes; None: never.
    """

    kind_thousandths: "Mapping[str, int]" = field(
        default_factory=lambda: MappingProxyType(
            {
                "like": 1000,
                "follow": 1000,
                "share": 1000,
                "purchase": 1000,
                "comment": 1000,
                "click": 500,
                "view": 100,
            }
        )
    )
    threshold_thousandths: int = 1000
    lapse_days: int | None = None


DEFAULT_EVIDENCE: Final = EvidenceRule()
"""The kind weights and the threshold of the records contract."""


def lapsing(days: int | None) -> EvidenceRule:
    """The contract's rule, where memberships close so many days after the last positive behaviour; None: never."""
    return replace(DEFAULT_EVIDENCE, lapse_days=days)


def weight_billionths(weight: ir.FloatingValue) -> ir.IntegerValue:
    """An item's weight for a theme (0 to 1) as a whole number of billionths, rounded half up."""
    return (weight * float(WEIGHT_SCALE) + 0.5).floor().cast("int64")


def evidence_thousandths(
    kind: ir.StringValue, weight_in_billionths: ir.IntegerValue, rule: EvidenceRule
) -> ir.IntegerValue:
    """Kind weight times theme weight, rounded half up to whole thousandths."""
    kind_weight = ibis.cases(
        *((kind == name, ibis.literal(value, "int64")) for name, value in rule.kind_thousandths.items()),
        else_=ibis.literal(0, "int64"),
    )
    # Both factors are non-negative, so whole-number division rounds down on every engine.
    half_up = kind_weight * weight_in_billionths + WEIGHT_SCALE // 2
    return (half_up // WEIGHT_SCALE).cast("int64")
