"""Tables in PostgreSQL, streamed as Arrow batches into a Parquet file.

DuckDB's own PostgreSQL reader is downloaded when it is first used; Haechi fetches nothing at run time.
"""

import re
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from haechi.errors import UsageError
from haechi.records import show
from haechi.records.forms import Postgres

_OF_THE_QUERY: Final = ("42", "3D", "3F", "28")
"""Classes of SQLSTATE: the words of the query, the database, the schema, the user."""
_QUOTED: Final = re.compile(r"[\"'].*[\"']", re.DOTALL)


def copy(form: Postgres, part: Path) -> None:
    """Send the query and write what it gives to `part`, a batch at a time.

    Raises:
        UsageError: the driver is not installed, the server does not answer or refuses the query.
    """
    try:
        from adbc_driver_manager import Error  # noqa: PLC0415  the driver is an extra
        from adbc_driver_postgresql import dbapi  # type: ignore[import-untyped] # noqa: PLC0415
    except ImportError as error:
        raise UsageError(
            f"{form.label} needs the PostgreSQL driver; expected `pip install '.[postgres]'`."
        ) from error
    try:
        with dbapi.connect(form.url) as connection, connection.cursor() as cursor:
            cursor.execute(form.query)
            batches = cursor.fetch_record_batch()
            plain = pa.schema([(field.name, _plain(field.type)) for field in batches.schema])
            with pq.ParquetWriter(part, plain, compression="zstd") as writer:
                for batch in batches:
                    arrays = [_stored(column) for column in batch.columns]
                    writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=plain))
    except Error as error:
        raise UsageError(f"{form.label} cannot be read: {_said(error, form)}.") from error


def _said(error: Exception, form: Postgres) -> str:
    """What the server said, if it speaks of the query; else without what stands in quotes, which may be a value."""
    message = show.masked(str(error).replace(form.url, form.label))
    about_query = (getattr(error, "sqlstate", None) or "").startswith(_OF_THE_QUERY)
    return message if about_query else _QUOTED.sub("…", message)


def _plain(found: pa.DataType) -> pa.DataType:
    """Types that Arrow has no word for, such as numeric, arrive as text; identifiers of type uuid become text."""
    if isinstance(found, pa.UuidType):
        return pa.string()
    return found.storage_type if isinstance(found, pa.BaseExtensionType) else found


def _stored(column: pa.Array) -> pa.Array:
    if isinstance(column.type, pa.UuidType):
        return pa.array([None if value is None else str(value) for value in column.to_pylist()], pa.string())
    return column.storage if isinstance(column.type, pa.BaseExtensionType) else column
