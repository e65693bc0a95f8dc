"""Records in the envelopes that the EU transparency database takes: 1 to 100 each, all taken or none."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from haechi.errors import DataError, Fault, FaultKind
from haechi.review.outgoing.record_rules import Record, faults

LARGEST: Final = 100
"""Statements that one call may carry."""
_SHOWN: Final = 20


def batches(records: Sequence[Record], *, file: str = "statements") -> list[dict[str, list[Record]]]:
    """The records in envelopes of 1 to 100, in their order; nothing is sent. No records: no envelope.

    Everything is checked before the first envelope: one wrong record makes the database refuse its whole envelope.

    Raises:
        DataError: a record breaks a rule, or two have one `puid`.
    """
    wrong = [fault for row, record in enumerate(records, 1) for fault in faults(record, file=file, row=row)]
    twice = _same_puid(records, file)
    kinds = [
        FaultKind(title, len(found), tuple(found[:_SHOWN]))
        for title, found in (("records that break a rule", wrong), ("records with one identifier", twice))
        if found
    ]
    if kinds:
        raise DataError(kinds)
    starts = range(0, len(records), LARGEST)
    return [{"statements": list(records[start : start + LARGEST])} for start in starts]


def _same_puid(records: Sequence[Record], file: str) -> list[Fault]:
    counted = Counter(str(record.get("puid")) for record in records)
    return [
        Fault(file, row, "puid", None, "an identifier that no other record has")
        for row, record in enumerate(records, 1)
        if counted[str(record.get("puid"))] > 1
    ]
