"""The tables of ad review as files: every form says the same, and every fault is named at its place."""

import csv
import gzip
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from haechi.errors import DataError, UsageError
from haechi.review.ads import Ad, Targeting
from haechi.review.reading import locate, read_ads, read_world

ADS: list[dict[str, Any]] = [
    {
        "ad_id": "a1", "advertiser_id": "v1", "headline": "Cake", "text": "Fresh, every day.\nOpen at 8",
        "landing_url": "https://cake.example/", "country": "KR", "submitted_at": "2026-05-01T09:00:00+09:00",
        "targeting": '{"include": ["Baking"], "exclude": ["Catholic church"]}',
    },
    {"ad_id": "a2", "advertiser_id": "v2", "text": "投資教室", "submitted_at": "2026-05-01T00:00:01"},
]  # fmt: skip


def write(folder: Path, name: str, form: str, rows: list[dict[str, Any]]) -> Path:
    file = folder / f"{name}{form}"
    columns = list(dict.fromkeys(column for row in rows for column in row))
    if form == ".parquet":
        pq.write_table(pa.Table.from_pylist([{c: row.get(c) for c in columns} for row in rows]), file)
    elif form == ".csv":
        with file.open("w", newline="", encoding="utf-8") as out:
            writer = csv.DictWriter(out, columns)
            writer.writeheader()
            writer.writerows(rows)
    else:
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        file.write_bytes(gzip.compress(text.encode()) if form.endswith(".gz") else text.encode())
    return file


@pytest.mark.parametrize("form", [".jsonl", ".csv", ".parquet", ".jsonl.gz"])
def test_every_form_says_the_same(tmp_path: Path, form: str) -> None:
    """Fails when the decision on an ad would depend on the form of the file it came in."""
    found = list(read_ads(locate(str(write(tmp_path, "ads", form, ADS)))))
    assert found == [
        Ad(
            ad_id="a1", advertiser_id="v1", headline="Cake", text="Fresh, every day.\nOpen at 8",
            landing_url="https://cake.example/", country="KR", submitted_at=datetime(2026, 5, 1),  # noqa: DTZ001
            targeting=Targeting(include=("Baking",), exclude=("Catholic church",)),
        ),
        Ad(ad_id="a2", advertiser_id="v2", text="投資教室", submitted_at=datetime(2026, 5, 1, 0, 0, 1)),  # noqa: DTZ001
    ]  # fmt: skip
    assert locate(str(tmp_path)).ads.name == f"ads{form}"


def test_lists_stand_as_json_or_between_bars(tmp_path: Path) -> None:
    """Fails when a name of a protected person is lost because its list was written in another way."""
    rows = [
        {
            "party_id": "p1",
            "names": "김도윤|Kim Doyun",
            "kana": '["キム ドユン"]',
            "images": "",
            "romaji": "Kim D.",
        },
        {"party_id": "p2", "names": "", "kind": "Brand"},
    ]
    write(tmp_path, "protected_parties", ".csv", rows)
    write(
        tmp_path, "authorisations", ".jsonl", [{"party": "p1", "advertiser": "v1", "expires": "2027-01-01"}]
    )
    write(tmp_path, "ads", ".jsonl", ADS)
    told: list[str] = []
    world = read_world(locate(str(tmp_path)), told.append)
    assert world.parties["p1"].names == ("김도윤", "Kim Doyun")
    assert world.parties["p1"].aliases == ("キム ドユン", "Kim D.")
    assert world.parties["p2"].kind == "brand"
    assert world.authorisations[0].expires_at == datetime(2027, 1, 1)  # noqa: DTZ001
    assert [line.split(":")[0] for line in told] == [
        "found no table advertisers beside the ads", "found no table licences beside the ads",
    ]  # fmt: skip


def test_every_fault_is_named_with_its_place(tmp_path: Path) -> None:
    """Fails when an owner of 10,000 ads mends one fault at a time, or is told of none."""
    rows: list[dict[str, Any]] = [
        ADS[0] | {"submitted_at": "yesterday"},
        ADS[1],
        {"ad_id": "", "advertiser_id": "v3", "submitted_at": "2026-05-01"},
        ADS[1] | {"advertiser_id": "a\nb"},
        ADS[1] | {"headline": ["x"], "submitted_at": 20260501},
    ]
    file = write(tmp_path, "ads", ".jsonl", rows)
    with pytest.raises(DataError) as fault:
        list(read_ads(locate(str(file))))
    (kind,) = fault.value.kinds
    assert kind.count == 5
    assert [(one.row, one.column, one.value) for one in kind.first] == [
        (1, "submitted_at", "'yesterday'"),
        (3, "ad_id", "nothing"),
        (4, "advertiser_id", "'a\\nb'"),
        (5, "headline", "['x']"),
        (5, "submitted_at", "20260501"),
    ]
    assert all(one.file == str(file) for one in kind.first)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("ads.csv", "ad_id,text\na,b\n", "a column advertiser_id"),
        ("ads.csv", "ad_id,ad_id\na,b\n", "each column once"),
        ("ads.jsonl", '{"ad_id": "a"\n', "row 1"),
        ("ads.jsonl", "[" * 100_000, "row 1"),
        ("ads.parquet", "no parquet", "a Parquet file that can be read"),
    ],
)
def test_a_file_that_is_none_is_told(tmp_path: Path, name: str, content: str, told: str) -> None:
    """Fails when a damaged file ends in a defect's message, or reads as no ads."""
    (tmp_path / name).write_text(content)
    with pytest.raises(DataError, match=told):
        list(read_ads(locate(str(tmp_path / name))))


