"""Jobs whose right answer is known, mixed in among the others; and how well reviewers agree with it."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, Row, select

from haechi.review.ads import Ad, Advertiser, Decision
from haechi.review.hashes import ad_hash, content_hash
from haechi.stores import review_schema as tables
from haechi.stores.clock import micros
from haechi.stores.review.blobs import RETENTION, put_blob
from haechi.stores.review.clocks import due
from haechi.stores.review.jobs import ORDINARY, put_job
from haechi.stores.review.versions import expect_short
from haechi.stores.review.words import Verdict
from haechi.stores.rows import reading, writing


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """An ad whose right answer is known, as a reviewer sees it.

    Attributes:
        ad: synthetic, or one long decided.
        advertiser: who seems to have submitted it.
        found: what the machine says of it (`Ads.check`): a job without it would not look like the others.
    """

    ad: Ad
    advertiser: Advertiser
    found: Decision


class Agreement(msgspec.Struct, frozen=True, kw_only=True):
    """How well a reviewer agrees with the known answers.

    Attributes:
        by: the reviewer.
        answers: how many known ones they answered.
        agreed: of these, as known.
        missed: of these, approved where the answer is to reject.
        kappa: Cohen's kappa, agreement beyond chance (Cohen 1960); None where chance alone would agree on all.
    """

    by: str
    answers: int
    agreed: int
    missed: int
    kappa: float | None


def add_golden(
    engine: Engine,
    known: Known,
    outcome: Verdict,
    *,
    picture: bytes | None = None,
    why: str,
    by: str,
    now: datetime,
) -> int:
    """Adds an ad whose right answer is known; its number.

    Args:
        engine: the database.
        known: the ad.
        outcome: the right answer.
        picture: its picture's bytes, or None.
        why: why it is the right one.
        by: who says so.
        now: naive UTC instant.

    Raises:
        UsageError: something of it is too large.
    """
    expect_short(known.ad)
    with writing(engine) as connection:
        sha256 = None
        if picture is not None:
            sha256 = put_blob(connection, picture, retain_until=now + RETENTION, now=now)
        ad = msgspec.structs.replace(known.ad, image=sha256)
        about = ad_hash(content_hash(ad, sha256), None)
        found = msgspec.structs.replace(known.found, ad_hash=about)
        body = msgspec.json.encode(msgspec.structs.replace(known, ad=ad, found=found)).decode()
        made = connection.execute(
            tables.golden.insert().values(
                body=body, picture=sha256, outcome=outcome, why=why, by=by, made_at=micros(now)
            )
        ).inserted_primary_key
        return int(made[0])  # type: ignore[index]


def golden_job(connection: Connection, by: str, *, now: datetime) -> None:
    """Puts a job into the queue for one reviewer alone: the oldest known one that they were not given yet."""
    g, j = tables.golden, tables.jobs
    given = select(j.c.golden).where(j.c.kind == "golden", j.c.reserved == by)
    found = connection.execute(
        select(g.c.golden)
        .where(g.c.ended_at.is_(None), g.c.by != by, g.c.golden.not_in(given))
        .order_by(g.c.golden)
        .limit(1)
    ).scalar()
    if found is not None:
        put_job(
            connection, "golden", priority=ORDINARY, due_at=due("hold", now)[0], now=now, golden=found,
            reserved=by,
        )  # fmt: skip


def golden_of(connection: Connection, golden: int) -> tuple[Known, str | None]:
    """A known ad as a reviewer sees it, and the SHA-256 of its picture."""
    g = tables.golden
    row = connection.execute(select(g).where(g.c.golden == golden)).one()
    return msgspec.json.decode(row.body, type=Known), row.picture


def answer_golden(connection: Connection, job: Row[Any], said: Verdict, *, by: str, now: datetime) -> None:
    """Writes down what a reviewer said of a known ad."""
    connection.execute(
        tables.golden_answers.insert().values(
            golden=job.golden, by=by, job=job.job, said=said, at=micros(now)
        )
    )


def agreement(engine: Engine, *, since: datetime | None = None) -> list[Agreement]:
    """How well each reviewer agrees with the known answers.

    Args:
        engine: the database.
        since: only answers from this naive UTC instant on.
    """
    g, t = tables.golden, tables.golden_answers
    question = select(t.c.by, t.c.said, g.c.outcome).join_from(t, g, g.c.golden == t.c.golden)
    if since is not None:
        question = question.where(t.c.at >= micros(since))
    found: dict[str, list[tuple[str, str]]] = {}
    with reading(engine) as connection:
        for row in connection.execute(question.order_by(t.c.by, t.c.golden)):
            found.setdefault(row.by, []).append((row.said, row.outcome))
    return [
        Agreement(
            by=by,
            answers=len(pairs),
            agreed=sum(said == known for said, known in pairs),
            missed=pairs.count(("approve", "reject")),
            kappa=kappa(pairs),
        )
        for by, pairs in found.items()
    ]


def kappa(pairs: Sequence[tuple[str, str]]) -> float | None:
    """Cohen's kappa of two raters; None where there is nothing, or chance alone would agree on all.

    Args:
        pairs: what each of the two said, for each thing rated.
    """
    if not pairs:
        return None
    agreed = sum(one == other for one, other in pairs) / len(pairs)
    first, second = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    chance = sum(first[word] * second[word] for word in first) / len(pairs) ** 2
    return None if chance == 1 else (agreed - chance) / (1 - chance)
