"""Ad review over HTTP: what each key may see, what is answered, and that a real server does it."""

import base64
import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from litestar.testing import TestClient
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import positive_data_acceptance
from sqlalchemy import Engine

from haechi.service.ads_work import AdWork
from haechi.service.api import examples, make_app
from haechi.service.guesses import KeyGuesses
from haechi.service.platform import Platform
from haechi.service.settings import PlatformSettings
from haechi.stores import open_store
from haechi.stores.clock import utc_now
from haechi.stores.keys import SCOPES, Scope, make_key
from haechi.stores.review import desk, queue
from haechi.stores.review.ads import Ads
from haechi.stores.review.changes import changes_of
from haechi.stores.review.views import show_job
from haechi.stores.rows import reading
from tests.ads.store.worlds import Desk, examine, waiting_jobs
from tests.service.served import call, platform_served


class Api:
    """The application in this process, by several keys."""

    def __init__(self, platform: Platform, client: Any) -> None:
        self.platform = platform
        self.client = client
        engine = platform.engine
        self.keys = {
            "acme": key(engine, "acme key", "ads", "audiences", advertiser="acme"),
            "club": key(engine, "club key", "ads", advertiser="club"),
            "root": key(engine, "root", "ads", "review", "deliver"),
            "server": key(engine, "server", "deliver"),
            "other": key(engine, "other", "read", "rights", "advertisers"),
        }

    def __call__(self, by: str, path: str, body: Any = None, method: str | None = None) -> tuple[int, Any]:
        answer = self.client.request(
            method or ("GET" if body is None else "POST"), path, json=body,
            headers={"Authorization": f"Bearer {self.keys[by]}"},
        )  # fmt: skip
        kind = answer.headers.get("content-type", "")
        return answer.status_code, answer.json() if "json" in kind else answer.content


def key(engine: Engine, name: str, *scopes: Scope, advertiser: str | None = None) -> str:
    return make_key(engine, name=name, scopes=scopes, advertiser_id=advertiser, now=utc_now())


@pytest.fixture
def api(engine: Engine, database: str, tmp_path: Path) -> Iterator[Api]:
    Desk(engine).found()
    platform = Platform(PlatformSettings(database=database, snapshot=str(tmp_path / "s")))
    platform.ads = Ads(platform.engine, examine)
    platform.ad_work = AdWork(platform.ads, 1_000)
    with TestClient(make_app(platform, per_minute=1_000_000)) as client:
        yield Api(platform, client)
    platform.end()


def test_an_ad_from_submission_to_running(api: Api) -> None:
    """The whole way of an honest ad, as an advertiser and an ad server see it."""
    body = {"ad_id": "a1", "text": "shoes", "picture": base64.b64encode(b"one").decode()}
    status, made = api("acme", "/v1/ads", body)
    assert (status, made["state"], made["outcome"], made["repeated"]) == (201, "approved", "approve", False)
    status, again = api("acme", "/v1/ads", body)
    assert (status, again["repeated"], again["decision_id"]) == (201, True, made["decision_id"])
    assert api("acme", "/v1/ads", {**body, "text": "hats"})[0] == 409
    assert api("server", "/v1/ads/a1/may-run")[1]["may_run"] is True
    assert api("server", f"/v1/ads/a1/may-run?ad_hash={made['ad_hash']}")[1]["may_run"] is True
    assert api("server", "/v1/ads/a1/may-run?ad_hash=else")[1]["may_run"] is False
    (told,) = api("server", "/v1/ad-publications")[1]
    assert (told["ad_id"], told["may_run"], told["at"][-1]) == ("a1", True, "Z")
    acknowledged = api("server", "/v1/ad-publications/acknowledge", {"messages": [told["message"]]})
    assert acknowledged == (200, {"acknowledged": 1})
    assert api("server", "/v1/ads/a1/run", {"run": "live"})[1]["state"] == "live"
    status, changed = api("acme", "/v1/ads/a1", {"text": "[hold] your savings"}, "PUT")
    assert (status, changed["state"], changed["version"]) == (200, "held", 2)
    assert changed["due_at"] > changed["decided_at"]
    refused = api("server", "/v1/ads/a1/may-run")[1]
    assert (refused["may_run"], refused["why"]) == (False, "the ad is held")
    assert api("server", "/v1/ads/a1/run", {"run": "live"})[0] == 422


