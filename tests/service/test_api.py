"""The platform over HTTP: the whole way of a theme, by the real server; and the API against its own description."""

import contextlib
import http.client
import json
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from litestar.testing import TestClient
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import positive_data_acceptance

from haechi.service.api import examples, make_app
from haechi.service.guesses import KeyGuesses
from haechi.service.platform import Platform
from haechi.service.settings import PlatformSettings
from haechi.stores.clock import utc_now
from haechi.stores.keys import SCOPES, Scope, make_key
from tests.databases import new_database
from tests.release.gate.requests import request as bid_request
from tests.release.gate.requests import text
from tests.service.served import HAECHI, free_port, wait_for
from tests.service.test_gate import served

Answer = tuple[int, dict[str, str], Any]


class Client:
    """Calls a served platform."""

    def __init__(self, port: int, database: str, snapshot: Path) -> None:
        self.port = port
        self.database = database
        self.snapshot = snapshot
        self.keys: dict[str, str] = {}

    def key(self, name: str, *scopes: Scope, advertiser: str | None = None) -> str:
        options = [option for scope in scopes for option in ("--scope", scope)]
        owner = [] if advertiser is None else ["--advertiser", advertiser]
        made = subprocess.run(
            [HAECHI, "keys", "create", name, *options, *owner, "--database", self.database],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        self.keys[name] = made.stdout.strip()
        return name

    def __call__(self, name: str, path: str, body: Any = None, **headers: str) -> Answer:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)) as connection:
            connection.request(
                "GET" if body is None else "POST",
                path,
                None if body is None else json.dumps(body),
                {
                    "Authorization": f"Bearer {self.keys.get(name, name)}",
                    "Content-Type": "application/json",
                    **headers,
                },
            )
            answer = connection.getresponse()
            raw = answer.read()
            kind = answer.getheader("content-type") or ""
            return answer.status, dict(answer.getheaders()), json.loads(raw) if "json" in kind else raw


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def served_platform(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Client]:
    folder = tmp_path_factory.mktemp("platform")
    snapshot = folder / "gate.snapshot"
    database = str(folder)
    if request.param == "postgresql":
        database = new_database(request.getfixturevalue("postgres_server"))
    port = free_port()
    process = subprocess.Popen(
        [HAECHI, "serve", database, "--listen", f"127.0.0.1:{port}", "--snapshot", str(snapshot)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    wait_for(port)
    yield Client(port, database, snapshot)
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0


def test_the_whole_way_of_a_sensitive_theme(served_platform: Client) -> None:
    """From a proposal to a handle, and what withdrawal does; as an operator would do it with curl."""
    call = served_platform
    root = call.key("root", "ingest", "themes", "permissions", "advertisers", "read", "deliver")
    ann, bob = call.key("ann", "decide"), call.key("bob", "decide")
    status, _, theme = call(root, "/v1/themes", {"theme_id": "church", "name": "Church service"})
    assert (status, theme["standing"]["state"]) == (201, "proposed")
    assert "Church service" in theme["standing"]["screening"]["evidence"][0]
    said = {
        "state": "approved-with-permission",
        "categories": ["religion"],
        "reason": "asked for by parishes",
    }
    assert call(ann, "/v1/themes/church/decide", said)[2]["standing"]["state"] == "proposed"
    status, _, again = call(ann, "/v1/themes/church/decide", said)
    assert (status, "second" in again["detail"]) == (422, True)
    assert call(bob, "/v1/themes/church/decide", said)[2]["standing"]["state"] == "approved-with-permission"
    assert call(root, "/v1/items", {"item_themes": [{"item_id": "i1", "theme_id": "church"}]})[0] == 204
    people = [{"person_id": f"p{n}", "country": "KR", "birth_date": "1980-01-01"} for n in range(3_000)]
    assert call(root, "/v1/people", people)[0] == 204
    for purpose in ("profiling", "disclosure"):
        permission = {
            "person_id": "p1", "purpose": purpose, "category": "religion", "basis": "explicit_consent",
            "notice": "v1", "evidence": "form 7", "separate": True,
        }  # fmt: skip
        assert call(root, "/v1/permissions", permission)[0] == 204
    likes = [
        {
            "person_id": one["person_id"],
            "item_id": "i1",
            "kind": "like",
            "occurred_at": "2026-01-01T00:00:00Z",
        }
        for one in people
    ]
    sent = call(root, "/v1/behaviours", likes, **{"Idempotency-Key": "a"})
    assert (sent[0], sent[2]) == (202, {"rows": 3000, "repeated": False, "of_erased": 0})
    assert call(root, "/v1/behaviours", likes, **{"Idempotency-Key": "a"})[2]["repeated"]
    assert call(root, "/v1/behaviours", likes[:1], **{"Idempotency-Key": "a"})[0] == 409
    assert (
        call(root, "/v1/advertisers", {"advertiser_id": "acme", "name": "Acme", "verified": True})[0] == 204
    )
    acme = call.key("acme", "audiences", advertiser="acme")
    status, _, size = call(acme, "/v1/audiences/size", {"expression": {"theme": "church"}})
    assert (status, size["size"], size["code"]) == (200, None, "too-small")
    assert call(root, "/v1/permissions/withdraw", {"person_id": "p1"})[2] == {"ended": 2}
    assert call(root, "/v1/deliveries/handles", {"person_id": "p1"})[2] == {"handles": []}


def test_ordinary_themes_have_sizes_and_handles(served_platform: Client) -> None:
    """An honest advertiser gets what it came for, and nothing that names anybody."""
    call = served_platform
    root = call.key("root2", "ingest", "themes", "advertisers", "deliver")
    call(root, "/v1/themes", {"theme_id": "golf", "name": "Golf"})
    call(root, "/v1/items", {"item_themes": [{"item_id": "i9", "theme_id": "golf"}]})
    likes = [
        {"person_id": f"g{n}", "item_id": "i9", "kind": "like", "occurred_at": "2026-01-01T00:00:00Z"}
        for n in range(12_000)
    ]
    assert call(root, "/v1/behaviours", likes, **{"Idempotency-Key": "g"})[0] == 202
    call(root, "/v1/advertisers", {"advertiser_id": "club", "name": "Club", "verified": True})
    club = call.key("club", "audiences", advertiser="club")
    status, _, size = call(club, "/v1/audiences/size", {"expression": {"theme": "golf"}})
    assert status == 200
    assert abs(size["size"] - 12_000) < 900
    status, _, booked = call(club, "/v1/audiences", {"expression": {"theme": "golf"}})
    assert (status, booked["size"]) == (201, size["size"])
    assert [one["handle"] for one in call(club, "/v1/audiences")[2]] == [booked["handle"]]
    assert call(root, "/v1/deliveries/handles", {"person_id": "g7"})[2] == {"handles": [booked["handle"]]}
    assert call(club, "/v1/deliveries/handles", {"person_id": "g7"})[0] == 403


def test_the_gate_follows_the_platform(served_platform: Client) -> None:
    """The snapshot that the platform writes is the gate's state: open themes leave, others and unknown stay."""
    root = served_platform.key("root3", "themes")
    for theme, name in (("chess", "Chess"), ("mosque", "Mosque visits")):
        assert served_platform(root, "/v1/themes", {"theme_id": theme, "name": name})[0] == 201
    with served("--snapshot", str(served_platform.snapshot), "--home", "KR") as (port, _):
        made = bid_request()
        made["user"]["data"] = [
            {"name": "haechi", "segment": [{"id": "mosque"}, {"id": "chess"}, {"id": "no"}]}
        ]
        for _ in range(80):
            with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
                connection.request("POST", "/openrtb", text(made))
                left = json.loads(connection.getresponse().read())["user"]["data"][0]["segment"]
            if left == [{"id": "chess"}]:
                break
            time.sleep(0.5)
        assert left == [{"id": "chess"}]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/v1/themes", {"theme_id": "x"}, 400),
        ("/v1/themes", [], 400),
        ("/v1/behaviours", [{"person_id": "secret-person", "item_id": 7}], 400),
        ("/v1/people", [{"person_id": "p", "country": "XX"}], 422),
        ("/v1/themes/none/decide", {"state": "approved", "reason": "r"}, 403),
        ("/v1/nowhere", {}, 404),
        ("/v1/themes/none/retire", {}, 404),
    ],
)
def test_wrong_calls_are_problem_documents(
    served_platform: Client, path: str, body: Any, status: int
) -> None:
    """RFC 9457: what is wrong and what was expected, and no identifier of a person."""
    name = served_platform.key(f"wrong-{status}-{len(path)}", "themes", "ingest")
    got, headers, answer = served_platform(name, path, body, **{"Idempotency-Key": "w"})
    assert got == status
    assert headers["content-type"].startswith("application/problem+json")
    assert answer["status"] == status
    assert "secret-person" not in json.dumps(answer)


