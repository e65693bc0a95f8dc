"""What a person decides: one ad, or an ad and its copies at once."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, Row, select

from haechi.errors import UsageError
from haechi.review.ads import Decision, Reason
from haechi.stores import review_schema as tables
from haechi.stores.review.applying import ad_numbered, decide
from haechi.stores.review.decided import Making, as_decision, newest_on
from haechi.stores.review.golden import answer_golden, golden_of
from haechi.stores.review.jobs import close
from haechi.stores.review.queue import expect_words, held_job
from haechi.stores.review.screening import UNDECIDED
from haechi.stores.review.twins import judged, waiting_copies
from haechi.stores.review.versions import version_row
from haechi.stores.review.words import Automated, Cause, StaleError, Verdict
from haechi.stores.rows import writing


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What a person says of an ad.

    Attributes:
        verdict: approve or reject.
        ad_hash: what exactly they looked at.
        reasons: for the advertiser, where it is rejected; empty: those that the machine gave.
        words: for whoever looks at the decision later; needed where it is rejected.
    """

    verdict: Verdict
    ad_hash: str
    reasons: tuple[Reason, ...] = ()
    words: str = ""


def decide_job(engine: Engine, job_id: str, said: Said, *, by: str, now: datetime) -> str | None:
    """Decides the ad of a job that a reviewer has.

    Args:
        engine: the database.
        job_id: a job of kind review.
        said: what they say.
        by: the user.
        now: naive UTC instant.

    Returns:
        the decision's identifier; None where nothing was to be decided, which reviewers are not told.

    Raises:
        TakenError: the user does not have the job: somebody else has it, the time is over, or it was decided.
        StaleError: the ad is not any more what they looked at; nothing was decided, and the job stays.
        UsageError: the job is of another kind, or a rejection has no words.
        MissingError: there is no such job.
    """
    with writing(engine) as connection:
        row = held_job(connection, job_id, by, now)
        number = _decided(connection, row, said, by, now)
        return None if number is None else _id_of(connection, number)


def decide_cluster(
    engine: Engine, job_id: str, said: Said, *, by: str, leave: Collection[str] = (), now: datetime
) -> list[str]:
    """Decides the ad of a job and its copies that wait: each has a decision of its own, which refers to the first.

    Others who have a job of a copy just then find it decided. Every copy is rejected with it. Approved with it are
    those alone that are the same in all that is judged (`twins.judged`): nobody looked at another picture or page.

    Args:
        engine: the database.
        job_id: a job of kind review that the reviewer has.
        said: what they say.
        by: the user.
        leave: jobs that are left as they are.
        now: naive UTC instant.

    Returns:
        the decisions' identifiers, the first one's first.

    Raises:
        TakenError, StaleError, UsageError, MissingError: as `decide_job`; nothing was decided.
    """
    with writing(engine) as connection:
        row = held_job(connection, job_id, by, now)
        first = _decided(connection, row, said, by, now)
        if first is None:
            return []
        seen = judged(version_row(connection, ad_numbered(connection, row.ad).current))
        made = [first]
        for other in waiting_copies(connection, row):
            if other.job_id in leave or (said.verdict == "approve" and judged(other) != seen):
                continue
            copy = msgspec.structs.replace(said, ad_hash=other.ad_hash)
            close(connection, other.job, "decided", now=now)
            ad = ad_numbered(connection, other.ad)
            made.append(_write(connection, ad, copy, by=by, refers_to=first, now=now))
        return [_id_of(connection, number) for number in made]


def _decided(connection: Connection, row: Row[Any], said: Said, by: str, now: datetime) -> int | None:
    if said.verdict == "reject":
        expect_words(said.words)
    if row.kind == "golden":
        _expect_same(golden_of(connection, row.golden)[0].found.ad_hash, said)
        answer_golden(connection, row, said.verdict, by=by, now=now)
        close(connection, row.job, "decided", now=now)
        return None
    if row.kind != "review":
        raise UsageError(f"a job of kind {row.kind}; expected one of kind review.")
    ad = ad_numbered(connection, row.ad)
    _expect_same(None if ad.state in UNDECIDED else version_row(connection, ad.current).ad_hash, said)
    close(connection, row.job, "decided", now=now)
    return _write(connection, ad, said, by=by, refers_to=None, now=now)


def _expect_same(current: str | None, said: Said) -> None:
    if current != said.ad_hash:
        raise StaleError("the ad was changed while you looked at it; look at it again.")


def _write(
    connection: Connection, ad: Row[Any], said: Said, *, by: str, refers_to: int | None, now: datetime
) -> int:
    cause: Cause = "review" if refers_to is None else "cluster"
    automated: Automated = "NOT" if refers_to is None else "PARTIALLY"
    before = newest_on(connection, ad.current)
    if before is None:
        raise StaleError("the ad is being examined; look at it again.")
    making = Making(
        cause=cause, automated=automated, actor=by, words=said.words, supersedes=before.decision,
        refers_to=refers_to,
    )  # fmt: skip
    return decide(connection, ad, by_person(as_decision(before, ad.ad_id), said, now), making, now=now)


def by_person(before: Decision, said: Said, now: datetime) -> Decision:
    """A person's decision: on what the machine found, with their own outcome and reasons."""
    reasons: Sequence[Reason] = () if said.verdict == "approve" else said.reasons or before.reasons
    return msgspec.structs.replace(before, decision=said.verdict, reasons=tuple(reasons), decided_at=now)


def _id_of(connection: Connection, number: int) -> str:
    d = tables.decisions
    return str(connection.execute(select(d.c.decision_id).where(d.c.decision == number)).scalar_one())
