"""What was reported of ads: what was known when it came, what was done, and what the reporter was told.

Who is impersonated is protected from the moment in which the report is there: every later decision knows it, and all
ads that run or wait are judged again. Notice, knowledge and action are on the ledger, each with its instant, so that
they can be shown to whoever asks what the platform knew and when.
"""

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Engine, Row, false, func, select, update

from haechi.errors import MissingError, UsageError
from haechi.ledger.entry import Fact
from haechi.stores import review_schema as tables
from haechi.stores.clock import instant, maybe_instant, micros
from haechi.stores.ledger.append import append
from haechi.stores.review.applying import decide
from haechi.stores.review.clocks import due
from haechi.stores.review.decided import Making, as_decision, newest_on
from haechi.stores.review.jobs import APPEALED, PRESSING, want_review
from haechi.stores.review.parties import Party, mark_reported, party_number, put_party_within
from haechi.stores.review.reported import WEIGHTY, as_reported
from haechi.stores.review.sweep_begun import begin_sweep
from haechi.stores.review.versions import expect_ad
from haechi.stores.review.words import (
    LONGEST_WORDS,
    MACHINE,
    Country,
    Name,
    Names,
    NoticeResult,
    NoticeSource,
    Words,
)
from haechi.stores.rows import writing
from haechi.terms.countries import COUNTRIES, EXPECTED
from haechi.terms.row_files import short
from haechi.terms.zones import naive

_ID_BYTES: Final = 12
_MOST_ADS: Final = 200
_EARLIEST: Final = datetime(2000, 1, 1)  # noqa: DTZ001 - naive UTC, as all instants here


