"""`haechi classify` and `haechi explain`, as people call them."""

import csv
import gzip
import json
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

NAMES = ("Guitar", "Church service", "탈북민 지원", "Alcohol", "12345", "<script>alert('Mosque')</script>")
CATEGORIES = [[], ["religion"], ["origin-status"], [], [], ["religion"]]
ADDED = ["categories", "scores", "evidence", "arguable", "undecided", "decision", "judged_by"]


def _command(*args: str | Path) -> list[str]:
    return [sys.executable, "-c", "from haechi.cli.app import main; main()", *map(str, args)]


def _haechi(*args: str | Path, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(_command(*args), input=given, capture_output=True, check=False, timeout=120)


def _write(form: str, folder: Path) -> Path:
    file = folder / f"names.{form}"
    if form == "txt":
        file.write_text("\n".join(NAMES) + "\n", encoding="utf-8")
    elif form.startswith("csv"):
        text = "n,name\r\n" + "".join(f'{n},"{name}"\r\n' for n, name in enumerate(NAMES))
        _pack(file, text.encode())
    elif form.startswith("jsonl"):
        text = "".join(json.dumps({"n": n, "name": name}) + "\n" for n, name in enumerate(NAMES))
        _pack(file, text.encode())
    else:
        pq.write_table(pa.table({"n": range(len(NAMES)), "name": NAMES}), file)
    return file


def _pack(file: Path, data: bytes) -> None:
    if file.suffix == ".gz":
        data = gzip.compress(data)
    elif file.suffix == ".zst":
        data = pa.compress(data, codec="zstd", asbytes=True)
    file.write_bytes(data)


@pytest.mark.parametrize(
    "form", ["txt", "csv", "csv.gz", "csv.zst", "jsonl", "jsonl.gz", "jsonl.zst", "parquet"]
)
def test_every_form_of_list_is_read_in_order_with_its_columns(form: str, tmp_path: Path) -> None:
    """Fails when a form cannot be read, rows change places, or a user's own columns are lost."""
    done = _haechi("classify", _write(form, tmp_path))
    assert done.returncode == 0, done.stderr.decode()
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["name"] for row in rows] == list(NAMES)
    assert [row["categories"] for row in rows] == CATEGORIES
    assert rows[3]["arguable"] == ["health"]
    assert rows[4]["undecided"].startswith("cannot tell")
    if form != "txt":
        assert [str(row["n"]) for row in rows] == [str(n) for n in range(len(NAMES))]


def test_standard_input_is_read(tmp_path: Path) -> None:
    """Fails when names cannot be piped in."""
    done = _haechi("classify", "-", given=b"Church service\nGuitar\n")
    assert [json.loads(line)["categories"] for line in done.stdout.splitlines()] == [["religion"], []]


@pytest.mark.parametrize("ending", ["jsonl", "csv", "parquet"])
@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_every_form_of_answer_is_written_whole(form: str, ending: str, tmp_path: Path) -> None:
    """Fails when an answer file lacks rows, types or columns, or its helper file stays behind."""
    out = tmp_path / "out" / f"answer.{ending}"
    out.parent.mkdir()
    done = _haechi("classify", _write(form, tmp_path), "--out", out)
    assert (done.returncode, done.stdout) == (0, b""), done.stderr.decode()
    if ending == "parquet":
        rows = pq.read_table(out).to_pylist()
    elif ending == "jsonl":
        rows = [json.loads(line) for line in out.read_text().splitlines()]
    else:
        with out.open(newline="") as file:
            rows = list(csv.DictReader(file))
        for row in rows:
            row |= {column: json.loads(row[column]) for column in ADDED[:4]}
    assert [row["categories"] for row in rows] == CATEGORIES
    assert list(rows[0]) == ["n", "name", *ADDED]
    assert [path.name for path in out.parent.iterdir()] == [out.name]


@pytest.mark.parametrize(
    ("file", "data", "said"),
    [
        ("a.csv", b"title\nx\n", ["a.csv", "column name", "found title"]),
        ("a.csv", b"name,x\nGuitar,1\nMosque\n", ["a.csv", "row 2", "1 cells", "2 cells"]),
        ("a.csv", b"name,categories\nx,y\n", ["a.csv", "column categories"]),
        ("a.txt", b"Guitar\nCaf\xe9\n", ["a.txt", "row 2", "UTF-8"]),
        ("a.jsonl", b'{"name": "x"}\n{"name": 3}\n', ["a.jsonl", "row 2", "column name", "found 3", "text"]),
        ("a.jsonl", b'{"name": "x"}\n{"name"\n', ["a.jsonl", "row 2", "JSON"]),
        ("a.jsonl", b'{"title": "x"}\n', ["a.jsonl", "row 1", "column name"]),
        (
            "a.csv.gz",
            gzip.compress(b"name\n" + b"Guitar\n" * 9999)[:-40],
            ["a.csv.gz", "whole compressed file"],
        ),
        ("a.parquet", b"PAR1 and then nothing", ["a.parquet", "Parquet"]),
        ("a.zst.jsonl", b"\x00" * 10, ["a.zst.jsonl", "row 1"]),
    ],
)
def test_bad_input_is_named_and_an_earlier_answer_stays(
    file: str, data: bytes, said: list[str], tmp_path: Path
) -> None:
    """Fails when a bad row is dropped in silence, ends in a traceback, or costs the user an earlier answer."""
    (tmp_path / file).write_bytes(data)
    out = tmp_path / "answer.csv"
    out.write_text("earlier")
    done = _haechi("classify", tmp_path / file, "--out", out)
    message = done.stderr.decode()
    assert done.returncode == 2, message
    assert "Traceback" not in message
    for part in said:
        assert part in message
    assert out.read_text() == "earlier"
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([file, "answer.csv"])


