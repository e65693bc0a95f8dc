"""`haechi rights`: requests of people, by when, on what ground not, and their answers."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from cyclopts import App

from haechi.cli.bounds import within as _within
from haechi.errors import UsageError
from haechi.law import load_packs
from haechi.rights.effect import Wanted, wants_answer
from haechi.rights.grounds import admitted
from haechi.stores.clock import utc_now
from haechi.stores.ledger.secrets import master_of
from haechi.stores.opened import connect
from haechi.stores.request_rows import Request, open_requests, request_of
from haechi.stores.requests import Requests
from haechi.stores.rows import reading
from haechi.terms.instants import LONGEST_DAYS
from haechi.terms.words import Category, Outcome, Purpose, RequestKind
from haechi.themes.evidence import lapsing

app = App(name="rights", help="Answer what people ask for: see, correct, stop, leave; in the law's time.")
# Named, not imported: a list of requests must not wait for the pages of answers to load.
app.command("haechi.cli.rights_answers:answer", name="answer")
app.command("haechi.cli.rights_answers:retain", name="retain")
app.command("haechi.cli.rights_notices:annual_notice", name="annual-notice")
app.command("haechi.cli.rights_notices:breach", name="breach")
app.command("haechi.cli.rights_routes:routes", name="routes")
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
    _within(LONGEST_DAYS, within=within)
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
    lapse: int | None = None,
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
    lapse
        As for haechi serve: what a request closes is worked out anew.
    """
    objected = (purpose,) if kind == "objection" and purpose is not None else ()
    wanted = Wanted(
        purposes=objected,
        theme_id=theme_id,
        purpose=None if objected else purpose,
        category=category,
        words=words,
    )
    done = _requests(database, lapse).receive(person_id, kind, wanted, via="desk", now=utc_now())
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
    request_id: str,
    *,
    ground: str,
    reason: str,
    partly: bool = False,
    database: str = "haechi-data",
    lapse: int | None = None,
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
    lapse
        As for haechi serve: what a request closes is worked out anew.
    """
    now = utc_now()
    outcome: Outcome = "partly" if partly else "refused"
    done = _requests(database, lapse).answer(request_id, outcome, ground=ground, reason=reason, now=now)
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
def grant(request_id: str, *, database: str = "haechi-data", lapse: int | None = None) -> None:
    """Grant a request that asks for no data: a correction that was made, or an erasure whose waiting is over.

    Parameters
    ----------
    request_id
        Which.
    database
        A folder or a postgresql:// URL.
    lapse
        As for haechi serve: what a request closes is worked out anew.
    """
    now = utc_now()
    requests = _requests(database, lapse)
    with reading(connect(database)) as connection:
        if wants_answer(request_of(connection, request_id, now=now).kind):
            raise UsageError("this request asks for data; expected haechi rights answer.")
    _show([requests.answer(request_id, "granted", now=now)], now)


def _requests(database: str, lapse: int | None = None) -> Requests:
    _within(LONGEST_DAYS, lapse=lapse)
    return Requests(connect(database), load_packs(), lapsing(lapse), master=master_of(database))


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
