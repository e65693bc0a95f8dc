"""The ways in over HTTP, and every known way to misuse them: links, passkeys, sessions, forms."""

import json
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from litestar import get
from litestar.di import Provide
from litestar.testing import TestClient

from haechi.service.api import make_app
from haechi.service.me import SITE, people_page, person_of, site_at
from haechi.service.me.pages import FAULTS
from haechi.service.platform import Platform
from haechi.service.settings import PlatformSettings
from haechi.stores import schema
from haechi.stores.clock import micros, utc_now
from haechi.stores.identity.sessions import PersonSession
from tests.service.people.authenticator import PRESENT, Authenticator, encoded
from tests.service.people.world import COOKIE, Site


def test_a_link_from_the_operator_s_session_lets_in_once(site: Site) -> None:
    """Who reads the link in a log, a history or over a shoulder comes too late."""
    site.person("door-once", "once@example.org")
    path, person, thief = site.door("door-once"), site.browser(), site.browser()
    opened = person.get(path)
    assert (opened.status_code, person.is_in()) == (200, False), (
        "opening a link does nothing: scanners open links"
    )
    assert person.post(path).status_code == 303
    assert person.is_in()
    # The same browser again, as by the back button, is no thief.
    assert (person.post(path).status_code, person.is_in()) == (303, True)
    assert (thief.post(path).status_code, thief.is_in()) == (403, False)
    assert not person.is_in(), "which of the two was the thief cannot be told: both are out"


def test_a_link_is_short_lived_and_kept_as_a_hash(site: Site) -> None:
    site.person("door-late")
    path = site.door("door-late")
    secret = path.rsplit("/", 1)[1]
    with site.engine.begin() as connection:
        doors = connection.execute(schema.doors.select()).all()
        assert all(secret.encode() not in bytes(row.door_hash) for row in doors)
        connection.execute(schema.doors.update().values(expires_at=1))
    assert site.browser().post(path).status_code == 403


def test_a_made_up_link_answers_like_an_old_one(site: Site) -> None:
    assert site.browser().post("/me/door/" + "x" * 43).status_code == 403
    assert site.browser().get("/me/door/" + "x" * 43).status_code == 200


def test_doors_are_for_programs_with_the_scope_alone(site: Site) -> None:
    site.person("door-scope")
    assert site.call("/v1/doors", {"person_id": "door-scope"}, key="hk_no_key").status_code == 401
    assert site.call("/v1/doors", {"person_id": "nobody"}).status_code == 404
    made = site.call("/v1/doors", {"person_id": "door-scope"}).json()
    assert datetime.fromisoformat(made["expires_at"]).utcoffset() == timedelta(0), (
        "a clock elsewhere must not guess"
    )


def test_who_acts_for_a_child_is_let_in_only_where_the_law_has_it(site: Site) -> None:
    """PIPA Art. 38(2): under 14. Somebody who says they are the guardian of a grown-up is an impostor."""
    site.person("child", "parent@example.org", born=utc_now().year - 9)
    site.person("grown-up", born=1980)
    assert site.browser().post(site.door("child", "guardian")).status_code == 303
    refused = site.call("/v1/doors", {"person_id": "grown-up", "acting": "guardian"})
    assert (refused.status_code, "of-age" in refused.json()["detail"]) == (422, True)


@pytest.mark.parametrize("acting", ["guardian", "agent"])
def test_who_acts_for_somebody_makes_no_way_in_of_their_own(site: Site, acting: str) -> None:
    """A parent's key would still open the page when the child is of age; an agent's, when the authority has ended."""
    site.person(f"acted-{acting}", f"acted-{acting}@example.org", born=utc_now().year - 9)
    browser = site.browser()
    browser.post(site.door(f"acted-{acting}", acting))
    site.step_up(browser, f"acted-{acting}@example.org")
    csrf = browser.csrf()
    assert browser.ask("/me/passkeys/options", {}, csrf).status_code == 403
    assert browser.post("/me/contacts", {"csrf": csrf, "address": "theirs@example.org"}).status_code == 403
    assert browser.post("/me/answer-key", {"csrf": csrf, "key": "age1"}).status_code == 403


