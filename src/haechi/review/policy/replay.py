"""A decision made again from what it kept, and its one written form."""

from collections.abc import Iterator

import msgspec

from haechi.review.ads import Decision
from haechi.review.policy.decide import decide
from haechi.review.policy.model import RuleSet
from haechi.review.policy.readable import FACTS, FactValue
from haechi.review.policy.reading import unkept

_DECODER = msgspec.json.Decoder(Decision, strict=True)


def encode(decision: Decision) -> bytes:
    """The decision as canonical JSON: the same decision is always the same bytes."""
    return msgspec.json.encode(decision, order="deterministic")


def decode(text: bytes) -> Decision:
    """The decision from its JSON.

    Raises:
        msgspec.DecodeError: it is none, or no JSON.
    """
    return _DECODER.decode(text)


def replay(decision: Decision, ruleset: RuleSet) -> Decision:
    """The decision that the rule set makes on the signals and facts that the decision kept, at its instant.

    Under the rule set that made it, it is the decision itself, byte for byte; `differences` tells where it is not. A
    decision that kept no facts is made again on unknown ones.
    """
    facts: dict[str, FactValue] = {}
    language = "en"
    for signal in decision.signals:
        if signal.name == FACTS:
            facts, language = unkept(signal)
    return decide(
        decision.signals,
        facts,
        ruleset,
        language=language,
        now=decision.decided_at,
        ad_id=decision.ad_id,
        ad_hash=decision.ad_hash,
    )


def differences(before: Decision, after: Decision) -> tuple[str, ...]:
    """Names of the fields in which two decisions differ, in their order; none where their JSON is the same."""
    return tuple(_differing(before, after))


def _differing(before: Decision, after: Decision) -> Iterator[str]:
    for field in Decision.__struct_fields__:
        one, other = getattr(before, field), getattr(after, field)
        if msgspec.json.encode(one, order="deterministic") != msgspec.json.encode(
            other, order="deterministic"
        ):
            yield field
