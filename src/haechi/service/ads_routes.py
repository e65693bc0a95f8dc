"""Ad review over HTTP: an ad before it runs, what is known beside ads, and notices. People decide at the desk."""

from datetime import datetime
from functools import partial
from typing import Annotated, Final

from litestar import Controller, get, post, put
from litestar.exceptions import PermissionDeniedException, TooManyRequestsException
from litestar.params import QueryParameter
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED, HTTP_204_NO_CONTENT
from sqlalchemy import select

from haechi.errors import MissingError, UsageError
from haechi.service.ads_shapes import (
    Acknowledged,
    AdBody,
    AdView,
    Checked,
    Claimed,
    Ending,
    Given,
    Messages,
    NewAppeal,
    NewParty,
    PartyView,
    Running,
    Submission,
    Taken,
)
from haechi.service.callers import needs
from haechi.service.limits import told
from haechi.service.platform import Platform
from haechi.service.problems import PROBLEMS
from haechi.stores import schema
from haechi.stores.clock import instant, utc_now
from haechi.stores.identity.limits import take
from haechi.stores.keys import Caller
from haechi.stores.review.advertisers import AdvertiserFacts, advertiser_number, put_advertiser
from haechi.stores.review.appeals import Appeal, appeal, appeals_of
from haechi.stores.review.applying import is_suspended
from haechi.stores.review.changes import changes_of
from haechi.stores.review.clocks import appeal_until
from haechi.stores.review.jobs import open_review
from haechi.stores.review.notice_answers import NoticeAnswer, answers_told, waiting_answers
from haechi.stores.review.notices import NewNotice, Notice, notice_of, open_notices, receive_notice
from haechi.stores.review.parties import (
    Party,
    SignedAuthorisation,
    authorise,
    end_party,
    parties_of,
    put_party,
    revoke_authorisation,
)
from haechi.stores.review.party_pictures import Upload, expect_pictures
from haechi.stores.review.publishing import MayRun, Told, acknowledge, may_run, waiting
from haechi.stores.review.registers import Register, claim_licence, take_register
from haechi.stores.review.sweeps import Progress, sweeps_of_notice
from haechi.stores.review.versions import Standing, expect_ad
from haechi.stores.rows import reading, writing
from haechi.terms.zones import with_zone

_get = partial(get, responses=PROBLEMS, sync_to_thread=True)
_post = partial(post, responses=PROBLEMS, sync_to_thread=True)
_put = partial(put, responses=PROBLEMS, sync_to_thread=True)
_MOST_ROWS: Final = 50_000
AdHash = Annotated[str | None, QueryParameter(max_length=64)]


