"""The rules of identity, read from the file that lawyers correct (`identity_rules.yaml`)."""

from collections.abc import Iterable
from functools import cache
from importlib import resources
from typing import Final, Literal, get_args

import msgspec
import yaml

from haechi.errors import KnowledgeError
from haechi.terms.words import RequestKind

Level = Literal["none", "reachable", "known", "sure"]
LEVELS: Final[tuple[Level, ...]] = get_args(Level)
"""From nothing to everything."""


def highest(levels: Iterable[Level]) -> Level:
    """The highest of some levels; `none` where there is none."""
    return max(levels, key=LEVELS.index, default="none")


def reaches(level: Level, needed: Level) -> bool:
    """Whether a level is enough."""
    return LEVELS.index(level) >= LEVELS.index(needed)


EvidenceKind = Literal[
    "operator-session", "passkey", "contact-code", "guardian", "agent", "document", "facts", "new-address"
]
EVIDENCE_KINDS: Final[tuple[EvidenceKind, ...]] = get_args(EvidenceKind)
When = Literal["always", "sensitive", "changes-law"]
Mark = Literal["V", "V2", "R", "UNVERIFIED"]


class Source(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a rule was read, and how surely."""

    title: str
    url: str
    mark: Mark


class LevelMeaning(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a level says."""

    level: Level
    meaning: str


class Strength(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How much a kind of evidence shows by itself."""

    kind: EvidenceKind
    alone: Level
    why: str
    sources: tuple[str, ...]


class Together(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How much several kinds show together."""

    kinds: tuple[EvidenceKind, ...]
    level: Level
    why: str
    sources: tuple[str, ...]


class Need(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a kind of request needs.

    Attributes:
        kinds: of request.
        when: always, or where the answer holds sensitive themes, or where it changes which law holds.
        level: that is needed.
        why: in words.
        articles: by law.
        sources: names of `Rules.sources`.
        authority_suffices: an agent's verified authority is enough.
    """

    kinds: tuple[RequestKind, ...]
    when: When
    level: Level
    why: str
    articles: dict[str, str]
    sources: tuple[str, ...]
    authority_suffices: bool = False


class Representation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who may act for a person under a law: None where the law has no such rule.

    Attributes:
        law: the law pack's identifier.
        under: years; whoever is as old acts alone.
        guardian: the article on legal representatives.
        agent: the article on agents.
        mark: how surely it was read.
    """

    law: str
    under: int | None
    guardian: str | None
    agent: str | None
    mark: Mark


class Rules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All of the file."""

    format: Literal["identity-rules-1"]
    sources: dict[str, Source]
    levels: tuple[LevelMeaning, ...]
    evidence: tuple[Strength, ...]
    together: tuple[Together, ...]
    needed: tuple[Need, ...]
    representatives: tuple[Representation, ...]


def read_rules(text: str, *, file: str) -> Rules:
    """The rules in a text.

    Raises:
        KnowledgeError: it does not follow its form, or would let what shows nothing add up to something.
    """
    try:
        rules = msgspec.convert(yaml.safe_load(text), type=Rules)
    except (yaml.YAMLError, msgspec.ValidationError) as fault:
        raise KnowledgeError(f"{file}: {fault}") from None
    if tuple(one.level for one in rules.levels) != LEVELS:
        raise KnowledgeError(f"{file}: levels; expected {', '.join(LEVELS)}, in this order.")
    if sorted(one.kind for one in rules.evidence) != sorted(EVIDENCE_KINDS):
        raise KnowledgeError(f"{file}: evidence; expected each of {', '.join(EVIDENCE_KINDS)} once.")
    weak = {one.kind for one in rules.evidence if one.alone == "none"}
    for together in rules.together:
        if found := sorted(weak.intersection(together.kinds)):
            raise KnowledgeError(
                f"{file}: together, {', '.join(together.kinds)}: {', '.join(found)} shows nothing alone; expected "
                "only kinds that do: weak evidence never adds up."
            )
    _expect_sources(rules, file)
    return rules


def _expect_sources(rules: Rules, file: str) -> None:
    named = [
        name
        for part in (rules.evidence, rules.together, rules.needed)
        for one in part
        for name in one.sources
    ]
    if unknown := sorted(set(named) - set(rules.sources)):
        raise KnowledgeError(f"{file}: sources {', '.join(unknown)}; expected names of `sources`.")
    asked = {kind for need in rules.needed if need.when == "always" for kind in need.kinds}
    if missing := sorted(set(get_args(RequestKind)) - asked):
        raise KnowledgeError(f"{file}: needed; expected a row with `when: always` for {', '.join(missing)}.")


@cache
def identity_rules() -> Rules:
    """The rules that come with Haechi."""
    file = resources.files("haechi.rights").joinpath("identity_rules.yaml")
    return read_rules(file.read_text(encoding="utf-8"), file="identity_rules.yaml")
