"""One rule for identifiers, whatever way they come in; and every one that is taken can be addressed."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from haechi.stores import open_store
from haechi.stores.clock import utc_now
from haechi.stores.keys import make_key
from haechi.terms.identifiers import LONGEST, is_identifier
from tests.databases import new_database
from tests.service.served import HAECHI, call, platform_served

ODD = [
    "sports/golf", "/", "//a//", "https://example.org/a?b=1#c", "50%", "50%2F", "a b", " a ", "ß/日本", "a\\b",
    "...", "+&=", "'\"<b>", "%", "decide", "changes/", "x" * LONGEST,
]  # fmt: skip
WRONG = ["", "   ", "a\x00b", "a\nb", "\x7f", "\x85", "a\u2028b", ".", "..", "x" * (LONGEST + 1)]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[int, str, str]]:
    """Port, key and database of a platform."""
    folder = tmp_path_factory.mktemp("identifiers")
    database = str(folder / "platform")
    if request.param == "postgresql":
        database = new_database(request.getfixturevalue("postgres_server"))
    engine = open_store(database)
    scopes: Any = ["ingest", "themes", "permissions", "advertisers", "read", "deliver", "decide"]
    key = make_key(engine, name="k", scopes=scopes, now=utc_now())
    engine.dispose()
    with platform_served(database, "--snapshot", str(folder / "gate.snapshot")) as port:
        yield port, key, database


def test_what_is_taken_can_be_addressed(server: tuple[int, str, str]) -> None:
    """A round trip: proposed by the body, then shown, renamed, merged and retired by the path."""
    port, key, _ = server
    asked = {"Authorization": f"Bearer {key}"}
    assert call(port, "/v1/themes", {"theme_id": "other", "name": "Chess"}, **asked)[0] == 201
    for theme_id in ODD:
        path = f"/v1/themes/{quote(theme_id, safe='')}"
        assert call(port, "/v1/themes", {"theme_id": theme_id, "name": "Golf"}, **asked)[0] == 201, theme_id
        status, _, shown = call(port, path, **asked)
        assert (status, shown["theme_id"]) == (200, theme_id)
        status, _, renamed = call(port, f"{path}/rename", {"name": "Golf clubs"}, **asked)
        assert (status, renamed["theme_id"], renamed["name"]) == (200, theme_id, "Golf clubs")
        mapped = {"item_themes": [{"item_id": theme_id, "theme_id": theme_id}]}
        assert call(port, "/v1/items", mapped, **asked)[0] == 204
        assert call(port, f"{path}/merge", {"into": "other"}, **asked)[0] == 200


@pytest.mark.parametrize("wrong", WRONG, ids=ascii)
def test_what_cannot_be_addressed_is_refused_and_not_repeated(
    server: tuple[int, str, str], wrong: str
) -> None:
    """422 that names row and column; a person's identifier is never in the answer. Also on PostgreSQL, no 500."""
    port, key, _ = server
    wrong_person = f"secret{wrong}person" if wrong.strip(" .") else wrong
    behaviour = {"item_id": "i", "kind": "like", "occurred_at": "2026-01-01T00:00:00Z"}
    right = {**behaviour, "person_id": "p1"}
    permission = {"purpose": "profiling", "basis": "consent", "notice": "1", "evidence": "e"}
    for path, body, place in (
        (
            "/v1/behaviours",
            [right, {**behaviour, "person_id": wrong_person}],
            "behaviours, row 2, column person_id",
        ),
        ("/v1/behaviours", [{**right, "item_id": wrong}], "behaviours, row 1, column item_id"),
        ("/v1/people", [{"person_id": "p2"}, {"person_id": wrong_person}], "people, row 2, column person_id"),
        ("/v1/items", {"items": [{"item_id": wrong}]}, "items, row 1, column item_id"),
        ("/v1/themes", {"theme_id": wrong, "name": "Golf"}, "themes, row 1, column theme_id"),
        (
            "/v1/advertisers",
            {"advertiser_id": wrong, "name": "A"},
            "advertisers, row 1, column advertiser_id",
        ),
        (
            "/v1/permissions",
            {**permission, "person_id": wrong_person},
            "permissions, row 1, column person_id",
        ),
    ):
        status, _, answer = call(
            port, path, body, Authorization=f"Bearer {key}", Idempotency_Key=f"{path}{place}"
        )
        assert (status, place in answer["detail"]) == (422, True), (path, answer)
        assert "secret" not in answer["detail"]
        assert str(LONGEST) in answer["detail"]
    for path in ("/v1/permissions/withdraw", "/v1/deliveries/handles"):
        # Nobody has such an identifier: nothing ends, and no database stumbles over it.
        assert call(port, path, {"person_id": wrong}, Authorization=f"Bearer {key}")[0] == 200
    if wrong:
        assert call(port, f"/v1/themes/{quote(wrong, safe='')}", Authorization=f"Bearer {key}")[0] == 404