def test_an_advertiser_is_told_reasons_and_no_signals(api: Api) -> None:
    """Reasons and mends help the honest; signals, scores and rules would help the others."""
    status, told = api("acme", "/v1/ads/a9/check", {"text": "[reject] [finance]"})
    assert (status, told["outcome"]) == (200, "reject")
    assert told["reasons"] == [
        {"code": "reject-mark", "laws": [], "text": "found reject-mark", "fix": "take it out"}
    ]
    assert set(told) == {"outcome", "reasons"}
    assert api("acme", "/v1/ads/a9")[0] == 404
    made = api("acme", "/v1/ads", {"ad_id": "a9", "text": "[reject] [finance]"})[1]
    assert not {"signals", "rules", "score"} & set(str(made).replace("'", " ").split())
    assert made["appeal_until"] is not None


def test_checking_has_an_end(api: Api) -> None:
    """Asked without end, the check would tell a scammer which words pass; the operator's own desk may ask on."""
    body = {"text": "[hold]"}
    asked = [api("club", "/v1/ads/b1/check", body)[0] for _ in range(125)]
    assert asked.count(200) in range(120, 123)
    assert set(asked[122:]) == {429}
    assert api("acme", "/v1/ads/a1/check", body)[0] == 200
    assert api("root", "/v1/ads/b1/check", {**body, "advertiser_id": "club"})[0] == 200
    assert api("club", "/v1/ads", {"ad_id": "b1", **body})[0] == 201


def test_too_many_ads_at_once_are_sent_away(api: Api) -> None:
    """Slow pages behind ads must not take every thread; whoever is sent away lost nothing."""
    held = [api.platform.ad_work._places.acquire(blocking=False) for _ in range(100)]
    full = api("acme", "/v1/ads", {"ad_id": "a1", "text": "shoes"})
    for _ in filter(None, held):
        api.platform.ad_work._places.release()
    assert full[0] == 429
    assert api("acme", "/v1/ads", {"ad_id": "a1", "text": "shoes"})[0] == 201


def test_an_advertiser_sees_its_own_ads_alone(api: Api) -> None:
    """Another's ads are not there: not to see, to change, to appeal, or to submit in another's name."""
    made = api("acme", "/v1/ads", {"ad_id": "a1", "text": "[reject]"})[1]
    asked = {"decision_id": made["decision_id"], "text": "It is right."}
    for path, body, method in (
        ("/v1/ads/a1", None, "GET"),
        ("/v1/ads/a1", {"text": "x"}, "PUT"),
        ("/v1/ads/a1/appeals", asked, "POST"),
        ("/v1/ads/a1/appeals", None, "GET"),
    ):
        status, told = api("club", path, body, method)
        assert (status, "a1" in str(told)) == (404, False)
        assert told == api("club", path.replace("a1", "zz"), body, method)[1]
    assert api("club", "/v1/ads", {"ad_id": "b1", "advertiser_id": "acme", "text": "x"})[0] == 403
    assert api("club", "/v1/ads/a1", {"advertiser_id": "acme", "text": "x"}, "PUT")[0] == 403
    assert api("root", "/v1/ads/a1")[1]["state"] == "rejected"
    assert api("root", "/v1/ads", {"ad_id": "c1", "text": "x"})[0] == 422
    assert api("root", "/v1/ads", {"ad_id": "c1", "advertiser_id": "club", "text": "x"})[0] == 201
    assert api("club", "/v1/ads/c1")[0] == 200


@pytest.mark.parametrize("by", ["acme", "other", "server"])
def test_each_key_is_held_to_its_scopes(api: Api, by: str) -> None:
    """Whoever may submit must not protect, permit or report; whoever serves must not submit."""
    forbidden: list[tuple[str, Any, str]] = [
        (one["path"], one["body"], one.get("method", "post").upper())
        for one in examples("ads_examples.json")
        if not (
            by == "acme"
            and one["path"].startswith(("/v1/ads", "/v1/advertisers/{advertiser_id}/appeals"))
            and not one["path"].endswith("/run")
        )
        and not (by == "server" and one["path"].endswith(("/run", "publications/acknowledge")))
    ]
    forbidden += [("/v1/notices", None, "GET"), ("/v1/protected-parties/hanako", None, "GET")]
    if by != "server":
        forbidden += [("/v1/ads/a1/may-run", None, "GET"), ("/v1/ad-publications", None, "GET")]
    if by != "acme":
        forbidden += [(f"/v1/advertisers/acme/{name}", None, "GET") for name in ("suspensions", "appeals")]
    for path, body, method in forbidden:
        assert (
            api(by, path.format(ad_id="a1", advertiser_id="acme", party_id="hanako"), body, method)[0] == 403
        ), path
    assert api("root", "/v1/protected-parties/hanako")[0] == 404


