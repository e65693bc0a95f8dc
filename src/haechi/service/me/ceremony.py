"""The ceremonies of WebAuthn Level 3, by the library `webauthn`: adding a passkey (7.1), signing in by one (7.2).

Every passkey verifies who holds it and is discoverable: nobody types a name, so that nobody can try names. What the
library leaves to us is here: a framed page of another site is refused, and so is a credential under another's handle.
"""

import hmac
import json
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from cbor2 import CBORDecodeError
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, parse_authentication_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from haechi.service.me.site import Site
from haechi.stores.identity.passkeys import Passkey

_TIMEOUT: Final = 300_000
"""Milliseconds: as long as a challenge holds."""
_LARGEST: Final = 16_384
"""Bytes of an answer; an attestation that was not asked for may come along."""
_FAULTS: Final = (
    WebAuthnException,
    CBORDecodeError,
    InvalidSignature,
    UnsupportedAlgorithm,
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    RecursionError,
)
"""What reading an answer can raise that somebody made up."""
_NOBODYS_KEY: Final = bytes.fromhex(
    "a5010203262001215820" "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
    "225820" "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
)  # fmt: skip
"""The base point of P-256: what the answer of an unknown passkey is verified with, so that it takes as long."""


class NotShownError(Exception):
    """The answer shows nothing."""


class Added(NamedTuple):
    """A passkey that was added.

    Attributes:
        credential_id: as the authenticator knows it.
        public_key: COSE.
        sign_count: what it counts.
    """

    credential_id: bytes
    public_key: bytes
    sign_count: int


class Named(NamedTuple):
    """Which passkey an answer says it is.

    Attributes:
        credential_id: as the authenticator knows it.
        user_handle: as the authenticator knows the person; None where it did not say.
    """

    credential_id: bytes
    user_handle: bytes | None


def sign_in_options(site: Site, challenge: bytes, allowed: Sequence[Passkey] = ()) -> dict[str, Any]:
    """What the browser needs to sign in; with no passkey named, the person chooses one of theirs."""
    options = generate_authentication_options(
        rp_id=site.rp_id,
        challenge=challenge,
        timeout=_TIMEOUT,
        allow_credentials=[PublicKeyCredentialDescriptor(id=one.credential_id) for one in allowed] or None,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return dict(json.loads(options_to_json(options)))


def add_options(
    site: Site, challenge: bytes, *, handle: bytes, called: str, held: Sequence[Passkey]
) -> dict[str, Any]:
    """What the browser needs to make a passkey.

    Args:
        site: whose.
        challenge: to be signed.
        handle: what the authenticator knows the person by.
        called: what the person reads in the list of their passkeys; nothing of the person.
        held: the passkeys that the person has: an authenticator makes no second one.
    """
    options = generate_registration_options(
        rp_id=site.rp_id,
        rp_name=site.rp_id,
        user_name=called,
        user_id=handle,
        challenge=challenge,
        timeout=_TIMEOUT,
        exclude_credentials=[PublicKeyCredentialDescriptor(id=one.credential_id) for one in held],
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
    )
    return dict(json.loads(options_to_json(options)))


def verify_added(site: Site, answer: bytes, challenge: bytes) -> Added:
    """The passkey that an answer brings.

    Raises:
        NotShownError: the answer is not to this challenge, not from this site, or verified nobody.
    """
    try:
        credential = _read(answer)
        found = verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=site.rp_id,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except _FAULTS:
        raise NotShownError from None
    return Added(found.credential_id, found.credential_public_key, found.sign_count)


def named(answer: bytes) -> Named:
    """Which passkey an answer says it is; nothing of it is verified yet.

    Raises:
        NotShownError: it is no answer.
    """
    try:
        credential = parse_authentication_credential_json(_read(answer))
    except _FAULTS:
        raise NotShownError from None
    return Named(credential.raw_id, credential.response.user_handle)


def verify_signed(site: Site, answer: bytes, challenge: bytes, passkey: Passkey | None) -> int:
    """The count of a passkey that signed the challenge.

    Args:
        site: where.
        answer: what the browser sent.
        challenge: what was to be signed.
        passkey: which it says it is; None: an unknown one, with which it takes as long and is refused.

    Raises:
        NotShownError: it did not sign, or signed for another site, or its count did not go on: it was copied.
    """
    try:
        found = verify_authentication_response(
            credential=_read(answer),
            expected_challenge=challenge,
            expected_rp_id=site.rp_id,
            expected_origin=site.origin,
            credential_public_key=_NOBODYS_KEY if passkey is None else passkey.public_key,
            credential_current_sign_count=0 if passkey is None else passkey.sign_count,
            require_user_verification=True,
        )
        handle = named(answer).user_handle
    except _FAULTS:
        raise NotShownError from None
    if passkey is None or not passkey.usable:
        raise NotShownError
    if handle is not None and not hmac.compare_digest(handle, passkey.user_handle):
        raise NotShownError
    return found.new_sign_count


def _read(answer: bytes) -> dict[str, Any]:
    """An answer as JSON, from no page that another site framed.

    Raises:
        ValueError: it is none.
    """
    if len(answer) > _LARGEST:
        raise ValueError("too long")
    credential = json.loads(answer)
    told = json.loads(base64url_to_bytes(credential["response"]["clientDataJSON"]))
    if told.get("crossOrigin"):
        raise ValueError("framed")
    return dict(credential)