def dataset(folder: Path, person_id: str, theme_id: str) -> Path:
    folder.mkdir()
    pq.write_table(
        pa.table({"theme_id": ["golf", theme_id], "name": ["Golf", "Chess"]}), folder / "themes.parquet"
    )
    people = {"person_id": ["p1", "p2", person_id], "country": ["KR", "KR", "KR"]}
    pq.write_table(pa.table(people), folder / "people.parquet")
    return folder


def load(folder: Path, database: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [HAECHI, "load", str(folder), "--database", database], capture_output=True, text=True, check=False,
        env={"COLUMNS": "200"},
    )  # fmt: skip


def test_a_bulk_load_takes_what_http_can_address(server: tuple[int, str, str], tmp_path: Path) -> None:
    """Themes with a slash come in from Parquet and can be decided over HTTP."""
    port, key, database = server
    done = load(dataset(tmp_path / "data", "https://id.example/p/3", "games/chess"), database)
    assert done.returncode == 0, done.stderr
    status, _, theme = call(port, "/v1/themes/games%2fchess", Authorization=f"Bearer {key}")
    assert (status, theme["theme_id"]) == (200, "games/chess")
    said = {"state": "blocked", "reason": "r"}
    status, _, theme = call(port, "/v1/themes/games%2Fchess/decide", said, Authorization=f"Bearer {key}")
    assert (status, theme["standing"]["state"]) == (200, "blocked")


@pytest.mark.parametrize("wrong", [one for one in WRONG if one.strip()], ids=ascii)
def test_a_bulk_load_refuses_the_same_and_takes_nothing(tmp_path: Path, wrong: str) -> None:
    """File, row and column are named, and of a theme the value; of a person never."""
    wrong_person = f"secret{wrong}" if wrong.strip(".") else wrong
    database = tmp_path / "platform"
    done = load(dataset(tmp_path / "data", wrong_person, wrong), str(database))
    assert done.returncode == 2
    said = " ".join(done.stderr.split())
    assert "people.parquet, row 3, column person_id: expected" in said
    assert "themes.parquet, row 2, column theme_id: found '" in said
    assert "secret" not in said
    assert not any(ord(sign) < 32 and sign != "\n" for sign in done.stderr)
    assert not database.exists()


def test_names_on_the_command_line_follow_the_rule(tmp_path: Path) -> None:
    """A key or user that no list can show."""
    for arguments in (["keys", "create", "a\nb", "--scope", "read"], ["users", "create", "a\x1bb"]):
        done = subprocess.run(
            [HAECHI, *arguments, "--database", str(tmp_path)], capture_output=True, text=True, check=False,
            input="correct horse battery\n",
        )  # fmt: skip
        assert (done.returncode, "control characters" in " ".join(done.stderr.split())) == (2, True)
        assert "\x1b" not in done.stderr


def test_the_rule_in_words() -> None:
    """What the other tests try, said at once."""
    assert all(map(is_identifier, ODD))
    assert not any(map(is_identifier, WRONG))
