"""The console's door: whose forms count, what cookies say, how long a session lasts, and who is shut out."""

import subprocess
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import httpx
import pytest
from playwright.sync_api import sync_playwright

from haechi.stores import open_store
from haechi.stores.clock import utc_now
from haechi.stores.users import make_user, sign_in, user_of
from tests.service.door import PASSWORD, form_mark, signed_in, tried
from tests.service.served import HAECHI, platform_served


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = str(tmp_path_factory.mktemp("door"))
    engine = open_store(folder)
    for name in ("ann", "bob", "eve"):
        make_user(engine, name=name, role="reviewer", password=PASSWORD, now=utc_now())
    engine.dispose()
    return folder


@pytest.fixture(scope="module")
def port(database: str) -> Iterator[int]:
    with platform_served(database, "--proxy", "127.0.0.1") as port:
        yield port


@pytest.fixture
def browser(port: int) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"http://127.0.0.1:{port}") as one:
        yield one


def came_in(browser: httpx.Client) -> bool:
    return browser.get("/console").status_code == 200


def users(database: str, *arguments: str, given: str = "") -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [HAECHI, "users", *arguments, "--database", database], input=given, capture_output=True, text=True,
        check=False,
    )  # fmt: skip


def test_another_site_s_form_signs_nobody_in(browser: httpx.Client) -> None:
    """Login CSRF: a victim who is signed in as the attacker decides and reads in the attacker's name."""
    said = {"name": "ann", "password": PASSWORD}
    assert browser.post("/console/sign-in", data=said).status_code == 403
    mark = form_mark(browser)
    assert browser.post("/console/sign-in", data={**said, "form": mark[::-1]}).status_code == 403
    for site in ("cross-site", "same-site"):
        assert tried(browser, "ann", **{"Sec-Fetch-Site": site}).status_code == 403
    # The attacker's own mark, without the attacker's cookie.
    browser.cookies.clear()
    assert browser.post("/console/sign-in", data={**said, "form": mark}).status_code == 403
    assert not came_in(browser)
    assert signed_in(browser, "ann") == 303


def test_another_site_s_page_signs_nobody_in_in_a_real_browser(port: int) -> None:
    """Chromium on a page of another origin that sends the form by itself."""

    class Attacker(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(
                f"<form method=post action=http://127.0.0.1:{port}/console/sign-in><input name=name value=ann>"
                f"<input name=password value='{PASSWORD}'><input name=form value=x></form>"
                "<script>document.forms[0].submit()</script>".encode()
            )

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Attacker)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
            page = chromium.new_page()
            page.goto(f"http://127.0.0.1:{port}/console/sign-in")
            with page.expect_response(lambda answer: answer.request.method == "POST") as sent:
                page.goto(f"http://localhost:{server.server_port}/")
            assert sent.value.status == 403
            page.goto(f"http://127.0.0.1:{port}/console")
            assert page.locator("#password").count() == 1
            chromium.close()
    finally:
        server.shutdown()


def test_another_site_signs_nobody_out(browser: httpx.Client) -> None:
    """Logout CSRF: without the session's own mark the session stays."""
    signed_in(browser, "ann")
    assert browser.post("/console/sign-out", data={}).status_code == 403
    assert came_in(browser)
    mark = form_mark_of_session(browser)
    assert browser.post("/console/sign-out", data={"csrf": mark}).status_code == 303
    assert not came_in(browser)


def form_mark_of_session(browser: httpx.Client) -> str:
    return browser.get("/console").text.split('name="csrf" value="')[1].split('"')[0]


def test_a_session_is_never_one_from_before(browser: httpx.Client) -> None:
    """Session fixation: whoever planted or saw an earlier session has nothing of the new one."""
    browser.cookies.set("haechi_session", "planted-by-somebody", path="/")
    signed_in(browser, "ann")
    first = browser.cookies.get("haechi_session", path="/", domain="127.0.0.1")
    assert first not in (None, "planted-by-somebody")
    signed_in(browser, "bob")
    second = browser.cookies.get("haechi_session", path="/", domain="127.0.0.1")
    assert second != first
    browser.cookies.clear()
    browser.cookies.set("haechi_session", str(first), path="/", domain="127.0.0.1")
    assert not came_in(browser), "the session that the browser had before has ended"


