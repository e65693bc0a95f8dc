"""Waiting, telling, stopping: what somebody who took one thing from a person still cannot do."""

from datetime import timedelta
from typing import Any

import pyrage
import pytest

from haechi.law import load_packs
from haechi.rights.identity import Assessment
from haechi.rights.sealed_answer import seal_for
from haechi.stores import schema
from haechi.stores.clock import utc_now
from haechi.stores.erased import Erased
from haechi.stores.erasure import erase
from haechi.stores.identity.answer_keys import answer_key_of
from haechi.stores.identity.sessions import session_of
from haechi.stores.identity.standing import may_ask
from haechi.stores.requests import Requests
from tests.service.people.world import COOKIE, MASTER, Browser, Site

PACKS = load_packs(())
DAYS = timedelta(hours=73)


def asked(site: Site, browser: Browser, kind: Any, **more: Any) -> Assessment:
    """What the people's page is told before it tells or destroys anything."""
    with site.engine.begin() as connection:
        session = session_of(connection, browser.cookies[COOKIE], now=utc_now())
        assert session is not None
        return may_ask(connection, session, kind, PACKS, now=utc_now(), **more)


def sensitive(site: Site, person: int) -> None:
    """Lets an advertiser have learned something nobody has judged about a person."""
    with site.engine.begin() as connection:
        theme = connection.execute(
            schema.themes.insert().values(
                theme_id=f"t{person}",
                name="x",
                state="approved",
                created_at=0,
                version=0,
                categories='["religion"]',
            )
        ).inserted_primary_key[0]  # type: ignore[index]
        connection.execute(schema.memberships.insert().values(person=person, theme=theme, since=0))


@pytest.mark.parametrize("kind", ["objection", "restriction", "withdrawal"])
def test_stopping_is_as_easy_as_agreeing(site: Site, kind: str) -> None:
    """GDPR Art. 7(3): a code to one address is enough, also during a cooling-off."""
    address = f"{kind}@example.org"
    site.person(kind, address)
    browser = site.browser()
    browser.post("/me/recover", {"address": address})
    browser.post("/me/recover/code", {"code": site.code(address)})
    assert asked(site, browser, kind).verdict == "allowed"
    for other in ("access", "erasure", "portability", "explanation", "rectification"):
        assert asked(site, browser, other).verdict == "undecided", other


def test_more_is_needed_for_more(site: Site) -> None:
    """Who comes from the account sees what is ordinary, after a while; sensitive themes and erasure need a code."""
    number = site.person("steps", "steps@example.org")
    browser = site.entered("steps")
    young = asked(site, browser, "access")
    assert (young.verdict, young.reasons[0].code) == ("undecided", "session-young")
    site.age(number, timedelta(minutes=11))
    assert asked(site, browser, "access").verdict == "allowed"
    sensitive(site, number)
    for kind in ("access", "erasure", "portability"):
        assert asked(site, browser, kind).verdict == "undecided", kind
    assert asked(site, browser, "rectification").verdict == "allowed"
    assert asked(site, browser, "rectification", changes_law=True).verdict == "undecided"
    site.step_up(browser, "steps@example.org")
    for kind in ("access", "erasure", "portability"):
        assert asked(site, browser, kind).verdict == "allowed", kind
    assert asked(site, browser, "rectification", changes_law=True).verdict == "allowed"


def test_after_something_new_nothing_leaves_for_three_days(site: Site) -> None:
    number = site.person("cools", "cools@example.org")
    browser = site.entered("cools")
    site.step_up(browser, "cools@example.org")
    assert asked(site, browser, "access").verdict == "allowed"
    key = site.add_passkey(browser)
    for kind in ("access", "portability", "explanation", "erasure"):
        waiting = asked(site, browser, kind)
        assert (waiting.verdict, waiting.reasons[0].code) == ("undecided", "cooling-off"), kind
        assert waiting.waits_until is not None
        assert timedelta(hours=71) < waiting.waits_until - utc_now() <= timedelta(hours=72)
    assert asked(site, browser, "objection").verdict == "allowed"
    site.age(number, DAYS)
    fresh = site.browser()
    assert site.sign_in(key, fresh).status_code == 200
    assert asked(site, fresh, "access").verdict == "allowed"


