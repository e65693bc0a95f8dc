"""Every page for everybody: by keyboard, without scripts, on a phone, with a screen reader, in light and dark."""

import base64
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.ads.desk.conftest import Site, Watched
from tests.ads.desk.test_flow import take, to_job
from tests.ads.desk.worlds import drawing

Opens = Callable[..., Page]
pytestmark = pytest.mark.slow
PHONE = {"viewport": {"width": 360, "height": 740}}


@pytest.fixture(scope="module")
def filled(site: Site) -> Site:
    site.call(
        "root", "/v1/notices",
        {"source": "VICTIM", "text": "Not me.", "party": {"party_id": "sora", "names": ["Sora Kumono", "空 くもの"]}},
    )  # fmt: skip
    picture = base64.b64encode(drawing()).decode()
    site.submit(
        "page-1", "Sora Kumono on LINE: gar\u200bden savings, guaranteed (synthetic)", headline="First page",
        language="en", picture=picture, landing_url="https://first.example/", targeting={"countries": ["JP"]},
    )  # fmt: skip
    site.submit(
        "page-2", "空 くもの の講座。元本保証、LINEで (合成)", headline="二つ目", language="ja", country="JP"
    )
    site.submit("page-3", "[copy of page-1] LINE (synthetic)", headline="Third page")
    # One word that is wider than any screen.
    site.call(
        "root", "/v1/advertisers/club/facts", {"legal_name": "W" * 140, "display_names": ["V" * 300]}, "PUT"
    )
    site.submit("page-5", "LINE of the club (synthetic)", headline="Fifth" + "h" * 300, by="club")
    made = site.submit("page-4", "[reject] (synthetic)", headline="Fourth page", language="en")
    site.call("acme", "/v1/ads/page-4/appeals", {"decision_id": made["decision_id"], "text": "It is right."})
    return site


def paths(page: Page, site: Site) -> list[str]:
    """Every kind of page at the desk."""
    page.goto(f"{site.origin}/desk")
    jobs = page.locator("table.queue a").evaluate_all("all => all.map(one => one.getAttribute('href'))")
    assert any("/notices/" in one for one in jobs)
    return ["/desk", "/desk/overdue", "/desk/notices", "/desk/parties", "/desk/parties/sora", "/desk/suspensions",
            "/desk/jobs/none", *jobs]  # fmt: skip


def examined(page: Page) -> None:
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
    found = Axe().run(page, options={"runOnly": rules})
    assert len(found.response["passes"]) > 5, page.url
    wrong = [rule["id"] for kind in ("violations", "incomplete") for rule in found.response[kind]]
    assert wrong == [], f"{page.url}: {found.generate_report()}"


@pytest.mark.parametrize(
    "how", [{"color_scheme": "light"}, {"color_scheme": "dark"}, {"color_scheme": "light", **PHONE}]
)
def test_axe_finds_nothing_against_wcag_22_aa(
    filled: Site, person: Opens, advertiser: Opens, how: dict[str, Any]
) -> None:
    """Contrast, names, roles, languages: what keeps somebody with a screen reader or weak eyes out of the work."""
    page = person("cat", **how)
    for path in [*paths(page, filled), "/desk/quality"]:
        page.goto(filled.origin + path)
        examined(page)
    to_job(page, filled, "First page")
    take(page)
    page.check("#reveal")
    page.locator("details").evaluate_all("all => all.forEach(one => { one.open = true; })")
    examined(page)
    page.get_by_role("button", name="Give it back").click()
    page.wait_for_load_state()
    owner = advertiser("acme", **how)
    for path in ("", "/ads/page-1", "/ads/page-4", "/check", "/ads/none", "?lang=ja"):
        owner.goto(f"{filled.origin}/advertiser{path}")
        examined(owner)
    owner.context.clear_cookies()
    owner.goto(f"{filled.origin}/advertiser")
    examined(owner)


def test_every_page_fits_a_phone(filled: Site, person: Opens, advertiser: Opens) -> None:
    """No sideways scrolling at 360 pixels; every field has a label; one heading says what the page is."""
    page, owner = person("ann", **PHONE), advertiser("acme", **PHONE)
    tried = [(page, path) for path in paths(page, filled)]
    tried += [(owner, f"/advertiser{path}") for path in ("", "/ads/page-1", "/check")]
    for one, path in tried:
        one.goto(filled.origin + path)
        assert one.evaluate("document.documentElement.scrollWidth") <= 360, path
        unnamed = (
            "[...document.querySelectorAll('input:not([type=hidden]),select,textarea')]"
            ".filter(e => !e.labels.length).length"
        )
        assert one.evaluate(unnamed) == 0, path
        assert one.locator("h1").count() == 1
        one.keyboard.press("Tab")
        assert one.evaluate("document.activeElement.className") == "skip", path


