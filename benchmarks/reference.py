"""The reference case, audited whole, against hand-written SQL and a bare scan of the same file, in one run.

    python benchmarks/reference.py DATASET [--repeat 3]

DATASET is made by `haechi example pipc` (the reference case: --people 980000 --themes 97000 --advertisers 4000
--behaviours 100000000). Each measurement is a fresh process; the order rotates; figures are medians. Printed as
ratios: what the machine does besides hits all three alike.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import duckdb

from haechi import law
from haechi.audit.protections import protections

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Run:
    """Wall seconds and peak resident gigabytes of one process."""

    seconds: float
    gigabytes: float


def measured(command: list[str]) -> Run:
    """Run a command in a process of its own."""
    begun = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begun
    if os.waitstatus_to_exitcode(status) != 0:
        raise SystemExit(f"{' '.join(command[:4])} failed")
    return Run(seconds, usage.ru_maxrss / 1e6)


def scan_sql(data: Path) -> str:
    """Every column of the behaviours, touched and nothing more."""
    return (
        "select sum(hash(person_id)), sum(hash(item_id)), max(occurred_at)::varchar, "
        "count(kind) filter (kind = 'like') "
        f"from read_parquet('{data}/behaviours.parquet')"
    )


def by_hand_sql(data: Path, report: Path) -> str:
    """The hand-written SQL, told the laws that the audit looked up."""
    findings = json.loads((report / "findings.json").read_text())
    as_of = datetime.fromisoformat(findings["as_of"]).replace(tzinfo=None)
    packs = law.load_packs()
    guards = protections(packs, findings["laws"], inferred=frozenset(), as_of=as_of)
    bits = {guard.law: guard.law_bit for guard in guards}
    places = law.jurisdiction_rows({name: packs[name] for name in bits})
    return (
        (HERE / "by_hand.sql")
        .read_text()
        .format(
            data=data,
            themes=report / "themes.parquet",
            rules=", ".join(
                f"({g.number}, {g.law_bit}, '{g.category}', timestamptz '{g.in_force}+00', "
                f"timestamptz '{g.out_of_force}+00')"
                for g in guards
            ),
            accepted=", ".join(f"({g.number}, '{b}')" for g in guards for b in g.bases),
            places=", ".join(f"({bits[n]}, '{c}', {'null' if r is None else repr(r)})" for n, c, r in places),
            first=2018 * 12 + 7,
            last=(as_of - timedelta(microseconds=1)).year * 12 + (as_of - timedelta(microseconds=1)).month,
        )
    )


def run_sql(file: Path) -> None:
    """In a process of its own: run a script with the memory that the audit gives its engine."""
    con = duckdb.connect(config={"memory_limit": "2GB", "temp_directory": tempfile.mkdtemp()})
    print(con.execute(file.read_text()).fetchall())


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--run-sql", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.run_sql:
        run_sql(given.run_sql)
        return
    data = given.dataset.resolve()
    as_of = json.loads((data / "expected.json").read_text())["as_of"]
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        report = work / "report"
        haechi = str(Path(sys.executable).with_name("haechi"))
        audit = [haechi, "audit", str(data), "--out", str(report), "--as-of", as_of, "--fail-on", "never"]
        measured(audit)
        (work / "scan.sql").write_text(scan_sql(data))
        (work / "hand.sql").write_text(by_hand_sql(data, report))
        sql = [sys.executable, __file__, str(data), "--run-sql"]
        commands = {
            "scan": [*sql, str(work / "scan.sql")],
            "by hand": [*sql, str(work / "hand.sql")],
            "audit": audit,
        }
        runs: dict[str, list[Run]] = {what: [] for what in commands}
        for turn in range(given.repeat):
            order = list(commands)[turn % 3 :] + list(commands)[: turn % 3]
            for what in order:
                runs[what].append(measured(commands[what]))
        subprocess.run(commands["by hand"], check=True)
        print(json.loads((report / "findings.json").read_text())["totals"])
    show(runs)


def show(runs: dict[str, list[Run]]) -> None:
    """Medians, spread and ratios."""
    seconds = {what: statistics.median(run.seconds for run in found) for what, found in runs.items()}
    for what, found in runs.items():
        peak = max(run.gigabytes for run in found)
        spread = " ".join(f"{run.seconds:.1f}" for run in found)
        print(f"{what:8} {seconds[what]:6.2f} s  ({spread})  peak {peak:.2f} GB")
    print(
        f"audit / by hand {seconds['audit'] / seconds['by hand']:.2f}   "
        f"audit / scan {seconds['audit'] / seconds['scan']:.2f}"
    )


if __name__ == "__main__":
    main()
