"""The log of a real server: what was decided, refused and failed stands in it, and nobody who is in the data."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from haechi.stores import open_store, schema
from haechi.stores.clock import utc_now
from haechi.stores.keys import make_key
from haechi.stores.users import make_user
from tests.service.door import PASSWORD
from tests.service.served import call, platform_served

PERSON = "secret-person-4711"
FORM = "f" * 43


def lines(log: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.read_text().splitlines()]


def sign_in(port: int, name: str, password: str) -> int:
    body = urlencode({"name": name, "password": password, "form": FORM}).encode()
    return call(
        port, "/console/sign-in", body, Cookie=f"haechi_form={FORM}",
        Content_Type="application/x-www-form-urlencoded",
    )[0]  # fmt: skip


def test_what_is_decided_refused_and_failed_is_told_and_nobody_is_named(tmp_path: Path) -> None:
    """An operator can see what happened, and whoever reads logs learns of no person."""
    engine = open_store(str(tmp_path))
    scopes: Any = ["ingest", "themes", "permissions", "read"]
    root = make_key(engine, name="root", scopes=scopes, now=utc_now())
    ann = make_key(engine, name="ann", scopes=["decide"], now=utc_now())
    make_user(engine, name="ann", role="reviewer", password=PASSWORD, now=utc_now())
    log = tmp_path / "log"
    with platform_served(tmp_path, log=log) as port:

        def told(key: str, path: str, body: Any) -> int:
            return call(port, path, body, Authorization=f"Bearer {key}", Idempotency_Key=path)[0]

        assert told(root, "/v1/themes", {"theme_id": "church", "name": "Church service"}) == 201
        assert told(ann, "/v1/themes/church/decide", {"state": "blocked", "reason": "r"}) == 200
        behaviour = {
            "person_id": PERSON,
            "item_id": "i",
            "kind": "like",
            "occurred_at": "2026-01-01T00:00:00Z",
        }
        assert told(root, "/v1/behaviours", [behaviour]) == 202
        grant = {
            "person_id": PERSON, "purpose": "profiling", "category": "religion", "basis": "explicit_consent",
            "notice": "1", "evidence": f"form of {PERSON}",
        }  # fmt: skip
        assert told(root, "/v1/permissions", grant) == 204
        assert told(root, "/v1/permissions", {**grant, "evidence": " "}) == 422
        assert told(root, "/v1/permissions/withdraw", {"person_id": PERSON}) == 200
        asked = {
            "asked": {"purpose": "disclosure", "categories": ["religion"]},
            "standing": {"country": "KR"},
        }
        assert told(root, "/v1/decisions", asked) == 200
        assert told(ann, "/v1/permissions", grant) == 403
        assert told(f"{root}x", "/v1/permissions", grant) == 401
        assert told(root, "/v1/behaviours", [{**behaviour, "kind": PERSON}]) == 400
        assert sign_in(port, "ann", PASSWORD) == 303
        assert sign_in(port, PERSON, PERSON) == 401
        # A defect: a table that is gone is nothing that anybody foresaw.
        with engine.begin() as connection:
            schema.permissions.drop(connection)
        status, _, failed = call(port, "/v1/permissions", grant, Authorization=f"Bearer {root}")
        assert (status, PERSON in json.dumps(failed)) == (503, False)
        with engine.begin() as connection:
            connection.execute(schema.themes.update().values(standing="{broken"))
        status, _, failed = call(port, "/v1/themes/church", Authorization=f"Bearer {root}")
        assert (status, failed["status"]) == (500, 500)
        told_metrics = call(port, "/metrics")[2].decode()
    found = lines(log)
    assert PERSON not in log.read_text()
    assert all({"event", "level", "timestamp"} <= set(line) for line in found)
    themes = [(one["done"], one["state"]) for one in found if one["event"] == "theme"]
    assert themes == [("proposed", "proposed"), ("screened", "proposed"), ("blocked", "blocked")]
    permissions = [(one["done"], one["category"]) for one in found if one["event"] == "permission"]
    assert permissions == [("given", "religion"), ("withdrawn", None)]
    decision = next(one for one in found if one["event"] == "decision")
    assert (decision["verdict"], decision["categories"]) == ("refused", ["religion"])
    refused = [(one["status"], one["route"]) for one in found if one["event"] == "refused"]
    assert refused == [
        (422, "/v1/permissions"), (403, "/v1/permissions"), (401, "/v1/permissions"), (400, "/v1/behaviours"),
        (503, "/v1/permissions"),
    ]  # fmt: skip
    assert [one["event"] for one in found if "sign" in one["event"]] == ["signed in", "sign-in refused"]
    failure = next(one for one in found if one["event"] == "failed")
    assert (failure["level"], failure["route"]) == ("error", "/v1/themes/{theme_id}")
    assert failure["reference"] == failed["instance"]
    assert any("themes.py" in place for place in failure["at"])
    for code in ("401", "403", "422", "503"):
        labels = f'method="POST",path="/v1/permissions",status_code="{code}"'
        assert f"haechi_requests_total{{{labels}}} 1.0" in told_metrics
    assert PERSON not in told_metrics


def test_metrics_are_named_by_convention(tmp_path: Path) -> None:
    """Dashboards and rules expect base units and _total; a label that names a path holds its pattern alone."""
    with platform_served(tmp_path) as port:
        call(port, f"/v1/themes/{PERSON}", Authorization="Bearer hk_0_0")
        _, headers, body = call(port, "/metrics")
    told = body.decode()
    assert headers["content-type"].startswith("application/openmetrics-text")
    ours = [line.split()[2:] for line in told.splitlines() if line.startswith("# TYPE haechi")]
    kinds = dict(ours)
    assert kinds["haechi_request_duration_seconds"] == "histogram"
    for name in ("haechi_requests", "haechi_limited", "haechi_sign_ins"):
        assert kinds[name] == "counter"
        assert f"{name}_total" in told
    assert kinds["haechi_snapshot_written_timestamp_seconds"] == "gauge"
    written = next(line for line in told.splitlines() if line.startswith("haechi_snapshot_written"))
    assert float(written.split()[1]) > 1_700_000_000
    assert 'path="/v1/themes/{theme_id}",status_code="401"} 1.0' in told
    assert PERSON not in told
    assert "127.0.0.1" not in told