def test_long_words_stay_on_a_phone_and_fields_stand_apart(filled: Site, advertiser: Opens) -> None:
    """If it fails, one long word of a name makes pages scroll sideways, or a field touches the one above it."""
    owner = advertiser("club", viewport={"width": 390, "height": 800})
    owner.goto(f"{filled.origin}/advertiser/check")
    owner.evaluate("document.querySelector('header form span').textContent = 'Kumono'.repeat(60)")
    assert owner.evaluate("document.documentElement.scrollWidth") <= 390
    above = "document.getElementById('landing').getBoundingClientRect().bottom"
    for field in ("country", "language"):
        gap = f"document.getElementById('{field}').getBoundingClientRect().top - {above}"
        assert owner.evaluate(gap) >= 8, field
    gap = (
        "document.querySelector('label[for=picture]').getBoundingClientRect().top"
        " - document.getElementById('language').getBoundingClientRect().bottom"
    )
    assert owner.evaluate(gap) >= 8


def test_everything_by_keyboard(filled: Site, person: Opens, watched: Watched) -> None:
    """An hour at the desk is some hundred decisions: a hand on the keyboard is enough for each of them."""
    page = person("bob")
    page.keyboard.press("j")
    first = page.evaluate("document.activeElement.textContent")
    page.keyboard.press("ArrowDown")
    second = page.evaluate("document.activeElement.textContent")
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.textContent") == first != second
    page.keyboard.press("?")
    assert page.evaluate("document.getElementById('help').open") is True
    page.keyboard.press("?")
    page.keyboard.press("n")
    page.wait_for_url("**/desk/jobs/*")
    taken = page.url
    page.keyboard.press("r")
    assert page.evaluate("document.getElementById('reveal').checked") is True
    page.keyboard.press("j")
    assert "stop" in page.evaluate("document.activeElement.className")
    page.keyboard.press("2")
    assert page.evaluate("document.activeElement.id") == "words"
    assert page.input_value("input[name=choice]:checked") == "hold"
    page.keyboard.type("njr?123 in words are words")
    assert page.input_value("#words") == "njr?123 in words are words"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk?done=left*")
    page.goto(taken)
    page.keyboard.press("t")
    page.wait_for_selector("#decide")
    page.get_by_role("button", name="Give it back").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk?done=released*")
    page.locator("#help summary").click()
    page.get_by_label("Single keys are on").uncheck()
    page.keyboard.press("n")
    page.wait_for_timeout(200)
    assert "/jobs/" not in page.url, "whoever speaks to the computer switches single keys off (WCAG 2.1.4)"
    page.reload()
    page.keyboard.press("n")
    page.wait_for_timeout(200)
    assert "/jobs/" not in page.url, "and they stay off"
    assert watched.seen == []


def test_after_a_refused_form_one_types_on(filled: Site, person: Opens, watched: Watched) -> None:
    """If it fails, what somebody types after a mistake presses single keys: an `n` leaves, and all of it is lost."""
    filled.submit("refused-1", "LINE refused (synthetic)", headline="Refused once")
    page = person("ann")
    to_job(page, filled, "Refused once")
    take(page)
    page.check("input[name=choice][value=reject]")
    page.fill("#wrong", "Not so.")
    page.get_by_role("button", name="Decide", exact=True).click()
    page.wait_for_selector("#fault")
    assert page.evaluate("document.activeElement.id") == "words"
    page.keyboard.type("not sure")
    assert page.input_value("#words") == "not sure"
    assert page.input_value("#wrong") == "Not so."
    page.locator("#of-decide").click()
    page.evaluate("document.activeElement.blur()")
    for key in ("n", "u"):
        page.keyboard.press(key)
        page.wait_for_timeout(200)
    assert page.input_value("#words") == "not sure", "nothing leaves a page with words that were not sent"
    examined(page)
    page.get_by_role("button", name="Give it back").click()
    page.wait_for_url("**/desk?done=released*")
    assert watched.seen == [one for one in watched.seen if "422" in one]


def test_everything_without_scripts(filled: Site, person: Opens) -> None:
    """Scripts add keys and nothing else: where they are forbidden, every form still does its work."""
    filled.submit("noscript-1", "LINE without scripts (synthetic)", headline="Without scripts")
    page = person("ann", java_script_enabled=False)
    to_job(page, filled, "Without scripts")
    page.click("#take button")
    page.wait_for_selector("#decide")
    page.check("#reveal")
    page.check("input[name=choice][value=approve]")
    page.get_by_role("button", name="Decide", exact=True).click()
    page.wait_for_load_state()
    assert "Decided." in page.inner_text("[role=status]")
    assert filled.runs("noscript-1")
    assert "Single keys" not in page.inner_text("#help")


def test_texts_say_their_language(filled: Site, person: Opens) -> None:
    """A screen reader reads Japanese as Japanese, and the desk's own words as English (WCAG 3.1.2)."""
    page = person("ann")
    assert page.locator("table.queue bdi[lang=ja]").inner_text() == "二つ目"
    to_job(page, filled, "二つ目")
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.locator("section:has(#of-ad) p.said[lang=ja]").count() >= 2
