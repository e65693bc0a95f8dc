"""An ad judged by the machine: read, examined outside any transaction, and decided if nothing changed meanwhile."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, NamedTuple

import msgspec
from sqlalchemy import Connection, Engine, Row, select, update

from haechi.errors import HaechiError
from haechi.review.ads import Ad, Advertiser, Decision, Outcome
from haechi.review.case import Visit
from haechi.review.hashes import ad_hash, landing_hash
from haechi.stores import review_schema as tables
from haechi.stores.clock import maybe_micros
from haechi.stores.review.advertisers import advertisers_of
from haechi.stores.review.applying import ad_numbered, decide, priority_of
from haechi.stores.review.blobs import read_blob
from haechi.stores.review.changes import stamp
from haechi.stores.review.decided import Making, as_decision, newest_on, stopped_by_a_person
from haechi.stores.review.examiner import Examine, failed
from haechi.stores.review.jobs import PRESSING
from haechi.stores.review.past import NearCopies, Past
from haechi.stores.review.reported import as_reported, is_reported
from haechi.stores.review.words import MACHINE, Cause, Reviewed
from haechi.stores.review.world import Known, Worlds
from haechi.stores.rows import reading, writing

VisitPage = Callable[[Ad], tuple[Visit, ...]]
UNDECIDED: Final[tuple[Reviewed, ...]] = ("submitted", "screening")
_FINANCE: Final = "investment-offer"
_ANEW: Final[tuple[Cause, ...]] = ("sweep", "landing")
"""An ad that runs is judged as if it were submitted now: what was permitted then may not be any more."""
_TRIES: Final = 5
"""What is known may change while an ad is examined; then it is examined again, and not for ever."""


class MovedError(HaechiError):
    """What is known changed again and again while an ad was examined: it is taken up later."""


class Judged(NamedTuple):
    """What came of judging an ad.

    Attributes:
        outcome: what holds now.
        changed: whether a decision was written.
        failed: whether it could not be examined.
    """

    outcome: Outcome
    changed: bool
    failed: bool = False


def _nothing(_: Connection, __: Judged) -> None:
    """Nothing else is done."""


@dataclass(frozen=True)
class _Case:
    """A version as it was read; `ad_hash` is None until it was examined once."""

    number: int
    version: int
    ad: Ad
    content_hash: str
    ad_hash: str | None
    picture: bytes | None
    visits: tuple[Visit, ...] | None
    advertiser: Advertiser | None


class Screening:
    """Judges ads. One a process; any number of threads.

    Args:
        engine: the database.
        examine: judges one version of one ad.
        visit: visits the page behind an ad; None: the network is not allowed.
        near: finds near copies among earlier ads.
    """

    def __init__(self, engine: Engine, examine: Examine, visit: VisitPage | None, near: NearCopies) -> None:
        self._engine = engine
        self._examine = examine
        self._visit = visit
        self._near = near
        self._worlds = Worlds()

    def judge(
        self,
        ad: int,
        *,
        cause: Cause,
        notice: int | None = None,
        hold_on_failure: bool = False,
        also: Callable[[Connection, Judged], None] = _nothing,
        now: datetime,
    ) -> Judged:
        """Judges an ad's current version, and does what the decision says.

        In a sweep, and where the page behind it changed, it is judged as if it were submitted now. What waits for a
        person is not let go by a later judgement, only rejected. What a person let go stays, unless something is
        found that they did not see.

        Args:
            ad: our number of it.
            cause: why.
            notice: that led to it.
            hold_on_failure: an ad that cannot be examined is held for a person; False: the failure is raised.
            also: what is written in the transaction of the decision.
            now: naive UTC instant.

        Raises:
            MovedError: what is known changed again and again meanwhile; nothing was decided.
        """
        for _ in range(_TRIES):
            with reading(self._engine) as connection:
                # The stamp before the ad: what is known may be newer than it says, and never older.
                known = self._worlds.today(connection)
                case = _read(connection, ad)
            if cause in _ANEW:
                case = replace(case, ad=msgspec.structs.replace(case.ad, submitted_at=now))
            making = Making(cause=cause, automated="FULLY", actor=MACHINE, notice=notice)
            try:
                visits, decision = self._examined(case, known, now)
            except Exception:
                if not hold_on_failure:
                    raise
                about = case.ad_hash or ad_hash(case.content_hash, None)
                visits, decision = case.visits or (), failed(case.ad.ad_id, about, now)
                making = Making(cause="failure", automated="FULLY", actor=MACHINE, notice=notice)
            with writing(self._engine) as connection:
                row = ad_numbered(connection, ad)
                if row.current != case.version or stamp(connection) != known.stamp:
                    continue
                if case.ad_hash is None:
                    looked = None if self._visit is None or case.ad.landing_url is None else now
                    _seen(connection, case, visits, decision, looked)
                judged = _settled(connection, row, decision, making, known=known, now=now)
                also(connection, judged)
                return judged
        raise MovedError("what is known changed while the ad was examined; it is taken up again.")

    def look(
        self, ad: Ad, picture: bytes | None, advertiser: Advertiser | None, *, now: datetime
    ) -> Decision:
        """What would be found in an ad; nothing is kept."""
        case = _Case(0, 0, ad, "", None, picture, None, advertiser)
        with reading(self._engine) as connection:
            known = self._worlds.today(connection)
        return self._examined(case, known, now)[1]

    def visits_of(self, ad: Ad) -> tuple[Visit, ...]:
        """The page behind an ad as it is now; nothing where the network is not allowed."""
        return () if self._visit is None else self._visit(ad)

    def _examined(self, case: _Case, known: Known, now: datetime) -> tuple[tuple[Visit, ...], Decision]:
        visits = self.visits_of(case.ad) if case.visits is None else case.visits
        about = case.ad_hash or ad_hash(case.content_hash, landing_hash(visits))
        decision = self._examine(
            case.ad, ad_hash=about, advertiser=case.advertiser, picture=case.picture, visits=visits,
            world=known.world, history=Past(self._engine, self._near, but=case.number), now=now,
        )  # fmt: skip
        if (decision.ad_id, decision.ad_hash, decision.decided_at) != (case.ad.ad_id, about, now):
            raise HaechiError(
                "the examiner decided about another ad or instant; expected those it was given."
            )
        # What cannot be written down must fail here, where a failure holds the ad.
        msgspec.json.encode((decision, visits))
        return visits, decision


def _read(connection: Connection, ad: int) -> _Case:
    v = tables.versions
    row = ad_numbered(connection, ad)
    version = connection.execute(select(v).where(v.c.version == row.current)).one()
    picture = None if version.picture is None else read_blob(connection, version.picture)
    (advertiser,) = advertisers_of(connection, row.advertiser).values()
    visits = version.visits
    return _Case(
        number=ad, version=version.version, ad=msgspec.json.decode(version.body, type=Ad),
        content_hash=version.content_hash, ad_hash=version.ad_hash, picture=picture,
        visits=None if visits is None else msgspec.json.decode(visits, type=tuple[Visit, ...]),
        advertiser=advertiser,
    )  # fmt: skip


def _seen(
    connection: Connection,
    case: _Case,
    visits: tuple[Visit, ...],
    decision: Decision,
    looked: datetime | None,
) -> None:
    """Binds a version to what was seen when it was first examined."""
    a, v = tables.ads, tables.versions
    connection.execute(
        update(v)
        .where(v.c.version == case.version)
        .values(
            visits=msgspec.json.encode(visits).decode(),
            landing_hash=landing_hash(visits),
            ad_hash=decision.ad_hash,
            finance=any(one.name == _FINANCE for one in decision.signals),
        )
    )
    connection.execute(update(a).where(a.c.ad == case.number).values(looked_at=maybe_micros(looked)))


def _settled(
    connection: Connection, row: Row[Any], decision: Decision, making: Making, *, known: Known, now: datetime
) -> Judged:
    """Decides, unless there is nothing new to say."""
    failure = making.cause == "failure"
    before = newest_on(connection, row.current)
    if before is not None:
        if making.cause in ("submission", "change", "landing") or _adds_nothing(row.state, before, decision):
            return Judged(before.outcome, changed=False, failed=failure)
        making = replace(making, supersedes=before.decision)
    stopped = stopped_by_a_person(connection, row.ad, decision.ad_hash)
    if stopped is not None and decision.decision != "reject":
        # An advertiser who goes back to what a person rejected finds it rejected.
        reasons = as_decision(stopped, row.ad_id).reasons
        decision = msgspec.structs.replace(decision, decision="reject", reasons=reasons)
        making = replace(making, automated="PARTIALLY", refers_to=stopped.decision)
    elif decision.decision == "approve" and is_reported(connection, row.ad):
        decision = as_reported(decision)
    priority = PRESSING if making.notice is not None else priority_of(decision, known.world)
    decide(connection, row, decision, making, priority=priority, now=now)
    return Judged(decision.decision, changed=True, failed=failure)


def _adds_nothing(state: Reviewed, before: Row[Any], decision: Decision) -> bool:
    """Whether a new judgement says nothing that was not known to whoever decided before."""
    if decision.decision == "approve":
        # It found nothing; what waits for a person, or was stopped by one, is not let go because of that.
        return True
    old = as_decision(before, decision.ad_id)
    if before.automated != "FULLY":
        return set(decision.rules) <= set(old.rules) and _found(decision) <= _found(old)
    same = decision.rules == old.rules and _found(decision) == _found(old)
    return same and (state, decision.decision) in (("held", "hold"), ("rejected", "reject"))


def _found(decision: Decision) -> set[tuple[str, str]]:
    return {(one.name, one.value) for one in decision.signals}