def test_an_appeal_over_http_and_at_the_desk(api: Api) -> None:
    """The advertiser appeals by its key, a person decides at the desk, and the advertiser sees the outcome."""
    made = api("acme", "/v1/ads", {"ad_id": "a1", "text": "[reject] brand"})[1]
    body = {"decision_id": made["decision_id"], "text": "It is our own brand."}
    status, told = api("acme", "/v1/ads/a1/appeals", body)
    assert (status, told["outcome"], told["at"][-1]) == (201, None, "Z")
    assert api("acme", "/v1/ads/a1/appeals", body)[0] == 409
    assert api("acme", "/v1/ads/a1/appeals", {**body, "text": ""})[0] == 400
    (job,) = waiting_jobs(api.platform.engine, by="ann", now=utc_now())
    assert job.kind == "appeal"
    assert api("acme", "/v1/ads/a1/appeals")[1] == [told]


def test_what_is_wrong_is_told_and_nothing_kept(api: Api) -> None:
    """Unknown fields would be judged by nobody; what is too large, or no picture, is no ad."""
    ad = {"ad_id": "a1", "text": "shoes"}
    for more, expected in (
        ({"colour": "red"}, 400),
        ({"country": "japan"}, 400),
        ({"text": "x" * 20_001}, 400),
        ({"picture": "no base 64!"}, 400),
        ({"picture": base64.b64encode(b"x" * 10_000_001).decode()}, 422),
        ({"picture": ""}, 422),
        ({"ad_id": " "}, 422),
        ({"targeting": {"include": ["x"] * 1_001}}, 422),
    ):
        status, told = api("acme", "/v1/ads", {**ad, **more})
        assert status == expected, (more.keys(), told)
        assert set(told) >= {"title", "status", "detail"}
    assert api("acme", "/v1/ads/a1")[0] == 404
    notice = {"source": "USER", "ad_ids": ["a1"], "text": "nul \x00"}
    assert api("root", "/v1/notices", notice)[0] in (404, 422)


@pytest.mark.parametrize("key", ["interests", "Include", "nonsense", "other_themes"])
def test_targeting_that_nobody_would_judge_is_refused(api: Api, key: str) -> None:
    """Fails when sensitive targeting passes under a key that review does not read, approved without a word."""
    ad = {"ad_id": "a1", "text": "shoes", "targeting": {key: ["Christianity"]}}
    for path in ("/v1/ads", "/v1/ads/a1/check"):
        body = ad if path == "/v1/ads" else {name: ad[name] for name in ("text", "targeting")}
        status, told = api("acme", path, body)
        assert status == 400
        assert told["detail"].startswith(f"targeting: Object contains unknown field `{key}`; expected only")
    assert api("acme", "/v1/ads/a1")[0] == 404


def test_a_register_with_fields_that_nobody_reads_is_refused(api: Api) -> None:
    """Fails when a misspelt end of a licence is dropped, and the licence counts for ever."""
    row = {"regulator": "jp-fsa", "number": "1", "registered_name": "Firm", "valid_untill": "2020-01-01"}
    body = {"regulator": "jp-fsa", "taken_at": "2026-01-01T00:00:00Z", "source": "web", "licences": [row]}
    status, told = api("root", "/v1/licences", body)
    assert (status, "valid_untill" in told["detail"]) == (400, True)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("country", "XX"), ("country", "jp"), ("country", "Japan"), ("country", "UK"), ("language", "klingon"),
        ("language", "JA"), ("language", "ja-JP"), ("language", "qq"),
        ("targeting", {"countries": ["JP", "japan"]}), ("targeting", {"languages": ["ja-JP"]}),
    ],
)  # fmt: skip
def test_countries_and_languages_are_those_that_there_are(api: Api, field: str, value: Any) -> None:
    """Fails when an ad is judged by the laws of a country that there is not, or told in no language."""
    status, told = api("acme", "/v1/ads", {"ad_id": "a1", "text": "shoes", field: value})
    assert status == 400
    expected = (
        "ISO 639-1, two small letters"
        if "language" in str((field, value))
        else "ISO 3166-1 alpha-2, two capital"
    )
    assert (field in told["detail"], expected in told["detail"]) == (True, True), told
    body = {"source": "USER", "party_id": "hanako", "country": "XX", "text": "Not me."}
    status, told = api("root", "/v1/notices", body)
    assert (status, "ISO 3166-1" in told["detail"]) == (422, True)


