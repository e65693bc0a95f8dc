"""An agent talks with a served platform, as the Data Rights Protocol 1.0 has it, signing by libsodium."""

import base64
import contextlib
import datetime as dt
import http.client
import json
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from joserfc import jwt
from joserfc.jwk import KeySet
from litestar.testing import TestClient
from nacl.signing import SigningKey
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import positive_data_acceptance
from sqlalchemy import select

from haechi.ledger.seal import Master
from haechi.rights.drp.envelope import LARGEST
from haechi.service.api import make_app
from haechi.service.guesses import KeyGuesses
from haechi.service.platform import Platform
from haechi.service.settings import PlatformSettings
from haechi.stores import open_store, schema
from haechi.stores.clock import utc_now
from haechi.stores.deletion_key import ENVIRONMENT, make_deletion_key
from haechi.stores.disclosures import Disclosure, disclose
from haechi.stores.keys import SCOPES, make_key
from haechi.stores.rows import writing
from tests.databases import new_database
from tests.service.served import HAECHI, free_port, wait_for

MASTER = Master(b"m" * 32)
BUSINESS = "EXAMPLE_BUSINESS"
Answer = tuple[int, Any]


class Agent:
    """An agent of the directory."""

    def __init__(self, agent_id: str) -> None:
        self.id = agent_id
        self.key = SigningKey.generate()
        self.token = ""

    @property
    def entry(self) -> dict[str, str]:
        """As the directory has it (section 3.05.1)."""
        return {
            "id": self.id,
            "name": "Agent of tests",
            "verify_key": base64.b64encode(bytes(self.key.verify_key)).decode(),
            "web_url": "https://agent.example.com/",
            "technical_contact": "tech@agent.example.com",
        }

    def signed(self, fields: Any) -> bytes:
        written = fields if isinstance(fields, bytes) else json.dumps(fields).encode()
        return base64.b64encode(bytes(self.key.sign(written)))

    def message(self, **fields: Any) -> bytes:
        return self.signed(self.fields(**fields))

    def fields(self, **more: Any) -> dict[str, Any]:
        now = dt.datetime.now(dt.UTC)
        return {
            "agent-id": self.id,
            "business-id": BUSINESS,
            "issued-at": (now - dt.timedelta(seconds=2)).isoformat(),
            "expires-at": (now + dt.timedelta(minutes=10)).isoformat(),
            "drp.version": "1.0",
            **{name.replace("__", "-"): value for name, value in more.items()},
        }


def exchange(folder: Path, *agents: Agent) -> Path:
    """The operator's file, with the directory beside it."""
    (folder / "agents.json").write_text(json.dumps([agent.entry for agent in agents]))
    file = folder / "exchange.toml"
    file.write_text(
        f"""
        [drp]
        agents = "agents.json"
        business = "{BUSINESS}"
        verification = "https://cb.example.com/verify/"
        results = "https://cb.example.com/mine/"
        [drp.identifiers]
        AGENT_A = "sub"
        [deletions]
        domain = "example.com"
        endpoint = "https://example.com/deletion"
        """
    )
    return file


