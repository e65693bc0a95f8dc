"""`haechi rights`: requests of people, by when, on what ground not, and their answers."""

import os
import shutil
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cyclopts import App
from rich.console import Console
from rich.progress import track
from sqlalchemy import Engine

from haechi.cli.rights_notices import annual_notice, breach
from haechi.cli.rights_routes import routes
from haechi.errors import OutputError, UsageError
from haechi.law import load_packs
from haechi.rights.answer import Answer, as_json, portable
from haechi.rights.controller import read_controller
from haechi.rights.effect import Wanted, wants_answer
from haechi.rights.grounds import admitted
from haechi.rights.told import answer_page, answer_tables
from haechi.stores.answering import answering
from haechi.stores.clock import utc_now
from haechi.stores.ledger.secrets import master_of
from haechi.stores.opened import connect
from haechi.stores.request_rows import Request, open_requests, person_id_of, request_of
from haechi.stores.requests import Requests
from haechi.stores.retention import expire
from haechi.stores.rows import reading
from haechi.terms.words import LANGUAGES, Category, Language, Outcome, Purpose, RequestKind
from haechi.themes.evidence import DEFAULT_EVIDENCE, EvidenceRule

app = App(name="rights", help="Answer what people ask for: see, correct, stop, leave; in the law's time.")
app.command(annual_notice)
app.command(breach)
app.command(routes)
_LATE: Final = 1


@app.command
def due(*, database: str = "haechi-data", within: int | None = None) -> int:
    """List the requests that wait for an answer; ends with 1 where one is late.

    Parameters
    ----------
    database
        A folder or a postgresql:// URL (or the environment variable HAECHI_DATABASE).
    within
        Only what is due within so many days, or late, or to be answered without delay.
    """
    now = utc_now()
    with reading(connect(database)) as connection:
        found = open_requests(connection, now=now)
    if within is not None:
        last = now + timedelta(days=within)
        found = [one for one in found if one.due_at is None or one.due_at <= last]
    _show(found, now)
    return _LATE if any(one.urgency == "late" for one in found) else 0


@app.command
def receive(
    kind: RequestKind,
    *,
    person_id: str,
    database: str = "haechi-data",
    theme_id: str | None = None,
    purpose: Purpose | None = None,
    category: Category | None = None,
    words: str = "",
) -> None:
    """Take in a request that came by letter, e-mail or telephone, once it is known who asks.

    What it stops is stopped when this ends. Prints the request's identifier.

    Parameters
    ----------
    kind
        What is asked for.
    person_id
        Whose data.
    database
        A folder or a postgresql:// URL.
    theme_id
        Of a rectification: the theme that is wrong about the person.
    purpose
        Of a withdrawal: only permissions for it. Of an objection: only this is to stop.
    category
        Of a withdrawal: only permissions for it.
    words
        What the person wrote.
    """
    objected = (purpose,) if kind == "objection" and purpose is not None else ()
    wanted = Wanted(
        purposes=objected,
        theme_id=theme_id,
        purpose=None if objected else purpose,
        category=category,
        words=words,
    )
    done = _requests(database).receive(person_id, kind, wanted, via="desk", now=utc_now())
    _show([done], utc_now())


@app.command
def extend(request_id: str, *, reason: str, database: str = "haechi-data") -> None:
    """Put an answer off, where every law of the person has it; tell the person the reason at once.

    Parameters
    ----------
    request_id
        Which.
    reason
        For the person.
    database
        A folder or a postgresql:// URL.
    """
    now = utc_now()
    _show([_requests(database).put_off(request_id, reason, now=now)], now)


@app.command
def refuse(
    request_id: str, *, ground: str, reason: str, partly: bool = False, database: str = "haechi-data"
) -> None:
    """Refuse a request, on a ground that every law of the person lists; see haechi rights grounds.

    Parameters
    ----------
    request_id
        Which.
    ground
        Its code.
    reason
        For the person: why, and how to object.
    partly
        The rest is granted.
    database
        A folder or a postgresql:// URL.
    """
    now = utc_now()
    outcome: Outcome = "partly" if partly else "refused"
    done = _requests(database).answer(
        request_id, outcome, ground=ground, reason=reason, now=now
    )  # fmt: skip
    _show([done], now)


@app.command
def grounds(request_id: str, *, database: str = "haechi-data") -> None:
    """List the grounds on which a request could be refused, with their articles.

    Parameters
    ----------
    request_id
        Which.
    database
        A folder or a postgresql:// URL.
    """
    with reading(connect(database)) as connection:
        one = request_of(connection, request_id, now=utc_now())
    found = admitted(one.kind, one.laws, load_packs(), one.received_at)
    if not found:
        under = f"under {', '.join(one.laws)}" if one.laws else "by a ground: no law gives this right"
        print(f"None: a request for {one.kind} cannot be refused {under}.")  # noqa: T201
    for ground in found:
        print(f"{ground.code}\n  {'; '.join(ground.articles)}\n  {ground.meaning['en']}")  # noqa: T201


@app.command
def grant(request_id: str, *, database: str = "haechi-data") -> None:
    """Grant a request that asks for no data: a correction that was made, or an erasure whose waiting is over.

    Parameters
    ----------
    request_id
        Which.
    database
        A folder or a postgresql:// URL.
    """
    now = utc_now()
    requests = _requests(database)
    with reading(connect(database)) as connection:
        if wants_answer(request_of(connection, request_id, now=now).kind):
            raise UsageError("this request asks for data; expected haechi rights answer.")
    _show([requests.answer(request_id, "granted", now=now)], now)


@app.command
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
    rule = EvidenceRule(DEFAULT_EVIDENCE.kind_thousandths, DEFAULT_EVIDENCE.threshold_thousandths, lapse)
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


@app.command
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

    rule = EvidenceRule(DEFAULT_EVIDENCE.kind_thousandths, DEFAULT_EVIDENCE.threshold_thousandths, lapse)
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


def _requests(database: str) -> Requests:
    return Requests(connect(database), load_packs(), master=master_of(database))


def _show(found: Sequence[Request], now: datetime) -> None:
    """A line for each request, which terminals do not cut and programs can read."""
    if not found:
        print("No request waits for an answer.")  # noqa: T201
    for one in found:
        when = "without delay"
        if one.answered_at is not None:
            when = f"answered {one.answered_at:%Y-%m-%d}"
        elif one.due_at is not None:
            when = f"before {one.due_at:%Y-%m-%d %H:%M} UTC ({(one.due_at - now).days} days)"
        state: str = one.urgency if one.answered_at is None else one.outcome
        if one.waits_until is not None and one.answered_at is None:
            state += f", waits until {one.waits_until:%Y-%m-%d %H:%M} UTC"
        laws = ", ".join(one.laws) or "no law"
        print(f"{one.request_id}  {one.kind:<13}  {when}  {state}  {laws}")  # noqa: T201
