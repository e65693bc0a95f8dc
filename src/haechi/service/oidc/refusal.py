"""Why somebody was not signed in: a kind, and never who tried."""

from typing import Final, Literal

Reason = Literal["unreachable", "denied", "begun-elsewhere", "not-verified", "nobody-here"]


class NotSignedInError(Exception):
    """Nobody was signed in.

    Attributes:
        reason: which kind of failure.
    """

    def __init__(self, reason: Reason) -> None:
        self.reason: Final[Reason] = reason
        super().__init__(reason)
