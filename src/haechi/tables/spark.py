"""Spark: the same expressions on a local session or, through Spark's own settings, on a cluster.

Imported only when asked for: it needs the extra `spark` and Java 17.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import ibis

from haechi.errors import UsageError

try:
    from pyspark.sql import SparkSession
except ImportError as error:
    raise UsageError(
        "the engine spark needs PySpark, which is not installed; "
        "expected Haechi with its extra `spark`: `pip install '.[spark]'` in its folder."
    ) from error

MEMORY: Final = "2g"
_JAVA: Final = range(17, 22)
_JAVA_ADVICE: Final = (
    "Spark 4.0 runs on Java 17 or 21; install one (Debian, Ubuntu: `apt-get install openjdk-17-jre-headless`) "
    "and set JAVA_HOME to it, or leave --engine spark away."
)
_SIZE: Final = re.compile(r"^\s*(\d+)\s*([kmgt])i?b?\s*$", re.IGNORECASE)


def connect(*, memory: str | None, threads: int | None, work: Path) -> ibis.BaseBackend:
    """A local Spark session: UTC, ANSI, quiet, no web page, everything it writes inside `work`."""
    _require_java()
    # Workers otherwise take whichever `python3` stands first in PATH.
    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable
    scratch = work / "spark"
    scratch.mkdir(parents=True, exist_ok=True)
    cores = threads or os.cpu_count() or 1
    builder = SparkSession.builder.master(f"local[{cores}]").appName("haechi")
    for name, value in _settings(_java_size(memory), cores, scratch).items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    con = ibis.pyspark.connect(session)
    con.raw_sql("SET TIME ZONE 'UTC'")
    return con


def _settings(memory: str, cores: int, scratch: Path) -> dict[str, str]:
    return {
        "spark.driver.memory": memory,
        "spark.sql.session.timeZone": "UTC",
        "spark.driver.extraJavaOptions": f"-Duser.timezone=UTC -Dderby.system.home={scratch}",
        "spark.sql.ansi.enabled": "true",
        "spark.sql.execution.arrow.pyspark.enabled": "true",
        # 200 partitions, Spark's default, are 200 small tasks for every join of a small data set.
        "spark.sql.shuffle.partitions": str(max(4, 2 * cores)),
        "spark.sql.adaptive.enabled": "true",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.local.dir": str(scratch / "local"),
        "spark.sql.warehouse.dir": str(scratch / "warehouse"),
        "spark.sql.catalogImplementation": "in-memory",
        "spark.haechi.work": str(scratch),
    }


def _java_size(memory: str | None) -> str:
    """Java writes 2g where people write 2GB."""
    if memory is None:
        return MEMORY
    match = _SIZE.match(memory)
    if match is None:
        raise UsageError(f"memory is {memory!r}; expected a size such as 2GB or 800MB.")
    return match[1] + match[2].lower()


def _require_java() -> None:
    """Say what to install before Spark prints a Java stack trace."""
    home = os.environ.get("JAVA_HOME")
    java = str(Path(home) / "bin" / "java") if home else shutil.which("java")
    if java is None or shutil.which(java) is None:
        raise UsageError(f"the engine spark needs Java, and none was found. {_JAVA_ADVICE}")
    told = subprocess.run([java, "-version"], capture_output=True, text=True, check=False)  # noqa: S603
    version = re.search(r'version "(\d+)', told.stderr + told.stdout)
    if version is None or int(version[1]) not in _JAVA:
        found = version[1] if version else "of an unknown version"
        raise UsageError(f"the engine spark found Java {found} at {java}. {_JAVA_ADVICE}")
