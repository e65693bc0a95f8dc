"""`haechi policy` from the outside, and the backtest against a count by hand."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from haechi.errors import DataError
from haechi.review.ads import Decision
from haechi.review.policy import RuleSet, load_ruleset
from haechi.review.policy.backtest import backtest, share
from haechi.review.policy.past import read_decisions, read_truth
from haechi.review.policy.replay import encode
from tests.ads.policy.made import decided, folder, shipped_copy, signal, small


def haechi(*arguments: object, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from haechi.cli.app import main; main()", "policy", *map(str, arguments)],
        capture_output=True, text=True, check=False, cwd=cwd,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip


def past(ruleset: RuleSet) -> list[Decision]:
    told = [
        [],
        [signal("claim", "urgency", 0.6)],
        [signal("claim", "giveaway", 0.95)],
        [signal("claim", "urgency", 0.4)],
        [signal("claim", "guaranteed-return", 0.92)],
    ]
    return [
        msgspec.structs.replace(decided(signals, ruleset), ad_id=f"ad-{number}")
        for number, signals in enumerate(told)
    ]


def written(at: Path, decisions: list[Decision]) -> Path:
    at.write_bytes(b"".join(encode(one) + b"\n" for one in decisions))
    return at


def stricter(rules: Any, words: Any) -> None:
    rules["limits"]["likely"] = 0.3
    rules["lists"]["promises"] = ["giveaway"]
    rules["rules"]["all-claims"] = {**rules["rules"]["urgent"], "mode": "shadow", "when": "claim.present"}
    words["reasons"]["all-claims"] = words["reasons"]["urgent"]


def test_check_test_and_show(tmp_path: Path) -> None:
    """If this fails, an operator cannot tell a good rule set from a bad one in a pipeline."""
    good = haechi("check")
    assert (good.returncode, good.stderr) == (0, "")
    assert load_ruleset().hash in good.stdout
    at = shipped_copy(tmp_path / "copy")
    rules = at / "rules.yaml"
    rules.write_text(rules.read_text("utf-8").replace("  likely: 0.5", "  likely: 0.7"), "utf-8")
    failed = haechi("test", at)
    assert failed.returncode == 1
    assert ", similar-address: stayed silent; expected it to fire." in failed.stdout
    rules.write_text(
        rules.read_text("utf-8").replace("image_copy.score_where", "image_copy.score_were", 1), "utf-8"
    )
    bad = haechi("check", at)
    assert bad.returncode == 1
    assert "rule known-picture.when" in bad.stdout
    assert haechi("test", at).returncode == 2
    assert haechi("check", tmp_path / "none").returncode == 2


def test_show_for_machines() -> None:
    """If this fails, a rule set cannot be published from its own data."""
    shown = json.loads(haechi("show", "--format", "json").stdout)
    assert shown["hash"] == load_ruleset().hash
    assert {rule["code"] for rule in shown["rules"]} == {rule.code for rule in load_ruleset().rules}
    one = haechi("show", "--rule", "chat-and-money")
    assert "is.foreign_chat" in one.stdout
    assert haechi("show", "--rule", "none").returncode == 2


def test_backtest_and_replay(tmp_path: Path) -> None:
    """If this fails, an operator learns of a change's effect from its advertisers."""
    folder(tmp_path / "old")
    folder(tmp_path / "new", stricter)
    decisions = written(tmp_path / "past.jsonl", past(load_ruleset(tmp_path / "old")))
    truth = tmp_path / "truth.csv"
    truth.write_text("ad_id,scam\nad-0,0\nad-1,1\nad-2,yes\nad-3,no\nad-4,1\nad-9,0\n", "utf-8")
    out = tmp_path / "out.json"
    tried = haechi("backtest", tmp_path / "new", decisions, "--truth", truth, "--out", out)
    assert (tried.returncode, tried.stderr) == (1, "")
    assert "ad-3: approve to hold (urgent)" in tried.stdout
    found = json.loads(out.read_text("utf-8"))
    assert found["changed"] == 2
    assert found["after"]["recall"]["value"] == 1.0
    assert found["after"]["held_legitimate"]["value"] == 0.5
    assert haechi("backtest", tmp_path / "old", decisions).returncode == 0
    assert haechi("replay", decisions, "--rules", tmp_path / "old").returncode == 0
    other = haechi("replay", decisions, "--rules", tmp_path / "new")
    assert other.returncode == 1
    assert "5 were made under another rule set" in other.stdout
    forged = decisions.read_bytes().replace(b'"hold"', b'"approve"', 1)
    decisions.write_bytes(forged)
    told = haechi("replay", decisions, "--rules", tmp_path / "old")
    assert (told.returncode, "ad-1: decision differ" in told.stdout) == (1, True)
    assert haechi("backtest", "ads-1", decisions, "--out", decisions.with_suffix(".txt")).returncode == 2