class AdRoutes(Controller):
    """Ads: submitted, changed, appealed. An advertiser's key sees its own alone; others' are not there for it."""

    path = "/v1/ads"
    tags = ("ads",)

    @_post(guards=[needs("ads")], status_code=HTTP_201_CREATED)
    def submit(self, data: Submission, platform: Platform, caller: Caller) -> AdView:
        """Has a new ad judged; it runs only once it is approved. The same again is answered as it stands."""
        now = utc_now()
        ad = data.as_ad(data.ad_id, _advertiser_id(platform, caller, data), now)
        with platform.ad_work.place():
            return _view(platform, platform.ads.submit(ad, data.picture, by=caller.name, now=now))

    @_get("/{ad_id:str}", guards=[needs("ads")])
    def show(self, ad_id: str, platform: Platform, caller: Caller) -> AdView:
        """An ad as it stands, with reasons and what would mend it."""
        return _view(platform, platform.ads.standing(ad_id, advertiser=caller.advertiser))

    @_put("/{ad_id:str}", guards=[needs("ads")])
    def change(self, ad_id: str, data: AdBody, platform: Platform, caller: Caller) -> AdView:
        """Has a change judged: all of the ad as it is to be. Nothing of it runs until the new version is approved."""
        now = utc_now()
        ad = data.as_ad(ad_id, _advertiser_id(platform, caller, data), now)
        with platform.ad_work.place():
            return _view(platform, platform.ads.change(ad, data.picture, by=caller.name, now=now))

    @_post("/{ad_id:str}/check", guards=[needs("ads")], status_code=HTTP_200_OK)
    def check(self, ad_id: str, data: AdBody, platform: Platform, caller: Caller) -> Checked:
        """What review would say of an ad before it is submitted: reasons and mends. Nothing is kept."""
        now = utc_now()
        _expect_patience(platform, caller, now)
        advertiser_id = _advertiser_id(platform, caller, data)
        _expect_not_suspended(platform, advertiser_id)
        ad = data.as_ad(ad_id, advertiser_id, now)
        with platform.ad_work.place():
            found = platform.ads.check(ad, data.picture, now=now)
        return Checked(outcome=found.decision, reasons=found.reasons)

    @_post("/{ad_id:str}/appeals", guards=[needs("ads")], status_code=HTTP_201_CREATED)
    def appeal(self, ad_id: str, data: NewAppeal, platform: Platform, caller: Caller) -> Appeal:
        """Appeals a decision, within six months; a person decides who did not decide before (DSA, Art. 20)."""
        return with_zone(
            appeal(
                platform.engine, ad_id, data.decision_id, text=data.text, by=caller.name,
                advertiser=caller.advertiser, now=utc_now(),
            )
        )  # fmt: skip

    @_get("/{ad_id:str}/appeals", guards=[needs("ads")])
    def appeals(self, ad_id: str, platform: Platform, caller: Caller) -> list[Appeal]:
        """All appeals of an ad with their outcomes, the newest first."""
        with reading(platform.engine) as connection:
            row = expect_ad(connection, ad_id, advertiser=caller.advertiser)
            return [with_zone(one) for one in appeals_of(connection, row.ad)]

    @_get("/{ad_id:str}/may-run", guards=[needs("deliver")])
    def may_run(self, ad_id: str, platform: Platform, ad_hash: AdHash = None) -> MayRun:
        """Whether an ad may run now, for the ad server; with ad_hash, whether exactly that version may."""
        return may_run(platform.engine, ad_id, ad_hash)

    @_post("/{ad_id:str}/run", guards=[needs("deliver")], status_code=HTTP_200_OK)
    def run(self, ad_id: str, data: Running, platform: Platform) -> AdView:
        """Says that an ad went live, was paused, or has expired."""
        return _view(platform, platform.ads.run(ad_id, data.run, now=utc_now()))

    @_post("/{ad_id:str}/recheck", guards=[needs("deliver")], status_code=HTTP_200_OK)
    def recheck(self, ad_id: str, platform: Platform) -> AdView:
        """Looks at the page behind an ad again; where it is another than was judged, the ad stops and is judged."""
        return _view(platform, platform.ads.recheck(ad_id, now=utc_now()))


class PublicationRoutes(Controller):
    """What the ad server has to do, one message for each decision."""

    path = "/v1/ad-publications"
    tags = ("ads",)

    @_get(guards=[needs("deliver")])
    def fetch(self, platform: Platform) -> list[Told]:
        """Messages that were not acknowledged, in their order; 1,000 at most."""
        return [with_zone(one) for one in waiting(platform.engine)]

    @_post("/acknowledge", guards=[needs("deliver")], status_code=HTTP_200_OK)
    def acknowledge(self, data: Messages, platform: Platform) -> Acknowledged:
        """Says that messages were heard and done."""
        return Acknowledged(acknowledge(platform.engine, data.messages, now=utc_now()))


