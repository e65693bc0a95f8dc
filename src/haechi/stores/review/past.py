"""Earlier ads, as signals ask about them."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import Engine, Select, func, select

from haechi.review.ads import Ad
from haechi.review.case import Sighting
from haechi.stores import review_schema as tables
from haechi.stores import schema
from haechi.stores.clock import maybe_instant, micros
from haechi.stores.rows import reading

NearCopies = Callable[[Ad, str], Sequence[Sighting]]
"""Finds earlier ads whose masked text is nearly the same."""


def none_near(_: Ad, __: str) -> Sequence[Sighting]:
    """Finds nothing: no index of texts is set up."""
    return ()


class Past:
    """Earlier ads in the database; `haechi.review.case.History`.

    Args:
        engine: the database.
        near: finds near copies.
        but: our number of the ad that is judged, which is not earlier than itself; 0: it is not kept.
    """

    def __init__(self, engine: Engine, near: NearCopies = none_near, *, but: int = 0) -> None:
        self._engine = engine
        self._near = near
        self._but = but

    def submitted_since(self, advertiser_id: str, since: datetime, before: datetime) -> int:
        """How many ads the advertiser submitted in `[since, before)`."""
        a = tables.ads
        question = self._of(advertiser_id, select(func.count()).select_from(a)).where(
            a.c.created_at >= micros(since), a.c.created_at < micros(before)
        )
        with reading(self._engine) as connection:
            return int(connection.execute(question).scalar_one())

    def first_finance_ad(self, advertiser_id: str) -> datetime | None:
        """When the advertiser first submitted an ad that offers an investment, or None."""
        a, v = tables.ads, tables.versions
        question = self._of(
            advertiser_id, select(func.min(v.c.submitted_at)).select_from(a).join(v, v.c.ad == a.c.ad)
        ).where(v.c.finance)
        with reading(self._engine) as connection:
            return maybe_instant(connection.execute(question).scalar())

    def last_submitted(self, advertiser_id: str, before: datetime) -> datetime | None:
        """When the advertiser last submitted an ad before, or None."""
        a = tables.ads
        question = self._of(advertiser_id, select(func.max(a.c.created_at)).select_from(a)).where(
            a.c.created_at < micros(before)
        )
        with reading(self._engine) as connection:
            return maybe_instant(connection.execute(question).scalar())

    def near_copies(self, ad: Ad, masked: str) -> Sequence[Sighting]:
        """Earlier ads whose text, names masked, is nearly the same."""
        return self._near(ad, masked)

    def _of(self, advertiser_id: str, question: Select[int]) -> Select[int]:
        a, w = tables.ads, schema.advertisers
        return question.join(w, w.c.advertiser == a.c.advertiser).where(
            w.c.advertiser_id == advertiser_id, a.c.ad != self._but
        )
