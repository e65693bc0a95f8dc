"""Sign-in by OpenID Connect against a real provider: who may come in, and every known way to come in wrongly."""

import base64
import hashlib
import hmac
import json
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey
from litestar.testing import TestClient
from playwright.sync_api import sync_playwright

from haechi.cli.users import create
from haechi.errors import UsageError
from haechi.service.api import make_app
from haechi.service.console.elsewhere import Elsewhere, desk_of
from haechi.service.console.entry import ELSEWHERE, SESSION
from haechi.service.console.routes import Console
from haechi.service.oidc import Begun, Waiting, settings_of
from haechi.service.platform import Platform
from haechi.service.settings import PlatformSettings
from haechi.stores.clock import utc_now
from haechi.stores.users import Identity, make_user, make_user_elsewhere, sign_in, sign_in_elsewhere, user_of
from tests.service.provider import CLIENT, SECRET, TestProvider, rsa, serving
from tests.service.served import HAECHI, free_port, wait_for

HERE = "http://127.0.0.1:8080"
BACK = f"{HERE}/console/oidc/callback"
SUB = "248289761001"
PASSWORD = "correct horse battery"  # noqa: S105 - of a test
TIMES = ("exp", "iat", "nbf")
"""Claims that the wrong tokens below give in seconds from now."""
Client = TestClient[Any]


def variables(issuer: str, **more: str) -> dict[str, str]:
    return {
        "HAECHI_OIDC_ISSUER": issuer,
        "HAECHI_OIDC_CLIENT_ID": CLIENT,
        "HAECHI_OIDC_CLIENT_SECRET": SECRET,
        "HAECHI_OIDC_REDIRECT_URI": BACK,
        **more,
    }


@pytest.fixture
def provider() -> Iterator[TestProvider]:
    with serving() as one:
        yield one


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Platform]:
    one = Platform(PlatformSettings(database=str(tmp_path), snapshot=str(tmp_path / "gate.snapshot")))
    yield one
    one.end()


@pytest.fixture
def client(platform: Platform, provider: TestProvider) -> Iterator[Client]:
    make_user_elsewhere(
        platform.engine, name="ann", role="reviewer", now=utc_now(),
        identity=Identity(provider.issuer, "subject", SUB),
    )  # fmt: skip
    app = make_app(platform, per_minute=1_000, further=[Console, Elsewhere])
    app.state[ELSEWHERE] = desk_of(variables(provider.issuer))
    with TestClient(app, base_url=HERE) as one:
        yield one


def out(client: Client) -> str:
    """The browser is sent to the provider, and the provider sends it back to this address."""
    begun = client.get("/console/oidc/start", follow_redirects=False)
    assert begun.status_code == 303
    back = httpx.get(begun.headers["location"]).headers["location"]
    assert back.startswith(BACK + "?")
    return str(back)


def came_in(client: Client) -> bool:
    return client.get("/console", follow_redirects=False).status_code == 200


def refused(client: Client, back: str, status: int, words: str) -> None:
    answer = client.get(back)
    assert (answer.status_code, words in answer.text) == (status, True)
    assert SESSION not in client.cookies
    assert not came_in(client)


def test_who_was_made_a_user_comes_in_and_goes_out(client: Client) -> None:
    """The whole way: out, back, in with the role that was given, and out again."""
    assert "your organisation" in client.get("/console/sign-in").text
    answer = client.get(out(client))
    assert (answer.status_code, 'http-equiv="refresh"' in answer.text) == (200, True)
    text = client.get("/console").text
    assert "ann (reviewer)" in text
    mark = text.split('name="csrf" value="')[1].split('"')[0]
    client.post("/console/sign-out", data={"csrf": mark})
    assert not came_in(client)


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(
    platform: Platform, provider: TestProvider
) -> None:
    """Behind a proxy that ends TLS the calls look like http; the cookies must be for this https host all the same."""
    app = make_app(platform, per_minute=1_000, further=[Console, Elsewhere])
    public = "https://console.example/console/oidc/callback"
    app.state[ELSEWHERE] = desk_of(variables(provider.issuer, HAECHI_OIDC_REDIRECT_URI=public))
    with TestClient(app, base_url=HERE) as client:
        cookie = client.get("/console/oidc/start", follow_redirects=False).headers["set-cookie"]
    assert {part.strip().lower() for part in cookie.split(";")[1:]} == {
        "httponly", "secure", "samesite=lax", "path=/",
    }  # fmt: skip
    assert cookie.startswith("__Host-")


