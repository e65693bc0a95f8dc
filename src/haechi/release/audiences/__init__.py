"""What an advertiser may learn of an audience: a noisy size or a refusal, never who is in it.

Start at `ask`. State is passed in and handed back; nothing here reads a database or a clock.
"""

from haechi.release.audiences.ask import Answer, ask
from haechi.release.audiences.budget import Budget, Spent
from haechi.release.audiences.canonical import Function, canonical
from haechi.release.audiences.expression import parse
from haechi.release.audiences.policy import AudiencePolicy, Level, MinimumFor, Rounding
from haechi.release.audiences.sets import Protection, ThemePeople
from haechi.release.audiences.state import Answered, Reason, State, new_state

__all__ = [
    "Answer",
    "Answered",
    "AudiencePolicy",
    "Budget",
    "Function",
    "Level",
    "MinimumFor",
    "Protection",
    "Reason",
    "Rounding",
    "Spent",
    "State",
    "ThemePeople",
    "ask",
    "canonical",
    "new_state",
    "parse",
]
