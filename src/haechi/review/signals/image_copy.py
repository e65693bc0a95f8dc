"""The ad's picture shows a picture that is known: a rejected creative, or a protected party's own.

From a score of 0.95 on it is evidence by itself; below it is a hint for a person (`review.images.alignment`).
"""

from typing import Final

from haechi.review.ads import Fact, Signal
from haechi.review.case import Case
from haechi.review.images.bank import known
from haechi.review.permission_to_name import authorised

NAME: Final = "image-copy"
VERSION: Final = "1"


def find(case: Case) -> tuple[Signal, ...]:
    """One signal for each known picture; `value` is its identifier, `kind` in `params` is `rejected` or `party`.

    A party's picture also names the `party_id`, and whether the advertiser may wear that party (`authorised`: `yes`
    or `no`) at the instant of the ad.
    """
    if case.picture is None:
        return ()
    found = [_signal(case, identifier, score) for identifier, score in case.picture.copies]
    return tuple(sorted(found, key=lambda one: (-one.score, one.value)))


def _signal(case: Case, identifier: str, score: float) -> Signal:
    told = known(identifier)
    params: dict[str, str] = {"kind": told.kind}
    if told.kind == "party":
        params |= {"party_id": told.of, "authorised": "yes" if authorised(case, told.of) else "no"}
    else:
        params["ad_id"] = told.of
    return Signal(
        name=NAME,
        version=VERSION,
        score=score,
        value=identifier,
        params=params,
        evidence=(Fact("picture_shows", identifier),),
    )
