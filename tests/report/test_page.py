"""The report in a real browser: it runs nothing of the data's, reads on a phone, in print, without JavaScript."""

import re
import shutil
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.conftest import run_haechi

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium (.ci/run installs it)")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-background-networking"]
        )
        yield opened
        opened.close()


def opened(browser: Browser, file: Path, **context: Any) -> tuple[Page, list[str]]:
    """The page, and everything that went wrong or was asked for beside it."""
    page = browser.new_context(**context).new_page()
    trouble: list[str] = []
    page.on("console", lambda message: trouble.append(message.text))
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("dialog", lambda dialog: trouble.append(dialog.message))
    page.on("request", lambda request: trouble.append(request.url) if request.url != file.as_uri() else None)
    page.goto(file.as_uri())
    return page, trouble


def test_it_opens_alone_and_leads_with_the_sentence(
    browser: Browser, report: Path, expected: dict[str, Any]
) -> None:
    page, trouble = opened(browser, report / "report.html")
    totals = expected["totals"]
    assert page.locator("h1").inner_text() == (
        f"{totals['people_exposed_unpermitted']:,} people were put in {totals['sensitive_themes']:,} "
        f"sensitive themes, used by {totals['advertisers_receiving_unpermitted']:,} advertisers, without permission."
    )
    assert page.locator("figure svg").count() == 4
    assert "synthetic" in page.locator(".banner").inner_text()
    assert trouble == []


def test_search_finds_by_every_word_and_tells_how_many(browser: Browser, report: Path) -> None:
    page, _ = opened(browser, report / "report.html")
    rows = page.locator("#themes tbody tr:visible")
    every = rows.count()
    page.fill("#q", "religion")
    assert 0 < rows.count() < every
    assert page.locator("output").inner_text() == f"{rows.count()} shown"
    page.fill("#q", "no such theme anywhere")
    assert rows.count() == 0


def test_without_javascript_everything_is_there(browser: Browser, report: Path) -> None:
    page, _ = opened(browser, report / "report.html", java_script_enabled=False)
    assert page.locator("#themes tbody tr").count() > 10
    assert not page.locator("#q").is_visible()


@pytest.mark.parametrize("width", [320, 360, 768, 1400])
def test_nothing_runs_off_the_side(browser: Browser, report: Path, width: int) -> None:
    page, _ = opened(browser, report / "report.html", viewport={"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_keyboard_reaches_the_findings_first(browser: Browser, report: Path) -> None:
    page, _ = opened(browser, report / "report.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "findings"


def test_headings_tables_and_colours_serve_a_reader(browser: Browser, report: Path) -> None:
    """Heading levels never skip, every header cell has a scope, text contrast is at least 4.5 in both schemes."""
    for scheme in ("light", "dark"):
        page, _ = opened(browser, report / "report.html", color_scheme=scheme)
        levels = page.eval_on_selector_all("h1,h2,h3,h4", "all => all.map(h => Number(h.tagName[1]))")
        assert levels[0] == 1
        assert all(after - before <= 1 for before, after in pairwise(levels))
        assert page.locator("th:not([scope])").count() == 0
        for selector in (".made", ".tag b", "summary", "thead th", ".figures dt", "h3"):
            assert contrast(page, selector) >= 4.5, (scheme, selector)


def contrast(page: Page, selector: str) -> float:
    """WCAG 2 contrast ratio of an element's text on the nearest background."""
    ratio: float = page.eval_on_selector(
        selector,
        """element => {
          const light = css => { const [r, g, b] = css.match(/[\\d.]+/g).map(Number).slice(0, 3).map(v => {
            v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4 });
            return 0.2126 * r + 0.7152 * g + 0.0722 * b };
          let ground = element;
          while (ground && /rgba\\(0, 0, 0, 0\\)/.test(getComputedStyle(ground).backgroundColor))
            ground = ground.parentElement;
          const a = light(getComputedStyle(element).color) + 0.05;
          const b = light(getComputedStyle(ground || document.documentElement).backgroundColor) + 0.05;
          return a > b ? a / b : b / a }""",
    )
    return ratio


def test_it_prints(browser: Browser, report: Path) -> None:
    page, _ = opened(browser, report / "report.html")
    assert page.pdf(format="A4")[:5] == b"%PDF-"


def test_hostile_names_stay_text(browser: Browser, tmp_path: Path) -> None:
    """Markup, controls, direction marks and a name of 10 MB: nothing runs, and the page keeps its size."""
    names = [
        "Church <script>alert(1)</script>",
        'Church "><img src=x onerror=alert(2)>',
        "Church \u202egnp.exe\u0007\u0000",
        "Church </title></style><svg onload=alert(3)>",
        "{{ 7 * 7 }} Church",
        "Church " + "x" * 10_000_000,
    ]
    data = tmp_path / "data"
    data.mkdir()
    people = list(range(30))
    days = [f"2024-01-{day % 28 + 1:02d}T00:00:00Z" for day in people]
    pq.write_table(pa.table({"theme_id": list(range(len(names))), "name": names}), data / "themes.parquet")
    pq.write_table(pa.table({"person_id": people, "country": ["DE"] * 30}), data / "people.parquet")
    (data / "memberships.csv").write_text(
        "person_id,theme_id,since\n" + "".join(f"{p},{p % len(names)},{days[p]}\n" for p in people)
    )
    (data / "advertisers.csv").write_text('advertiser_id,name\n9,"<b onmouseover=alert(4)>Ads</b>"\n')
    (data / "grants.csv").write_text(
        "advertiser_id,theme_id,since\n" + "".join(f"9,{n},2023-01-01T00:00:00Z\n" for n in range(len(names)))
    )
    done = run_haechi("audit", data, "--out", tmp_path / "out")
    assert done.returncode == 1, done.stderr
    file = tmp_path / "out" / "report.html"
    assert file.stat().st_size < 2_000_000
    page, trouble = opened(browser, file)
    assert trouble == []
    assert page.locator("#themes img, #themes b, #themes svg, #themes script").count() == 0
    shown = page.locator("#themes").inner_text()
    assert "<script>alert(1)</script>" in shown
    assert "⟨U+202E⟩" in shown
    assert "{{ 7 * 7 }}" in shown


def test_korean_speaks_korean(
    browser: Browser, example: Path, expected: dict[str, Any], tmp_path: Path
) -> None:
    done = run_haechi(
        "audit", example, "--out", tmp_path / "ko", "--as-of", expected["as_of"], "--lang", "ko"
    )
    assert done.returncode == 1, done.stderr
    page, trouble = opened(browser, tmp_path / "ko" / "report.html")
    assert page.locator("html").get_attribute("lang") == "ko"
    assert re.search(
        r"민감한 테마 \d+개에 분류되어 광고주 \d+곳에 이용되었습니다", page.locator("h1").inner_text()
    )
    assert trouble == []
