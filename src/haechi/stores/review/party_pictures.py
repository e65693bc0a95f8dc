"""Reference pictures of a protected party, one by one: each change with who made it, and why one was taken away."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Engine, Row, select, update

from haechi.errors import MissingError, UsageError
from haechi.review.images.look import finds_itself
from haechi.review.images.opening import MOST_PIXELS, Failure, RefusedError
from haechi.stores import review_schema as tables
from haechi.stores.review.blobs import LARGEST, put_blob, read_blob
from haechi.stores.review.parties import party_changed
from haechi.stores.review.queue import expect_words
from haechi.stores.rows import writing

MOST: Final = 20
"""Reference pictures of one party."""
_KINDS: Final = "a PNG, JPEG, GIF, WebP or AVIF"
_REFUSED: Final[dict[Failure, str]] = {
    "too-large": f"too many pixels, or too much beside them; expected at most {MOST_PIXELS:,} pixels",
    "unreadable": f"it cannot be opened as a picture; expected {_KINDS}, whole",
    "active-content": f"a page, a drawing or a document that can carry programs; expected {_KINDS}",
    "several-formats": f"two kinds of file in one, or much behind the picture's end; expected {_KINDS} alone",
}
_BLANK: Final = (
    "nothing in it stands out, so that no ad could be told from it; expected a picture that shows somebody or "
    "something, such as a face or a logo of some hundred pixels"
)


class Upload(NamedTuple):
    """A picture as it came: how to call it where it is refused, and its bytes."""

    name: str
    content: bytes


class Added(NamedTuple):
    """What became of pictures that were to be added: those that are new, and those that were there, or came twice."""

    new: int
    there: int


def expect_pictures(uploads: Sequence[Upload]) -> None:
    """Opens pictures as those of ads are opened, and looks for each in itself.

    One that cannot be opened, or does not find itself, would be compared with nothing, and protect nobody.

    Cost:
        At worst about 2 s and 0.6 GB a picture, one after the other; in no transaction.

    Raises:
        UsageError: there are too many, or one cannot be opened, is too large, is more than a picture, or has nothing
            that an ad could be compared with; it is named.
    """
    if len(uploads) > MOST:
        raise UsageError(f"{len(uploads):,} pictures; expected at most {MOST}.")
    for one in uploads:
        if not one.content or len(one.content) > LARGEST:
            raise UsageError(
                f"{one.name}: a picture of {len(one.content):,} bytes; expected 1 to {LARGEST:,}."
            )
        try:
            compared = finds_itself(one.content)
        except RefusedError as refused:
            raise UsageError(f"{one.name}: {_REFUSED[refused.failure]}.") from None
        if not compared:
            raise UsageError(f"{one.name}: {_BLANK}.")


def add_pictures(
    engine: Engine, party_id: str, uploads: Sequence[Upload], *, by: str, now: datetime
) -> Added:
    """Adds reference pictures; ads are compared with them when this returns. One that is there stays as it is.

    Args:
        engine: the database.
        party_id: of a party that is protected.
        uploads: the pictures.
        by: the user.
        now: naive UTC instant.

    Returns:
        how many came, and how many were there.

    Raises:
        UsageError: there is none, see `expect_pictures`, or the party would have too many.
        MissingError: there is no such party.
    """
    if not uploads:
        raise UsageError("no picture was chosen; expected one at least.")
    expect_pictures(uploads)
    with writing(engine) as connection:
        row = _expect_party(connection, party_id)
        # Of a party whose protection had ended the pictures were destroyed: such a one comes anew.
        before = [one for one in json.loads(row.images) if read_blob(connection, one) is not None]
        kept = [put_blob(connection, one.content, retain_until=now, now=now) for one in uploads]
        after = list(dict.fromkeys([*before, *kept]))
        if len(after) > MOST:
            raise UsageError(
                f"the party would have {len(after):,} reference pictures; expected at most {MOST}: take others away."
            )
        if after != before:
            _put(connection, row, after, {}, by=by, now=now)
        new = len(after) - len(before)
        return Added(new, len(uploads) - new)


def take_picture_away(
    engine: Engine, party_id: str, sha256: str, *, reason: str, by: str, now: datetime
) -> None:
    """Takes a reference picture away; no ad is compared with it any more when this returns.

    Its bytes are destroyed with the next clearing, unless an ad has the same picture.

    Args:
        engine: the database.
        party_id: of a party that is protected.
        sha256: of the picture.
        reason: why; kept with the change.
        by: the user.
        now: naive UTC instant.

    Raises:
        UsageError: there is no reason.
        MissingError: there is no such party, or it has no such picture, or no longer.
    """
    expect_words(reason)
    with writing(engine) as connection:
        row = _expect_party(connection, party_id)
        before = json.loads(row.images)
        if sha256 not in before:
            raise MissingError("the party has no such reference picture, or no longer.")
        after = [one for one in before if one != sha256]
        _put(connection, row, after, {"reason": (None, reason)}, by=by, now=now)


def _expect_party(connection: Connection, party_id: str) -> Row[Any]:
    p = tables.parties
    row = connection.execute(select(p).where(p.c.party_id == party_id, p.c.ended_at.is_(None))).first()
    if row is None:
        raise MissingError("no protected party has this identifier.")
    return row


def _put(
    connection: Connection,
    row: Row[Any],
    images: list[str],
    more: dict[str, tuple[Any, Any]],
    *,
    by: str,
    now: datetime,
) -> None:
    p = tables.parties
    version, after = row.version + 1, json.dumps(images)
    connection.execute(update(p).where(p.c.party == row.party).values(images=after, version=version))
    detail = {"images": (row.images, after), **more}
    party_changed(connection, row.party, row.party_id, detail, version=version, by=by, now=now)