class RegisterRoutes(Controller):
    """What is known beside ads: who is protected, who may, who is licensed, who advertises."""

    path = "/v1"
    tags = ("ad registers",)

    @_post("/protected-parties", guards=[needs("review")], status_code=HTTP_204_NO_CONTENT)
    def protect(self, data: NewParty, platform: Platform, caller: Caller) -> None:
        """Registers a party, or changes what is known of it; every later decision knows it."""
        party = Party(**{name: getattr(data, name) for name in Party.__struct_fields__})
        if data.images:
            with platform.ad_work.place():
                expect_pictures([Upload(f"images, picture {n}", one) for n, one in enumerate(data.images, 1)])
        put_party(platform.engine, party, images=data.images, by=caller.name, now=utc_now())

    @_get("/protected-parties/{party_id:str}", guards=[needs("review")])
    def party(self, party_id: str, platform: Platform) -> PartyView:
        """A party as it is protected, with who changed what."""
        with reading(platform.engine) as connection:
            found = parties_of(connection).get(party_id)
            if found is None:
                raise MissingError("no protected party has this identifier.")
            changes = tuple(with_zone(one) for one in changes_of(connection, "party", party_id))
        known = {name: getattr(found, name) for name in found.__struct_fields__}
        return with_zone(PartyView(**known, changes=changes))

    @_post("/protected-parties/{party_id:str}/end", guards=[needs("review")], status_code=HTTP_204_NO_CONTENT)
    def end(self, party_id: str, data: Ending, platform: Platform, caller: Caller) -> None:
        """Ends a party's protection, with a reason: ads may wear the name again, its pictures are destroyed."""
        end_party(platform.engine, party_id, reason=data.reason, by=caller.name, now=utc_now())

    @_post("/authorisations", guards=[needs("review")], status_code=HTTP_201_CREATED)
    def authorise(self, data: SignedAuthorisation, platform: Platform, caller: Caller) -> Given:
        """Writes down that a party permits an advertiser to wear its name; signed and dated."""
        return Given(authorise(platform.engine, data, by=caller.name, now=utc_now()))

    @_post(
        "/authorisations/{authorisation_id:str}/revoke",
        guards=[needs("review")],
        status_code=HTTP_204_NO_CONTENT,
    )
    def revoke(self, authorisation_id: str, platform: Platform, caller: Caller) -> None:
        """Ends an authorisation now."""
        revoke_authorisation(platform.engine, authorisation_id, by=caller.name, now=utc_now())

    @_post("/licences", guards=[needs("review")], status_code=HTTP_201_CREATED)
    def register(self, data: Register, platform: Platform, caller: Caller) -> Taken:
        """Takes a regulator's register in as it stood; of each regulator the newest counts."""
        if len(data.licences) > _MOST_ROWS:
            raise UsageError(f"a register of {len(data.licences):,} rows; expected at most {_MOST_ROWS:,}.")
        with platform.place():
            take_register(platform.engine, data, by=caller.name, now=utc_now())
        return Taken(len(data.licences))

    @_post("/licences/claims", guards=[needs("review")], status_code=HTTP_204_NO_CONTENT)
    def claim(self, data: Claimed, platform: Platform, caller: Caller) -> None:
        """Writes down that an advertiser says it has a licence; whether a register agrees is for review to see."""
        claim_licence(platform.engine, data.as_licence(), by=caller.name, now=utc_now())

    @_put("/advertisers/{advertiser_id:str}/facts", guards=[needs("review")], status_code=HTTP_204_NO_CONTENT)
    def facts(self, advertiser_id: str, data: AdvertiserFacts, platform: Platform, caller: Caller) -> None:
        """Writes down what was found out about an advertiser; what was known before stays in its history."""
        put_advertiser(platform.engine, advertiser_id, data, by=caller.name, now=utc_now())


