"""Step 3: what gives a person away. From a theme's name and path to the categories it reveals.

facts      reads the knowledge files
normalise  names to plain forms, with the way back
lexicon    all terms in one automaton
match      the terms that really stand in a name
decide     hits, look-alikes and contexts to labels
engine     all of it for one name
table      all of it for columns of names
explain    why, in words
"""

from haechi.sensitivity.decide import Label
from haechi.sensitivity.engine import Engine, Judgement, classify, load
from haechi.sensitivity.table import judge_table

__all__ = ["Engine", "Judgement", "Label", "classify", "judge_table", "load"]
