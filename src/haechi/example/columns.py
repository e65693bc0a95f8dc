"""Writing the example's tables as Parquet, with the types of the records contract."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from haechi.example.streams import Bools, Ints

INSTANT: Final = pa.timestamp("us", tz="UTC")
ROWS_IN_GROUP: Final = 1_000_000

SCHEMAS: Final[dict[str, pa.Schema]] = {
    "people": pa.schema(
        {"person_id": pa.int64(), "country": pa.string(), "region": pa.string(), "birth_date": pa.date32()}
    ),
    "items": pa.schema(
        {"item_id": pa.int64(), "kind": pa.string(), "name": pa.string(), "lang": pa.string()}
    ),
    "themes": pa.schema(
        {
            "theme_id": pa.string(),
            "name": pa.string(),
            "path": pa.string(),
            "lang": pa.string(),
            "created_at": INSTANT,
        }
    ),
    "item_themes": pa.schema({"item_id": pa.int64(), "theme_id": pa.string(), "weight": pa.float64()}),
    "behaviours": pa.schema(
        {"person_id": pa.int64(), "item_id": pa.int64(), "kind": pa.string(), "occurred_at": INSTANT}
    ),
    "advertisers": pa.schema(
        {"advertiser_id": pa.string(), "name": pa.string(), "country": pa.string(), "verified": pa.bool_()}
    ),
    "grants": pa.schema(
        {"advertiser_id": pa.string(), "theme_id": pa.string(), "since": INSTANT, "until": INSTANT}
    ),
    "deliveries": pa.schema(
        {
            "advertiser_id": pa.string(),
            "theme_id": pa.string(),
            "person_id": pa.int64(),
            "delivered_at": INSTANT,
        }
    ),
    "permissions": pa.schema(
        {
            "person_id": pa.int64(),
            "purpose": pa.string(),
            "category": pa.string(),
            "basis": pa.string(),
            "given_at": INSTANT,
            "withdrawn_at": INSTANT,
            "evidence": pa.string(),
        }
    ),
    "requests": pa.schema(
        {
            "request_id": pa.string(),
            "person_id": pa.int64(),
            "country": pa.string(),
            "kind": pa.string(),
            "received_at": INSTANT,
            "extended_at": INSTANT,
            "answered_at": INSTANT,
            "outcome": pa.string(),
            "ground": pa.string(),
        }
    ),
}
"""Every table that the example writes, in the order in which it writes them."""


def instants(seconds: Ints, absent: Bools | None = None) -> pa.Array:
    """UTC instants from whole seconds since 1970; null where `absent`."""
    return pa.array(seconds.astype(np.int64) * 1_000_000, mask=absent).cast(INSTANT)


def words(values: tuple[str, ...], chosen: npt.NDArray[np.integer]) -> pa.Array:
    """The strings at the places `chosen`; null where the place is negative."""
    return pa.DictionaryArray.from_arrays(
        pa.array(chosen.astype(np.int32), mask=chosen < 0), pa.array(values, pa.string())
    )


def writer(folder: Path, table: str) -> pq.ParquetWriter:
    """A writer of `table`, for rows that come piece by piece."""
    return pq.ParquetWriter(
        folder / f"{table}.parquet",
        SCHEMAS[table],
        compression="zstd",
        compression_level=1,
        # A dictionary helps only where values repeat; for identifiers and instants it is work thrown away.
        use_dictionary=[f.name for f in SCHEMAS[table] if f.type == pa.string() and f.name != "name"],
        store_schema=False,
        write_page_index=False,
    )


def rows(table: str, columns: Mapping[str, pa.Array]) -> pa.Table:
    """Columns as a table of the contract's types, in the contract's order."""
    schema = SCHEMAS[table]
    return pa.table([pa.array(columns[f.name]).cast(f.type) for f in schema], schema=schema)


def write(folder: Path, table: str, columns: Mapping[str, pa.Array]) -> None:
    """Writes a table that fits in memory."""
    with writer(folder, table) as out:
        out.write_table(rows(table, columns), row_group_size=ROWS_IN_GROUP)
