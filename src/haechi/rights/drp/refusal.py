"""Why a message is not taken, as the protocol says it (DRP 1.0, section 3.06)."""

from haechi.errors import HaechiError


class RefusedError(HaechiError):
    """A message that is not taken.

    Attributes:
        status: the HTTP status to answer with.
        fatal: sending it again changes nothing.
    """

    def __init__(self, status: int, message: str, *, fatal: bool = False) -> None:
        self.status = status
        self.fatal = fatal
        super().__init__(message)
