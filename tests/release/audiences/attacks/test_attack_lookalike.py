"""Faizullabhoy and Korolova 2018: a custom list of one, one plus chaff, and look-alikes of one."""

import inspect

import numpy as np
import pytest
from pyroaring import BitMap

import haechi.release.audiences
from haechi.errors import UsageError
from haechi.release.audiences import Reason, ThemePeople, ask
from tests.release.audiences.attacks.attacking import (
    SECRET,
    START,
    Attack,
    Catalogue,
    Step,
    assert_held,
    either,
    people,
    run,
    theme,
)


def one_plus_chaff(variations: int = 25) -> Attack:
    """Chaff, and chaff or a theme that holds the person or nobody, with many sets of chaff."""
    rng = np.random.default_rng(16)
    common: dict[str, ThemePeople] = {
        f"chaff{n}": people(rng, 3_000, 20_000, person=False) for n in range(variations)
    }

    def worlds(world: int, period: int) -> Catalogue:
        return {**common, "one": ThemePeople(BitMap([0] if world else []), SECRET)}

    script = [Step(theme(f"chaff{n}")) for n in range(variations)]
    script += [Step(either(theme(f"chaff{n}"), theme("one"))) for n in range(variations)]
    return Attack("one plus chaff", script, worlds)


def test_one_plus_chaff_tells_nothing() -> None:
    """Breaks if adding one person to chaff could be seen."""
    assert_held(one_plus_chaff(), one_plus_chaff(5), drawn_trials=500, played_trials=100)


def test_chaff_and_chaff_with_one_are_not_both_told() -> None:
    """Breaks if the difference of one were told, or refused in one world only."""
    for world in (0, 1):
        assert [step[3].refused for step in run(one_plus_chaff(1), world)] == [None, Reason.OVERLAP]


def test_one_is_no_audience() -> None:
    """Breaks if a theme of one person had a size; what has none is not booked (tests/stores/test_platform.py)."""
    *_, step = run(Attack("one", [Step(theme("one"))], one_plus_chaff(1).worlds), 1)
    assert step[3].refused is Reason.TOO_SMALL


def test_no_way_in_takes_persons_and_none_gives_them() -> None:
    """Breaks if someone adds a function that takes a list of persons or hands persons to an advertiser."""
    for name in haechi.release.audiences.__all__:
        shown = getattr(haechi.release.audiences, name)
        if inspect.isfunction(shown):
            assert not {"people", "persons", "seed", "list"} & set(inspect.signature(shown).parameters)
            assert "BitMap" not in str(inspect.signature(shown).return_annotation)
    attack = one_plus_chaff(1)
    *_, (_, _, state, _) = run(attack, 1)
    for persons in ({"people": [0]}, {"theme": [0]}, {"or": [0, theme("chaff0")]}, [0]):
        with pytest.raises(UsageError):
            ask(persons, sets=attack.worlds(1, 0), policy=attack.policy, state=state, now=START)
