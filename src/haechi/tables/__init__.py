"""The engines that hold the tables while Haechi works on them.

Every set-based step is an Ibis expression, so that DuckDB in this process and Spark on a cluster give one
answer. Nothing here wraps Ibis: `connect` opens a backend with the settings that all steps rely on, `holder`
computes what several steps read once, `asker` answers a second thread.
"""

from haechi.tables.connection import Engine, connect
from haechi.tables.hold import asker, holder

__all__ = ["Engine", "asker", "connect", "holder"]
