"""`haechi load`: a dataset of the records contract into the platform."""

import tempfile
from collections import Counter
from pathlib import Path

from rich.console import Console

from haechi import records, tables
from haechi.cli.bounds import within
from haechi.law import load_packs
from haechi.records import validate
from haechi.sensitivity import judge_with
from haechi.stores import open_store
from haechi.stores.bulk import load as load_all
from haechi.stores.clock import utc_now
from haechi.stores.ingest import Ingest
from haechi.stores.ledger.secrets import master_of
from haechi.stores.requests import Requests
from haechi.stores.themes import Themes
from haechi.terms.instants import LONGEST_DAYS
from haechi.themes.evidence import lapsing


def load(
    dataset: str,
    *,
    database: str = "haechi-data",
    permissions_are_separate: bool = False,
    decisions: Path | None = None,
    approve_ordinary: bool = True,
    lapse: int | None = None,
) -> None:
    """Load people, items, themes, permissions and behaviours of a dataset into the platform of haechi serve.

    Every theme is screened; what gives something away waits for people to decide. What is interrupted goes on where
    it stopped when it is called again. The whole dataset is validated first.

    Parameters
    ----------
    dataset
        A folder or haechi.toml, as for haechi audit.
    database
        A folder or a postgresql:// URL (or the environment variable HAECHI_DATABASE).
    permissions_are_separate
        Says that the dataset's permissions were asked apart from everything else, as PIPA Art. 22(1) wants; the
        records do not tell.
    decisions
        What people decided about themes (haechi themes review).
    approve_ordinary
        Whether a theme that gives nothing away, beyond doubt, opens without anybody's approval.
    lapse
        As for haechi serve.
    """
    within(LONGEST_DAYS, lapse=lapse)
    rule = lapsing(lapse)
    now = utc_now()
    console = Console(stderr=True, highlight=False)
    done: Counter[str] = Counter()

    def step(what: str, rows: int) -> None:
        done[what] += rows
        if console.is_terminal:
            console.print(f"{what}: {done[what]:,}", end="\r", markup=False)

    with tempfile.TemporaryDirectory(prefix="haechi-") as name:
        con = tables.connect("duckdb", work=Path(name))
        opened = records.open_dataset(con, dataset, now=now, notice=console.print)
        with records.failures_named(opened):
            validate(con, opened, now=now, notice=console.print, platform=True)
            engine = open_store(database)
            packs = load_packs()
            master = master_of(database)
            load_all(
                opened,
                engine,
                themes=Themes(
                    engine, judge_with(decisions), packs, rule=rule, approve_ordinary=approve_ordinary
                ),
                ingest=Ingest(engine, packs, rule, master=master),
                requests=Requests(engine, packs, rule, master=master),
                master=master,
                separate=permissions_are_separate,
                now=now,
                step=step,
            )
    print(", ".join(f"{what} {rows:,}" for what, rows in done.items()))  # noqa: T201
