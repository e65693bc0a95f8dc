"""Loading: every fault is told at once, with file, line, rule and what was expected; nothing broken loads."""

from pathlib import Path
from typing import Any

import pytest

from haechi.errors import PolicyError, UsageError
from haechi.review.policy import load_ruleset
from tests.ads.policy.made import FIRES, RULES, Change, folder, shipped_copy, small


def rule(**more: Any) -> Change:
    def change(rules: Any, _words: Any) -> None:
        rules["rules"]["urgent"] |= more

    return change


def top(key: str, value: Any) -> Change:
    def change(rules: Any, _words: Any) -> None:
        rules[key] = value

    return change


def message(text: str) -> Change:
    def change(_rules: Any, words: Any) -> None:
        words["reasons"]["urgent"] = {"text": text, "fix": "Mend it."}

    return change


def no_message(_rules: Any, words: Any) -> None:
    del words["reasons"]["urgent"]


def message_for_nothing(_rules: Any, words: Any) -> None:
    words["reasons"]["nothing"] = words["reasons"]["urgent"]


def values_without_other(_rules: Any, words: Any) -> None:
    words["values"]["hand_off"] = {"line": "LINE"}


def values_of_nothing(_rules: Any, words: Any) -> None:
    words["values"]["handoff"] = {"other": "a chat"}


def other_language(_rules: Any, words: Any) -> None:
    words["language"] = "de"


def covers_a_weightier(rules: Any, _words: Any) -> None:
    rules["rules"]["urgent"]["covers"] = ["promise"]


def in_circles(rules: Any, _words: Any) -> None:
    rules["conditions"] = {"a": "is.b", "b": "is.a"}


def own_code(rules: Any, _words: Any) -> None:
    rules["rules"]["policy-error"] = rules["rules"]["urgent"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (rule(when="clam.present"), "rule urgent.when: at 'clam.present': found no name"),
        (
            rule(when="claim.score >="),
            "rule urgent.when: found something else at the end; expected a name or",
        ),
        (rule(when=""), "rule urgent.when: found ''; expected at least 1 character"),
        (rule(mode="on"), "rule urgent.mode: found 'on'; expected one of live, shadow, off"),
        (rule(outcome="approve"), "rule urgent.outcome: found 'approve'; expected one of hold, reject"),
        (rule(ground="illegal", laws=[]), "expected at least one law that binds"),
        (rule(laws=["law-z"]), "rule urgent.laws: found 'law-z'; expected one of law-a"),
        (rule(hours=0), "rule urgent.hours: found 0; expected at least 1"),
        (rule(hours=2.5), "rule urgent.hours: found 2.5; expected a whole number"),
        (rule(since="2026-02-30"), "expected a day that the calendar has"),
        (rule(since="2026-02-01", until="2026-02-01"), "expected a day after since"),
        (rule(approved_by="somebody"), "found the author; expected somebody else"),
        (rule(threshold=1), "found an unknown key; expected one of"),
        (rule(category="FRAUD"), "rule urgent.category"),
        (rule(covers=["nothing"]), "expected the code of a rule"),
        (rule(examples={"fires": [FIRES], "silent": []}), "examples.silent"),
        (rule(examples={"fires": [{"signals": {"clam": 1}}], "silent": [{}]}), "found no such signal"),
        (
            rule(examples={"fires": [{"signals": {"claim": {"x": 1}}}], "silent": [{}]}),
            "found 'x'; expected one of",
        ),
        (rule(examples={"fires": [{"signals": {"scam_text": 2}}], "silent": [{}]}), "a score from 0 to 1"),
        (rule(examples={"fires": [{"signals": {"scam_text": True}}], "silent": [{}]}), "a score from 0 to 1"),
        (
            rule(
                examples={
                    "fires": [{"signals": {"hand_off": {"line": {"score": 1, "own": "x"}}}}],
                    "silent": [{}],
                }
            ),
            "found own 'x'; expected yes, no, unknown",
        ),
        (
            rule(examples={"fires": [{"facts": {"account.age": 1}}], "silent": [{}]}),
            "expected one of account.",
        ),
        (
            rule(examples={"fires": [{"facts": {"account.verified": 1}}], "silent": [{}]}),
            "a fact of type bool",
        ),
        (covers_a_weightier, "weighs as much or more"),
        (own_code, "a code of Haechi's own"),
        (in_circles, "conditions.a: at 'is.b': found no condition 'b'"),
        (top("rules", {}), "expected at least 1 key"),
        (top("format", "ads-policy-2"), "expected ads-policy-1"),
        (top("cases", [{"title": "x", "decision": "maybe"}]), "expected one of approve, hold, reject"),
        (no_message, "found no message for urgent"),
        (message_for_nothing, "found a message for no rule"),
        (message("Score {claim} is over."), "expected no place but {hand_off}"),
        (message("A { brace."), "expected no place but {hand_off}"),
        (message("{hand_off.__class__}"), "expected no place but {hand_off}"),
        (message(""), "expected at least 1 character"),
        (values_without_other, "found no words for 'other'"),
        (values_of_nothing, "found no such signal"),
        (other_language, "expected the language that names the file"),
    ],
)
def test_tells_faults(tmp_path: Path, change: Change, told: str) -> None:
    """If this fails, a rule set with a fault decides, or its writer cannot find the fault."""
    with pytest.raises(PolicyError) as fault:
        small(tmp_path, change)
    assert told in str(fault.value)
    assert ".yaml, line " in str(fault.value)


