"""A small world of ad review: invented advertisers, parties and reviewers, and an examiner that reads marks in texts.

All texts are synthetic.
"""

import datetime as dt
import hashlib
from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, select

from haechi.review.ads import Ad, Advertiser, Decision, Outcome, Reason, Signal, Targeting
from haechi.review.case import History, Visit, World
from haechi.stores import review_schema as tables
from haechi.stores import schema
from haechi.stores.clock import micros
from haechi.stores.review import desk, queue
from haechi.stores.review.ads import Ads
from haechi.stores.review.decided import Record, decisions_of
from haechi.stores.review.publishing import may_run
from haechi.stores.review.suspensions import decide_suspension, propose_suspension
from haechi.stores.review.versions import Standing
from haechi.stores.review.views import Waiting
from haechi.stores.review.waiting_list import list_jobs
from haechi.stores.rows import reading

NOW = dt.datetime(2026, 11, 1, 12)  # noqa: DTZ001 - naive UTC inside
TOLD: dict[str, Any] = {"grounds": ("impersonation",), "told": "Eight ads wore the face of one actor."}
"""What an advertiser is told of a suspension."""
RULES = hashlib.sha256(b"rules of the tests").hexdigest()


def examine(
    ad: Ad,
    *,
    ad_hash: str,
    advertiser: Advertiser | None,
    picture: bytes | None,
    visits: tuple[Visit, ...],
    world: World,
    history: History,
    now: dt.datetime,
) -> Decision:
    """Finds `[reject]`, `[hold]`, `[finance]`, `[copy of X]` in the text, and names of protected parties anywhere."""
    seen = " ".join([ad.headline, ad.text, *(visit.text for visit in visits)])
    if picture is not None:
        seen += picture.decode("latin-1")
    signals = []
    outcome: Outcome = "approve"
    rules: list[str] = []
    if "[finance]" in seen:
        signals.append(Signal(name="investment-offer", version="1", score=1.0, value="fund"))
    if "[copy of " in seen:
        other = seen.split("[copy of ")[1].split("]")[0]
        signals.append(
            Signal(name="near-copy", version="1", score=1.0, value="held", params={"ad_id": other})
        )
    for party in world.parties.values():
        allowed = any(
            one.party_id == party.party_id
            for one in world.authorised.get((party.party_id, ad.advertiser_id), ())
        )
        if any(name in seen for name in party.names) and not allowed:
            signals.append(Signal(name="named-party", version="1", score=1.0, value=party.party_id))
            rules.append("named-party")
            outcome = "hold"
    if "[hold]" in seen:
        rules.append("hold-mark")
        outcome = "hold"
    if "[reject]" in seen:
        rules.append("reject-mark")
        outcome = "reject"
    return Decision(
        ad_id=ad.ad_id, ad_hash=ad_hash, decision=outcome,
        reasons=tuple(Reason(code=rule, laws=(), text=f"found {rule}", fix="take it out") for rule in rules),
        signals=tuple(signals), rules=tuple(rules), shadow_rules=(), ruleset_hash=RULES, decided_at=now,
    )  # fmt: skip


def ad(ad_id: str = "a1", text: str = "Shoes for walking", advertiser: str = "acme", **more: Any) -> Ad:
    return Ad(
        ad_id=ad_id, advertiser_id=advertiser, headline="A headline", text=text, submitted_at=NOW,
        targeting=Targeting(countries=("JP",)), **more,
    )  # fmt: skip