def test_a_passkey_signs_in_and_is_told_of_at_every_known_address(site: Site) -> None:
    number = site.person("key", "key1@example.org", "+821012340001")
    browser = site.entered("key")
    key = site.add_passkey(browser)
    for address in ("key1@example.org", "+821012340001"):
        letter = site.letters(address)[-1]
        assert f"{site.origin}/me/stop/" in letter["text"]
    assert site.sign_in(key).status_code == 200
    assert site.count("SELECT count(*) FROM person_sessions WHERE person = :p", p=number) == 2


def test_what_a_passkey_says_counts_for_its_own_challenge_origin_and_person(site: Site) -> None:
    """Replay, a look-alike page, a frame, nobody at the device, a copy, another person's credential: all stay out."""
    site.person("key-attacks", "attacks@example.org")
    site.person("key-other", "other@example.org")
    key = site.add_passkey(site.entered("key-attacks"))
    other = site.add_passkey(site.entered("key-other"))

    browser = site.browser()
    answer = key.get(browser.ask("/me/sign-in/options", {}).json())
    holder = browser.cookies["__Host-haechi-asked"]
    assert browser.ask("/me/sign-in", answer).status_code == 200
    again = site.browser()
    again.cookies["__Host-haechi-asked"] = holder
    assert again.ask("/me/sign-in", answer).status_code == 401, "replayed with its own challenge"
    again.ask("/me/sign-in/options", {})
    assert again.ask("/me/sign-in", answer).status_code == 401, "replayed with another challenge"

    stolen = site.browser()
    mine = site.browser().ask("/me/sign-in/options", {}).json()
    stolen.ask("/me/sign-in/options", {})
    assert stolen.ask("/me/sign-in", key.get(mine)).status_code == 401, "a challenge of another browser"

    for change in (
        {"origin": "https://ads-example.org"},
        {"framed": True},
        {"flags": PRESENT},
        {"rp_id": "evil.example"},
    ):
        wrong = Authenticator(**{**vars(key), **change})
        assert site.sign_in(wrong).status_code == 401, change
    copy = Authenticator(**{**vars(key), "count": 0})
    assert site.sign_in(copy).status_code == 401, "a copy's count is behind"
    assert (
        site.sign_in(Authenticator(**{**vars(key), "handle": other.handle, "count": 50})).status_code == 401
    )
    assert site.sign_in(Authenticator(**{**vars(key), "key": other.key, "count": 60})).status_code == 401
    assert site.sign_in(Authenticator(site.origin, rp_id="localhost", handle=key.handle)).status_code == 401
    key.count = 100
    assert site.sign_in(key).status_code == 200, "and the person still gets in"


def test_a_passkey_of_another_session_or_person_is_not_added(site: Site) -> None:
    """Whoever could add theirs to your page would own it three days later."""
    site.person("victim", "victim@example.org")
    site.person("thief", "thief@example.org")
    victim, thief = site.entered("victim"), site.entered("thief")
    key = Authenticator(site.origin)
    options = thief.ask("/me/passkeys/options", {}, thief.csrf()).json()
    victim.cookies["__Host-haechi-asked"] = thief.cookies["__Host-haechi-asked"]
    assert victim.ask("/me/passkeys", key.create(options), victim.csrf()).status_code == 401
    added = site.add_passkey(thief)
    options = victim.ask("/me/passkeys/options", {}, victim.csrf()).json()
    assert victim.ask("/me/passkeys", added.create(options), victim.csrf()).status_code == 401, (
        "known already"
    )


def test_who_has_a_passkey_needs_it_or_a_code_to_add_another(site: Site) -> None:
    """A stolen link alone must not bring a thief's key in beside the person's own (NIST SP 800-63B-4, 4.1.2.1)."""
    site.person("second-key", "second@example.org")
    site.add_passkey(site.entered("second-key"))
    later = site.entered("second-key")
    assert later.ask("/me/passkeys/options", {}, later.csrf()).status_code == 403
    site.step_up(later, "second@example.org")
    assert later.ask("/me/passkeys/options", {}, later.csrf()).status_code == 200