@pytest.mark.parametrize("domain", ["", "com", "*.google.com", "<script>.com", "http://x.y/p"])
def test_a_domain_that_is_nobodys_own_is_refused_at_every_door(api: Api, domain: str) -> None:
    """Fails when honest ads leading anywhere are held as imitations of a party, a firm or an account."""
    domains = ["zorblatt.example", domain]
    licence = {"regulator": "jp-fsa", "number": "1", "registered_name": "Firm", "domains": domains}
    register = {
        "regulator": "jp-fsa",
        "taken_at": "2026-01-01T00:00:00Z",
        "source": "web",
        "licences": [licence],
    }
    party = {"party_id": "z", "names": ["Zorblatt"], "domains": domains}
    for path, body, method in (
        ("/v1/protected-parties", party, "POST"),
        ("/v1/notices", {"source": "VICTIM", "party": party, "text": "Not me."}, "POST"),
        ("/v1/licences", register, "POST"),
        ("/v1/licences/claims", {**licence, "advertiser_id": "acme"}, "POST"),
        ("/v1/advertisers/acme/facts", {"legal_name": "Acme", "domains": domains}, "PUT"),
    ):
        status, told = api("root", path, body, method)
        assert (status, "entry 2" in told["detail"]) == (422, True), (path, told)
    assert api("root", "/v1/protected-parties/z")[0] == 404


def test_domains_are_kept_in_one_shape(api: Api) -> None:
    """Fails when a party's domain in capitals, or twice, is another than its own."""
    body = {"party_id": "z", "names": ["Zorblatt"], "domains": ["WWW.Zorblatt.example.", "zorblatt.example"]}
    assert api("root", "/v1/protected-parties", body)[0] == 204
    assert api("root", "/v1/protected-parties/z")[1]["domains"] == ["zorblatt.example"]


def test_a_protection_ends_with_a_reason_that_stays(api: Api) -> None:
    """If it fails, who is impersonated loses the protection and nobody says why."""
    body = {"party_id": "z", "names": ["Zorblatt"]}
    assert api("root", "/v1/protected-parties", body)[0] == 204
    for wrong, status in (({}, 400), ({"reason": ""}, 400), ({"reason": " \u200b"}, 422)):
        assert api("root", "/v1/protected-parties/z/end", wrong)[0] == status, wrong
    assert api("root", "/v1/protected-parties/z")[0] == 200
    assert api("root", "/v1/protected-parties/z/end", {"reason": "The office asked for it."})[0] == 204
    assert api("root", "/v1/protected-parties/z/end", {"reason": "Again."})[0] == 404
    with reading(api.platform.engine) as connection:
        changes = changes_of(connection, "party", "z")
    assert [one.by for one in changes] == ["root", "root"]
    assert "The office asked for it." in str(changes)


def test_a_victims_report_over_http_stops_ads(api: Api) -> None:
    """Reported by one call: new ads wear the name no more when it answers, old ones once the work is done."""
    api("acme", "/v1/ads", {"ad_id": "a1", "text": "Jiro Reikawa tells"})
    body = {
        "source": "VICTIM", "party": {"party_id": "jiro", "names": ["Jiro Reikawa"]}, "country": "JP",
        "contact": "office@jiro.example", "text": "Not me.",
    }  # fmt: skip
    status, told = api("root", "/v1/notices", body)
    assert (status, told["party_id"], told["clock"]) == (201, "jiro", "jp-impersonated")
    assert "contact" not in told
    assert api("acme", "/v1/ads", {"ad_id": "a2", "text": "By Jiro Reikawa"})[1]["state"] == "held"
    path = f"/v1/notices/{told['notice_id']}"
    assert api("root", f"{path}/sweeps")[1][0]["left"] == 1
    assert api.platform.ad_work.once() is False
    (progress,) = api("root", f"{path}/sweeps")[1]
    assert (progress["left"], progress["held"], progress["finished_at"] is None) == (0, 1, False)
    assert api("server", "/v1/ads/a1/may-run")[1]["may_run"] is False
    assert [one["notice_id"] for one in api("root", "/v1/notices")[1]] == [told["notice_id"]]
    party = api("root", "/v1/protected-parties/jiro")[1]
    assert (party["names"], party["reported_at"] is None) == (["Jiro Reikawa"], False)
    assert {one["by"] for one in party["changes"]} == {"root"}
    assert api("root", "/v1/notices/none/sweeps")[0] == api("root", "/v1/notices/none")[0] == 404


