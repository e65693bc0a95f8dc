"""Averaging: the same question again and again, word for word and reworded, until the noise is gone."""

import numpy as np

from tests.release.audiences.attacks.attacking import (
    Attack,
    Catalogue,
    Question,
    Step,
    assert_held,
    both,
    differences,
    either,
    exact,
    joined,
    no,
    people,
    run,
    theme,
    weakened,
)


def rewordings(count: int) -> list[Question]:
    """Ways to ask for the secret or chaff: repetition, absorption, De Morgan, distribution, empty and full sets."""
    secret, chaff, other = theme("secret"), theme("chaff"), theme("other")
    plain = either(secret, chaff)
    ways = [
        plain,
        either(chaff, secret),
        both(plain, plain),
        either(plain, both(secret, other)),
        no(both(no(secret), no(chaff))),
        either(plain, both(other, no(other))),
        both(plain, either(other, no(other))),
        both(either(secret, chaff, other), either(secret, chaff, no(other))),
        either(both(plain, other), both(plain, no(other))),
    ]
    return [ways[n % len(ways)] for n in range(count)]


def averaging(count: int = 45) -> Attack:
    """One audience, asked in many ways."""
    rng = np.random.default_rng(13)
    common = {name: people(rng, 3_000, 9_000, person=False) for name in ("chaff", "other")}
    secret = people(rng, 3_000, 9_000, person=False, secret=True)
    told = joined(secret)

    def worlds(world: int, period: int) -> Catalogue:
        return {**common, "secret": told if world else secret}

    return Attack("averaging", [Step(question) for question in rewordings(count)], worlds)


def test_averaging_tells_nothing() -> None:
    """Breaks if repeating or rewording drew noise anew."""
    assert_held(averaging(), averaging(9), drawn_trials=500, played_trials=100)


def test_all_rewordings_are_one_question() -> None:
    """Breaks if a rewording were a question of its own: only the first may cost, and all say the same."""
    attack = averaging()
    answers = [step[3] for step in run(attack, 1)]
    assert len(set(answers)) == 1
    assert [bool(step) for step in differences(attack)] == [True] + [False] * (len(answers) - 1)
    assert exact(weakened(attack)) > 0.03