@pytest.mark.parametrize("said", [1_772_445_600, 1_772_445_600_000, "1772445600", True])
@pytest.mark.parametrize(
    ("path", "column", "record"),
    [
        ("/v1/behaviours", "occurred_at", {"person_id": "p", "item_id": "i", "kind": "view"}),
        ("/v1/deliveries", "delivered_at", {"handle": "h", "person_id": "p"}),
    ],
)
def test_a_number_is_no_instant(
    served_platform: Client, path: str, column: str, record: dict[str, str], said: object
) -> None:
    """A platform that counts in milliseconds would have its records taken, and dated to the year 58136 or 1970."""
    name = served_platform.key("numbers", "ingest", "deliver")
    right = {**record, column: "2026-03-02T10:00:00Z"}
    got, _, answer = served_platform(
        name, path, [right, {**record, column: said}], **{"Idempotency-Key": f"{path}-{said}"}
    )
    assert got == 400
    assert answer["detail"].startswith(f"row 2, column {column}: ")


def test_the_examples_of_the_description_work(tmp_path: Path) -> None:
    """Whoever copies an example gets what it says; every call that takes something has one."""
    platform = Platform(PlatformSettings(database=str(tmp_path), snapshot=str(tmp_path / "s")))
    made = make_app(platform, per_minute=1_000)
    root = make_key(
        platform.engine, name="root", now=utc_now(), scopes=[one for one in SCOPES if one != "audiences"]
    )
    described = made.openapi_schema.to_schema()["paths"]
    takes = {path for path, calls in described.items() if "requestBody" in calls.get("post", {})}
    # Those of ad review are called in tests/ads/store/test_api.py.
    of_ads = {one["path"] for one in examples("ads_examples.json") if one.get("method", "post") == "post"}
    assert {example["path"] for example in examples()} | of_ads == takes
    with TestClient(made) as client:
        for theme_id in ("tennis", "old"):
            client.post(
                "/v1/themes",
                json={"theme_id": theme_id, "name": "Tennis"},
                headers={"Authorization": f"Bearer {root}"},
            )
        request_id = ""
        for example in examples():
            key = root
            if example["path"].startswith(("/v1/audiences", "/v1/deletions")):
                key = make_key(
                    platform.engine, name=example["path"], now=utc_now(), scopes=["audiences"], advertiser_id="acme"
                )  # fmt: skip
            into = "old" if "merge" in example["path"] else "golf"
            answer = client.post(
                example["path"]
                .replace("{theme_id}", into)
                .replace("{request_id}", request_id)
                .replace("{deletion_id}", "none"),
                json=example["body"],
                headers={"Authorization": f"Bearer {key}", "Idempotency-Key": "example"},
            )
            if example["path"] == "/v1/requests":
                request_id = answer.json()["request_id"]
            # One like makes no audience that could be booked, and nobody learned anything by an ad.
            none = {
                "/v1/audiences": 422,
                "/v1/pseudonyms": 404,
                "/v1/deletions/{deletion_id}/acknowledge": 404,
            }
            expected = (none[example["path"]],) if example["path"] in none else (200, 201, 202, 204)
            assert answer.status_code in expected, (example["path"], answer.text)
            assert described[example["path"]]["post"]["requestBody"]["content"]["application/json"]["example"]


