"""The figures of `benchmarks/ads.py`: worked out by hand on few ads, and on the real texts' form."""

import csv
import http.client
import importlib.util
import json
import math
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from scipy.stats import binomtest

from haechi.example.campaigns import Plan, write_ads
from haechi.review.reading import locate, read_ads


def _script(name: str) -> Any:
    """A benchmark as a module; they are scripts and no package."""
    spec = importlib.util.spec_from_file_location(f"benchmark_{name}", Path("benchmarks") / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


figures = _script("ads")
ads_real = _script("ads_real")
COLUMNS = ("ad_id", "campaign", "family", "scam", "kind", "language", "evasion", "hand_off")
ROWS = (
    ("s1-00", "s1", "lessons", "yes", "", "ja", "none", "link"),
    ("s1-01", "s1", "lessons", "yes", "", "ja", "none", "page"),
    ("s2-00", "s2", "tips", "yes", "", "ko", "none", "button"),
    ("s1-00.leet", "s1", "lessons", "yes", "", "ja", "leet", "link"),
    ("s1-01.leet", "s1", "lessons", "yes", "", "ja", "leet", "page"),
    ("s2-00.leet", "s2", "tips", "yes", "", "ko", "leet", "button"),
    ("h1", "h1", "bank/1", "no", "finance:bank", "ja", "none", ""),
    ("h2", "h2", "bank/1", "no", "finance:bank", "ja", "none", ""),
    ("h3", "h3", "food/1", "no", "other:food", "ko", "none", ""),
)
DECIDED = {
    "s1-00": ("reject", 0.9),
    "s1-01": ("approve", 0.2),
    "s2-00": ("hold", 0.6),
    "s1-00.leet": ("approve", 0.1),
    "s1-01.leet": ("approve", 0.1),
    "s2-00.leet": ("hold", 0.6),
    "h1": ("hold", 0.7),
    "h2": ("approve", 0.0),
    "h3": ("approve", 0.0),
}
CHATS = {
    "s1-00": [("no", 0.99)],
    "s1-01": [("no", 0.99)],
    "s2-00": [("no", 0.4)],
    "s2-00.leet": [("unknown", 0.9)],
    "h1": [("yes", 0.9)],
    "h3": [("no", 0.5)],
}


@pytest.fixture
def case(tmp_path: Path) -> tuple[Path, Path]:
    with (tmp_path / "truth.csv").open("w", encoding="utf-8", newline="") as sink:
        csv.writer(sink).writerows([COLUMNS, *ROWS])
    decisions = tmp_path / "decisions.jsonl"
    decisions.write_text("".join(_line(name, *made) for name, made in DECIDED.items()), encoding="utf-8")
    return tmp_path, decisions


def _line(name: str, decision: str, score: float) -> str:
    signals = [
        {"name": "scam-text", "value": "scam", "score": score},
        {"name": "scam-text", "value": "scam", "score": score / 2},
        {"name": "claim", "value": "urgency", "score": 1.0},
        *(
            {"name": "hand-off", "value": "line", "score": score, "params": {"own": own}}
            for own, score in CHATS.get(name, ())
        ),
    ]
    return (
        json.dumps({"ad_id": name, "decision": decision, "reasons": [{"code": "x"}], "signals": signals})
        + "\n"
    )


def test_a_hand_off_counts_where_the_ad_has_one(case: tuple[Path, Path]) -> None:
    """If it fails, ways on the page or an advertiser's own chat pass for found, or honest ads are left out."""
    told = figures.report(figures.joined(*case))
    assert "in scams that have one, evasion none | 50.00% [9.45%, 90.55%] | 2 | 1 of 2 |" in told
    assert "in scams that have one, evasion leet | 50.00% [9.45%, 90.55%] | 2 | 1 of 2 |" in told
    assert "in all other honest ads | 50.00% [9.45%, 90.55%] | 2 | 1 of 3 |" in told


def test_copies_of_a_campaign_count_once(case: tuple[Path, Path]) -> None:
    """If this fails, a campaign with many copies hides one that got through."""
    ads = figures.joined(*case)
    plain = [one for one in ads if one.evasion == "none" and one.scam]
    found = figures.rate(plain, figures.stopped)
    assert (found.mean, found.units, found.hits, found.ads) == (0.75, 2, 2, 3)
    fair = figures.rate([one for one in ads if not one.scam], figures.stopped)
    assert (fair.mean, fair.units) == (0.25, 2)


def test_points_lost_are_of_the_same_ads(case: tuple[Path, Path]) -> None:
    """If this fails, an evasion seems harmless because it was done on easier ads."""
    ads = figures.joined(*case)
    plain = [one for one in ads if one.evasion == "none" and one.scam]
    points, low, high, campaigns = figures.lost(plain, [one for one in ads if one.evasion == "leet"])
    assert (points, campaigns) == (25.0, 2)
    assert low <= points <= high


def test_the_interval_is_wilsons() -> None:
    """If this fails, the report claims more certainty than there is; scipy is the judge."""
    for hits, count in ((0, 10), (3, 7), (99, 100), (250, 250)):
        low, high = figures.wilson(hits / count, count)
        expected = binomtest(hits, count).proportion_ci(method="wilson")
        assert math.isclose(low, expected.low, abs_tol=1e-9)
        assert math.isclose(high, expected.high, abs_tol=1e-9)
    assert figures.wilson(0.0, 0) == (0.0, 1.0)


def test_the_curve_uses_the_strongest_score(case: tuple[Path, Path]) -> None:
    """If this fails, the curve is of another score than the one that decides."""
    plain = [one for one in figures.joined(*case) if one.evasion == "none" and one.language == "ja"]
    assert figures.curve(plain) == [(0.9, 0.5, 1.0), (0.7, 0.5, 0.5), (0.2, 1.0, 2 / 3)]
    assert figures.decided_point(plain, ("reject",)) == (0.5, 1.0)
    assert figures.decided_point(plain, ("hold", "reject")) == (0.5, 0.5)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda lines: lines[1:], "1 of 9 ads"),
        (lambda lines: [*lines, lines[0]], "decided twice"),
        (lambda lines: [*lines, lines[0].replace("s1-00", "zz")], "1 decisions are of no ad"),
        (lambda lines: [lines[0].replace("reject", "refuse"), *lines[1:]], "approve, hold or reject"),
    ],
)
def test_decisions_that_do_not_fit_are_refused(case: tuple[Path, Path], change: object, told: str) -> None:
    """If this fails, an ad that was never judged counts as approved, or a mistake as a result."""
    folder, decisions = case
    lines = decisions.read_text(encoding="utf-8").splitlines(keepends=True)
    assert callable(change)
    decisions.write_text("".join(change(lines)), encoding="utf-8")
    with pytest.raises(SystemExit, match=told):
        figures.joined(folder, decisions)


