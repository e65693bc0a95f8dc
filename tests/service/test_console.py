"""The console in a real browser: two people decide about a sensitive theme, and nobody else can."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from litestar.testing import TestClient
from playwright.sync_api import Page, sync_playwright

from haechi.service.api import make_app
from haechi.service.console.routes import Console
from haechi.service.platform import Platform
from haechi.service.settings import PlatformSettings
from haechi.stores.clock import utc_now
from haechi.stores.themes import Proposal
from haechi.stores.users import make_user
from tests.service.door import PASSWORD, signed_in
from tests.service.served import HAECHI, free_port, wait_for


def made(folder: Path) -> Platform:
    platform = Platform(PlatformSettings(database=str(folder), snapshot=str(folder / "gate.snapshot")))
    for theme_id, name in (
        ("church", "Church service"),
        ("x", "<script>document.title='owned'</script> tea"),
    ):
        platform.themes.propose(Proposal(theme_id=theme_id, name=name), by="test", now=utc_now())
    for name, role in (("ann", "reviewer"), ("bob", "owner"), ("eve", "viewer")):
        make_user(platform.engine, name=name, role=role, password=PASSWORD, now=utc_now())  # type: ignore[arg-type]
    return platform


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("console")
    made(folder).end()
    port = free_port()
    process = subprocess.Popen(
        [HAECHI, "serve", str(folder), "--listen", f"127.0.0.1:{port}"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    wait_for(port)
    yield f"http://127.0.0.1:{port}/console"
    process.terminate()
    process.wait(20)


@pytest.fixture
def page() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield browser.new_page()
        browser.close()


def sign_in(page: Page, site: str, name: str) -> None:
    page.goto(site)
    page.fill("#name", name)
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("nav")


def decide(page: Page, site: str, reason: str) -> None:
    page.goto(f"{site}/themes/church")
    page.check("input[value='approved-with-permission']")
    page.fill("#reason", reason)
    page.get_by_role("button", name="Decide as").click()
    page.wait_for_load_state()


def test_two_people_open_a_sensitive_theme_in_the_browser(page: Page, site: str) -> None:
    """The page says what waits for whom, refuses the same person twice, and shows who decided and why."""
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    sign_in(page, site, "ann")
    assert page.title() == "Themes · Haechi"
    decide(page, site, "parishes asked for it")
    assert "holds when a second person decides the same" in page.inner_text("main")
    page.goto(f"{site}/themes/x")
    assert page.title().startswith("<script>")
    assert faults == []
    decide(page, site, "again")
    assert "expected a second" in page.inner_text("[role=status]")
    page.context.clear_cookies()
    sign_in(page, site, "bob")
    decide(page, site, "agreed")
    assert page.inner_text("dd .state") == "approved-with-permission"
    page.goto(f"{site}/trail")
    assert "parishes asked for it" in page.inner_text("table")


@pytest.mark.parametrize("path", ["", "/themes/church", "/permissions", "/audiences", "/trail", "/health"])
def test_every_page_fits_a_phone_and_can_be_walked_by_keyboard(page: Page, site: str, path: str) -> None:
    """No sideways scrolling at 360 pixels; the first stop of the Tab key skips to the content."""
    page.set_viewport_size({"width": 360, "height": 740})
    sign_in(page, site, "eve")
    page.goto(site + path)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    unnamed = page.evaluate(
        "[...document.querySelectorAll('input:not([type=hidden]),select,textarea')]"
        ".filter(e => !e.labels.length).length"
    )
    assert unnamed == 0
    assert page.locator("h1").count() == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_against_wcag_22_aa(page: Page, site: str, scheme: str) -> None:
    """Contrast, names, roles, landmarks: what keeps somebody with a screen reader or weak eyes out."""
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.goto(f"{site}/sign-in")
    examined(page)
    sign_in(page, site, "bob")
    for path in ("", "/themes/church", "/permissions", "/audiences", "/trail", "/health"):
        page.goto(site + path)
        examined(page)
    page.evaluate("document.documentElement.removeAttribute('lang')")
    with pytest.raises(AssertionError, match="html-has-lang"):
        examined(page)


def examined(page: Page) -> None:
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
    found = Axe().run(page, options={"runOnly": rules})
    assert len(found.response["passes"]) > 5, page.url
    wrong = [rule["id"] for kind in ("violations", "incomplete") for rule in found.response[kind]]
    assert wrong == [], f"{page.url}: {found.generate_report()}"


def test_forms_of_other_sites_and_viewers_decide_nothing(tmp_path: Path) -> None:
    """The cookie alone is not enough; and who may read may not decide."""
    platform = made(tmp_path)
    with TestClient(make_app(platform, per_minute=1_000, further=[Console])) as client:
        said = {"state": "blocked", "reason": "r", "version": "1"}
        assert (
            client.post("/console/themes/church/decide", data=said, follow_redirects=False).status_code == 303
        )
        assert signed_in(client, "ann", "x") == 401
        assert signed_in(client, "ann") == 303
        assert client.post("/console/themes/church/decide", data=said).status_code == 403
        signed_in(client, "eve")
        text = client.get("/console").text
        mark = text.split('name="csrf" value="')[1].split('"')[0]
        assert client.post("/console/themes/church/decide", data={**said, "csrf": mark}).status_code == 403
        assert (
            client.post("/console/sign-out", data={"csrf": mark}, follow_redirects=False).status_code == 303
        )
        assert client.get("/console", follow_redirects=False).status_code == 303


def test_what_a_person_did_not_see_is_not_decided(tmp_path: Path) -> None:
    """A theme that somebody changed meanwhile is shown again."""
    platform = made(tmp_path)
    with TestClient(make_app(platform, per_minute=1_000, further=[Console])) as client:
        signed_in(client, "bob")
        text = client.get("/console/themes/church").text
        mark = text.split('name="csrf" value="')[1].split('"')[0]
        said = {"state": "blocked", "reason": "r", "version": "0", "csrf": mark}
        answer = client.post("/console/themes/church/decide", data=said)
        assert (answer.status_code, "meanwhile" in answer.text) == (422, True)