def test_cookies_by_https_are_this_host_s_alone(port: int) -> None:
    """A neighbouring host, or the same one by http, can neither set nor read them."""
    by_https = {"X-Forwarded-For": "192.0.2.1", "X-Forwarded-Proto": "https"}
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=by_https) as one:
        page = one.get("/console/sign-in")
        form = page.headers["set-cookie"].split(";")[0]
        mark = page.text.split('name="form" value="')[1].split('"')[0]
        answer = one.post(
            "/console/sign-in",
            data={"name": "eve", "password": PASSWORD, "form": mark},
            headers={"Cookie": form},
        )
        assert answer.status_code == 303
        cookies = [page.headers["set-cookie"], *answer.headers.get_list("set-cookie")]
        assert len(cookies) == 3
        for cookie in cookies:
            parts = {part.strip().lower() for part in cookie.split(";")}
            assert cookie.startswith("__Host-haechi_")
            assert {"httponly", "secure", "samesite=strict", "path=/"} <= parts
            assert not any(part.startswith("domain=") for part in parts)
        session = next(one.split(";")[0] for one in cookies if "session" in one)
        assert one.get("/console", headers={"Cookie": session}).status_code == 200
        # The same name without the prefix could be set by anybody on a neighbouring host: it counts for nothing.
        plain = session.removeprefix("__Host-")
        assert one.get("/console", headers={"Cookie": plain}).status_code == 303


def test_a_session_ends_after_an_idle_hour_and_after_twelve_in_all(database: str) -> None:
    """Whoever finds an open browser the next day finds nobody signed in."""
    engine = open_store(database)
    now = utc_now()
    secret = sign_in(engine, name="eve", password=PASSWORD, now=now)
    assert secret is not None
    for minutes in range(0, 12 * 60, 50):
        assert user_of(engine, secret, now=now + timedelta(minutes=minutes)) is not None
    assert user_of(engine, secret, now=now + timedelta(hours=12)) is None
    idle = sign_in(engine, name="eve", password=PASSWORD, now=now)
    assert idle is not None
    assert user_of(engine, idle, now=now + timedelta(minutes=61)) is None
    engine.dispose()


def test_who_is_disabled_is_out_at_once_and_stands_in_the_history(
    browser: httpx.Client, database: str, port: int
) -> None:
    """Somebody left: the open session ends with the next call, and no way in is left until somebody enables it."""
    assert signed_in(browser, "eve") == 303
    assert came_in(browser)
    assert users(database, "disable", "eve").returncode == 0
    assert not came_in(browser)
    assert signed_in(browser, "eve") == 401
    assert "eve  reviewer  password  disabled" in users(database, "list").stdout
    made = users(database, "create", "eve", given=f"{PASSWORD}\n")
    assert (made.returncode, "disabled" in made.stderr) == (2, True)
    assert users(database, "enable", "eve").returncode == 0
    assert not came_in(browser), "the session of before does not come to life again"
    assert signed_in(browser, "eve") == 303
    assert users(database, "role", "eve", "viewer").returncode == 0
    assert not came_in(browser)
    assert users(database, "password", "eve", given="another long password\n").returncode == 0
    assert signed_in(browser, "eve") == 401
    assert signed_in(browser, "eve", "another long password") == 303
    assert "eve (viewer)" in browser.get("/console").text
    history = browser.get("/console/trail", params={"kind": "users and keys"}).text
    for action in ("user disabled", "user enabled", "role changed", "password changed"):
        assert f"<td>{action}</td><td>eve</td>" in history
    assert "(command line)</td>" in history
    assert PASSWORD not in history


@pytest.mark.parametrize(
    ("arguments", "given", "words"),
    [
        (["disable", "nobody"], "", "no user is named 'nobody'"),
        (["role", "nobody", "owner"], "", "no user is named"),
        (["role", "ann", "king"], "", "owner"),
        (["password", "ann"], "short\n", "at least 12"),
        (["password", "ann"], "x" * 2_000 + "\n", "at most 1,000"),
        (["disable", "a\x1b[2Jb"], "", "no user is named"),
    ],
)
def test_what_cannot_be_done_to_a_user_is_said(
    database: str, arguments: list[str], given: str, words: str
) -> None:
    """Status 2 and what was expected; nothing that acts on the screen."""
    done = users(database, *arguments, given=given)
    assert done.returncode == 2
    assert words in " ".join(done.stderr.split())
    assert "\x1b" not in done.stderr
