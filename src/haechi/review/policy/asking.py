"""How a checked expression is asked of an ad. Nothing here can fail: `meaning` let only what fits through."""

from collections.abc import Callable
from typing import Any

from haechi.review.policy.reading import ABSENT, Found, Reading

Ask = Callable[[Reading], Any]


def negated(ask: Ask) -> Ask:
    """Whether the other does not hold."""
    return lambda ad: not ask(ad)


def condition(name: str) -> Ask:
    """A named condition; it was asked before."""
    return lambda ad: ad.conditions[name]


def fact(name: str) -> Ask:
    """A fact of the ad or its account."""
    return lambda ad: ad.facts[name]


def of_signal(name: str, ask: Callable[[Found], Any]) -> Ask:
    """A question to a signal, present or absent."""
    return lambda ad: ask(ad.signals.get(name, ABSENT))


def compared(order: Callable[[Any, Any], bool], left: Ask, right: Ask) -> Ask:
    """Two answers of kinds that can be compared."""
    return lambda ad: order(left(ad), right(ad))


def contained(left: Ask, right: Ask) -> Ask:
    """Whether a text is among texts."""
    return lambda ad: left(ad) in right(ad)


def joined(by: str, asks: list[Ask]) -> Ask:
    """Whether all hold (`&&`), or one."""
    if by == "&&":
        return lambda ad: all(ask(ad) for ask in asks)
    return lambda ad: any(ask(ad) for ask in asks)


def counted(asks: list[Ask]) -> Ask:
    """How many hold."""
    return lambda ad: sum(ask(ad) for ask in asks)


def method(name: str, values: list[Any]) -> Callable[[Found], Any]:
    """The answer of a signal to a question with constants."""
    first, last = values[0], values[-1]
    match name:
        case "score_of":
            return lambda found: found.values.get(first, 0.0)
        case "score_among":
            return lambda found: max((found.values.get(one, 0.0) for one in first), default=0.0)
        case "score_where":
            return lambda found: max(
                (one.score for one in found.each if last in one.params.get(first, "").split(", ")),
                default=0.0,
            )
        case "kinds_at":
            return lambda found: sum(score >= last for score in found.values.values())
        case _:
            return lambda found: sum(found.values.get(one, 0.0) >= last for one in first)
