"""Of which known picture an ad's picture is a copy, as people want to see it: whose it is, and the picture."""

import json
from datetime import datetime

import msgspec
from sqlalchemy import Connection, select

from haechi.errors import UsageError
from haechi.review.ads import Ad
from haechi.review.images.bank import known
from haechi.stores import review_schema as tables
from haechi.stores.review.changes import changes_of
from haechi.stores.review.parties import parties_of


class Copied(msgspec.Struct, frozen=True, kw_only=True):
    """A known picture.

    Attributes:
        kind: of a protected party, or of a rejected ad.
        of: identifier of the party or ad.
        name: the party's, or what the ad says.
        picture: SHA-256; None where it is not known any more.
        job: of the rejected ad, the newest; None where a machine rejected it and nobody looked.
        there: the party is protected still, and has a page.
    """

    kind: str
    of: str
    name: str
    picture: str | None
    job: str | None = None
    there: bool = False


def copied(connection: Connection, identifier: str, *, at: datetime) -> Copied | None:
    """The picture of an identifier of `review.images.bank`.

    Args:
        connection: in a transaction.
        identifier: as the signal names it.
        at: when it was found: a party's pictures are told by their places, which change.

    Returns:
        None where the identifier is none, or nobody is known by it.
    """
    try:
        told = known(identifier)
    except UsageError:
        return None
    if told.kind == "party":
        return _of_party(connection, told.of, int(identifier.rpartition("#")[2]), at)
    return _of_ad(connection, told.of)


def _of_party(connection: Connection, party_id: str, place: int, at: datetime) -> Copied | None:
    p = tables.parties
    row = connection.execute(select(p).where(p.c.party_id == party_id)).first()
    if row is None:
        return None
    images = row.images
    for change in changes_of(connection, "party", party_id):
        if change.at <= at:
            break
        if "images" in change.detail:
            images = change.detail["images"][0]
    then, names = json.loads(images or "[]"), json.loads(row.names)
    return Copied(
        kind="party", of=party_id, name=names[0] if names else party_id,
        picture=then[place] if place < len(then) else None, there=party_id in parties_of(connection),
    )  # fmt: skip


def _of_ad(connection: Connection, ad_id: str) -> Copied | None:
    a, v, d, j = tables.ads, tables.versions, tables.decisions, tables.jobs
    row = connection.execute(
        select(a.c.ad, v.c.body, v.c.picture)
        .join_from(a, v, v.c.ad == a.c.ad)
        .join(d, d.c.version == v.c.version)
        .where(a.c.ad_id == ad_id, d.c.outcome == "reject")
        .order_by(d.c.decision.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    job = connection.execute(
        select(j.c.job_id).where(j.c.ad == row.ad).order_by(j.c.job.desc()).limit(1)
    ).scalar()
    body = msgspec.json.decode(row.body, type=Ad)
    return Copied(kind="rejected", of=ad_id, name=body.headline or body.text, picture=row.picture, job=job)
