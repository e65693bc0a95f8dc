"""Protections: one law's rule for one category while it is in force, numbered so that tables can join on it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import ibis
import ibis.expr.types as ir

from haechi.exposure import audience_base
from haechi.law import LawPack
from haechi.terms.instants import FAR


@dataclass(frozen=True, slots=True)
class Protection:
    """One law's rule for one category.

    Attributes:
        number: its place in the list, the join key `protection`.
        law: identifier of the law pack.
        law_bit: a bit of its own for each law.
        category: the category it guards.
        article: what a report cites.
        bases: the bases of permission it accepts; empty where no permission helps (DSA Art. 26(3)).
        in_force: first instant at which it holds, naive UTC.
        out_of_force: first instant at which it no longer holds; FAR while it does.
    """

    number: int
    law: str
    law_bit: int
    category: str
    article: str
    bases: tuple[str, ...]
    in_force: datetime
    out_of_force: datetime


def protections(
    packs: Mapping[str, LawPack], laws: Iterable[str], *, inferred: frozenset[str], as_of: datetime
) -> list[Protection]:
    """What the given laws protect among themes that a platform inferred.

    Args:
        packs: every known law pack by identifier.
        laws: the laws to audit under, in order; each gets the bit of its place.
        inferred: laws to apply to inferred themes although their pack says that inferred data is outside them
            (APPI: the guidelines see special care-required data only where it is acquired, not inferred).
        as_of: rules that come into force later do not count yet.
    """
    found: list[Protection] = []
    for place, law in enumerate(laws):
        pack = packs[law]
        if not pack.inferred_protected and law not in inferred:
            continue
        for rule in pack.categories:
            if rule.effective_from <= as_of:
                found.append(
                    Protection(
                        number=len(found),
                        law=law,
                        law_bit=1 << place,
                        category=rule.category,
                        article=rule.article,
                        bases=rule.bases,
                        in_force=rule.effective_from,
                        out_of_force=rule.effective_until or FAR,
                    )
                )
    return found


def accepted_bases(guards: Iterable[Protection]) -> ir.Table:
    """`protection, law_bit, category, basis`: what each protection accepts."""
    rows = [
        {"protection": guard.number, "law_bit": guard.law_bit, "category": guard.category, "basis": basis}
        for guard in guards
        for basis in guard.bases
    ]
    return ibis.memtable(
        rows, schema={"protection": "int64", "law_bit": "int64", "category": "string", "basis": "string"}
    )


def guarded_themes(decided: ir.Table, guards: Iterable[Protection]) -> ir.Table:
    """Which protections guard which theme.

    Args:
        decided: `theme_id, category`, the decided labels of themes.
        guards: the protections.

    Returns:
        `theme_id, protection, law_bit, category, audience, in_force, out_of_force`.
    """
    rows = [
        {
            "protection": guard.number,
            "law_bit": guard.law_bit,
            "category": guard.category,
            "audience": audience_base(guard.category),
            "in_force": guard.in_force,
            "out_of_force": guard.out_of_force,
        }
        for guard in guards
    ]
    schema = {
        "protection": "int64",
        "law_bit": "int64",
        "category": "string",
        "audience": "int64",
        "in_force": "timestamp(6)",
        "out_of_force": "timestamp(6)",
    }
    return decided.select("theme_id", "category").join(ibis.memtable(rows, schema=schema), "category")
