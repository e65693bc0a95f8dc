"""What a request does to the data, and when.

Whoever objects, restricts or withdraws is obeyed at once, before anybody looks at it: stopping too early harms
nobody, stopping too late is what the law is about (GDPR Art. 21(3), 7(3); PIPA Art. 37(1)-(3)). Erasure destroys and
waits a while, so that who did not ask for it can stop it; meanwhile everything is stopped.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Final

import msgspec

from haechi.errors import UsageError
from haechi.terms.countries import COUNTRIES
from haechi.terms.showing import shows
from haechi.terms.words import Category, Purpose, RequestKind

STOPPED: Final[Mapping[RequestKind, tuple[Purpose | None, ...]]] = {
    "objection": ("profiling", "advertising", "disclosure"),
    "restriction": (None,),
    "erasure": (None,),
}
"""The purposes that a kind of request stops from its receipt on; None: all, nothing but keeping is left."""
COOLING_OFF: Final = timedelta(hours=72)
"""How long erasure waits, while every known address of the person is told of it."""
_EARLIEST: Final = date(1900, 1, 1)
ANSWERED_WITH_DATA: Final[frozenset[RequestKind]] = frozenset({"access", "portability", "explanation"})
"""The kinds whose answer is the person's data: it leaves, and it must still be there when the answer is made."""


class Wanted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What exactly a request asks for; what is empty narrows nothing.

    Attributes:
        purposes: of an objection: only these are to stop.
        theme_id: of a rectification: a theme that is wrong about the person.
        country: of a rectification: where the person lives, ISO 3166-1 alpha-2.
        region: of a rectification: ISO 3166-2.
        birth_date: of a rectification: YYYY-MM-DD.
        purpose: of a withdrawal: only permissions for it.
        category: of a withdrawal: only permissions for it.
        words: what the person wrote beside it.
    """

    purposes: tuple[Purpose, ...] = ()
    theme_id: str | None = None
    country: Annotated[str, msgspec.Meta(pattern="^[A-Z]{2}$")] | None = None
    region: Annotated[str, msgspec.Meta(pattern="^[A-Z]{2}-[A-Z0-9]{1,3}$")] | None = None
    birth_date: Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d{2}-\d{2}$")] | None = None
    purpose: Purpose | None = None
    category: Category | None = None
    words: Annotated[str, msgspec.Meta(max_length=4_000)] = ""


_ALLOWED: Final[Mapping[RequestKind, frozenset[str]]] = {
    "objection": frozenset({"purposes"}),
    "withdrawal": frozenset({"purpose", "category"}),
    "rectification": frozenset({"theme_id", "country", "region", "birth_date"}),
}


def check_wanted(kind: RequestKind, wanted: Wanted) -> None:
    """Whether what is wanted goes with the kind of request.

    Raises:
        UsageError: it does not, or a rectification says nothing of what is wrong.
    """
    said = {name for name in wanted.__struct_fields__ if getattr(wanted, name) and name != "words"}
    allowed = _ALLOWED.get(kind, frozenset())
    if foreign := sorted(said - allowed):
        raise UsageError(
            f"a request for {kind} says {', '.join(foreign)}; expected {', '.join(sorted(allowed)) or 'words alone'}."
        )
    _check_corrections(wanted)
    if kind == "rectification" and not (said or shows(wanted.words)):
        raise UsageError("a request for rectification says nothing; expected what is wrong.")


def _check_corrections(wanted: Wanted) -> None:
    """Whether a place and a date of birth are ones."""
    if wanted.country is not None and wanted.country not in COUNTRIES:
        raise UsageError(f"unknown country {wanted.country}; expected an ISO 3166-1 alpha-2 code.")
    if wanted.region is not None and wanted.country is not None and wanted.region[:2] != wanted.country:
        raise UsageError(f"the region {wanted.region} is not in {wanted.country}; expected one that is.")
    if wanted.birth_date is not None:
        try:
            born = date.fromisoformat(wanted.birth_date)
        except ValueError:
            raise UsageError(f"no day {wanted.birth_date}; expected a date of birth as YYYY-MM-DD.") from None
        if not _EARLIEST <= born <= datetime.now(UTC).date():
            raise UsageError(f"a date of birth {born}; expected one from {_EARLIEST} to today.")


def stopped(kind: RequestKind, wanted: Wanted) -> tuple[Purpose | None, ...]:
    """What a request stops from its receipt on."""
    if kind == "objection" and wanted.purposes and "advertising" not in wanted.purposes:
        return wanted.purposes
    # An objection to advertising is one to the profiling for it (GDPR Art. 21(2)) and to telling advertisers.
    return STOPPED.get(kind, ())


def is_answered_at_once(kind: RequestKind, wanted: Wanted) -> bool:
    """Whether the request is granted by what it does at its receipt: nobody has to decide anything."""
    if kind == "rectification":
        # A theme that the person disowns is left at once; a place or a date of birth changes which law holds.
        return wanted.theme_id is not None and not (wanted.country or wanted.region or wanted.birth_date)
    return kind in ("objection", "restriction", "withdrawal")


def wants_answer(kind: RequestKind) -> bool:
    """Whether what is given to the person is data."""
    return kind in ANSWERED_WITH_DATA
