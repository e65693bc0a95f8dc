"""One's own page over HTTP: what is held, permissions as switches, and make it stop; on both databases."""

import io
import json
import re
import zipfile
from datetime import timedelta

import pyrage
import pytest
from sqlalchemy import text

from haechi.stores.clock import utc_now
from haechi.stores.people import Person, put_people
from haechi.terms.words import LANGUAGES
from tests.service.people.offered import likes, offered
from tests.service.people.world import MASTER, Browser, Site

LONG = timedelta(hours=100)


@pytest.fixture(scope="module")
def world(site: Site) -> Site:
    """What `offered` offers."""
    offered(site)
    return site


def sure(site: Site, person_id: str, country: str = "KR") -> Browser:
    """Somebody who came from their account a while ago and showed a code."""
    address = f"{person_id}@example.org"
    number = site.person(person_id, address, country=country)
    browser = site.entered(person_id)
    site.age(number, LONG)
    browser = site.entered(person_id)
    site.step_up(browser, address)
    return browser


def post(browser: Browser, path: str, **form: str) -> str:
    """Sends a form of the page and gives the page that follows."""
    answer = browser.post(path, {"csrf": browser.csrf("/me"), **form})
    assert answer.status_code == 303, answer.text
    return browser.get(answer.headers["location"]).text


def agree(browser: Browser, path: str) -> str:
    """Reads a notice and agrees to it."""
    found = re.search(r'name="notice" value="([0-9a-f]+)"', browser.get(path).text)
    assert found
    return post(browser, path, answer="yes", notice=found.group(1))


def test_themes_are_shown_only_to_who_has_shown_enough(world: Site) -> None:
    """Fails when a link from the account alone shows what somebody is in, or nothing shows it to the person."""
    number = world.person("early", "early@example.org")
    likes(world, "early")
    young = world.entered("early")
    page = young.get("/me").text
    assert "Golf" not in page
    assert "/me/step-up?after=/me" in page
    assert young.get("/me/answer/json").status_code == 403
    world.age(number, LONG)
    again = world.entered("early")
    world.step_up(again, "early@example.org")
    page = again.get("/me").text
    assert "Golf &lt;b&gt;" in page
    assert "Fairway" in page
    assert "early" not in re.sub(r"early@", "", page), "the identifier stands only in what is taken away"


def test_one_press_stops_everything_and_one_takes_it_back(world: Site) -> None:
    """Fails when stopping takes more than one press, does not hold at once, or cannot be undone by the person."""
    browser = sure(world, "stopper")
    likes(world, "stopper")
    assert "Golf" in browser.get("/me").text
    page = post(browser, "/me/requests", kind="objection")
    assert "It is stopped." in page
    assert "Everything is stopped. You are in no theme." in page
    likes(world, "stopper")
    assert "Golf" not in browser.get("/me").text
    found = re.search(r'name="request_id" value="([0-9a-f]+)"', page)
    assert found
    assert "Golf" in post(browser, "/me/take-back", request_id=found.group(1))


def test_a_theme_is_disowned(world: Site) -> None:
    """Fails when "not me" leaves somebody in the theme, or takes others with it."""
    browser = sure(world, "disowner")
    likes(world, "disowner")
    page = post(browser, "/me/not-me", theme_id="golf")
    assert "You left the theme" in page
    likes(world, "disowner")
    assert 'value="golf"' not in browser.get("/me").text
    answer = browser.post("/me/not-me", {"csrf": browser.csrf("/me"), "theme_id": "nowhere"})
    assert answer.status_code == 422


def test_a_permission_is_asked_by_itself_and_refusing_is_as_easy(world: Site) -> None:
    """PIPA Art. 22: fails when a switch agrees without a notice, is ticked beforehand, or is harder to refuse."""
    browser = sure(world, "chooser")
    likes(world, "chooser")
    assert "Church service" not in browser.get("/me").text
    path = "/me/permissions/religion/profiling"
    page = browser.get(path).text
    assert page.count('class="choice"') == 2
    assert "checked" not in page
    assert "You may refuse" in page
    assert "730 days" in page
    post(browser, path, answer="no")
    assert "Church service" not in browser.get("/me").text
    assert "Church service" in agree(browser, path)
    page = browser.get("/me/permissions/religion/disclosure").text
    assert "Parish" in page
    assert "Stranger" not in page, "who is not verified is not named, and gets nothing"
    agree(browser, "/me/permissions/religion/disclosure")
    given = json.loads(browser.get("/me/answer/json").content)["permissions"]
    assert [one["recipients"] for one in given] == [None, ["parish"]]
    assert all("notice sha256" in one["evidence"] and one["separate"] for one in given)
    page = post(browser, f"{path}/withdraw")
    assert "The permission is taken back." in page
    assert "Church service" not in page


