"""`haechi rights` as an operator's desk uses it: a request in, its grounds, its answer, and what goes wrong."""

import json
import os
import resource
import stat
import subprocess
from pathlib import Path

import pytest
from sqlalchemy import text

from haechi.ledger.seal import Master
from haechi.stores import open_store, schema
from haechi.stores.request_rows import open_requests
from haechi.stores.rows import reading
from tests.service.served import HAECHI
from tests.stores.platforms import Platform
from tests.stores.worlds import NOW

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


class Desk:
    """A folder with a platform's database and a controller's file, and the command."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.master = Master(bytes(range(32)))
        engine = open_store(str(folder / "data"))
        platform = Platform(engine, master=self.master)
        platform.propose("golf", "Golf")
        platform.people(["ann", "ben"])
        platform.items(("i1", "golf"))
        platform.likes(["ann", "ben"], "i1")
        engine.dispose()
        (folder / "controller.toml").write_text(CONTROLLER, encoding="utf-8")

    def __call__(self, *arguments: str, status: int = 0, largest: int | None = None) -> str:
        def limit() -> None:
            if largest is not None:
                resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))

        done = subprocess.run(
            [HAECHI, "rights", *arguments, "--database", "data"],
            cwd=self.folder,
            env={**os.environ, "HAECHI_LEDGER_MASTER": self.master.written(), "COLUMNS": "200"},
            capture_output=True,
            text=True,
            check=False,
            preexec_fn=limit,
            timeout=120,
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout + done.stderr

    def waiting(self) -> list[str]:
        engine = open_store(str(self.folder / "data"))
        with reading(engine) as connection:
            found = [one.request_id for one in open_requests(connection, now=NOW)]
        engine.dispose()
        return found

    def answer(self, *more: str, status: int = 0, largest: int | None = None) -> str:
        return self(
            "answer",
            *more,
            "--out",
            "answers",
            "--controller",
            "controller.toml",
            status=status,
            largest=largest,
        )


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_a_request_from_its_receipt_to_its_answer(desk: Desk) -> None:
    """Fails when the desk cannot do with commands alone what the law asks, or an answer can be read by others."""
    assert "No request waits" in desk("due")
    told = desk("receive", "access", "--person-id", "ann")
    (request_id,) = desk.waiting()
    assert request_id in told
    assert "ann" not in told
    assert "HARM_TO_OTHERS" in desk("grounds", request_id)
    refused = desk("refuse", request_id, "--ground", "NOT_IN_SCOPE", "--reason", "x" * 20, status=2)
    assert "NOT_IN_SCOPE is no ground" in refused
    assert "1 answered" in desk.answer()
    assert desk.waiting() == []
    folder = desk.folder / "answers" / request_id
    names = {"answer.json", "answer.zip", *(f"answer.{lang}.html" for lang in ("ko", "en", "ja", "de"))}
    assert {file.name for file in folder.iterdir()} == names
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert json.loads((folder / "answer.json").read_bytes())["person_id"] == "ann"
    assert "ann" not in desk("due")


def test_portability_is_what_was_provided_alone(desk: Desk) -> None:
    """Fails when the file that goes elsewhere holds what was inferred, or more languages than were asked for."""
    desk("receive", "portability", "--person-id", "ben")
    (request_id,) = desk.waiting()
    desk.answer(request_id)
    folder = desk.folder / "answers" / request_id
    assert [file.name for file in folder.iterdir()] == ["answer.json"]
    assert "themes" not in json.loads((folder / "answer.json").read_bytes())


def test_an_objection_at_the_desk_holds_at_once(desk: Desk) -> None:
    """Fails when what comes by letter is obeyed less than what comes by the page."""
    desk("receive", "objection", "--person-id", "ann")
    engine = open_store(str(desk.folder / "data"))
    assert Platform(engine, master=desk.master).members("golf") == {"ben"}
    engine.dispose()


def test_a_full_disk_answers_nothing_and_loses_nothing(desk: Desk) -> None:
    """Fails when half an answer is left, or a request counts as answered whose answer is not there."""
    desk("receive", "access", "--person-id", "ann")
    (request_id,) = desk.waiting()
    assert "the database cannot be used" in desk.answer(status=2, largest=512)
    (desk.folder / "answers").write_text("in the way", encoding="utf-8")
    assert "expected a folder that can be written" in desk.answer(status=2)
    (desk.folder / "answers").unlink()
    assert desk.waiting() == [request_id]
    desk.answer()
    assert desk.waiting() == []
    assert [one.name for one in (desk.folder / "answers").iterdir()] == [request_id]


def test_what_is_wrong_is_named(desk: Desk) -> None:
    """Fails when a wrong call ends otherwise than with 2, or repeats whom it is about."""
    assert "nothing is held" in desk("receive", "access", "--person-id", "nobody-known", status=2)
    assert "no such request" in desk("grounds", "nowhere", status=2)
    (desk.folder / "controller.toml").write_text('name = "A"', encoding="utf-8")
    assert "controller.toml" in desk.answer(status=2)
    told = desk("receive", "rectification", "--person-id", "ann", status=2)
    assert "expected what is wrong" in told
    assert "ann" not in told


def test_what_is_over_its_time_is_destroyed(desk: Desk) -> None:
    """Fails when the daily command keeps what the controller's file says is over."""
    (desk.folder / "controller.toml").write_text(CONTROLLER.replace("730", "1"), encoding="utf-8")
    assert "behaviours 2" in desk("retain", "--controller", "controller.toml")
    assert "behaviours" not in desk("retain", "--controller", "controller.toml")


def test_one_that_is_late_is_told_behind_a_thousand_others(desk: Desk) -> None:
    """Fails when the list ends where somebody thought that lists end, and the exit status says that all is well."""
    desk("receive", "access", "--person-id", "ann")
    engine = open_store(str(desk.folder / "data"))
    columns = [column.name for column in schema.requests.c if column.name not in ("request", "request_id")]
    names = ", ".join(columns)
    with engine.begin() as connection:
        for number in range(1_100):
            connection.execute(
                text(
                    f"INSERT INTO requests (request_id, {names}) SELECT :id, {names} FROM requests WHERE request = 1"
                ),
                {"id": f"copy-{number}"},
            )
        connection.execute(
            text("UPDATE requests SET received_at = 1, due_at = 2 WHERE request_id = 'copy-1099'")
        )
    engine.dispose()
    told = desk("due", status=1)
    assert "copy-1099" in told
    assert len(told.splitlines()) == 1_101


@pytest.mark.parametrize("within", ["-1", "0", "9999999"])
def test_a_stretch_that_cannot_be_is_refused(desk: Desk, within: str) -> None:
    """Fails when a slip of the pen hides what is due, or ends in a defect's message."""
    assert "--within is" in desk("due", "--within", within, status=2)
    assert "--lapse is" in desk("receive", "access", "--person-id", "ann", "--lapse", within, status=2)
    assert desk.waiting() == []
