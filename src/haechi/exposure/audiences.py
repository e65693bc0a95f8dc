"""Audiences: one category at one advertiser, as one number.

The audit's largest join groups tens of millions of rows by category and advertiser. As two words they cost five
times as much as one number, so an audience is the category's number in the high half and the advertiser's in
the low half; the names come back when the counting is done.
"""

from typing import Final

import ibis
import ibis.expr.types as ir

from haechi.terms.words import CATEGORIES

_HALF: Final = 32
_LOW: Final = (1 << _HALF) - 1


def audience_base(category: str) -> int:
    """The number of a category at nobody in particular."""
    return CATEGORIES.index(category) << _HALF


def numbered_advertisers(named: ir.Table) -> ir.Table:
    """Every advertiser in `named` with a number from 1.

    Returns:
        `advertiser_id, advertiser`.
    """
    everyone = named.select("advertiser_id").distinct()
    return everyone.mutate(
        advertiser=(ibis.row_number().over(order_by=everyone.advertiser_id) + 1).cast("int64")
    )


def one_audience(audience: ir.IntegerValue) -> ir.IntegerValue:
    """The audience of the category, whoever the advertiser is."""
    return (audience - (audience & _LOW)).cast("int64")


def with_names(counted: ir.Table, advertisers: ir.Table | None) -> ir.Table:
    """Audiences with `category`, and `advertiser_id` where `advertisers` tells it."""
    rows = [{"base": audience_base(category), "category": category} for category in CATEGORIES]
    bases = ibis.memtable(rows, schema={"base": "int64", "category": "string"})
    split = counted.mutate(
        base=one_audience(counted.audience), advertiser=(counted.audience & _LOW).cast("int64")
    ).drop("audience")
    named = split.join(bases, "base").drop("base")
    return (
        named.drop("advertiser")
        if advertisers is None
        else named.join(advertisers, "advertiser").drop("advertiser")
    )
