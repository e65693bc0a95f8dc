"""Receipts of permissions: what the standard wants, what the person permitted, and nothing else."""

import datetime as dt
import hashlib
import json
import re
import stat
import uuid
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from sqlalchemy import Engine

from haechi.errors import UsageError
from haechi.law import load_packs
from haechi.ledger.hashes import leaf_hashes
from haechi.ledger.proof import check_inclusion
from haechi.ledger.seal import Master
from haechi.ledger.tree import edge_root
from haechi.rights.controller import read_controller
from haechi.rights.receipts import Given, Subject, receipts, schema
from haechi.rights.received import Received
from haechi.stores.clock import micros
from haechi.stores.ledger.read import body_of, edge_of, entries, proof_of, size_of
from haechi.stores.permissions import Grant, Permissions
from haechi.stores.receipts import permissions_of, subject_of
from haechi.stores.rows import reading
from haechi.terms.words import BASES, CATEGORIES, PURPOSES
from tests.rights.bookings import booked, member, theme
from tests.rights.desk import CONTROLLER, CONTROLLER_TOML, run

PACKS = load_packs()
MASTER = Master(bytes(range(32)))
VALID = Draft202012Validator(schema())
BY_HAND = Path(__file__).with_name("receipt_by_hand.json")
NOW = dt.datetime.fromisoformat("2026-11-01T00:00:00")
KOREAN = Subject(person_id="minji", laws=("kr-pipa",), place="KR")


