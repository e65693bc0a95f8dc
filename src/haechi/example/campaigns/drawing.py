"""Chance, by name."""

from random import Random


def happens(chance: Random, share: float) -> bool:
    """Whether something of that probability happens."""
    return chance.random() < share
