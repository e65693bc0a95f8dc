"""The canonical form of a rule set, and its hash: everything that can change a decision or its reasons."""

import json
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any, Final

from haechi.review.policy.meaning import form_hash
from haechi.review.policy.model import BUILT_IN, Law, Rule
from haechi.review.policy.words import Words, used_values

SEMANTICS: Final = 1
"""Changes whenever the same rules could decide otherwise: how they are asked, weighed and told."""


def ruleset_hash(rules: Iterable[Rule], words: Mapping[str, Words]) -> str:
    """SHA-256 of the canonical form.

    Titles, authors, examples, queues, comments, the order of rules and rules that are off are not part of it; nor is
    how an expression is written, see `meaning`.
    """
    live = {rule.code for rule in rules if rule.mode == "live"}
    form = {
        "semantics": SEMANTICS,
        "rules": [
            _rule(rule, live) for rule in sorted(rules, key=lambda one: one.code) if rule.mode != "off"
        ],
        "words": {language: _words(words[language], {*live, *BUILT_IN}) for language in words},
    }
    text = json.dumps(form, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


def _rule(rule: Rule, live: set[str]) -> dict[str, Any]:
    told: dict[str, Any] = {
        "code": rule.code,
        "mode": rule.mode,
        "when": form_hash(rule.meaning),
        "since": rule.since and rule.since.isoformat(),
        "until": rule.until and rule.until.isoformat(),
    }
    if rule.mode == "live":
        told |= {
            "outcome": rule.outcome,
            "ground": rule.ground,
            "hours": rule.hours,
            "covers": sorted(set(rule.covers) & live),
            "laws": [_law(law) for law in rule.laws],
        }
    return told


def _law(law: Law) -> list[Any]:
    return [law.article, law.since.isoformat(), sorted(law.countries)]


def _words(words: Words, codes: set[str]) -> dict[str, Any]:
    messages = {code: [one.text, one.fix] for code, one in words.reasons.items() if code in codes}
    texts = [text for message in messages.values() for text in message]
    return {"reasons": messages, "values": used_values(words, texts)}
