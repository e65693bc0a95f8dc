"""What a person is told: everything held about them, why, and who got it.

The list is the union of what the laws ask for (GDPR Art. 15(1) and (3); PIPA Art. 35 with Decree Art. 41(1), Art. 20;
APPI Arts. 32, 33; CCPA 1798.110; RCW 19.373.040), so that one answer satisfies each of them. Advertisers are named
(CJEU C-154/21). Themes that were inferred are part of access, and no part of portability (PIPA Art. 35-2(1) no. 2;
GDPR Art. 20(1): "provided").
"""

from datetime import date, datetime
from typing import Any, Final, Literal

import msgspec

from haechi.rights.controller import Controller
from haechi.terms.words import Basis, BehaviourKind, Category, Outcome, Purpose, RequestKind

FORMAT: Final = "haechi-answer-1"
How = Literal["delivered", "booked", "could-use"]
"""How an advertiser got a theme: an ad was delivered because of it; it has booked an audience that the person is in;
or another system's records say that it could use the theme while the person was in it."""


class _Told(msgspec.Struct, frozen=True, kw_only=True):
    """Part of an answer. Instants bear their zone, UTC, since they leave the house."""


class Law(_Told, frozen=True, kw_only=True):
    """A law of the person: its name, and whom to complain to."""

    law: str
    name: dict[str, str]
    authority: str


class Behaviour(_Told, frozen=True, kw_only=True):
    """What the person did, as it is kept."""

    at: datetime
    kind: BehaviourKind
    item_id: str
    item_kind: str | None
    item_name: str | None


class Reason(_Told, frozen=True, kw_only=True):
    """Why somebody is in a theme: behaviours of one kind on one item.

    Attributes:
        thousandths: how much evidence all of them gave, where 1,000 makes a membership.
    """

    item_id: str
    item_name: str | None
    kind: BehaviourKind
    times: int
    first_at: datetime
    last_at: datetime
    thousandths: int


class Theme(_Told, frozen=True, kw_only=True):
    """A theme that the person is or was in.

    Attributes:
        score: evidence in thousandths.
        until: None: still in it.
        categories: what it gives away by its name.
        judged_by: which engine or people said so.
        found: the words that gave it away.
        why: the behaviours behind it, the weightiest first.
    """

    theme_id: str
    name: str
    path: str | None
    categories: tuple[Category, ...]
    since: datetime
    until: datetime | None
    score: int | None
    judged_by: str
    found: tuple[str, ...]
    why: tuple[Reason, ...]


class Recipient(_Told, frozen=True, kw_only=True):
    """An advertiser, a theme, and when.

    Attributes:
        categories: what the theme gives away by its name.
        how: see `How`.
        within: False: the advertiser learned that the person is not in the theme.
        rightful: False: it should not have been delivered, and was all the same.
        since: when an ad was delivered, or from when on the theme could be used.
        until: None for a delivery, or where it still can.
    """

    advertiser_id: str
    advertiser: str
    country: str | None
    theme_id: str
    theme: str
    categories: tuple[Category, ...]
    how: How
    purpose: Purpose
    within: bool
    rightful: bool
    since: datetime
    until: datetime | None


class Permission(_Told, frozen=True, kw_only=True):
    """A permission on record: what the person had been told, the advertisers that it names, and what proves it."""

    purpose: Purpose
    category: Category | None
    basis: Basis
    given_at: datetime
    withdrawn_at: datetime | None
    expires_at: datetime | None
    notice: str
    evidence: str
    separate: bool
    by_guardian: bool
    recipients: tuple[str, ...] | None


class Asked(_Told, frozen=True, kw_only=True):
    """An earlier request and what came of it."""

    request_id: str
    kind: RequestKind
    received_at: datetime
    due_at: datetime | None
    answered_at: datetime | None
    outcome: Outcome
    ground: str | None
    reason: str


class Stop(_Told, frozen=True, kw_only=True):
    """What the person stopped; no purpose: everything, no theme: all."""

    purpose: Purpose | None
    theme_id: str | None
    since: datetime
    lifted_at: datetime | None


class Proved(_Told, frozen=True, kw_only=True):
    """An entry of the ledger about the person.

    Attributes:
        number: its place in the ledger.
        public: what all may read.
        personal: what only this answer opens.
        proof: that the entry is in the ledger of a signed checkpoint, in C2SP's tlog-proof; "" where no key signs.
    """

    number: int
    kind: str
    at: str
    public: dict[str, Any]
    personal: dict[str, Any] | None
    proof: str


class Logic(_Told, frozen=True, kw_only=True):
    """How a theme comes about: evidence of each kind of behaviour in thousandths, and when it is enough."""

    kind_thousandths: dict[str, int]
    threshold_thousandths: int
    lapse_days: int | None


class Answer(_Told, frozen=True, kw_only=True, tag_field="format", tag=FORMAT):
    """Everything held about one person, at one instant.

    Attributes:
        person_id: whose; the one place where it stands.
        held: False: nothing is held; the rest is empty then.
    """

    made_at: datetime
    person_id: str
    held: bool
    controller: Controller
    laws: tuple[Law, ...] = ()
    country: str | None = None
    region: str | None = None
    birth_date: date | None = None
    behaviours: tuple[Behaviour, ...] = ()
    themes: tuple[Theme, ...] = ()
    recipients: tuple[Recipient, ...] = ()
    permissions: tuple[Permission, ...] = ()
    stops: tuple[Stop, ...] = ()
    requests: tuple[Asked, ...] = ()
    ledger: tuple[Proved, ...] = ()
    logic: Logic


class Portable(_Told, frozen=True, kw_only=True, tag_field="format", tag="haechi-portable-1"):
    """What the person provided, to be taken elsewhere: no theme, no score, nothing that was worked out."""

    made_at: datetime
    person_id: str
    country: str | None
    region: str | None
    birth_date: date | None
    behaviours: tuple[Behaviour, ...]
    permissions: tuple[Permission, ...]


def portable(answer: Answer) -> Portable:
    """The part of an answer that the right to portability is about."""
    return Portable(
        made_at=answer.made_at,
        person_id=answer.person_id,
        country=answer.country,
        region=answer.region,
        birth_date=answer.birth_date,
        behaviours=answer.behaviours,
        permissions=answer.permissions,
    )


def as_json(told: Answer | Portable) -> bytes:
    """The answer for machines: UTF-8 JSON, laid out for reading; instants are UTC."""
    return msgspec.json.format(msgspec.json.encode(told), indent=1) + b"\n"