def canonical(value: Any) -> bytes:
    """RFC 8785 by another hand: for ASCII names and no fractions it is this."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def permission(**given: Any) -> Given:
    usual: dict[str, Any] = {
        "number": 41, "purpose": "disclosure", "category": "religion", "basis": "explicit_consent", "law": "kr-pipa",
        "given_at": dt.datetime.fromisoformat("2026-03-01T09:00:00"), "withdrawn_at": None, "expires_at": None,
        "notice": "2026-03", "evidence": "form-881", "separate": True, "by_guardian": False,
    }  # fmt: skip
    return Given(**usual | given)


def test_a_receipt_is_what_was_written_by_hand() -> None:
    """A field that is missing or means something else makes the receipt worthless where it counts: before a court."""
    candles = Received(
        advertiser_id="adv-7", advertiser="Candles Ltd.", theme_id="t", theme="Temples", since=NOW, until=None
    )
    document = receipts(
        [
            permission(
                expires_at=dt.datetime.fromisoformat("2027-03-01T09:00:00"),
                withdrawn_at=dt.datetime.fromisoformat("2026-05-02T10:30:00.000001"),
                named=(("adv-8", "Incense Ltd."), ("adv-7", "Candles Ltd.")),
                recipients=(candles, candles),
                given_entry=12,
                withdrawn_entry=90,
            )
        ],
        KOREAN,
        CONTROLLER,
        PACKS,
        now=NOW,
    )
    record_id = str(uuid.uuid5(uuid.NAMESPACE_URL, "https://ads.example#permission-41"))
    record = json.loads(BY_HAND.read_text(encoding="utf-8").replace("%RECORD%", record_id))
    hashed = hashlib.sha256(canonical(record)).hexdigest()
    receipt_id = str(uuid.uuid5(uuid.UUID(record_id), hashed))
    assert document["@graph"] == [
        {
            "@id": f"urn:uuid:{receipt_id}",
            "@type": "dpv:ConsentReceipt",
            "dct:conformsTo": "https://w3id.org/dpv/schema/dpv-27560#receipt",
            "dct:identifier": receipt_id,
            "dct:issued": "2026-11-01T00:00:00Z",
            "spdx:checksum": {
                "@type": "spdx:Checksum",
                "spdx:algorithm": "spdx:checksumAlgorithm_sha256",
                "spdx:checksumValue": hashed,
            },
            "ledger:permissionGiven": 12,
            "ledger:permissionWithdrawn": 90,
            "dct:hasPart": record,
        }
    ]
    VALID.validate(document)


_INSTANTS = st.datetimes(dt.datetime(2015, 1, 1), dt.datetime(2030, 1, 1))  # noqa: DTZ001
_PERMISSIONS = st.builds(
    permission,
    number=st.integers(1, 10**9),
    purpose=st.sampled_from(PURPOSES),
    category=st.none() | st.sampled_from(CATEGORIES),
    basis=st.sampled_from(BASES),
    law=st.none() | st.sampled_from(list(PACKS)),
    given_at=_INSTANTS,
    withdrawn_at=st.none() | _INSTANTS,
    expires_at=st.none() | _INSTANTS,
    notice=st.text(min_size=1),
    evidence=st.text(),
    separate=st.booleans(),
    by_guardian=st.booleans(),
    given_entry=st.none() | st.integers(0, 2**53 - 1),
)
_SUBJECTS = st.builds(
    lambda person_id, place: Subject(
        person_id=person_id,
        laws=tuple(law for law, pack in PACKS.items() if place in pack.jurisdictions),
        place=place,
    ),
    st.text(min_size=1),
    st.none() | st.sampled_from(sorted({place for pack in PACKS.values() for place in pack.jurisdictions})),
)


@settings(max_examples=300, deadline=None)
@given(given=_PERMISSIONS, subject=_SUBJECTS)
def test_every_permission_has_a_receipt_that_follows_the_schema(given: Given, subject: Subject) -> None:
    """Whatever was permitted, under whichever law and on whichever basis, a person can ask for the record of it."""
    document = receipts([given], subject, CONTROLLER, PACKS, now=NOW)
    again = json.loads(json.dumps(document, ensure_ascii=False))
    assert again == document
    VALID.validate(again)
    (receipt,) = again["@graph"]
    record = receipt["dct:hasPart"]
    checksum = receipt["spdx:checksum"]["spdx:checksumValue"]
    assert hashlib.sha256(canonical(record)).hexdigest() == checksum
    # Every prefix is in the document's own context: a reader needs no network.
    names = set(re.findall(r'"([a-z-]+):[A-Za-z0-9_-]+":', canonical(again["@graph"]).decode()))
    assert names <= again["@context"].keys()
    consent = given.basis in ("consent", "explicit_consent")
    events = record["dpv:hasConsentStatus" if consent else "dpv:hasActivityStatus"]
    assert (record["@type"] == "dpv:ConsentRecord") == consent
    assert events[0]["dpv:isIndicatedAtTime"] == f"{given.given_at.isoformat()}Z"
    ends = [event["@type"].removeprefix("dpv:") for event in events[1:]]
    ran_out, withdrawn = (
        ("ConsentExpired", "ConsentWithdrawn") if consent else ("ActivityCompleted", "ActivityHalted")
    )
    assert (withdrawn in ends) == (given.withdrawn_at is not None and given.withdrawn_at <= NOW)
    assert (ran_out in ends) == (
        given.expires_at is not None
        and given.expires_at <= NOW
        and (given.withdrawn_at is None or given.expires_at <= given.withdrawn_at)
    )


def test_the_same_record_has_the_same_receipt_and_another_has_not() -> None:
    """Two copies that a person holds must be seen to be one receipt; a withdrawal must be seen to have changed it."""
    first, second = (
        receipts([permission()], KOREAN, CONTROLLER, PACKS, now=at)["@graph"][0]
        for at in (NOW, NOW + dt.timedelta(days=9))
    )
    assert first["@id"] == second["@id"]
    ended = receipts([permission(withdrawn_at=NOW)], KOREAN, CONTROLLER, PACKS, now=NOW)["@graph"][0]
    assert ended["@id"] != first["@id"]
    assert ended["dct:hasPart"]["@id"] == first["dct:hasPart"]["@id"]


def test_a_law_that_was_not_recorded_is_that_of_the_place() -> None:
    """A receipt that cites the wrong article, or none, sends a person to the wrong authority."""
    (receipt,) = receipts(
        [permission(law=None, category="health")],
        Subject(person_id="x", laws=("us-wa-mhmda",), place="US-WA"),
        CONTROLLER,
        PACKS,
        now=NOW,
    )["@graph"]
    record = receipt["dct:hasPart"]
    (law,) = record["dpv:hasApplicableLaw"]
    assert law["dct:identifier"] == "us-wa-mhmda"
    assert law["dct:bibliographicCitation"]
    assert "@id" not in law
    assert record["dpv:hasJurisdiction"] == ["loc:US-WA"]


def give(engine: Engine, person_id: str, at: dt.datetime, **grant: Any) -> None:
    usual: dict[str, Any] = {
        "purpose": "profiling", "category": "religion", "basis": "explicit_consent", "notice": "1", "evidence": "e"
    }  # fmt: skip
    Permissions(engine, PACKS, master=MASTER).give(Grant(person_id=person_id, **usual | grant), now=at)


def test_a_receipt_names_the_entry_that_proves_it(engine: Engine) -> None:
    """Without the number a person cannot show that the permission was not made up afterwards."""
    at = dt.datetime.fromisoformat("2026-06-01T12:00:00.000007")
    for person_id in ("other", "minji"):
        give(engine, person_id, at)
    give(engine, "minji", at, category="health")
    give(engine, "minji", at + dt.timedelta(days=1), purpose="advertising", category=None, basis="consent")
    ended = at + dt.timedelta(days=2)
    Permissions(engine, PACKS, master=MASTER).withdraw("minji", category="health", now=ended)
    with reading(engine) as connection:
        person, subject = subject_of(connection, "minji", PACKS)
        held = permissions_of(connection, person)
        told = dict(entries(connection, person=person))
        assert [one.given_entry for one in held] == [1, 2, 3]
        assert [one.withdrawn_entry for one in held] == [None, 4, None]
        assert {told[one.given_entry or 0].kind for one in held} == {"permission-given"}
        size = size_of(connection)
        for number in told:
            (leaf,) = leaf_hashes([body_of(connection, number)])
            path = proof_of(connection, number, size)
            check_inclusion(leaf, number, size, path, edge_root(edge_of(connection)))
    VALID.validate(receipts(held, subject, CONTROLLER, PACKS, now=ended))


def test_a_receipt_names_whom_the_person_was_told_of_and_who_received(engine: Engine) -> None:
    """PIPA Art. 17(2) no. 1 and Art. 35: consent names the recipient, and access names who it was in fact."""
    at = dt.datetime.fromisoformat("2026-06-01T12:00:00")
    with engine.begin() as connection:
        theme(connection, "temples", "Temples", ["religion"])
        booked(connection, "Candles", {"theme": "temples"}, micros(at), None)
        booked(connection, "Before", {"theme": "temples"}, 0, micros(at) - 1)
    give(engine, "minji", at, purpose="disclosure", recipients=("Candles", "Gone"))
    with engine.begin() as connection:
        member(connection, "minji", {"temples": [(0, None)]})
    with reading(engine) as connection:
        person, subject = subject_of(connection, "minji", PACKS)
        held = permissions_of(connection, person)
    document = receipts(held, subject, CONTROLLER, PACKS, now=at)
    VALID.validate(document)
    told = document["@graph"][0]["dct:hasPart"]["dpv:hasProcess"]["dpv:hasRecipient"]
    assert [(one["dpv:hasName"], one["dct:type"]) for one in told] == [
        ("Candles Ltd.", ["named", "received"]),
        ("Gone", ["named"]),
    ]


def test_the_command_writes_for_the_person_alone(engine: Engine, database: str, tmp_path: Path) -> None:
    """The file says what somebody permitted about their religion: another user of the machine must not read it."""
    give(engine, "minji", dt.datetime.fromisoformat("2026-06-01T12:00:00"))
    give(engine, "other", dt.datetime.fromisoformat("2026-06-02T12:00:00"))
    controller, out = tmp_path / "controller.toml", tmp_path / "receipts.json"
    controller.write_text(CONTROLLER_TOML)
    options = ("--controller", controller, "--out", out, "--database", database)
    status, _, said = run("permissions", "receipts", "--person-id", "minji", *options)
    assert (status, "1 receipts" in said) == (0, True)
    assert "minji" not in said.replace(str(tmp_path), "")
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    document = json.loads(out.read_text(encoding="utf-8"))
    VALID.validate(document)
    assert "other" not in out.read_text(encoding="utf-8").replace("apart from everything", "")
    before = out.read_bytes()
    status, _, said = run("permissions", "receipts", "--person-id", "nobody-42", *options)
    assert (status, "nobody-42" in said) == (2, False)
    assert out.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith(".receipts")] == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("contact", ""), "$.contact"),
        (("withdrawal", "on the web site"), "$.published.withdrawal"),
        (("notices", "https://ads.example/notices"), "$.published.notices"),
    ],
)
def test_a_controller_that_lacks_something_is_refused(
    tmp_path: Path, change: tuple[str, str], told: str
) -> None:
    """A receipt without an address to withdraw at is none (TS 27560, 6.3.4.18)."""
    file = tmp_path / "controller.toml"
    name, value = change
    file.write_text(re.sub(rf"(?m)^{name} = .*$", f'{name} = "{value}"', CONTROLLER_TOML))
    with pytest.raises(UsageError, match=re.escape(told)):
        read_controller(file)
    file.write_text(CONTROLLER_TOML)
    assert read_controller(file) == CONTROLLER
    file.write_text(CONTROLLER_TOML.split("[published]", maxsplit=1)[0])
    with pytest.raises(UsageError, match=re.escape("expected it for receipts and notices")):
        receipts([permission()], KOREAN, read_controller(file), PACKS, now=NOW)


def test_two_people_who_permitted_at_one_instant_have_their_own_entries(engine: Engine) -> None:
    """The instant alone does not say whose an entry is."""
    at = dt.datetime.fromisoformat("2026-06-01T12:00:00")
    give(engine, "a", at)
    give(engine, "b", at)
    with reading(engine) as connection:
        numbers = []
        for person_id in ("b", "a"):
            person, _ = subject_of(connection, person_id, PACKS)
            (held,) = permissions_of(connection, person)
            numbers.append(held.given_entry)
        assert numbers == [1, 0]
