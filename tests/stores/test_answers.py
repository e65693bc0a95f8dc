"""Answers against what stands in the tables, read again without the code that puts answers together."""

import csv
import datetime as dt
import io
import json
import random
import zipfile
from typing import Any

import pytest
from sqlalchemy import Engine, text

from haechi.ledger.keys import LEDGER, make_key
from haechi.ledger.seal import Master
from haechi.rights.answer import Answer, as_json, portable
from haechi.rights.controller import Controller, Retention
from haechi.rights.effect import Wanted
from haechi.rights.told import answer_page, answer_tables
from haechi.stores.answers import Answers
from haechi.stores.disclosures import Disclosure, disclose
from haechi.stores.identity.standing import holds_sensitive
from haechi.stores.ledger.heads import sign_head
from haechi.stores.rows import reading, writing
from haechi.terms.words import LANGUAGES
from haechi.themes.evidence import DEFAULT_EVIDENCE
from tests.ledger import outsider
from tests.stores.platforms import PACKS, Platform
from tests.stores.worlds import at

MASTER = Master(b"m" * 32)
KEY = make_key("example.org/ledger", LEDGER, b"s" * 32)
CONTROLLER = Controller(
    name="Example <Media>",
    address="Seoul",
    contact="privacy@example.org",
    retention=Retention(behaviours=730, memberships=730, permissions=1825, disclosures=1825, requests=1095),
)
PEOPLE = [f"person-{number:03}" for number in range(12)]


@pytest.fixture
def platform(engine: Engine) -> Platform:
    """Twelve people, three themes, two advertisers, and behaviours at random."""
    made = Platform(engine, master=MASTER)
    made.propose("golf", "Golf")
    made.propose("church", "Church service")
    made.propose("tea", "=Tea <b>")
    for by in ("ann", "bob"):
        made.decide("tea", by, "approved")
    made.open_sensitive("church", "religion")
    made.people(PEOPLE)
    for person in PEOPLE[::2]:
        for purpose in ("profiling", "disclosure"):
            made.permit(person, purpose)
    made.items(
        ("i1", "golf"), ("i2", "church"), ("i3", "tea"), ("i3", "golf"),
        names={"i1": "Fairway", "i2": "Sunday <script>alert(1)</script>", "i3": "=cmd|'/c calc'!A1"},
    )  # fmt: skip
    draw = random.Random(5)  # noqa: S311 - a fixed small world
    for minute in range(60):
        made.likes(draw.sample(PEOPLE, 3), draw.choice(["i1", "i2", "i3"]), minute=minute)
    for name in ("club", "parish"):
        made.advertiser(name)
    with engine.begin() as connection:
        for theme, advertiser, since, until in ((1, 1, 10, 40), (3, 2, 0, None)):
            connection.execute(
                text("INSERT INTO grants (theme, advertiser, since, until) VALUES (:t, :a, :s, :u)"),
                {
                    "t": theme, "a": advertiser, "s": micros_of(at(since)),
                    "u": None if until is None else micros_of(at(until)),
                },
            )  # fmt: skip
    with writing(engine) as connection:
        told = [Disclosure(person=number, at=at(90), advertiser=1, theme=1) for number in (1, 2, 3)]
        disclose(connection, told, master=MASTER, recorded_by="load")
    made.requests.receive(PEOPLE[0], "access", via="desk", now=made.now())
    made.requests.receive(
        PEOPLE[3], "objection", Wanted(purposes=("disclosure",)), via="page", now=made.now()
    )
    return made


def micros_of(moment: dt.datetime) -> int:
    return int(moment.replace(tzinfo=dt.UTC).timestamp() * 1_000_000)


def answers(platform: Platform, *people: str) -> list[Answer]:
    with writing(platform.engine) as connection:
        head = sign_head(connection, KEY)
    with reading(platform.engine) as connection:
        made = Answers(
            connection,
            PACKS,
            DEFAULT_EVIDENCE,
            controller=CONTROLLER,
            master=MASTER,
            head=head,
            now=platform.now(),
        )
        return [made.of(person) for person in people]


def count(platform: Platform, sql: str, person: str) -> int:
    with platform.engine.connect() as connection:
        return int(
            connection.execute(
                text(f"{sql} AND person = (SELECT person FROM people WHERE person_id = :p)"), {"p": person}
            ).scalar_one()
        )


