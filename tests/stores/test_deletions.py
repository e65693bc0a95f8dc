"""What advertisers are told to delete: with the fact or not at all, each by its own name of a person, then wiped."""

import base64
import datetime as dt
import hashlib
import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicNumbers
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from joserfc.jwk import ECKey
from sqlalchemy import func, select
from sqlalchemy.engine import Engine

from haechi.errors import MissingError, UsageError
from haechi.ledger.seal import Master
from haechi.rights.deletion import RESULTS, Issuer, discovery, key_set, pseudonym, signed_request
from haechi.rights.effect import COOLING_OFF, Wanted
from haechi.stores import open_store, schema
from haechi.stores.deletions import (
    KEPT,
    KIND,
    MOST,
    acknowledge,
    fetch_deletions,
    give_pseudonym,
    lapse,
)
from haechi.stores.disclosures import Disclosure, disclose
from haechi.stores.ledger import entries
from haechi.stores.rows import reading, writing
from tests.stores.platforms import Platform

MASTER = Master(b"k" * 32)
ISSUER = Issuer(domain="example.com", endpoint="https://example.com/deletion")


class World:
    """Ann, of whom three advertisers learned: Acme and Club by ads of ours, Old from another system."""

    def __init__(self, engine: Engine) -> None:
        self.platform = Platform(engine, master=MASTER)
        self.platform.people(["ann", "ben"])
        self.platform.propose("golf", "Golf")
        self.numbers = {name: self.platform.advertiser(name) for name in ("acme", "club", "old")}
        with writing(engine) as connection:
            self.ann = connection.execute(
                select(schema.people.c.person).where(schema.people.c.person_id == "ann")
            ).scalar_one()
            found = [
                Disclosure(
                    person=self.ann, at=self.platform.now(), advertiser=number, theme=1,
                    handle_hash=None if name == "old" else hashlib.sha256(name.encode()).digest(),
                )
                for name, number in self.numbers.items()
            ]  # fmt: skip
            disclose(connection, found, master=MASTER, recorded_by="load")

    def ask(self, kind: Any, wanted: Wanted | None = None, person: str = "ann") -> Any:
        return self.platform.requests.receive(person, kind, wanted, via="desk", now=self.platform.now())

    def fetch(self, name: str) -> list[Any]:
        return fetch_deletions(self.platform.engine, self.numbers[name], now=self.platform.now())

    def answer(self, name: str, deletion_id: str, result: int = 10_000) -> None:
        acknowledge(
            self.platform.engine, self.numbers[name], deletion_id, result=result, now=self.platform.now()
        )

    def outbox(self) -> list[Any]:
        with self.platform.engine.connect() as connection:
            return list(connection.execute(select(schema.outbox).where(schema.outbox.c.kind == KIND)).all())

    def kinds(self) -> list[str]:
        with reading(self.platform.engine) as connection:
            return [entry.kind for _, entry in entries(connection)]


@pytest.fixture
def world(engine: Engine) -> World:
    return World(engine)


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        ("objection", None),
        ("objection", Wanted(purposes=("disclosure",))),
        ("withdrawal", None),
    ],
)
def test_each_advertiser_is_told_once_by_what_it_knows(
    world: World, kind: Any, wanted: Wanted | None
) -> None:
    """Fails when an advertiser that learned of somebody is not told, is told twice, or by another's name of them."""
    world.ask(kind, wanted)
    found = {name: world.fetch(name) for name in world.numbers}
    assert {name: len(one) for name, one in found.items()} == {"acme": 1, "club": 1, "old": 1}
    acme, club, old = (one[0].identifier for one in found.values())
    assert (old.value, old.type) == ("ann", "platform_id")
    assert acme == pseudonym(MASTER, "acme", "ann")
    assert (acme.type, club.type) == ("pairwise_pseudonym", "pairwise_pseudonym")
    assert acme.value != club.value
    assert "ann" not in acme.value + club.value
    world.ask("restriction")
    world.ask("withdrawal", Wanted(purpose="advertising"))
    assert len(world.outbox()) == 3, "what waits already is not queued again"
    assert world.kinds().count("deletion-requested") == 3


def test_nobody_is_told_of_who_was_disclosed_to_nobody(world: World) -> None:
    """Fails when advertisers get a message about somebody they never heard of."""
    world.ask("objection", person="ben")
    assert world.outbox() == []


def test_an_objection_and_its_messages_are_there_together_or_not_at_all(database: str) -> None:
    """A process is killed right after the messages were written: neither they nor the request may be there."""
    engine = open_store(database)
    world = World(engine)
    killed = subprocess.run(
        [sys.executable, "-m", "tests.stores.deletion_kill", database, world.platform.now().isoformat()],
        cwd=Path(__file__).parents[2],
        check=False,
        timeout=60,
    )
    assert killed.returncode == -signal.SIGKILL
    assert world.outbox() == []
    with engine.connect() as connection:
        for table in (schema.requests, schema.stops, schema.deletions):
            assert connection.execute(select(func.count()).select_from(table)).scalar_one() == 0
    world.ask("objection")
    assert len(world.outbox()) == 3
    engine.dispose()


