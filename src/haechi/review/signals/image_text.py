"""The ad's picture could not be examined: it is refused, or it holds text that nobody read."""

from typing import Final

from haechi.review.ads import Fact, Signal
from haechi.review.case import Case

NAME: Final = "image-refused"
UNREAD: Final = "image-text-unread"
VERSION: Final = "1"
_UNREAD_SCORE: Final = 0.9
"""`dense_text` was said of 2 of 89 photographs and of none of 360 synthetic pictures without words, and of all of 120
synthetic text creatives (`benchmarks/ad_images.py`)."""


def find(case: Case) -> tuple[Signal, ...]:
    """`image-refused` with the failure as `value`, or `image-text-unread`; never both."""
    picture = case.picture
    if picture is None:
        return ()
    if picture.failure is not None:
        evidence = (Fact("picture_refused", picture.failure),)
        return (Signal(name=NAME, version=VERSION, score=1.0, value=picture.failure, evidence=evidence),)
    if picture.dense_text and not picture.text_read:
        evidence = (Fact("picture_text", "much text, no engine read it"),)
        return (
            Signal(name=UNREAD, version=VERSION, score=_UNREAD_SCORE, value="dense-text", evidence=evidence),
        )
    return ()
