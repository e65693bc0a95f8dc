"""How an agent's request stands, in the protocol's words (DRP 1.0, sections 3.02 and 3.03)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, Literal

import msgspec

from haechi.terms.words import Outcome, RequestKind
from haechi.terms.zones import with_zone

State = Literal["open", "in_progress", "fulfilled", "denied", "revoked", "expired"]
Reason = Literal[
    "need_user_verification",
    "suspected_fraud",
    "insuf_verification",
    "no_match",
    "claim_not_covered",
    "outside_jurisdiction",
    "too_many_requests",
    "other",
]
FINAL: Final[frozenset[State]] = frozenset({"fulfilled", "denied", "revoked", "expired"})
TO_VERIFY: Final = timedelta(days=14)
"""How long a person has to show who they are; the law's clock runs meanwhile. Ours, no law's: time for a holiday."""
KEPT: Final = timedelta(days=60)
"""How long a result can be fetched after the answer (section 3.02)."""
_ESTIMATE: Final = timedelta(days=45)
"""By when to expect an answer where no law of the person names a day: the time of California, from whose practice the
protocol comes; see the law pack us-ca-cpra."""
_REASONS: Final[Mapping[str, Reason]] = {
    "IDENTITY_UNCONFIRMED": "insuf_verification",
    "IDENTITY_FAILURE": "insuf_verification",
    "NOT_VERIFIABLE": "insuf_verification",
    "FRAUDULENT": "suspected_fraud",
    "UNFOUNDED_EXCESSIVE": "too_many_requests",
    "MANIFESTLY_EXCESSIVE": "too_many_requests",
    "FORBIDDEN_ITEM": "claim_not_covered",
    "EXEMPT_DATA": "claim_not_covered",
    "ERASURE_EXCEPTION": "claim_not_covered",
    "NOT_PROVIDED_BY_PERSON": "claim_not_covered",
}
"""What a ground of refusal is called; all others are `other`, and `processing_details` has the words."""


class Status(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a request stands; fields as in section 3.03, instants in UTC with their zone."""

    request_id: str
    status: State
    received_at: datetime
    expected_by: datetime | None = None
    agent_request_id: str | None = None
    reason: Reason | None = None
    processing_details: str | None = None
    user_verification_url: str | None = None
    results_url: str | None = None
    expires_at: datetime | None = None


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """An agent's request as it is kept. Instants are naive UTC.

    Attributes:
        request_id: ours, a UUID.
        agent_request_id: the agent's, or None.
        received_at: when it came.
        verify_until: until when the person may show who they are; None: nothing has to be shown.
        denied: why nothing came of it, or None.
        revoked_at: when the agent took it back, or None.
        verification_url: where the person shows who they are, or None.
        results_url: where the person finds what was asked for, or None.
    """

    request_id: str
    agent_request_id: str | None
    received_at: datetime
    verify_until: datetime | None
    denied: Reason | None
    revoked_at: datetime | None
    verification_url: str | None
    results_url: str | None


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """How our own request stands that came of it.

    Attributes:
        kind: what is asked.
        outcome: open, granted, partly or refused.
        ground: of a refusal, or None.
        reason: in words, for the person.
        extension_reason: why it takes longer, or empty.
        due_at: first instant at which an answer is late, or None.
        answered_at: or None.
    """

    kind: RequestKind
    outcome: Outcome
    ground: str | None
    reason: str
    extension_reason: str
    due_at: datetime | None
    answered_at: datetime | None


def status_of(asked: Asked, progress: Progress | None, *, now: datetime) -> Status:
    """How a request stands.

    Args:
        asked: the agent's request.
        progress: ours that came of it; None where none did, or not yet.
        now: naive UTC instant.
    """
    return with_zone(_as_it_stands(asked, progress, now))


def _as_it_stands(asked: Asked, progress: Progress | None, now: datetime) -> Status:
    status = Status(
        request_id=asked.request_id,
        agent_request_id=asked.agent_request_id,
        received_at=asked.received_at,
        status="in_progress",
    )
    if asked.revoked_at is not None:
        return msgspec.structs.replace(status, status="revoked")
    if asked.denied is not None:
        return msgspec.structs.replace(status, status="denied", reason=asked.denied)
    if progress is not None:
        return _as_ours(status, asked, progress, now)
    if asked.verify_until is not None and asked.verify_until <= now:
        return msgspec.structs.replace(
            status,
            status="denied",
            reason="insuf_verification",
            processing_details="The person did not show in time who they are.",
        )
    return msgspec.structs.replace(
        status,
        reason="need_user_verification",
        user_verification_url=asked.verification_url,
        expires_at=asked.verify_until,
        expected_by=asked.received_at + _ESTIMATE,
    )


def _as_ours(status: Status, asked: Asked, progress: Progress, now: datetime) -> Status:
    details = progress.reason or progress.extension_reason or None
    if progress.outcome == "open":
        expected_by = progress.due_at or asked.received_at + _ESTIMATE
        return msgspec.structs.replace(status, expected_by=expected_by, processing_details=details)
    if progress.outcome == "refused":
        return msgspec.structs.replace(
            status,
            status="denied",
            reason=_REASONS.get(progress.ground or "", "other"),
            processing_details=details,
        )
    # The protocol has no word for a part: what is held back is said in words.
    if progress.kind != "access":
        return msgspec.structs.replace(status, status="fulfilled", processing_details=details)
    expires_at = (progress.answered_at or now) + KEPT
    if expires_at <= now:
        return msgspec.structs.replace(status, status="expired", expires_at=expires_at)
    return msgspec.structs.replace(
        status,
        status="fulfilled",
        processing_details=details,
        results_url=asked.results_url,
        expires_at=expires_at,
    )