def test_getting_in_by_a_code_is_told_everywhere_and_cools(site: Site) -> None:
    number = site.person("regains", "regains1@example.org", "regains2@example.org")
    browser = site.browser()
    browser.post("/me/recover", {"address": "regains1@example.org"})
    browser.post("/me/recover/code", {"code": site.code("regains1@example.org")})
    for address in ("regains1@example.org", "regains2@example.org"):
        assert "/me/stop/" in site.letters(address)[-1]["text"]
    # One address adds no key; a second one makes the person known, and still nothing leaves.
    assert browser.ask("/me/passkeys/options", {}, browser.csrf()).status_code == 403
    site.step_up(browser, "regains2@example.org")
    assert asked(site, browser, "access").reasons[0].code == "cooling-off"
    site.age(number, DAYS)
    assert asked(site, browser, "access").verdict == "allowed"


def test_a_mailbox_that_a_thief_reads_is_shut_by_the_other(site: Site) -> None:
    """The thief got in by one address; the link in the letter to the other shuts that one too."""
    site.person("two-boxes", "stolen-box@example.org", "own-box@example.org")
    thief = site.browser()
    thief.post("/me/recover", {"address": "stolen-box@example.org"})
    thief.post("/me/recover/code", {"code": site.code("stolen-box@example.org")})
    assert thief.is_in()
    assert site.browser().post(site.link("own-box@example.org")).status_code == 200
    assert not thief.is_in()
    before = len(site.letters("stolen-box@example.org"))
    thief.post("/me/recover", {"address": "stolen-box@example.org"})
    assert len(site.letters("stolen-box@example.org")) == before
    owner = site.browser()
    owner.post("/me/recover", {"address": "own-box@example.org"})
    assert owner.post("/me/recover/code", {"code": site.code("own-box@example.org")}).status_code == 303


def test_whoever_reads_a_known_address_stops_a_thief(site: Site) -> None:
    """The thief has the account and added a key; the person has their mailbox, and presses one button."""
    number = site.person("stops", "stops@example.org")
    owned = site.entered("stops")
    own = site.add_passkey(owned)
    site.age(number, DAYS)
    thief = site.entered("stops")
    site.step_up(thief, "stops@example.org")
    stolen = site.add_passkey(thief)
    path = site.link("stops@example.org")
    reader = site.browser()
    assert reader.get(path).status_code == 200
    assert thief.is_in(), "opening the link does nothing: scanners open links"
    assert reader.post(path).status_code == 200
    assert not thief.is_in()
    assert site.sign_in(stolen).status_code == 401, "frozen"
    assert site.sign_in(own).status_code == 200, "what was there before still works"
    assert reader.post(path).status_code == 403, "once"


def test_an_erasure_that_a_thief_asked_for_is_taken_back(site: Site) -> None:
    """Every known address is told of it when it is asked for, not when it is done."""
    site.person("erased-by-thief", "kept@example.org")
    requests = Requests(site.engine, PACKS, master=MASTER, origin=site.origin)
    requests.receive("erased-by-thief", "erasure", via="page", now=utc_now())
    assert "deleted" in site.letters("kept@example.org")[-1]["subject"]
    assert site.browser().post(site.link("kept@example.org")).status_code == 200
    assert requests.carry_out(now=utc_now() + DAYS) == 0
    assert site.count("SELECT count(*) FROM people WHERE person_id = 'erased-by-thief'") == 1


def test_nothing_is_destroyed_during_a_cooling_off(site: Site) -> None:
    """A key that came while an erasure waited makes both wait: whoever brought it may have asked for it."""
    number = site.person("waits", "waits@example.org")
    requests = Requests(site.engine, PACKS, master=MASTER)
    requests.receive("waits", "erasure", via="page", now=utc_now() - DAYS)
    site.add_passkey(site.entered("waits"))
    assert requests.carry_out(now=utc_now()) == 0
    site.age(number, DAYS)
    assert requests.carry_out(now=utc_now()) == 1
    assert site.count("SELECT count(*) FROM people WHERE person_id = 'waits'") == 0


def test_an_address_of_one_s_own_counts_once_it_answers_and_has_waited(site: Site) -> None:
    number = site.person("adds", "adds@example.org")
    browser = site.entered("adds")
    csrf = browser.csrf()
    assert browser.post("/me/contacts", {"csrf": csrf, "address": "new@example.org"}).status_code == 403
    site.step_up(browser, "adds@example.org")
    csrf = browser.csrf()
    assert browser.post("/me/contacts", {"csrf": csrf, "address": "new@example"}).status_code == 422
    assert browser.post("/me/contacts", {"csrf": csrf, "address": "new@example.org"}).status_code == 200
    assert browser.post("/me/contacts/confirm", {"csrf": csrf, "code": "12345678"}).status_code == 403
    right = site.code("new@example.org")
    assert browser.post("/me/contacts/confirm", {"csrf": csrf, "code": right}).status_code == 303
    assert "/me/stop/" in site.letters("adds@example.org")[-1]["text"]
    assert len(site.letters("new@example.org")) == 1, "the new one is not told of itself"
    site.browser().post("/me/recover", {"address": "new@example.org"})
    assert len(site.letters("new@example.org")) == 1
    site.age(number, DAYS)
    site.browser().post("/me/recover", {"address": "new@example.org"})
    assert len(site.letters("new@example.org")) == 2


