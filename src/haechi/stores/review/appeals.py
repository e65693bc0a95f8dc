"""An advertiser's appeal against a decision: within six months, decided by a person who did not decide before.

DSA, Art. 20: complaints can be lodged for at least six months (1), are handled in a timely and non-arbitrary manner
(4), and never by automated means alone (6). An appeal has a job of its own, which no state of its ad hides.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Engine, Row, select, update

from haechi.errors import MissingError, UsageError
from haechi.ledger.entry import Fact
from haechi.review.ads import Decision, Reason
from haechi.stores import review_schema as tables
from haechi.stores.clock import instant, maybe_instant, micros
from haechi.stores.ledger.append import append
from haechi.stores.review.applying import ad_numbered, decide
from haechi.stores.review.clocks import appeal_until, due
from haechi.stores.review.decided import (
    Making,
    as_decision,
    deciders,
    decision_row,
    newest_on,
    write_decision,
)
from haechi.stores.review.jobs import APPEALED, close, put_job
from haechi.stores.review.queue import expect_words, held_job
from haechi.stores.review.versions import expect_ad, version_row
from haechi.stores.review.words import (
    AppealedError,
    AppealOutcome,
    LateAppealError,
    NothingToAppealError,
    StaleError,
)
from haechi.stores.rows import writing

_ID_BYTES: Final = 12


class Appeal(msgspec.Struct, frozen=True, kw_only=True):
    """An appeal as it stands.

    Attributes:
        appeal_id: opaque.
        ad_id: of which ad.
        decision_id: against which decision.
        at: when it came, naive UTC, as all instants here.
        due_at: first instant at which it is late.
        text: what the advertiser says.
        decided_at: or None.
        outcome: uphold, overturn or modify; None while it is open.
        reason: of the outcome, for the advertiser.
    """

    appeal_id: str
    ad_id: str
    decision_id: str
    at: datetime
    due_at: datetime
    text: str
    decided_at: datetime | None
    outcome: AppealOutcome | None
    reason: str


def appeal(
    engine: Engine,
    ad_id: str,
    decision_id: str,
    *,
    text: str,
    by: str,
    advertiser: int | None = None,
    now: datetime,
) -> Appeal:
    """Takes an appeal in; a person finds it in the queue.

    Args:
        engine: the database.
        ad_id: which ad.
        decision_id: by which it was held or rejected; the last one on its version.
        text: why it should not have been.
        by: who appeals: the name of a key.
        advertiser: only if the ad is this one's, by our number.
        now: naive UTC instant.

    Raises:
        MissingError: there is no such ad, or the decision is none of it.
        NothingToAppealError: the ad was approved, or another decision took its place.
        LateAppealError: six months are over.
        WordsError: there is no text.
        AppealedError: it was appealed already.
    """
    expect_words(text)
    p = tables.appeals
    with writing(engine) as connection:
        ad = expect_ad(connection, ad_id, advertiser=advertiser)
        decision = decision_row(connection, decision_id)
        if version_row(connection, decision.version).ad != ad.ad:
            raise MissingError("no decision on this ad has this identifier.")
        if connection.execute(select(p).where(p.c.decision == decision.decision)).first() is not None:
            raise AppealedError("the decision was appealed already.")
        newest = newest_on(connection, decision.version)
        if decision.outcome == "approve" or newest is None or newest.decision != decision.decision:
            raise NothingToAppealError(
                "nothing to appeal: the ad was approved, or another decision took the place of this."
            )
        if now >= appeal_until(instant(decision.decided_at)):
            raise LateAppealError("an appeal comes within six months of the decision; they are over.")
        late, _ = due("appeal", now)
        appeal_id = secrets.token_hex(_ID_BYTES)
        made = connection.execute(
            p.insert().values(
                appeal_id=appeal_id, decision=decision.decision, ad=ad.ad, by=by, at=micros(now), text=text,
                due_at=micros(late), state="open", reason="",
            )
        ).inserted_primary_key  # fmt: skip
        put_job(
            connection, "appeal", priority=APPEALED, due_at=late, now=now, ad=ad.ad, version=decision.version,
            appeal=int(made[0]),  # type: ignore[index]
        )  # fmt: skip
        public = {"appeal_id": appeal_id, "decision_id": decision_id}
        append(connection, [Fact("appeal-received", now, public)])
        return appeal_of(connection, appeal_id)


def decide_appeal(
    engine: Engine,
    job_id: str,
    outcome: AppealOutcome,
    *,
    decision_id: str,
    reason: str,
    reasons: Sequence[Reason] = (),
    by: str,
    now: datetime,
) -> Appeal:
    """Decides an appeal; a decision of its own is written either way.

    uphold: the decision stands, as its person now says. overturn: the version is approved; it runs if it is the
    current one. modify: it stays rejected, for other reasons.

    Args:
        engine: the database.
        job_id: the appeal's job, which the user has.
        outcome: see above.
        decision_id: the last decision on the version, as the user saw it.
        reason: for the advertiser.
        reasons: of a modified decision.
        by: the user; nobody who decided on the ad before.
        now: naive UTC instant.

    Raises:
        TakenError: the user does not have the job.
        StaleError: another decision on the version came meanwhile; nothing was decided.
        UsageError: the user decided on the ad before, is no reviewer, or a modified decision has no reasons.
        MissingError: there is no such job.
    """
    expect_words(reason)
    p = tables.appeals
    with writing(engine) as connection:
        job = held_job(connection, job_id, by, now)
        if job.kind != "appeal":
            raise UsageError(f"a job of kind {job.kind}; expected one of kind appeal.")
        row = connection.execute(select(p).where(p.c.appeal == job.appeal)).one()
        if by in deciders(connection, row.ad):
            raise UsageError("the appeal is for somebody who did not decide on the ad before.")
        if (outcome == "modify") != bool(reasons):
            raise UsageError("a modified decision has other reasons, and only it; expected them, or none.")
        newest = newest_on(connection, job.version)
        if newest is None or newest.decision_id != decision_id:
            raise StaleError("another decision on the ad came meanwhile; look at it again.")
        close(connection, job.job, "decided", now=now)
        ad = ad_numbered(connection, row.ad)
        decision = _judged(as_decision(newest, ad.ad_id), outcome, reasons, now)
        making = Making(cause="appeal", automated="NOT", actor=by, words=reason, supersedes=newest.decision)
        if ad.current == job.version:
            result = decide(connection, ad, decision, making, now=now)
        else:
            # A newer version has decisions of its own.
            result = write_decision(connection, job.version, decision, making)
        connection.execute(
            update(p)
            .where(p.c.appeal == row.appeal)
            .values(
                state="decided", decided_by=by, decided_at=micros(now), outcome=outcome, reason=reason,
                result=result,
            )
        )  # fmt: skip
        public = {"appeal_id": row.appeal_id, "outcome": outcome}
        append(connection, [Fact("appeal-decided", now, public)])
        return appeal_of(connection, row.appeal_id)


def appeal_of(connection: Connection, appeal_id: str) -> Appeal:
    """An appeal as it stands.

    Raises:
        MissingError: there is none.
    """
    p = tables.appeals
    row = connection.execute(_appeals().where(p.c.appeal_id == appeal_id)).first()
    if row is None:
        raise MissingError("no appeal has this identifier.")
    return _as_appeal(row)


def appeals_of(connection: Connection, ad: int) -> list[Appeal]:
    """All appeals of an ad, the newest first, decided ones too."""
    p = tables.appeals
    rows = connection.execute(_appeals().where(p.c.ad == ad).order_by(p.c.appeal.desc()))
    return [_as_appeal(row) for row in rows]


def _appeals() -> Any:  # noqa: ANN401 - SQLAlchemy's own, of many columns
    p, d, a = tables.appeals, tables.decisions, tables.ads
    return (
        select(p, d.c.decision_id, a.c.ad_id)
        .join_from(p, d, d.c.decision == p.c.decision)
        .join(a, a.c.ad == p.c.ad)
    )


def _as_appeal(row: Row[Any]) -> Appeal:
    return Appeal(
        appeal_id=row.appeal_id,
        ad_id=row.ad_id,
        decision_id=row.decision_id,
        at=instant(row.at),
        due_at=instant(row.due_at),
        text=row.text,
        decided_at=maybe_instant(row.decided_at),
        outcome=row.outcome,
        reason=row.reason,
    )


def _judged(before: Decision, outcome: AppealOutcome, reasons: Sequence[Reason], now: datetime) -> Decision:
    if outcome == "overturn":
        return msgspec.structs.replace(before, decision="approve", reasons=(), decided_at=now)
    # What was held until a person looked is rejected once one did, and said that it is right.
    return msgspec.structs.replace(
        before, decision="reject", reasons=tuple(reasons) or before.reasons, decided_at=now
    )