def test_nobody_is_made_a_user_by_coming(client: Client, platform: Platform, provider: TestProvider) -> None:
    """Whoever the provider knows must not be let in for that alone."""
    provider.person = {"sub": "somebody-else", "email": "else@example.org", "email_verified": True}
    refused(client, out(client), 403, "no user was made for you")
    again = client.get(out(client)).text
    assert "somebody-else" not in again
    assert "else@example.org" not in again
    with platform.engine.connect() as connection:
        assert connection.exec_driver_sql("select count(*) from users").scalar() == 1


@pytest.mark.parametrize(
    ("said", "comes_in"),
    [
        ({"email": "Bob@Work.example", "email_verified": True}, True),
        ({"email": "bob@work.example", "email_verified": False}, False),
        ({"email": "bob@work.example", "email_verified": "true"}, False),
        ({"email": "bob@work.example"}, False),
        ({"email": "bob@wor\u212a.example", "email_verified": True}, False),
    ],
)
def test_an_address_counts_only_where_it_was_verified(
    client: Client, platform: Platform, provider: TestProvider, said: dict[str, Any], *, comes_in: bool
) -> None:
    """Else anybody writes the owner's address into their account there and is the owner here."""
    make_user_elsewhere(
        platform.engine, name="bob", role="owner", now=utc_now(),
        identity=Identity(provider.issuer, "email", "bob@work.example"),
    )  # fmt: skip
    provider.person = {"sub": "another", **said}
    client.get(out(client))
    assert came_in(client) == comes_in


def test_the_same_subject_of_another_provider_is_somebody_else(platform: Platform) -> None:
    """Two providers number their people alike; a change of provider must not swap them."""
    make_user_elsewhere(
        platform.engine, name="ann", role="owner", now=utc_now(),
        identity=Identity("https://one.example", "subject", "1"),
    )  # fmt: skip
    assert (
        sign_in_elsewhere(platform.engine, [Identity("https://two.example", "subject", "1")], now=utc_now())
        is None
    )
    assert (
        sign_in_elsewhere(platform.engine, [Identity("https://one.example", "email", "1")], now=utc_now())
        is None
    )


def test_a_password_and_a_provider_do_not_open_each_other_s_users(platform: Platform) -> None:
    """A user without a password has none that fits, and a name that is written as an identity is a name."""
    identity = Identity("https://one.example", "subject", "1")
    make_user(platform.engine, name=str(identity), role="viewer", password=PASSWORD, now=utc_now())
    assert sign_in_elsewhere(platform.engine, [identity], now=utc_now()) is None
    with pytest.raises(UsageError, match="another user's"):
        make_user_elsewhere(platform.engine, name="ann", role="owner", identity=identity, now=utc_now())
    other = Identity("https://one.example", "subject", "2")
    make_user_elsewhere(platform.engine, name="ann", role="owner", identity=other, now=utc_now())
    for password in ("", "None", "null"):
        assert sign_in(platform.engine, name="ann", password=password, now=utc_now()) is None
        assert sign_in(platform.engine, name=str(other), password=password, now=utc_now()) is None


def test_one_person_is_not_two_users_and_a_change_ends_sessions(platform: Platform) -> None:
    """Two people open what is sensitive: an identity under two names would be two people."""
    identity = Identity("https://one.example", "subject", "1")
    make_user(platform.engine, name="ann", role="reviewer", password=PASSWORD, now=utc_now())
    secret = sign_in(platform.engine, name="ann", password=PASSWORD, now=utc_now())
    make_user_elsewhere(platform.engine, name="ann", role="owner", identity=identity, now=utc_now())
    assert secret is not None
    assert user_of(platform.engine, secret, now=utc_now()) is None
    assert sign_in(platform.engine, name="ann", password=PASSWORD, now=utc_now()) is None
    with pytest.raises(UsageError, match="another user's"):
        make_user_elsewhere(platform.engine, name="ann2", role="owner", identity=identity, now=utc_now())


# Answers that do not fit


def test_an_answer_that_this_browser_did_not_ask_for_signs_nobody_in(client: Client) -> None:
    """Login CSRF: an attacker's own answer in a victim's browser would sign the victim in as the attacker."""
    attackers = out(client)
    client.cookies.clear()
    refused(client, attackers, 400, "begun elsewhere")
    out(client)  # the victim has begun a sign-in too, but its state is another
    refused(client, attackers, 400, "begun elsewhere")


