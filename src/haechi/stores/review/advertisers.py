"""What review knows of advertisers: who they are, what was shown to be theirs, how their names changed."""

import json
from datetime import datetime
from typing import Any, Final, Literal

import msgspec
from sqlalchemy import Connection, Engine, Row, select, update

from haechi.errors import MissingError
from haechi.review.ads import Advertiser
from haechi.review.domains import domains_of
from haechi.stores import review_schema as tables
from haechi.stores import schema
from haechi.stores.clock import instant, maybe_instant, maybe_micros, micros
from haechi.stores.numbers import number_of
from haechi.stores.review.changes import differences, write_change
from haechi.stores.review.words import Name, Names
from haechi.stores.rows import writing
from haechi.terms.zones import naive

_LISTS: Final = ("display_names", "domains", "chat_accounts")


class AdvertiserFacts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was found out about an advertiser that is registered.

    Attributes:
        legal_name: as verified, or as said.
        display_names: names under which it advertises.
        kind: a business or a private person, or None where unknown.
        verified_at: when its identity was verified, or None when it was not.
        domains: that were shown to be its own.
        chat_accounts: addresses in chat applications that were shown to be its own.
        opened_at: when the account was opened, or None where unknown.
    """

    legal_name: Name
    display_names: Names = ()
    kind: Literal["business", "private"] | None = None
    verified_at: datetime | None = None
    domains: Names = ()
    chat_accounts: Names = ()
    opened_at: datetime | None = None


def put_advertiser(
    engine: Engine, advertiser_id: str, facts: AdvertiserFacts, *, by: str, now: datetime
) -> None:
    """Writes down what is known of an advertiser; what was known before stays in its history.

    Raises:
        MissingError: no such advertiser is registered.
        UsageError: a domain is none.
    """
    facts = msgspec.structs.replace(facts, domains=domains_of(facts.domains))
    with writing(engine) as connection:
        number = advertiser_number(connection, advertiser_id)
        t = tables.advertisers
        row = connection.execute(select(t).where(t.c.advertiser == number)).first()
        after: dict[str, Any] = {
            "legal_name": facts.legal_name,
            "kind": facts.kind,
            "verified_at": maybe_micros(_naive(facts.verified_at)),
            "opened_at": maybe_micros(_naive(facts.opened_at)),
            **{name: json.dumps(getattr(facts, name), ensure_ascii=False) for name in _LISTS},
        }
        before = {} if row is None else {name: getattr(row, name) for name in after}
        changed = differences(before, after)
        if not changed:
            return
        renames = [] if row is None else json.loads(row.name_changes)
        if row is not None and "display_names" in changed:
            renames.append(micros(now))
        version = 1 if row is None else row.version + 1
        values = {**after, "name_changes": json.dumps(renames), "version": version}
        if row is None:
            connection.execute(t.insert().values(advertiser=number, **values))
        else:
            connection.execute(update(t).where(t.c.advertiser == number).values(**values))
        write_change(connection, "advertiser", advertiser_id, changed, version=version, by=by, now=now)


def advertiser_number(connection: Connection, advertiser_id: str) -> int:
    """The platform's number of an advertiser.

    Raises:
        MissingError: no such advertiser is registered.
    """
    number = number_of(connection, schema.advertisers, "advertiser", "advertiser_id", advertiser_id)
    if number is None:
        raise MissingError("no advertiser has this identifier; expected one that was registered.")
    return number


def advertisers_of(connection: Connection, only: int | None = None) -> dict[str, Advertiser]:
    """Advertisers as review sees them, by identifier.

    Args:
        connection: in a transaction.
        only: the number of one of them; None: all.
    """
    a, t = schema.advertisers, tables.advertisers
    question = select(
        a.c.advertiser_id, a.c.name, a.c.country, *[column for column in t.c if column.name != "advertiser"]
    ).select_from(a.outerjoin(t, t.c.advertiser == a.c.advertiser))
    if only is not None:
        question = question.where(a.c.advertiser == only)
    return {row.advertiser_id: _as_advertiser(row) for row in connection.execute(question)}


def _as_advertiser(row: Row[Any]) -> Advertiser:
    if row.version is None:
        # Nobody looked at it yet: its name is what it says.
        return Advertiser(
            advertiser_id=row.advertiser_id,
            legal_name=row.name,
            display_names=(row.name,),
            country=row.country,
        )
    return Advertiser(
        advertiser_id=row.advertiser_id,
        legal_name=row.legal_name,
        kind=row.kind,
        country=row.country,
        verified_at=maybe_instant(row.verified_at),
        opened_at=maybe_instant(row.opened_at),
        name_changes=tuple(instant(at) for at in json.loads(row.name_changes)),
        **{name: tuple(json.loads(getattr(row, name))) for name in _LISTS},
    )


def _naive(at: datetime | None) -> datetime | None:
    return None if at is None else naive(at)
