"""Which categories laws protect among themes that a platform inferred, before and after a change of law packs."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from haechi.errors import UsageError
from haechi.law import LawPack, in_force
from haechi.sensitivity.changes import Protected
from haechi.terms.words import Category


def before_and_after(
    known: Mapping[str, LawPack],
    earlier: Iterable[LawPack],
    later: Iterable[LawPack],
    *,
    inferred: Collection[str],
    then: datetime,
    now: datetime,
) -> tuple[Protected, Protected]:
    """What the changed laws protect, as they are and as they would be.

    Args:
        known: the packs that come with the package.
        earlier: packs that stand for what holds today, where that is not what comes with the package.
        later: the new or changed packs, or those that hold; one whose identifier nobody has is compared with no law.
        inferred: laws to apply to inferred themes although they see inferred data as outside them.
        then: the naive UTC instant whose law counts before.
        now: the one whose law counts after.

    Raises:
        UsageError: two packs of one side have one identifier; an earlier pack has no later one; a law to apply to
            inferred themes is not among them.
    """
    new = _by_id(later)
    old = {**known, **_by_id(earlier)}
    for law in _by_id(earlier).keys() - new.keys():
        raise UsageError(f"an earlier pack {law!r} has no later one; expected --law-pack with its successor.")
    for law in sorted(set(inferred) - new.keys()):
        raise UsageError(
            f"unknown law {law!r} for inferred themes; expected one of {', '.join(sorted(new))}."
        )
    return (
        {law: _protects(old[law], inferred, then) if law in old else frozenset() for law in new},
        {law: _protects(pack, inferred, now) for law, pack in new.items()},
    )


def _by_id(packs: Iterable[LawPack]) -> dict[str, LawPack]:
    found: dict[str, LawPack] = {}
    for pack in packs:
        if pack.id in found:
            raise UsageError(f"two packs called {pack.id!r}; expected each law once.")
        found[pack.id] = pack
    return found


def _protects(pack: LawPack, inferred: Collection[str], at: datetime) -> frozenset[Category]:
    if not pack.inferred_protected and pack.id not in inferred:
        return frozenset()
    return frozenset(fact.category for fact in in_force(pack.categories, at))
