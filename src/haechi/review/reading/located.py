"""Where the tables are, and all of them but the ads read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec

from haechi.errors import DataError, Fault, FaultKind, UsageError
from haechi.review.ads import Ad, Advertiser, Authorisation, Licence, ProtectedParty
from haechi.review.case import World
from haechi.review.reading.table import Table
from haechi.terms.row_files import form_of

_FORMS: Final = (".jsonl", ".ndjson", ".csv", ".parquet")
_PACKED: Final = ("", ".gz", ".zst")
_TABLES: Final[Mapping[str, type[msgspec.Struct]]] = {
    "advertisers": Advertiser,
    "protected_parties": ProtectedParty,
    "authorisations": Authorisation,
    "licences": Licence,
}
_ALSO: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "advertisers": {
        "advertiser_id": ("id",),
        "chat_accounts": ("verified_chat_accounts",),
        "legal_name": ("name",),
        "display_names": ("display_name",),
    },
    "protected_parties": {
        "party_id": ("id",),
        "names": ("name",),
        "aliases": ("kana", "romaji", "readings"),
    },
    "authorisations": {"party_id": ("party",), "advertiser_id": ("advertiser",), "expires_at": ("expires",)},
    "licences": {"registered_name": ("name",)},
}
_MISSING: Final = {
    "advertisers": "nobody's account can be looked at",
    "protected_parties": "nobody's name, domain or picture is protected",
    "authorisations": "nobody is allowed to wear a protected name",
    "licences": "no licence agrees with any register",
}
Notice = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Located:
    """What is there.

    Attributes:
        ads: the file of ads.
        folder: in which the tables and pictures are.
        tables: each table that is there to its file.
    """

    ads: Path
    folder: Path
    tables: Mapping[str, Path]


def locate(ads: str) -> Located:
    """The ads, and the tables beside them.

    Args:
        ads: a file, or a folder with a file called `ads`.

    Raises:
        UsageError: there is none, or one table is there in two forms.
    """
    place = Path(ads)
    if place.is_dir():
        found = _one(place, "ads")
        if found is None:
            raise UsageError(
                f"{ads}: found no file ads.jsonl, ads.csv or ads.parquet; expected one in the folder."
            )
        place = found
    if not place.is_file():
        raise UsageError(f"{ads}: found no such file; expected a file of ads, or a folder with one.")
    if form_of(str(place)) not in _FORMS:
        raise UsageError(f"{ads}: expected .jsonl, .csv or .parquet, also with .gz or .zst.")
    folder = place.parent
    tables = {name: file for name in _TABLES if (file := _one(folder, name)) is not None}
    return Located(place, folder, tables)


def read_ads(located: Located) -> Table[Ad]:
    """The ads in their order; iterate it to read them."""
    return Table(str(located.ads), Ad)


def read_world(located: Located, notice: Notice) -> World:
    """Everything beside the ads.

    Args:
        located: where it is.
        notice: told what is missing and what is not read.

    Raises:
        DataError: a table cannot be read, or says one thing twice.
    """
    read: dict[str, list[Any]] = {}
    for name, form in _TABLES.items():
        file = located.tables.get(name)
        if file is None:
            notice(f"found no table {name} beside the ads: {_MISSING[name]}.")
            read[name] = []
            continue
        table: Table[Any] = Table(str(file), form, also=_ALSO[name])
        read[name] = list(table)
        if table.unread:
            notice(f"{file}: not read: {', '.join(sorted(table.unread))}.")
    return World(
        advertisers=_by(located, "advertisers", read["advertisers"], "advertiser_id"),
        parties=_by(located, "protected_parties", read["protected_parties"], "party_id"),
        authorisations=tuple(read["authorisations"]),
        licences=tuple(read["licences"]),
    )


def _one(folder: Path, name: str) -> Path | None:
    there = [
        file for form in _FORMS for packed in _PACKED if (file := folder / f"{name}{form}{packed}").is_file()
    ]
    if len(there) > 1:
        raise UsageError(
            f"found {' and '.join(file.name for file in there)} in {folder}; expected one of them."
        )
    return there[0] if there else None


def _by(located: Located, table: str, rows: list[Any], key: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for number, row in enumerate(rows, start=1):
        identifier = getattr(row, key)
        if identifier in found:
            fault = Fault(str(located.tables[table]), number, key, identifier, "each identifier once.")
            raise DataError([FaultKind(f"{table} that are there twice", 1, (fault,))])
        found[identifier] = row
    return found
