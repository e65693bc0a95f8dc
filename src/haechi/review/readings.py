"""The ways in which a text may be meant: as it stands, and read through its disguise."""

from haechi.review.plain import Plain, plain
from haechi.review.undisguised import undisguised


def readings(raw: str) -> tuple[Plain, ...]:
    """The plain form of a text, and where something in it is disguised, the form without the disguise."""
    first, second = plain(raw), undisguised(raw)
    return (first,) if second.text == first.text else (first, second)
