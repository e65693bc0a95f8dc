"""`haechi rights answer` and `retain`: what is held about a person, told; what is too old, destroyed."""

import os
import shutil
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.progress import track
from sqlalchemy import Engine

from haechi.cli.bounds import within
from haechi.errors import OutputError, UsageError
from haechi.law import load_packs
from haechi.rights.answer import Answer, as_json, portable
from haechi.rights.controller import read_controller
from haechi.rights.effect import wants_answer
from haechi.rights.told import answer_page, answer_tables
from haechi.stores.answering import answering
from haechi.stores.clock import utc_now
from haechi.stores.ledger.secrets import master_of
from haechi.stores.opened import connect
from haechi.stores.request_rows import Request, open_requests, person_id_of, request_of
from haechi.stores.requests import Requests
from haechi.stores.retention import expire
from haechi.stores.rows import reading
from haechi.terms.instants import LONGEST_DAYS
from haechi.terms.words import LANGUAGES, Language
from haechi.themes.evidence import lapsing


def answer(
    *request_ids: str,
    out: Path,
    controller: Path,
    database: str = "haechi-data",
    lang: list[Language] | None = None,
    lapse: int | None = None,
) -> None:
    """Write the answers to requests for access, portability or explanation, and write down that they were given.

    Each gets a folder named like the request, readable by you alone: a page in each language, answer.json,
    answer.zip with tables. A request counts as answered once its folder is whole; what is interrupted is tried again
    by the same call. Set HAECHI_LEDGER_KEY_FILE, so that every entry comes with its proof.

    Parameters
    ----------
    request_ids
        Which; all open ones without any.
    out
        Folder for the answers. They hold personal data: nowhere else does Haechi write a person's identifier.
    controller
        TOML file that says who answers for the data, and how long it is kept; see docs/reference/rights.md.
    database
        A folder or a postgresql:// URL.
    lang
        Languages of the page: ko, en, ja, de; all without it.
    lapse
        As for haechi serve.
    """
    now, said = utc_now(), read_controller(controller)
    within(LONGEST_DAYS, lapse=lapse)
    rule = lapsing(lapse)
    engine, packs, master = connect(database), load_packs(), master_of(database)
    waiting = _waiting(engine, request_ids, now)
    requests = Requests(engine, packs, rule, master=master)
    console = Console(stderr=True)
    with answering(engine, packs, rule, controller=said, master=master, now=now) as answers:
        for one, person_id in track(
            waiting, "answers", console=console, transient=True, disable=not console.is_terminal
        ):
            _write(out / one.request_id, answers.of(person_id), one, tuple(lang or LANGUAGES))
            requests.answer(one.request_id, "granted", now=utc_now(), version=one.version)
    print(f"{len(waiting):,} answered, in {out}")  # noqa: T201


def retain(*, controller: Path, database: str = "haechi-data", lapse: int | None = None) -> None:
    """Destroy what is older than the controller's file says; to be run every day.

    Parameters
    ----------
    controller
        TOML file that says how long what is kept; see docs/reference/rights.md.
    database
        A folder or a postgresql:// URL.
    lapse
        As for haechi serve.
    """
    gone: Counter[str] = Counter()

    def step(what: str, rows: int) -> None:
        gone[what] += rows

    within(LONGEST_DAYS, lapse=lapse)
    rule = lapsing(lapse)
    retention = read_controller(controller).retention
    expire(connect(database), load_packs(), rule, retention, now=utc_now(), step=step)
    print("destroyed: " + (", ".join(f"{what} {rows:,}" for what, rows in gone.items()) or "nothing"))  # noqa: T201


def _waiting(engine: Engine, request_ids: Sequence[str], now: datetime) -> list[tuple[Request, str]]:
    """The requests that are to be answered with data, each with whose it is."""
    with reading(engine) as connection:
        if not request_ids:
            found = [one for one in open_requests(connection, now=now) if wants_answer(one.kind)]
        else:
            found = [request_of(connection, request_id, now=now) for request_id in request_ids]
            for one in found:
                if not wants_answer(one.kind) or one.answered_at is not None:
                    raise UsageError(
                        f"request {one.request_id} is for {one.kind} and {one.outcome}; expected an open one for "
                        "access, portability or explanation."
                    )
        return [(one, person_id_of(connection, one.request_id)) for one in found]


def _write(folder: Path, told: Answer, request: Request, langs: Sequence[Language]) -> None:
    """Writes an answer beside its place and then puts it there: half an answer is never found."""
    half = folder.with_name(f".{folder.name}.half")
    files = {"answer.json": as_json(portable(told) if request.kind == "portability" else told)}
    if request.kind != "portability":
        files["answer.zip"] = answer_tables(told)
        files |= {f"answer.{lang}.html": answer_page(told, lang).encode() for lang in langs}
    try:
        # What an interrupted call left.
        shutil.rmtree(half, ignore_errors=True)
        half.mkdir(mode=0o700, parents=True)
        for name, content in files.items():
            _file(half / name, content)
        if folder.exists():
            shutil.rmtree(folder)
        half.rename(folder)
    except OSError as fault:
        # Half an answer is personal data that nobody asked for.
        shutil.rmtree(half, ignore_errors=True)
        raise OutputError(f"{folder}: expected a folder that can be written; {fault.strerror}.") from None


def _file(file: Path, content: bytes) -> None:
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(content)