def test_what_is_agreed_to_is_what_was_read(world: Site) -> None:
    """Fails when an advertiser that came after the page was opened is among those that were agreed to."""
    browser = sure(world, "reader")
    path = "/me/permissions/religion/disclosure"
    again = browser.post(path, {"csrf": browser.csrf("/me"), "answer": "yes", "notice": "0" * 64})
    assert again.status_code == 200
    assert "I agree" in again.text
    told = json.loads(browser.get("/me/answer/json").content)
    assert told["permissions"] == []


def test_to_open_takes_more_than_to_stop(world: Site) -> None:
    """Fails when an agent, an address alone or a cooling-off lets somebody agree, or lift what was stopped."""
    number = world.person("opener", "opener@example.org")
    own = world.entered("opener")
    page = post(own, "/me/requests", kind="objection")
    found = re.search(r'name="request_id" value="([0-9a-f]+)"', page)
    assert found
    agent = world.browser()
    assert agent.post(world.door("opener", acting="agent")).status_code == 303
    recovered = world.browser()
    form = {"address": "opener@example.org"}
    assert recovered.post("/me/recover", form).status_code == 200
    assert recovered.post("/me/recover/code", {"code": world.code("opener@example.org")}).status_code == 303
    for stranger in (agent, recovered):
        page = stranger.get("/me").text
        assert "/me/permissions/religion" not in page
        csrf = stranger.csrf("/me")
        lifted = stranger.post("/me/take-back", {"csrf": csrf, "request_id": found.group(1)})
        assert lifted.status_code == 403
        said = stranger.post("/me/permissions/religion/profiling", {"csrf": csrf, "answer": "yes"})
        assert said.status_code == 403
        assert stranger.post("/me/requests", {"csrf": csrf, "kind": "objection"}).status_code == 303
    assert world.count("SELECT count(*) FROM permissions WHERE person = :p", p=number) == 0
    assert (
        world.count("SELECT count(*) FROM stops WHERE person = :p AND lifted_at IS NOT NULL", p=number) == 0
    )


def test_a_letter_tells_of_a_permission_and_its_link_ends_it(world: Site) -> None:
    """Fails when somebody else's agreement stays in force after the person pressed the link of the letter."""
    browser = sure(world, "misused")
    agree(browser, "/me/permissions/religion/profiling")
    path = world.link("misused@example.org")
    assert world.browser().post(path).status_code == 200
    left = "SELECT count(*) FROM permissions p JOIN people USING (person) WHERE person_id = 'misused'"
    assert world.count(f"{left} AND withdrawn_at IS NULL") == 0


