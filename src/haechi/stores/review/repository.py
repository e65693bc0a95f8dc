"""The public repository's entries from the database (DSA Art. 39): ads that ran, and for one year after.

One entry for each content of an ad that ran. How many people it reached, and where, is not known here.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Row, select

from haechi.errors import UsageError
from haechi.review.ads import Ad
from haechi.review.outgoing.repository import Entry, Shown, after_removal, entry_of, visible
from haechi.stores import review_schema as tables
from haechi.stores.review.outgoing import Known, decisions_with_ads, known_of, statement_on
from haechi.stores.review.showings import Stretch

_FEW: Final = 500
"""Ads asked for at once."""


def entries(connection: Connection, *, now: datetime) -> list[Entry]:
    """Everything that is seen in the repository now, in the order of the ads.

    `reached` is 0 in all of them. An ad that was rejected after it ran has points (a) to (e) of Art. 17(3) in the
    place of its content and of who is behind it; where no statement can be made of it, nothing in their place.

    Args:
        connection: in a transaction that sees one state of the database.
        now: naive UTC instant.
    """
    known = known_of(connection)
    made: list[Entry] = []
    names = sorted(known.shown)
    for start in range(0, len(names), _FEW):
        made += visible(_of(connection, names[start : start + _FEW], known, now), now)
    return made


def _of(connection: Connection, ad_ids: Sequence[str], known: Known, now: datetime) -> Iterator[Entry]:
    a, v, d = tables.ads, tables.versions, tables.decisions
    ads = connection.execute(select(a.c.ad, a.c.ad_id).where(a.c.ad_id.in_(ad_ids)).order_by(a.c.ad_id)).all()
    decided = decisions_with_ads().where(v.c.ad.in_([row.ad for row in ads])).order_by(d.c.decision)
    newest = {(row.ad, row.content_hash): row for row in connection.execute(decided)}
    for row in ads:
        ran = known.shown[row.ad_id]
        for content in dict.fromkeys(one.content_hash for one in ran):
            shown = _shown((one for one in ran if one.content_hash == content), now)
            yield _entry(connection, newest[row.ad, content], shown, known)


def _shown(stretches: Iterable[Stretch], now: datetime) -> Shown:
    ran = list(stretches)
    return Shown(first=ran[0].begun, last=max(one.ended or max(now, one.begun) for one in ran), reached=0)


def _entry(connection: Connection, row: Row[Any], shown: Shown, known: Known) -> Entry:
    ad = msgspec.json.decode(row.body, type=Ad)
    entry = entry_of(ad, known.advertisers.get(ad.advertiser_id), shown)
    if row.outcome != "reject":
        return entry
    try:
        return after_removal(entry, statement_on(connection, row, known))
    except UsageError:
        # What was refused is not shown for want of words about it.
        return msgspec.structs.replace(entry, content=None, on_behalf_of=None, payer=None, removed={})
