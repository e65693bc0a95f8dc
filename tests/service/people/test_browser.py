"""The people's page in a real browser: Chromium's passkeys, all else without scripts, four languages, WCAG 2.2."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from haechi.terms.words import LANGUAGES
from tests.service.people.offered import filled
from tests.service.people.world import Site, serving


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("browser")
    with serving(str(folder), folder) as one:
        yield one


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def phone(chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context(viewport={"width": 320, "height": 640}, locale="en-GB")
    yield context
    context.close()


def with_authenticator(page: Page) -> None:
    """A device that holds passkeys and verifies its owner (WebAuthn Level 3, section 11)."""
    cdp = page.context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_a_passkey_in_chromium(site: Site, phone: BrowserContext) -> None:
    """From the account by a link, a passkey added, out, in again by it, and once more for what is sensitive."""
    site.person("chromium", "chromium@example.org")
    page = phone.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    with_authenticator(page)
    page.goto(site.origin + site.door("chromium"))
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("link", name="Your ways in").click()
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_role("listitem").filter(has_text="Passkey 1").wait_for()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_role("link", name="Your ways in").click()
    # A passkey of today makes somebody known; sure it makes after three days.
    page.get_by_role("link", name="Show once more who you are").click()
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_role("heading", name="Your ways in").wait_for()
    assert faults == []
    assert page.context.cookies()[0]["name"].startswith("__Host-")


def test_without_scripts_all_but_passkeys_works(site: Site, chromium: Browser) -> None:
    site.person("scriptless", "scriptless@example.org")
    context = chromium.new_context(java_script_enabled=False, locale="en")
    page = context.new_page()
    page.goto(f"{site.origin}/me/recover")
    page.get_by_label("E-mail address or telephone number").fill("scriptless@example.org")
    page.get_by_role("button", name="Send the code").click()
    page.get_by_label("Code (8 digits)").fill(site.code("scriptless@example.org"))
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("link", name="Your ways in").click()
    assert page.locator("noscript").count() == 0, "only where one could be added"
    page.goto(site.origin + site.door("scriptless"))
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("link", name="Your ways in").click()
    page.locator("noscript p").wait_for()
    assert page.locator("noscript p").is_visible()
    page.get_by_role("link", name="Show once more who you are").click()
    page.get_by_role("button", name="Send the code").click()
    page.get_by_label("Code (8 digits)").fill(site.code("scriptless@example.org"))
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Add an address").fill("scriptless2@example.org")
    page.get_by_role("button", name="Send the code").click()
    page.get_by_label("Code (8 digits)").fill(site.code("scriptless2@example.org"))
    page.get_by_role("button", name="Go on").click()
    page.goto(site.origin + site.link("scriptless@example.org"))
    page.get_by_role("button", name="It was not me. Stop it").click()
    page.get_by_role("heading", name="It is stopped").wait_for()
    page.goto(f"{site.origin}/me/account")
    page.get_by_role("heading", name="Sign in").wait_for()
    context.close()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_page_is_accessible_on_a_phone_in_every_language(
    site: Site, phone: BrowserContext, lang: str
) -> None:
    """WCAG 2.2 AA by axe-core; all within 320 pixels (1.4.10); the language is said (3.1.1) and remembered."""
    site.person(f"axe-{lang}", f"axe-{lang}@example.org")
    page = phone.new_page()
    page.goto(f"{site.origin}/me/sign-in?lang={lang}")
    door = site.door(f"axe-{lang}")
    visits = ["/me/sign-in", "/me/recover", door, "/me/stop/x"]
    for path in [*visits, "", "/me/account", "/me/step-up"]:
        if path:
            page.goto(site.origin + path)
        else:
            page.goto(site.origin + door)
            page.locator("main button").click()
        _check(page, lang)
    page.locator("main form button").click()
    _check(page, lang)
    page.locator("#code").fill(site.code(f"axe-{lang}@example.org"))
    page.locator("main form button").click()
    page.wait_for_url("**/me")
    _check(page, lang)


def _check(page: Page, lang: str) -> None:
    assert page.locator("html").get_attribute("lang") == lang, page.url
    assert page.evaluate("document.documentElement.scrollWidth") <= 320, page.url
    options = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
    found = Axe().run(page, options=options)
    assert found.violations_count == 0, (page.url, found.generate_report())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_ones_own_page_in_chromium(site: Site, phone: BrowserContext, lang: str) -> None:
    """Fails when the page is not accessible, is wider than a phone, or needs a script: it is loaded without one."""
    person_id = f"mine-{lang}"
    number = site.person(person_id, f"{person_id}@example.org")
    filled(site, person_id)
    page = phone.new_page()
    page.goto(site.origin + site.door(person_id))
    page.locator("main button").click()
    site.age(number, timedelta(hours=100))
    page.goto(f"{site.origin}/me/step-up?after=/me&lang={lang}")
    page.locator("main form button").click()
    page.locator("#code").fill(site.code(f"{person_id}@example.org"))
    page.locator("main form button").click()
    page.goto(f"{site.origin}/me?lang={lang}")
    assert page.locator("svg.picture").count() == 1
    for summary in page.locator("summary").all():
        summary.click()
    _check(page, lang)
    page.locator('a[href$="/religion/disclosure"]').click()
    _check(page, lang)
    page.locator(".choices button").last.click()
    page.wait_for_url("**/me?done=given")
    _check(page, lang)
    page.locator('form:has(input[value="erasure"]) button').click()
    _check(page, lang)
