"""Requests of who is known by nothing but what they send: documents, facts, a new address, somebody's authority.

The answer is the same whether the person exists or not (GDPArrrrr: a firm that answers "we hold nothing" to strangers
tells them something). Who exists is told at the known addresses that somebody asked in their name.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Final, Literal

import msgspec
from sqlalchemy import Engine

from haechi.law import LawPack
from haechi.rights.effect import COOLING_OFF
from haechi.rights.identity import Acting, Asked, Assessment, Evidence, Standing, assess
from haechi.stores import schema
from haechi.stores.identity.limits import take
from haechi.stores.identity.notices import tell
from haechi.stores.numbers import number_of
from haechi.terms.words import RequestKind

ClaimedKind = Literal["document", "facts", "new-address", "agent"]
_MOST: Final = 20


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """A request that came to the operator's desk.

    Attributes:
        person_id: whose data is asked for.
        kind: what is asked.
        shown: what was sent along, each as often as it came.
        authority_verified: somebody acts for the person, and the desk saw the written authority.
    """

    person_id: str
    kind: RequestKind
    shown: Annotated[list[ClaimedKind], msgspec.Meta(max_length=_MOST)] = []
    authority_verified: bool = False


def weigh(
    engine: Engine, claim: Claim, packs: Mapping[str, LawPack], *, origin: str, now: datetime
) -> Assessment:
    """Whether a request at the desk may be acted on; if not, the known addresses of the person are told.

    Args:
        engine: the database.
        claim: what came.
        packs: the laws; all of them have their say, since the person's own would tell where the person lives.
        origin: of the people's page.
        now: naive UTC instant.
    """
    acting: Acting = "agent" if "agent" in claim.shown else "person"
    evidence = [
        Evidence(kind=kind, at=now, channel=str(place), verified=kind == "agent" and claim.authority_verified)
        for place, kind in enumerate(claim.shown)
    ]
    asked = Asked(kind=claim.kind, sensitive=True, changes_law=True)
    found = assess(evidence, asked, Standing(laws=tuple(packs), acting=acting), now=now)
    if found.verdict != "allowed":
        with engine.begin() as connection:
            person = number_of(connection, schema.people, "person", "person_id", claim.person_id)
            subject = f"nobody {claim.person_id}" if person is None else str(person)
            if take(connection, "claim-told-to-person", subject, now=now) and person is not None:
                tell(connection, person, "claim-refused", origin=origin, now=now, since=now - COOLING_OFF)
    return found
