"""Step 3: what gives a person away. From a theme's name and path to the categories it reveals.

facts      reads the knowledge files
normalise  names to plain forms, with the way back
lexicon    all terms in one automaton
match      the terms that really stand in a name
decide     hits, look-alikes and contexts to labels
engine     all of it for one name
table      all of it for columns of names
explain    why, in words
decisions  what people decided, and which of it holds
decided    the engine and their decisions together
review     the arguable ones to people, and back
changes    what another engine, other decisions or another law pack would change
"""

from haechi.sensitivity.decide import Label
from haechi.sensitivity.decided import DecidedEngine, Judge
from haechi.sensitivity.decisions_file import judge_with
from haechi.sensitivity.engine import Engine, Judgement, classify, load
from haechi.sensitivity.table import judge_table

__all__ = [
    "DecidedEngine",
    "Engine",
    "Judge",
    "Judgement",
    "Label",
    "classify",
    "judge_table",
    "judge_with",
    "load",
]
