"""Targeting that singles people out, or leaves them out, by what they must not be sorted by.

No ad may be shown on the ground of profiling by special categories of data (DSA Art. 26(3)); leaving a group out is
sorting as well. The value is the category, each theme is told with whether it was included or excluded. Themes are
judged by the sensitivity engine; `judged_by` gives it an operator's decisions.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from haechi.law import in_force
from haechi.law.load import load_packs
from haechi.review.ads import Fact, Signal
from haechi.review.case import Case, World
from haechi.sensitivity import DecidedEngine, Engine, Judge, Label, load
from haechi.terms.words import Category

NAME: Final = "sensitive-targeting"
VERSION: Final = "1"

_NO_THEMES: Final = (
    "age", "gender", "location", "exclude_location", "placement", "device", "language", "geo", "publisher",
    "interest_expansion", "facebook_access", "accessing_facebook",
)  # fmt: skip


class _Theme(NamedTuple):
    how: str
    name: str
    label: Label


def judged_by(world: World, judge: Judge) -> None:
    """Has the ads of this world judged by `judge`, an engine with the decisions of people."""
    world.indices[NAME] = judge


def find(case: Case) -> list[Signal]:
    """A signal for each category, the surest first."""
    of_category: dict[Category, list[_Theme]] = {}
    for theme in _judged(case):
        of_category.setdefault(theme.label.category, []).append(theme)
    found = [_signal(case, category, themes) for category, themes in of_category.items()]
    return sorted(found, key=lambda signal: -signal.score)


def _judged(case: Case) -> Iterator[_Theme]:
    targeting = case.ad.targeting
    asked = [("include", name) for name in targeting.include]
    asked += [("exclude", name) for name in targeting.exclude]
    asked += [("other", name) for name in targeting.other if not name.lower().startswith(_NO_THEMES)]
    if not asked:
        return
    nothing: list[str | None] = [None] * len(asked)
    said = _judge(case.world).judge_all([name for _, name in asked], nothing, nothing)
    for (how, name), judgement in zip(asked, said, strict=True):
        for label in judgement.labels:
            yield _Theme(how, name, label)


def _judge(world: World) -> Judge:
    judge = world.indices.get(NAME)
    return judge if isinstance(judge, Engine | DecidedEngine) else load()


def _signal(case: Case, category: Category, themes: list[_Theme]) -> Signal:
    """Of one category: the evidence is every theme that tells of it, the score that of the surest."""
    themes = sorted(themes, key=lambda theme: -theme.label.score)
    laws = [
        law
        for law, pack in load_packs().items()
        if any(fact.category == category for fact in in_force(pack.categories, case.ad.submitted_at))
    ]
    hows = sorted({theme.how for theme in themes})
    return Signal(
        name=NAME,
        version=f"{VERSION} {_judge(case.world).version}",
        score=themes[0].label.score,
        value=category,
        params={"how": ", ".join(hows), "theme": themes[0].name, "laws": ", ".join(laws)},
        evidence=tuple(Fact(theme.how, theme.name) for theme in themes),
    )
