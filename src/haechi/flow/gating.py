"""A bid request through the steps: what its segments give away, what law and choices allow, what leaves."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import time
from typing import Final

import msgspec

from haechi.flow.taxonomies import Taxonomy, judged, mask, shipped
from haechi.law import LawPack
from haechi.permission import Asked, Reason, Standing, decide
from haechi.permission.signals import Consent, Signals, Unreadable, read_signals, read_tcf
from haechi.release.gate import (
    BLOCKED,
    EVERY,
    UNKNOWN,
    Allowance,
    Gate,
    Masks,
    Place,
    Received,
    Snapshot,
    Why,
)
from haechi.release.gate.masks import ALWAYS, BEYOND, BITS, RESPELT, Remembered
from haechi.sensitivity import Judge
from haechi.terms.words import CATEGORIES, SIGNALS, Category, Purpose, Signal

_HOUR: Final = 3_600
_KEPT: Final = 10_000
_LONGEST: Final = 2_000
"""Characters of a text that is remembered."""
_CHILD: Final = 0
_NOBODY: Final = Standing(country=None)
_PRECISE: Final = BITS["precise-location"]
_ALWAYS_WHY: Final = {
    UNKNOWN: "not-judged",
    BLOCKED: "theme-blocked",
    RESPELT: "other-spelling",
    BEYOND: "too-much",
}
_EUROPEAN: Final = "eu-gdpr"
_OBEYED: Final[tuple[Signal, ...]] = (
    "gpc",
    "sale-opt-out",
    "sharing-opt-out",
    "targeted-advertising-opt-out",
)
"""Refusals that are obeyed wherever the person is, whether or not a law that is known here says so."""

FindPerson = Callable[[str], Standing | None]


@dataclass(frozen=True, slots=True)
class GatePolicy:
    """What the operator decides, where the law leaves it open.

    Attributes:
        judge_unknown: judge segments that no taxonomy and no theme knows by their name; else they stay.
        home: ISO 3166-1 country taken where a request tells none; None: any law could apply.
    """

    judge_unknown: bool = True
    home: str | None = None


@dataclass(slots=True)
class _Decider:
    """Decides requests, remembering within the hour what it decided for requests that say the same.

    Of a consent string only what it says is looked at, and of a person only the standing: so people that were never
    met before are decided like those before them.

    Attributes:
        packs: the laws.
        policy: what the operator decides.
        people: what is known of a person by the exchange's identifier.
        clock: naive UTC now.
        europe: the countries whose people a consent string is asked for.
    """

    packs: Mapping[str, LawPack]
    policy: GatePolicy
    people: FindPerson
    clock: Callable[[], datetime]
    europe: frozenset[str]
    _hour: int = -1
    _requests: Remembered[object, Allowance] = field(default_factory=lambda: Remembered(_KEPT))
    _standings: Remembered[object, Allowance] = field(default_factory=lambda: Remembered(_KEPT))

    def __call__(self, received: Received, tcf: str | None, person_id: str | None) -> Allowance:
        hour = int(time() // _HOUR)
        if hour != self._hour:
            # Laws come into force and people come of age at midnights, which fall on full hours in most zones.
            self._hour = hour
            self._requests.forget()
            self._standings.forget()
        person = None if person_id is None else self.people(person_id)
        key = received, _said_by(tcf), person
        known = self._requests.get(key) or self._requests.again(key)
        if known is None:
            known = self._decided(received, tcf, person or _NOBODY)
            if len(received.gpp or "") <= _LONGEST and len(received.region or "") <= _LONGEST:
                self._requests.keep(key, known)
        return known

    def _decided(self, received: Received, tcf: str | None, person: Standing) -> Allowance:
        now = self.clock()
        standings = _standings(received, tcf, person, europe=self.europe, policy=self.policy, now=now)
        known = self._standings.get(standings) or self._standings.again(standings)
        if known is None:
            known = strictest([allowance(standing, self.packs, now) for standing in standings])
            if all(len(standing.region or "") <= _LONGEST for standing in standings):
                self._standings.keep(standings, known)
        return known


def _said_by(tcf: str | None) -> Consent | str | None:
    """All that is decided on of a consent string: equal for strings that differ in date, vendors or partners."""
    if not tcf:
        return None
    try:
        return read_tcf(tcf)
    except Unreadable as fault:
        return str(fault)


def make_gate(
    packs: Mapping[str, LawPack],
    judge: Judge,
    *,
    snapshot: Snapshot | None = None,
    taxonomies: Mapping[str, Taxonomy] | None = None,
    policy: GatePolicy | None = None,
    clock: Callable[[], datetime] | None = None,
) -> Gate:
    """A gate for one thread.

    Args:
        packs: the laws to obey, by identifier.
        judge: the sensitivity engine, with decisions of people or without.
        snapshot: the platform's state; without it the shipped taxonomies count and nobody permitted anything.
        taxonomies: further taxonomies by `segtax`, where there is no snapshot.
        policy: what the operator decides.
        clock: naive UTC now; the machine's where not given.
    """
    policy = policy or GatePolicy()
    if snapshot is None:
        masks = {
            (number, word): found
            for number, word, found in judged({**shipped(), **(taxonomies or {})}, judge)
        }

        def find(taxonomy: str, identifier: str) -> int | None:
            return masks.get((taxonomy, identifier))

        def nobody(_: str) -> None:
            return None

        people: FindPerson = nobody
    else:
        find = snapshot.segment
        people = _people(snapshot)

    def by_name(text: str) -> int:
        return mask(judge.judge(text))

    europe = frozenset(packs[_EUROPEAN].jurisdictions if _EUROPEAN in packs else ())
    decider = _Decider(dict(packs), policy, people, clock or _now, europe)
    return Gate(Masks(find, by_name if policy.judge_unknown else None), decider)


def allowance(standing: Standing, packs: Mapping[str, LawPack], at: datetime) -> Allowance:
    """What may leave about a person of this standing: each category asked by itself, and what bears none."""
    why: dict[int, tuple[Why, ...]] = {}
    ordinary = [
        *_refusals("disclosure", (), standing, packs, at),
        *_refusals("advertising", (), standing, packs, at),
    ]
    refused = ALWAYS
    why |= {bit: (Why(code),) for bit, code in _ALWAYS_WHY.items()}
    ordinary += [Why("opted-out", detail=signal) for signal in _OBEYED if signal in standing.signals]
    if ordinary:
        refused |= EVERY
        why[EVERY] = tuple(dict.fromkeys(ordinary))
    for category in CATEGORIES:
        reasons = _refusals("disclosure", (category,), standing, packs, at)
        if reasons:
            refused |= BITS[category]
            why[BITS[category]] = tuple(dict.fromkeys(reasons))
    identifiers = not ordinary
    if "limit-ad-tracking" in standing.signals:
        identifiers = False
        why[EVERY] = (*why.get(EVERY, ()), Why("opted-out", detail="limit-ad-tracking"))
    return Allowance(refused, identifiers, _place(refused, standing), why)


def strictest(allowances: Sequence[Allowance]) -> Allowance:
    """What each of them lets leave."""
    first = allowances[0]
    if len(allowances) == 1:
        return first
    why: dict[int, tuple[Why, ...]] = {}
    refused = 0
    for one in allowances:
        refused |= one.refused
        for bit, reasons in one.why.items():
            why[bit] = tuple(dict.fromkeys((*why.get(bit, ()), *reasons)))
    places: tuple[Place, ...] = ("country", "coarse", "precise")
    return Allowance(
        refused,
        all(one.identifiers for one in allowances),
        next(place for place in places if any(one.place == place for one in allowances)),
        why,
    )


def _place(refused: int, standing: Standing) -> Place:
    if refused & EVERY:
        return "country"
    return "coarse" if refused & _PRECISE or "no-precise-location" in standing.signals else "precise"


def _refusals(
    purpose: Purpose,
    categories: tuple[Category, ...],
    standing: Standing,
    packs: Mapping[str, LawPack],
    at: datetime,
) -> list[Why]:
    decision = decide(Asked(purpose=purpose, categories=frozenset(categories)), standing, packs, at)
    if decision.allowed:
        return []
    return [_why(reason) for reason in decision.reasons if reason.verdict != "allowed"]


def _why(reason: Reason) -> Why:
    return Why(reason.code, reason.law, reason.article, reason.category, reason.detail)


def _standings(
    received: Received,
    tcf: str | None,
    person: Standing,
    *,
    europe: frozenset[str],
    policy: GatePolicy,
    now: datetime,
) -> tuple[Standing, ...]:
    """What is known: what the platform recorded, and what the request adds. One for each place it could be."""
    places = tuple(received.countries) or (person.country or policy.home,)
    signals = read_signals(
        gdpr=received.gdpr == 1 or not europe.isdisjoint(places),
        tcf=tcf,
        gpp=received.gpp,
        gpp_sid=received.gpp_sid,
        us_privacy=received.us_privacy,
        gpc=received.gpc,
    )
    refused = person.signals | signals.refusals
    if received.limited:
        refused |= {"limit-ad-tracking"}
    if received.faults:
        # What cannot be read could have been a refusal of anything.
        refused |= frozenset(SIGNALS)
    ages = [age for age in (person.age, _age(received, signals, now)) if age is not None]
    return tuple(
        msgspec.structs.replace(
            person,
            country=country,
            region=_region(received, person, country),
            under=frozenset(_under(received)),
            age=min(ages, default=None),
            signals=refused,
            refused=person.refused | signals.categories,
        )
        for country in places
    )


def _region(received: Received, person: Standing, country: str | None) -> str | None:
    if received.countries:
        region = received.region
        return region if region and country and region.startswith(f"{country}-") else None
    return person.region


def _under(received: Received) -> set[str]:
    """Laws that a signal says apply, wherever the person is."""
    laws = set()
    if received.gdpr == 1:
        laws.add("eu-gdpr")
    if received.dsa:
        laws.add("eu-dsa")
    return laws


def _age(received: Received, signals: Signals, now: datetime) -> int | None:
    """The lowest age that the request allows for."""
    ages = [] if signals.age is None else [signals.age]
    if received.coppa:
        ages.append(_CHILD)
    if received.birth_year is not None:
        # The birthday of the year is not known: it may be still to come.
        ages.append(max(now.year - received.birth_year - 1, _CHILD))
    return min(ages, default=None)


def _people(snapshot: Snapshot) -> FindPerson:
    standings = [msgspec.json.decode(raw, type=Standing) for raw in snapshot.header.standings]

    def find(person_id: str) -> Standing | None:
        place = snapshot.standing(person_id)
        return None if place is None else standings[place]

    return find


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
