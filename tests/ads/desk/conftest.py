"""A served desk, and browsers that tell when something of a stranger's acts in them."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Dialog, Page, sync_playwright

from haechi.stores import open_store
from tests.ads.desk.worlds import found
from tests.ads.store.conftest import database, engine, opened, own_database
from tests.databases import postgres_server
from tests.service.door import PASSWORD
from tests.service.served import call, free_port, wait_for

__all__ = ["database", "engine", "opened", "own_database", "postgres_server"]


class Site:
    """A served desk: where it is, keys by name, and calls of the platform's programs."""

    def __init__(self, port: int, keys: dict[str, str]) -> None:
        self.port = port
        self.keys = keys
        self.origin = f"http://127.0.0.1:{port}"

    def call(self, by: str, path: str, body: Any = None, method: str | None = None) -> tuple[int, Any]:
        status, _, told = call(self.port, path, body, method=method, Authorization=f"Bearer {self.keys[by]}")
        return status, told

    def submit(self, ad_id: str, text: str, by: str = "acme", **more: Any) -> dict[str, Any]:
        status, told = self.call(by, "/v1/ads", {"ad_id": ad_id, "text": text, **more})
        assert status == 201, told
        return dict(told)

    def runs(self, ad_id: str) -> bool:
        return bool(self.call("root", f"/v1/ads/{ad_id}/may-run")[1]["may_run"])


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("desk")
    engine = open_store(str(folder))
    keys = found(engine)
    engine.dispose()
    port = free_port()
    root = Path(__file__).parents[3]
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.ads.desk.application", str(folder), str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=root,
        env={**os.environ, "PYTHONPATH": f"{root / 'src'}:{root}"},
    )
    try:
        wait_for(port)
        yield Site(port, keys)
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield opened
        opened.close()


class Watched:
    """Whatever a page should not do: dialogs, messages on the console, errors, violations of the CSP."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def watch(self, page: Page) -> Page:
        page.on("dialog", self._dialog)
        page.on("console", lambda message: self.seen.append(f"console {message.text}"))
        page.on("pageerror", lambda error: self.seen.append(f"error {error}"))
        page.add_init_script(
            "document.addEventListener('securitypolicyviolation',"
            " e => console.error('CSP ' + e.violatedDirective + ' ' + e.blockedURI))"
        )
        return page

    def _dialog(self, dialog: Dialog) -> None:
        self.seen.append(f"dialog {dialog.message}")
        dialog.dismiss()


@pytest.fixture
def watched() -> Watched:
    return Watched()


@pytest.fixture
def person(browser: Browser, site: Site, watched: Watched) -> Iterator[Callable[..., Page]]:
    """Opens a browser of somebody's own, who signs in."""
    contexts = []

    def open_as(name: str, **how: Any) -> Page:
        context = browser.new_context(**how)
        contexts.append(context)
        page = watched.watch(context.new_page())
        page.goto(f"{site.origin}/console/sign-in")
        page.fill("#name", name)
        page.fill("#password", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_selector("nav")
        page.goto(f"{site.origin}/desk")
        return page

    yield open_as
    for context in contexts:
        context.close()


@pytest.fixture
def advertiser(browser: Browser, site: Site, watched: Watched) -> Iterator[Callable[..., Page]]:
    """Opens an advertiser's browser, signed in by its key."""
    contexts = []

    def open_as(name: str, **how: Any) -> Page:
        context = browser.new_context(**how)
        contexts.append(context)
        page = watched.watch(context.new_page())
        page.goto(f"{site.origin}/advertiser")
        page.fill("#key", site.keys[name])
        page.keyboard.press("Enter")
        page.wait_for_selector("nav")
        return page

    yield open_as
    for context in contexts:
        context.close()