def test_answers_are_sealed_for_the_person_s_own_key_once_it_has_waited(site: Site) -> None:
    """A thief's key that came today opens nothing that is answered tomorrow."""
    number = site.person("seals", "seals@example.org")
    browser = site.entered("seals")
    site.step_up(browser, "seals@example.org")
    csrf, identity = browser.csrf(), pyrage.x25519.Identity.generate()
    assert browser.post("/me/answer-key", {"csrf": csrf, "key": str(identity)}).status_code == 422, (
        "a secret key"
    )
    assert browser.post("/me/answer-key", {"csrf": csrf, "key": str(identity.to_public())}).status_code == 303
    assert "/me/stop/" in site.letters("seals@example.org")[-1]["text"]

    def now() -> str | None:
        with site.engine.begin() as connection:
            return answer_key_of(connection, number, now=utc_now())

    assert now() is None
    site.age(number, DAYS)
    public = now()
    assert public is not None
    assert pyrage.decrypt(seal_for(public, b"all about you"), [identity]) == b"all about you"


def test_a_person_s_letters_are_in_their_language(site: Site) -> None:
    site.person("korean")
    rows = [
        {"person_id": "korean", "kind": "email", "address": f"{lang}@example.kr", "lang": lang,
         "known_since": "2020-01-01T00:00:00Z"}
        for lang in ("ko", "ja", "de-AT", "fr")
    ]  # fmt: skip
    assert site.call("/v1/contacts", rows).status_code == 204
    site.add_passkey(site.entered("korean"))
    subjects = [site.letters(row["address"])[-1]["subject"] for row in rows]
    assert subjects == [
        "패스키가 추가되었습니다", "パスキーが追加されました", "Ein Passkey wurde hinzugefügt", "A passkey was added",
    ]  # fmt: skip


def test_erasure_leaves_nothing_of_the_ways_in(site: Site) -> None:
    """An address or a key that is left would tell that the person was here."""
    number = site.person("leaves", "leaves@example.org")
    browser = site.entered("leaves")
    site.step_up(browser, "leaves@example.org")
    site.add_passkey(browser)
    browser.post(
        "/me/answer-key", {"csrf": browser.csrf(), "key": str(pyrage.x25519.Identity.generate().to_public())}
    )
    site.browser().post("/me/recover", {"address": "leaves@example.org"})
    site.door("leaves")
    tables = ("contacts", "passkeys", "doors", "codes", "person_sessions", "answer_keys", "outbox")
    counts = [site.count(f"SELECT count(*) FROM {table} WHERE person = :p", p=number) for table in tables]
    assert all(counts), dict(zip(tables, counts, strict=True))
    with site.engine.begin() as connection:
        erase(connection, number, Erased(MASTER), now=utc_now())
    counts = [site.count(f"SELECT count(*) FROM {table} WHERE person = :p", p=number) for table in tables]
    assert not any(counts), dict(zip(tables, counts, strict=True))
    assert not browser.is_in()


def test_a_letter_is_offered_until_it_went_out(site: Site) -> None:
    """A mailer that died between taking and sending must not lose a warning."""
    site.person("mailed", "mailed@example.org")
    site.letters("mailed@example.org")
    site.add_passkey(site.entered("mailed"))
    first = site.call("/v1/messages/take", {}).json()
    assert [one["recipient"] for one in first] == ["mailed@example.org"]
    assert site.call("/v1/messages/take", {}).json() == [], "not twice within minutes"
    with site.engine.begin() as connection:
        connection.execute(
            schema.outbox.update().where(schema.outbox.c.acknowledged_at.is_(None)).values(taken_at=1)
        )
    again = site.call("/v1/messages/take", {}).json()
    assert [one["message"] for one in again] == [one["message"] for one in first]
    assert site.call("/v1/messages/take", {"acknowledged": [again[0]["message"]]}).json() == []
