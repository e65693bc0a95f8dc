"""Requests by agents in a real database: taken once, obeyed as the person's own, and nothing told of strangers."""

import datetime as dt
import json
import threading
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.engine import Engine

from haechi.errors import MissingError, UsageError
from haechi.ledger.seal import Master
from haechi.rights.controller import Retention
from haechi.rights.drp.message import Exercise
from haechi.rights.drp.refusal import RefusedError
from haechi.rights.drp.status import TO_VERIFY, Status
from haechi.rights.effect import COOLING_OFF
from haechi.stores import schema
from haechi.stores.agent_rows import CALLBACK
from haechi.stores.agents import Agents, Pages
from haechi.stores.retention import expire
from haechi.themes.evidence import DEFAULT_EVIDENCE
from tests.stores.platforms import PACKS, Platform

MASTER = Master(b"k" * 32)
KEY = bytes(32)
CALL = "https://agent.example.com/status"


class Desk:
    """Two agents that are set up, over a platform with Ann and Ben in California, and Cho in Korea."""

    def __init__(self, engine: Engine, pages: Pages | None = None) -> None:
        self.platform = Platform(engine, master=MASTER)
        self.agents = Agents(engine, self.platform.requests, PACKS, pages)
        self._messages = 0
        for agent in ("A", "B"):
            self.set_up(agent)

    def set_up(self, agent: str, digest: bytes | None = None) -> str:
        self._messages += 1
        now = self.platform.now()
        return self.agents.set_up(
            agent, KEY, digest or self._digest(), expires_at=now + dt.timedelta(minutes=10), now=now
        )

    def ask(
        self, exercise: str = "deletion", person: str | None = "ann", agent: str = "A", **more: Any
    ) -> Status:
        self._messages += 1
        verified, digest = more.pop("verified", True), more.pop("digest", self._digest())
        message = Exercise(
            agent_id=agent, business_id="CB", issued_at="", expires_at="", version="1.0", exercise=exercise,
            **{"regime": "ccpa", "status_callback": CALL, **more},
        )  # fmt: skip
        return self.agents.exercise(
            agent, message, digest, verified=verified, person_id=person, now=self.platform.now()
        )

    def status(self, request_id: str, agent: str = "A") -> Status:
        return self.agents.status(agent, request_id, now=self.platform.now())

    def told(self) -> list[str]:
        """What agents were told, in order."""
        o = schema.outbox
        with self.platform.engine.connect() as connection:
            rows = connection.execute(select(o).where(o.c.kind == CALLBACK).order_by(o.c.message)).all()
        assert all(row.recipient == CALL and row.person is None for row in rows)
        return [json.loads(row.body)["status"] for row in rows]

    def count(self, table: Any) -> int:
        with self.platform.engine.connect() as connection:
            return connection.execute(select(func.count()).select_from(table)).scalar_one()

    def _digest(self) -> bytes:
        return self._messages.to_bytes(32)


PAGES = Pages(verification="https://cb.example.com/verify/", results="https://cb.example.com/mine/")


@pytest.fixture
def desk(engine: Engine) -> Desk:
    made = Desk(engine, PAGES)
    with engine.begin() as connection:
        for person, country, region in (("ann", "US", "US-CA"), ("ben", "US", "US-CA"), ("cho", "KR", None)):
            connection.execute(
                schema.people.insert().values(person_id=person, country=country, region=region)
            )
    return made


def test_the_same_message_is_carried_out_once(desk: Desk) -> None:
    """Fails when a message that is sent again, by anybody who heard it, or a retry by the agent, acts twice."""
    first = desk.ask(digest=b"m" * 32)
    assert desk.ask(digest=b"m" * 32).request_id == first.request_id
    named = desk.ask("access", agent_request_id="foo")
    again = desk.ask("access", agent_request_id="foo")
    assert (again.request_id, again.agent_request_id) == (named.request_id, "foo")
    assert desk.count(schema.agent_requests) == desk.count(schema.requests) == 2