class NoticeRoutes(Controller):
    """What is reported of ads. A person answers at the desk; the reporter is told result and reason."""

    path = "/v1/notices"
    tags = ("ad notices",)

    @_post(guards=[needs("review")], status_code=HTTP_201_CREATED)
    def receive(self, data: NewNotice, platform: Platform, caller: Caller) -> Notice:
        """Takes a report in: who is impersonated is protected when this answers, and every ad is judged again."""
        taken = receive_notice(platform.engine, data, by=caller.name, now=utc_now())
        platform.ad_work.wake()
        return with_zone(taken)

    @_get(guards=[needs("review")])
    def waiting(self, platform: Platform) -> list[Notice]:
        """What waits for an answer, by when it is due."""
        with reading(platform.engine) as connection:
            return [with_zone(one) for one in open_notices(connection, now=utc_now())]

    @_get("/{notice_id:str}", guards=[needs("review")])
    def show(self, notice_id: str, platform: Platform) -> Notice:
        """A notice as it stands: what was known when it came, and what was answered."""
        with reading(platform.engine) as connection:
            return with_zone(notice_of(connection, notice_id, now=utc_now()))

    @_get("/{notice_id:str}/sweeps", guards=[needs("review")])
    def sweeps(self, notice_id: str, platform: Platform) -> list[Progress]:
        """How far the ads are that are judged again because of it."""
        return [with_zone(one) for one in sweeps_of_notice(platform.engine, notice_id)]


class NoticeAnswerRoutes(Controller):
    """What reporters are to be told, for the operator's mailer."""

    path = "/v1/notice-answers"
    tags = ("ad notices",)

    @_get(guards=[needs("review")])
    def fetch(self, platform: Platform) -> list[NoticeAnswer]:
        """Answers that nobody was told yet, each with where the reporter wants it; 1,000 at most."""
        return waiting_answers(platform.engine)

    @_post("/acknowledge", guards=[needs("review")], status_code=HTTP_200_OK)
    def acknowledge(self, data: Messages, platform: Platform) -> Acknowledged:
        """Says that reporters were told; where is forgotten with it."""
        return Acknowledged(answers_told(platform.engine, data.messages, now=utc_now()))


ROUTES: Final = (AdRoutes, PublicationRoutes, RegisterRoutes, NoticeRoutes, NoticeAnswerRoutes)


def _advertiser_id(platform: Platform, caller: Caller, data: AdBody) -> str:
    """Whose ad it is: the key's own advertiser, or the one that an operator's key names."""
    if caller.advertiser is None:
        if data.advertiser_id is None:
            raise UsageError("the key belongs to no advertiser; expected an advertiser_id.")
        return data.advertiser_id
    a = schema.advertisers
    with reading(platform.engine) as connection:
        own = connection.execute(
            select(a.c.advertiser_id).where(a.c.advertiser == caller.advertiser)
        ).scalar_one()
    if data.advertiser_id not in (None, own):
        raise PermissionDeniedException("the key belongs to another advertiser")
    return str(own)


def _expect_not_suspended(platform: Platform, advertiser_id: str) -> None:
    """Refuses to check what would not be taken in: `approve` would be read as if it were."""
    with reading(platform.engine) as connection:
        if is_suspended(connection, advertiser_number(connection, advertiser_id)):
            raise UsageError("the advertiser is suspended; nothing of it is taken in.")


def _expect_patience(platform: Platform, caller: Caller, now: datetime) -> None:
    if caller.advertiser is None:
        return
    with writing(platform.engine) as connection:
        allowed = take(connection, "check-for-advertiser", str(caller.advertiser), now=now)
    if not allowed:
        told("checks")
        raise TooManyRequestsException(
            "too many ads were checked within an hour; submit one, or wait", headers={"Retry-After": "30"}
        )


def _view(platform: Platform, standing: Standing) -> AdView:
    decision = standing.decision
    due_at = until = None
    if decision is not None and decision.decision != "approve":
        until = appeal_until(decision.decided_at)
    with reading(platform.engine) as connection:
        job = open_review(connection, expect_ad(connection, standing.ad_id).ad)
        if job is not None and standing.state == "held":
            due_at = instant(job.due_at)
    return with_zone(
        AdView(
            ad_id=standing.ad_id,
            version=standing.version,
            ad_hash=standing.ad_hash,
            state=standing.state,
            submitted_at=standing.submitted_at,
            decision_id=standing.decision_id,
            outcome=None if decision is None else decision.decision,
            reasons=() if decision is None else decision.reasons,
            decided_at=None if decision is None else decision.decided_at,
            due_at=due_at,
            appeal_until=until,
            repeated=standing.repeated,
        )
    )
