"""What a signed message says, and whether it was meant for us, now (DRP 1.0, sections 2.01, 2.04, 2.05 and 3.07)."""

from datetime import datetime
from typing import Annotated, Any, Final, TypeVar

import msgspec

from haechi.rights.addresses import is_https
from haechi.rights.drp.refusal import RefusedError
from haechi.terms.zones import naive

VERSION: Final = "1.0"
_Short = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
_Url = Annotated[str, msgspec.Meta(max_length=2_000)]


class Setup(msgspec.Struct, frozen=True, kw_only=True, rename={
    "agent_id": "agent-id", "business_id": "business-id", "issued_at": "issued-at", "expires_at": "expires-at",
    "version": "drp.version", "agent_request_id": "agent-request-id",
}):  # fmt: skip
    """From whom, to whom, and for how long: all of a key setup, and the first part of a request.

    Attributes:
        agent_id: who signs.
        business_id: to whom it is addressed.
        issued_at: ISO 8601; it counts from then on.
        expires_at: ISO 8601; it counts until then.
        version: of the protocol.
    """

    agent_id: _Short
    business_id: _Short
    issued_at: _Short
    expires_at: _Short
    version: _Short


class Exercise(Setup, frozen=True, kw_only=True):
    """A request; what it says of the person is read by `identity.claims_of`.

    Attributes:
        exercise: the action, such as `deletion`.
        regime: under which law it is made; None: voluntary.
        agent_request_id: the agent's own name of it.
        relationships: hints of what the person may be to us; nothing depends on them.
        status_callback: where the agent wants to be told how it stands.
    """

    exercise: _Short
    regime: _Short | None = None
    agent_request_id: _Short | None = None
    relationships: list[str] | None = None
    status_callback: _Url | None = None


class Revocation(msgspec.Struct, frozen=True, kw_only=True, rename={
    "agent_id": "agent-id", "business_id": "business-id", "issued_at": "issued-at", "expires_at": "expires-at",
}):  # fmt: skip
    """The end of a request. The protocol asks for a reason alone; what else is said must hold too.

    Attributes:
        reason: in the person's words; it is not kept.
    """

    reason: str | None = None
    agent_id: str | None = None
    business_id: str | None = None
    issued_at: _Short | None = None
    expires_at: _Short | None = None


_M = TypeVar("_M", Setup, Exercise, Revocation)


def said(message: bytes) -> dict[str, Any]:
    """What was signed, as JSON.

    Raises:
        RefusedError: it is not one JSON object in UTF-8.
    """
    try:
        fields = msgspec.json.decode(message)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        fields = None
    if not isinstance(fields, dict):
        raise RefusedError(400, "expected the signed message to be one JSON object in UTF-8.")
    return fields


def as_message(fields: dict[str, Any], kind: type[_M]) -> _M:
    """A message of a kind.

    Raises:
        RefusedError: a field is missing or is none that the protocol has.
    """
    try:
        return msgspec.convert(fields, kind)
    except msgspec.ValidationError as fault:
        # Its words name the field and the kind of value, never the value.
        raise RefusedError(400, f"the signed message is not as expected: {fault}.") from None


def check(message: Setup | Revocation, *, agent_id: str, business_id: str, now: datetime) -> None:
    """The last four steps of section 3.07, in its order; and the version.

    Args:
        message: after its signature was found good.
        agent_id: whose key that was.
        business_id: what we are called.
        now: naive UTC instant.

    Raises:
        RefusedError: the message is by or for somebody else, or not yet or no longer good.
    """
    if message.agent_id is not None and message.agent_id != agent_id:
        raise RefusedError(403, "agent-id is another agent's than that of the bearer token or the address.")
    if message.business_id is not None and message.business_id != business_id:
        raise RefusedError(403, "business-id names another business: the message is not for us.", fatal=True)
    if message.issued_at is not None and now <= _instant(message.issued_at, "issued-at"):
        raise RefusedError(400, "issued-at lies in the future: one of our clocks is wrong.")
    if message.expires_at is not None and expiry(message.expires_at) <= now:
        raise RefusedError(400, "expires-at is over: the message counts no longer.", fatal=True)
    if isinstance(message, Setup) and message.version != VERSION:
        raise RefusedError(400, f"drp.version is not spoken here; expected {VERSION}.", fatal=True)


def check_callback(url: str | None) -> None:
    """Whether an agent can be told at this address.

    Raises:
        RefusedError: it is none, or somebody could listen on the way.
    """
    if url is not None and not is_https(url):
        raise RefusedError(400, "status_callback: expected a URL with https.")


def expiry(written: str) -> datetime:
    """Until when a message counts, naive UTC.

    Raises:
        RefusedError: it is no ISO 8601 timestamp.
    """
    return _instant(written, "expires-at")


def _instant(written: str, name: str) -> datetime:
    try:
        return naive(datetime.fromisoformat(written))
    except (ValueError, OverflowError):
        raise RefusedError(
            400, f"{name}: expected an ISO 8601 timestamp such as 2026-11-01T00:00:00Z."
        ) from None
