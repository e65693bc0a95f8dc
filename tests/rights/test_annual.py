"""The yearly notice: to everyone concerned, with what Decree Art. 15-3(3) lists, and to nobody else."""

import datetime as dt
import json
import os
import re
import signal
import stat
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from haechi.law import load_packs
from haechi.rights.annual import Used, notice_of, words
from haechi.rights.received import Received
from haechi.stores import annual, open_store, schema
from haechi.stores.clock import micros
from haechi.stores.rows import fill, reading, writing
from haechi.terms.words import BEHAVIOUR_KINDS, LANGUAGES, Language
from tests.conftest import HAECHI
from tests.rights.bookings import booked, member, person, theme
from tests.rights.desk import CONTROLLER, CONTROLLER_TOML, PUBLISHED, run

# 2025 in Seoul.
BEGIN = micros(dt.datetime.fromisoformat("2024-12-31T15:00:00"))
END = micros(dt.datetime.fromisoformat("2025-12-31T15:00:00"))
DAY = 86_400_000_000


def seen(engine: Engine, person_id: str, kind: str, at: int) -> None:
    with engine.begin() as connection:
        number = person(connection, person_id)
        item, batch = 1, 1
        for table, values in (
            (schema.items, {"item": item, "item_id": "i"}),
            (schema.batches, {"batch": batch, "source": "s", "idempotency_key": "k", "digest": b"", "rows": 1,
                              "received_at": 0}),
        ):  # fmt: skip
            if connection.execute(table.select()).first() is None:
                connection.execute(table.insert().values(**values))
        connection.execute(
            schema.behaviours.insert().values(
                person=number,
                item=item,
                occurred_at=at,
                batch=batch,
                place=0,
                kind=BEHAVIOUR_KINDS.index(kind),
            )
        )


@pytest.fixture
def platform(engine: Engine) -> Engine:
    """Minji in two themes, one of which Candles Ltd. booked; Taro in Japan; an unknown place; who declined."""
    with engine.begin() as connection:
        theme(connection, "temples", "Temples, and temple stays", ["religion"])
        theme(connection, "golf", "Golf")
        person(connection, "minji", "KR", birth_date=dt.date(1990, 1, 2))
        person(connection, "taro", "JP")
        person(connection, "anon", None)
        person(connection, "quiet", "KR")
        member(
            connection,
            "minji",
            {"temples": [(BEGIN - DAY, END - 200 * DAY)], "golf": [(END - 40 * DAY, None)]},
        )
        member(connection, "taro", {"temples": [(BEGIN, None)]})
        member(connection, "anon", {"golf": [(END + DAY, None)]})
        member(connection, "quiet", {"temples": [(BEGIN, None)]})
        booked(
            connection,
            "Candles",
            {"or": [{"theme": "temples"}, {"theme": "golf"}]},
            BEGIN + DAY,
            END - 100 * DAY,
        )
        booked(connection, "Late", {"theme": "golf"}, END, None)
    for kind, at in (("like", BEGIN), ("view", END - 1), ("purchase", BEGIN - 1), ("share", END)):
        seen(engine, "minji", kind, at)
    return engine


def write(database: str, folder: Path, *more: str) -> tuple[int, str, str]:
    controller = folder / "controller.toml"
    controller.write_text(CONTROLLER_TOML)
    return run(
        "rights",
        "annual-notice",
        "--database",
        database,
        "--out",
        folder / "out",
        "--controller",
        controller,
        *more,
    )


def notices(folder: Path) -> dict[str, Any]:
    lines = (folder / "out" / "notices-kr-pipa-2025.jsonl").read_text(encoding="utf-8").splitlines()
    found = [json.loads(line) for line in lines]
    assert len(found) == len({one["person_id"] for one in found})
    return {one["person_id"]: one for one in found}


@pytest.mark.usefixtures("platform")
def test_everyone_concerned_is_told_what_the_decree_lists(database: str, tmp_path: Path) -> None:
    """Purpose and items collected; third parties with purpose and items: of this year, of this person."""
    declined = tmp_path / "declined"
    declined.write_text("quiet\n\n")
    status, _, said = write(database, tmp_path, "--year", "2025", "--lang", "en", "--declined", str(declined))
    assert status == 0
    # minji left the temples before October, taro is under another law.
    assert "at most 1 and 3" in said
    told = notices(tmp_path)
    assert told.keys() == {"minji", "anon"}
    minji = told["minji"]
    assert minji["collected"] == [
        {
            "purpose": "Putting you in advertising themes by what you do",
            "items": [
                "what you liked",
                "what you viewed",
                "advertising themes we derived: “Golf”, “Temples, and temple stays”",
            ],
        },
        {
            "purpose": "Knowing which law and which age limit apply to you",
            "items": ["country", "date of birth"],
        },
    ]
    assert minji["provided"] == [
        {
            "advertiser_id": "Candles",
            "advertiser": "Candles Ltd.",
            "purpose": "Showing you ads chosen by theme",
            "items": ["Temples, and temple stays"],
            "within": True,
        }
    ]
    for part in (
        "Candles Ltd.",
        "“Temples, and temple stays”",
        "what you liked",
        "PIPA Art. 20-2; Decree Art. 15-3",
    ):
        assert part in minji["text"]
    assert "Nobody received information about you." in told["anon"]["text"]


