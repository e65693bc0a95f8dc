"""Small rule sets and signals for tests. Everything is invented."""

import copy
import shutil
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from importlib import resources
from pathlib import Path
from typing import Any

import msgspec
import yaml

from haechi.review.ads import Decision, Fact, Signal, Span
from haechi.review.policy import RuleSet, decide, load_ruleset
from haechi.review.policy.examples import USUAL

NOW = datetime(2026, 11, 20, 12, 30, 0, 123456)
SHIPPED = Path(str(resources.files("haechi.knowledge"))) / "ads" / "policy" / "ads-1"
FIRES = {"signals": {"claim": {"urgency": 0.9}}}
SILENT = {"signals": {"claim": {"urgency": 0.1}}}
RULE: dict[str, Any] = {
    "title": "Urgent",
    "mode": "live",
    "when": "claim.score >= limit.likely",
    "outcome": "hold",
    "ground": "incompatible",
    "laws": ["law-a"],
    "category": "SCAMS_AND_FRAUD",
    "queue": "fraud",
    "hours": 4,
    "author": "somebody",
    "examples": {"fires": [FIRES], "silent": [SILENT]},
}
RULES: dict[str, Any] = {
    "format": "ads-policy-1",
    "id": "small",
    "version": 1,
    "limits": {"likely": 0.5, "sure": 0.9},
    "lists": {"promises": ["guaranteed-return", "giveaway"]},
    "conditions": {"urgent": 'claim.score_of("urgency") >= limit.likely'},
    "laws": {
        "law-a": {
            "article": "Act A s. 1",
            "url": "https://example.org/a",
            "since": "2020-01-01",
            "checked": True,
            "binding": True,
            "countries": ["JP"],
        }
    },
    "rules": {
        "urgent": RULE,
        "promise": {
            **RULE,
            "when": "claim.score_among(list.promises) >= limit.sure",
            "outcome": "reject",
            "hours": 8,
        },
    },
    "cases": [{"title": "Nothing", "decision": "approve"}],
}
for _name, _value in (("promise", "giveaway"),):
    RULES["rules"][_name]["examples"] = {
        "fires": [{"signals": {"claim": {_value: 0.95}}}],
        "silent": [{"signals": {"claim": {_value: 0.4}}}],
    }
MESSAGE = {"text": "Something is wrong.", "fix": "Mend it."}
WORDS: dict[str, Any] = {
    "format": "ads-policy-words-1",
    "language": "en",
    "reasons": dict.fromkeys(("urgent", "promise", "not-examined", "policy-error"), MESSAGE),
    "values": {"hand_off": {"line": "LINE", "other": "a chat"}},
}

Change = Callable[[dict[str, Any], dict[str, Any]], None]


def folder(at: Path, change: Change | None = None) -> Path:
    """Writes the small rule set, changed, and gives its folder."""
    rules, words = copy.deepcopy(RULES), copy.deepcopy(WORDS)
    if change is not None:
        change(rules, words)
    (at / "words").mkdir(parents=True, exist_ok=True)
    (at / "rules.yaml").write_text(
        yaml.safe_dump(rules, allow_unicode=True, sort_keys=False), encoding="utf-8"
    )
    (at / "words" / "en.yaml").write_text(yaml.safe_dump(words, allow_unicode=True), encoding="utf-8")
    return at


def small(at: Path, change: Change | None = None) -> RuleSet:
    """The small rule set, changed."""
    return load_ruleset(folder(at, change))


def shipped_copy(at: Path) -> Path:
    """A copy of the shipped rule set to change."""
    shutil.copytree(SHIPPED, at)
    return at


def signal(name: str, value: str = "", score: float = 0.9, **params: str) -> Signal:
    """A signal with evidence of each kind."""
    return Signal(
        name=name,
        version="1",
        score=score,
        value=value,
        params=params,
        evidence=(Span("text", 0, 4, "見本 "), Fact("key", "value")),
        cost_ms=0.25,
    )


def decided(
    signals: Sequence[Signal], ruleset: RuleSet, language: str = "en", now: datetime = NOW, **facts: Any
) -> Decision:
    """The decision on signals and on facts that differ from the usual (`account_verified=False`)."""
    told: Mapping[str, Any] = {
        **USUAL,
        **{name.replace("_", ".", 1): value for name, value in facts.items()},
    }
    return decide(signals, told, ruleset, language=language, now=now, ad_id="ad-1", ad_hash="0" * 64)


def same(one: object, other: object) -> bool:
    """Whether two have the same canonical JSON."""
    return msgspec.json.encode(one, order="deterministic") == msgspec.json.encode(
        other, order="deterministic"
    )
