"""The walk-throughs as a reader does them: a raw file, the shipped SQL and settings, the real command.

The rows are made up. Each figure that is expected was counted by hand from them, as the comments beside it say.
"""

import csv
import json
import re
import shlex
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from haechi.cli.app import app
from tests.conftest import run_haechi

ROOT = Path(__file__).parents[2]
TUTORIALS = {"mind": "mind-news-clicks.md", "ira": "ira-facebook-ads.md"}
PAGES = [
    *(ROOT / "docs/tutorials" / page for page in TUTORIALS.values()),
    *(ROOT / "examples" / name / "README.md" for name in TUTORIALS),
]


def _commands(page: Path, program: str) -> list[str]:
    """The command lines of a page that start with `program`."""
    blocks = re.findall(r"^```sh\n(.*?)^```", page.read_text(), flags=re.DOTALL | re.MULTILINE)
    return [line for block in blocks for line in block.splitlines() if line.startswith(f"{program} ")]


def _with_examples(folder: Path, name: str) -> Path:
    """A folder that holds the shipped files, as the walk-through says to copy them."""
    for file in (ROOT / "examples" / name).iterdir():
        shutil.copy(file, folder)
    return folder


def _write(path: Path, head: str, rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([head.split(","), *rows])


def _python(folder: Path, name: str, script: str) -> str:
    """Run the line of the tutorial that runs `script`, with this Python, and give what it prints."""
    (line,) = [c for c in _commands(ROOT / "docs/tutorials" / TUTORIALS[name], "python") if script in c]
    done = subprocess.run(
        [sys.executable, *shlex.split(line)[1:]], cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout


def _audit(folder: Path, name: str) -> tuple[int, dict[str, Any]]:
    """Run the audit line of the tutorial; the dataset and the report lie in the folder."""
    status, _, found = _told(folder, name)
    return status, found


def _told(folder: Path, name: str) -> tuple[int, list[str], dict[str, Any]]:
    """The same, with the lines that the terminal shows."""
    (line,) = _commands(ROOT / "docs/tutorials" / TUTORIALS[name], "haechi")
    places = {".": str(folder), "report": str(folder / "report")}
    done = run_haechi(*(places.get(word, word) for word in shlex.split(line)[1:]))
    assert done.returncode in (0, 1), done.stderr
    found: dict[str, Any] = json.loads((folder / "report/findings.json").read_text())
    return done.returncode, done.stdout.splitlines(), found


def _labels(folder: Path) -> dict[str, set[str]]:
    labels: dict[str, set[str]] = {}
    for row in pq.read_table(folder / "report/themes.parquet").to_pylist():
        labels.setdefault(row["theme_id"], set()).add(row["category"])
    return labels


def _unavailable(found: dict[str, Any]) -> set[str]:
    return {check["check"] for check in found["dataset"]["unavailable_checks"]}


STORIES = {
    "N1": ("health", "weightloss", 'Ten soups, "light" ones'),
    "N2": ("news", "newsus", "Church service draws a crowd"),
    "N3": ("sports", "golf", "A long putt"),
    "N4": ("news", "newsus", "The Republican Party meets"),
}
EVENTS = [
    ("U1", "N1", "history_click"),
    ("U1", "N3", "impression_click"),
    ("U2", "N2", "impression_click"),
    ("U2", "N1", "history_click"),
    ("U3", "N4", "impression_noclick"),
    ("U4", "N3", "history_click"),
]


@pytest.fixture
def mind(tmp_path: Path) -> Path:
    folder = _with_examples(tmp_path, "mind")
    rows = [(user, story, event, *STORIES[story]) for user, story, event in EVENTS]
    _write(folder / "user_item_named.csv", "user,news_id,event,category,subcategory,title", rows)
    return folder


def test_news_clicks_become_findings(mind: Path) -> None:
    """Fails when the MIND walk-through no longer gives the figures that its rows hold."""
    _python(mind, "mind", "views.sql")
    status, found = _audit(mind, "mind")
    assert status == 1
    tables = {table: size["rows"] for table, size in found["dataset"]["tables"].items()}
    # 4 stories in 3 sections; 6 rows, 1 of them shown and not clicked.
    assert tables == {"people": 4, "items": 4, "themes": 7, "item_themes": 8, "behaviours": 5}
    # The section weightloss and its story by their path, and the two stories of church and party.
    assert _labels(mind) == {
        "section:health/weightloss": {"health"},
        "story:N1": {"health"},
        "story:N2": {"religion"},
        "story:N4": {"political-opinion"},
    }
    assert found["laws"] == ["eu-gdpr"]
    # U1 and U2 clicked N1, U2 clicked N2; nobody clicked N4, which U3 was only shown.
    assert found["totals"]["people"] == 4
    assert found["totals"]["people_profiled_unpermitted"] == 2
    profiled = {row["category"]: row["people_profiled_unpermitted"] for row in found["categories"]}
    assert profiled == {"health": 2, "religion": 1, "political-opinion": 0}
    assert [(f["rule"], f["count"]) for f in found["findings"]] == [("EU-GDPR-9-1", 2)]
    assert _unavailable(found) >= {"sensitive-disclosure", "advertiser-unverified", "minors-profiled"}
    assert "sensitive-processing" not in _unavailable(found)


def test_news_clicks_are_dated_and_asked_about(mind: Path) -> None:
    """Fails when the stand-in times leave their order, or the question after the audit answers wrongly."""
    _python(mind, "mind", "views.sql")
    _audit(mind, "mind")
    with duckdb.connect(str(mind / "mind.duckdb"), read_only=True) as base:
        base.execute("SET timezone = 'UTC'")
        times = dict(
            base.sql(
                "SELECT item_id, strftime(min(occurred_at), '%d %H') FROM behaviours GROUP BY 1"
            ).fetchall()
        )
    assert times == {"N1": "09 00", "N2": "14 00", "N3": "09 00"}
    table = [re.split(r"\s*│\s*", line)[1:-1] for line in _python(mind, "mind", "questions.sql").splitlines()]
    answers = [(row[0], row[2], row[3]) for row in table if len(row) == 4 and row[3].isdigit()]
    assert sorted(answers) == [
        ("health", 'Ten soups, "light" ones', "2"),
        ("health", "weightloss", "2"),
        ("religion", "Church service draws a crowd", "1"),
    ]


def test_one_click_is_not_enough_by_default(mind: Path) -> None:
    """Fails when the page's claim about Haechi's own evidence stops being true: then a click is a membership."""
    _python(mind, "mind", "views.sql")
    settings = (mind / "haechi.toml").read_text()
    (mind / "haechi.toml").write_text(settings.partition("[evidence]")[0])
    status, found = _audit(mind, "mind")
    assert status == 0
    assert found["totals"]["people_profiled_unpermitted"] == 0


def test_a_file_of_the_sample_s_form_from_mind_s_own(tmp_path: Path) -> None:
    """Fails when somebody who has MIND cannot make the file that the walk-through starts from."""
    folder = _with_examples(tmp_path, "mind")
    (folder / "behaviors.tsv").write_text(
        "1\tU1\t11/12/2019 2:14:46 PM\tN1 N2\tN1-0 N3-1\n"
        "2\tU1\t11/13/2019 9:14:46 AM\tN1 N2\tN2-1\n"
        "3\tU2\t11/13/2019 9:15:00 AM\t\tN3-0 N9-1\n"
    )
    (folder / "news.tsv").write_text(
        "".join(
            f"{story}\t{category}\t{section}\t{title}\tabstract\turl\t[]\t[]\n"
            for story, (category, section, title) in STORIES.items()
        )
    )
    script = "import duckdb; duckdb.connect().execute(open('sample.sql').read())"
    subprocess.run([sys.executable, "-c", script], cwd=folder, check=True)
    with (folder / "user_item_named.csv").open(newline="") as file:
        head, *rows = csv.reader(file)
    assert head == ["user", "news_id", "event", "category", "subcategory", "title"]
    # The second row repeats U1's history; N9 is not in news.tsv; U2 has no history.
    assert sorted((user, story, event) for user, story, event, *_ in rows) == [
        ("U1", "N1", "history_click"),
        ("U1", "N1", "impression_noclick"),
        ("U1", "N2", "history_click"),
        ("U1", "N2", "impression_click"),
        ("U1", "N3", "impression_click"),
        ("U2", "N3", "impression_noclick"),
    ]
    assert all(tuple(row[3:]) == STORIES[row[1]] for row in rows)


AD_COLUMNS = "id,text,clicks,impressions,spend_amount,spend_currency,created,ended,url,targets"
BLACK_MUSIC = "https://www.facebook.com/Black-Music-100/"
ADS = [
    # Both spellings of one page; a theme named with two keys, in two cases.
    ("1", "a", 5, 100, 1.0, "RUB", "2016-01-01T10:00:00-08:00", "2016-01-03T10:00:00-08:00", BLACK_MUSIC,
     "location:United States | interests:Malcolm X | people_who_match:behaviors:African American (US)"),
    ("2", "b", 1, 50, 1.0, "RUB", "2016-02-01T10:00:00-08:00", "", "http://facebook.com/BIack-MusiC-l00",
     "people_who_match:interests:malcolm x | people_who_match:People who like Black Music | placements:News Feed"),
    # Ends before it starts; uses a theme to exclude.
    ("3", "c", 0, 0, 1.0, "RUB", "2016-03-02T00:00:00+00:00", "2016-03-01T00:00:00+00:00",
     "https://example.org/a/b?c", "exclude:behaviors:Hispanic (US - All) | interests:Gardening"),
    # No start: no grant. No page.
    ("4", "d", 0, 7, 1.0, "RUB", "", "", "", "interests:Sharia"),
    # Nothing sensitive, and the first spelling again: it is the one that stands for the page.
    ("5", "e", 2, 9, 1.0, "RUB", "2016-04-01T00:00:00Z", "2016-04-02T00:00:00Z", BLACK_MUSIC,
     "and_must_also_match:interests:Gardening | gender:Male | people_who_match:interests:"),
]  # fmt: skip


@pytest.fixture
def ira(tmp_path: Path) -> Path:
    folder = _with_examples(tmp_path, "ira")
    _write(folder / "ira_facebook_ads.csv", AD_COLUMNS, ADS)
    return folder


def test_ads_become_findings(ira: Path) -> None:
    """Fails when the walk-through of the ads no longer gives the figures that its rows hold."""
    _python(ira, "ira", "views.sql")
    status, found = _audit(ira, "ira")
    assert status == 0
    tables = {table: size["rows"] for table, size in found["dataset"]["tables"].items()}
    # Themes: Malcolm X, African American, Hispanic, Gardening, Sharia. Advertisers: the page, a site, unknown.
    # Grants: 2 of ad 1, 1 of ad 2, 2 of ad 3, 1 of ad 5; ad 4 has no start.
    assert tables == {"themes": 5, "advertisers": 3, "grants": 6}
    assert _labels(ira) == {
        "malcolm x": {"political-opinion", "race-ethnicity"},
        "african american (us)": {"race-ethnicity"},
        "hispanic (us - all)": {"race-ethnicity"},
        "sharia": {"religion"},
    }
    assert found["totals"] == {
        "people": 0,
        "themes": 5,
        "sensitive_themes": 4,
        "advertisers": 3,
        "people_profiled_unpermitted": 0,
        "people_exposed": 0,
        "people_exposed_unpermitted": 0,
        "advertisers_receiving": 0,
        "advertisers_receiving_unpermitted": 0,
    }
    # The page and example.org had grants of sensitive themes; all grants had ended before the GDPR applied.
    (finding,) = found["findings"]
    assert (finding["rule"], finding["severity"], finding["count"]) == ("KR-PIPA-17-2", "note", 2)
    assert len(finding["sample"]) == 2
    assert finding["sample"][-1] == "facebook.com/black-music-100"
    assert "advertiser-unverified" not in _unavailable(found)
    assert _unavailable(found) >= {"sensitive-processing", "sensitive-disclosure", "minors-profiled"}


def test_the_run_of_an_ad_is_its_grant(ira: Path) -> None:
    """Fails when grants last longer than the file says, or when missing ends become open ones."""
    _python(ira, "ira", "views.sql")
    with duckdb.connect(str(ira / "ira.duckdb"), read_only=True) as base:
        base.execute("SET timezone = 'UTC'")
        grants = base.sql(
            "SELECT theme_id, since::TIMESTAMP, until::TIMESTAMP FROM grants ORDER BY since, theme_id"
        ).fetchall()

    def day(month: int, number: int, hour: int = 0) -> datetime:
        return datetime(2016, month, number, hour, tzinfo=UTC).replace(tzinfo=None)

    assert grants == [
        ("african american (us)", day(1, 1, 18), day(1, 3, 18)),
        ("malcolm x", day(1, 1, 18), day(1, 3, 18)),
        ("malcolm x", day(2, 1, 18), day(2, 2, 18)),
        ("gardening", day(3, 2), day(3, 3)),
        ("hispanic (us - all)", day(3, 2), day(3, 3)),
        ("gardening", day(4, 1), day(4, 2)),
    ]


def test_delivery_counts_of_sensitive_themes(ira: Path) -> None:
    """Fails when an ad counts twice in a category, or an exclusion is no longer told."""
    _python(ira, "ira", "views.sql")
    _audit(ira, "ira")
    table = [re.split(r"\s*│\s*", line)[1:-1] for line in _python(ira, "ira", "questions.sql").splitlines()]
    answers = {row[0]: [int(cell) for cell in row[1:]] for row in table if len(row) == 6 and row[1].isdigit()}
    # Themes, ads, excluding ads, advertisers, impressions. Ad 1 names two themes of race and counts once.
    assert answers == {
        "race-ethnicity": [3, 3, 1, 2, 150],
        "political-opinion": [1, 2, 0, 1, 150],
        "religion": [1, 1, 0, 1, 7],
    }


def test_a_csv_from_the_sqlite_file_of_the_ads(tmp_path: Path) -> None:
    """Fails when the query for sqlite3 loses an ad's targets or renames what the view reads."""
    with sqlite3.connect(tmp_path / "russian-ads.db") as base:
        base.executescript(
            "CREATE TABLE ads (id, text, clicks, impressions, spend_amount, spend_currency, created, ended, url,"
            " pdf, image); CREATE TABLE targets (id, name); CREATE TABLE ad_targets (target_id, ad_id);"
            "INSERT INTO ads (id, text, url) VALUES (7, 'seven', 'https://example.org'), (2, 'two', NULL);"
            "INSERT INTO targets VALUES ('a', 'age:18'), ('b', 'interests:Chess');"
            "INSERT INTO ad_targets VALUES ('a', 7), ('b', 7), ('b', 2);"
        )
        found = base.execute((ROOT / "examples/ira/sample.sql").read_text())
        assert [column[0] for column in found.description] == AD_COLUMNS.split(",")
        rows = found.fetchall()
    assert [(row[0], set(row[-1].split(" | "))) for row in rows] == [
        (2, {"interests:Chess"}),
        (7, {"age:18", "interests:Chess"}),
    ]


def test_the_lines_on_the_terminal_are_those_that_the_pages_explain(mind: Path) -> None:
    """Fails when the first lines are told in another form than the walk-throughs print and interpret."""
    _python(mind, "mind", "views.sql")
    _, (sentence, severities, place), found = _told(mind, "mind")
    # Two people, so told as a small group; the story N4 holds nobody.
    assert sentence == (
        "Fewer than 10 people were put in 3 sensitive themes without permission. "
        "Whether advertisers used them could not be checked: grants missing."
    )
    assert severities == "violations: 1"
    assert place.startswith("Report: ")
    assert found["theme_counts"]["profiled_unpermitted"] == 3
    page = (ROOT / "docs/tutorials" / TUTORIALS["mind"]).read_text()
    assert sentence.partition(". ")[2] in page
    assert not {"proxies", "sensitive-processing"} & _unavailable(found)


def test_without_people_nothing_is_told_as_zero(ira: Path) -> None:
    """Fails when the ads' page no longer prints what an audit says that has themes and no people."""
    _python(ira, "ira", "views.sql")
    _, (sentence, severities, _), found = _told(ira, "ira")
    assert sentence.startswith("4 sensitive themes found. ")
    assert sentence.partition(". ")[2] in (ROOT / "docs/tutorials" / TUTORIALS["ira"]).read_text()
    assert severities == "notes: 1"
    assert "proxies" in _unavailable(found)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{page.parent.name}/{page.name}")
def test_every_command_line_parses(page: Path) -> None:
    """Fails when a page shows a command or an option that the program does not have."""
    lines = _commands(page, "haechi")
    assert lines
    for line in lines:
        app.parse_args(shlex.split(line, comments=True)[1:], exit_on_error=False, print_error=False)


@pytest.mark.parametrize("name", TUTORIALS)
def test_a_readme_and_its_tutorial_say_the_same(name: str) -> None:
    """Fails when the short instructions beside the files and the walk-through drift apart."""
    readme = _commands(ROOT / "examples" / name / "README.md", "haechi")
    tutorial = _commands(ROOT / "docs/tutorials" / TUTORIALS[name], "haechi")
    assert readme == tutorial


@pytest.mark.parametrize("name", TUTORIALS)
def test_no_data_is_shipped(name: str) -> None:
    """Fails when a data file slips into the project: neither source may be passed on."""
    shipped = {file.name for file in (ROOT / "examples" / name).iterdir()}
    assert shipped == {"README.md", "haechi.toml", "questions.sql", "sample.sql", "views.sql"}