def test_an_answer_counts_once(client: Client) -> None:
    """A replayed address, from a history or a log, must not sign in again."""
    back = out(client)
    cookie = client.cookies["haechi_oidc"]
    client.get(back)
    assert came_in(client)
    client.cookies.clear()
    client.cookies.set("haechi_oidc", cookie, domain="127.0.0.1", path="/console")
    refused(client, back, 400, "used already")


@pytest.mark.parametrize("state", ["", "&state=", "&state=x", "&state=%C3%A9"])
def test_an_answer_without_its_state_signs_nobody_in(client: Client, state: str) -> None:
    """The state binds the answer to what was begun."""
    code = parse_qs(urlsplit(out(client)).query)["code"][0]
    refused(client, f"/console/oidc/callback?code={code}{state}", 400, "begun elsewhere")


def test_the_answer_of_another_provider_signs_nobody_in(client: Client) -> None:
    """Mix-up (RFC 9207): what another provider sends back is not handed to this one."""
    refused(client, out(client) + "&iss=https%3A%2F%2Fevil.example", 400, "begun elsewhere")


def test_a_sign_in_waits_ten_minutes_and_a_flood_does_not_fill_the_memory() -> None:
    """An old answer from a shared machine must not sign in; a thousand and one begun ones push the first out."""
    now = 0.0
    waiting = Waiting(clock=lambda: now)
    begun = Begun.new()
    fresh, old = waiting.put(begun), waiting.put(begun)
    now = 599.0
    assert waiting.take(fresh) == begun
    assert waiting.take(fresh) is None
    now = 600.0
    assert waiting.take(old) is None
    first = waiting.put(begun)
    for _ in range(1_000):
        waiting.put(begun)
    assert waiting.take(first) is None


def test_a_refusal_there_is_said_here(client: Client, provider: TestProvider) -> None:
    """Somebody who pressed cancel is told, without what the provider wrote."""
    provider.denies = True
    refused(client, out(client) + "&error_description=%3Cscript%3E", 403, "signed nobody in")
    assert "script" not in client.get(out(client)).text


# Tokens that must not count


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def written(header: dict[str, Any], claims: dict[str, Any]) -> str:
    return f"{base64url(json.dumps(header).encode())}.{base64url(json.dumps(claims).encode())}"


def unsigned(provider: TestProvider, claims: dict[str, Any]) -> str:
    return written({"alg": "none"}, claims) + "."


def by_public_key(provider: TestProvider, claims: dict[str, Any]) -> str:
    """Signed with the provider's public key as if it were a shared secret: anybody has that key."""
    text = written({"alg": "HS256", "kid": provider.key.kid}, claims)
    mark = hmac.new(provider.key.as_pem(private=False), text.encode(), hashlib.sha256).digest()
    return f"{text}.{base64url(mark)}"


def by_client_secret(provider: TestProvider, claims: dict[str, Any]) -> str:
    return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SECRET))


def by_another_key(provider: TestProvider, claims: dict[str, Any]) -> str:
    return provider.signed(claims, rsa())


def cut(provider: TestProvider, claims: dict[str, Any]) -> str:
    return provider.signed(claims)[:-8]


def absent(provider: TestProvider, claims: dict[str, Any]) -> str:
    return ""


@pytest.mark.parametrize("forge", [unsigned, by_public_key, by_client_secret, by_another_key, cut, absent])
def test_a_token_that_the_provider_s_key_did_not_sign_counts_for_nothing(
    client: Client, provider: TestProvider, forge: Any
) -> None:
    """alg none, HS256 with the public key, another key: the classic ways to write one's own token."""
    provider.forge = forge
    refused(client, out(client), 403, "could not be verified")


@pytest.mark.parametrize(
    "wrong",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another-client"},
        {"aud": ["another-client", CLIENT]},  # of several audiences, one has to be the authorised party
        {"aud": [CLIENT, "another-client"], "azp": "another-client"},
        {"aud": []},
        {"aud": None},
        {"iss": "https://evil.example"},
        {"iss": None},
        {"exp": -3_600},
        {"exp": None},
        {"exp": "soon"},
        {"iat": 3_600},
        {"iat": None},
        {"nbf": 3_600},
        {"sub": None},
        {"sub": ""},
        {"sub": 248289761001},
        {"at_hash": "wrong"},
    ],
    # Not the values: those of the clock differ from process to process.
    ids=",".join,
)
def test_a_token_for_somebody_else_or_another_time_counts_for_nothing(
    client: Client, provider: TestProvider, wrong: dict[str, Any]
) -> None:
    """A token of another client, another sign-in, another provider or yesterday is not this person, here, now."""

    def claims(right: dict[str, Any]) -> dict[str, Any]:
        now = int(time.time())
        said = {k: now + v if k in TIMES and isinstance(v, int) else v for k, v in wrong.items()}
        return {k: v for k, v in {**right, **said}.items() if v is not None}

    provider.claims = claims
    refused(client, out(client), 403, "could not be verified")


