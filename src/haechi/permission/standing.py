"""What is known, at one instant, about somebody on whose data a decision is asked. No identifier is among it."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from haechi.terms.words import Basis, Category, Purpose, Signal


class Permission(msgspec.Struct, frozen=True, kw_only=True):
    """One permission as it was given.

    Attributes:
        purpose: what for.
        category: for which sensitive category; None: for none.
        basis: on which basis.
        given_at: first instant it holds, naive UTC.
        withdrawn_at: first instant it no longer holds because the person took it back, or None.
        expires_at: first instant it no longer holds because it was given for a time, or None.
        notice: version of what the person was told when asked.
        evidence: the record that proves it; "" where there is none.
        separate: it was asked apart from everything else (PIPA Art. 22(1)).
        by_guardian: a guardian gave it for a child.
        recipients: the advertisers that the person was told of; None: it names none (PIPA Art. 17(2) no. 1).
    """

    purpose: Purpose
    category: Category | None
    basis: Basis
    given_at: datetime
    withdrawn_at: datetime | None = None
    expires_at: datetime | None = None
    notice: str = ""
    evidence: str = ""
    separate: bool = False
    by_guardian: bool = False
    recipients: frozenset[str] | None = None

    def holds(self, at: datetime) -> bool:
        """Whether it is given, not withdrawn and not expired at the naive UTC instant `at`."""
        ends = [end for end in (self.withdrawn_at, self.expires_at) if end is not None]
        return self.given_at <= at and all(at < end for end in ends)


class Held(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A permission that holds, without its dates: what a decision looks at.

    Attributes:
        proven: there is a record that proves it.
        others: as in `Permission`.
    """

    purpose: Purpose
    category: Category | None
    basis: Basis
    proven: bool
    separate: bool
    by_guardian: bool


class Standing(msgspec.Struct, frozen=True, kw_only=True, cache_hash=True, forbid_unknown_fields=True):
    """What a decision may know of the person.

    Attributes:
        country: ISO 3166-1 alpha-2, or None where unknown.
        region: ISO 3166-2, or None.
        under: laws that a signal says apply, wherever the person is.
        age: in whole years (the lowest it can be, where only a band is known), or None where unknown.
        held: the permissions that hold.
        signals: the refusals that a browser, an app or a consent platform sent.
        refused: the categories that such a refusal names.
        objected: purposes to which the person objected.
    """

    country: str | None
    region: str | None = None
    under: frozenset[str] = frozenset()
    age: int | None = None
    held: frozenset[Held] = frozenset()
    signals: frozenset[Signal] = frozenset()
    refused: frozenset[Category] = frozenset()
    objected: frozenset[Purpose] = frozenset()


def held_at(
    permissions: Iterable[Permission], at: datetime, *, recipient: str | None = None
) -> frozenset[Held]:
    """The permissions that hold at the naive UTC instant `at`.

    Args:
        permissions: of one person.
        at: naive UTC instant.
        recipient: who is to get something; None: whoever bids. One that names others does not hold for it.
    """
    return frozenset(
        Held(
            purpose=given.purpose,
            category=given.category,
            basis=given.basis,
            proven=bool(given.evidence),
            separate=given.separate,
            by_guardian=given.by_guardian,
        )
        for given in permissions
        if given.holds(at) and (given.recipients is None or recipient in given.recipients)
    )
