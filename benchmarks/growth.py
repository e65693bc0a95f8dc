"""How the audit's time and memory grow with behaviours, people and advertisers.

    python benchmarks/growth.py REFERENCE OTHER... [--repeat 3]

Every dataset is made by `haechi example pipc`; each measurement is a fresh process, the datasets take turns, figures
are medians. The slope is log(time ratio) / log(size ratio) against REFERENCE in what differs: 1 is linear.
"""

import argparse
import json
import math
import statistics
import sys
import tempfile
from pathlib import Path

import pyarrow.parquet as pq

from reference import Run, measured

GROWS = ("behaviours", "people", "advertisers")


def sizes(dataset: Path) -> dict[str, int]:
    """Rows of the tables in question."""
    return {name: int(pq.read_metadata(dataset / f"{name}.parquet").num_rows) for name in GROWS}


def audited(dataset: Path, out: Path) -> Run:
    """One audit."""
    as_of = json.loads((dataset / "expected.json").read_text())["as_of"]
    haechi = str(Path(sys.executable).with_name("haechi"))
    call = ["audit", str(dataset), "--out", str(out), "--as-of", as_of, "--fail-on", "never", "--no-proxies"]
    return measured([haechi, *call])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("datasets", type=Path, nargs="+")
    parser.add_argument("--repeat", type=int, default=3)
    given = parser.parse_args()
    runs: dict[Path, list[Run]] = {dataset: [] for dataset in given.datasets}
    with tempfile.TemporaryDirectory() as name:
        for _ in range(given.repeat):
            for dataset in given.datasets:
                runs[dataset].append(audited(dataset, Path(name) / "report"))
    seconds = {dataset: statistics.median(run.seconds for run in found) for dataset, found in runs.items()}
    base = given.datasets[0]
    rows = sizes(base)
    for dataset, found in runs.items():
        own = sizes(dataset)
        grown = {table: own[table] / rows[table] for table in GROWS if own[table] != rows[table]}
        factor = next(iter(grown.values()), 1.0)
        ratio = seconds[dataset] / seconds[base]
        slope = "" if factor == 1 else f"  slope {math.log(ratio) / math.log(factor):.2f}"
        what = ", ".join(f"{table} x{by:g}" for table, by in grown.items()) or "reference"
        peak = max(run.gigabytes for run in found)
        print(f"{what:20} {seconds[dataset]:7.2f} s  x{ratio:.2f}  peak {peak:.2f} GB{slope}")


if __name__ == "__main__":
    main()
