"""How long answers take at the reference scale: 100 million behaviours of 980,000 people in one database.

    python benchmarks/answers.py FOLDER [--behaviours 100000000] [--people 980000]

Makes the database once (synthetic people, written in the table's own order; it is no measure of ingest), then answers
one person at a time and a thousand in one run, as a page in four languages, JSON and tables.
"""

import argparse
import random
import shutil
import sqlite3
import statistics
import tempfile
import time
from pathlib import Path

from sqlalchemy import text

from haechi.law import load_packs
from haechi.ledger.keys import LEDGER, make_key
from haechi.ledger.seal import Master
from haechi.rights.answer import as_json
from haechi.rights.controller import Controller, Retention
from haechi.rights.told import answer_page, answer_tables
from haechi.stores import open_store
from haechi.stores.answers import Answers
from haechi.stores.clock import instant, utc_now
from haechi.stores.disclosures import Disclosure, disclose
from haechi.stores.ledger.heads import sign_head
from haechi.stores.rows import reading, writing
from haechi.terms.words import LANGUAGES
from haechi.themes.evidence import DEFAULT_EVIDENCE

ITEMS, THEMES, ADVERTISERS, GRANTS, TOLD = 300_000, 97_000, 4_000, 400_000, 5
BEGIN, END = 1_530_000_000_000_000, 1_648_000_000_000_000
CONTROLLER = Controller(
    name="Example", address="Seoul", contact="privacy@example.org",
    retention=Retention(behaviours=730, memberships=730, permissions=1825, disclosures=1825, requests=1095),
)  # fmt: skip


def make(folder: Path, people: int, behaviours: int, master: Master) -> None:
    """Fills a new database, person by person."""
    engine = open_store(str(folder))
    engine.dispose()
    draw = random.Random(1)  # noqa: S311 - the same world each time
    db = sqlite3.connect(folder / "haechi.sqlite", isolation_level=None)
    for pragma in ("journal_mode=OFF", "synchronous=OFF", "foreign_keys=OFF", "cache_size=-1000000"):
        db.execute(f"PRAGMA {pragma}")
    db.execute("BEGIN")
    db.executemany(
        "INSERT INTO people (person, person_id, country, birth_date) VALUES (?, ?, 'KR', '1985-05-05')",
        ((number, f"p{number}") for number in range(1, people + 1)),
    )
    db.executemany(
        "INSERT INTO items (item, item_id, kind, name) VALUES (?, ?, 'page', ?)",
        ((number, f"i{number}", f"Page number {number}") for number in range(1, ITEMS + 1)),
    )
    db.executemany(
        "INSERT INTO themes (theme, theme_id, name, state, categories, standing, approved_at, created_at, version) "
        "VALUES (?, ?, ?, 'approved', '[]', '{}', 0, 0, 1)",
        ((number, f"t{number}", f"Theme number {number}") for number in range(1, THEMES + 1)),
    )
    db.executemany(
        "INSERT OR IGNORE INTO item_themes (item, theme, weight) VALUES (?, ?, 1000000000)",
        ((item, draw.randint(1, THEMES)) for item in range(1, ITEMS + 1) for _ in range(2)),
    )
    db.executemany(
        "INSERT INTO advertisers (advertiser, advertiser_id, name, verified, created_at) VALUES (?, ?, ?, 1, 0)",
        ((number, f"a{number}", f"Advertiser {number}") for number in range(1, ADVERTISERS + 1)),
    )
    db.executemany(
        "INSERT OR IGNORE INTO grants (theme, advertiser, since, until) VALUES (?, ?, ?, ?)",
        (
            (draw.randint(1, THEMES), draw.randint(1, ADVERTISERS), begin, draw.choice((None, END)))
            for begin in (draw.randint(BEGIN, END) for _ in range(GRANTS))
        ),
    )
    db.execute(
        "INSERT INTO batches (batch, source, idempotency_key, digest, rows, received_at) VALUES (1,'b','1',x'00',0,0)"
    )
    each = behaviours // people
    for first in range(1, people + 1, 10_000):
        rows = []
        for person in range(first, min(first + 10_000, people + 1)):
            mine = sorted((draw.randint(1, ITEMS), draw.randint(BEGIN, END)) for _ in range(each))
            rows += [(person, item, at, 1, place, place % 9) for place, (item, at) in enumerate(mine)]
        db.executemany(
            "INSERT INTO behaviours (person, item, occurred_at, batch, place, kind) VALUES (?,?,?,?,?,?)",
            rows,
        )
    db.execute("COMMIT")
    db.execute(
        "INSERT INTO memberships (person, theme, since) "
        "SELECT DISTINCT b.person, m.theme, b.occurred_at FROM behaviours b JOIN item_themes m ON m.item = b.item "
        "WHERE b.kind IN (0, 2) AND b.person % 97 = 1 ON CONFLICT DO NOTHING"
    )
    db.close()
    engine = open_store(str(folder))
    with writing(engine) as connection:
        told = [
            Disclosure(
                person=person,
                at=instant(draw.randint(BEGIN, END)),
                advertiser=draw.randint(1, ADVERTISERS),
                theme=draw.randint(1, THEMES),
            )
            for person in range(1, people + 1, 97)
            for _ in range(TOLD)
        ]  # fmt: skip
        disclose(connection, told, master=master, recorded_by="load")
    engine.dispose()


def main() -> None:
    """Makes what is not there, measures, prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--people", type=int, default=980_000)
    parser.add_argument("--behaviours", type=int, default=100_000_000)
    options = parser.parse_args()
    master = Master(b"m" * 32)
    if not (options.folder / "haechi.sqlite").exists():
        begun = time.perf_counter()
        make(options.folder, options.people, options.behaviours, master)
        print(f"made in {time.perf_counter() - begun:.0f} s")
    engine, packs = open_store(str(options.folder)), load_packs()
    key = make_key("example.org/ledger", LEDGER, b"s" * 32)
    with writing(engine) as connection:
        head = sign_head(connection, key)
    people = list(range(1, options.people + 1, 97))
    random.Random(2).shuffle(people)  # noqa: S311 - the same order each time
    size = (options.folder / "haechi.sqlite").stat().st_size
    with engine.connect() as connection:
        count = connection.execute(text("SELECT count(*) FROM behaviours")).scalar_one()
    print(f"{count:,} behaviours, {size / 1e9:.1f} GB")
    with reading(engine) as connection:
        answers = Answers(
            connection,
            packs,
            DEFAULT_EVIDENCE,
            controller=CONTROLLER,
            master=master,
            head=head,
            now=utc_now(),
        )
        taken = []
        for person in people[:50]:
            begun = time.perf_counter()
            answers.of(f"p{person}")
            taken.append(time.perf_counter() - begun)
        print(
            f"one answer: median {statistics.median(taken) * 1000:.1f} ms, slowest {max(taken) * 1000:.1f} ms"
        )
        out = Path(tempfile.mkdtemp())
        begun, written = time.perf_counter(), 0
        for person in people[50:1_050]:
            answer = answers.of(f"p{person}")
            folder = out / str(person)
            folder.mkdir()
            files = {"answer.json": as_json(answer), "answer.zip": answer_tables(answer)}
            files |= {f"answer.{lang}.html": answer_page(answer, lang).encode() for lang in LANGUAGES}
            for name, content in files.items():
                written += (folder / name).write_bytes(content)
        print(f"1,000 answers written: {time.perf_counter() - begun:.1f} s, {written / 1e6:.0f} MB")
        shutil.rmtree(out)


if __name__ == "__main__":
    main()