class Served:
    """A served platform, an agent, and an operator's key."""

    def __init__(self, port: int, database: str, agent: Agent) -> None:
        self.port = port
        self.engine = open_store(database)
        self.agent = agent
        self.operator = make_key(self.engine, name="root", scopes=["ingest", "rights"], now=utc_now())

    def __call__(self, method: str, path: str, body: Any = None, token: str = "") -> Answer:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)) as connection:
            kind = "text/plain" if isinstance(body, bytes) else "application/json"
            raw = body if isinstance(body, bytes | None) else json.dumps(body)
            headers = {"Content-Type": kind, **({"Authorization": f"Bearer {token}"} if token else {})}
            connection.request(method, path, raw, headers)
            answer = connection.getresponse()
            told = answer.read()
            return answer.status, json.loads(told) if told else None


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def served(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("agents")
    database = str(folder)
    if request.param == "postgresql":
        database = new_database(request.getfixturevalue("postgres_server"))
    key = folder / "signs.key"
    make_deletion_key(key)
    agent, port = Agent("AGENT_A"), free_port()
    process = subprocess.Popen(
        [
            HAECHI, "serve", database, "--listen", f"127.0.0.1:{port}",
            "--snapshot", str(folder / "s"), "--exchange", str(exchange(folder, agent)),
        ],
        env={**os.environ, "HAECHI_LEDGER_MASTER": MASTER.written(), f"{ENVIRONMENT}_FILE": str(key)},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    wait_for(port)
    made = Served(port, database, agent)
    yield made
    made.engine.dispose()
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0


def test_a_whole_conversation(served: Served) -> None:
    """Key setup, exercise, status, revocation, verification on our page: as an agent has it, over real HTTP."""
    agent = served.agent
    people = [{"person_id": name, "country": "US", "region": "US-CA"} for name in ("ann", "ben")]
    assert served("POST", "/v1/people", people, served.operator)[0] == 204
    setup = agent.message()
    status, made = served("POST", "/v1/agent/AGENT_A", setup)
    assert (status, made["agent-id"]) == (200, "AGENT_A")
    token = made["token"]
    assert served("GET", "/v1/agent/AGENT_A", token=token) == (200, {})
    assert served("POST", "/v1/agent/AGENT_A", setup) == (403, None), "the same setup gives no second token"

    ann = {"sub": "ann", "sub_verified": True, "name": "Ann", "regime": "ccpa", "agent__request__id": "one"}
    body = agent.message(exercise="deletion", **ann)
    status, asked = served("POST", "/v1/data-rights-request", body, token)
    assert (status, asked["status"], asked["agent_request_id"]) == (200, "in_progress", "one")
    assert asked["received_at"].endswith("Z")
    assert asked["expected_by"].endswith("Z")
    assert served("POST", "/v1/data-rights-request", body, token)[1]["request_id"] == asked["request_id"]
    path = f"/v1/data-rights-request/{asked['request_id']}"
    assert served("GET", path, token=token) == (200, asked)
    status, gone = served("DELETE", path, agent.signed({"reason": "I want to stay"}), token)
    assert (status, gone["status"]) == (200, "revoked")
    assert served("GET", path, token=token)[1]["status"] == "revoked"

    call = "https://agent.example.com/status"
    heard = agent.message(exercise="access", email="ben@example.com", status_callback=call)
    status, waiting = served("POST", "/v1/data-rights-request", heard, token)
    assert (status, waiting["reason"]) == (200, "need_user_verification")
    shown = f"/v1/agent-requests/{waiting['request_id']}/verified"
    assert served("POST", shown, {"person_id": "ben"})[0] == 401
    assert served("POST", shown, {"person_id": "ben"}, token)[0] == 401, (
        "an agent verifies nobody on our page"
    )
    status, going = served("POST", shown, {"person_id": "ben"}, served.operator)
    assert (status, going["status"], going.get("reason")) == (200, "in_progress", None)
    request_id = served("GET", "/v1/requests", token=served.operator)[1][0]["request_id"]
    answer = f"/v1/requests/{request_id}/answer"
    assert served("POST", answer, {"outcome": "granted"}, served.operator)[0] == 200
    done = served("GET", f"/v1/data-rights-request/{waiting['request_id']}", token=token)[1]
    assert done["status"] == "fulfilled"
    assert done["results_url"] == f"https://cb.example.com/mine/{waiting['request_id']}"

    (told,) = served("GET", "/v1/agent-requests/callbacks", token=served.operator)[1]
    assert (told["url"], told["status"]) == (call, done)
    path = f"/v1/agent-requests/callbacks/{told['message']}/told"
    assert served("POST", path, {}, served.operator)[0] == 204
    assert served("GET", "/v1/agent-requests/callbacks", token=served.operator)[1] == []
    assert served("POST", path.replace(str(told["message"]), str(10**30)), {}, served.operator)[0] in (
        404,
        422,
    )


def test_an_objection_reaches_an_advertiser_over_http(served: Served) -> None:
    """From the objection to the advertiser's acknowledgement, with the key that dsrdelete.json leads to."""
    person = [{"person_id": "dan", "country": "KR"}]
    assert served("POST", "/v1/people", person, served.operator)[0] == 204
    now = utc_now()
    with writing(served.engine) as connection:
        number = connection.execute(
            select(schema.people.c.person).where(schema.people.c.person_id == "dan")
        ).scalar_one()
        theme = connection.execute(
            schema.themes.insert().values(
                theme_id="golf", name="Golf", state="approved", created_at=0, version=1
            )
        ).inserted_primary_key[0]  # type: ignore[index]
        acme = connection.execute(
            schema.advertisers.insert().values(advertiser_id="acme", name="Acme", verified=True, created_at=0)
        ).inserted_primary_key[0]  # type: ignore[index]
        told = [Disclosure(person=number, at=now, advertiser=acme, theme=theme)]
        disclose(connection, told, master=MASTER, recorded_by="load")
    advertiser = make_key(served.engine, name="acme", scopes=["audiences"], advertiser_id="acme", now=now)
    objection = {"person_id": "dan", "kind": "objection"}
    assert served("POST", "/v1/requests", objection, served.operator)[0] == 201
    status, found = served("GET", "/v1/deletions", token=advertiser)
    assert status == 200
    (one,) = found["deletions"]
    about = served("GET", "/dsrdelete.json")[1]
    assert about["jwksUri"] == "https://example.com/.well-known/iabtl/jwks.json"
    keys = KeySet.import_key_set(served("GET", "/.well-known/iabtl/jwks.json")[1])
    claims = jwt.decode(one["rqJWT"], keys, algorithms=["ES256"]).claims
    assert (claims["identifierValue"], claims["jti"]) == ("dan", one["deletion_id"])
    path = f"/v1/deletions/{one['deletion_id']}/acknowledge"
    assert served("POST", path, {"raResultCode": 7}, advertiser)[0] == 422
    assert served("POST", path, {"raResultCode": 10000, "raResultString": "success"}, advertiser)[0] == 204
    assert served("GET", "/v1/deletions", token=advertiser)[1] == {"deletions": []}
    assert served("GET", "/v1/deletions", token=served.operator)[0] == 403


class Inside:
    """A platform in this process with two agents, of which the second is no other's."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.agent, self.other, self.stranger = Agent("AGENT_A"), Agent("AGENT_B"), Agent("AGENT_A")
        file = exchange(folder, self.agent, self.other)
        self.platform = Platform(
            PlatformSettings(database=str(folder), snapshot=str(folder / "s"), exchange=str(file))
        )
        self.app = make_app(self.platform, per_minute=1_000_000)
        # Schemathesis tries every call with wrong keys, and expects to hear so each time.
        self.app.state.key_guesses = KeyGuesses(burst=1_000_000)
        self.client = TestClient(self.app)
        for agent in (self.agent, self.other):
            made = self.client.post(f"/v1/agent/{agent.id}", content=agent.message())
            agent.token = made.json()["token"]

    def post(self, body: bytes, token: str | None = None) -> Any:
        used = self.agent.token if token is None else token
        return self.client.post(
            "/v1/data-rights-request", content=body, headers={"Authorization": f"Bearer {used}"}
        )


@pytest.fixture(scope="module")
def inside(tmp_path_factory: pytest.TempPathFactory) -> Inside:
    return Inside(tmp_path_factory.mktemp("inside"))


def past(days: int) -> str:
    return (dt.datetime.now(dt.UTC) - dt.timedelta(days=days)).isoformat()


BAD: dict[str, tuple[Callable[["Inside"], bytes], int]] = {
    "not base 64": (lambda _: b"{}", 400),
    "not UTF-8": (lambda one: one.agent.signed(b"\xff\xfe\x00"), 400),
    "no object": (lambda one: one.agent.signed([1]), 400),
    "deeply nested": (lambda one: one.agent.signed(b"[" * 30_000), 400),
    "huge": (lambda _: b"A" * (LARGEST + 4), 413),
    "another key": (lambda one: one.stranger.message(exercise="access"), 403),
    "truncated": (lambda one: one.agent.message(exercise="access")[:-8], 403),
    "trailing bytes": (
        lambda one: base64.b64encode(base64.b64decode(one.agent.message(exercise="access")) + b" "),
        403,
    ),
    "another agent in the message": (lambda one: one.agent.message(exercise="access", agent__id="AGENT_B"), 403),
    "another business": (lambda one: one.agent.message(exercise="access", business__id="OTHER"), 403),
    "from the future": (lambda one: one.agent.message(exercise="access", issued__at=past(-1)), 400),
    "over": (lambda one: one.agent.message(exercise="access", expires__at=past(1)), 400),
    "an unknown action": (lambda one: one.agent.message(exercise="everything"), 400),
    "no action": (lambda one: one.agent.message(), 400),
    "an unsafe callback": (
        lambda one: one.agent.message(exercise="access", status_callback="http://127.0.0.1/"),
        400,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", list(BAD))
def test_a_bad_message_is_refused_in_the_protocol_s_shape(inside: Inside, name: str) -> None:
    """Fails when a bad message is taken, ends in a failure of ours, or is refused in another form than 3.06's."""
    make, status = BAD[name]
    answer = inside.post(make(inside))
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("application/json")
    told = answer.json()
    assert told["code"] == str(status)
    assert isinstance(told["message"], str)
    assert set(told) <= {"code", "message", "fatal"}
    with inside.platform.engine.connect() as connection:
        assert connection.execute(select(schema.agent_requests)).all() == []


def test_what_is_over_is_fatal_and_a_fast_clock_is_not(inside: Inside) -> None:
    """Fails when an agent is told to try again what can never count, or not to what may (sections 2.01, 3.06)."""
    assert inside.post(BAD["over"][0](inside)).json()["fatal"] is True
    assert "fatal" not in inside.post(BAD["from the future"][0](inside)).json()


@pytest.mark.parametrize("token", ["", "x", "é", "hk_a_b", "A" * 9_000])
def test_a_token_that_is_none_opens_nothing(inside: Inside, token: str) -> None:
    """Fails when a message that is signed well counts without the token of its agent."""
    good = inside.agent.message(exercise="access")
    answer = inside.client.post(
        "/v1/data-rights-request",
        content=good,
        headers=[(b"Authorization", b"Bearer " + token.encode())],
    )
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert inside.client.get("/v1/agent/AGENT_A", headers={"Authorization": "Basic x"}).status_code == 401


def test_a_message_under_another_agent_s_token_is_refused(inside: Inside) -> None:
    """Fails when an agent passes on another's message as its own, or looks at another's token."""
    assert inside.post(inside.agent.message(exercise="access"), inside.other.token).status_code == 403
    mine = {"Authorization": f"Bearer {inside.agent.token}"}
    assert inside.client.get("/v1/agent/AGENT_B", headers=mine).status_code == 403


@pytest.mark.parametrize("path", ["AGENT_B", "AGENT_C", "agent_a", "%20", "A" * 5_000])
def test_a_setup_for_another_agent_is_403_and_nothing_else(inside: Inside, path: str) -> None:
    """Fails when a key setup tells who does not hold the key why it failed (section 2.05.1)."""
    answer = inside.client.post(f"/v1/agent/{path}", content=inside.agent.message())
    assert (answer.status_code, answer.content) == (403, b"")


def test_an_agent_that_left_the_directory_is_out_at_once(tmp_path: Path) -> None:
    """Fails when a key that the network took back still signs requests, or a damaged directory lets everybody in."""
    one = Inside(tmp_path)
    directory = tmp_path / "agents.json"
    directory.write_text(json.dumps([one.other.entry]))
    assert one.post(one.agent.message(exercise="access")).status_code == 401
    directory.write_text(json.dumps([one.stranger.entry]))
    assert one.post(one.stranger.message(exercise="access")).status_code == 401, "a token ends with its key"
    directory.write_text("[")
    answer = one.post(one.agent.message(exercise="access"))
    assert (answer.status_code, answer.json()["code"]) == (503, "503")
    assert "agents.json" not in answer.text
    directory.unlink()
    assert one.post(one.agent.message(exercise="access")).status_code == 503


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("[drp]\n", "agents"),
        ("[drp]\nagents='a'\nbusiness=''\n", "business"),
        ("[drp]\nagents='a'\nbusiness='b'\nverification='http://x.com'\n", "https"),
        ("[drp]\nagents='a'\nbusiness='b'\nother=1\n", "other"),
        ("[drp]\nagents='nowhere.json'\nbusiness='b'\n", "nowhere.json"),
        ("[deletions]\ndomain='x'\nendpoint='https://x.com'\n", "domain"),
        ("[drp\n", "exchange.toml"),
    ],
)
def test_a_wrong_file_is_told_before_anything_listens(tmp_path: Path, written: str, expected: str) -> None:
    """Fails when the operator learns of a mistake by agents that cannot come in."""
    file = tmp_path / "exchange.toml"
    file.write_text(written)
    done = subprocess.run(
        [HAECHI, "serve", str(tmp_path / "d"), "--listen", f"127.0.0.1:{free_port()}", "--exchange", str(file)],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert expected in done.stderr


def test_a_database_elsewhere_needs_a_key_that_signs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails when something that is no P-256 key is taken for one, or its secret is repeated."""
    from haechi.errors import UsageError  # noqa: PLC0415
    from haechi.stores.deletion_key import deletion_key  # noqa: PLC0415

    with pytest.raises(UsageError, match=ENVIRONMENT):
        deletion_key("postgresql://nobody@localhost/x")
    for wrong in ("secret", '{"kty": "EC"}', '{"kty": "oct", "k": "c2VjcmV0"}', "[]", "7"):
        monkeypatch.setenv(ENVIRONMENT, wrong)
        with pytest.raises(UsageError) as caught:
            deletion_key(str(tmp_path))
        assert "secret" not in str(caught.value)
        assert "c2VjcmV0" not in str(caught.value)
    monkeypatch.delenv(ENVIRONMENT)
    made = deletion_key(str(tmp_path))
    assert deletion_key(str(tmp_path)).thumbprint() == made.thumbprint()
    assert (tmp_path / "deletion.key").stat().st_mode & 0o77 == 0


@pytest.mark.slow
@pytest.mark.parametrize("mode", [schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE])
def test_the_protocol_keeps_its_description(inside: Inside, mode: schemathesis.GenerationMode) -> None:
    """Schemathesis: whatever an agent sends, no failure of the server, no answer that the description lacks."""
    described = schemathesis.openapi.from_asgi("/openapi/openapi.json", inside.app)
    operator = make_key(inside.platform.engine, name=str(mode), scopes=list(SCOPES), now=utc_now())
    found: dict[str, str] = {}
    tried = set()
    for result in described.get_all_operations():
        called = result.ok()  # type: ignore[union-attr]
        if {"data rights protocol", "deletions"} & set(called.definition.raw["tags"]):
            ours = called.path.startswith(("/v1/agent-requests", "/v1/deletions", "/v1/pseudonyms"))
            tried.add(called.path)
            found |= faults(called, mode, operator if ours else inside.agent.token)
    assert found == {}
    assert len(tried) == 12


def faults(called: Any, mode: schemathesis.GenerationMode, key: str) -> dict[str, str]:
    """What schemathesis finds wrong with one call."""
    found: dict[str, str] = {}

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(case=called.as_strategy(generation_mode=mode))
    def run(case: Any) -> None:
        try:
            # What the description allows may still be signed by nobody.
            case.call_and_validate(
                headers={"Authorization": f"Bearer {key}"}, excluded_checks=[positive_data_acceptance]
            )
        except FailureGroup as group:
            found[f"{case.method} {case.path}"] = "; ".join(map(str, group.exceptions))

    with contextlib.suppress(Unsatisfiable):
        run()
    return found
