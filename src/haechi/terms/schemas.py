"""The eleven tables of a dataset: columns, types, what may be null, what values are allowed.

These are the records contract in code. `records` reads and validates against them; every other part may
rely on what they promise.
"""

from dataclasses import dataclass
from typing import Final, Literal

from haechi.terms import words

ColumnType = Literal["id", "string", "instant", "date", "weight", "number", "bool"]
"""`id`: string or integer, never interpreted. `instant`: UTC, kept as a naive timestamp in microseconds.
`weight`: 0 to 1. `number`: any finite number."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Attributes:
        name: the contract's name.
        type: what its values are.
        optional: it may be absent, and a value may be null.
        allowed: the closed list of values, or () when the type alone decides.
        scheduled: an instant that may lie in the future (an end agreed on, a permission that expires).
    """

    name: str
    type: ColumnType
    optional: bool = False
    allowed: tuple[str, ...] = ()
    scheduled: bool = False


@dataclass(frozen=True, slots=True)
class TableSchema:
    """One table of the dataset.

    Attributes:
        name: the contract's name.
        columns: in the contract's order.
        key: the identifier that no two rows share, or None where repeated rows are several facts.
        interval: the pair of columns that form a half-open interval, or None.
        references: column to the table whose identifier it names; a row naming one that the table lacks is
            set aside, counted and told (never an error).
    """

    name: str
    columns: tuple[Column, ...]
    key: str | None = None
    interval: tuple[str, str] | None = None
    references: tuple[tuple[str, str], ...] = ()

    def column(self, name: str) -> Column:
        """The column called `name`; KeyError when there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


_SCHEMAS = (
    TableSchema(
        "people",
        (
            Column("person_id", "id"),
            Column("country", "string", optional=True),
            Column("region", "string", optional=True),
            Column("birth_date", "date", optional=True),
        ),
        key="person_id",
    ),
    TableSchema(
        "items",
        (
            Column("item_id", "id"),
            Column("kind", "string", allowed=words.ITEM_KINDS),
            Column("name", "string"),
            Column("lang", "string", optional=True),
        ),
        key="item_id",
    ),
    TableSchema(
        "themes",
        (
            Column("theme_id", "id"),
            Column("name", "string"),
            Column("path", "string", optional=True),
            Column("lang", "string", optional=True),
            Column("taxonomy", "string", optional=True),
            Column("created_at", "instant", optional=True),
        ),
        key="theme_id",
    ),
    TableSchema(
        "item_themes",
        (
            Column("item_id", "id"),
            Column("theme_id", "id"),
            Column("weight", "weight", optional=True),
        ),
        references=(("item_id", "items"), ("theme_id", "themes")),
    ),
    TableSchema(
        "behaviours",
        (
            Column("person_id", "id"),
            Column("item_id", "id"),
            Column("kind", "string", allowed=words.BEHAVIOUR_KINDS),
            Column("occurred_at", "instant"),
        ),
        references=(("person_id", "people"), ("item_id", "items")),
    ),
    TableSchema(
        "memberships",
        (
            Column("person_id", "id"),
            Column("theme_id", "id"),
            Column("score", "number", optional=True),
            Column("since", "instant"),
            Column("until", "instant", optional=True, scheduled=True),
        ),
        interval=("since", "until"),
        references=(("person_id", "people"), ("theme_id", "themes")),
    ),
    TableSchema(
        "advertisers",
        (
            Column("advertiser_id", "id"),
            Column("name", "string"),
            Column("country", "string", optional=True),
            Column("verified", "bool", optional=True),
        ),
        key="advertiser_id",
    ),
    TableSchema(
        "grants",
        (
            Column("advertiser_id", "id"),
            Column("theme_id", "id"),
            Column("since", "instant", scheduled=True),
            Column("until", "instant", optional=True, scheduled=True),
        ),
        interval=("since", "until"),
        references=(("advertiser_id", "advertisers"), ("theme_id", "themes")),
    ),
    TableSchema(
        "deliveries",
        (
            Column("advertiser_id", "id"),
            Column("theme_id", "id"),
            Column("person_id", "id"),
            Column("delivered_at", "instant"),
        ),
        references=(
            ("advertiser_id", "advertisers"),
            ("theme_id", "themes"),
            ("person_id", "people"),
        ),
    ),
    TableSchema(
        "permissions",
        (
            Column("person_id", "id"),
            Column("purpose", "string", allowed=words.PURPOSES),
            Column("category", "string", optional=True, allowed=words.CATEGORIES),
            Column("basis", "string", allowed=words.BASES),
            Column("given_at", "instant"),
            Column("withdrawn_at", "instant", optional=True, scheduled=True),
            Column("evidence", "string", optional=True),
        ),
        interval=("given_at", "withdrawn_at"),
        references=(("person_id", "people"),),
    ),
    TableSchema(
        "requests",
        (
            Column("request_id", "id"),
            Column("person_id", "id", optional=True),
            Column("country", "string", optional=True),
            Column("kind", "string", allowed=words.REQUEST_KINDS),
            Column("received_at", "instant"),
            Column("extended_at", "instant", optional=True),
            Column("answered_at", "instant", optional=True),
            Column("outcome", "string", allowed=words.OUTCOMES),
            Column("ground", "string", optional=True),
        ),
        key="request_id",
    ),
)

SCHEMAS: Final[dict[str, TableSchema]] = {schema.name: schema for schema in _SCHEMAS}
"""Every table by name, in the contract's order."""
