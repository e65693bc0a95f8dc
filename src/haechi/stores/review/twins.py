"""Copies of an ad that wait, and which of them are the ad itself once more: one look counts for those alone.

`review.cluster` says what resembles an ad. That is enough to refuse by, and never to approve by: a bad picture can
stand beside words that are good.
"""

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Row, func, select

from haechi.review.ads import Ad
from haechi.review.hashes import content_hash
from haechi.stores import review_schema as tables
from haechi.stores.review.screening import UNDECIDED

_MOST: Final = 1_000
"""Copies decided at once; the rest stays in the queue."""


class Settled(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one decision on an ad and its copies.

    Attributes:
        ads: how many it decided.
        waiting: how many of the copies still wait.
    """

    ads: int
    waiting: int


def waiting_copies(connection: Connection, job: Row[Any]) -> Sequence[Row[Any]]:
    """The jobs of a job's copies that can be decided now, each with its ad's current version, in their order."""
    j, a, v = tables.jobs, tables.ads, tables.versions
    columns: list[Any] = [j.c.job, j.c.job_id, j.c.ad, v.c.body, v.c.picture, v.c.landing_hash, v.c.ad_hash]
    return connection.execute(
        select(*columns)
        .join_from(j, a, a.c.ad == j.c.ad)
        .join(v, v.c.version == a.c.current)
        .where(
            j.c.state == "open", j.c.kind == "review", j.c.cluster == job.cluster, j.c.job != job.job,
            a.c.state.not_in(UNDECIDED),
        )
        .order_by(j.c.job)
        .limit(_MOST)
    ).all()  # fmt: skip


def judged(version: Row[Any]) -> tuple[str, str | None]:
    """All that is judged of a version, but which ad it is of: what was submitted, and the page behind it as seen.

    Two that are alike in it are of one advertiser, with the same words, the same bytes of a picture or none, the same
    payer, targeting, language and countries. A page that was seen otherwise is another page.

    Args:
        version: with its body, the picture and `landing_hash`.
    """
    ad = msgspec.json.decode(version.body, type=Ad)
    return content_hash(msgspec.structs.replace(ad, ad_id=""), version.picture), version.landing_hash


def settled(connection: Connection, decision_id: str, *, by: str) -> Settled | None:
    """What came of somebody's own decision; None where there is no such decision of theirs.

    It is read from what was decided, and not from what an address says: anybody may send anybody a link.
    """
    d, v, a, j = tables.decisions, tables.versions, tables.ads, tables.jobs
    first = connection.execute(
        select(d.c.decision, a.c.ad, a.c.cluster)
        .join_from(d, v, v.c.version == d.c.version)
        .join(a, a.c.ad == v.c.ad)
        .where(d.c.decision_id == decision_id, d.c.actor == by)
    ).first()
    if first is None:
        return None
    copies = select(func.count()).where(d.c.refers_to == first.decision, d.c.cause == "cluster")
    waiting = select(func.count()).where(
        j.c.state == "open", j.c.kind == "review", j.c.cluster == first.cluster, j.c.ad != first.ad
    )
    return Settled(
        ads=connection.execute(copies).scalar_one() + 1, waiting=connection.execute(waiting).scalar_one()
    )