def test_tells_the_line_and_all_faults(tmp_path: Path) -> None:
    """If this fails, a writer mends one fault after another, each looked for by hand."""
    at = shipped_copy(tmp_path / "copy")
    text = (at / "rules.yaml").read_text("utf-8")
    text = text.replace('claim.score_of("shock-news") >=', 'claim.score_of("shok-news") >=')
    text = text.replace("velocity.score >= limit.likely", "velocity.speed >= limit.likely")
    (at / "rules.yaml").write_text(text, "utf-8")
    (at / "words" / "ko.yaml").write_text(
        (at / "words" / "ko.yaml").read_text("utf-8").replace("  policy-error:", "  policy-eror:"), "utf-8"
    )
    with pytest.raises(PolicyError) as fault:
        load_ruleset(at)
    lines = str(fault.value).splitlines()
    assert len(lines) == 4
    wrong = [
        number
        for number, line in enumerate(text.splitlines(), 1)
        if "shok-news" in line or "velocity.speed" in line
    ]
    for number in wrong:
        # The expression begins in the line under `when: >-`.
        assert any(
            f", line {number - 1}, rule " in line or f", line {number}, rule " in line for line in lines
        )


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\xff\xfe\x00",
        b"a: &a [*a, *a]",
        b"[" * 5_000,
        b"a: 1\na: 2",
        b"- 1",
        b"!!python/object/apply:os.system ['true']",
        b"x" * 1_100_000,
    ],
)
def test_refuses_what_is_no_rule_set(tmp_path: Path, text: bytes) -> None:
    """If this fails, a file runs code, unfolds to gigabytes, or ends the process."""
    folder(tmp_path)
    (tmp_path / "rules.yaml").write_bytes(text)
    with pytest.raises(PolicyError, match=r"rules\.yaml"):
        load_ruleset(tmp_path)


def test_missing_files(tmp_path: Path) -> None:
    """If this fails, a rule set without words or rules loads, or the message does not say what is missing."""
    with pytest.raises(UsageError, match="found no folder"):
        load_ruleset(tmp_path / "none")
    folder(tmp_path / "a")
    (tmp_path / "a" / "words" / "en.yaml").unlink()
    with pytest.raises(PolicyError, match=r"en\.yaml"):
        load_ruleset(tmp_path / "a")
    folder(tmp_path / "b")
    (tmp_path / "b" / "rules.yaml").unlink()
    with pytest.raises(PolicyError, match=r"rules\.yaml"):
        load_ruleset(tmp_path / "b")


def test_conditions_that_double_do_not_unfold(tmp_path: Path) -> None:
    """If this fails, a hundred conditions that each name the one before twice take 2**100 steps."""

    def doubling(rules: Any, _words: Any) -> None:
        rules["conditions"] = {"c0": "claim.present"} | {
            f"c{n}": f"is.c{n - 1} && (is.c{n - 1} || velocity.present)" for n in range(1, 100)
        }
        rules["rules"]["urgent"]["when"] = "is.c99"

    assert small(tmp_path, doubling).hash


def test_the_small_set_is_read_as_written(tmp_path: Path) -> None:
    """If this fails, a key of a rule is dropped."""

    def whole(rules: Any, _words: Any) -> None:
        rules["rules"]["promise"] |= {
            "keyword": "PHISHING", "approved_by": "another", "since": "2026-01-01", "until": "2027-01-01",
            "covers": ["urgent"],
        }  # fmt: skip

    ruleset = small(tmp_path, whole)
    promise, urgent = ruleset.rules
    assert (promise.code, urgent.code) == ("promise", "urgent")
    assert (promise.keyword, promise.approved_by, str(promise.since), str(promise.until), promise.covers) == (
        "PHISHING", "another", "2026-01-01", "2027-01-01", ("urgent",),
    )  # fmt: skip
    assert urgent.laws[0].article == RULES["laws"]["law-a"]["article"]
    assert (urgent.queue, urgent.hours, urgent.category, urgent.title) == (
        "fraud",
        4,
        "SCAMS_AND_FRAUD",
        "Urgent",
    )