def test_the_same_message_at_once_is_carried_out_once(desk: Desk) -> None:
    """Fails when a message that comes over two connections at the same instant acts twice, or one of them fails."""
    found: list[Status] = []
    threads = [
        threading.Thread(target=lambda: found.append(desk.ask(digest=b"m" * 32, agent_request_id="foo")))
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [one.request_id for one in found] == [found[0].request_id] * 6
    assert desk.count(schema.agent_requests) == desk.count(schema.requests) == 1


def test_a_name_stands_for_one_request(desk: Desk) -> None:
    """Fails when an agent that uses a name twice is told that the second request is done, and it is not."""
    desk.ask("access", agent_request_id="foo")
    for more in ({"exercise": "deletion"}, {"person": "ben"}):
        with pytest.raises(RefusedError) as caught:
            desk.ask(**{"exercise": "access", "agent_request_id": "foo", **more})
        assert caught.value.status == 409
    # Names are each agent's own.
    assert desk.ask("deletion", agent_request_id="foo", agent="B").status == "in_progress"


def test_a_setup_counts_once_and_its_token_ends_the_one_before(desk: Desk) -> None:
    """Fails when who heard a key setup gets a token of the agent's, or a token that was replaced still opens."""
    first = desk.set_up("A", b"s" * 32)
    with pytest.raises(RefusedError):
        desk.set_up("A", b"s" * 32)
    assert desk.agents.agent_of(first) == ("A", KEY)
    second = desk.set_up("A")
    assert (desk.agents.agent_of(first), desk.agents.agent_of(second)) == (None, ("A", KEY))
    assert desk.agents.agent_of("") is None
    with desk.platform.engine.connect() as connection:
        kept = connection.execute(select(schema.agents.c.token_hash)).scalars().all()
    assert all(second.encode() not in bytes(one) for one in kept)


def test_an_opt_out_is_obeyed_at_once(desk: Desk) -> None:
    """Fails when an agent's opt-out waits for somebody, though the person's own would not."""
    assert desk.ask("sale:opt-out").status == "fulfilled"
    s = schema.stops
    with desk.platform.engine.connect() as connection:
        assert connection.execute(select(s.c.purpose)).scalars().all() == ["disclosure"]


def test_a_deletion_is_waited_for_carried_out_and_told(desk: Desk) -> None:
    """Fails when an agent's deletion skips the cooling-off, or its agent does not learn that it was done."""
    asked = desk.ask()
    assert (asked.status, asked.reason) == ("in_progress", None)
    assert asked.expected_by is not None
    desk.platform.clock += COOLING_OFF
    desk.platform.requests.carry_out(now=desk.platform.now())
    done = desk.status(asked.request_id)
    assert (done.status, done.results_url) == ("fulfilled", None)
    assert desk.told() == ["fulfilled"]
    with desk.platform.engine.connect() as connection:
        assert "ann" not in connection.execute(select(schema.people.c.person_id)).scalars().all()


def test_an_answer_and_a_putting_off_reach_the_agent(desk: Desk) -> None:
    """Fails when an agent has to ask to learn that a request was put off or refused, and why (section 3.08)."""
    asked = desk.ask("access")
    with desk.platform.engine.connect() as connection:
        request_id = connection.execute(select(schema.requests.c.request_id)).scalar_one()
    put_off = desk.platform.requests
    longer = put_off.put_off(request_id, "the archive has to be read", now=desk.platform.now())
    status = desk.status(asked.request_id)
    assert status.processing_details == "the archive has to be read"
    assert status.expected_by == (longer.due_at and longer.due_at.replace(tzinfo=dt.UTC))
    put_off.answer(
        request_id, "refused", ground="NOT_VERIFIABLE", reason="nobody could be verified",
        now=desk.platform.now(),
    )  # fmt: skip
    done = desk.status(asked.request_id)
    assert (done.status, done.reason, done.processing_details) == (
        "denied",
        "insuf_verification",
        "nobody could be verified",
    )
    assert desk.told() == ["in_progress", "denied"]


@pytest.mark.parametrize("person", ["ann", None])
def test_nothing_is_told_of_a_person_who_was_not_verified(desk: Desk, person: str | None) -> None:
    """Fails when an agent that verified nothing learns by the answer whether we know somebody, or stops anything."""
    asked = desk.ask("sale:opt-out", person, verified=False)
    assert (asked.status, asked.reason) == ("in_progress", "need_user_verification")
    assert asked.user_verification_url == f"https://cb.example.com/verify/{asked.request_id}"
    assert desk.count(schema.requests) == desk.count(schema.stops) == 0
    desk.platform.clock += TO_VERIFY
    late = desk.status(asked.request_id)
    assert (late.status, late.reason) == ("denied", "insuf_verification")
    with pytest.raises(UsageError, match="waits for nobody"):
        desk.agents.verify(asked.request_id, "ann", now=desk.platform.now())


def test_without_a_page_what_is_not_verified_is_denied(engine: Engine) -> None:
    """Fails when a person is sent to a page that does not exist."""
    asked = Desk(engine).ask(person=None, verified=False)
    assert (asked.status, asked.reason) == ("denied", "insuf_verification")


def test_who_shows_who_they_are_goes_on_and_the_clock_ran(desk: Desk) -> None:
    """Fails when the law's time begins only after verification (11 CCR 7021(b)), or verification acts twice."""
    asked = desk.ask("access", None, verified=False)
    desk.platform.clock += dt.timedelta(days=3)
    done = desk.agents.verify(asked.request_id, "ann", now=desk.platform.now())
    assert (done.status, done.reason) == ("in_progress", None)
    r = schema.requests
    with desk.platform.engine.connect() as connection:
        row = connection.execute(select(r.c.received_at, r.c.due_at)).one()
    day = 86_400_000_000
    assert 44 * day < row.due_at - row.received_at < 47 * day
    assert row.received_at == int(asked.received_at.timestamp() * 1_000_000)
    with pytest.raises(UsageError, match="waits for nobody"):
        desk.agents.verify(asked.request_id, "ben", now=desk.platform.now())
    with pytest.raises(MissingError):
        desk.agents.verify("nowhere", "ben", now=desk.platform.now())


def test_a_verified_stranger_is_no_match_and_rights_are_those_of_the_place(desk: Desk) -> None:
    """Fails when a right that another law gives is denied, or one that no law gives is said to be covered."""
    assert desk.ask(person="nobody").reason == desk.ask(person=None).reason == "no_match"
    assert desk.ask(person="cho").status == "in_progress"
    with desk.platform.engine.begin() as connection:
        connection.execute(schema.people.insert().values(person_id="dee", country="US", region="US-NY"))
    assert desk.ask(person="dee").reason == "outside_jurisdiction"
    assert desk.ask(person="dee", regime=None).status == "in_progress"


def test_an_agent_sees_and_ends_its_own_requests_alone(desk: Desk) -> None:
    """Fails when an agent learns of, or ends, a request of another; the answer for none is the same."""
    asked = desk.ask()
    said = set()
    for request_id in (asked.request_id, "nowhere"):
        for call in (desk.agents.status, desk.agents.revoke):
            with pytest.raises(RefusedError) as caught:
                call("B", request_id, now=desk.platform.now())
            said.add((caught.value.status, str(caught.value)))
    assert len(said) == 1
    assert desk.status(asked.request_id).status == "in_progress"


def test_a_revoked_deletion_is_not_carried_out(desk: Desk) -> None:
    """Fails when somebody who changed their mind is erased, or what was stopped meanwhile stays stopped."""
    asked = desk.ask()
    for _ in range(2):
        assert desk.agents.revoke("A", asked.request_id, now=desk.platform.now()).status == "revoked"
    desk.platform.clock += 2 * COOLING_OFF
    assert desk.platform.requests.carry_out(now=desk.platform.now()) == 0
    s = schema.stops
    with desk.platform.engine.connect() as connection:
        assert connection.execute(select(s.c.stop).where(s.c.lifted_at.is_(None))).all() == []
    done = desk.ask("sale:opt-out")
    with pytest.raises(RefusedError) as caught:
        desk.agents.revoke("A", done.request_id, now=desk.platform.now())
    assert caught.value.status == 409


def test_an_agent_takes_back_no_request_but_its_own(desk: Desk) -> None:
    """Fails when an agent ends what the person asked for on our page, or what another agent asked for too."""
    desk.platform.requests.receive("ann", "erasure", via="page", now=desk.platform.now())
    joined = desk.ask()
    assert desk.agents.revoke("A", joined.request_id, now=desk.platform.now()).status == "revoked"
    first, second = desk.ask(person="ben"), desk.ask(person="ben", agent="B")
    desk.agents.revoke("A", first.request_id, now=desk.platform.now())
    assert desk.status(second.request_id, "B").status == "in_progress"
    desk.platform.clock += COOLING_OFF
    assert desk.platform.requests.carry_out(now=desk.platform.now()) == 2


def test_who_takes_it_back_on_our_page_revokes_the_agent_s(desk: Desk) -> None:
    """Fails when an agent is told 'fulfilled' of a deletion that the person stopped."""
    asked = desk.ask()
    with desk.platform.engine.connect() as connection:
        request_id = connection.execute(select(schema.requests.c.request_id)).scalar_one()
    desk.platform.requests.take_back(request_id, "ann", now=desk.platform.now())
    assert desk.status(asked.request_id).status == "revoked"
    assert desk.told() == ["revoked"]


def test_what_a_message_says_of_the_person_is_not_kept(desk: Desk) -> None:
    """Fails when a table gets a column for names or addresses that agents send: nothing needs them afterwards."""
    columns = {
        "agent_request", "request_id", "agent_id", "agent_request_id", "digest", "exercise", "regime",
        "status_callback", "verification_url", "results_url", "received_at", "verify_until", "denied",
        "revoked_at", "request", "made",
    }  # fmt: skip
    assert {column.name for column in schema.agent_requests.columns} == columns


def test_agents_requests_go_when_their_time_is_over(desk: Desk) -> None:
    """Fails when what agents asked for stays for ever, or stands in the way of what goes with it."""
    desk.ask("sale:opt-out", person="cho")
    desk.ask("access", person="nobody")
    asked = desk.ask()
    desk.agents.revoke("A", asked.request_id, now=desk.platform.now())
    waiting = desk.ask("access", person="ben")
    desk.platform.clock += dt.timedelta(days=40)
    kept = Retention(behaviours=30, memberships=30, permissions=30, disclosures=30, requests=30)
    expire(
        desk.platform.engine, PACKS, DEFAULT_EVIDENCE, kept, now=desk.platform.now(), step=lambda *_: None
    )  # fmt: skip
    # What an opt-out stopped still stands, and who asked for access still waits.
    assert desk.count(schema.agent_requests) == 2
    assert desk.status(waiting.request_id).status == "in_progress"
    assert desk.told() == []
