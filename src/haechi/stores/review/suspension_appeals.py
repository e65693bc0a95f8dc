"""An advertiser's appeal against its suspension: one, within six months, decided by a third person.

DSA, Art. 20(1)(b) and (c): as against a decision on an ad, for at least six months; (4): in a timely and
non-arbitrary manner; (5): with a reasoned answer; (6): never by automated means alone.
"""

import secrets
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Engine, Row, select, update

from haechi.errors import MissingError, UsageError
from haechi.ledger.entry import Fact
from haechi.stores import review_schema as tables
from haechi.stores.clock import instant, maybe_instant, micros
from haechi.stores.ledger.append import append
from haechi.stores.review.clocks import appeal_until, due
from haechi.stores.review.found_wrong import overruled
from haechi.stores.review.jobs import APPEALED, close, put_job
from haechi.stores.review.queue import expect_words, held_job
from haechi.stores.review.suspensions import lift_within
from haechi.stores.review.words import (
    AppealedError,
    LateAppealError,
    NothingToAppealError,
    SuspensionAppealOutcome,
)
from haechi.stores.rows import writing

_ID_BYTES: Final = 12


class SuspensionAppeal(msgspec.Struct, frozen=True, kw_only=True):
    """An appeal against a suspension as it stands.

    Attributes:
        appeal_id: opaque.
        suspension_id: against which suspension.
        at: when it came, naive UTC, as all instants here.
        due_at: first instant at which it is late.
        text: what the advertiser says.
        decided_at: or None.
        outcome: uphold or lift; None while it is open.
        reason: of the outcome, for the advertiser.
    """

    appeal_id: str
    suspension_id: str
    at: datetime
    due_at: datetime
    text: str
    decided_at: datetime | None
    outcome: SuspensionAppealOutcome | None
    reason: str


def appeal_suspension(
    engine: Engine, advertiser: int, suspension_id: str, *, text: str, by: str, now: datetime
) -> SuspensionAppeal:
    """Takes an appeal in; a person finds it in the queue.

    Args:
        engine: the database.
        advertiser: our number of the advertiser that is suspended.
        suspension_id: which of its suspensions.
        text: why it should not be.
        by: who appeals: the name of a key.
        now: naive UTC instant.

    Raises:
        MissingError: the advertiser has no such suspension.
        NothingToAppealError: it was lifted.
        LateAppealError: six months are over.
        WordsError: there is no text.
        AppealedError: it was appealed already.
    """
    expect_words(text)
    s, p = tables.suspensions, tables.suspension_appeals
    with writing(engine) as connection:
        row = connection.execute(
            select(s).where(
                s.c.suspension_id == suspension_id, s.c.advertiser == advertiser,
                # Of what was only proposed an advertiser learns nothing.
                s.c.state.in_(("confirmed", "lifted")),
            )
        ).first()  # fmt: skip
        if row is None:
            raise MissingError("no suspension of this advertiser has this identifier.")
        if appeal_of(connection, row.suspension) is not None:
            raise AppealedError("the suspension was appealed already.")
        if row.state == "lifted":
            raise NothingToAppealError("nothing to appeal: the suspension was lifted.")
        if now >= appeal_until(instant(row.decided_at)):
            raise LateAppealError("an appeal comes within six months of the suspension; they are over.")
        late, _ = due("appeal", now)
        appeal_id = secrets.token_hex(_ID_BYTES)
        connection.execute(
            p.insert().values(
                appeal_id=appeal_id, suspension=row.suspension, by=by, at=micros(now), text=text,
                due_at=micros(late), reason="",
            )
        )  # fmt: skip
        put_job(
            connection,
            "suspension-appeal",
            priority=APPEALED,
            due_at=late,
            now=now,
            suspension=row.suspension,
        )
        public = {"appeal_id": appeal_id, "suspension_id": suspension_id}
        append(connection, [Fact("appeal-received", now, public)])
        return _as_appeal(_row(connection, row.suspension))


def decide_suspension_appeal(
    engine: Engine, job_id: str, outcome: SuspensionAppealOutcome, *, reason: str, by: str, now: datetime
) -> SuspensionAppeal:
    """Decides an appeal.

    uphold: the advertiser stays suspended. lift: the suspension ends at once. Then what was approved runs again, as
    `may_run` and the ad server are told; what waits for a person, or was rejected meanwhile, does not: lifting
    approves nothing.

    Args:
        engine: the database.
        job_id: the appeal's job, which the user has.
        outcome: see above.
        reason: for the advertiser.
        by: the user; neither who proposed the suspension nor who confirmed it, nor whom an earlier appeal of the
            advertiser overruled.
        now: naive UTC instant.

    Raises:
        TakenError: the user does not have the job.
        UsageError: the user proposed or confirmed the suspension, was overruled, is no reviewer, or gives no reason.
        MissingError: there is no such job.
    """
    expect_words(reason)
    s, p = tables.suspensions, tables.suspension_appeals
    with writing(engine) as connection:
        job = held_job(connection, job_id, by, now)
        if job.kind != "suspension-appeal":
            raise UsageError(f"a job of kind {job.kind}; expected one of kind suspension-appeal.")
        suspension = connection.execute(select(s).where(s.c.suspension == job.suspension)).one()
        if by in (suspension.proposed_by, suspension.decided_by):
            raise UsageError("the appeal is for somebody who neither proposed nor confirmed the suspension.")
        if overruled(connection, suspension.advertiser, by):
            raise UsageError(
                "the appeal is for somebody whom no appeal overruled about the advertiser before."
            )
        close(connection, job.job, "decided", now=now)
        connection.execute(
            update(p)
            .where(p.c.suspension == suspension.suspension)
            .values(decided_by=by, decided_at=micros(now), outcome=outcome, reason=reason)
        )
        row = _row(connection, suspension.suspension)
        public = {"appeal_id": row.appeal_id, "outcome": outcome}
        append(connection, [Fact("appeal-decided", now, public)])
        if outcome == "lift":
            lift_within(connection, suspension, by=by, words=reason, now=now)
        return _as_appeal(row)


def appeal_of(connection: Connection, suspension: int) -> SuspensionAppeal | None:
    """The appeal against a suspension, by our number of that; None where there is none."""
    row = connection.execute(_appeals().where(tables.suspensions.c.suspension == suspension)).first()
    return None if row is None else _as_appeal(row)


def appeals_of_advertiser(connection: Connection, advertiser: int) -> list[SuspensionAppeal]:
    """All appeals of an advertiser against its suspensions, the newest first, decided ones too."""
    s, p = tables.suspensions, tables.suspension_appeals
    rows = connection.execute(_appeals().where(s.c.advertiser == advertiser).order_by(p.c.appeal.desc()))
    return [_as_appeal(row) for row in rows]


def _appeals() -> Any:  # noqa: ANN401 - SQLAlchemy's own, of many columns
    s, p = tables.suspensions, tables.suspension_appeals
    return select(p, s.c.suspension_id).join_from(p, s, s.c.suspension == p.c.suspension)


def _row(connection: Connection, suspension: int) -> Row[Any]:
    row: Row[Any] = connection.execute(_appeals().where(tables.suspensions.c.suspension == suspension)).one()
    return row


def _as_appeal(row: Row[Any]) -> SuspensionAppeal:
    return SuspensionAppeal(
        appeal_id=row.appeal_id,
        suspension_id=row.suspension_id,
        at=instant(row.at),
        due_at=instant(row.due_at),
        text=row.text,
        decided_at=maybe_instant(row.decided_at),
        outcome=row.outcome,
        reason=row.reason,
    )
