"""The container and compose files, as far as they can be held against the program without a container engine."""

import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from haechi.stores.opened import database_url
from tests.service.served import HAECHI

ROOT = Path(__file__).parents[2]
FROM_IMAGE = {"POSTGRES_USER", "POSTGRES_DB", "POSTGRES_PASSWORD_FILE"}
"""What the image postgres documents."""


@pytest.fixture
def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
    return found


def test_every_setting_of_the_compose_file_is_one_that_is_read(compose: dict[str, Any]) -> None:
    """A variable that nothing reads is a secret or a database that is not used; and the file holds no secret."""
    source = "\n".join(file.read_text() for file in (ROOT / "src").rglob("*.py"))
    read = set(re.findall(r'"(HAECHI_[A-Z_]+)"', source))
    read |= {f"{name}_FILE" for name in read}
    secrets = set(compose["secrets"])
    for name, service in compose["services"].items():
        variables = service.get("environment", {})
        assert set(variables) <= read | FROM_IMAGE, name
        for variable, value in variables.items():
            if variable.endswith("_FILE"):
                assert Path(value).parent == Path("/run/secrets")
                assert Path(value).name in secrets & set(service["secrets"])
            else:
                assert "PASSWORD" not in variable
                assert re.search(r"://[^/]*:[^/]*@", value) is None


def test_the_commands_of_both_files_are_the_program_s(compose: dict[str, Any]) -> None:
    """An option that was renamed would be found by whoever starts the containers first."""
    text = (ROOT / "Containerfile").read_text()
    commands = [re.search(r"^CMD (\[.*\])$", text, re.MULTILINE)[1]]  # type: ignore[index]
    called = [
        yaml.safe_load(commands[0]),
        *(one["command"] for one in compose["services"].values() if "command" in one),
    ]
    for command in called:
        shown = subprocess.run(
            [HAECHI, command[0], "--help"], capture_output=True, text=True, check=True
        ).stdout
        for option in (part for part in command if part.startswith("--")):
            assert option in shown, shlex.join(command)


def test_what_the_image_copies_is_there_and_it_does_not_run_as_root() -> None:
    """A file that was moved breaks the build; a process that is root breaks more."""
    text = (ROOT / "Containerfile").read_text()
    for sources in re.findall(r"^COPY (?!--from)(.*) \S+$", text, re.MULTILINE):
        for source in sources.split():
            assert (ROOT / source).exists(), source
            assert f"!{source}" in (ROOT / ".dockerignore").read_text().splitlines()
    user = re.findall(r"^USER (\S+)$", text, re.MULTILINE)[-1]
    assert int(user) > 0
    assert f"--uid {user}" in text


def test_a_password_comes_from_a_file_whatever_signs_it_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a URL an @ or / of the password would name another host; in the environment others see it."""
    file = tmp_path / "password"
    file.write_text("p@ss/w:rd%41\n")
    monkeypatch.setenv("HAECHI_DATABASE", "postgresql://haechi@database/haechi")
    monkeypatch.setenv("HAECHI_DATABASE_PASSWORD_FILE", str(file))
    url = database_url("haechi-data")
    assert (url.password, url.host, url.username) == ("p@ss/w:rd%41", "database", "haechi")
    assert "p@ss" not in str(url)
    assert database_url("postgresql://haechi:own@database/haechi").password == "own"  # noqa: S105 - no secret
    file.unlink()
    done = subprocess.run([HAECHI, "keys", "list"], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert (done.returncode, "HAECHI_DATABASE_PASSWORD_FILE" in done.stderr) == (2, True)
