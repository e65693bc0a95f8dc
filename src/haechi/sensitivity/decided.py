"""The engine and the decisions of people together: where somebody decided, that is the answer."""

from collections.abc import Sequence
from dataclasses import dataclass

from haechi.sensitivity.decisions import Decisions, decided_judgement
from haechi.sensitivity.engine import Engine, Judgement


@dataclass(frozen=True, slots=True)
class DecidedEngine:
    """Judges as `Engine` does, except what people decided.

    Attributes:
        engine: judges the rest.
        decisions: what people decided.
    """

    engine: Engine
    decisions: Decisions

    @property
    def version(self) -> str:
        """The engine's, and that of the decisions that hold: either may change alone."""
        return f"{self.engine.version}+decisions-{self.decisions.version}"

    def judge(self, name: str, path: str | None = None, lang: str | None = None) -> Judgement:
        """See `Engine.judge`; `Judgement.decision` says whether people decided."""
        said = self.engine.judge(name, path, lang)
        decision = self.decisions.about(name, path)
        return said if decision is None else decided_judgement(decision, said)

    def judge_all(
        self, names: Sequence[str], paths: Sequence[str | None], langs: Sequence[str | None]
    ) -> list[Judgement]:
        """What `judge` says of each, sooner where there are many."""
        said = self.engine.judge_all(names, paths, langs)
        return [
            answer if decision is None else decided_judgement(decision, answer)
            for answer, decision in zip(said, map(self.decisions.about, names, paths), strict=True)
        ]


Judge = Engine | DecidedEngine
"""What answers for a name: the engine alone, or with decisions."""


def engine_of(judge: Judge) -> Engine:
    """The engine without decisions."""
    return judge.engine if isinstance(judge, DecidedEngine) else judge
