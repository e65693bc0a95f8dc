"""What an answer repeats of a call is short and plain."""

import http.client
import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from haechi.stores import open_store, schema
from haechi.stores.clock import utc_now
from haechi.stores.keys import make_key
from tests.service.served import call, platform_served

EVIL = "<script>alert(1)</script>\x1b[2J\u202e&" + "x" * 100_000


@pytest.mark.parametrize(
    ("path", "body", "useful"),
    [
        (
            "/v1/behaviours",
            [{"person_id": "p", "item_id": "i", "kind": EVIL, "occurred_at": "2026-01-01"}],
            "row 1, column kind: Invalid",
        ),
        ("/v1/people", [{"person_id": "p", "country": EVIL}], "ISO 3166-1"),
        ("/v1/permissions", {"person_id": "p", "purpose": EVIL}, "purpose"),
        ("/v1/themes/x/decide", {"state": EVIL, "reason": "r"}, "state"),
        ("/v1/permissions/withdraw", {"person_id": "p", "category": EVIL}, "category"),
        ("/v1/audiences/size", {"expression": {"theme": EVIL}}, ""),
        ("/v1/audiences/size", {"expression": {EVIL: "x"}}, ""),
    ],
)
def test_a_caller_s_value_comes_back_short_and_without_markup(
    tmp_path: Path, path: str, body: Any, useful: str
) -> None:
    """An error page that holds a caller's markup runs it where somebody opens it; a long one fills logs."""
    engine = open_store(str(tmp_path))
    scopes: Any = ["ingest", "permissions", "decide"]
    if "audiences" in path:
        with engine.begin() as connection:
            connection.execute(
                schema.advertisers.insert().values(advertiser_id="a", name="A", verified=True, created_at=0)
            )
        key = make_key(engine, name="k", scopes=["audiences"], advertiser_id="a", now=utc_now())
    else:
        key = make_key(engine, name="k", scopes=scopes, now=utc_now())
    engine.dispose()
    with platform_served(tmp_path) as port:
        status, headers, _ = call(port, path, body, Authorization=f"Bearer {key}", Idempotency_Key="1")
        # As bytes: what a browser would see.
        raw = _raw(port, path, body, key)
    assert status in (400, 422)
    assert headers["content-type"].startswith("application/problem+json")
    assert len(raw) < 3_000
    for sign in (b"<", b">", b"&", b"\x1b", "\u202e".encode()):
        assert sign not in raw
    assert useful.encode() in raw


def _raw(port: int, path: str, body: Any, key: str) -> bytes:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        headers = {
            "Authorization": f"Bearer {key}",
            "Content-Type": "application/json",
            "Idempotency-Key": "2",
        }
        connection.request("POST", path, json.dumps(body), headers)
        return connection.getresponse().read()
