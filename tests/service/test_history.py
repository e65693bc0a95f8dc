"""The page History, with some hundred events: what somebody looks for is found, page by page."""

import datetime as dt
import re
from collections.abc import Iterator

import httpx
import pytest
from sqlalchemy import Engine

from haechi.law import load_packs
from haechi.sensitivity import load
from haechi.stores import open_store
from haechi.stores.history import PAGE, Place, Wanted, history
from haechi.stores.rows import reading
from haechi.stores.themes import Item, ItemTheme, Proposal, Themes
from haechi.stores.users import make_user
from haechi.themes.life import Verdict
from tests.databases import new_database
from tests.service.door import PASSWORD, signed_in
from tests.service.served import platform_served

BEGIN = dt.datetime.fromisoformat("2026-11-09T08:30:00")
NAMES = [f"Golf club {n}" for n in range(40)]


def fill(engine: Engine) -> None:
    """Users, forty themes, items that come to them in four deliveries, decisions of two people."""
    minute = iter(range(10_000))
    themes = Themes(engine, load(), load_packs())

    def now() -> dt.datetime:
        return BEGIN + dt.timedelta(minutes=11 * next(minute))

    make_user(engine, name="bob", role="owner", password=PASSWORD, now=now(), by="root (command line)")
    for n, name in enumerate(NAMES):
        themes.propose(Proposal(theme_id=f"g/{n}", name=name), by="catalogue", now=now())
    themes.propose(Proposal(theme_id="church", name="Church service"), by="catalogue", now=now())
    for delivery in range(4):
        for n in range(len(NAMES)):
            item = f"i{delivery}-{n}"
            mapped = [ItemTheme(item_id=item, theme_id=f"g/{n}")]
            themes.put_items([Item(item_id=item, name="Club news")], mapped, by="catalogue", now=now())
    for by in ("Ann", "joon"):
        verdict = Verdict(by=by, state="blocked", reason="no <b>lawful</b> use")
        themes.decide("church", verdict, now=now())


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    made = str(tmp_path_factory.mktemp("history"))
    if request.param == "postgresql":
        made = new_database(request.getfixturevalue("postgres_server"))
    engine = open_store(made)
    fill(engine)
    engine.dispose()
    return made


@pytest.fixture(scope="module")
def browser(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    snapshot = tmp_path_factory.mktemp("snapshot") / "gate.snapshot"
    with (
        platform_served(database, "--snapshot", str(snapshot)) as port,
        httpx.Client(base_url=f"http://127.0.0.1:{port}") as one,
    ):
        assert signed_in(one, "bob") == 303
        yield one


def rows(text: str) -> list[list[str]]:
    found = re.findall(r"<tr><td>(\d\d:\d\d:\d\d.*?)</tr>", text)
    return [[re.sub("<[^>]*>", "", cell) for cell in row.split("</td>")] for row in found]


def test_pages_show_every_event_once_the_latest_first(database: str) -> None:
    """Walking through the pages loses nothing and shows nothing twice, also with both tables in one list."""
    engine = open_store(database)
    shown = []
    place: Place | None = Place()
    with reading(engine) as connection:
        while place is not None:
            events, place = history(connection, Wanted(repeated=True), place)
            assert 0 < len(events) <= PAGE
            shown += events
            place = None if place is None else Place.read(str(place))
    engine.dispose()
    # A user; each theme is proposed and screened; each item screens its theme again; two verdicts.
    assert len(shown) == 1 + 2 * 41 + 4 * 40 + 2
    assert [event.at for event in shown] == sorted((event.at for event in shown), reverse=True)
    assert len(set(shown)) == len(shown)


def test_screenings_that_found_nothing_new_are_left_out(browser: httpx.Client) -> None:
    """A delivery of items screens every theme again: what matters must not drown in that."""
    first = rows(browser.get("/console/trail").text)
    assert [row[1] for row in first[:2]] == ["blocked", "endorsed"] or first[0][1] == "blocked"
    kinds = {row[1] for row in first}
    assert len(first) == PAGE
    assert "proposed" in kinds
    noisy = rows(browser.get("/console/trail", params={"repeated": "yes"}).text)
    assert {row[1] for row in noisy[2:]} == {"screened"}


def test_older_pages_are_a_link_away_and_keep_the_question(browser: httpx.Client) -> None:
    """Without scripts; also with a filter."""
    seen = []
    link: str | None = "/console/trail?kind=changes&by=CATALOGUE"
    while link is not None:
        text = browser.get(link).text
        seen += [row[2] for row in rows(text)]
        further = re.search(r'href="(\?[^"]*)" rel="next"', text)
        link = None if further is None else "/console/trail" + further[1].replace("&amp;", "&")
    assert sorted(seen) == sorted([*NAMES, "Church service"])


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"kind": "decisions"}, ["joon", "Ann"]),
        ({"by": "ann"}, ["Ann"]),
        ({"kind": "users and keys"}, ["root (command line)"]),
        ({"until": "2026-11-09", "kind": "users and keys"}, ["root (command line)"]),
        ({"since": "2026-11-10", "kind": "users and keys"}, []),
        ({"theme": "church", "kind": "decisions"}, ["joon", "Ann"]),
        ({"theme": "g/7", "kind": "decisions"}, []),
        ({"by": "100%"}, []),
    ],
    ids=str,
)
def test_who_when_and_what_can_be_asked(
    browser: httpx.Client, asked: dict[str, str], expected: list[str]
) -> None:
    """The questions of somebody who looks into what happened."""
    assert [row[4] for row in rows(browser.get("/console/trail", params=asked).text)] == expected


@pytest.mark.parametrize(
    "asked",
    [{"after": "x"}, {"after": "9" * 30 + ".1"}, {"since": "31.12."}, {"until": "9999-12-31"}, {"kind": "'"}],
)
def test_nonsense_shows_the_first_page(browser: httpx.Client, asked: dict[str, str]) -> None:
    """An address that somebody mistyped is no failure."""
    answer = browser.get("/console/trail", params=asked)
    assert (answer.status_code, len(rows(answer.text))) == (200, PAGE)


def test_reasons_are_text_and_themes_can_be_followed(browser: httpx.Client) -> None:
    """Also one whose identifier has a slash."""
    text = browser.get("/console/trail", params={"theme": "church"}).text
    assert "no &lt;b&gt;lawful&lt;/b&gt; use" in text
    text = browser.get("/console/trail", params={"theme": "g/7"}).text
    link = re.findall(r'href="(/console/themes/[^"]*)"', text)[0]
    assert link == "/console/themes/g%2F7"
    page = browser.get(link)
    assert (page.status_code, "<h1>Golf club 7</h1>" in page.text) == (200, True)