def test_the_examples_of_the_description_are_taken(api: Api) -> None:
    """An example that fails is worse than none; each stands in the description."""
    described = api.client.get("/openapi/openapi.json").json()["paths"]
    for one in examples("ads_examples.json"):
        path, method = one["path"], one.get("method", "post")
        status, told = api(
            "root",
            path.format(ad_id="spring-7", advertiser_id="acme", party_id="hanako"),
            one["body"],
            method.upper(),
        )
        # The example's decision is nobody's.
        assert status == 404 if path.endswith("/appeals") else status in (200, 201, 204), (path, told)
        assert described[path][method]["requestBody"]["content"]["application/json"]["example"]


def test_a_real_server_holds_an_ad_until_a_person_decides(own_database: str, tmp_path: Path) -> None:
    """`haechi serve` as it is installed, with its own rules; killed and started again nothing is lost."""
    engine = open_store(own_database)
    world = Desk(engine).found()
    snapshot = tmp_path / "gate.snapshot"
    root = {"Authorization": f"Bearer {key(engine, 'root', 'ads', 'review', 'deliver')}"}
    with platform_served(own_database, "--snapshot", str(snapshot)) as port:
        status, _, told = call(
            port,
            "/v1/ads",
            {
                "ad_id": "a/1",
                "advertiser_id": "acme",
                "text": "Invest in shares: guaranteed returns",
            },
            **root,
        )
        assert (status, told["state"]) == (201, "held")
    job = str(world.job_of("a/1"))
    now = utc_now()
    queue.claim(engine, job, by="ann", now=now)
    shown = show_job(engine, job, now=now)
    desk.decide_job(engine, job, desk.Said(verdict="approve", ad_hash=str(shown.ad_hash)), by="ann", now=now)
    with platform_served(own_database, "--snapshot", str(snapshot)) as port:
        assert call(port, "/v1/ads/a%2F1/may-run", **root)[2]["may_run"] is True
    engine.dispose()


@pytest.mark.slow
@pytest.mark.parametrize("mode", [schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE])
def test_the_calls_keep_their_description(tmp_path: Path, mode: schemathesis.GenerationMode) -> None:
    """Whatever is sent: no failure of the server, no answer that the description does not know."""
    platform = Platform(PlatformSettings(database=str(tmp_path), snapshot=str(tmp_path / "s")))
    Desk(open_store(str(tmp_path))).found()
    made = make_app(platform, per_minute=1_000_000)
    made.state.key_guesses = KeyGuesses(burst=1_000_000)
    root = make_key(platform.engine, name="all", scopes=list(SCOPES), now=utc_now())
    schema = schemathesis.openapi.from_asgi("/openapi/openapi.json", made)
    found: dict[str, str] = {}
    mine = ("/v1/ad", "/v1/protected", "/v1/authorisations", "/v1/licences", "/v1/notices")
    for operation in schema.get_all_operations():
        called = operation.ok()  # type: ignore[union-attr]
        if not called.path.startswith(mine):
            continue

        @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), database=None)
        @given(case=called.as_strategy(generation_mode=mode))
        def run(case: Any) -> None:
            try:
                case.call_and_validate(
                    headers={"Authorization": f"Bearer {root}"}, excluded_checks=[positive_data_acceptance]
                )
            except FailureGroup as group:
                found[f"{case.method} {case.path}"] = "; ".join(map(str, group.exceptions))

        with contextlib.suppress(Unsatisfiable):
            run()
    assert found == {}
