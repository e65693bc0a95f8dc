"""Reach: how many people, counted once, in which months and under which laws."""

import ibis
import ibis.expr.types as ir

from haechi.exposure.months import bit_or, month_columns

_UNPERMITTED = "unpermitted_"


def reach(exposed: ir.Table, by: tuple[str, ...]) -> ir.Table:
    """Groups of people with the same history, so that every exact distinct count becomes a sum.

    Args:
        exposed: see `exposures`.
        by: columns within which a person counts once: `("audience",)` or `()`.

    Returns:
        the columns of `by`; `laws`, `unpermitted_laws` (bits of the laws under which the person was exposed, and
        without permission); month words and `unpermitted_` month words; `people` who share all of these.
    """
    dated, history = _dated(exposed)
    return _people_sharing(dated, by, history)


def reach_of_audiences(exposed: ir.Table) -> ir.Table:
    """`reach` by audience. Most people stand alone in an audience and need not be looked for among the others."""
    dated, history = _dated(exposed)
    alone = dated.filter(dated.alone)
    counted = alone.group_by("audience", *history).agg(people=alone.count())
    both = counted.union(_people_sharing(dated.filter(~dated.alone), ("audience",), history))
    return both.group_by("audience", *history).agg(people=both.people.sum().cast("int64"))


def _dated(exposed: ir.Table) -> tuple[ir.Table, tuple[str, ...]]:
    """Each exposure as a history of its own, and the columns that make a history."""
    words = month_columns(exposed)
    none = ibis.literal(0, "int64")
    dated = exposed.mutate(
        laws=exposed.law_bit,
        unpermitted_laws=ibis.ifelse(exposed.permitted, none, exposed.law_bit),
        **{f"{_UNPERMITTED}{name}": ibis.ifelse(exposed.permitted, none, exposed[name]) for name in words},
    )
    return dated, ("laws", "unpermitted_laws", *words, *(f"{_UNPERMITTED}{name}" for name in words))


def _people_sharing(dated: ir.Table, by: tuple[str, ...], history: tuple[str, ...]) -> ir.Table:
    each_person = dated.group_by(*by, "person_id").agg(**{name: bit_or(dated[name]) for name in history})
    return each_person.group_by(*by, *history).agg(people=each_person.count())


def people_by_month(reached: ir.Table, by: tuple[str, ...], labels: list[tuple[int, int, str]]) -> ir.Table:
    """People, and people without permission, in each month.

    Args:
        reached: see `reach`.
        by: the columns it was grouped by.
        labels: see `Calendar.labels`.

    Returns:
        the columns of `by`, `month` (`YYYY-MM`), `people`, `people_unpermitted`; months with people only.
    """
    parts = []
    for word in sorted({word for word, _, _ in labels}):
        months = ibis.memtable(
            [{"bit": bit, "month": label} for w, bit, label in labels if w == word],
            schema={"bit": "int64", "month": "string"},
        )
        touched = reached.cross_join(months).filter(lambda t, w=word: (t[f"months_{w}"] & t.bit) != 0)
        parts.append(
            touched.group_by(*by, "month").agg(
                people=touched.people.sum().cast("int64"),
                people_unpermitted=ibis.ifelse(
                    (touched[f"{_UNPERMITTED}months_{word}"] & touched.bit) != 0, touched.people, 0
                )
                .sum()
                .cast("int64"),
            )
        )
    return ibis.union(*parts) if len(parts) > 1 else parts[0]
