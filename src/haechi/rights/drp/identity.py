"""What an agent says of the person, and how much of it counts (DRP 1.0, section 3.04)."""

from collections.abc import Mapping
from typing import Any, Protocol

import msgspec


class Claims(msgspec.Struct, frozen=True, kw_only=True):
    """What the agent says that it verified; what it only heard is not here.

    Attributes:
        email: address, as the agent wrote it.
        phone_number: E.164.
        identifier: the platform's own identifier of the person, in the claim that the operator named for this agent.
    """

    email: str | None = None
    phone_number: str | None = None
    identifier: str | None = None


class FindPerson(Protocol):
    """Who the person of some verified claims is; the platform's operator knows how."""

    def __call__(self, claims: Claims) -> str | None:
        """The platform's identifier, or None where nobody, or more than one, fits all that is claimed."""


def by_identifier(claims: Claims) -> str | None:
    """Who the person is, where the agent says it by the platform's own identifier."""
    return claims.identifier


def claims_of(fields: Mapping[str, Any], *, identifier: str | None) -> Claims | None:
    """What a message says of the person and says that it verified; None where that is nothing.

    A claim counts where another of its name with `_verified` is true, and not otherwise: whoever may write a name
    into a form must not learn by it whether we know such a person, nor stop or erase anything of theirs.

    Args:
        fields: the signed message.
        identifier: the claim in which this agent carries the platform's own identifiers, or None.
    """
    counted = {
        "email": _verified(fields, "email"),
        "phone_number": _verified(fields, "phone_number"),
        "identifier": None if identifier is None else _verified(fields, identifier),
    }
    return Claims(**counted) if any(counted.values()) else None


def _verified(fields: Mapping[str, Any], name: str) -> str | None:
    value = fields.get(name)
    if fields.get(f"{name}_verified") is True and isinstance(value, str) and value.strip():
        return value.strip()
    return None
