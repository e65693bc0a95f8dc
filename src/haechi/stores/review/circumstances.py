"""What the store knows of a decision beside it: whether anybody notified, and what automated means did."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Select, select

from haechi.review.ads import Signal
from haechi.review.outgoing.statement import Automation, Source
from haechi.stores import review_schema as tables
from haechi.stores.review.words import Automated, Cause, NoticeSource

AUTOMATION: Final[Mapping[Automated, Automation]] = {"FULLY": "fully", "PARTIALLY": "partially", "NOT": "not"}
_SOURCES: Final[Mapping[NoticeSource, Source]] = {
    "ART16": "article-16",
    "TRUSTED_FLAGGER": "trusted-flagger",
    "AUTHORITY": "other-notice",
    "VICTIM": "other-notice",
    "USER": "other-notice",
    "VOLUNTARY": "own-initiative",
}
_SURE: Final = 0.5
"""From this score on statements rely on a signal."""


def found_by_machine(cause: Cause, automated: Automated, signals: Sequence[Signal]) -> bool:
    """Whether automated means found what a decision rests on; what is held for a notice alone its reporter found."""
    if cause == "notice":
        return False
    return automated == "FULLY" or any(one.score >= _SURE for one in signals)


def source_of(connection: Connection, ads: Select[Any], at: int, *, notice: int | None = None) -> Source:
    """Whether anybody notified: by the notice that led to it, or else by the newest one that names one of the ads.

    Args:
        connection: in a transaction.
        ads: the question for the numbers of the ads that it is about.
        at: by when the notice was there, and not refused.
        notice: that led to it, where that is known.
    """
    n, m = tables.notices, tables.notice_ads
    naming = select(m.c.notice).where(m.c.ad.in_(ads))
    stands = n.c.result.is_(None) | (n.c.result != "refused") | (n.c.decided_at >= at)
    question = select(n.c.source).order_by(n.c.received_at.desc(), n.c.notice.desc()).limit(1)
    if notice is not None:
        question = question.where(n.c.notice == notice)
    else:
        question = question.where(n.c.notice.in_(naming), n.c.received_at <= at, stands)
    source: NoticeSource | None = connection.execute(question).scalar()
    return "own-initiative" if source is None else _SOURCES[source]
