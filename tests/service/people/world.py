"""A served people's page: the operator's program, people with browsers, and their mailboxes."""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import Engine, select, text, update

from haechi.ledger.seal import Master
from haechi.stores import open_store, schema
from haechi.stores.clock import utc_now
from haechi.stores.keys import make_key
from haechi.stores.people import Person, put_people
from tests.service.people.authenticator import Authenticator
from tests.service.served import HAECHI, free_port, wait_for

MASTER = Master(bytes(range(32)))
CSRF = re.compile(r'name="csrf" value="([^"]+)"')
LONG_AGO = "2020-01-01T00:00:00Z"
COOKIE = "__Host-haechi-me"
CONTROLLER = """
name = "Example Media"
address = "Seoul"
contact = "privacy@example.org"
[retention]
behaviours = 730
memberships = 730
permissions = 1825
disclosures = 1825
requests = 1095
"""


@dataclass
class Browser:
    """Somebody's browser: it keeps cookies, and says where forms come from."""

    origin: str
    http: httpx.Client
    cookies: dict[str, str] = field(default_factory=dict)
    set_cookies: list[str] = field(default_factory=list)

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self._send("GET", path, headers=headers)

    def post(self, path: str, form: dict[str, str] | None = None, **headers: str) -> httpx.Response:
        return self._send("POST", path, headers={"origin": self.origin, **headers}, data=form or {"go": "1"})

    def ask(self, path: str, body: Any, csrf: str = "", **headers: str) -> httpx.Response:
        """As the script on the page does."""
        said = {"origin": self.origin, "accept": "application/json", "content-type": "application/json"}
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self._send("POST", path, headers={**said, "x-csrf": csrf, **headers}, content=content)

    def csrf(self, path: str = "/me/account") -> str:
        found = CSRF.search(self.get(path).text)
        return found.group(1) if found else ""

    def is_in(self) -> bool:
        return self.get("/me/account").status_code == 200

    def _send(self, method: str, path: str, **values: Any) -> httpx.Response:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        answer = self.http.request(
            method,
            path,
            **{**values, "headers": {**values["headers"], **({"cookie": cookies} if cookies else {})}},
        )
        for line in answer.headers.get_list("set-cookie"):
            self.set_cookies.append(line)
            for name, morsel in SimpleCookie(line).items():
                if morsel["max-age"] == "0":
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel.value
        return answer


@dataclass
class Site:
    """What is served."""

    port: int
    origin: str
    database: str
    engine: Engine
    key: str
    http: httpx.Client
    mail: dict[str, list[dict[str, str]]] = field(default_factory=dict)

    def browser(self) -> Browser:
        return Browser(self.origin, self.http)

    def call(self, path: str, body: Any, key: str | None = None) -> httpx.Response:
        return self.http.post(path, json=body, headers={"authorization": f"Bearer {key or self.key}"})

    def person(self, person_id: str, *addresses: str, born: int = 1980, country: str = "KR") -> int:
        """Somebody whose addresses have been known for years."""
        put_people(
            self.engine,
            [Person(person_id=person_id, country=country, birth_date=date(born, 1, 1))],
            master=MASTER,
        )
        rows = [
            {
                "person_id": person_id, "address": one, "known_since": LONG_AGO,
                "kind": "email" if "@" in one else "phone",
            }
            for one in addresses
        ]  # fmt: skip
        assert self.call("/v1/contacts", rows).status_code == 204
        p = schema.people
        with self.engine.begin() as connection:
            return int(connection.execute(select(p.c.person).where(p.c.person_id == person_id)).scalar_one())

    def letters(self, address: str) -> list[dict[str, str]]:
        """All that came to a mailbox."""
        while taken := self.call("/v1/messages/take", {}).json():
            for one in taken:
                self.mail.setdefault(one["recipient"], []).append(one["letter"])
            self.call("/v1/messages/take", {"acknowledged": [one["message"] for one in taken]})
        return self.mail.get(address, [])

    def code(self, address: str) -> str:
        found = re.search(r"\b\d{8}\b", self.letters(address)[-1]["text"])
        assert found
        return found.group()

    def link(self, address: str) -> str:
        """The path of the link in the last letter."""
        text_ = self.letters(address)[-1]["text"]
        return text_[text_.index(self.origin) :].removeprefix(self.origin)

    def door(self, person_id: str, acting: str = "person") -> str:
        """The path of a link from the operator's session."""
        made = self.call("/v1/doors", {"person_id": person_id, "acting": acting})
        assert made.status_code == 201, made.text
        return str(made.json()["url"]).removeprefix(self.origin)

    def entered(self, person_id: str) -> Browser:
        """Somebody who came from their account."""
        browser = self.browser()
        assert browser.post(self.door(person_id)).status_code == 303
        return browser

    def step_up(self, browser: Browser, address: str) -> None:
        """Shows a code to the person's first address that is offered."""
        page = browser.get("/me/step-up").text
        found = re.search(r'name="contact" value="(\d+)"', page)
        assert found, page
        csrf = browser.csrf()
        assert browser.post("/me/step-up/code", {"csrf": csrf, "contact": found.group(1)}).status_code == 200
        entered = browser.post("/me/step-up/enter", {"csrf": csrf, "code": self.code(address)})
        assert entered.status_code == 303, entered.text

    def add_passkey(self, browser: Browser) -> Authenticator:
        key, csrf = Authenticator(self.origin), browser.csrf()
        options = browser.ask("/me/passkeys/options", {}, csrf)
        assert options.status_code == 200, options.text
        added = browser.ask("/me/passkeys", key.create(options.json()), csrf)
        assert added.status_code == 200, added.text
        return key

    def sign_in(self, key: Authenticator, browser: Browser | None = None) -> httpx.Response:
        who = browser or self.browser()
        options = who.ask("/me/sign-in/options", {}).json()
        return who.ask("/me/sign-in", key.get(options))

    def age(self, person: int, by: timedelta) -> None:
        """Lets time go by for what is kept of a person's ways in."""
        amount = by // timedelta(microseconds=1)
        k, c, s, a = schema.passkeys, schema.contacts, schema.person_sessions, schema.answer_keys
        with self.engine.begin() as connection:
            for table, *columns in (
                (k, k.c.created_at),
                (c, c.c.known_since, c.c.recovered_at),
                (s, s.c.created_at),
                (a, a.c.since),
            ):
                values = {column.name: column - amount for column in columns}
                connection.execute(update(table).where(table.c.person == person).values(**values))

    def count(self, sql: str, **values: Any) -> int:
        with self.engine.begin() as connection:
            return int(connection.execute(text(sql), values).scalar_one())


@contextmanager
def serving(database: str, folder: Path, *more: str) -> Iterator[Site]:
    """`haechi serve` with a people's page, as an operator starts it."""
    port = free_port()
    origin = f"http://localhost:{port}"
    engine = open_store(database)
    key = make_key(engine, name="operator", scopes=["rights"], now=utc_now())
    controller = folder / "controller.toml"
    controller.write_text(CONTROLLER, encoding="utf-8")
    process = subprocess.Popen(
        [
            HAECHI, "serve", database, "--controller", str(controller), "--listen", f"127.0.0.1:{port}",
            "--snapshot", str(folder / "gate.snapshot"),
            "--people-page", origin, *more,
        ],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env={**os.environ, "HAECHI_LEDGER_MASTER": MASTER.written()},
    )  # fmt: skip
    try:
        wait_for(port)
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as http:
            yield Site(port, origin, database, engine, key, http)
    finally:
        process.terminate()
        process.wait(20)
        engine.dispose()