def test_the_command_writes_tables_and_a_chart(case: tuple[Path, Path], tmp_path: Path) -> None:
    """If this fails, the figures cannot be published as they were measured."""
    folder, decisions = case
    call = [sys.executable, "benchmarks/ads.py", str(folder), str(decisions), "--out", str(tmp_path / "out")]
    done = subprocess.run(call, capture_output=True, text=True, check=True, timeout=60)
    assert "| recall (held or rejected) | all | 75.00% [" in done.stdout
    assert "| leet | 50.00%" in done.stdout
    assert "| honest finance ads stopped | ja | 50.00%" in done.stdout
    assert done.stdout.strip() in (tmp_path / "out" / "ads.md").read_text(encoding="utf-8")
    chart = (tmp_path / "out" / "ads.svg").read_text(encoding="utf-8")
    assert chart.startswith("<svg")
    assert "<script" not in chart


def test_real_texts_become_ads_of_the_same_form(tmp_path: Path) -> None:
    """If this fails, one command cannot judge synthetic and real ads alike. The rows here are made up."""
    data = tmp_path / "data"
    data.mkdir()
    (data / "scam_videos_dev.csv").write_text(
        "is_scam,title_and_description\n"
        'True,"""Free coins, today"",""Send one, get two"""\nFalse,"""A walk"",""Trees"""\n'
    )
    (data / "korccvi_x.csv").write_text(
        "Transcript,Confidence,Label\n합성 통화입니다,,1\n합성 대화입니다,,0\n"
    )
    (data / "adtec_ad-similarity.train.tsv").write_text("text1\ttext2\tscore\n合成の広告\t別の広告\t3\n")
    (data / "ira_facebook_ads.csv").write_text(
        "id,text,url,targets\n1,Synthetic,https://a.example/,interests:Gardening | age:18 - 65+\n2, ,,\n"
    )
    (data / "phish_urls_dev.csv").write_text(
        "date,url,spoofed_brand\n2024,https://b.test/,x\n2024,https://c.test/,x\n"
    )
    found = ads_real.rows(data, 1, 1)
    ads_real.write(found, tmp_path / "out")
    ads = {one.ad_id.rsplit("-", 1)[0]: one for one in read_ads(locate(str(tmp_path / "out")))}
    assert len(found) == 8
    assert ads["ira"].targeting.include == ("Gardening",)
    assert ads["phish-urls"].landing_url in ("https://b.test/", "https://c.test/")
    with (tmp_path / "out" / "truth.csv").open(encoding="utf-8", newline="") as rows:
        truth = list(csv.DictReader(rows))
    assert tuple(truth[0]) == COLUMNS[:-1]
    assert sum(row["scam"] == "yes" for row in truth) == 3
    videos = next(
        one for one in read_ads(locate(str(tmp_path / "out"))) if one.headline == "Free coins, today"
    )
    assert videos.text == "Send one, get two"


def test_pages_are_served_to_phones_and_reviewers(tmp_path: Path) -> None:
    """If this fails, a fetcher is never shown a cloaked page, and finding one is not measured."""
    write_ads(Plan(campaigns=2, honest=0, seed=4, evasions=("cloaking", "redirect")), tmp_path / "x")
    server = _script("ads_pages").Pages(tmp_path / "x", 0, "before")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        ads = {one.ad_id: one for one in read_ads(locate(str(tmp_path / "x")))}
        cloaked = next(one for name, one in ads.items() if name.endswith(".cloaking"))
        moved = next(one for name, one in ads.items() if name.endswith(".redirect"))
        phone = _fetched(server.server_address, cloaked.landing_url, "Mozilla/5.0 (Linux; Android 14) Mobile")
        reviewer = _fetched(server.server_address, cloaked.landing_url, "review")
        assert (phone[0], reviewer[0]) == (200, 200)
        assert "form" in phone[2]
        assert "form" not in reviewer[2]
        status, location, _ = _fetched(server.server_address, moved.landing_url, "review")
        assert status in (301, 302, 307)
        assert location
        assert _fetched(server.server_address, "https://nowhere.example/", "review")[0] == 404
    finally:
        server.shutdown()
        server.server_close()


def _fetched(address: tuple[str, int], url: str | None, agent: str) -> tuple[int, str | None, str]:
    """As a proxy is asked: the whole address in the request."""
    assert url is not None
    connection = http.client.HTTPConnection(*address, timeout=5)
    connection.request("GET", url, headers={"User-Agent": agent})
    answered = connection.getresponse()
    return answered.status, answered.getheader("Location"), answered.read().decode()