def test_a_link_elsewhere_answers_nothing(world: Site) -> None:
    """Fails when following a link on another site makes and answers a request in somebody's name."""
    browser = sure(world, "lured")
    answer = browser.get("/me/answer/json", **{"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403
    assert (
        world.count("SELECT count(*) FROM requests r JOIN people USING (person) WHERE person_id = 'lured'")
        == 0
    )


def test_what_another_system_told_is_sensitive_too(world: Site) -> None:
    """Fails when a link from the account alone shows what an earlier system's advertisers could use."""
    number = world.person("earlier", "earlier@example.org")
    likes(world, "earlier")
    with world.engine.begin() as connection:
        values = "SELECT theme, 1, 0, NULL FROM themes WHERE theme_id = 'church'"
        connection.execute(text(f"INSERT INTO grants (theme, advertiser, since, until) {values}"))
    world.age(number, LONG)
    browser = world.entered("earlier")
    assert browser.get("/me/answer/json").status_code == 403
    assert "Church service" not in browser.get("/me").text


def test_where_the_law_accepts_no_permission_none_is_asked(world: Site) -> None:
    """DSA Art. 26(3): fails when somebody in the EU is asked for what may not be done in any case."""
    browser = sure(world, "european", country="DE")
    page = browser.get("/me").text
    assert "The law allows no permission for this: DSA Art. 26(3)" in page
    form = {"csrf": browser.csrf("/me"), "answer": "yes"}
    assert browser.post("/me/permissions/religion/disclosure", form).status_code == 422
    assert browser.get("/me/permissions/health/profiling").status_code == 404


def test_a_child_is_not_asked(world: Site) -> None:
    """Fails when somebody under 14 can agree by themselves (PIPA Art. 22-2)."""
    browser = sure(world, "child")
    put_people(
        world.engine, [Person(person_id="child", country="KR", birth_date=utc_now().date())], master=MASTER
    )
    form = {"csrf": browser.csrf("/me"), "answer": "yes"}
    assert browser.post("/me/permissions/religion/profiling", form).status_code == 422


def test_everything_can_be_taken_away(world: Site) -> None:
    """Fails when a download is not the whole answer, or leaves no trace among the requests."""
    browser = sure(world, "taker")
    likes(world, "taker")
    told = json.loads(browser.get("/me/answer/json").content)
    assert (told["person_id"], len(told["behaviours"])) == ("taker", 2)
    assert browser.get("/me/answer/html").text.startswith("<!doctype html>")
    assert zipfile.ZipFile(io.BytesIO(browser.get("/me/answer/zip").content)).testzip() is None
    moved = json.loads(browser.get("/me/answer/portable").content)
    assert "themes" not in moved
    assert browser.get("/me/answer/exe").status_code == 404
    assert browser.get("/me").text.count("Access ·") == 3
    assert browser.get("/me").text.count("Portability ·") == 1


def test_what_is_taken_away_is_sealed_for_a_key(world: Site) -> None:
    """Fails when somebody who deposited a key gets their answer in the open."""
    browser = sure(world, "sealed")
    key = pyrage.x25519.Identity.generate()
    assert (
        browser.post("/me/answer-key", {"csrf": browser.csrf(), "key": str(key.to_public())}).status_code
        == 303
    )
    with world.engine.connect() as connection:
        number = connection.execute(text("SELECT person FROM people WHERE person_id = 'sealed'")).scalar_one()
    world.age(number, LONG)
    browser = world.entered("sealed")
    world.step_up(browser, "sealed@example.org")
    answer = browser.get("/me/answer/json")
    assert answer.headers["content-disposition"].endswith('.json.age"')
    assert json.loads(pyrage.decrypt(answer.content, [key]))["person_id"] == "sealed"


def test_deleting_takes_two_presses_waits_and_can_be_taken_back(world: Site) -> None:
    """Fails when one press destroys, when no known address is told, or when it cannot be taken back."""
    browser = sure(world, "leaver")
    first = browser.post("/me/requests", {"csrf": browser.csrf("/me"), "kind": "erasure"})
    assert "Yes, delete everything" in first.text
    assert world.count("SELECT count(*) FROM requests WHERE kind = 'erasure' AND outcome = 'open'") == 0
    page = post(browser, "/me/requests", kind="erasure", sure="yes")
    assert "is carried out on" in page
    assert any("delet" in letter["text"].lower() for letter in world.letters("leaver@example.org"))
    found = re.search(r'name="request_id" value="([0-9a-f]+)"', page)
    assert found
    page = post(browser, "/me/take-back", request_id=found.group(1))
    assert "is carried out on" not in page


def test_nothing_is_done_without_the_session_s_mark(world: Site) -> None:
    """Fails when a page elsewhere can make somebody's browser stop, agree or delete."""
    browser = sure(world, "marked")
    for path, form in (
        ("/me/requests", {"kind": "objection"}),
        ("/me/not-me", {"theme_id": "golf"}),
        ("/me/correction", {"words": "no"}),
        ("/me/take-back", {"request_id": "x"}),
        ("/me/permissions/religion/profiling", {"answer": "yes"}),
        ("/me/permissions/religion/profiling/withdraw", {}),
    ):
        assert browser.post(path, {"csrf": "wrong", **form}).status_code == 403, path
        assert (
            browser.post(
                path, {"csrf": browser.csrf("/me"), **form}, origin="https://evil.example"
            ).status_code
            == 403
        )
    assert browser.post("/me/requests", {"csrf": browser.csrf("/me"), "kind": "access"}).status_code == 422
    stranger = world.browser()
    assert stranger.get("/me").status_code == 303
    other = sure(world, "other")
    page = post(other, "/me/requests", kind="objection")
    found = re.search(r'name="request_id" value="([0-9a-f]+)"', page)
    assert found
    form = {"csrf": browser.csrf("/me"), "request_id": found.group(1)}
    assert browser.post("/me/take-back", form).status_code == 404, "another person's request"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_speaks_four_languages(world: Site, lang: str) -> None:
    """Fails when a text is missing in a language: the page would not be drawn."""
    browser = sure(world, f"speaker-{lang}")
    likes(world, f"speaker-{lang}")
    for path in ("/me", "/me/permissions/religion/profiling", "/me/permissions/religion/disclosure"):
        page = browser.get(f"{path}?lang={lang}")
        assert page.status_code == 200
        assert f'<html lang="{lang}">' in page.text
