"""Which themes give a category away without naming it: counted over every theme, not only the guarded ones.

That is why it costs as much as all memberships do (see `AT_MOST`). Themes are taken in parts, so that memory does
not grow with their number; what is brought here is counts of people, one row a theme.
"""

from collections.abc import Iterator, Mapping
from typing import Final

import ibis
import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from haechi.audit.inquiry import Inquiry
from haechi.audit.prepared import Keep, for_now, memberships_of
from haechi.exposure import bit_or
from haechi.sensitivity.proxies import Leaning, leaning
from haechi.themes import EvidenceRule

AT_MOST: Final = 3_000_000
"""Rows of memberships, or of behaviours, up to which proxies are looked for without being asked to."""
_PART: Final = 10_000_000
"""Rows that one part of the themes may have about, so that it fits in memory."""


def affordable(rows: Mapping[str, int]) -> bool:
    """Whether looking is cheap enough to do unasked: seconds, not minutes."""
    return rows[_source(rows)] <= AT_MOST


def missing(tables: Mapping[str, object]) -> list[str]:
    """The tables for want of which nobody can be put in a theme."""
    if "memberships" in tables:
        return []
    wanted = [name for name in ("behaviours", "item_themes") if name not in tables]
    return ["memberships"] if len(wanted) == 2 else wanted  # noqa: PLR2004  neither of the two


def find_proxies(inquiry: Inquiry, rows: Mapping[str, int], evidence: EvidenceRule, keep: Keep) -> pa.Table:
    """The themes that give a guarded category away although they do not bear it.

    Args:
        inquiry: what was counted before; its claims say who is in which category.
        rows: table to its number of rows.
        evidence: how behaviours make memberships.
        keep: holds what is read more than once.

    Returns:
        `theme_id, category, people, lift, auc, q_value`: `people` are those of the theme who are in the category
        by another theme (see `Leaning` for the rest); most telling first.
    """
    parts = -(-max(1, rows[_source(rows)]) // _PART)
    categories = sorted({guard.category for guard in inquiry.guards})
    with for_now(keep) as hold:
        marks = hold(_marks(inquiry, categories))
        bearers = marks.aggregate(
            everyone=marks.count(),
            **{f"in_{place}": _having(marks, place) for place in range(len(categories))},
        )
        told = {name: int(count or 0) for name, count in bearers.to_pyarrow().to_pylist()[0].items()}
        counted = pa.concat_tables(
            list(_counted(inquiry, marks, len(categories), parts=parts, evidence=evidence, keep=keep))
        )
    members = counted["members"].to_numpy()
    both = np.stack([counted[f"both_{place}"].to_numpy() for place in range(len(categories))], axis=1)
    found = leaning(
        members,
        both,
        np.array([told[f"in_{place}"] for place in range(len(categories))], dtype=np.int64),
        told["everyone"],
        ~_borne(inquiry, counted["theme_id"], categories),
    )
    return _rows(counted["theme_id"], categories, both, found)


def nothing(theme_id: pa.DataType) -> pa.Table:
    """No proxies, in their form."""
    return _schema(theme_id).empty_table()


def _marks(inquiry: Inquiry, categories: list[str]) -> ir.Table:
    """`person_id, mask`: everyone under an audited law, with a bit for each category of a theme they were put in."""
    claimed = inquiry.prepared.claimed
    bits = ibis.memtable(
        [{"category": category, "mask": 1 << place} for place, category in enumerate(categories)],
        schema={"category": "string", "mask": "int64"},
    )
    marked = claimed.join(bits, "category")
    marked = marked.group_by("person_id").agg(mask=bit_or(marked.mask))
    everyone = _everyone(inquiry)
    found = everyone.left_join(marked, "person_id")
    return found.select(person_id=found.person_id, mask=found.mask.fill_null(0))


def _everyone(inquiry: Inquiry) -> ir.Table:
    if inquiry.subjects is not None:
        return inquiry.subjects.select("person_id")
    return inquiry.tables[_source(inquiry.tables)].select("person_id").distinct()


def _source(tables: Mapping[str, object]) -> str:
    return "memberships" if "memberships" in tables else "behaviours"


def _having(marked: ir.Table, place: int) -> ir.IntegerScalar:
    """How many rows have the bit of a category."""
    return marked.count(where=(marked.mask & (1 << place)) != 0)


def _counted(
    inquiry: Inquiry, marks: ir.Table, categories: int, *, parts: int, evidence: EvidenceRule, keep: Keep
) -> Iterator[pa.Table]:
    """`theme_id, members, both_0, …`: people of each theme, and how many of them are in each category."""
    themes = inquiry.tables["themes"].select("theme_id")
    numbered = themes.mutate(part=(ibis.row_number().over(order_by=themes.theme_id) % parts).cast("int64"))
    for part in range(parts):
        with for_now(keep) as hold:
            chosen = hold(numbered.filter(numbered.part == part).select("theme_id"))
            held = (
                memberships_of(inquiry.tables, chosen, evidence, hold)
                .select("person_id", "theme_id")
                .distinct()
            )
            marked = held.join(marks, "person_id")
            yield (
                marked.group_by("theme_id")
                .agg(
                    members=marked.count(),
                    **{f"both_{place}": _having(marked, place) for place in range(categories)},
                )
                .to_pyarrow()
            )


def _borne(inquiry: Inquiry, themes: pa.ChunkedArray, categories: list[str]) -> npt.NDArray[np.bool_]:
    """Themes by categories: the theme bears the category itself."""
    labels = inquiry.labels.filter(inquiry.labels.category.isin(categories)).to_pyarrow()
    borne = np.zeros((len(themes), len(categories)), dtype=np.bool_)
    rows = pc.index_in(labels["theme_id"], value_set=themes.combine_chunks())
    columns = pc.index_in(labels["category"], value_set=pa.array(categories))
    seen = pc.is_valid(rows).to_numpy(zero_copy_only=False)
    borne[rows.to_numpy()[seen].astype(np.int64), columns.to_numpy()[seen].astype(np.int64)] = True
    return borne


def _rows(
    themes: pa.ChunkedArray, categories: list[str], both: npt.NDArray[np.int64], found: Leaning
) -> pa.Table:
    row, column = np.nonzero(found.gives_away)
    table = pa.table(
        [
            themes.take(pa.array(row)),
            pa.array(categories, pa.string()).take(pa.array(column)),
            pa.array(both[row, column]),
            pa.array(found.lift[row, column]),
            pa.array(found.auc[row, column]),
            pa.array(found.q_value[row, column]),
        ],
        schema=_schema(themes.type),
    )
    return table.sort_by(
        [
            ("lift", "descending"),
            ("people", "descending"),
            ("theme_id", "ascending"),
            ("category", "ascending"),
        ]
    )


def _schema(theme_id: pa.DataType) -> pa.Schema:
    return pa.schema(
        {
            "theme_id": theme_id,
            "category": pa.string(),
            "people": pa.int64(),
            "lift": pa.float64(),
            "auc": pa.float64(),
            "q_value": pa.float64(),
        }
    )
