"""Three attacks that worked on others, replayed: Meta's forgotten recovery page, the forged ID, and GDPArrrrr."""

import re
import statistics
import subprocess
import time
from datetime import timedelta

import pytest
from litestar import get
from litestar.testing import TestClient
from sqlalchemy import text

from haechi.rights.identity import Evidence
from haechi.service.api import make_app
from haechi.service.me import SITE, people_page, site_at
from haechi.service.me.pages import FAULTS
from haechi.service.platform import Platform
from haechi.service.settings import PlatformSettings
from haechi.stores.clock import utc_now
from haechi.stores.identity.sessions import open_session
from haechi.stores.ledger.read import entries
from tests.databases import new_database
from tests.service.people.world import Site, serving
from tests.service.served import HAECHI


def test_a_retired_way_in_is_gone_and_on_the_ledger(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, site: Site
) -> None:
    """Meta's page for inactive accounts was forgotten and still served. Here its end is final and proved."""
    folder = tmp_path_factory.mktemp("retired")
    postgres = site.engine.dialect.name == "postgresql"
    database = new_database(request.getfixturevalue("postgres_server")) if postgres else str(folder)
    with serving(database, folder) as one:
        one.person("forgotten", "forgotten@example.org")
        browser = one.browser()
        assert browser.post("/me/recover", {"address": "forgotten@example.org"}).status_code == 200
        code = one.code("forgotten@example.org")
        listed = _haechi("rights", "routes", "list", "--database", database)
        assert "contact  active" in listed
        assert "retired" in _haechi("rights", "routes", "retire", "contact", "--database", database)

        # At once, in the running server, and for the code that is already on its way.
        assert one.browser().get("/me/recover").status_code == 410
        assert one.browser().post("/me/recover", {"address": "forgotten@example.org"}).status_code == 410
        assert browser.post("/me/recover/code", {"code": code}).status_code == 410
        assert one.count("SELECT count(*) FROM person_sessions") == 0
        assert one.browser().get("/me/sign-in").status_code == 200
        with one.engine.connect() as connection:
            found = [entry for _, entry in entries(connection, kind="recovery-route-changed")]
        assert [entry.public for entry in found] == [{"route": "contact", "state": "retired"}]
        again = subprocess.run(
            [HAECHI, "rights", "routes", "retire", "contact", "--database", database],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert (again.returncode, "retired before" in again.stderr) == (2, True)


def test_a_way_in_that_is_on_no_list_lets_nobody_in(site: Site) -> None:
    """A page that somebody wrote and did not list is served and opens nothing: the session itself asks the list."""
    number = site.person("unlisted", "unlisted@example.org")

    @get("/me/old-recovery", exception_handlers=FAULTS, sync_to_thread=True)
    def old_recovery(platform: Platform) -> str:
        with platform.engine.begin() as connection:
            shown = [Evidence(kind="operator-session", at=utc_now())]
            return open_session(connection, number, shown, route="inactive-accounts", now=utc_now())

    platform = Platform(PlatformSettings(database=site.database, snapshot="gate.snapshot"))
    app = make_app(platform, per_minute=1_000, further=[*people_page(), old_recovery])
    app.state[SITE] = site_at(site.origin)
    with TestClient(app) as client:
        assert client.get("/me/old-recovery").status_code == 404
    platform.end()
    assert site.count("SELECT count(*) FROM person_sessions WHERE person = :p", p=number) == 0


@pytest.mark.parametrize(
    "shown", [["document"], ["document", "facts"], ["document", "new-address"], ["document"] * 9]
)
@pytest.mark.parametrize("kind", ["access", "erasure", "portability", "objection"])
def test_a_forged_document_opens_nothing_and_the_person_hears_of_it(
    site: Site, shown: list[str], kind: str
) -> None:
    """Meta's staff reset accounts on forged documents. A document shows nothing, with whatever is beside it."""
    person_id = f"{kind}-{len(shown)}-{shown[-1]}"
    site.person(person_id, f"{person_id}@example.org")
    claim = {"person_id": person_id, "kind": kind, "shown": shown}
    said = site.call("/v1/claims", claim).json()
    assert (said["verdict"], said["level"]) == ("refused", "none")
    assert "document-shows-nothing" in [reason["code"] for reason in said["reasons"]]
    assert "contact-code" in said["missing"]
    assert any("PIPA" in article for reason in said["reasons"] for article in reason["articles"])
    letters = site.letters(f"{person_id}@example.org")
    assert len(letters) == 1
    assert "/me/stop/" in letters[0]["text"]


def test_the_desk_cannot_claim_that_something_was_proved(site: Site) -> None:
    """Only what Haechi itself saw counts: a friendly voice on the telephone moves a clerk, not this."""
    for kind in ("passkey", "contact-code", "operator-session", "guardian"):
        said = site.call("/v1/claims", {"person_id": "x", "kind": "access", "shown": [kind]})
        assert said.status_code in {400, 422}


def test_written_authority_stops_processing_and_tells_nothing(site: Site) -> None:
    """11 CCR 7063, PIPA Art. 38(1): an agent may ask. What would be told is told to who is known to be the person."""
    site.person("represented", "represented@example.org")
    claim = {"person_id": "represented", "shown": ["agent"], "authority_verified": True}
    assert site.call("/v1/claims", {**claim, "kind": "objection"}).json()["verdict"] == "allowed"
    assert site.call("/v1/claims", {**claim, "kind": "access"}).json()["verdict"] != "allowed"
    unseen = {**claim, "kind": "objection", "authority_verified": False}
    assert site.call("/v1/claims", unseen).json()["verdict"] == "refused"


def test_gdparrrrr_learns_nothing_not_even_who_is_here(site: Site) -> None:
    """A quarter of firms gave a stranger everything, others said whether they knew her. Here both look the same."""
    site.person("fiancee", "real@example.org")
    shown = ["facts", "new-address"]
    known = site.call("/v1/claims", {"person_id": "fiancee", "kind": "access", "shown": shown})
    unknown = site.call("/v1/claims", {"person_id": "no such person", "kind": "access", "shown": shown})
    assert (known.status_code, known.content) == (unknown.status_code, unknown.content)
    assert known.json()["verdict"] == "refused"

    answers = []
    for address in ("real@example.org", "real2@example.org"):
        browser = site.browser()
        page = browser.post("/me/recover", {"address": address})
        wrong = browser.post("/me/recover/code", {"code": "00000000"})
        lines = [re.sub("asked=[^;]+", "asked=…", line) for line in browser.set_cookies]
        names = sorted(name for name in page.headers if not name.startswith("ratelimit"))
        answers.append((page.status_code, page.text, names, lines, wrong.status_code, wrong.text))
    assert answers[0] == answers[1]
    assert site.letters("real2@example.org") == []


def test_known_and_unknown_addresses_take_as_long(site: Site) -> None:
    """An answer that comes sooner says as much as one that reads otherwise."""
    tries = 40
    for number in range(tries):
        site.person(f"timed-{number}", f"timed-{number}@example.org")
    took: dict[str, list[float]] = {"timed": [], "nobody": []}
    for number in range(tries):
        for name in ("timed", "nobody") if number % 2 else ("nobody", "timed"):
            began = time.perf_counter()
            assert (
                site.browser().post("/me/recover", {"address": f"{name}-{number}@example.org"}).status_code
                == 200
            )
            took[name].append(time.perf_counter() - began)
    known, unknown = (statistics.median(took[name]) for name in ("timed", "nobody"))
    spread = statistics.quantiles(took["timed"], n=4)
    assert abs(known - unknown) < max(0.5 * (spread[2] - spread[0]), 0.3 * known), (known, unknown, spread)


def test_a_new_address_is_never_a_way_in(site: Site) -> None:
    """The thief's address, put there a moment ago by whatever means, gets no code for three days."""
    number = site.person("moved", "old@example.org")
    rows = [{"person_id": "moved", "kind": "email", "address": "thief@example.org"}]
    assert site.call("/v1/contacts", rows).status_code == 204
    assert "/me/stop/" in site.letters("old@example.org")[-1]["text"]
    browser = site.browser()
    browser.post("/me/recover", {"address": "thief@example.org"})
    assert site.letters("thief@example.org") == []
    # Whoever takes the old address away is told on at it all the same.
    ended = [{"person_id": "moved", "kind": "email", "address": "old@example.org", "ended": True}]
    site.call("/v1/contacts", ended)
    rows[0]["address"] = "thief2@example.org"
    site.call("/v1/contacts", rows)
    assert len(site.letters("old@example.org")) == 2
    site.age(number, timedelta(hours=73))
    browser.post("/me/recover", {"address": "thief@example.org"})
    assert len(site.letters("thief@example.org")) >= 1


def test_a_shared_address_regains_nobody_s_access(site: Site) -> None:
    """Families share addresses: one of them must not get into another's page by it."""
    site.person("mother", "family@example.org")
    site.person("daughter", "family@example.org")
    site.browser().post("/me/recover", {"address": "family@example.org"})
    assert site.letters("family@example.org") == []


def test_a_code_is_not_guessed(site: Site) -> None:
    """Brute force: five tries a code, twenty a day and person, however many codes are asked for."""
    site.person("guessed", "guessed@example.org")
    browser = site.browser()
    browser.post("/me/recover", {"address": "guessed@example.org"})
    right = site.code("guessed@example.org")
    wrong = f"{(int(right) + 1) % 10**8:08}"
    for _ in range(5):
        assert browser.post("/me/recover/code", {"code": wrong}).status_code == 403
    assert browser.post("/me/recover/code", {"code": right}).status_code == 403, "used up"

    for _ in range(4):
        browser.post("/me/recover", {"address": "guessed@example.org"})
        right = site.code("guessed@example.org")
        for _ in range(4):
            browser.post("/me/recover/code", {"code": wrong})
    assert browser.post("/me/recover/code", {"code": right}).status_code == 403, "no more tries today"
    assert browser.post("/me/recover", {"address": "guessed@example.org"}).status_code == 429


def test_a_code_works_in_the_browser_that_asked_and_once(site: Site) -> None:
    """Whoever talks somebody out of their code has nowhere to put it."""
    site.person("phished", "phished@example.org")
    browser, thief = site.browser(), site.browser()
    browser.post("/me/recover", {"address": "phished@example.org"})
    code = site.code("phished@example.org")
    thief.post("/me/recover", {"address": "nobody@example.org"})
    assert thief.post("/me/recover/code", {"code": code}).status_code == 403
    assert browser.post("/me/recover/code", {"code": f" {code[:4]} {code[4:]} "}).status_code == 303
    assert browser.is_in()
    again = site.browser()
    again.cookies["__Host-haechi-asked"] = browser.cookies["__Host-haechi-asked"]
    assert again.post("/me/recover/code", {"code": code}).status_code == 403


def test_the_database_holds_no_code_and_no_secret(site: Site) -> None:
    """Who reads a backup gets in nowhere."""
    site.person("backup", "backup@example.org")
    browser = site.browser()
    browser.post("/me/recover", {"address": "backup@example.org"})
    code = site.code("backup@example.org")
    browser.post("/me/recover/code", {"code": code})
    secrets = [browser.cookies["__Host-haechi-me"], browser.cookies["__Host-haechi-asked"], code]
    with site.engine.connect() as connection:
        held = [
            str(connection.execute(text(f"SELECT * FROM {table}")).all())
            for table in ("codes", "person_sessions", "doors", "outbox")
        ]
    assert not [secret for secret in secrets for rows in held if secret in rows]


def _haechi(*arguments: str) -> str:
    done = subprocess.run([HAECHI, *arguments], capture_output=True, text=True, check=True)
    return done.stdout