def verified(token: str, keys: dict[str, Any]) -> dict[str, Any]:
    """The claims of a JWT, checked by another library than the one that signed it (RFC 7515, 7518 section 3.4)."""
    head, claims, signature = (base64.urlsafe_b64decode(part + "==") for part in token.split("."))
    header = json.loads(head)
    key = next(one for one in keys["keys"] if one["kid"] == header["kid"])
    assert header["alg"] == key["alg"] == "ES256"
    x, y = (int.from_bytes(base64.urlsafe_b64decode(key[name] + "==")) for name in "xy")
    public = EllipticCurvePublicNumbers(x, y, SECP256R1()).public_key()
    r, s = (int.from_bytes(half) for half in (signature[:32], signature[32:]))
    public.verify(encode_dss_signature(r, s), token.rpartition(".")[0].encode(), ECDSA(SHA256()))
    found: dict[str, Any] = json.loads(claims)
    return found


def test_a_message_verifies_with_the_published_key_and_has_the_framework_s_claims(world: World) -> None:
    """Fails when an advertiser that follows the framework refuses our request."""
    world.ask("objection")
    key = ECKey.generate_key("P-256", private=True)
    published = key_set(key)
    assert "d" not in published["keys"][0]
    (one,) = world.fetch("acme")
    token = signed_request(
        one.identifier, deletion_id=one.deletion_id, issuer=ISSUER, key=key, now=world.platform.clock
    )
    claims = verified(token, published)
    assert set(claims) == {
        "version", "orJWT", "jti", "iss", "identifierValue", "identifierType", "identifierFormat", "iat",
    }  # fmt: skip
    origin = verified(claims["orJWT"], published)
    assert set(origin) == {"version", "jti", "iss", "iat"}
    assert (claims["version"], claims["iss"], origin["iss"]) == ("2.0", "example.com", "example.com")
    assert origin["iat"] <= claims["iat"] == int(world.platform.clock.replace(tzinfo=dt.UTC).timestamp())
    about = discovery(ISSUER)
    assert about["jwksUri"].startswith("https://example.com/")
    assert {"endpoint", "pollFrequency", "identifiers", "jwksUri", "vendorScriptRequirement"} == set(about)


def test_two_advertisers_find_nothing_in_common(world: World) -> None:
    """Fails when two advertisers that lay their messages beside each other see that they are about one person."""
    world.ask("objection")
    key = ECKey.generate_key("P-256", private=True)
    said = []
    for name in ("acme", "club"):
        (one,) = world.fetch(name)
        claims = verified(
            signed_request(
                one.identifier, deletion_id=one.deletion_id, issuer=ISSUER, key=key, now=world.platform.now()
            ),
            key_set(key),
        )
        origin = verified(claims.pop("orJWT"), key_set(key))
        said.append({one.deletion_id, *claims.values(), *origin.values()})
    common = {"2.0", "example.com", "pairwise_pseudonym", "hex"}
    assert said[0] & said[1] == common


def test_success_wipes_the_message_and_a_fault_leaves_it(world: World) -> None:
    """Fails when an identifier stays after its advertiser deleted it, or is wiped though it was not deleted."""
    world.ask("objection")
    (one,) = world.fetch("acme")
    world.answer("acme", one.deletion_id, 14_201)
    assert world.fetch("acme") == [one]
    world.answer("acme", one.deletion_id)
    assert world.fetch("acme") == []
    (row,) = [row for row in world.outbox() if row.recipient == "acme"]
    assert (row.body, row.acknowledged_at is not None, row.taken_at is not None) == ("", True, True)
    before = world.kinds()
    assert before.count("deletion-acknowledged") == 2
    world.answer("acme", one.deletion_id)
    world.answer("acme", one.deletion_id, 14_201)
    assert world.kinds() == before
    d = schema.deletions
    with world.platform.engine.connect() as connection:
        kept = connection.execute(select(d.c.result).where(d.c.deletion_id == one.deletion_id)).scalar_one()
    assert kept == 10_000


def test_an_advertiser_answers_its_own_messages_by_the_framework_s_codes_alone(world: World) -> None:
    """Fails when an advertiser can end another's message, or a made-up code ends one."""
    world.ask("objection")
    (one,) = world.fetch("acme")
    with pytest.raises(MissingError):
        world.answer("club", one.deletion_id)
    with pytest.raises(MissingError):
        world.answer("club", "nowhere")
    with pytest.raises(UsageError, match="raResultCode 1;"):
        world.answer("acme", one.deletion_id, 1)
    assert world.fetch("acme") == [one]
    assert len(RESULTS) == 27