def test_backtest_counts(tmp_path: Path) -> None:
    """If this fails, the figures under which a rule goes live are wrong."""
    old, new = small(tmp_path / "old"), small(tmp_path / "new", stricter)
    made = past(old)
    assert [one.decision for one in made] == ["approve", "hold", "reject", "approve", "reject"]
    found = backtest(made, new, {"ad-0": False, "ad-1": True, "ad-2": True, "ad-3": False, "ad-4": True})
    assert found.outcomes["approve"] == {"approve": 1, "hold": 1, "reject": 0}
    assert found.outcomes["reject"] == {"approve": 0, "hold": 1, "reject": 1}
    assert [(one.ad_id, one.before, one.after) for one in found.first_changes] == [
        ("ad-3", "approve", "hold"), ("ad-4", "reject", "hold"),
    ]  # fmt: skip
    rules = {one.code: one for one in found.rules}
    assert (rules["urgent"].fired, rules["urgent"].scams, rules["urgent"].legitimate) == (4, 3, 1)
    assert (rules["all-claims"].mode, rules["all-claims"].fired, rules["all-claims"].alone) == (
        "shadow",
        4,
        0,
    )
    assert (rules["promise"].fired, rules["promise"].alone) == (1, 0)
    assert found.before is not None
    assert (found.before.recall.value, found.before.precision.value, found.before.reject_precision.value) == (
        1,
        1,
        1,
    )
    assert found.after is not None
    assert (found.after.precision.part, found.after.precision.whole) == (3, 4)
    assert found.without_facts == 0
    bare = [msgspec.structs.replace(one, signals=one.signals[:-1]) for one in made]
    assert backtest(bare, new).without_facts == 5
    assert backtest([], new).after is None


@pytest.mark.parametrize(("part", "whole"), [(0, 10), (3, 10), (99, 100), (100, 100), (1, 1)])
def test_interval_covers(part: int, whole: int) -> None:
    """If this fails, an interval is too narrow or wide: its ends are where the score test's statistic is 1.96."""
    found = share(part, whole)
    assert found.low <= part / whole <= found.high
    for end in (found.low, found.high):
        if 0 < end < 1:
            statistic = abs(part / whole - end) / (end * (1 - end) / whole) ** 0.5
            assert statistic == pytest.approx(1.96, abs=0.01)


def test_files_that_are_none(tmp_path: Path) -> None:
    """If this fails, a broken file gives wrong figures, or an error that shows what a person wrote."""
    broken = tmp_path / "past.jsonl"
    broken.write_bytes(encode(past(load_ruleset())[0]) + b'\n\n{"ad_id": "secret-name", "decision": 3}\n')
    with pytest.raises(DataError) as fault:
        list(read_decisions(broken))
    assert "row 3" in str(fault.value)
    assert "secret-name" not in str(fault.value)
    for number, text in enumerate(
        (
            b"ad_id,spam\n1,1\n",
            b"ad_id,scam\n1,perhaps\n",
            b"ad_id,scam\n1,1\n1,0\n",
            b"",
            b"\xff\n",
            b'ad_id,scam\n"1,1',
        )
    ):
        file = tmp_path / f"{number}.csv"
        file.write_bytes(text)
        with pytest.raises(DataError, match=f"{number}.csv"):
            read_truth(file)
    assert haechi("replay", tmp_path / "none.jsonl").returncode == 2
    assert haechi("replay", broken).returncode == 2


def test_the_shipped_rules_are_copied_to_be_changed(tmp_path: Path) -> None:
    """If this fails, whoever wants rules of their own has to look for ours in the installed package."""
    mine = tmp_path / "rules" / "mine"
    assert haechi("copy", mine).returncode == 0
    assert load_ruleset(mine).hash == load_ruleset().hash
    assert [one.name for one in mine.parent.iterdir()] == ["mine"]
    (mine / "rules.yaml").write_text("mine")
    again = haechi("copy", mine)
    assert (again.returncode, "expected nothing there yet" in again.stderr) == (2, True)
    assert (mine / "rules.yaml").read_text() == "mine"
