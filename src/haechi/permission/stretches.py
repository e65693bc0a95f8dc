"""Permissions as merged stretches of time, one definition for the audit and every engine."""

import ibis
import ibis.expr.types as ir

from haechi.terms.instants import end
from haechi.terms.words import Purpose


def permission_stretches(
    permissions: ir.Table, accepted: ir.Table, subjects: ir.Table | None, purpose: Purpose
) -> ir.Table:
    """The stretches in which a person permits a purpose in a way that a protection accepts.

    Touching and overlapping permissions are one stretch: a permission renewed at the instant the earlier one
    ended never lapsed. A permission without a category covers no sensitive category, and one whose basis the law
    does not accept for the category (PIPA Art. 23(1): no legitimate interest; DSA Art. 26(3): none at all)
    covers nothing.

    Args:
        permissions: the contract's table.
        accepted: `protection, law_bit, category, basis`, what each protection accepts.
        subjects: `person_id, laws`: who is under which laws, as bits together; only their permissions count. None:
            everyone is under every law.
        purpose: profiling, advertising or disclosure.

    Returns:
        `person_id, protection, since, until`, disjoint and not touching within a person and protection;
        `until` is never null (FAR stands for "still so").
    """
    given = permissions.filter(permissions.purpose == purpose)
    if subjects is not None:
        given = given.join(subjects, "person_id")
    given = given.join(accepted, ["category", "basis"])
    if subjects is not None:
        given = given.filter((given.laws & given.law_bit) != 0)
    held = given.select(
        "person_id", "protection", since="given_at", until=lambda t: end(t.withdrawn_at)
    ).filter(lambda t: t.since < t.until)
    keys = ("person_id", "protection")
    earlier = ibis.window(group_by=keys, order_by=("since", "until"), rows=(None, -1))
    so_far = ibis.window(group_by=keys, order_by=("since", "until"), rows=(None, 0))
    held = held.mutate(reached=held.until.max().over(earlier))
    held = held.mutate(starts=ibis.ifelse(held.since <= held.reached, 0, 1))
    held = held.mutate(stretch=held.starts.sum().over(so_far))
    return (
        held.group_by(*keys, "stretch")
        .agg(since=held.since.min(), until=held.until.max())
        .select(*keys, "since", "until")
    )
