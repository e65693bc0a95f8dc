"""`haechi audit`: an ad platform's records in, a report that stands up out."""

import contextlib
import re
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal, Self

from cyclopts import Parameter
from rich.console import Console

from haechi import law, records, tables
from haechi.audit.document import write_outputs
from haechi.audit.output import spare_inputs, whole
from haechi.audit.report import sentence, severities
from haechi.audit.run import Options
from haechi.audit.run import audit as run_audit
from haechi.cli.bounds import within
from haechi.cli.instants import instant
from haechi.errors import UsageError
from haechi.law import Money
from haechi.terms.instants import LONGEST_DAYS
from haechi.terms.words import SEVERITIES

FailOn = Literal["violation", "risk", "note", "never"]
_MOST_THREADS = 1_024
"""The engine starts them all at once; a slip of the keyboard must not take the machine down."""


def audit(
    dataset: str,
    *,
    out: Path,
    law_: Annotated[list[str] | None, Parameter(name="--law", negative=())] = None,
    law_pack: Annotated[list[Path] | None, Parameter(negative=())] = None,
    include_inferred: Annotated[list[str] | None, Parameter(negative=())] = None,
    lang: Literal["en", "ko"] = "en",
    as_of: str | None = None,
    lapse: int | None = None,
    retention: int | None = None,
    turnover: str | None = None,
    proxies: bool | None = None,
    decisions: Path | None = None,
    fail_on: FailOn = "violation",
    engine: tables.Engine = "duckdb",
    memory: str | None = None,
    threads: int | None = None,
) -> int:
    """Find what advertising themes gave away, to how many advertisers, without permission.

    Exit status: 0 nothing at or above --fail-on, 1 findings, 2 the call or the data is wrong.

    Parameters
    ----------
    dataset
        A folder, any fsspec URL, or a haechi.toml that says where each table lives.
    out
        Folder for report.html, findings.json, themes.parquet, exposures.parquet and proxies.parquet.
    law_
        Audit under this law only; repeatable. Needed where people have no country.
    law_pack
        A law pack of your own; repeatable.
    include_inferred
        Apply this law to inferred themes although it sees inferred data as outside it; repeatable.
    lang
        Language of the report.
    as_of
        Day or instant (UTC) at which clocks are read, such as 2022-04-01. Now, if not given.
    lapse
        Days after its last positive behaviour at which a computed membership closes.
    retention
        The longest a membership may last, in days.
    turnover
        Turnover for the penalty ceiling, such as KRW:1900000000000.
    proxies
        Look for themes that give a category away without naming it. Unasked, where it takes seconds: up to 3
        million behaviours or memberships.
    decisions
        What people decided about themes (haechi themes review); it wins over the engine.
    fail_on
        Lowest severity of a finding that ends with status 1.
    engine
        duckdb, here; or spark.
    memory
        The most the engine may hold, such as 2GB.
    threads
        Processors to use; all of them, if not given.
    """
    within(LONGEST_DAYS, lapse=lapse, retention=retention)
    within(_MOST_THREADS, threads=threads)
    now = datetime.now(UTC).replace(microsecond=0, tzinfo=None)
    options = Options(
        laws=tuple(law_ or ()),
        inferred=tuple(include_inferred or ()),
        lapse_days=lapse,
        retention_days=retention,
        as_of=now if as_of is None else instant(as_of, now),
        turnover=None if turnover is None else _money(turnover),
        lang=lang,
        proxies=proxies,
        decisions=decisions,
    )
    packs = law.load_packs(tuple(law_pack or ()))
    notices: list[str] = []
    console = Console(stderr=True, highlight=False)
    with tempfile.TemporaryDirectory(prefix="haechi-") as name, whole(out) as draft, _Steps(console) as steps:
        work = Path(name)
        con = tables.connect(engine, memory=memory, threads=threads, work=work)
        steps("records")
        opened = records.open_dataset(con, dataset, now=now, notice=notices.append)
        spare_inputs(out, dataset, (file for found in opened.relations.values() for file in found.parquet))
        with records.failures_named(opened):
            done = run_audit(
                con,
                opened,
                packs,
                options,
                keep=tables.holder(con),
                ask=tables.asker(con),
                work=work,
                out=out,
                now=now,
                step=steps,
                notice=notices.append,
            )
            steps("report")
            document = write_outputs(done, opened, options, notices, folder=draft, engine=engine)
    for notice in notices:
        console.print(f"note: {notice}", markup=False, soft_wrap=True)
    # The report stands; nobody listening any more does not undo it.
    with contextlib.suppress(OSError, AttributeError, ValueError):
        sys.stdout.write(
            f"{sentence(document, lang)}\n{severities(document, lang)}\nReport: {out / 'report.html'}\n"
        )
        sys.stdout.flush()
    return _status([found.severity for found in document.findings], fail_on)


class _Steps:
    """The step being done, on a terminal's standard error; nothing elsewhere."""

    def __init__(self, console: Console) -> None:
        self._status = console.status("") if console.is_terminal else None

    def __enter__(self) -> Self:
        if self._status is not None:
            self._status.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._status is not None:
            self._status.stop()

    def __call__(self, step: str) -> None:
        if self._status is not None:
            self._status.update(f"{step} …")


def _money(text: str) -> Money:
    match = re.fullmatch(r"([A-Z]{3}):(\d{1,18}|\d{1,3}(?:[_,]\d{3}){1,5})", text)
    if match is None:
        raise UsageError(
            f"--turnover is {text[:40]!r}; expected a currency and whole units, such as KRW:1900000000000."
        )
    return Money(int(re.sub("[_,]", "", match[2])), match[1])


def _status(severities: list[str], fail_on: FailOn) -> int:
    """0 or 1: SEVERITIES begins with the gravest."""
    if fail_on == "never":
        return 0
    grave = SEVERITIES[: SEVERITIES.index(fail_on) + 1]
    return int(any(severity in grave for severity in severities))
