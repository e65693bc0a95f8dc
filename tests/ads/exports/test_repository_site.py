"""The public repository: for everybody, by several criteria, and nothing in it of who reported or decided."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from litestar.testing import TestClient
from msgspec.structs import replace
from schemathesis.specs.openapi.checks import positive_data_acceptance
from selectolax.lexbor import LexborHTMLParser as HTMLParser
from sqlalchemy import Engine

from haechi.review.ads import Targeting
from haechi.service.api import make_app
from haechi.service.platform import Platform
from haechi.service.repository import listing
from haechi.service.repository.listing import STATE, Listing
from haechi.service.settings import PlatformSettings
from haechi.stores.review.notices import NewNotice, receive_notice
from tests.ads.store.worlds import NOW, Desk, ad


class Site:
    def __init__(self, desk: Desk, client: TestClient[Any]) -> None:
        self.desk = desk
        self.client = client

    def fresh(self, burst: int = 1_000) -> None:
        self.client.app.state[STATE] = Listing(self.desk.engine, burst=burst)

    def __call__(self, **asked: Any) -> Any:
        answer = self.client.get("/v1/repository", params=asked)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def ids(self, **asked: Any) -> list[str]:
        return [one["ad_id"] for one in self(**asked)["ads"]]


@pytest.fixture(autouse=True)
def the_day_after(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else nothing would be shown a year after these lines were written."""
    monkeypatch.setattr(listing, "utc_now", lambda: NOW + dt.timedelta(days=1))


@pytest.fixture
def site(engine: Engine, database: str, tmp_path: Path) -> Iterator[Site]:
    desk = Desk(engine).found()
    platform = Platform(PlatformSettings(database=database, snapshot=str(tmp_path / "s")))
    with TestClient(make_app(platform, per_minute=1_000_000)) as client:
        yield Site(desk, client)
    platform.end()


def put(desk: Desk, ad_id: str, text: str, countries: tuple[str, ...], include: tuple[str, ...]) -> None:
    made = replace(ad(ad_id, text), targeting=Targeting(countries=countries, include=include))
    desk.ads.submit(made, by="key", now=desk.now())


def test_several_criteria_at_once(site: Site) -> None:
    """Art. 39(1) wants a search by several criteria together; one that is passed over finds too much."""
    put(site.desk, "a1", "Red shoes", ("DE",), ("runners",))
    put(site.desk, "a2", "Red hats", ("DE", "FR"), ("walkers",))
    put(site.desk, "a3", "Blue shoes", ("FR",), ())
    site.desk.submit("a4", "Red shoes [hold]")
    assert site.ids() == ["a3", "a2", "a1"]
    assert site.ids(words="red") == ["a2", "a1"]
    assert site.ids(words="SHOES red") == ["a1"]
    assert site.ids(words="red", country="FR") == ["a2"]
    assert site.ids(parameter="runners", use="include") == ["a1"]
    assert site.ids(parameter="runners", use="exclude") == []
    assert site.ids(advertiser="acme", removed="true") == []
    assert site.ids(shown_until="2026-11-01") == []
    assert site.ids(shown_from="2026-11-01", advertiser="Acme", words="blue") == ["a3"]
    found = site()
    assert (found["total"], found["pages"]) == (3, 1)
    assert found["ads"][0]["reached"] is None
    assert found["ads"][0]["first_shown"].endswith("Z")
    assert site(page=2)["ads"] == []


def test_nothing_of_people_stands_in_it(site: Site) -> None:
    """Reporters, reviewers and the content of what was taken down are nobody's to read."""
    put(site.desk, "a1", "Hidden words", ("DE",), ("mary@example.org",))
    put(site.desk, "a2", "Open words", ("DE",), ("mary@example.org",))
    new = NewNotice(source="VICTIM", ad_ids=("a1",), contact="mary@example.org", text="that is Mary")
    receive_notice(site.desk.engine, new, by="key", now=site.desk.now())
    site.desk.decide("reject", "a1", by="bob")
    said = site.client.get("/v1/repository").text
    page = site.client.get("/repository").text
    for secret in ("Hidden", "mary", "Mary", "bob", "seen", '"key"'):
        assert secret not in said
        assert secret not in page
    (removed,) = site(removed="true")["ads"]
    assert (removed["ad_id"], removed["content"], removed["on_behalf_of"]) == ("a1", None, None)
    assert {"a", "b", "c"} <= removed["removed"].keys()
    assert "Removed" in page
    assert "Open words" in page