@pytest.mark.parametrize("unit", ["s", "us"])
def test_an_instant_that_python_cannot_hold_is_named(tmp_path: Path, unit: str) -> None:
    """Fails when a year after 9999 in a Parquet file ends as a defect of ours, and nobody learns which row it is."""
    far = 253_402_300_800 * (1 if unit == "s" else 1_000_000)
    table = pa.table(
        {
            "ad_id": ["a1", "a2"],
            "advertiser_id": ["v1", "v1"],
            "submitted_at": pa.array([0, far], pa.timestamp(unit)),
        }
    )
    file = tmp_path / "ads.parquet"
    pq.write_table(table, file)
    with pytest.raises(DataError) as fault:
        list(read_ads(locate(str(file))))
    (one,) = fault.value.kinds[0].first
    assert (one.file, one.row, one.column) == (str(file), 2, "submitted_at")
    assert one.value is not None
    assert one.value.startswith("10000-01-01")
    assert "years 1 to 9999" in one.expected


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("country", "XX"),
        ("country", "jp"),
        ("language", "klingon"),
        ("language", "JA"),
        ("language", "ja-JP"),
    ],
)
def test_countries_and_languages_are_those_that_there_are(tmp_path: Path, column: str, value: str) -> None:
    """Fails when the laws of no country are cited for an ad, or a door takes what the other refuses."""
    file = write(tmp_path, "ads", ".csv", [{**ADS[1], column: "KR" if column == "country" else "ko"}])
    assert len(list(read_ads(locate(str(file))))) == 1
    file = write(tmp_path, "ads", ".csv", [{**ADS[1], column: value}])
    with pytest.raises(DataError) as fault:
        list(read_ads(locate(str(file))))
    (one,) = fault.value.kinds[0].first
    assert (one.row, one.column, one.value) == (1, column, repr(value))
    assert ("ISO 3166-1 alpha-2" if column == "country" else "ISO 639-1") in one.expected


def test_a_domain_that_is_nobodys_own_is_a_fault(tmp_path: Path) -> None:
    """Fails when an empty domain in a table has every honest ad held as an imitation of one party."""
    write(tmp_path, "ads", ".jsonl", ADS)
    rows: list[dict[str, Any]] = [
        {"party_id": "a", "domains": ["WWW.Zorblatt.example"]},
        {"party_id": "b", "domains": ["zorblatt.example", ""]},
        {"party_id": "c", "domains": "co.jp|zorblatt.example"},
    ]
    file = write(tmp_path, "protected_parties", ".jsonl", rows)
    with pytest.raises(DataError) as fault:
        read_world(locate(str(tmp_path)), lambda _: None)
    (kind,) = fault.value.kinds
    assert [(one.file, one.row, one.column) for one in kind.first] == [
        (str(file), 2, "domains"),
        (str(file), 3, "domains"),
    ]
    write(tmp_path, "protected_parties", ".jsonl", rows[:1])
    assert read_world(locate(str(tmp_path)), lambda _: None).parties["a"].domains == ("zorblatt.example",)


def test_what_is_there_twice_is_nobodys_choice(tmp_path: Path) -> None:
    """Fails when the older of two files, or of two rows for one party, is read silently."""
    write(tmp_path, "ads", ".jsonl", ADS)
    write(tmp_path, "ads", ".csv", ADS)
    with pytest.raises(UsageError, match=r"ads.jsonl and ads.csv"):
        locate(str(tmp_path))
    write(tmp_path, "licences", ".jsonl", [{"regulator": "x", "number": "1", "registered_name": "y"}])
    write(tmp_path, "protected_parties", ".jsonl", [{"party_id": "p"}, {"party_id": "p"}])
    with pytest.raises(DataError, match="each identifier once"):
        read_world(locate(str(tmp_path / "ads.jsonl")), lambda _: None)
