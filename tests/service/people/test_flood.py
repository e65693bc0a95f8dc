"""A flood of tries: limits hold, in several processes and over a restart, and others are still served."""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from haechi.stores import open_store
from haechi.stores.clock import utc_now
from haechi.stores.identity.limits import LIMITS, sweep, take
from tests.databases import database, engine
from tests.service.people.world import Site, serving

__all__ = ["database", "engine"]


def test_a_thousand_requests_send_five_codes(site: Site) -> None:
    """One address is not filled with codes, nor is the server kept from others."""
    site.person("flooded", "flooded@example.org")
    site.person("bystander", "bystander@example.org")
    began = time.perf_counter()

    def ask(number: int) -> int:
        address = "flooded@example.org" if number % 2 else "no-such-person@example.org"
        return site.browser().post("/me/recover", {"address": address}).status_code

    with ThreadPoolExecutor(8) as pool:
        answers = Counter(pool.map(ask, range(1_000)))
    took = time.perf_counter() - began
    assert answers == {200: 10, 429: 990}, answers
    assert len(site.letters("flooded@example.org")) == 5
    assert took < 60, took
    other = site.browser()
    other.post("/me/recover", {"address": "bystander@example.org"})
    assert other.post("/me/recover/code", {"code": site.code("bystander@example.org")}).status_code == 303


def test_a_restart_forgets_no_limit(tmp_path: Path) -> None:
    """A limit in memory is gone with the process, and a thief has patience."""
    with serving(str(tmp_path), tmp_path) as one:
        one.person("patient", "patient@example.org")
        sent = [
            one.browser().post("/me/recover", {"address": "patient@example.org"}).status_code
            for _ in range(6)
        ]
    assert sent == [200] * 5 + [429]
    with serving(str(tmp_path), tmp_path) as again:
        assert again.browser().post("/me/recover", {"address": "patient@example.org"}).status_code == 429


def test_warnings_do_not_fill_a_mailbox(site: Site) -> None:
    """Whoever makes claims in somebody's name has them told three times a day, not a thousand."""
    site.person("bombed", "bombed@example.org")
    for _ in range(20):
        site.call("/v1/claims", {"person_id": "bombed", "kind": "access", "shown": ["document"]})
    assert len(site.letters("bombed@example.org")) == 3


def test_processes_share_a_limit(database: str, engine: Engine) -> None:
    """Two workers beside each other allow no more than one."""
    other, now = open_store(database), utc_now()

    def tried(number: int) -> bool:
        with (engine, other)[number % 2].begin() as connection:
            return take(connection, "code-to-address", "someone", now=now)

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(tried, range(60))) == LIMITS["code-to-address"].most
    other.dispose()


@pytest.mark.parametrize("name", sorted(LIMITS))
def test_a_limit_drains_evenly_and_is_forgotten(engine: Engine, name: str) -> None:
    """After a full burst one more is allowed with each share of the time, never twice the limit around a boundary."""
    most, within = LIMITS[name]
    most = min(most, 100) if most <= 100 else most
    now = utc_now()
    with engine.begin() as connection:
        allowed = sum(take(connection, name, "s", now=now) for _ in range(min(most, 100) + 5))
        assert allowed == min(most, 105)
        if most <= 100:
            share = within / most
            assert not take(connection, name, "s", now=now + share * 0.9)
            assert take(connection, name, "s", now=now + share * 1.1)
            assert not take(connection, name, "s", now=now + share * 1.2)
        assert take(connection, name, "another", now=now)
        assert sweep(connection, now=now + within + timedelta(seconds=1) + within / most) == 2
