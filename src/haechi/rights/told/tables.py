"""An answer as tables for a spreadsheet: CSV files in one archive."""

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec

from haechi.rights.answer import Answer
from haechi.sensitivity.review.cells import FORMULA

_STARTS: Final = frozenset(FORMULA)
_UNSEEN: Final = " \u200b\u200c\u200d\u2060\ufeff\u00a0\u3000"


def answer_tables(answer: Answer) -> bytes:
    """The tables of an answer as a ZIP archive; each has the names of its fields as the first row.

    A text that a spreadsheet would run as a formula gets an apostrophe before it (OWASP, CSV Injection).
    """
    reasons = [(theme.theme_id, reason) for theme in answer.themes for reason in theme.why]
    files = {
        "behaviours": _table(answer.behaviours),
        "themes": _table(answer.themes, without=("why",)),
        "reasons": _table(
            [reason for _, reason in reasons], before=("theme_id", [one for one, _ in reasons])
        ),
        "recipients": _table(answer.recipients),
        "permissions": _table(answer.permissions),
        "stops": _table(answer.stops),
        "requests": _table(answer.requests),
        "ledger": _table(answer.ledger, without=("proof",)),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            # The mark tells spreadsheets that it is UTF-8.
            archive.writestr(f"{name}.csv", "\ufeff" + text)
    return out.getvalue()


def _table(
    rows: Sequence[msgspec.Struct],
    *,
    without: Sequence[str] = (),
    before: tuple[str, Sequence[str]] | None = None,
) -> str:
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    if rows:
        names = [name for name in rows[0].__struct_fields__ if name not in without]
        writer.writerow([*((before[0],) if before else ()), *names])
        for place, row in enumerate(rows):
            first = (before[1][place],) if before else ()
            writer.writerow(_cells((*first, *(getattr(row, name) for name in names))))
    return out.getvalue()


def _cells(values: Iterable[Any]) -> Iterable[str]:
    for value in values:
        text = _cell(value)
        yield f"'{text}" if isinstance(value, str | tuple) and text.lstrip(_UNSEEN)[:1] in _STARTS else text


def _cell(value: Any) -> str:  # noqa: ANN401 - any field of an answer
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, tuple):
        return "; ".join(map(str, value))
    if isinstance(value, dict):
        return msgspec.json.encode(value).decode()
    return str(value)
