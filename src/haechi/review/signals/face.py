"""A protected person's face is in the ad's picture.

Faces are only there where the ad was suspected for another reason and the operator supplies models
(`review.images.faces`). The score is the cosine of the two faces moved to 0.5 at the limit and 1 at equality.
"""

from typing import Final

from haechi.review.ads import Fact, Signal
from haechi.review.case import Case
from haechi.review.images.faces import LIMIT
from haechi.review.permission_to_name import authorised

NAME: Final = "face"
VERSION: Final = "2"


def find(case: Case) -> tuple[Signal, ...]:
    """One signal for each party whose face is there; `value` is the party_id.

    Its params: `authorised` (yes, no) is whether the advertiser may wear that party.
    """
    if case.picture is None:
        return ()
    found = [
        Signal(
            name=NAME,
            version=VERSION,
            score=min(1.0, max(0.0, 0.5 + 0.5 * (cosine - LIMIT) / (1 - LIMIT))),
            value=party,
            params={
                "party_id": party,
                "cosine": f"{cosine:.2f}",
                "authorised": "yes" if authorised(case, party) else "no",
            },
            evidence=(box, Fact("face_of", party)),
        )
        for party, cosine, box in case.picture.faces
    ]
    return tuple(sorted(found, key=lambda one: (-one.score, one.value)))