@pytest.mark.parametrize(
    "junk",
    [b"", b"[]", b"{}", b"null", b'{"id":1}', b"\xff\xfe", b"[" * 9_000, b'{"response":{"clientDataJSON":"e30"}}',
     json.dumps({"id": "AA", "rawId": "AA", "type": "public-key", "response": {
         "clientDataJSON": encoded(b'{"type":"webauthn.get","challenge":"AA","origin":"x"}'),
         "authenticatorData": encoded(b"\x00" * 40), "signature": "AA", "userHandle": "AA"}}).encode()],
)  # fmt: skip
def test_junk_is_refused_and_breaks_nothing(site: Site, junk: bytes) -> None:
    browser = site.browser()
    browser.ask("/me/sign-in/options", {})
    assert browser.ask("/me/sign-in", junk).status_code == 401


def test_a_session_is_new_at_every_sign_in_and_step_up(site: Site) -> None:
    """Session fixation: a secret that somebody put into the browser before never becomes a session."""
    site.person("fixed", "fixed@example.org")
    browser = site.browser()
    browser.cookies[COOKIE] = "planted" * 6
    browser.post(site.door("fixed"))
    first = browser.cookies[COOKIE]
    assert first != "planted" * 6
    site.step_up(browser, "fixed@example.org")
    assert browser.cookies[COOKIE] != first
    old = site.browser()
    old.cookies[COOKIE] = first
    assert not old.is_in(), "the secret from before the step-up is worth nothing"


def test_cookies_are_out_of_reach_of_scripts_neighbours_and_other_sites(site: Site) -> None:
    site.person("cookie")
    browser = site.entered("cookie")
    line = next(one for one in browser.set_cookies if one.startswith(f"{COOKIE}="))
    assert all(word in line.lower() for word in ("httponly", "secure", "samesite=lax", "path=/"))
    assert "domain" not in line.lower()
    headers = browser.get("/me/account").headers
    policy = headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["cache-control"] == "no-store"


def test_another_site_s_form_does_nothing(site: Site) -> None:
    """CSRF and login CSRF: what changes something comes from our own page and carries the session's mark."""
    site.person("forged", "forged@example.org")
    browser = site.entered("forged")
    csrf = browser.csrf()
    other: dict[str, Any] = {"origin": "https://evil.example"}
    assert browser.post("/me/sign-out", {"csrf": csrf}, **other).status_code == 403
    assert browser.post("/me/sign-out", {"csrf": "wrong"}).status_code == 403
    assert browser.post("/me/sign-out", {"csrf": csrf}, origin="null").status_code == 403
    assert browser.is_in()
    assert site.browser().post(site.door("forged"), **other).status_code == 403, (
        "nobody is signed in by another site"
    )
    assert site.browser().post("/me/recover", {"address": "forged@example.org"}, **other).status_code == 403
    assert browser.ask("/me/passkeys/options", {}, "wrong").status_code == 403
    assert browser.post("/me/sign-out", {"csrf": csrf}).status_code == 303
    assert not browser.is_in()


def test_nothing_that_is_watched_names_a_link_or_a_person(site: Site) -> None:
    """Counters are scraped and kept for years by who must not get in by them."""
    site.person("watched", "watched@example.org")
    path = site.door("watched")
    browser = site.browser()
    browser.get(path)
    browser.post(path)
    said = site.http.get("/metrics").text
    assert "/me/door/{secret}" in said
    for secret in (path.rsplit("/", 1)[1], "watched", browser.cookies[COOKIE]):
        assert secret not in said


def test_sessions_end_by_themselves(site: Site) -> None:
    """Half an hour idle, four hours at most, whatever is done in it."""
    number = site.person("ends")
    s = schema.person_sessions
    for column, ago in ((s.c.seen_at, timedelta(minutes=31)), (s.c.expires_at, timedelta(seconds=1))):
        browser = site.entered("ends")
        with site.engine.begin() as connection:
            at = micros(utc_now() - ago)
            connection.execute(s.update().where(s.c.person == number).values({column: at}))
        assert not browser.is_in(), column.name


