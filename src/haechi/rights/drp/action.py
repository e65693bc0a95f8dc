"""Which of our requests an agent's action is, and whether the law it is made under is one of the person's."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final

from haechi.law import LawPack, request_rule
from haechi.rights.drp.refusal import RefusedError
from haechi.rights.effect import Wanted
from haechi.terms.words import RequestKind

REGIMES: Final[Mapping[str, str]] = {"ccpa": "us-ca-cpra"}
"""The protocol's regimes, with the law pack of each."""
ACTIONS: Final[Mapping[str, tuple[RequestKind, Wanted]]] = {
    "access": ("access", Wanted()),
    "access:categories": ("access", Wanted()),
    "access:specific": ("access", Wanted()),
    "deletion": ("erasure", Wanted()),
    # Sale is what the signal of the same name ends: telling others (Cal. Civ. Code §1798.120(a)).
    "sale:opt-out": ("objection", Wanted(purposes=("disclosure",))),
}
"""The protocol's actions, with what they are here.

`sale:opt-in` is not among them: it is a consent, which needs a notice that the person was shown and a record that
proves it, and a message of an agent has neither.
"""


def meant(exercise: str, regime: str | None) -> tuple[RequestKind, Wanted]:
    """The request that an action is.

    Raises:
        RefusedError: we do not take such an action, or do not know such a regime.
    """
    if exercise not in ACTIONS:
        raise RefusedError(400, "Unsupported rights actions submitted.", fatal=True)
    if regime is not None and regime not in REGIMES:
        raise RefusedError(400, f"Unsupported regime; expected {', '.join(REGIMES)} or none.", fatal=True)
    return ACTIONS[exercise]


def is_covered(
    kind: RequestKind,
    regime: str | None,
    laws: Collection[str],
    packs: Mapping[str, LawPack],
    at: datetime,
) -> bool:
    """Whether the person has the right: by the law that the agent names, or by any other of theirs.

    Args:
        kind: of the request.
        regime: as the agent named it; None: it asks for a favour, and gets it.
        laws: of the person.
        packs: by identifier.
        at: when the request came, naive UTC.
    """
    if regime is None or REGIMES[regime] in laws:
        return True
    return any(law in packs and request_rule(packs[law], kind, at) is not None for law in laws)
