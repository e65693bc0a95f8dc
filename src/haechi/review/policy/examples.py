"""Examples of rules: read with the rules, and run against them."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from typing import Any, Final, NamedTuple

from haechi.law.yaml_text import Place
from haechi.review.ads import Signal
from haechi.review.policy.decide import ask, decide
from haechi.review.policy.files import PolicyFile
from haechi.review.policy.model import Example, Expected, RuleSet, Sign
from haechi.review.policy.readable import FactValue, readable, signals_in_rules
from haechi.review.policy.reading import read

USUAL: Final[Mapping[str, FactValue]] = {
    "ad.country": "JP",
    "ad.language": "ja",
    "ad.has_landing": True,
    "ad.has_text": True,
    "account.looked_up": True,
    "account.known": True,
    "account.verified": True,
    "account.age_known": True,
    "account.age_days": 1_000,
    "account.kind": "business",
    "account.country": "JP",
}
"""Facts of an example that says nothing of them."""
_TYPES: Final = {"bool": bool, "int": int, "text": str}


class Failed(NamedTuple):
    """An example that came out otherwise than it must.

    Attributes:
        line: in the file of rules.
        rule: its code, or the case's title.
        said: what came of it, and what must.
    """

    line: int
    rule: str
    said: str


def example(file: PolicyFile, place: Place, told: Mapping[str, Any]) -> Example:
    """An example as read; its faults are kept."""
    signals: dict[str, Mapping[str, Sign]] = {}
    for name, given in told.get("signals", {}).items():
        where = (*place, "signals", name)
        if name not in signals_in_rules():
            file.add(where, f"found no such signal; expected one of {', '.join(sorted(signals_in_rules()))}")
            continue
        signals[name] = dict(_signs(file, where, signals_in_rules()[name], given))
    for name, value in told.get("facts", {}).items():
        kind = readable().facts.get(name)
        if kind is None or type(value) is not _TYPES[kind]:
            expected = f"a fact of type {kind}" if kind else f"one of {', '.join(sorted(readable().facts))}"
            file.add((*place, "facts", name), f"found {value!r}; expected {expected}")
    return Example(signals=signals, facts=told.get("facts", {}), line=file.line(place))


def expected(file: PolicyFile, place: Place, told: Mapping[str, Any]) -> Expected:
    """A case of the whole rule set as read; its faults are kept."""
    read_ = example(file, place, told)
    return Expected(
        signals=read_.signals,
        facts=read_.facts,
        line=read_.line,
        title=told["title"],
        decision=told["decision"],
    )


def run(ruleset: RuleSet, day: date) -> tuple[int, tuple[Failed, ...]]:
    """Runs all examples and cases.

    Args:
        ruleset: whose.
        day: for cases, the day on which they are decided; a rule's own examples do not ask for its days or mode.

    Returns:
        how many were run, and those that failed in the order of the file.
    """
    count = len(ruleset.cases) + sum(
        len(rule.fires) + len(rule.silent) for rule in (*ruleset.rules, *ruleset.off)
    )
    return count, tuple(sorted((*_of_rules(ruleset, day), *_of_cases(ruleset, day))))


def signals_of(example_: Example) -> tuple[Signal, ...]:
    """The signals of an example."""
    return tuple(
        Signal(
            name=signals_in_rules()[name],
            version="example",
            score=sign.score,
            value=value,
            params=sign.params,
        )
        for name, signs in example_.signals.items()
        for value, sign in signs.items()
    )


def _of_rules(ruleset: RuleSet, day: date) -> Iterator[Failed]:
    for rule in (*ruleset.rules, *ruleset.off):
        for must, given in ((True, rule.fires), (False, rule.silent)):
            for one in given:
                reading = read(signals_of(one), {**USUAL, **one.facts})
                ask(reading, ruleset, day)
                if rule.meaning.ask(reading) is not must:
                    said = (
                        "stayed silent; expected it to fire" if must else "fired; expected it to stay silent"
                    )
                    yield Failed(one.line, rule.code, said)


def _of_cases(ruleset: RuleSet, day: date) -> Iterator[Failed]:
    for case in ruleset.cases:
        made = decide(
            signals_of(case),
            {**USUAL, **case.facts},
            ruleset,
            language="en",
            now=datetime.combine(day, time.min),
            ad_id="case",
            ad_hash="",
        )
        if made.decision != case.decision:
            by = f" by {', '.join(made.rules)}" if made.rules else ""
            yield Failed(case.line, case.title, f"found {made.decision}{by}; expected {case.decision}")


def _signs(file: PolicyFile, place: Place, signal: str, given: object) -> Iterator[tuple[str, Sign]]:
    values = given if isinstance(given, dict) else {"": given}
    known = readable().signals[signal]
    for value, told in values.items():
        score, params = told, {}
        if isinstance(told, dict):
            params = {key: text for key, text in told.items() if key != "score"}
            score = told.get("score")
        if isinstance(score, bool) or not isinstance(score, int | float) or not 0 <= score <= 1:
            file.add((*place, value), f"found {score!r}; expected a score from 0 to 1")
            continue
        if known.values and value not in known.values:
            file.add((*place, value), f"found {value!r}; expected one of {', '.join(known.values)}")
        for key, text in params.items():
            if text not in known.params.get(key, ()):
                answers = (
                    ", ".join(known.params.get(key, ())) or f"one of {', '.join(known.params) or 'no params'}"
                )
                file.add((*place, value), f"found {key} {text!r}; expected {answers}")
        yield value, Sign(score=float(score), params=params)