def test_a_session_in_use_does_not_end_for_being_idle(site: Site) -> None:
    number, s = site.person("busy"), schema.person_sessions
    browser = site.entered("busy")
    for _ in range(3):
        with site.engine.begin() as connection:
            at = micros(utc_now() - timedelta(minutes=20))
            connection.execute(s.update().where(s.c.person == number).values(seen_at=at))
        assert browser.is_in()
    at = site.count("SELECT seen_at FROM person_sessions WHERE person = :p", p=number)
    assert at > micros(utc_now() - timedelta(minutes=1))


def test_a_passkey_that_was_taken_away_signs_nobody_in(site: Site) -> None:
    """And whoever had come in elsewhere is out."""
    site.person("taken", "taken@example.org")
    browser = site.entered("taken")
    key = site.add_passkey(browser)
    elsewhere = site.browser()
    site.sign_in(key, elsewhere)
    assert browser.post("/me/passkeys/1/end", {"csrf": browser.csrf()}).status_code == 403, "sure alone may"
    site.step_up(browser, "taken@example.org")
    path = re.search(r"/me/passkeys/\d+/end", browser.get("/me/account").text)
    assert path
    site.person("not-taken", "not-taken@example.org")
    stranger = site.entered("not-taken")
    site.step_up(stranger, "not-taken@example.org")
    stranger.post(path.group(), {"csrf": stranger.csrf()})
    assert site.sign_in(key).status_code == 200, "a stranger takes nothing away"
    for wrong in ("0", "99999999999999999999", "x"):
        answer = browser.post(f"/me/passkeys/{wrong}/end", {"csrf": browser.csrf()})
        assert answer.status_code in {303, 400, 404, 422}
    assert browser.post(path.group(), {"csrf": browser.csrf()}).status_code == 303
    assert site.sign_in(key).status_code == 401
    assert not elsewhere.is_in()
    assert browser.is_in()


def test_other_pages_build_on_the_session(site: Site) -> None:
    """A page under /me gets who is signed in by one dependency, and nobody else gets it."""

    @get(
        "/me/next",
        dependencies={"session": Provide(person_of, sync_to_thread=True)},
        exception_handlers=FAULTS,
        sync_to_thread=False,
    )
    def following(session: PersonSession) -> str:
        return f"{session.person_id} {session.level} {bool(session.csrf)} {session.signed_in_at:%Y}"

    site.person("builds-on")
    browser = site.entered("builds-on")
    platform = Platform(PlatformSettings(database=site.database, snapshot="gate.snapshot"))
    app = make_app(platform, per_minute=1_000, further=[*people_page(), following])
    app.state[SITE] = site_at(site.origin)
    with TestClient(app) as client:
        assert client.get("/me/next", follow_redirects=False).headers["location"] == "/me/sign-in"
        cookie = {"cookie": f"{COOKIE}={browser.cookies[COOKIE]}"}
        assert client.get("/me/next", headers=cookie).text == f"builds-on known True {utc_now():%Y}"
        said = client.get("/me/next", headers={"accept": "application/json"}, follow_redirects=False)
        assert (said.status_code, list(said.json())) == (401, ["message"])
    platform.end()


def test_no_address_to_go_to_is_taken_from_a_request(site: Site) -> None:
    site.person("open-redirect", "redirect@example.org")
    browser = site.entered("open-redirect")
    for to in ("https://evil.example", "//evil.example", "/me/../x", "/console", "/me\\evil"):
        page = browser.get("/me/step-up", params="") if not to else browser.get(f"/me/step-up?after={to}")
        assert "evil" not in page.text
        assert 'value="/me"' in page.text


def test_the_page_is_served_only_where_it_was_switched_on(tmp_path: object) -> None:
    platform = Platform(PlatformSettings(database=str(tmp_path), snapshot=f"{tmp_path}/gate.snapshot"))
    with TestClient(make_app(platform, per_minute=1_000)) as client:
        assert client.get("/me/sign-in").status_code == 404
        assert client.post("/v1/doors", json={}).status_code in {401, 404}
    platform.end()