def test_the_page_escapes_and_runs_nothing(site: Site) -> None:
    """An advertiser's text must not become part of the page that everybody opens."""
    put(site.desk, "a1", "<script>alert(1)</script><img src=x onerror=alert(1)>", ("DE",), ('"><b>',))
    answer = site.client.get("/repository", params={"words": "script", "advertiser": '"><script>'})
    assert answer.status_code == 200
    answer = site.client.get("/repository", params={"words": "script"})
    tree = HTMLParser(answer.text)
    assert tree.css("script, img, b, [onerror]") == []
    assert ["<script>alert(1)" in one.text() for one in tree.css("article p")] == [True]
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "set-cookie" not in answer.headers
    assert site.client.get("/repository/style.css").status_code == 200


def test_the_page_turns_over_and_keeps_what_was_asked(site: Site) -> None:
    """A link that forgets the search shows other ads on its second page."""
    for number in range(51):
        put(site.desk, f"a{number:02}", "Red shoes & more", ("DE",), ())
    page = HTMLParser(site.client.get("/repository", params={"words": "red & more", "country": "de"}).text)
    assert len(page.css("article")) == 50
    (further,) = page.css("nav a")
    second = HTMLParser(site.client.get(str(further.attributes["href"])).text)
    assert [one.text() for one in second.css("article h2")] == ["A headline"]
    assert [one.attributes["value"] for one in second.css("input[name=words]")] == ["red & more"]


@pytest.mark.parametrize(
    "asked",
    [
        {"country": "Germany"},
        {"shown_from": "yesterday"},
        {"use": "both"},
        {"page": "0"},
        {"page": "9" * 30},
        {"removed": "x"},
        {"words": "w" * 201},
    ],
)
def test_what_cannot_be_looked_for_is_said(site: Site, asked: dict[str, str]) -> None:
    """A criterion that is passed over in silence looks as if it had been kept to."""
    assert site.client.get("/v1/repository", params=asked).status_code == 400
    answer = site.client.get("/repository", params=asked)
    assert answer.status_code == 400
    assert "cannot be looked for" in answer.text


def test_one_address_cannot_ask_all_the_time(site: Site) -> None:
    """Every search goes through all ads: a flood of them would take the desk's processor."""
    site.fresh(burst=3)
    statuses = [site.client.get(path).status_code for path in ("/v1/repository", "/repository") * 2]
    assert statuses == [200, 200, 200, 429]
    assert int(site.client.get("/repository").headers["retry-after"]) > 0


def test_the_database_is_read_once_a_minute(engine: Engine) -> None:
    """Else strangers decide how often the whole outbox is read; and what is stopped must not stay for hours."""
    desk, at = Desk(engine).found(), [0.0]
    shown = Listing(engine, clock=lambda: at[0])
    assert shown.now()[0] == []
    desk.submit("a1")
    assert shown.now()[0] == []
    at[0] = 60.0
    assert [one.ad_id for one in shown.now()[0]] == ["a1"]


def test_the_call_keeps_its_description(site: Site) -> None:
    """Whatever a stranger sends: no failure of the server, no answer that the description does not know."""
    site.fresh(burst=1_000_000)
    schema = schemathesis.openapi.from_asgi("/openapi/openapi.json", site.client.app)
    operation = schema["/v1/repository"]["GET"]

    @settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(case=operation.as_strategy())
    def run(case: Any) -> None:
        case.call_and_validate(excluded_checks=[positive_data_acceptance])

    run()
