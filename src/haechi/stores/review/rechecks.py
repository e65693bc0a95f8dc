"""Pages behind ads that run, looked at again and again: the swap after approval is what the approval did not see."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy import select

from haechi.stores import review_schema as tables
from haechi.stores.clock import micros
from haechi.stores.review.ads import Ads
from haechi.stores.review.words import RUNNING
from haechi.stores.rows import reading

EVERY: Final = timedelta(minutes=10)
AT_ONCE: Final = 8
"""Pages that are looked at beside each other: most of the time is waiting for others' servers."""


def recheck_due(ads: Ads, *, every: timedelta = EVERY, limit: int = 200, now: datetime) -> int:
    """Looks at the pages that nobody looked at for a while, those that were waited for longest first.

    One that cannot be looked at keeps the others from nothing.

    Args:
        ads: the ads; where the network is not allowed nothing is looked at.
        every: how long a look lasts.
        limit: how many at most.
        now: naive UTC instant.

    Returns:
        how many were looked at.
    """
    a = tables.ads
    with reading(ads.engine) as connection:
        found = connection.execute(
            select(a.c.ad_id)
            .where(a.c.state == "approved", a.c.run.in_(RUNNING), a.c.looked_at <= micros(now - every))
            .order_by(a.c.looked_at)
            .limit(limit)
        ).scalars().all()  # fmt: skip

    def look(ad_id: str) -> None:
        try:
            ads.recheck(ad_id, now=now)
        except Exception as fault:  # noqa: BLE001 - of one page; the others are looked at all the same
            structlog.get_logger("haechi").error("recheck failed", kind=type(fault).__name__)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(look, found))
    return len(found)