def test_the_whole_way_of_a_request(served_platform: Client) -> None:
    """From an objection to the answer, as an operator's desk would do it; without a controller no data is given."""
    call = served_platform
    root = call.key("desk", "ingest", "themes", "rights", "deliver")
    assert (
        call(root, "/v1/people", [{"person_id": "pia", "country": "KR", "birth_date": "1980-01-01"}])[0]
        == 204
    )
    status, _, made = call(root, "/v1/requests", {"person_id": "pia", "kind": "objection"})
    assert (status, made["outcome"], made["laws"]) == (201, "granted", ["kr-pipa"])
    status, _, made = call(root, "/v1/requests", {"person_id": "pia", "kind": "access"})
    path = f"/v1/requests/{made['request_id']}"
    assert made["request_id"] in {one["request_id"] for one in call(root, "/v1/requests")[2]}
    assert {one["code"] for one in call(root, f"{path}/grounds")[2]} >= {"HARM_TO_OTHERS", "STATUTE_FORBIDS"}
    status, _, told = call(
        root, f"{path}/answer", {"outcome": "refused", "ground": "NOT_IN_SCOPE", "reason": "x" * 20}
    )
    assert (status, "NOT_IN_SCOPE is no ground" in told["detail"]) == (422, True)
    status, _, told = call(root, f"{path}/data")
    assert (status, "--controller" in told["detail"]) == (422, True)
    assert call(root, "/v1/requests/nowhere")[0] == 404
    assert call(root, "/v1/requests", {"person_id": "who", "kind": "access"})[0] == 404
    delivered = {"handle": "none", "person_id": "pia", "delivered_at": "2026-01-01T00:00:00Z"}
    assert call(root, "/v1/deliveries", [delivered])[2] == {"recorded": 0, "refused": 1}
    plain = call.key("plain", "ingest")
    assert call(plain, "/v1/requests")[0] == 403


