"""An ad's way: submitted, screened, changed, run.

An ad has versions. Any change of a field, of the picture's bytes or of the page behind it makes a new one. From the
moment in which a change is there, no version of the ad runs until the new one is approved: an approval that went on
for the old one could be shown with what was put in its place afterwards, which is what review on replacement after
approval is for (Japan's Transparency Act, as the ministry METI evaluates it). A decision belongs to one version, and
approves no other.
"""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
import structlog
from sqlalchemy import Connection, Engine, Row, select, update

from haechi.errors import MissingError, UsageError
from haechi.review.ads import Ad, Decision
from haechi.review.hashes import ad_hash, content_hash, landing_hash
from haechi.stores import review_schema as tables
from haechi.stores.clock import micros
from haechi.stores.ingest import ConflictError
from haechi.stores.numbers import expect_identifiers
from haechi.stores.review.advertisers import advertiser_number, advertisers_of
from haechi.stores.review.applying import ad_numbered, is_suspended
from haechi.stores.review.blobs import RETENTION, put_blob
from haechi.stores.review.examiner import Examine
from haechi.stores.review.past import NearCopies, none_near
from haechi.stores.review.publishing import tell_ad_server
from haechi.stores.review.screening import UNDECIDED, MovedError, Screening, VisitPage
from haechi.stores.review.versions import (
    Standing,
    add_version,
    expect_ad,
    expect_short,
    find_ad,
    picture_hash,
    standing_of,
    stop,
    version_row,
)
from haechi.stores.review.words import MACHINE, RUNNING, Cause, Run
from haechi.stores.rows import reading, writing

_PATIENCE: Final = timedelta(minutes=5)
"""After which an examination that was begun and not ended counts as cut off."""