@pytest.mark.usefixtures("platform")
def test_the_summary_names_nobody_and_the_notices_are_for_their_owner_alone(
    database: str, tmp_path: Path
) -> None:
    """The summary goes to managers and auditors, the notices to the mailer alone."""
    assert write(database, tmp_path, "--year", "2025")[0] == 0
    out = tmp_path / "out"
    assert sorted(one.name for one in out.iterdir()) == [
        "notices-kr-pipa-2025.jsonl",
        "summary-kr-pipa-2025.json",
    ]
    assert stat.S_IMODE((out / "notices-kr-pipa-2025.jsonl").stat().st_mode) == 0o600
    summary = (out / "summary-kr-pipa-2025.json").read_text(encoding="utf-8")
    assert not re.search("minji|quiet|anon|temple", summary)
    told = json.loads(summary)
    numbers = {"notices": 3, "declined": 0, "place_unknown": 1, "with_recipients": 2, "advertisers": 1}
    assert {name: told[name] for name in numbers} == numbers
    assert told["owed"] == {"people": False, "sensitive_people": False}


def test_no_page_of_people_is_lost_or_told_twice(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """People are read by the page; a person who falls between two pages is never told."""
    monkeypatch.setattr(annual, "_PAGE", 3)
    pack = load_packs()["kr-pipa"]
    with engine.begin() as connection:
        for number in range(11):
            person(connection, f"p{number}", "JP" if number % 4 == 1 else "KR")
    bounds = {
        "since": dt.datetime.fromisoformat("2025-01-01"),
        "until": dt.datetime.fromisoformat("2026-01-01"),
    }
    with reading(engine) as connection:
        told = [
            one.person_id for one in annual.used_in(connection, pack, **bounds, declined={"p3", "p4", "p6"})
        ]
    assert told == ["p0", "p2", "p7", "p8", "p10"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_language_says_everything(lang: Language) -> None:
    """A word that is missing in one language ends the batch at the first person who needs it."""
    everything = Used(
        person_id="x",
        known=("country", "region", "birth_date"),
        behaviours=BEHAVIOUR_KINDS,
        themes=("{Braces} and, commas",),
        permitted=True,
        received=(
            Received(
                advertiser_id="a",
                advertiser="A {x}",
                theme_id="t",
                theme="T",
                since=dt.datetime.fromisoformat("2025-03-01"),
                until=None,
            ),
        ),
    )
    notice = notice_of(everything, CONTROLLER, year=2025, article="PIPA Art. 20-2", lang=lang)
    said = words(lang)
    links = (CONTROLLER.name, PUBLISHED.rights, PUBLISHED.withdrawal, "privacy@ads.example")
    for shown in (*said.item.values(), "{Braces} and, commas", "A {x}", *links, "PIPA Art. 20-2"):
        assert shown in notice.text
    assert "2025" in notice.subject
    assert words(lang).item.keys() == words("en").item.keys()
    assert words(lang).purpose.keys() == words("en").purpose.keys()


@pytest.mark.usefixtures("platform")
def test_a_year_that_is_not_over_is_refused(database: str, tmp_path: Path) -> None:
    """Half a year would pass for the year's notice."""
    status, _, said = write(database, tmp_path, "--year", str(dt.datetime.now(dt.UTC).year + 1))
    assert (status, "a year that is over" in said) == (2, True)
    status, _, said = write(database, tmp_path, "--year", "2021")
    assert (status, "no law asks for a yearly notice" in said) == (2, True)


def test_an_interrupted_run_leaves_what_was_there(tmp_path: Path) -> None:
    """Half a file would be mailed as a whole one, and whoever is missing in it is never told."""
    database = tmp_path / "store"
    engine = open_store(str(database))
    with writing(engine) as connection:
        fill(
            connection,
            "people",
            ("person_id", "country"),
            [(f"p{number}", "KR") for number in range(100_000)],
        )
    engine.dispose()
    (tmp_path / "controller.toml").write_text(CONTROLLER_TOML)
    out = tmp_path / "out"
    out.mkdir()
    target = out / "notices-kr-pipa-2025.jsonl"
    target.write_text("earlier\n")
    arguments = [
        "rights",
        "annual-notice",
        "--year",
        "2025",
        "--out",
        out,
        "--controller",
        tmp_path / "controller.toml",
    ]
    command = [str(HAECHI), *map(str, arguments), "--database", str(database)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as running:
        deadline = time.monotonic() + 60
        while len(list(out.iterdir())) < 2 and time.monotonic() < deadline:
            time.sleep(0.005)
        os.kill(running.pid, signal.SIGINT)
        assert running.wait(60) == 130
    assert [one.name for one in out.iterdir()] == [target.name]
    assert target.read_text() == "earlier\n"
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0
    assert sum(1 for _ in target.open(encoding="utf-8")) == 100_000
