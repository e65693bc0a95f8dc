"""Audiences: an advertiser composes themes, learns a size, and never a person.

expression  what is composed, and within which bounds
canonical   one form for all ways of saying the same
policy      the numbers, each with its reason
noise       calibrated noise, by OpenDP
budget      what was spent of whose privacy
ask         one question: answered, or refused with words that depend on nothing else
"""

from haechi.release.audiences.ask import Answer, Asked, People, Refusal, State, ask
from haechi.release.audiences.budget import Budget
from haechi.release.audiences.canonical import Canonical, canonical
from haechi.release.audiences.expression import Expression, parse, themes_of
from haechi.release.audiences.policy import AudiencePolicy, minimum_for

__all__ = [
    "Answer",
    "Asked",
    "AudiencePolicy",
    "Budget",
    "Canonical",
    "Expression",
    "People",
    "Refusal",
    "State",
    "ask",
    "canonical",
    "minimum_for",
    "parse",
    "themes_of",
]
