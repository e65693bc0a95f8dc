"""The knowledge and the example's vocabulary agree, so that the example's audit finds what was planted."""

from haechi import sensitivity
from haechi.example.scale import Scale
from haechi.example.themes import CATEGORIES, make_themes


def test_every_name_of_the_reference_case_is_judged_as_planted() -> None:
    """Breaks when new knowledge takes an ordinary name for a sensitive one, or loses one: 97,000 names."""
    themes = make_themes(
        Scale(people=980_000, themes=97_000, advertisers=4_000, behaviours=100_000_000, seed=1)
    )
    planted = [set() if place < 0 else {CATEGORIES[place]} for place in themes.category.tolist()]
    engine = sensitivity.load()
    wrong = []
    for name, path, lang, wanted in zip(themes.names, themes.paths, themes.langs, planted, strict=True):
        found = {label.category for label in engine.judge(name, path, lang).decided}
        if found != wanted:
            wrong.append((name, path, found, wanted))
    assert wrong[:20] == []
