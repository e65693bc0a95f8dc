"""How large an XLSX would become in memory, found out before it is opened.

A sheet is held as a full rectangle up to its last cell: one blank typed into the last column of a long sheet would
take tens of gigabytes.
"""

import re
import zipfile
from pathlib import Path
from typing import Final, NoReturn

from haechi.errors import DataError, Fault, FaultKind

_MOST_CELLS: Final = 30_000_000
"""Of one sheet; about a gigabyte. A million rows of ours are half of it."""
_MOST_BYTES: Final = 4 * 1024**3
_CHUNK: Final = 4 * 1024**2
_OVERLAP: Final = 64
_PLACE: Final = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')


def check_size(sheet: Path, *, most_bytes: int = _MOST_BYTES) -> None:
    """Refuses what is no XLSX, and one that is too large to open.

    Args:
        sheet: the file.
        most_bytes: of all its parts, unpacked.

    Raises:
        DataError: naming the file and, of a stray cell, its column and row.
    """
    try:
        with zipfile.ZipFile(sheet) as parts:
            if sum(part.file_size for part in parts.infolist()) > most_bytes:
                _refuse(sheet, None, f"a workbook of at most {most_bytes:,} bytes, unpacked")
            for part in parts.namelist():
                if part.startswith("xl/worksheets/") and part.endswith(".xml"):
                    _check_part(sheet, parts, part)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as fault:
        if isinstance(fault, OSError) and fault.errno is not None:
            raise
        _refuse(sheet, None, "an XLSX file that can be read, without a password")


def _check_part(sheet: Path, parts: zipfile.ZipFile, part: str) -> None:
    columns: set[bytes] = set()
    last = 0
    rest = b""
    with parts.open(part) as file:
        while data := file.read(_CHUNK):
            found = _PLACE.findall(rest + data)
            columns.update(column for column, _ in found)
            last = max(last, max((int(row) for _, row in found), default=0))
            rest = data[-_OVERLAP:]
    widest = max((_number(column) for column in columns), default=0)
    if widest * last > _MOST_CELLS:
        column = max(columns, key=_number).decode()
        value = f"cells up to column {column} and row {last:,}"
        _refuse(
            sheet, value, "a sheet without stray cells far outside its table; delete those rows and columns"
        )


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def _refuse(sheet: Path, value: str | None, expected: str) -> NoReturn:
    fault = Fault(str(sheet), None, None, value, expected + ".")
    raise DataError([FaultKind("Sheets that cannot be read", 1, (fault,))])