@pytest.mark.parametrize(("out", "said"), [("a.xlsx", ".parquet"), ("nowhere/a.csv", "no folder")])
def test_a_target_that_cannot_be_is_refused_at_once(out: str, said: str, tmp_path: Path) -> None:
    """Fails when a long run ends in an answer that cannot be written."""
    done = _haechi("classify", _write("txt", tmp_path), "--out", tmp_path / out)
    assert done.returncode == 2
    assert said in done.stderr.decode()


def _many(folder: Path, rows: int) -> Path:
    file = folder / "many.txt"
    file.write_text("".join(f"Church service {n}\nGuitar {n}\n" for n in range(rows // 2)))
    return file


@pytest.mark.parametrize("ending", ["jsonl", "csv", "parquet"])
def test_a_full_disk_leaves_no_trace(ending: str, tmp_path: Path) -> None:
    """Fails when half an answer, or its helper file, is left where a whole one is expected."""
    names, out = _many(tmp_path, 20_000), tmp_path / "out" / f"a.{ending}"
    out.parent.mkdir()
    out.write_text("earlier")
    command = _command("classify", names, "--out", out)
    done = subprocess.run(
        command,
        capture_output=True,
        check=False,
        timeout=120,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000)),
    )
    assert done.returncode == 2, done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()
    assert out.read_text() == "earlier"
    assert list(out.parent.iterdir()) == [out]


def test_ctrl_c_leaves_no_trace(tmp_path: Path) -> None:
    """Fails when an interrupted run leaves a part of an answer, or goes on in the background."""
    out = tmp_path / "a.jsonl"
    command = _command("classify", "-", "--out", out)
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdin is not None
        running.stdin.write(b"Church service\n" * 20_000)
        running.stdin.flush()
        for _ in range(200):
            if list(tmp_path.iterdir()):
                break
            time.sleep(0.05)
        assert [path.suffix for path in tmp_path.iterdir()] == [".part"]
        running.send_signal(signal.SIGINT)
        assert running.wait(30) == 130
    assert list(tmp_path.iterdir()) == []


def test_a_long_list_is_shared_out_and_stays_in_order(tmp_path: Path) -> None:
    """Fails when several processes give other answers, or another order, than one."""
    done = _haechi("classify", _many(tmp_path, 60_000))
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(rows) == 60_000
    for n in range(0, 60_000, 997):
        word, number = ("Guitar", n // 2) if n % 2 else ("Church service", n // 2)
        assert rows[n]["name"] == f"{word} {number}"
        assert rows[n]["categories"] == ([] if n % 2 else ["religion"])


def test_a_reader_that_has_seen_enough_ends_it_quietly(tmp_path: Path) -> None:
    """Fails when `haechi classify … | head` ends in a complaint."""
    command = _command("classify", _many(tmp_path, 100_000))
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.readline()
        running.stdout.close()
        assert running.stderr.read() == b""


def test_a_folder_of_names_is_called_a_folder(tmp_path: Path) -> None:
    """Fails when a folder that is there is said not to be."""
    done = _haechi("classify", str(tmp_path))
    assert done.returncode == 2
    assert f"{tmp_path} is a folder; expected a file with names" in " ".join(done.stderr.decode().split())


def test_explain_says_what_why_and_where_from() -> None:
    """Fails when a person asked about a decision cannot see its rule, its source and its words."""
    lines = _haechi("explain", "Sunday Church service").stdout.decode().splitlines()
    assert lines[0].startswith("gives away religion (score 0.90, grade 2)")
    start = lines[1].index("Church service")
    assert lines[2] == " " * start + "~" * len("Church service")
    assert any("concept:christianity" in line for line in lines)
    assert any(line.strip().startswith("source") for line in lines)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["Alcohol"], "arguable, not decided: health"),
        (["Гитара"], "cannot tell"),
        (["Guitar"], "Nothing that the knowledge knows of"),
        (["Choir", "--path", "Interest > Religion"], "path"),
        (["교회\x1b[31m 예배"], "religion"),
    ],
)
def test_explain_is_honest(asked: list[str], said: str) -> None:
    """Fails when weak, unknown or borrowed evidence is shown as plain fact, or a name steers the terminal."""
    done = _haechi("explain", *asked)
    assert done.returncode == 0
    assert said in done.stdout.decode()
    assert b"\x1b" not in done.stdout


def test_explain_for_machines() -> None:
    """Fails when the JSON form lacks what the text says."""
    said = json.loads(_haechi("explain", "Church service", "--format", "json").stdout)
    assert said["reasons"][0]["label"]["category"] == "religion"
    assert said["reasons"][0]["decided"] is True
    assert said["undecided"] is None


def test_the_list_itself_is_never_replaced(tmp_path: Path) -> None:
    """Fails when the answer can take the place of the only copy of the question."""
    names = tmp_path / "n.csv"
    names.write_text("name\nChurch\n")
    done = _haechi("classify", str(names), "--out", str(tmp_path / "n.csv"))
    assert done.returncode == 2
    assert names.read_text() == "name\nChurch\n"
