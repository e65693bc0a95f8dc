"""How well names are judged: against labels that somebody else gave, beside what one would use instead.

The way of the data: `labelled` reads names with their grades, `contenders` judge them, `counts` says for every figure
which names count how, `figures` turns counts into precision, recall and F1 with intervals, `told` writes them down.
"""

from haechi.sensitivity.evaluation.contenders import Contender, contenders
from haechi.sensitivity.evaluation.evaluate import Evaluation, evaluate
from haechi.sensitivity.evaluation.labelled import Labelled, read_labelled

__all__ = ["Contender", "Evaluation", "Labelled", "contenders", "evaluate", "read_labelled"]
