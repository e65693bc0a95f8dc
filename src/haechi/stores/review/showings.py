"""When ads were told to the ad server as running: what the store knows of their being shown.

The messages to the ad server say from when an ad may run and when it has to stop. How often it was shown, and to how
many, only the ad server knows.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, select

from haechi.stores import review_schema as tables
from haechi.stores import schema
from haechi.stores.clock import instant
from haechi.stores.review.publishing import KIND

_ENDLESS: Final = datetime.max  # noqa: DTZ901 - naive UTC inside


class Stretch(NamedTuple):
    """A content of an ad ran from an instant on until another; None: it still may run."""

    content_hash: str
    begun: datetime
    ended: datetime | None


def showings(connection: Connection) -> dict[str, list[Stretch]]:
    """By identifier of the ad, when which of its contents ran, in their order; ads that never ran are left out.

    A new page behind an ad does not make another content of it: `content_hash` is of what was submitted.
    """
    contents = _contents(connection)
    o = schema.outbox
    found: dict[str, list[Stretch]] = defaultdict(list)
    question = select(o.c.created_at, o.c.body).where(o.c.kind == KIND).order_by(o.c.message)
    for row in connection.execute(question):
        _follow(found, contents, json.loads(row.body), instant(row.created_at))
    return dict(found)


def ran_within(stretches: Iterable[Stretch], since: datetime, until: datetime) -> bool:
    """Whether something ran in `[since, until)`."""
    return any(one.begun < until and (one.ended or _ENDLESS) > since for one in stretches)


def ran_before(stretches: Iterable[Stretch], content_hash: str, at: datetime) -> bool:
    """Whether a content ran before an instant."""
    return any(one.content_hash == content_hash and one.begun < at for one in stretches)


def _contents(connection: Connection) -> dict[tuple[str, str], str]:
    a, v = tables.ads, tables.versions
    rows = connection.execute(
        select(a.c.ad_id, v.c.ad_hash, v.c.content_hash)
        .join_from(v, a, a.c.ad == v.c.ad)
        .where(v.c.ad_hash.is_not(None))
    )
    return {(row.ad_id, row.ad_hash): row.content_hash for row in rows}


def _follow(
    found: dict[str, list[Stretch]],
    contents: Mapping[tuple[str, str], str],
    said: Mapping[str, Any],
    at: datetime,
) -> None:
    """Takes one message in: every one of an ad takes the place of the one before."""
    ad_id = said["ad_id"]
    content = contents.get((ad_id, said["ad_hash"])) if said["may_run"] else None
    last = found[ad_id][-1] if ad_id in found else None
    if last is not None and last.ended is None:
        if last.content_hash == content:
            return
        # A clock that was set back does not end anything before it began.
        found[ad_id][-1] = last._replace(ended=max(at, last.begun))
    if content is not None:
        found[ad_id].append(Stretch(content, at, None))