def test_a_code_needs_the_verifier_of_the_browser_that_began(client: Client, provider: TestProvider) -> None:
    """PKCE: a code that was seen on its way is worth nothing in another sign-in."""
    stolen = parse_qs(urlsplit(out(client)).query)["code"][0]
    state = parse_qs(urlsplit(out(client)).query)["state"][0]
    refused(client, f"/console/oidc/callback?code={stolen}&state={state}", 403, "could not be verified")


# The provider, and where browsers are sent


def test_a_provider_that_fails_is_said_plainly_and_works_again_later(
    platform: Platform, client: Client, provider: TestProvider
) -> None:
    """An outage must neither show an error page nor be remembered."""
    provider.fails = True
    answer = client.get("/console/oidc/start", follow_redirects=False)
    assert (answer.status_code, "cannot be reached" in answer.text) == (503, True)
    provider.fails = False
    back = out(client)
    provider.fails = True
    refused(client, back, 503, "cannot be reached")
    provider.fails = False
    client.get(out(client))
    assert came_in(client)
    assert provider.asked.count("/.well-known/openid-configuration") == 2


def test_a_provider_may_change_its_keys(client: Client, provider: TestProvider) -> None:
    """Providers change their keys without notice; people must come in by the new one, and by the new one only."""
    # RFC 7517 section 5: keys of a kind that is not known here are passed over.
    provider.further_keys = [{"kty": "AKP", "alg": "ML-DSA-65", "kid": "next"}, {"kty": "OCT?", "use": "enc"}]
    client.get(out(client))
    assert came_in(client)
    client.cookies.clear()
    former, provider.key = provider.key, rsa()
    client.get(out(client))
    assert came_in(client)
    client.cookies.clear()
    provider.forge = lambda one, claims: one.signed(claims, former)
    refused(client, out(client), 403, "could not be verified")


@pytest.mark.parametrize(
    "document",
    [
        {"issuer": "https://evil.example"},
        {"authorization_endpoint": "http://evil.example/authorise"},
        {"token_endpoint": "http://evil.example/token"},
        {"token_endpoint": "file:///etc/passwd"},
        {"jwks_uri": "http://evil.example/keys"},
        {"jwks_uri": None},
    ],
    ids=str,
)
def test_a_discovery_document_that_is_another_s_or_unsafe_is_not_followed(
    client: Client, provider: TestProvider, document: dict[str, Any]
) -> None:
    """Codes and secrets must not be sent where others listen, nor keys be taken from there."""
    provider.document = document
    answer = client.get("/console/oidc/start", follow_redirects=False)
    assert (answer.status_code, "location" in answer.headers) == (503, False)


def test_no_address_to_go_to_is_taken_from_a_request(client: Client, provider: TestProvider) -> None:
    """An open redirect would lend the console's good name to any page."""
    evil = "next=https%3A%2F%2Fevil.example&redirect_uri=https%3A%2F%2Fevil.example&return_to=//evil.example"
    headers = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "Referer": "https://evil.example/"}
    begun = client.get(f"/console/oidc/start?{evil}", headers=headers, follow_redirects=False)
    there = urlsplit(begun.headers["location"])
    assert f"{there.scheme}://{there.netloc}" == provider.issuer
    assert parse_qs(there.query)["redirect_uri"] == [BACK]
    back = httpx.get(begun.headers["location"]).headers["location"]
    answer = client.get(f"{back}&{evil}")
    assert came_in(client)
    assert "evil.example" not in answer.text


def test_without_a_provider_there_is_no_such_door(platform: Platform) -> None:
    """Nothing that was not asked for answers."""
    with TestClient(make_app(platform, per_minute=1_000, further=[Console, Elsewhere])) as client:
        assert client.get("/console/oidc/start").status_code == 404
        assert client.get("/console/oidc/callback?code=x&state=y").status_code == 404
        assert "organisation" not in client.get("/console/sign-in").text


