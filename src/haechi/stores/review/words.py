"""The words of ad review's lasting side, and its own errors."""

from typing import Annotated, Final, Literal, get_args

import msgspec

from haechi.errors import UsageError
from haechi.stores.ingest import ConflictError

Reviewed = Literal["submitted", "screening", "approved", "held", "rejected"]
"""What review says of an ad. submitted: taken in, and its examination failed or was cut off; it is taken up again."""
Run = Literal["idle", "live", "paused", "expired"]
State = Literal["submitted", "screening", "approved", "held", "rejected", "live", "paused", "expired"]
Cause = Literal[
    "submission", "change", "landing", "sweep", "notice", "failure", "review", "cluster", "appeal"
]
"""Why a decision was made."""
Automated = Literal["FULLY", "PARTIALLY", "NOT"]
"""How much of a decision a machine made; in the words of the DSA's transparency database.

FULLY: all of it. PARTIALLY: a person decided one ad, and the machine its copies. NOT: a person decided this ad.
"""
JobKind = Literal["review", "appeal", "suspension", "suspension-appeal", "golden"]
Verdict = Literal["approve", "reject"]
"""What a person says of an ad."""
NoticeSource = Literal["ART16", "TRUSTED_FLAGGER", "AUTHORITY", "VICTIM", "USER", "VOLUNTARY"]
NOTICE_SOURCES: Final[tuple[NoticeSource, ...]] = get_args(NoticeSource)
NoticeResult = Literal["acted", "partly", "refused"]
AppealOutcome = Literal["uphold", "overturn", "modify"]
SuspensionAppealOutcome = Literal["uphold", "lift"]

RUNNING: Final[tuple[Run, ...]] = ("idle", "live")
"""In which an approved ad may run."""
MACHINE: Final = "screening"
"""Who decided what a machine decided."""
LONGEST_WORDS: Final = 4_000
"""Characters of a reason, a comment, a notice or an appeal."""


Name = Annotated[str, msgspec.Meta(max_length=500)]
"""A text of one line, as it may come over HTTP."""
Names = Annotated[tuple[Name, ...], msgspec.Meta(max_length=200)]
Words = Annotated[str, msgspec.Meta(max_length=LONGEST_WORDS)]
Country = Annotated[str, msgspec.Meta(pattern="^[A-Z]{2}$")]


class WordsError(UsageError):
    """Words that say nothing, or too many."""


class AppealedError(ConflictError):
    """It was appealed already."""


class LateAppealError(UsageError):
    """The months in which an appeal comes in time are over."""


class NothingToAppealError(UsageError):
    """What was decided holds no longer, or there is nothing in it to appeal."""


class StaleError(ConflictError):
    """The ad is not any more what was looked at: nothing was decided."""


class TakenError(ConflictError):
    """Somebody else has the job, or decided it."""