def test_everything_held_is_in_the_answer_and_nothing_of_others(platform: Platform) -> None:
    """Fails when a row about somebody is missing from their answer, or one about somebody else is in it."""
    for person, answer in zip(PEOPLE, answers(platform, *PEOPLE), strict=True):
        for table, told in (
            ("behaviours", len(answer.behaviours)),
            ("memberships", len(answer.themes)),
            ("permissions", len(answer.permissions)),
            ("disclosures", sum(one.how == "delivered" for one in answer.recipients)),
            ("requests", len(answer.requests)),
            ("stops", len(answer.stops)),
            ("ledger_people", len(answer.ledger)),
        ):
            assert told == count(platform, f"SELECT count(*) FROM {table} WHERE true", person), table
        for theme in answer.themes:
            assert theme.score == min(theme.score or 0, sum(one.thousandths for one in theme.why))
        written = as_json(answer).decode() + "".join(answer_page(answer, lang) for lang in LANGUAGES)
        assert not [other for other in PEOPLE if other != person and other in written]
        assert written.count(person) == 1


def test_what_could_be_used_is_the_exposure_of_the_records_contract(platform: Platform) -> None:
    """Fails when an advertiser that could use a theme of the person is left out, or told at another time."""
    with platform.engine.connect() as connection:
        likes = connection.execute(
            text(
                "SELECT p.person_id, m.theme, b.occurred_at, m.weight FROM behaviours b JOIN people p ON p.person = "
                "b.person JOIN item_themes m ON m.item = b.item ORDER BY b.occurred_at"
            )
        ).all()
        grants = connection.execute(text("SELECT theme, advertiser, since, until FROM grants")).all()
    for person, answer in zip(PEOPLE, answers(platform, *PEOPLE), strict=True):
        expected = set()
        for theme, advertiser, since, until in grants:
            first = next(
                (row.occurred_at for row in likes if (row.person_id, row.theme) == (person, theme)), None
            )
            # Each like is a whole membership, and nothing is taken back.
            if first is not None and (until is None or first < until):
                expected.add((theme, advertiser, max(first, since), until))
        found = {
            (
                {"golf": 1, "church": 2, "tea": 3}[one.theme_id],
                {"club": 1, "parish": 2}[one.advertiser_id],
                micros_of(one.since.replace(tzinfo=None)),
                None if one.until is None else micros_of(one.until.replace(tzinfo=None)),
            )
            for one in answer.recipients
            if one.how == "could-use"
        }
        assert found == expected


def test_each_entry_proves_itself_to_an_outsider(platform: Platform) -> None:
    """Fails when a person cannot prove to a third party what the ledger says of them."""
    (answer,) = answers(platform, PEOPLE[0])
    kinds = [one.kind for one in answer.ledger]
    assert {"permission-given", "theme-disclosed", "request-received"} <= set(kinds)
    for one in answer.ledger:
        assert outsider.proves(one.proof, str(KEY.public))
        assert one.personal
    disclosed = next(one for one in answer.ledger if one.kind == "theme-disclosed")
    assert disclosed.personal == {
        "advertiser_id": "club", "theme_id": "golf", "purpose": "disclosure", "within": True,
        "rightful": True,
    }  # fmt: skip


def test_nothing_of_a_name_runs(platform: Platform) -> None:
    """Fails when the name of a page or theme becomes markup in the page, or a formula in a spreadsheet."""
    (answer,) = answers(platform, PEOPLE[0])
    for lang in LANGUAGES:
        page = answer_page(answer, lang)
        assert "<script" not in page
        assert "Example &lt;Media&gt;" in page
        assert "=Tea &lt;b&gt;" in page
    archive = zipfile.ZipFile(io.BytesIO(answer_tables(answer)))
    for name in archive.namelist():
        for row in csv.reader(io.StringIO(archive.read(name).decode("utf-8-sig"))):
            assert not [cell for cell in row if cell.startswith(("=", "+", "@"))]


def test_derived_themes_are_inside_access_and_outside_portability(platform: Platform) -> None:
    """PIPA Art. 35-2(1) no. 2: fails when what was inferred goes elsewhere, or is held back from the person."""
    (answer,) = answers(platform, PEOPLE[0])
    assert answer.themes
    with reading(platform.engine) as connection:
        held = connection.execute(
            text("SELECT person FROM people WHERE person_id = :id"), {"id": PEOPLE[0]}
        ).scalar_one()
        assert holds_sensitive(connection, held)
    moved: dict[str, Any] = json.loads(as_json(portable(answer)))
    assert {"themes", "recipients", "logic"}.isdisjoint(moved)
    assert len(moved["behaviours"]) == len(answer.behaviours)


def test_of_somebody_unknown_nothing_is_held(platform: Platform) -> None:
    """Fails when an unknown person gets somebody else's data, or an error in place of an answer."""
    (answer,) = answers(platform, "nobody")
    assert not answer.held
    assert not answer.behaviours
    assert not answer.themes
    assert all(answer_page(answer, lang) for lang in LANGUAGES)
