"""Suspensions over HTTP: what an advertiser reads of its own, how it appeals, and what is refused."""

from sqlalchemy import update

from haechi.stores import review_schema as tables
from haechi.stores.clock import utc_now
from haechi.stores.review import queue
from haechi.stores.review.grounds import grounds_in
from haechi.stores.review.suspension_appeals import decide_suspension_appeal
from tests.ads.store.test_api import Api, api
from tests.ads.store.worlds import TOLD, Desk, waiting_jobs

__all__ = ["api"]


def suspended(api: Api, advertiser_id: str = "acme") -> str:
    """Suspends an advertiser; the identifier that its key reads."""
    world = Desk(api.platform.engine)
    world.clock = utc_now()
    world.suspend(advertiser_id)
    status, told = api(advertiser_id, f"/v1/advertisers/{advertiser_id}/suspensions")
    assert status == 200
    return str(told[0]["suspension_id"])


def test_an_advertiser_reads_why_it_is_suspended_and_appeals(api: Api) -> None:
    """If it fails, a program that finds every call refused cannot tell its people why, nor what they can do."""
    assert api("acme", "/v1/advertisers/acme/suspensions") == (200, [])
    about = suspended(api)
    assert api("acme", "/v1/ads", {"ad_id": "a1", "text": "shoes"})[0] == 422
    (one,) = api("acme", "/v1/advertisers/acme/suspensions")[1]
    assert (one["lifted_at"], one["appeal"], one["told"], one["told_in"]) == (None, None, TOLD["told"], "ja")
    (ground,) = grounds_in("ja", TOLD["grounds"])
    assert one["grounds"] == [{"code": ground.code, "text": ground.text}]
    assert one["since"][-1] == one["appeal_until"][-1] == "Z"
    assert "eight scams" not in str(one)
    assert not {"ann", "bob"} & set(map(str, one.values())), "who suspended it is nobody's business"
    body = {"suspension_id": about, "text": "It was hijacked."}
    status, asked = api("acme", "/v1/advertisers/acme/appeals", body)
    assert (status, asked["outcome"], asked["due_at"][-1]) == (201, None, "Z")
    assert api("acme", "/v1/advertisers/acme/appeals")[1] == [asked]
    (one,) = api("acme", "/v1/advertisers/acme/suspensions")[1]
    assert (one["appeal"], one["appeal_until"]) == (asked, None)
    (job,) = waiting_jobs(api.platform.engine, by="cat", now=utc_now())
    queue.claim(api.platform.engine, job.job_id, by="cat", now=utc_now())
    decide_suspension_appeal(
        api.platform.engine, job.job_id, "lift", reason="You were.", by="cat", now=utc_now()
    )
    (one,) = api("acme", "/v1/advertisers/acme/suspensions")[1]
    assert (one["appeal"]["outcome"], one["appeal"]["reason"]) == ("lift", "You were.")
    assert one["lifted_at"] == one["appeal"]["decided_at"]
    assert api("acme", "/v1/ads", {"ad_id": "a1", "text": "shoes"})[0] == 201


def test_what_is_refused(api: Api) -> None:
    """As for an ad's appeal: 409 for a second one, 422 for one that comes too late, 400 for one without a word."""
    about = suspended(api)
    path = "/v1/advertisers/acme/appeals"
    body = {"suspension_id": about, "text": "It was hijacked."}
    assert api("acme", path, {**body, "text": ""})[0] == 400
    assert api("acme", path, {**body, "text": " "})[0] == 422
    assert api("acme", path, {**body, "text": "x" * 4_001})[0] == 400
    assert api("acme", path, {**body, "more": 1})[0] == 400
    assert api("acme", path, {**body, "suspension_id": "0" * 24})[0] == 404
    t = tables.suspensions
    with api.platform.engine.begin() as connection:
        decided_at = connection.execute(update(t).values(decided_at=1_000).returning(t.c.decided_at)).scalar()
    assert decided_at == 1_000
    status, told = api("acme", path, body)
    assert (status, "within six months" in told["detail"]) == (422, True)
    with api.platform.engine.begin() as connection:
        connection.execute(update(t).values(decided_at=t.c.proposed_at))
    assert api("acme", path, body)[0] == 201
    status, told = api("acme", path, body)
    assert (status, "appealed already" in told["detail"]) == (409, True)


def test_another_advertisers_suspension_is_not_there(api: Api) -> None:
    """If it fails, a competitor reads that and why somebody is suspended, or spends the one appeal."""
    about = suspended(api)
    body = {"suspension_id": about, "text": "mine"}
    for path, sent in (("suspensions", None), ("appeals", None), ("appeals", body)):
        answers = [api("club", f"/v1/advertisers/{name}/{path}", sent) for name in ("acme", "nobody")]
        assert answers[0] == answers[1]
        assert answers[0][0] == 404
    assert api("club", "/v1/advertisers/club/appeals", body)[0] == 404
    assert api("acme", "/v1/advertisers/acme/appeals")[1] == []
    assert len(api("root", "/v1/advertisers/acme/suspensions")[1]) == 1, "the operator's own key sees all"
    assert api("root", "/v1/advertisers/acme/appeals", body)[0] == 201
