"""The small example audited on Spark, as its user would: one definition, two engines."""

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.conftest import run_haechi

pytestmark = pytest.mark.slow

_TELLS = ("rule", "law", "article", "severity", "statement", "count", "sample", "sample_of", "remedy")


def test_spark_writes_the_same_report(
    example: Path, report: Path, expected: dict[str, Any], tmp_path: Path
) -> None:
    """Breaks when a total, a finding, a month of an advertiser or a label depends on the engine that counted it."""
    out = tmp_path / "report"
    done = run_haechi(
        "audit", example, "--out", out, "--as-of", expected["as_of"], "--turnover", "KRW:1900000000000",
        "--engine", "spark", timeout=900,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    duck, spark = (json.loads((folder / "findings.json").read_text()) for folder in (report, out))
    assert spark["totals"] == expected["totals"]
    assert spark["categories"] == duck["categories"]
    assert [[found[key] for key in _TELLS] for found in spark["findings"]] == [
        [found[key] for key in _TELLS] for found in duck["findings"]
    ]
    for name in ("themes", "exposures", "proxies"):
        files = [str(folder / f"{name}.parquet") for folder in (report, out)]
        differing = duckdb.execute(
            "from (from read_parquet($1) except all from read_parquet($2)) union all "
            "(from read_parquet($2) except all from read_parquet($1))",
            files,
        ).fetchall()
        assert differing == [], name
