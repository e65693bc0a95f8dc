"""The rule set's hash: it changes with what can change a decision or its reasons, and with nothing else."""

from pathlib import Path
from typing import Any

import pytest

from haechi.review.policy import load_ruleset
from tests.ads.policy.made import Change, folder, shipped_copy, small

RULE = "urgent"


def setting(*path: str, to: Any) -> Change:
    def change(rules: Any, _words: Any) -> None:
        node = rules
        for key in path[:-1]:
            node = node[key]
        node[path[-1]] = to

    return change


def word(code: str, part: str, to: str) -> Change:
    def change(_rules: Any, words: Any) -> None:
        words["reasons"][code] = {**words["reasons"][code], part: to}

    return change


def new_value(_rules: Any, words: Any) -> None:
    words["values"]["hand_off"]["line"] = "Another name"


def used_value(_rules: Any, words: Any) -> None:
    words["reasons"]["urgent"] = {"text": "It leads into {hand_off}.", "fix": "Mend it."}


def used_other_value(rules: Any, words: Any) -> None:
    used_value(rules, words)
    new_value(rules, words)


def reordered(rules: Any, _words: Any) -> None:
    rules["rules"] = dict(reversed(list(rules["rules"].items())))


def renamed_limit(rules: Any, _words: Any) -> None:
    rules["limits"]["probable"] = rules["limits"].pop("likely")
    rules["conditions"]["urgent"] = 'claim.score_of("urgency") >= limit.probable'
    rules["rules"][RULE]["when"] = "limit.probable <= claim.score"


def through_a_condition(rules: Any, _words: Any) -> None:
    rules["rules"][RULE]["when"] = "is.urgent"


def through_another(rules: Any, words: Any) -> None:
    through_a_condition(rules, words)
    rules["conditions"]["urgent"] = 'claim.score_of("urgency") >= limit.sure'


def an_off_rule(rules: Any, _words: Any) -> None:
    rules["rules"]["later"] = {**rules["rules"][RULE], "mode": "off"}


def an_off_rule_with_its_words(rules: Any, words: Any) -> None:
    an_off_rule(rules, words)
    words["reasons"]["later"] = words["reasons"][RULE]


def a_shadow_rule(rules: Any, words: Any) -> None:
    rules["rules"]["later"] = {**rules["rules"][RULE], "mode": "shadow"}
    words["reasons"]["later"] = words["reasons"][RULE]


def a_shadow_rule_in_other_words(rules: Any, words: Any) -> None:
    a_shadow_rule(rules, words)
    rules["rules"]["later"] |= {"outcome": "reject", "hours": 99, "laws": []}
    words["reasons"]["later"] = {"text": "Otherwise.", "fix": "Otherwise."}


DECIDING: list[Change] = [
    setting("rules", RULE, "when", to="claim.score > limit.likely"),
    setting("rules", RULE, "when", to="claim.score >= 0.52"),
    setting("limits", "likely", to=0.51),
    setting("lists", "promises", to=["giveaway"]),
    setting("rules", RULE, "mode", to="shadow"),
    setting("rules", RULE, "outcome", to="reject"),
    setting("rules", RULE, "ground", to="illegal"),
    setting("rules", RULE, "hours", to=5),
    setting("rules", RULE, "laws", to=[]),
    setting("rules", RULE, "since", to="2026-01-01"),
    setting("rules", RULE, "until", to="2027-01-01"),
    setting("rules", "promise", "covers", to=["urgent"]),
    setting("laws", "law-a", "article", to="Act A s. 2"),
    setting("laws", "law-a", "since", to="2020-01-02"),
    setting("laws", "law-a", "countries", to=["JP", "KR"]),
    word(RULE, "text", "Something is very wrong."),
    word("promise", "fix", "Mend it today."),
    word("not-examined", "text", "Not looked at."),
    word("policy-error", "fix", "Wait."),
    used_value,
    through_a_condition,
    a_shadow_rule,
]
IDLE: list[Change] = [
    setting("rules", RULE, "title", to="Another title"),
    setting("rules", RULE, "when", to="(  limit.likely <= claim.score )"),
    setting("rules", RULE, "author", to="somebody else"),
    setting("rules", RULE, "approved_by", to="a third"),
    setting("rules", RULE, "queue", to="another"),
    setting("rules", RULE, "category", to="CONSUMER_INFORMATION"),
    setting("rules", RULE, "keyword", to="PHISHING"),
    setting("lists", "promises", to=["giveaway", "guaranteed-return"]),
    setting("limits", "unused", to=0.3),
    setting("laws", "law-a", "checked", to=False),
    setting("laws", "law-a", "url", to="https://example.org/b"),
    setting("laws", "law-a", "note", to="for writers"),
    setting("conditions", "urgent", to="velocity.present"),
    setting("version", to=2),
    setting("id", to="renamed"),
    setting("cases", to=[]),
    new_value,
    reordered,
    renamed_limit,
    an_off_rule,
    an_off_rule_with_its_words,
]


@pytest.mark.parametrize("change", DECIDING)
def test_changes_with_what_decides(tmp_path: Path, change: Change) -> None:
    """If this fails, two policies that decide or tell otherwise pass as one."""
    assert small(tmp_path / "a").hash != small(tmp_path / "b", change).hash


@pytest.mark.parametrize("change", IDLE)
def test_stays_with_what_does_not(tmp_path: Path, change: Change) -> None:
    """If this fails, a comment makes all earlier decisions ones of another policy."""
    assert small(tmp_path / "a").hash == small(tmp_path / "b", change).hash


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        (through_a_condition, through_another, False),
        (used_value, used_other_value, False),
        (a_shadow_rule, a_shadow_rule_in_other_words, True),
    ],
)
def test_follows_what_is_used(tmp_path: Path, before: Change, after: Change, same: bool) -> None:
    """If this fails, the hash misses what a rule uses through a name, or sees what nobody is told."""
    assert (small(tmp_path / "a", before).hash == small(tmp_path / "b", after).hash) is same


def test_all_deciding_changes_differ(tmp_path: Path) -> None:
    """If this fails, two different changes have one hash."""
    hashes = [small(tmp_path / str(number), change).hash for number, change in enumerate(DECIDING)]
    assert len(set(hashes)) == len(hashes)


def test_comments_and_a_copy_elsewhere(tmp_path: Path) -> None:
    """If this fails, where or how a file stands changes what it is."""
    at = shipped_copy(tmp_path / "copy")
    rules = at / "rules.yaml"
    rules.write_text(
        "# A comment.\n\n" + rules.read_text("utf-8").replace("    queue: fraud", "    queue:   fraud"),
        "utf-8",
    )
    assert load_ruleset(at).hash == load_ruleset().hash


def test_another_language_counts(tmp_path: Path) -> None:
    """If this fails, a reason in a new language passes under the old policy."""
    at = folder(tmp_path)
    before = load_ruleset(at).hash
    english = (at / "words" / "en.yaml").read_text("utf-8")
    (at / "words" / "ja.yaml").write_text(english.replace('"en"', '"ja"'), "utf-8")
    assert load_ruleset(at).hash != before
