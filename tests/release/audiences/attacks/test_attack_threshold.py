"""Threshold probing: audiences grown by one known person at a time, to see when the refusals end."""

from pyroaring import BitMap

from haechi.release.audiences import ThemePeople
from tests.release.audiences.attacks.attacking import (
    SECRET,
    Attack,
    Catalogue,
    Step,
    assert_held,
    either,
    exact,
    run,
    theme,
    weakened,
)


def threshold(steps: int = 40) -> Attack:
    """Sets of known people around the threshold, each with the secret that holds the person or nobody.

    The sets are themes of their own, so that no question is inside another and nothing is refused for overlap: all
    that shows is size or no size.
    """
    lowest = 1_300 - steps // 2
    common = {f"known{n}": ThemePeople(BitMap(range(1, lowest + n + 1))) for n in range(steps)}

    def worlds(world: int, period: int) -> Catalogue:
        return {**common, "secret": ThemePeople(BitMap([0] if world else []), SECRET)}

    grown = [Step(either(theme(f"known{n}"), theme("secret"))) for n in range(steps)]
    return Attack("threshold probing", grown, worlds)


def test_threshold_probing_tells_nothing() -> None:
    """Breaks if the end of the refusals were exact."""
    assert_held(threshold(), threshold(10), drawn_trials=500, played_trials=100)


def test_refusals_end_at_random() -> None:
    """Breaks if the threshold were decided on true sizes: five sets of the same size must not all fare alike."""
    told = [[step[3].refused is None for step in run(threshold(5), 1)] for _ in range(20)]
    assert 0 < sum(map(sum, told)) < 100


def test_the_attacker_wins_where_the_threshold_is_sharp() -> None:
    """Breaks if the attacker were too weak to prove anything."""
    assert exact(weakened(threshold())) > 0.2