def test_settings_come_from_the_environment_and_secrets_from_a_file(tmp_path: Path) -> None:
    """A container's secret is a file; and the secret is never shown."""
    assert settings_of({}) is None
    file = tmp_path / "secret"
    file.write_text(f"{SECRET}\n")
    given = variables("https://login.example")
    del given["HAECHI_OIDC_CLIENT_SECRET"]
    read = settings_of({**given, "HAECHI_OIDC_CLIENT_SECRET_FILE": str(file)})
    assert read is not None
    assert read.client_secret == SECRET
    assert SECRET not in repr(read)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"HAECHI_OIDC_ISSUER": "http://login.example"}, "ISSUER"),
        ({"HAECHI_OIDC_ISSUER": "http://localhost.evil.example"}, "ISSUER"),
        ({"HAECHI_OIDC_ISSUER": "http://127.0.0.1@evil.example"}, "ISSUER"),
        ({"HAECHI_OIDC_ISSUER": "https://login.example/a b"}, "ISSUER"),
        ({"HAECHI_OIDC_ISSUER": "https:///login"}, "ISSUER"),
        ({"HAECHI_OIDC_CLIENT_ID": ""}, "CLIENT_ID"),
        ({"HAECHI_OIDC_CLIENT_SECRET": ""}, "CLIENT_SECRET"),
        ({"HAECHI_OIDC_CLIENT_SECRET_FILE": "x"}, "CLIENT_SECRET_FILE"),
        (
            {"HAECHI_OIDC_CLIENT_SECRET": "", "HAECHI_OIDC_CLIENT_SECRET_FILE": "/nowhere"},
            "CLIENT_SECRET_FILE",
        ),
        ({"HAECHI_OIDC_REDIRECT_URI": ""}, "REDIRECT_URI"),
        ({"HAECHI_OIDC_REDIRECT_URI": "http://console.example/console/oidc/callback"}, "REDIRECT_URI"),
        ({"HAECHI_OIDC_REDIRECT_URI": "https://console.example/"}, "REDIRECT_URI"),
    ],
    ids=str,
)
def test_settings_that_are_incomplete_or_unsafe_are_said_before_anything_listens(
    change: dict[str, str], named: str
) -> None:
    """A half-configured sign-in must not start, and the message names the variable and no secret."""
    with pytest.raises(UsageError, match=named) as fault:
        desk_of({**variables("https://login.example"), **change})
    assert SECRET not in str(fault.value)


@pytest.mark.parametrize(
    ("given", "issuer"),
    [
        ({"oidc_subject": SUB, "oidc_email": "ann@example.org"}, "https://login.example"),
        ({"oidc_subject": SUB}, ""),
        ({"oidc_email": " "}, "https://login.example"),
    ],
    ids=str,
)
def test_a_user_of_no_provider_or_of_two_kinds_is_not_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: dict[str, str], issuer: str
) -> None:
    """A slip on the command line must not make a user whom anybody, or nobody, could be."""
    monkeypatch.setenv("HAECHI_OIDC_ISSUER", issuer)
    with pytest.raises(UsageError):
        create("ann", database=str(tmp_path), **given)  # type: ignore[arg-type]


def test_the_whole_way_in_a_real_browser(tmp_path: Path, provider: TestProvider) -> None:
    """Chromium, two sites, the served platform and its command line: strict cookies and CSP let the right one in."""
    port = free_port()
    here = f"http://127.0.0.1:{port}"
    environment = {
        **os.environ,
        **variables(provider.issuer, HAECHI_OIDC_REDIRECT_URI=f"{here}/console/oidc/callback"),
    }
    subprocess.run(
        [HAECHI, "users", "create", "ann", "--role", "owner", "--oidc-email", "ann@example.org",
         "--database", str(tmp_path)],
        env=environment, check=True,
    )  # fmt: skip
    provider.person = {"sub": "x", "email": "ann@example.org", "email_verified": True}
    process = subprocess.Popen(
        [HAECHI, "serve", str(tmp_path), "--listen", f"127.0.0.1:{port}"],
        env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        wait_for(port)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
            page = browser.new_page()
            page.goto(f"{here}/console")
            page.get_by_role("link", name="Sign in with your organisation's account").click()
            page.wait_for_selector("nav")
            assert page.url == f"{here}/console"
            assert "ann (owner)" in page.inner_text("header")
            page.get_by_role("button", name="Sign out").click()
            page.wait_for_selector("#password")
            browser.close()
    finally:
        process.terminate()
        process.wait(20)
