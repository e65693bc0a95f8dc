"""One door to both engines."""

from pathlib import Path
from typing import Literal

import ibis

from haechi.tables import duck

Engine = Literal["duckdb", "spark"]


def connect(
    engine: Engine, *, memory: str | None = None, threads: int | None = None, work: Path
) -> ibis.BaseBackend:
    """Open an engine whose clock is UTC and whose scratch files stay inside `work`.

    Args:
        engine: `duckdb`, in this process, or `spark`, a local Spark session (extra `spark`, Java 17).
        memory: the most it may hold, such as "2GB"; None: a share that suits a laptop.
        threads: processors to use; None: all of them.
        work: an existing folder for everything that does not fit in memory; its owner empties it.

    Raises:
        UsageError: the memory is not a size, the extra is not installed or Java is missing or does not fit.
    """
    if engine == "duckdb":
        return duck.connect(memory=memory, threads=threads, work=work)
    # Spark and its 350 MB are imported by those who ask for it and by nobody else.
    from haechi.tables import spark  # noqa: PLC0415

    return spark.connect(memory=memory, threads=threads, work=work)
