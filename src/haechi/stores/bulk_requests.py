"""Requests that another system left open, taken in with the day on which they came."""

from datetime import datetime

from sqlalchemy import Engine

from haechi.errors import MissingError
from haechi.records import Dataset
from haechi.rights.effect import Wanted
from haechi.stores.bulk_rows import Step, chunks
from haechi.stores.requests import Requests
from haechi.stores.rows import writing

_WORDS = "taken over from another system; ask there what exactly is wanted"


def load_requests(source: Dataset, engine: Engine, requests: Requests, *, now: datetime, step: Step) -> None:
    """Takes open requests in: the clock runs from the day on which they came, and what they stop is stopped.

    Requests that were answered are the other system's, and so are those of nobody that is known: they are counted.

    Args:
        source: the dataset, validated.
        engine: the platform's database.
        requests: takes them in.
        now: naive UTC instant.
        step: is told of progress.
    """
    for rows in chunks(source, "requests"):
        taken = 0
        for row in rows:
            if row["answered_at"] is not None or row["outcome"] != "open" or row["person_id"] is None:
                continue
            wanted = Wanted(words=_WORDS) if row["kind"] == "rectification" else Wanted()
            with writing(engine) as connection:
                try:
                    requests.receive_within(
                        connection, str(row["person_id"]), row["kind"], wanted, via="desk",
                        received_at=row["received_at"], now=now,
                    )  # fmt: skip
                except MissingError:
                    continue
            taken += 1
        step("open requests", taken)
        step("requests left out (answered, or of nobody known)", len(rows) - taken)