def test_messages_survive_the_erasure_that_they_tell_of(world: World) -> None:
    """Fails when an erasure erases the message to advertisers too, or leaves more of the person than that."""
    world.ask("objection")
    world.ask("erasure")
    world.platform.clock += COOLING_OFF
    assert world.platform.requests.carry_out(now=world.platform.now()) == 1
    rows = world.outbox()
    assert sorted(row.recipient for row in rows) == ["acme", "club", "old"]
    assert {row.person for row in rows} == {None}
    for name in world.numbers:
        (one,) = world.fetch(name)
        world.answer(name, one.deletion_id)
    assert {row.body for row in world.outbox()} == {""}


def test_what_nobody_fetches_is_not_kept_for_ever(world: World) -> None:
    """Fails when an advertiser that never comes keeps an erased person's identifier here for good."""
    world.ask("objection")
    assert lapse(world.platform.engine, now=world.platform.now()) == 0
    world.platform.clock += KEPT
    assert lapse(world.platform.engine, now=world.platform.now()) == 3
    assert lapse(world.platform.engine, now=world.platform.now()) == 0
    rows = world.outbox()
    assert [(row.body, row.acknowledged_at) for row in rows] == [("", None)] * 3
    assert world.fetch("acme") == []


def test_what_failed_does_not_stand_in_the_way(world: World) -> None:
    """Fails when an advertiser that cannot take some messages never sees the others."""
    with writing(world.platform.engine) as connection:
        request = connection.execute(
            schema.requests.insert().values(
                request_id="r",
                person=world.ann,
                kind="objection",
                laws="[]",
                via="desk",
                detail="{}",
                received_at=0,
                outcome="granted",
                version=0,
            )
        ).inserted_primary_key[0]  # type: ignore[index]
        for number in range(MOST + 1):
            message = connection.execute(
                schema.outbox.insert().values(
                    kind=KIND, recipient="acme", body='{"value":"v","type":"t","format":"f"}', created_at=0
                )
            ).inserted_primary_key[0]  # type: ignore[index]
            connection.execute(
                schema.deletions.insert().values(deletion_id=f"{number:03}", message=message, request=request)
            )
    first = [one.deletion_id for one in world.fetch("acme")]
    assert first == [f"{number:03}" for number in range(MOST)]
    for deletion_id in first:
        world.answer("acme", deletion_id, 10_010)
    assert world.fetch("acme")[0].deletion_id == f"{MOST:03}"


def test_a_pseudonym_that_was_given_is_told_of(world: World) -> None:
    """Fails when an advertiser holds a pseudonym of somebody and is not told, because nothing else was delivered."""
    with world.platform.engine.begin() as connection:
        question = connection.execute(
            schema.questions.insert().values(
                advertiser=world.numbers["acme"],
                canonical="c",
                expression="{}",
                period=0,
                asked_at=0,
                answered="{}",
            )
        ).inserted_primary_key[0]  # type: ignore[index]
        connection.execute(
            schema.bookings.insert().values(
                handle="h1", advertiser=world.numbers["acme"], question=question, expression="{}", since=0
            )
        )
    engine = world.platform.engine
    for _ in range(2):
        given = give_pseudonym(engine, "ben", "h1", master=MASTER, now=world.platform.now())
    assert given == pseudonym(MASTER, "acme", "ben").value
    world.ask("objection", person="ben")
    assert [one.identifier.value for one in world.fetch("acme")] == [given]
    with pytest.raises(MissingError):
        give_pseudonym(engine, "nobody", "h1", master=MASTER, now=world.platform.now())
    with pytest.raises(UsageError, match="master key"):
        give_pseudonym(engine, "ben", "h1", master=None, now=world.platform.now())


def test_another_master_key_makes_other_pseudonyms() -> None:
    """Fails when a pseudonym can be worked out from identifiers alone, or two pairs have one."""
    made = {
        pseudonym(Master(key * 32), advertiser, person).value
        for key in (b"a", b"b")
        for advertiser, person in (("acme", "ann"), ("acm", "eann"), ("acme", "ben"), ("ann", "acme"))
    }
    assert len(made) == 8


@pytest.mark.parametrize(
    ("domain", "endpoint"),
    [
        ("example", "https://e.com"), ("https://example.com", "https://e.com"), ("EXAMPLE.com", "https://e.com"),
        ("example.com/", "https://e.com"), ("127.0.0.1", "https://e.com"), ("example.com", "http://e.com"),
        ("-a.com", "https://e.com"), ("example.com", "https://u@e.com"),
    ],
)  # fmt: skip
def test_who_cannot_be_found_signs_nothing(domain: str, endpoint: str) -> None:
    """Fails when messages name a domain at which no advertiser finds our key."""
    with pytest.raises(ValueError, match=r"domain|endpoint"):
        Issuer(domain=domain, endpoint=endpoint)