class Desk:
    """Ads over one database, with a clock that moves on at each step, and four people."""

    def __init__(self, engine: Engine, how: Any = examine, **more: Any) -> None:
        self.engine = engine
        self.ads = Ads(engine, how, **more)
        self.clock = NOW

    def found(self) -> "Desk":
        for name in ("acme", "club", "mall"):
            with self.engine.begin() as connection:
                connection.execute(
                    schema.advertisers.insert().values(
                        advertiser_id=name, name=name.title(), verified=True, country="JP", created_at=0
                    )
                )
        for name, role in (("ann", "reviewer"), ("bob", "reviewer"), ("cat", "owner"), ("vic", "viewer")):
            with self.engine.begin() as connection:
                connection.execute(
                    schema.users.insert().values(subject=name, name=name, role=role, created_at=0)
                )
        return self

    def now(self) -> dt.datetime:
        self.clock += dt.timedelta(seconds=1)
        return self.clock

    def submit(
        self, ad_id: str = "a1", text: str = "Shoes", advertiser: str = "acme", **more: Any
    ) -> Standing:
        picture = more.pop("picture", None)
        return self.ads.submit(ad(ad_id, text, advertiser, **more), picture, by="key", now=self.now())

    def change(
        self, ad_id: str = "a1", text: str = "Hats", advertiser: str = "acme", **more: Any
    ) -> Standing:
        picture = more.pop("picture", None)
        return self.ads.change(ad(ad_id, text, advertiser, **more), picture, by="key", now=self.now())

    def runs(self, ad_id: str = "a1", ad_hash: str | None = None) -> bool:
        return may_run(self.engine, ad_id, ad_hash).may_run

    def state(self, ad_id: str = "a1") -> str:
        return self.ads.standing(ad_id).state

    def take(self, by: str = "ann") -> str | None:
        return queue.claim_next(self.engine, by=by, now=self.now(), golden_every=None)

    def job_of(self, ad_id: str, kind: str = "review") -> str | None:
        j, a = tables.jobs, tables.ads
        with reading(self.engine) as connection:
            return connection.execute(
                select(j.c.job_id).join_from(j, a, a.c.ad == j.c.ad).where(
                    a.c.ad_id == ad_id, j.c.kind == kind, j.c.state == "open"
                )
            ).scalar()  # fmt: skip

    def say(self, job_id: str, verdict: Any, ad_id: str = "a1", by: str = "ann", **more: Any) -> str | None:
        about = more.pop("ad_hash", None) or self.ads.standing(ad_id).ad_hash
        said = desk.Said(verdict=verdict, ad_hash=str(about), words="seen", **more)
        return desk.decide_job(self.engine, job_id, said, by=by, now=self.now())

    def decide(self, verdict: Any, ad_id: str = "a1", by: str = "ann") -> str | None:
        job = self.job_of(ad_id)
        assert job is not None
        queue.claim(self.engine, job, by=by, now=self.now())
        return self.say(job, verdict, ad_id, by)

    def suspend(
        self, advertiser_id: str = "acme", by: str = "ann", confirmed_by: str = "bob", **told: Any
    ) -> None:
        job = propose_suspension(
            self.engine, advertiser_id, by=by, reason="eight scams", now=self.now(), **{**TOLD, **told}
        )
        queue.claim(self.engine, job, by=confirmed_by, now=self.now())
        decide_suspension(self.engine, job, confirm=True, by=confirmed_by, words="seen", now=self.now())

    def decisions(self, ad_id: str = "a1") -> list[Record]:
        a = tables.ads
        with reading(self.engine) as connection:
            number = connection.execute(select(a.c.ad).where(a.c.ad_id == ad_id)).scalar_one()
            return decisions_of(connection, number)

    def rows(self, table: Any) -> list[Any]:
        with reading(self.engine) as connection:
            return list(connection.execute(select(table)).all())


def pages(found: dict[str, str]) -> Callable[[Ad], tuple[Visit, ...]]:
    """A web in which each address has a text."""

    def visit(one: Ad) -> tuple[Visit, ...]:
        if one.landing_url is None:
            return ()
        text = found[one.landing_url]
        if text == "away":
            return (Visit(profile="phone", at=NOW, failure="timeout"),)
        return (
            Visit(
                profile="phone", at=NOW, final_url=one.landing_url, status=200, text=text,
                text_hash=hashlib.sha256(text.encode()).hexdigest(),
            ),
        )  # fmt: skip

    return visit


def hours(number: float) -> dt.timedelta:
    return dt.timedelta(hours=number)


def at_micros(at: dt.datetime) -> int:
    return micros(at)


def waiting_jobs(engine: Engine, *, by: str, now: dt.datetime) -> list[Waiting]:
    """What somebody sees in the queue."""
    return [one.job for one in list_jobs(engine, by=by, now=now).jobs]