class NewNotice(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A report of ads.

    Attributes:
        source: who sends it.
        party: who is impersonated, to be protected from now on; or None. Whoever is protected already stays as is: a
            report changes nobody's names.
        party_id: who is, where they are registered already; or None.
        ad_ids: the ads that are meant; none where the reporter does not know which. What no ad has as its identifier
            is told back in `known`.
        text: what they say.
        contact: where they want the answer, or None.
        country: whose rules they rely on, ISO 3166-1 alpha-2, or None.
        received_at: when it came, where that was before it is told here.
    """

    source: NoticeSource
    party: Party | None = None
    party_id: Name | None = None
    ad_ids: Names = ()
    text: Words = ""
    contact: Name | None = None
    country: Country | None = None
    received_at: datetime | None = None


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """A notice as it stands. It does not say where the reporter is told.

    Attributes:
        notice_id: opaque.
        source: who sent it.
        party_id: who is impersonated, or None.
        ad_ids: the ads that are meant.
        text: what they said.
        country: whose rules they rely on, or None.
        known: what was known when it came.
        received_at: naive UTC, as all instants here.
        due_at: first instant at which the answer is late.
        clock: by which it is.
        decided_at: when it was answered, or None.
        result: acted, partly or refused; None while it is open.
        reason: for the reporter.
        late: the answer is, now.
    """

    notice_id: str
    source: NoticeSource
    party_id: str | None
    ad_ids: tuple[str, ...]
    text: str
    country: str | None
    known: dict[str, Any]
    received_at: datetime
    due_at: datetime
    clock: str
    decided_at: datetime | None
    result: NoticeResult | None
    reason: str
    late: bool


def receive_notice(engine: Engine, new: NewNotice, *, by: str, now: datetime) -> Notice:
    """Takes a notice in. When this returns, who is impersonated is protected, and ads are being judged again.

    Ads that a victim, an authority or a trusted flagger names are held at once until a person looked; those that
    others name are looked at while they run.

    Args:
        engine: the database.
        new: the notice.
        by: who tells it: the name of a key or user.
        now: naive UTC instant.

    Raises:
        MissingError: no such party, or nothing but ads that nobody has; nothing was taken.
        UsageError: it says nothing, too much, or names a party twice.
        DataError: the identifier of a new party is none.
    """
    try:
        received = now if new.received_at is None else naive(new.received_at)
    except OverflowError:
        raise UsageError("a notice at an instant that no calendar has; expected when it came.") from None
    _expect_sound(new, received, now)
    with writing(engine) as connection:
        ads, unknown = _ads(connection, new)
        known = _known(connection, new, ads) | ({"unknown_ad_ids": unknown} if unknown else {})
        party = _party(connection, new, by=by, now=now)
        if party is not None:
            mark_reported(connection, party, by=by, now=now)
        late, clock = due("notice", received, country=new.country, source=new.source)
        number, notice_id = _put(
            connection, new, party=party, known=known, received=received, late=(late, clock.id), now=now
        )
        for ad in ads:
            connection.execute(tables.notice_ads.insert().values(notice=number, ad=ad.ad))
        _prove_received(connection, notice_id, new, known=known, received=received, ads=len(ads), now=now)
        for ad in ads:
            _stop(connection, ad, new.source, notice=number, late=late, now=now)
        if party is not None:
            sweep = begin_sweep(
                connection, why="a party was reported as impersonated", notice=number, now=now
            )
            n = tables.notices
            connection.execute(update(n).where(n.c.notice == number).values(sweep=sweep))
        return notice_of(connection, notice_id, now=now)


def notice_of(connection: Connection, notice_id: str, *, now: datetime) -> Notice:
    """A notice as it stands.

    Raises:
        MissingError: there is none.
    """
    return _as_notice(connection, notice_row(connection, notice_id), now)


def open_notices(connection: Connection, *, now: datetime) -> list[Notice]:
    """What waits for an answer, by when it is due: what is overdue stands first."""
    n = tables.notices
    rows = connection.execute(
        select(n).where(n.c.decided_at.is_(None)).order_by(n.c.due_at, n.c.notice)
    ).all()
    return [_as_notice(connection, row, now) for row in rows]


def _expect_sound(new: NewNotice, received: datetime, now: datetime) -> None:
    """Refuses what cannot be a notice.

    Raises:
        UsageError: as `receive_notice` says.
    """
    if received < _EARLIEST:
        raise UsageError("a notice from before 2000; expected when it came.")
    if received > now or len(new.text) > LONGEST_WORDS or len(new.ad_ids) > _MOST_ADS:
        raise UsageError(
            f"a notice from the future, or a very long one; expected at most {LONGEST_WORDS:,} characters and "
            f"{_MOST_ADS} ads."
        )
    if new.country is not None and new.country not in COUNTRIES:
        raise UsageError(f"country: found {short(repr(new.country))}; expected {EXPECTED}.")
    if new.party is not None and new.party_id is not None:
        raise UsageError("a notice with a new party and a known one; expected one of them.")
    if new.party is None and new.party_id is None and not new.ad_ids:
        raise UsageError("a notice that names nothing; expected ads, or who is impersonated.")


def _party(connection: Connection, new: NewNotice, *, by: str, now: datetime) -> int | None:
    """Who is impersonated, by number; None where nobody is named. Whoever is there already keeps their names."""
    if new.party is not None:
        try:
            return party_number(connection, new.party.party_id)
        except MissingError:
            return put_party_within(connection, new.party, by=by, now=now)
    return None if new.party_id is None else party_number(connection, new.party_id)


def _ads(connection: Connection, new: NewNotice) -> tuple[list[Row[Any]], list[str]]:
    """The ads that are meant, and the identifiers that none has: a slip of the pen refuses no victim's notice."""
    ads: list[Row[Any]] = []
    unknown: list[str] = []
    for ad_id in dict.fromkeys(new.ad_ids):
        try:
            ads.append(expect_ad(connection, ad_id))
        except MissingError:
            unknown.append(ad_id)
    if unknown and not ads and new.party is None and new.party_id is None:
        raise MissingError("no ad has any of these identifiers, and nobody is named as impersonated.")
    return ads, unknown


def _known(connection: Connection, new: NewNotice, ads: Sequence[Row[Any]]) -> dict[str, Any]:
    """What the platform knew already: whether the party was protected, what was reported, how the ads stood."""
    p, n, m = tables.parties, tables.notices, tables.notice_ads
    party_id = new.party_id if new.party is None else new.party.party_id
    party = connection.execute(select(p).where(p.c.party_id == party_id)).first()
    of_party = false() if party is None else n.c.party == party.party
    earlier = connection.execute(select(func.count(), func.min(n.c.received_at)).where(of_party)).one()
    first = maybe_instant(earlier[1])
    return {
        "party_protected": party is not None and party.ended_at is None,
        "earlier_notices_of_party": earlier[0],
        "first_notice_of_party": None if first is None else first.isoformat(),
        "ads": [
            {
                "ad_id": ad.ad_id,
                "state": ad.state,
                "run": ad.run,
                "earlier_notices": connection.execute(
                    select(func.count()).select_from(m).where(m.c.ad == ad.ad)
                ).scalar_one(),
            }
            for ad in ads
        ],
    }


def _put(
    connection: Connection,
    new: NewNotice,
    *,
    party: int | None,
    known: Mapping[str, Any],
    received: datetime,
    late: tuple[datetime, str],
    now: datetime,
) -> tuple[int, str]:
    notice_id = secrets.token_hex(_ID_BYTES)
    made = connection.execute(
        tables.notices.insert().values(
            notice_id=notice_id, source=new.source, party=party, contact=new.contact, country=new.country,
            text=new.text, known=json.dumps(known, ensure_ascii=False), received_at=micros(received),
            recorded_at=micros(now), due_at=micros(late[0]), clock=late[1], reason="",
        )
    ).inserted_primary_key  # fmt: skip
    return int(made[0]), notice_id  # type: ignore[index]


def _prove_received(
    connection: Connection,
    notice_id: str,
    new: NewNotice,
    *,
    known: Mapping[str, Any],
    received: datetime,
    ads: int,
    now: datetime,
) -> None:
    """The entry says what was known in numbers; the rest of the record it only binds, so that it names nobody."""
    covered = [notice_id, new.source, new.text, list(new.ad_ids), known, received.isoformat()]
    public = {
        "notice_id": notice_id,
        "source": new.source,
        "received_at": f"{received.isoformat(timespec='microseconds')}Z",
        "ads": ads,
        "party_protected": known["party_protected"],
        "earlier_notices_of_party": known["earlier_notices_of_party"],
        "record": hashlib.sha256(json.dumps(covered, ensure_ascii=False).encode()).hexdigest(),
    }
    append(connection, [Fact("notice-received", now, public)])


def _stop(
    connection: Connection, ad: Row[Any], source: NoticeSource, *, notice: int, late: datetime, now: datetime
) -> None:
    """Has a person look at an ad that was named, and holds it until then where the reporter's word weighs."""
    before = newest_on(connection, ad.current)
    if before is None or ad.run == "expired" or ad.state == "rejected":
        # What is being examined is held at the end of it; see `screening`.
        return
    if source in WEIGHTY and ad.state == "approved":
        held = msgspec.structs.replace(as_reported(as_decision(before, ad.ad_id)), decided_at=now)
        making = Making(
            cause="notice", automated="FULLY", actor=MACHINE, supersedes=before.decision, notice=notice
        )
        decide(connection, ad, held, making, priority=PRESSING, due_at=late, now=now)
        return
    priority = PRESSING if source in WEIGHTY else APPEALED
    want_review(connection, ad.ad, ad.current, cluster=ad.cluster, priority=priority, due_at=late, now=now)


def notice_row(connection: Connection, notice_id: str) -> Row[Any]:
    """A notice's row.

    Raises:
        MissingError: there is none.
    """
    n = tables.notices
    row = connection.execute(select(n).where(n.c.notice_id == notice_id)).first()
    if row is None:
        raise MissingError("no notice has this identifier.")
    return row


def _as_notice(connection: Connection, row: Row[Any], now: datetime) -> Notice:
    p, m, a = tables.parties, tables.notice_ads, tables.ads
    party_id = connection.execute(select(p.c.party_id).where(p.c.party == row.party)).scalar()
    ad_ids = connection.execute(
        select(a.c.ad_id).join_from(m, a, a.c.ad == m.c.ad).where(m.c.notice == row.notice).order_by(a.c.ad)
    ).scalars()
    return Notice(
        notice_id=row.notice_id, source=row.source, party_id=party_id, ad_ids=tuple(ad_ids), text=row.text,
        country=row.country, known=json.loads(row.known), received_at=instant(row.received_at),
        due_at=instant(row.due_at), clock=row.clock, decided_at=maybe_instant(row.decided_at),
        result=row.result, reason=row.reason, late=row.decided_at is None and micros(now) >= row.due_at,
    )  # fmt: skip
