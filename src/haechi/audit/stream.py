"""A result to a Parquet file, from either engine, without holding it."""

from pathlib import Path

import ibis.expr.types as ir
import pyarrow.parquet as pq


def write_parquet(table: ir.Table, file: Path) -> None:
    """Write an expression's rows, in its order, to one file.

    DuckDB writes by itself; Spark would write a folder where it runs, so its rows come in batches.
    """
    if table.get_backend().name == "duckdb":
        table.to_parquet(file, compression="zstd")
        return
    with pq.ParquetWriter(file, table.schema().to_pyarrow(), compression="zstd") as writer:
        for batch in table.to_pyarrow_batches():
            writer.write_batch(batch)
