"""All parts of the platform over one database, put together for the service, and the work beside the requests."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple

import structlog
from joserfc.jwk import ECKey
from litestar.exceptions import TooManyRequestsException
from sqlalchemy.exc import SQLAlchemyError

from haechi.errors import HaechiError, UsageError
from haechi.law import chosen, load_packs
from haechi.review.examine import Examiner
from haechi.review.landing.of_ad import visits_of
from haechi.review.policy import load_ruleset
from haechi.rights.answer import Answer
from haechi.rights.controller import read_controller
from haechi.rights.deletion import Issuer
from haechi.rights.drp.identity import FindPerson, by_identifier
from haechi.rights.exchange import Drp, Exchange, read_exchange
from haechi.sensitivity import judge_with
from haechi.service.ads_earlier import Earlier
from haechi.service.ads_work import AdWork
from haechi.service.callbacks import CallbackSender
from haechi.service.drp_desk import DrpDesk
from haechi.service.limits import told
from haechi.service.measures import SNAPSHOT_WRITTEN
from haechi.service.settings import PlatformSettings
from haechi.stores import open_store
from haechi.stores.agents import Agents, Pages
from haechi.stores.answering import answering
from haechi.stores.audiences import Audiences
from haechi.stores.clock import utc_now
from haechi.stores.deletion_key import deletion_key
from haechi.stores.deletions import lapse
from haechi.stores.identity.sweep import sweep
from haechi.stores.ingest import Ingest
from haechi.stores.ledger.secrets import master_of
from haechi.stores.permissions import Permissions
from haechi.stores.requests import Requests
from haechi.stores.review.ads import Ads
from haechi.stores.snapshots import SnapshotMaker
from haechi.stores.themes import Themes
from haechi.themes.evidence import lapsing

_WAITING: Final = 16
"""Batches that may wait for the writer; a further one is told to come again."""


class Signer(NamedTuple):
    """Signs what advertisers are told to delete.

    Attributes:
        issuer: who the platform is to others.
        key: a private key.
    """

    issuer: Issuer
    key: ECKey


class Platform:
    """The parts.

    Attributes:
        engine: the database.
        packs: the laws.
        judge: the sensitivity engine.
        rule: kind weights, threshold and lapse.
        controller: who answers for the data, or None.
        master: wraps people's keys; None where a PostgreSQL database was given none.
        themes: themes and items.
        ingest: behaviours.
        permissions: permissions.
        requests: what people ask for.
        audiences: sizes and bookings.
        ads: ads and their review.
        drp: takes what agents send, or None.
        signer: signs deletion requests, or None.
    """

    def __init__(self, settings: PlatformSettings) -> None:
        self.packs = chosen(load_packs(tuple(map(Path, settings.law_packs))), settings.laws)
        self.judge = judge_with(None if settings.decisions is None else Path(settings.decisions))
        self.engine = open_store(settings.database)
        self.rule = rule = lapsing(settings.lapse_days)
        self.controller = None if settings.controller is None else read_controller(Path(settings.controller))
        self.themes = Themes(
            self.engine, self.judge, self.packs, rule=rule, approve_ordinary=settings.approve_ordinary
        )
        self.master = master_of(settings.database)
        self.ingest = Ingest(self.engine, self.packs, rule, master=self.master)
        self.permissions = Permissions(self.engine, self.packs, rule, master=self.master)
        self.requests = Requests(self.engine, self.packs, rule, master=self.master, origin=_origin(settings))
        self.audiences = Audiences(self.engine, self.packs, settings.audiences)
        earlier = Earlier(self.engine)
        examiner = Examiner(load_ruleset(), bank=earlier)
        self.ads = Ads(
            self.engine, examiner, near=earlier.near_copies, visit=visits_of if settings.visit_pages else None
        )
        self.ad_work = AdWork(self.ads, settings.snapshot_seconds)
        exchange = Exchange() if settings.exchange is None else read_exchange(Path(settings.exchange))
        self.drp = None if exchange.drp is None else self._desk(exchange.drp, by_identifier)
        self._callbacks = None
        if exchange.drp is not None and exchange.drp.callbacks:
            self._callbacks = CallbackSender(self.engine, settings.snapshot_seconds)
        self.signer = None
        if exchange.deletions is not None:
            self.signer = Signer(exchange.deletions, deletion_key(settings.database))
        self._settings = settings
        try:
            Path(settings.snapshot).parent.mkdir(parents=True, exist_ok=True)
        except OSError as fault:
            raise UsageError(
                f"{settings.snapshot}: expected a place for the snapshot; {fault.strerror}."
            ) from None
        self._maker = SnapshotMaker(self.engine, self.judge, self.packs, settings.provider)
        self._places = threading.BoundedSemaphore(_WAITING)
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None
        self._swept: datetime | None = None
        self._log = structlog.get_logger("haechi")
        self.snapshot_state = "none yet"

    def _desk(self, settings: Drp, find_person: FindPerson) -> DrpDesk:
        pages = Pages(verification=settings.verification, results=settings.results)
        return DrpDesk(settings, Agents(self.engine, self.requests, self.packs, pages), find_person)

    @contextmanager
    def place(self) -> Iterator[None]:
        """A place among those who wait for the writer.

        Raises:
            TooManyRequestsException: all are taken; nothing was done.
        """
        if not self._places.acquire(blocking=False):
            told("batches")
            raise TooManyRequestsException(
                "too many batches are waiting; send again", headers={"Retry-After": "1"}
            )
        try:
            yield
        finally:
            self._places.release()

    def answer_for(self, person_id: str) -> Answer:
        """Everything held about a person, now.

        Raises:
            UsageError: nobody said who answers for the data.
        """
        if self.controller is None:
            raise UsageError("an answer says who answers for the data; start haechi serve with --controller.")
        with answering(
            self.engine, self.packs, self.rule, controller=self.controller, master=self.master, now=utc_now()
        ) as answers:
            return answers.of(person_id)

    def begin(self) -> None:
        """Begins the work beside the calls: permissions that run out, erasures, and the gate's snapshot."""
        self.tend()
        self._thread = threading.Thread(target=self._tend_on, name="haechi-tend", daemon=True)
        self._thread.start()
        self.ad_work.begin()
        if self._callbacks is not None:
            self._callbacks.begin()

    def end(self) -> None:
        """Ends it and lets the database go."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join(10)
        self.ad_work.end()
        if self._callbacks is not None:
            self._callbacks.end()
        self.engine.dispose()

    def tend(self) -> None:
        """Once: closes what ran out, erases who waited long enough, writes the snapshot. Never raises."""
        now = utc_now()
        try:
            self.permissions.sweep(now=now, since=self._swept or now - timedelta(days=36_500))
            self._swept = now
            self.requests.carry_out(now=now)
            sweep(self.engine, now=now)
            lapse(self.engine, now=now)
            self._maker.write(Path(self._settings.snapshot), now=now)
        except (HaechiError, SQLAlchemyError) as fault:
            # Gates notice the age of the snapshot themselves and close; here it is said.
            self.snapshot_state = "failed"
            self._log.error("snapshot", fault=type(fault).__name__)
        else:
            self.snapshot_state = "fresh"
            SNAPSHOT_WRITTEN.set_to_current_time()

    def _tend_on(self) -> None:
        while not self._ended.wait(self._settings.snapshot_seconds):
            self.tend()


def _origin(settings: PlatformSettings) -> str | None:
    """Where letters link to."""
    return None if settings.people_page is None else settings.people_page.removesuffix("/")
