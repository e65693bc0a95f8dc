"""Notices answered by a person, and reporters told result and reason."""

import json
from collections.abc import Collection
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import Engine, select, update

from haechi.ledger.entry import Fact
from haechi.stores import review_schema as tables
from haechi.stores import schema
from haechi.stores.clock import micros
from haechi.stores.ingest import ConflictError
from haechi.stores.ledger.append import append
from haechi.stores.review.notices import Notice, notice_of, notice_row
from haechi.stores.review.queue import expect_reviewer, expect_words
from haechi.stores.review.words import NoticeResult
from haechi.stores.rows import reading, writing

KIND: Final = "ad-notice-answer"
"""Of messages to reporters in the outbox."""


class NoticeAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """An answer for a reporter.

    Attributes:
        message: its number, by which it is acknowledged.
        contact: where the reporter wants it.
        notice_id: to which notice.
        result: acted, partly or refused.
        reason: in words.
    """

    message: int
    contact: str
    notice_id: str
    result: NoticeResult
    reason: str


def answer_notice(
    engine: Engine, notice_id: str, result: NoticeResult, *, reason: str, by: str, now: datetime
) -> Notice:
    """Answers a notice; the reporter is told result and reason, where they said how.

    Raises:
        UsageError: the user is no reviewer, or gives no reason.
        ConflictError: it was answered already.
        MissingError: there is no such notice.
    """
    expect_words(reason)
    n = tables.notices
    with writing(engine) as connection:
        expect_reviewer(connection, by)
        row = notice_row(connection, notice_id)
        if row.decided_at is not None:
            raise ConflictError("the notice was answered already.")
        connection.execute(
            update(n)
            .where(n.c.notice == row.notice)
            .values(decided_at=micros(now), result=result, reason=reason, by=by)
        )
        if row.contact is not None:
            body = {"notice_id": notice_id, "result": result, "reason": reason}
            connection.execute(
                schema.outbox.insert().values(
                    kind=KIND, recipient=row.contact, body=json.dumps(body, ensure_ascii=False),
                    created_at=micros(now),
                )
            )  # fmt: skip
        public = {"notice_id": notice_id, "result": result, "late": micros(now) >= row.due_at}
        append(connection, [Fact("notice-answered", now, public)])
        return notice_of(connection, notice_id, now=now)


def waiting_answers(engine: Engine, *, limit: int = 1_000) -> list[NoticeAnswer]:
    """Answers that reporters were not told yet, in their order: for the operator's mailer."""
    o = schema.outbox
    with reading(engine) as connection:
        rows = connection.execute(
            select(o.c.message, o.c.recipient, o.c.body)
            .where(o.c.kind == KIND, o.c.acknowledged_at.is_(None))
            .order_by(o.c.message)
            .limit(limit)
        ).all()
    return [NoticeAnswer(message=row.message, contact=row.recipient, **json.loads(row.body)) for row in rows]


def answers_told(engine: Engine, messages: Collection[int], *, now: datetime) -> int:
    """Reporters were told; where they wanted to be told is forgotten with it.

    Returns:
        how many of the messages were new.
    """
    o, n = schema.outbox, tables.notices
    with writing(engine) as connection:
        found = connection.execute(
            select(o.c.message, o.c.body).where(
                o.c.message.in_(messages), o.c.kind == KIND, o.c.acknowledged_at.is_(None)
            )
        ).all()
        told = [json.loads(row.body)["notice_id"] for row in found]
        connection.execute(update(n).where(n.c.notice_id.in_(told)).values(contact=None))
        connection.execute(
            update(o)
            .where(o.c.message.in_([row.message for row in found]))
            .values(acknowledged_at=micros(now), recipient="")
        )
        return len(found)