class Ads:
    """The ads of a platform. One a process; any number of threads.

    Args:
        engine: the database.
        examine: judges one version of one ad.
        visit: visits the page behind an ad; None: the network is not allowed.
        near: finds near copies among earlier ads.
        retention: how long pictures are kept.
    """

    def __init__(
        self,
        engine: Engine,
        examine: Examine,
        *,
        visit: VisitPage | None = None,
        near: NearCopies = none_near,
        retention: timedelta = RETENTION,
    ) -> None:
        self.engine = engine
        self.screening = Screening(engine, examine, visit, near)
        self._retention = retention

    def submit(self, ad: Ad, picture: bytes | None = None, *, by: str, now: datetime) -> Standing:
        """Takes a new ad in and judges it. The same once more is the first.

        Where its examination fails it is there all the same, undecided, and is taken up again by `resume`.

        Args:
            ad: as submitted; its `image` and `submitted_at` are not looked at.
            picture: the picture's bytes, or None.
            by: who submits: the name of a key.
            now: naive UTC instant.

        Raises:
            ConflictError: another ad came with this identifier.
            UsageError: the advertiser is suspended, or something is too large.
            MissingError: the advertiser is not known.
            DataError: an identifier is none.
        """
        expect_identifiers("ads", "ad_id", [ad.ad_id])
        expect_short(ad)
        with writing(self.engine) as connection:
            advertiser = advertiser_number(connection, ad.advertiser_id)
            known = find_ad(connection, ad.ad_id)
            if known is not None:
                if known.advertiser != advertiser or not _is_current(connection, known, ad, picture):
                    raise ConflictError("another ad has this identifier; a change of it is told as one.")
                return standing_of(connection, known, repeated=True)
            if is_suspended(connection, advertiser):
                raise UsageError("the advertiser is suspended; nothing of it is taken in.")
            number = _new_ad(connection, ad.ad_id, advertiser, now)
            self._put(connection, number, ad, picture, cause="submission", by=by, now=now)
        return self._judged(number, "submission", now)

    def change(self, ad: Ad, picture: bytes | None = None, *, by: str, now: datetime) -> Standing:
        """Takes a change of an ad in and judges it; nothing of the ad runs until the new version is approved.

        Args:
            ad: all of it as it is to be.
            picture: the picture's bytes, also where it stays the same; None: it has none.
            by: who changes it.
            now: naive UTC instant.

        Raises:
            MissingError: there is no such ad of this advertiser.
            UsageError: it has expired, the advertiser is suspended, or something is too large.
        """
        expect_short(ad)
        with writing(self.engine) as connection:
            advertiser = advertiser_number(connection, ad.advertiser_id)
            row = find_ad(connection, ad.ad_id)
            if row is None or row.advertiser != advertiser:
                raise MissingError("no ad has this identifier.")
            if _is_current(connection, row, ad, picture):
                return standing_of(connection, row, repeated=True)
            if row.run == "expired" or is_suspended(connection, advertiser):
                raise UsageError("the ad has expired or its advertiser is suspended; it cannot be changed.")
            version = self._put(connection, row.ad, ad, picture, cause="change", by=by, now=now)
            stop(connection, row, version, now=now)
        return self._judged(row.ad, "change", now)

    def recheck(self, ad_id: str, *, now: datetime) -> Standing:
        """Looks at the page behind an ad again. Where it is not the one that was judged, the ad stops, and is judged.

        A page that cannot be reached now tells nothing.

        Raises:
            MissingError: there is no such ad.
        """
        with reading(self.engine) as connection:
            row = expect_ad(connection, ad_id)
            judged = version_row(connection, row.current)
        if row.looked_at is None or judged.ad_hash is None or row.run == "expired":
            return self.standing(ad_id)
        ad = msgspec.json.decode(judged.body, type=Ad)
        a = tables.ads
        with writing(self.engine) as connection:
            # Before the look: one that fails is not tried again at once.
            connection.execute(update(a).where(a.c.ad == row.ad).values(looked_at=micros(now)))
        visits = self.screening.visits_of(ad)
        seen = landing_hash(visits)
        if seen in (None, judged.landing_hash) or any(visit.failure is not None for visit in visits):
            return self.standing(ad_id)
        with writing(self.engine) as connection:
            row = expect_ad(connection, ad_id)
            if row.current != judged.version:
                return standing_of(connection, row)
            values = {
                "visits": msgspec.json.encode(visits).decode(),
                "landing_hash": seen,
                "ad_hash": ad_hash(judged.content_hash, seen),
                "content_hash": judged.content_hash,
                "picture": judged.picture,
                "body": judged.body,
            }
            version = add_version(connection, row.ad, values, cause="landing", by=MACHINE, now=now)
            stop(connection, row, version, now=now)
        return self._judged(row.ad, "landing", now)

    def check(self, ad: Ad, picture: bytes | None = None, *, now: datetime) -> Decision:
        """What review would say of an ad; nothing is kept, and nothing promised: what is known may change.

        Raises:
            MissingError: the advertiser is not known.
            UsageError: something is too large.
        """
        expect_short(ad)
        with reading(self.engine) as connection:
            number = advertiser_number(connection, ad.advertiser_id)
            (advertiser,) = advertisers_of(connection, number).values()
        return self.screening.look(
            msgspec.structs.replace(ad, image=picture_hash(picture), submitted_at=now),
            picture,
            advertiser,
            now=now,
        )

    def resume(self, *, now: datetime, limit: int = 100) -> int:
        """Takes up what was taken in and not decided: its examination failed, or the process was ended meanwhile.

        What fails once more is held for a person.

        Returns:
            how many were decided.
        """
        a, v = tables.ads, tables.versions
        cut_off = (a.c.state == "screening") & (v.c.submitted_at <= micros(now - _PATIENCE))
        with reading(self.engine) as connection:
            found = connection.execute(
                select(a.c.ad)
                .join_from(a, v, v.c.version == a.c.current)
                .where((a.c.state == "submitted") | cut_off)
                .order_by(a.c.ad)
                .limit(limit)
            ).scalars().all()  # fmt: skip
        decided = 0
        for ad in found:
            with suppress(MovedError):
                decided += self.screening.judge(ad, cause="submission", hold_on_failure=True, now=now).changed
        return decided

    def standing(self, ad_id: str, *, advertiser: int | None = None) -> Standing:
        """How an ad stands.

        Args:
            ad_id: which.
            advertiser: only if it is this one's, by our number.

        Raises:
            MissingError: there is no such ad.
        """
        with reading(self.engine) as connection:
            return standing_of(connection, expect_ad(connection, ad_id, advertiser=advertiser))

    def run(self, ad_id: str, run: Run, *, now: datetime) -> Standing:
        """What the ad server did, or the advertiser wants: live, paused, idle, or expired for ever.

        Raises:
            MissingError: there is no such ad.
            UsageError: it has expired, or goes live without an approval.
        """
        a = tables.ads
        with writing(self.engine) as connection:
            row = expect_ad(connection, ad_id)
            if row.run == "expired":
                raise UsageError("the ad has expired; expected a new ad.")
            if run == "live" and (row.state != "approved" or is_suspended(connection, row.advertiser)):
                raise UsageError("the ad is not approved; nothing runs undecided.")
            connection.execute(update(a).where(a.c.ad == row.ad).values(run=run))
            if row.state == "approved" and run != row.run:
                about = version_row(connection, row.current).ad_hash
                runs = run in RUNNING and not is_suspended(connection, row.advertiser)
                tell_ad_server(connection, ad_id, about, runs=runs, now=now)
            return standing_of(connection, expect_ad(connection, ad_id))

    def _judged(self, number: int, cause: Cause, now: datetime) -> Standing:
        a = tables.ads
        try:
            self.screening.judge(number, cause=cause, now=now)
        except Exception as fault:  # noqa: BLE001 - an examiner's own; the ad is there, and waits
            structlog.get_logger("haechi").error("screening failed", kind=type(fault).__name__)
            with writing(self.engine) as connection:
                connection.execute(
                    update(a).where(a.c.ad == number, a.c.state.in_(UNDECIDED)).values(state="submitted")
                )
        with reading(self.engine) as connection:
            return standing_of(connection, ad_numbered(connection, number))

    def _put(
        self,
        connection: Connection,
        ad: int,
        submitted: Ad,
        picture: bytes | None,
        *,
        cause: Cause,
        by: str,
        now: datetime,
    ) -> int:
        sha256 = None
        if picture is not None:
            sha256 = put_blob(connection, picture, retain_until=now + self._retention, now=now)
        kept = msgspec.structs.replace(submitted, image=sha256, submitted_at=now)
        values = {
            "content_hash": content_hash(kept, sha256),
            "picture": sha256,
            "body": msgspec.json.encode(kept).decode(),
        }
        return add_version(connection, ad, values, cause=cause, by=by, now=now)


def _is_current(connection: Connection, row: Row[Any], ad: Ad, picture: bytes | None) -> bool:
    known = version_row(connection, row.current)
    return bool(known.content_hash == content_hash(ad, picture_hash(picture)))


def _new_ad(connection: Connection, ad_id: str, advertiser: int, now: datetime) -> int:
    a = tables.ads
    made = connection.execute(
        a.insert().values(
            ad_id=ad_id, advertiser=advertiser, state="screening", run="idle", current=0, cluster=0,
            created_at=micros(now),
        )
    ).inserted_primary_key  # fmt: skip
    number = int(made[0])  # type: ignore[index]
    # It is nobody's copy before it was examined.
    connection.execute(update(a).where(a.c.ad == number).values(cluster=number))
    return number
