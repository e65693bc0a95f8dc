"""`haechi review` from the outside: what is wrong with the files is told, and nothing good is lost for it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from haechi.errors import DataError
from haechi.review.reading import locate, read_ads
from haechi.review.targeting import targeting_of

AD: dict[str, Any] = {"advertiser_id": "v1", "submitted_at": "2026-05-01T09:00:00Z", "text": "Cake"}


def haechi(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "haechi", *map(str, arguments)],
        capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "content"), [("ads.csv", "ad_id,advertiser_id,submitted_at\n"), ("ads.jsonl", "\n")]
)
def test_a_file_without_ads_takes_no_answer_away(tmp_path: Path, name: str, content: str) -> None:
    """Fails when an export that broke off after its header counts as reviewed, and empties the earlier decisions."""
    (tmp_path / name).write_text(content)
    out = tmp_path / "decisions.jsonl"
    out.write_text("earlier\n")
    done = haechi("review", tmp_path / name, "--out", out)
    assert (done.returncode, "found no ads" in done.stderr) == (2, True), done.stderr
    assert out.read_text() == "earlier\n"


def test_pictures_that_are_missing_are_told(tmp_path: Path) -> None:
    """Fails when a folder of pictures was left behind, every ad is held for it, and nothing says so."""
    (tmp_path / "there.png").write_bytes(b"no picture, but there")
    images = ["there.png", "gone.png", "../out.png", *[f"gone-{n}.png" for n in range(5)]]
    rows = [{**AD, "ad_id": f"a{n}", "image": image} for n, image in enumerate(images)]
    (tmp_path / "ads.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    done = haechi("review", tmp_path, "--out", tmp_path / "decisions.jsonl")
    assert done.returncode == 0, done.stderr
    (told,) = [line for line in done.stderr.splitlines() if line.startswith("pictures of")]
    assert told.startswith("pictures of 7 ads are not in ")
    assert "(a1: gone.png; a2: ../out.png; a3: gone-0.png; a4: gone-1.png; a5: gone-2.png and 2 more)" in told


@pytest.mark.parametrize(
    ("content", "row", "column"),
    [
        ("ad_id,text\na1,投資\n".encode("shift-jis"), 1, "text"),
        (b'ad_id,text\na1,x\n"a,\n2",y\n' + b"a3,\x93\n", 3, "text"),
        (b'ad_id,text\n"a","b\n\x93"\n', 1, None),
        ("ad_id,text\na1,x\n".encode("utf-16"), None, None),
        (b"ad_id,t\x93xt\na1,x\n", None, None),
        (b"ad_id,text,text\na1,x,y\n", None, "text"),
    ],
)  # fmt: skip
def test_a_table_in_another_encoding_is_named_as_its_rows_are(
    tmp_path: Path, content: bytes, row: int | None, column: str | None
) -> None:
    """Fails when the header counts as a row for one fault and not for another, and the wrong row is mended."""
    file = tmp_path / "ads.csv"
    file.write_bytes(content)
    with pytest.raises(DataError) as fault:
        list(read_ads(locate(str(file))).file.rows())
    (one,) = fault.value.kinds[0].first
    assert (one.file, one.row, one.column) == (str(file), row, column)


@pytest.mark.parametrize("said", [{"include": 5}, {"exclude": ["Golf", True]}, '{"countries": [1.5]}'])
def test_targeting_that_is_no_text_is_refused(said: object) -> None:
    """Fails when a number where a theme belongs is judged as a theme's name, which the service refuses."""
    with pytest.raises(ValueError, match=r"texts in targeting's"):
        targeting_of(said)
    assert targeting_of({"include": ["5"], "age_min": 18}).include == ("5",)
