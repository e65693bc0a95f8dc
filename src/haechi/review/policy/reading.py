"""What rules read of one ad: its signals by name, and the facts, kept so that a decision can be made again."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from haechi.review.ads import Signal
from haechi.review.case import Case
from haechi.review.policy.readable import FACTS, NOTHING, FactValue, in_rules, readable
from haechi.review.signals.advertiser import is_verified

LANGUAGE: Final = "reasons.language"
"""Kept beside the facts: of the reasons."""
_WORDS: Final[Mapping[str, bool | str]] = {"true": True, "false": False}
_NUMBER: Final = re.compile(r"0|[1-9][0-9]{0,8}")
_VERSION: Final = "1"


@dataclass(slots=True)
class Found:
    """All signals of one name. Of what is absent everything is false, 0 or empty."""

    score: float = 0.0
    values: dict[str, float] = field(default_factory=dict)
    each: list[Signal] = field(default_factory=list)

    def add(self, signal: Signal) -> None:
        """Takes one more in; of one value the strongest counts."""
        self.each.append(signal)
        self.score = max(self.score, signal.score)
        self.values[signal.value] = max(self.values.get(signal.value, 0.0), signal.score)


ABSENT: Final = Found()


@dataclass(slots=True)
class Reading:
    """One ad as rules read it.

    Attributes:
        signals: by name as rules write it; those that are there.
        facts: every fact that rules may read.
        conditions: answers of the rule set's named conditions, by name.
    """

    signals: Mapping[str, Found]
    facts: Mapping[str, FactValue]
    conditions: dict[str, bool] = field(default_factory=dict)


def read(signals: Sequence[Signal], facts: Mapping[str, FactValue]) -> Reading:
    """The ad as rules read it."""
    found: dict[str, Found] = {}
    for signal in signals:
        found.setdefault(in_rules(signal.name), Found()).add(signal)
    return Reading(found, {name: facts.get(name, NOTHING[kind]) for name, kind in readable().facts.items()})


def facts_of(case: Case) -> dict[str, FactValue]:
    """The facts of a case that rules may read, as of the day on which the ad was submitted.

    What is unknown is false, 0 or "": an account of unknown age has `account.age_known` false.
    """
    ad, account = case.ad, case.advertiser
    opened = None if account is None else account.opened_at
    return {
        "ad.country": ad.country or "",
        "ad.language": ad.language or "",
        "ad.has_image": ad.image is not None,
        "ad.has_landing": bool(ad.landing_url),
        "ad.has_text": bool(ad.headline.strip() or ad.text.strip()),
        "ad.landing_seen": any(visit.status is not None for visit in case.visits),
        "account.looked_up": bool(case.world.advertisers) or account is not None,
        "account.known": account is not None,
        "account.verified": is_verified(case),
        "account.age_known": opened is not None,
        "account.age_days": 0 if opened is None else max(0, (ad.submitted_at - opened).days),
        "account.kind": "" if account is None or account.kind is None else account.kind,
        "account.country": "" if account is None or account.country is None else account.country,
    }


def kept(facts: Mapping[str, FactValue], language: str) -> Signal:
    """The facts as a signal that says nothing for or against the ad, to be stored with the others."""
    params = {name: _written(value) for name, value in sorted(facts.items())}
    return Signal(name=FACTS, version=_VERSION, score=0.0, value="", params={**params, LANGUAGE: language})


def unkept(signal: Signal) -> tuple[dict[str, FactValue], str]:
    """Facts and language of the reasons from the signal that keeps them; a fact of the wrong type stays a text."""
    types = readable().facts
    facts: dict[str, FactValue] = {}
    for name, text in signal.params.items():
        if name == LANGUAGE:
            continue
        if types.get(name) == "bool":
            facts[name] = _WORDS.get(text, text)
        elif types.get(name) == "int":
            facts[name] = int(text) if _NUMBER.fullmatch(text) else text
        else:
            facts[name] = text
    return facts, signal.params.get(LANGUAGE, "en")


def _written(value: FactValue) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
