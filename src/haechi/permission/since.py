"""Since when something has been allowed without a break."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time

from haechi.law import LawPack, age_on, birthday
from haechi.permission.decide import Asked, decide
from haechi.permission.standing import Permission, Standing, held_at
from haechi.terms.words import Purpose, Signal


class Facts:
    """What a platform knows of one person.

    Attributes:
        country: ISO 3166-1 alpha-2, or None.
        region: ISO 3166-2, or None.
        born: date of birth, or None.
        permissions: all that were given, whether they hold or not.
        objected: purposes to which the person objected.
        signals: refusals that are on record.
    """

    def __init__(
        self,
        *,
        country: str | None,
        region: str | None = None,
        born: date | None = None,
        permissions: Iterable[Permission] = (),
        objected: frozenset[Purpose] = frozenset(),
        signals: frozenset[Signal] = frozenset(),
    ) -> None:
        self.country = country
        self.region = region
        self.born = born
        self.permissions = tuple(permissions)
        self.objected = objected
        self.signals = signals

    def standing(self, at: datetime, *, recipient: str | None = None) -> Standing:
        """What a decision may know at the naive UTC instant `at`; see `held_at` for `recipient`."""
        return Standing(
            country=self.country,
            region=self.region,
            age=None if self.born is None else age_on(self.born, at.date()),
            held=held_at(self.permissions, at, recipient=recipient),
            objected=self.objected,
            signals=self.signals,
        )


def allowed_since(asked: Asked, facts: Facts, packs: Mapping[str, LawPack], now: datetime) -> datetime | None:
    """The instant from which on something has been allowed up to now; None where it is not allowed now.

    Looked for where it can change: where a permission begins or ends, on birthdays that a law names, and where a
    law's facts come into force.

    Args:
        asked: what is to be done.
        facts: what is known of the person.
        packs: the laws, by identifier.
        now: naive UTC instant.
    """
    if not decide(asked, facts.standing(now), packs, now).allowed:
        return None
    since = now
    for turn in sorted((turn for turn in _turns(facts, packs) if turn <= now), reverse=True):
        if not decide(asked, facts.standing(turn), packs, turn).allowed:
            return since
        since = turn
    return datetime.min  # noqa: DTZ901 - naive UTC inside


def _turns(facts: Facts, packs: Mapping[str, LawPack]) -> set[datetime]:
    turns: set[datetime] = set()
    for given in facts.permissions:
        turns.update(end for end in (given.given_at, given.withdrawn_at, given.expires_at) if end is not None)
    for pack in packs.values():
        turns.update(fact.effective_from for fact in pack.categories)
        turns.update(rule.effective_from for rule in pack.minors)
        if facts.born is not None:
            for rule in pack.minors:
                ages = {rule.age_in(facts.country), rule.own_opt_in_from, rule.guardian_below} - {None}
                turns.update(
                    datetime.combine(birthday(facts.born, age), time()) for age in ages if age is not None
                )
    return turns
