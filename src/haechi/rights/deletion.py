"""What advertisers are told to delete: messages of IAB Tech Lab's Data Deletion Request Framework 2.0.

A request (rqJWT) holds the identifier by which the recipient knows the person, and inside it what the first party
signed (orJWT). The platform is the first party and the requester in one. Signing is the library's.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

import msgspec
from joserfc import jwt
from joserfc.jwk import ECKey

from haechi.ledger.seal import Master
from haechi.rights.addresses import is_https

VERSION: Final = "2.0"
SUCCESS: Final = 10_000
RESULTS: Final[Mapping[int, str]] = {
    SUCCESS: "success",
    10_010: "unknown_error",
    11_101: "or_domain_connection_failed",
    11_102: "or_dsrdelete_file_not_found",
    11_103: "or_jwksuri_not_found",
    11_104: "or_jwks_keys_file_not_found",
    11_105: "or_jwks_kid_not_found",
    11_201: "rq_domain_connection_failed",
    11_202: "rq_dsrdelete_file_not_found",
    11_203: "rq_jwksuri_not_found",
    11_204: "rq_jwks_keys_file_not_found",
    11_205: "rq_jwks_kid_not_found",
    12_101: "or_alg_claim_mismatch",
    12_201: "rq_alg_claim_mismatch",
    13_101: "or_invalid_token",
    13_102: "or_invalid_token_signature",
    13_103: "or_invalid_token_timestamp",
    13_104: "or_invalid_token_timestamp",
    13_201: "rq_invalid_token",
    13_202: "rq_invalid_token_signature",
    13_203: "rq_invalid_token_timestamp",
    13_204: "rq_invalid_token_timestamp_future",
    13_205: "rq_invalid_timestamp_sequence",
    14_201: "rq_unsupported_identifier_type",
    14_202: "rq_unsupported_identifier_format",
    14_203: "rq_incorrect_identifier_format",
    14_204: "rq_invalid_identifier_value",
}
"""The framework's result codes, with their names."""
KEY_SET_PATH: Final = "/.well-known/iabtl/jwks.json"
_ALGORITHM: Final = "ES256"
_POLL_SECONDS: Final = 86_400
_PSEUDONYM: Final = b"haechi pseudonym\0"
_DOMAIN: Final = re.compile(
    r"(?=.{1,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]\Z"
)


class Identifier(msgspec.Struct, frozen=True):
    """By what a recipient knows a person.

    Attributes:
        value: the identifier.
        type: what it is, as the recipient's dsrdelete.json is to name it.
        format: how it is written.
    """

    value: str
    type: str
    format: str


class Issuer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who the platform is to others.

    Attributes:
        domain: at whose root they look for dsrdelete.json.
        endpoint: where others send deletion requests to; Haechi takes none itself.
    """

    domain: str
    endpoint: str

    def __post_init__(self) -> None:
        """Refuses what others could not find or trust.

        Raises:
            ValueError: the domain is none, or the endpoint is no https URL.
        """
        if not _DOMAIN.match(self.domain):
            raise ValueError(f"domain: {self.domain[:80]!r} is none; expected one such as example.com")
        if not is_https(self.endpoint):
            raise ValueError("endpoint: expected a URL with https")


def platform_identifier(person_id: str) -> Identifier:
    """The platform's own identifier, for who learned it from another system."""
    return Identifier(person_id, "platform_id", "text")


def pseudonym(master: Master, advertiser_id: str, person_id: str) -> Identifier:
    """A name of a person that is one advertiser's alone: two advertisers find nothing in common between theirs.

    Args:
        master: the key; whoever lacks it can tell no pseudonym from chance.
        advertiser_id: whose.
        person_id: of whom.
    """
    about = msgspec.json.encode([advertiser_id, person_id])
    value = hmac.digest(master.key, _PSEUDONYM + about, hashlib.sha256).hex()
    return Identifier(value, "pairwise_pseudonym", "hex")


def signed_request(
    identifier: Identifier, *, deletion_id: str, issuer: Issuer, key: ECKey, now: datetime
) -> str:
    """A deletion request as a recipient gets it.

    The first party's part is another for each recipient, though it says nothing that differs: were it the same, two
    advertisers could see by it that they were told of one person.

    Args:
        identifier: by what the recipient knows the person.
        deletion_id: random; `jti` of the request, and the beginning of that of the first party's part.
        issuer: who asks.
        key: a P-256 key that signs.
        now: naive UTC instant.
    """
    stamp = {"version": VERSION, "iss": issuer.domain, "iat": int(now.replace(tzinfo=UTC).timestamp())}
    origin = _signed({**stamp, "jti": f"{deletion_id}.or"}, key)
    return _signed(
        {
            **stamp,
            "jti": deletion_id,
            "orJWT": origin,
            "identifierValue": identifier.value,
            "identifierType": identifier.type,
            "identifierFormat": identifier.format,
        },
        key,
    )


def discovery(issuer: Issuer) -> dict[str, Any]:
    """What dsrdelete.json says of the platform: where its keys are, and that it takes no identifiers itself."""
    return {
        "endpoint": issuer.endpoint,
        "pollFrequency": _POLL_SECONDS,
        "identifiers": [],
        "jwksUri": f"https://{issuer.domain}{KEY_SET_PATH}",
        "vendorScriptRequirement": False,
    }


def key_set(key: ECKey) -> dict[str, Any]:
    """The public half, as others fetch it (RFC 7517); the framework requires `alg` and `kid`."""
    public = {**key.as_dict(private=False), "kid": key.thumbprint(), "alg": _ALGORITHM, "use": "sig"}
    return {"pollFrequency": _POLL_SECONDS, "keys": [public]}


def _signed(claims: dict[str, Any], key: ECKey) -> str:
    return jwt.encode({"alg": _ALGORITHM, "kid": key.thumbprint()}, claims, key)
