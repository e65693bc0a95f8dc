"""What becomes of an ad: rules asked of its signals, the answer with its reasons. Pure.

A rule that rejects outweighs one that holds; no rule can approve. What could not be examined and what failed holds.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Final, NamedTuple

import msgspec

from haechi.errors import UsageError
from haechi.review.ads import Decision, Outcome, Reason, Signal
from haechi.review.policy.model import NOT_EXAMINED, POLICY_ERROR, Law, Rule, RuleSet
from haechi.review.policy.readable import FACTS, UNEXAMINED, FactValue, readable
from haechi.review.policy.reading import Reading, kept, read
from haechi.review.policy.words import DEFAULT, Words, spoken, told

_VERSION: Final = "1"
_LARGEST: Final = 999_999_999
_TYPES: Final = {"bool": bool, "int": int, "text": str}


class Asked(NamedTuple):
    """What asking the rules gave: those that fired, the weightiest first, and whether any failed."""

    live: tuple[Rule, ...]
    shadow: tuple[Rule, ...]
    failed: bool


def decide(
    signals: Sequence[Signal],
    facts: Mapping[str, FactValue],
    ruleset: RuleSet,
    *,
    language: str,
    now: datetime,
    ad_id: str,
    ad_hash: str,
) -> Decision:
    """The decision on one version of one ad.

    Args:
        signals: everything found. One called `unexamined` says that a part of the ad could not be examined.
        facts: see `reading.facts_of`.
        ruleset: the policy.
        language: of the reasons; English where the rule set has no words of it.
        now: naive UTC.
        ad_id: which ad.
        ad_hash: of exactly what is judged.

    Returns:
        the decision, with the facts among its signals: `replay` makes it again from itself.

    Raises:
        UsageError: `now` has a time zone.
    """
    if now.tzinfo is not None:
        raise UsageError("found an instant with a time zone; expected naive UTC.")
    language = language if language.isascii() else DEFAULT
    sound = [*_sound(signals), *_unsound_facts(facts)]
    good = {name: value for name, value in facts.items() if _is_sound(name, value)}
    reading = read(sound, good)
    asked = ask(reading, ruleset, now.date())
    built_in = _built_in(sound, asked)
    rules = (*built_in, *(rule.code for rule in asked.live))
    words = spoken(ruleset.words, language)
    return Decision(
        ad_id=ad_id,
        ad_hash=ad_hash,
        decision=_outcome(asked, built_in),
        reasons=tuple(_reasons(asked, built_in, words, reading, now.date())),
        signals=(*sound, kept(good, language)),
        rules=rules,
        shadow_rules=tuple(rule.code for rule in asked.shadow),
        ruleset_hash=ruleset.hash,
        decided_at=now,
    )


def ask(reading: Reading, ruleset: RuleSet, day: date) -> Asked:
    """Asks every rule that is in force on the day."""
    failed = False
    for name, meaning in ruleset.conditions:
        try:
            reading.conditions[name] = meaning.ask(reading)
        except Exception:  # noqa: BLE001  the gate stays shut whatever breaks; rules that need it fail with it
            failed = True
    fired: dict[str, list[Rule]] = {"live": [], "shadow": []}
    for rule in ruleset.rules:
        if not rule.holds_on(day):
            continue
        try:
            if rule.meaning.ask(reading):
                fired[rule.mode].append(rule)
        except Exception:  # noqa: BLE001  the same
            failed = failed or rule.mode == "live"
    return Asked(tuple(fired["live"]), tuple(fired["shadow"]), failed)


def _sound(signals: Sequence[Signal]) -> list[Signal]:
    """The signals in the form in which they are stored; what cannot be stored or is no score was not examined."""
    found = [signal for signal in signals if signal.name != FACTS]
    try:
        stored = msgspec.json.decode(msgspec.json.encode(found), type=list[Signal])
    except (msgspec.MsgspecError, UnicodeError, TypeError):
        if len(found) == 1:
            return [_unexamined(found[0].name)]
        return [sound for signal in found for sound in _sound([signal])]
    return [one if 0 <= one.score <= 1 else _unexamined(one.name) for one in stored]


def _unsound_facts(facts: Mapping[str, FactValue]) -> list[Signal]:
    return [] if all(_is_sound(name, value) for name, value in facts.items()) else [_unexamined(FACTS)]


def _is_sound(name: str, value: object) -> bool:
    """Whether it is of its type and comes back from its stored form."""
    kind = readable().facts.get(name)
    if kind is None or type(value) is not _TYPES[kind]:
        return False
    return 0 <= value <= _LARGEST if kind == "int" and isinstance(value, int) else not _unwritable(value)


def _unwritable(value: object) -> bool:
    """Half of a pair of UTF-16 has no form in UTF-8."""
    return isinstance(value, str) and any("\ud800" <= one <= "\udfff" for one in value)


def _unexamined(part: str) -> Signal:
    known = part if part == FACTS or part in readable().signals else "signal"
    return Signal(name=UNEXAMINED, version=_VERSION, score=1.0, value=known)


def _built_in(signals: Iterable[Signal], asked: Asked) -> tuple[str, ...]:
    unexamined = any(signal.name == UNEXAMINED for signal in signals)
    return (NOT_EXAMINED,) * unexamined + (POLICY_ERROR,) * asked.failed


def _outcome(asked: Asked, built_in: tuple[str, ...]) -> Outcome:
    if any(rule.outcome == "reject" for rule in asked.live):
        return "reject"
    return "hold" if asked.live or built_in else "approve"


def _reasons(
    asked: Asked, built_in: tuple[str, ...], words: Words, reading: Reading, day: date
) -> Iterable[Reason]:
    covered = {code for rule in asked.live for code in rule.covers}
    for rule in asked.live:
        if rule.code not in covered:
            yield _reason(rule.code, _cited(rule.laws, reading, day), words, reading)
    for code in built_in:
        yield _reason(code, (), words, reading)


def _reason(code: str, laws: tuple[str, ...], words: Words, reading: Reading) -> Reason:
    message = words.reasons[code]
    return Reason(
        code=code, laws=laws, text=told(message.text, words, reading), fix=told(message.fix, words, reading)
    )


def _cited(laws: tuple[Law, ...], reading: Reading, day: date) -> tuple[str, ...]:
    """The laws that are in force on the day and of the ad's country; of all countries where it is unknown."""
    country = reading.facts["ad.country"]
    return tuple(
        law.article
        for law in laws
        if law.since <= day and (not law.countries or not country or country in law.countries)
    )
