"""Suspensions are told to the EU transparency database: confirmed ones, once each, and nobody's name."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import Engine, select, update

from haechi.cli import ads as cli
from haechi.review.outgoing.record import Platform
from haechi.review.outgoing.record_rules import Record, faults
from haechi.stores import review_schema as tables
from haechi.stores import schema
from haechi.stores.clock import micros
from haechi.stores.review import queue
from haechi.stores.review.advertisers import AdvertiserFacts, advertiser_number, put_advertiser
from haechi.stores.review.notices import NewNotice, receive_notice
from haechi.stores.review.outgoing import Outgoing, statements
from haechi.stores.review.suspension_appeals import appeal_suspension, decide_suspension_appeal
from haechi.stores.review.suspensions import decide_suspension, lift_suspension, propose_suspension
from haechi.stores.rows import reading
from tests.ads.outgoing.database import takes
from tests.ads.store.worlds import NOW, TOLD, Desk, waiting_jobs

PLATFORM = Platform(complaint_url="", dispute_url="")
REGISTERED = dt.datetime(2026, 3, 4, 12)  # noqa: DTZ001 - naive UTC inside


@pytest.fixture
def desk(engine: Engine) -> Desk:
    made = Desk(engine).found()
    with engine.begin() as connection:
        connection.execute(update(schema.advertisers).values(created_at=micros(REGISTERED)))
    return made


def made(desk: Desk, **more: Any) -> Outgoing:
    with reading(desk.engine) as connection:
        return statements(connection, PLATFORM, **more)


def records(desk: Desk) -> list[Record]:
    """Of suspensions alone."""
    found = [one for envelope in made(desk).envelopes for one in envelope["statements"]]
    return [one for one in found if "decision_account" in one]


def suspension_ids(desk: Desk) -> list[str]:
    s = tables.suspensions
    with reading(desk.engine) as connection:
        return list(connection.execute(select(s.c.suspension_id).order_by(s.c.suspension)).scalars())


def win_an_appeal(desk: Desk) -> None:
    with reading(desk.engine) as connection:
        number = advertiser_number(connection, "acme")
    (about,) = suspension_ids(desk)
    text = "Mary Example says: write to mary@example.org"
    appeal_suspension(desk.engine, number, about, text=text, by="acme key", now=desk.now())
    jobs = waiting_jobs(desk.engine, by="cat", now=desk.now())
    (job,) = [one.job_id for one in jobs if one.kind == "suspension-appeal"]
    queue.claim(desk.engine, job, by="cat", now=desk.now())
    decide_suspension_appeal(desk.engine, job, "lift", reason="Mary is right", by="cat", now=desk.now())


def test_only_a_confirmed_suspension_is_told(desk: Desk) -> None:
    """What one person proposed and nobody confirmed restricts nobody; told, it would accuse without a decision."""
    job = propose_suspension(desk.engine, "acme", by="ann", reason="eight scams", now=desk.now(), **TOLD)
    assert made(desk).statements == ()
    queue.claim(desk.engine, job, by="bob", now=desk.now())
    decide_suspension(desk.engine, job, confirm=False, by="bob", words="not seen", now=desk.now())
    assert made(desk).statements == ()
    desk.suspend("acme", by="bob", confirmed_by="cat")
    (told,) = made(desk).statements
    assert (told.suspension_id, told.ad_id) == (suspension_ids(desk)[1], None)
    assert told.decided_at == desk.clock, "it begins when it is confirmed, not when it is proposed"


def test_the_record_is_what_was_decided(desk: Desk) -> None:
    """Each field is told to the Commission as it stands; a record that is refused keeps ninety-nine others out."""
    facts = AdvertiserFacts(
        legal_name="Acme",
        kind="business",
        opened_at=dt.datetime(2025, 2, 3, 12),  # noqa: DTZ001 - naive UTC inside
    )
    desk.submit("a1", country="DE")
    desk.suspend()
    (before,) = records(desk)
    assert (before["content_date"], before.get("account_type")) == ("2026-03-04", None)
    put_advertiser(desk.engine, "acme", facts, by="ann", now=desk.now())
    (record,) = records(desk)
    assert faults(record) == []
    assert takes(dict(record))
    assert (record["decision_account"], record["account_type"], record["content_date"]) == (
        "DECISION_ACCOUNT_SUSPENDED",
        "ACCOUNT_TYPE_BUSINESS",
        "2025-02-03",
    )
    assert record["application_date"] == NOW.date().isoformat()
    assert record["category_specification"] == ["KEYWORD_IMPERSONATION_ACCOUNT_HIJACKING"]
    assert record["territorial_scope"] == ["DE"]
    assert record["automated_decision"] == "AUTOMATED_DECISION_NOT_AUTOMATED"
    assert "end_date_account_restriction" not in record


@pytest.mark.parametrize("appealed", [True, False])
def test_a_suspension_that_was_lifted_is_told_once_and_with_its_end(desk: Desk, appealed: bool) -> None:
    """Left out, a restriction that held is hidden; under another identifier, it is counted twice."""
    desk.submit("a1", country="DE")
    desk.suspend()
    (before,) = records(desk)
    assert records(desk) == [before], "a second export is the same"
    desk.clock += dt.timedelta(days=3)
    if appealed:
        win_an_appeal(desk)
    else:
        lift_suspension(desk.engine, "acme", by="cat", words="it was hijacked", now=desk.now())
    desk.submit("a2", country="FR")
    (after,) = records(desk)
    assert after == {**before, "end_date_account_restriction": desk.clock.date().isoformat()}
    assert takes(dict(after))


def test_nobody_is_named(desk: Desk) -> None:
    """DSA Art. 24(5): what reviewers, reporters and the advertiser wrote, and who they are, stays here."""
    desk.submit("a1", "[hold] The face of Mary", country="DE", payer="Pia Payer", display_name="Dora Display")
    notice = NewNotice(
        source="VICTIM", ad_ids=("a1",), contact="mary@example.org", text="that is me, Mary Example"
    )
    receive_notice(desk.engine, notice, by="key", now=desk.now())
    desk.suspend(told="Mary Example is in eight ads; call +81 90 1234 5678.")
    win_an_appeal(desk)
    found = made(desk)
    public = msgspec.json.encode(found.envelopes).decode() + str(found.faults)
    assert len(records(desk)) == 1
    for secret in ("Mary", "mary@", "that is me", "eight", "1234", "Acme", "acme", "Pia", "Dora", '"ann"', '"bob"',
                   '"cat"', "hijacked", *suspension_ids(desk)):  # fmt: skip
        assert secret not in public


def test_the_same_countries_as_for_ads(desk: Desk) -> None:
    """A suspension for Japan alone is not Europe's; one of an account that names no country is everywhere's."""
    desk.submit("a1")
    desk.submit("c1", advertiser="club", country="FR")
    for advertiser_id in ("acme", "club", "mall"):
        desk.suspend(advertiser_id)
    found = made(desk)
    assert [one.countries for one in found.statements] == [("JP",), ("FR", "JP"), ()]
    assert found.elsewhere == 1
    assert [len(one["territorial_scope"]) for one in records(desk)] == [1, 30]  # type: ignore[arg-type]


def test_who_found_it_is_told_truly(desk: Desk) -> None:
    """Art. 17(3)(b) and (c): machine or person, notice or own initiative; what came later led to nothing."""
    desk.submit("a1", "[reject]")
    desk.submit("c1", advertiser="club")
    notice = NewNotice(source="TRUSTED_FLAGGER", ad_ids=("c1",), contact=None, text="a copy")
    receive_notice(desk.engine, notice, by="key", now=desk.now())
    desk.submit("m1", advertiser="mall")
    desk.suspend("acme")
    desk.suspend("club")
    desk.suspend("mall", grounds=("false-identity",))
    late = NewNotice(source="ART16", ad_ids=("a1", "m1"), contact=None, text="late")
    receive_notice(desk.engine, late, by="key", now=desk.now())
    told = [one for one in made(desk).statements if one.ad_id is None]
    assert [(one.source, one.detected_by_machine) for one in told] == [
        ("own-initiative", True),
        ("trusted-flagger", False),
        ("own-initiative", False),
    ]
    assert {one.automation for one in told} == {"not"}


def test_an_account_s_own_facts_are_found_by_people(desk: Desk) -> None:
    """If it fails, a machine that once held an ad is said to have found out who is behind the account."""
    desk.submit("a1", "[reject]", country="DE")
    desk.suspend(grounds=("false-identity", "hijacked"))
    (record,) = records(desk)
    assert record["automated_detection"] == "No"


def test_the_time_counts_and_a_fault_keeps_nothing_else_back(desk: Desk) -> None:
    """A suspension told in two months or none, or one without grounds that stops all, breaks reporting."""
    desk.submit("a1", "[reject]", country="DE")
    desk.suspend("club")
    at = desk.clock
    assert [one.suspension_id for one in made(desk, since=at).statements] == suspension_ids(desk)
    assert [one.ad_id for one in made(desk, until=at).statements] == ["a1"]
    with desk.engine.begin() as connection:
        connection.execute(update(tables.suspensions).values(grounds="[]"))
    found = made(desk)
    assert [one.ad_id for one in found.statements] == ["a1"]
    assert [(one.file, one.column) for one in found.faults] == [("suspensions", suspension_ids(desk)[0])]


def test_the_command_writes_suspensions_beside_ads(desk: Desk, database: str, tmp_path: Path) -> None:
    """What is uploaded is this file; one that is made again must be the same, or the database takes things twice."""
    desk.submit("a1", "[reject]", country="DE")
    desk.suspend()
    out = tmp_path / "out.jsonl"
    assert cli.statements(out=out, database=database, terms_url="https://ads.example/policy") == 0
    first = out.read_bytes()
    (envelope,) = [json.loads(line) for line in first.decode().splitlines()]
    of_ad, of_account = envelope["statements"]
    assert "decision_visibility" in of_ad
    assert of_account["decision_account"] == "DECISION_ACCOUNT_SUSPENDED"
    assert of_account["decision_ground_reference_url"] == "https://ads.example/policy"
    cli.statements(out=out, database=database, terms_url="https://ads.example/policy")
    assert out.read_bytes() == first
