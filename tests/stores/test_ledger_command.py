"""`haechi ledger`, as its users call it."""

import base64
import io
import os
import shutil
import stat
import subprocess
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest

from haechi.cli.app import app
from haechi.errors import HaechiError
from haechi.stores import open_store
from haechi.stores.ledger import append
from haechi.stores.rows import writing
from tests.conftest import HAECHI
from tests.stores.test_ledger import MASTER, fill, permitted, screened


@dataclass
class Done:
    """What a command said."""

    stdout: str
    stderr: str


class Desk:
    """A folder in which somebody works with a ledger; the commands run in this process."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {"HAECHI_LEDGER_KEY_FILE": "ledger.key"}

    def __call__(self, *arguments: str, status: int = 0) -> Done:
        out, err = io.StringIO(), io.StringIO()
        with (
            pytest.MonkeyPatch.context() as patch,
            chdir(self.folder),
            redirect_stdout(out),
            redirect_stderr(err),
        ):
            for name, value in self.environment.items():
                patch.setenv(name, value)
            try:
                ended = app(["ledger", *arguments], exit_on_error=False, print_error=False)
            except SystemExit as ending:
                ended = ending.code
            except HaechiError as fault:
                ended = 2
                err.write(str(fault))
        assert ended == status, (arguments, err.getvalue())
        return Done(out.getvalue(), err.getvalue())


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A ledger of 300 entries, exported and witnessed, then one of 400."""
    found = Desk(tmp_path_factory.mktemp("desk"))
    (found.folder / "ledger.pub").write_text(found("key", "example.org/ledger", "--out", "ledger.key").stdout)
    (found.folder / "seer.pub").write_text(
        found("key", "witness.example/1", "--use", "witness", "--out", "seer.key").stdout
    )
    engine = open_store(str(found.folder / "haechi-data"))
    with writing(engine) as connection:
        append(connection, [permitted(7, "religion")], master=MASTER)
    fill(engine, 299)
    found("export", "out")
    seen = found("witness", "out", "--key", "ledger.pub", "--secret", "seer.key", "--state", "seen")
    (found.folder / "seen.note").write_text(seen.stdout)
    shutil.copytree(found.folder / "haechi-data", found.folder / "backup")
    fill(engine, 100)
    engine.dispose()
    found("export", "out")
    return found


def test_a_ledger_that_holds_ends_with_0(desk: Desk) -> None:
    """An auditor's script goes by the exit status."""
    older = ("--older", "seen.note", "--witness", (desk.folder / "seer.pub").read_text().strip())
    for what in ((), ("--folder", "out")):
        assert (
            "begins with the 300 seen before" in desk("verify", "--key", "ledger.pub", *older, *what).stderr
        )
    assert "no older checkpoint was given" in desk("verify", "--key", "ledger.pub").stderr


def test_a_backup_that_was_put_back_ends_with_1(desk: Desk) -> None:
    """Entries that are gone since somebody saw them must not be gone unseen."""
    desk("witness", "out", "--key", "ledger.pub", "--secret", "seer.key", "--state", "seen")
    arguments = ("verify", "--key", "ledger.pub", "--database", "backup", "--older", "seen")
    assert "rolled back" in desk(*arguments, status=1).stderr
    engine = open_store(str(desk.folder / "backup"))
    with writing(engine) as connection:
        append(connection, [screened(number) for number in range(7_000, 7_200)])
    engine.dispose()
    assert "forked or rewritten" in desk(*arguments, status=1).stderr
    desk("export", "fork", "--database", "backup")
    refused = desk(
        "witness", "fork", "--key", "ledger.pub", "--secret", "seer.key", "--state", "seen", status=1
    )
    assert "forked or rewritten" in refused.stderr
    assert refused.stdout == ""


def test_a_proof_is_written_and_checked_without_the_ledger(desk: Desk) -> None:
    """Whoever gets a proof has neither the database nor a reason to trust it."""
    desk("prove", "0", "--out", "mine.tlog-proof")
    shown = desk("verify", "--proof", "mine.tlog-proof", "--key", "ledger.pub")
    assert '"kind":"permission-given"' in shown.stdout
    assert "religion" not in shown.stdout
    desk("prove", "5", "--checkpoint", "seen.note", "--out", "seen.tlog-proof")
    witness = (desk.folder / "seer.pub").read_text().strip()
    desk("verify", "--proof", "seen.tlog-proof", "--key", "ledger.pub", "--witness", witness)
    alone = desk(
        "verify", "--proof", "mine.tlog-proof", "--key", "ledger.pub", "--witness", witness, status=1
    )
    assert "not cosigned" in alone.stderr
    proof = desk.folder / "mine.tlog-proof"
    proof.write_text(proof.read_text().replace("index 0", "index 1"))
    assert (
        "DOES NOT HOLD"
        in desk("verify", "--proof", "mine.tlog-proof", "--key", "ledger.pub", status=1).stderr
    )


def test_wrong_calls_end_with_2(desk: Desk) -> None:
    """A call that could not be carried out must not look like a ledger that holds, nor like one that does not."""
    for arguments in (
        ("prove", "9999", "--out", "x"),
        ("verify", "--key", "nowhere.pub"),
        ("verify", "--key", "ledger.pub", "--database", "empty"),
        ("verify", "--key", "example.org+00000000+AAAA"),
        ("verify", "--key", "ledger.pub", "--folder", "nowhere"),
        ("verify", "--key", "ledger.pub", "--witness", "example.org+00000000+AAAA"),
        ("witness", "out", "--key", "ledger.pub", "--secret", "ledger.key", "--state", "s"),
        ("key", "a b", "--out", "y"),
        ("key", "example.org/ledger", "--out", "ledger.key"),
    ):
        desk(*arguments, status=2)


def test_secrets_stay_where_they_are_put(desk: Desk) -> None:
    """A key in a terminal's history or in a file that all may read signs for everybody."""
    secret = (desk.folder / "ledger.key").read_text().strip()
    assert stat.S_IMODE((desk.folder / "ledger.key").stat().st_mode) == 0o600
    assert secret.startswith("PRIVATE+KEY+example.org/ledger+")
    assert secret.split("+")[-1] not in (desk.folder / "ledger.pub").read_text()
    made = desk("key", "people", "--use", "master", "--out", "master.key")
    assert made.stdout == ""
    assert len(base64.b64decode((desk.folder / "master.key").read_text())) == 32
    desk.environment["HAECHI_LEDGER_MASTER_FILE"] = "master.key"
    # Another master key than the one that wrapped the person's key: found, and nobody is named.
    found = desk("verify", "--key", "ledger.pub", status=1)
    assert "keys of people: 1 do not open" in found.stderr
    del desk.environment["HAECHI_LEDGER_MASTER_FILE"]


def test_the_installed_command_ends_as_it_says(desk: Desk) -> None:
    """0, 1 and 2 are what scripts see; anything else hides a fork behind a crash."""
    verify = (HAECHI, "ledger", "verify", "--key", "ledger.pub")
    for more, status in (
        ((), 0),
        (("--database", "backup", "--older", "out/checkpoint"), 1),
        (("--older", "no"), 2),
    ):
        done = subprocess.run(
            [*verify, *more],
            cwd=desk.folder,
            env=dict(os.environ),
            capture_output=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == status, done.stderr
