"""Whether a request may be put off or refused: only as the laws of the person say, and never without a reason.

Meta answered requests for the period of retention, the disclosure to others and the record of consent with "not
subject of access under the Act"; the Decree lists all three (PIPA Decree Art. 41(1); PIPC, 4 November 2024). A ground
that is on no law's list is refused here, and so is one that a law rules out by name.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

import msgspec

from haechi.errors import UsageError
from haechi.law import LawPack, forbidden_grounds, refusal_grounds, request_rule
from haechi.rights.clock import Deadline
from haechi.terms.showing import shown_signs
from haechi.terms.words import Outcome, RequestKind

_SHORTEST_REASON: Final = 10
_REFUSING: Final = frozenset({"refused", "partly"})


class Admitted(msgspec.Struct, frozen=True, kw_only=True):
    """A ground on which a kind of request may be refused.

    Attributes:
        code: the ground's name.
        laws: the laws that list it; a refusal needs all laws that give the right.
        articles: what to cite, in the order of `laws`.
        meaning: in words, by language (en, ko).
    """

    code: str
    laws: tuple[str, ...]
    articles: tuple[str, ...]
    meaning: dict[str, str]


def admitted(
    kind: RequestKind, laws: Iterable[str], packs: Mapping[str, LawPack], at: datetime
) -> tuple[Admitted, ...]:
    """The grounds that hold under every law of the person that gives this right, with where they stand.

    A ground of one law alone is no ground where another law gives the same right and does not list it.

    Args:
        kind: of the request.
        laws: of the person.
        packs: by identifier.
        at: when the request was received, naive UTC.
    """
    giving = _giving(kind, laws, packs, at)
    listed = {law: refusal_grounds(packs[law], kind, at) for law in giving}
    codes = [{_shared(ground.code) for ground in grounds} for grounds in listed.values()]
    found = []
    for code in sorted(set.intersection(*codes)) if codes else []:
        grounds = [next(g for g in listed[law] if _shared(g.code) == code) for law in giving]
        meaning = {"en": grounds[0].meaning.en, "ko": grounds[0].meaning.ko}
        found.append(
            Admitted(
                code=code, laws=giving, articles=tuple(ground.article for ground in grounds), meaning=meaning
            )
        )
    return tuple(found)


def check_answer(
    kind: RequestKind,
    laws: Iterable[str],
    packs: Mapping[str, LawPack],
    at: datetime,
    *,
    outcome: Outcome,
    ground: str | None,
    reason: str,
    known: bool = False,
) -> None:
    """Whether an answer may be given like this.

    Args:
        kind: of the request.
        laws: of the person.
        packs: by identifier.
        at: when the request was received, naive UTC.
        outcome: granted, partly or refused.
        ground: the code of the ground; None where all is granted.
        reason: in words, for the person.
        known: it was shown who asks before the request was taken in: that ground is used up.

    Raises:
        UsageError: a ground is missing, is none that the laws list, or is one that they rule out; or there is no
            reason.
    """
    if outcome not in _REFUSING:
        if ground is not None:
            raise UsageError(f"a request that is {outcome} has a ground; expected none.")
        return
    giving = _giving(kind, laws, packs, at)
    if known and ground is not None and _shared(ground) == _UNCONFIRMED:
        raise UsageError(
            f"{ground} is no ground: who asks showed who they are before the request was taken in."
        )
    if shown_signs(reason) < _SHORTEST_REASON:
        raise UsageError(
            "a refusal without a reason; expected ten letters or more that the person can understand and contest."
        )
    for law in packs:
        for never in forbidden_grounds(packs[law], kind, at):
            if ground == never.code:
                raise UsageError(f"{ground} is no ground: {never.article} ({law}). {never.meaning.en}")
    if not giving:
        # No law gives the right: what is refused is a favour.
        return
    offered = admitted(kind, giving, packs, at)
    if ground is None or _shared(ground) not in {one.code for one in offered}:
        said = ", ".join(one.code for one in offered) or "none: it cannot be refused"
        raise UsageError(
            f"{(ground or 'no ground')[:40]!r} is not among the grounds on which {', '.join(giving)} let a request "
            f"for {kind} be refused; expected one of: {said}."
        )


def check_extension(
    found: Iterable[Deadline], *, due_at: datetime | None, already: bool, reason: str, now: datetime
) -> None:
    """Whether an answer may be put off: where a law has it, once, with its reason, told before the time is over.

    Raises:
        UsageError: it may not.
    """
    deadlines = tuple(found)
    fixed = [one for one in deadlines if not one.may_be_put_off]
    if already:
        raise UsageError("the answer was put off before; expected one putting off, as far as the law admits.")
    if not deadlines or fixed:
        said = "; ".join(f"{one.law} ({one.article})" for one in fixed) or "no law"
        raise UsageError(f"this kind of request cannot be put off under {said}.")
    if due_at is not None and due_at <= now:
        raise UsageError("the time to answer is over; expected the putting off to be told before it is.")
    if shown_signs(reason) < _SHORTEST_REASON:
        raise UsageError("a putting off without a reason; expected words that the person can understand.")


_UNCONFIRMED: Final = "IDENTITY_UNCONFIRMED"
_SAME: Final = {"NOT_VERIFIABLE": _UNCONFIRMED, "IDENTITY_FAILURE": _UNCONFIRMED}
"""Grounds that are one thing under several laws' own names."""


def _shared(code: str) -> str:
    return _SAME.get(code, code)


def _giving(
    kind: RequestKind, laws: Iterable[str], packs: Mapping[str, LawPack], at: datetime
) -> tuple[str, ...]:
    return tuple(law for law in laws if law in packs and request_rule(packs[law], kind, at) is not None)