def test_nobody_comes_in_without_a_key(served_platform: Client) -> None:
    """Every route but health, metrics and the description."""
    for key in ("", "hk_x_y", "nonsense"):
        # Words that are open where a path begins are not open further on.
        for theme in ("golf", "health", "metrics", "openapi", "console"):
            assert served_platform(key, f"/v1/themes/{theme}")[0] == 401
    assert served_platform("", "/health/live")[0] == 200
    assert served_platform("", "/openapi/openapi.json")[2]["openapi"].startswith("3.1")
    assert b"haechi" in served_platform("", "/metrics")[2]


def test_answers_carry_the_headers_that_browsers_heed(served_platform: Client) -> None:
    """A page of ours is not framed, sniffed or cached."""
    _, headers, _ = served_platform("", "/health/live")
    assert headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in headers["content-security-policy"]


def test_the_doctor_tells_what_is_wrong(served_platform: Client, tmp_path: Path) -> None:
    """Status 1 and a line that says what to do."""
    served_platform.key("seen by the doctor", "read")
    well = subprocess.run(
        [HAECHI, "doctor", served_platform.database, "--snapshot", str(served_platform.snapshot)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (well.returncode, "WRONG" in well.stdout) == (0, False), well.stdout
    ill = subprocess.run([HAECHI, "doctor", str(tmp_path)], capture_output=True, text=True, check=False)
    assert (ill.returncode, "start haechi serve once" in ill.stdout) == (1, True)
    assert list(tmp_path.iterdir()) == [], "who only looks makes nothing"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("described")
    platform = Platform(PlatformSettings(database=str(folder), snapshot=str(folder / "gate.snapshot")))
    made = make_app(platform, per_minute=1_000_000)
    # Schemathesis tries every call with wrong keys, and expects to hear so each time.
    made.state.key_guesses = KeyGuesses(burst=1_000_000)
    key = make_key(platform.engine, name="all", scopes=list(SCOPES), now=utc_now())
    return made, key


def test_floods_are_held(tmp_path: Path) -> None:
    """One address cannot take the service from everybody else."""
    platform = Platform(PlatformSettings(database=str(tmp_path), snapshot=str(tmp_path / "s")))
    with TestClient(make_app(platform, per_minute=20)) as client:
        statuses = [client.get("/openapi/openapi.json").status_code for _ in range(40)]
    assert statuses.count(429) == 20


def test_too_many_waiting_batches_are_sent_away(tmp_path: Path) -> None:
    """Back-pressure: better told to come again than kept in memory."""
    platform = Platform(PlatformSettings(database=str(tmp_path), snapshot=str(tmp_path / "s")))
    key = make_key(platform.engine, name="k", scopes=["ingest"], now=utc_now())
    headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": "1"}
    with TestClient(make_app(platform, per_minute=1_000)) as client:
        held = [platform._places.acquire(blocking=False) for _ in range(100)]
        full = client.post("/v1/behaviours", json=[], headers=headers)
        for _ in filter(None, held):
            platform._places.release()
        assert (full.status_code, full.headers["retry-after"]) == (429, "1")
        assert client.post("/v1/behaviours", json=[], headers=headers).status_code == 202


@pytest.mark.slow
@pytest.mark.parametrize("mode", [schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE])
def test_the_api_keeps_its_own_description(app: Any, mode: schemathesis.GenerationMode) -> None:
    """Schemathesis: whatever is sent, no failure of the server, no answer that the description does not know."""
    made, key = app
    schema = schemathesis.openapi.from_asgi("/openapi/openapi.json", made)
    found: dict[str, str] = {}

    for operation in schema.get_all_operations():
        called = operation.ok()  # type: ignore[union-attr]

        @settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck), database=None)
        @given(case=called.as_strategy(generation_mode=mode))
        def run(case: Any) -> None:
            try:
                # What the description allows may still break a rule of the platform's: that is 422.
                case.call_and_validate(
                    headers={"Authorization": f"Bearer {key}"}, excluded_checks=[positive_data_acceptance]
                )
            except FailureGroup as group:
                found[f"{case.method} {case.path}"] = "; ".join(map(str, group.exceptions))

        # Where nothing can be wrong about a call, there is nothing to try.
        with contextlib.suppress(Unsatisfiable):
            run()
    assert found == {}
