"""What exactly a decision is about: the ad as submitted, its picture, and the page behind it as it was seen."""

import hashlib
from collections.abc import Sequence
from typing import Any, Final

import msgspec

from haechi.review.ads import Ad
from haechi.review.case import Visit

_SORTED: Final = msgspec.json.Encoder(order="sorted")


def content_hash(ad: Ad, picture: str | None) -> str:
    """SHA-256 of what was submitted: every field but when, and the picture.

    Args:
        ad: as submitted.
        picture: SHA-256 of the picture's bytes, or None.
    """
    fields = _said(msgspec.structs.replace(ad, image=picture))
    del fields["submitted_at"]
    return hashlib.sha256(_SORTED.encode(fields)).hexdigest()


def landing_hash(visits: Sequence[Visit]) -> str | None:
    """SHA-256 of the page behind an ad as its visitors saw it, or None where nobody looked.

    When it was visited does not count, so that the same page has the same hash.
    """
    if not visits:
        return None
    seen = [
        (
            visit.profile,
            visit.final_url,
            visit.status,
            visit.failure,
            visit.title,
            visit.text_hash,
            sorted(visit.links),
            sorted(visit.form_fields),
        )
        for visit in sorted(visits, key=lambda visit: visit.profile)
    ]
    return hashlib.sha256(_SORTED.encode(seen)).hexdigest()


def ad_hash(content: str, landing: str | None) -> str:
    """SHA-256 of both: what a decision belongs to, and nothing else."""
    return hashlib.sha256(f"{content}\n{landing or ''}".encode()).hexdigest()


def _said(told: msgspec.Struct) -> dict[str, Any]:
    """The fields that say something: one that a later version of Haechi adds leaves older hashes as they are."""
    found = {}
    for field in msgspec.structs.fields(told):
        value = getattr(told, field.name)
        if value != field.default:
            found[field.name] = _said(value) if isinstance(value, msgspec.Struct) else value
    return found
