"""What the people's page shows and does for one person, from the database."""

import json
from collections.abc import Mapping
from datetime import datetime

import msgspec
from sqlalchemy import Connection, select

from haechi.law import LawPack
from haechi.rights.asking import Offer, offers
from haechi.stores import schema
from haechi.stores.holding import facts_of
from haechi.stores.request_rows import Request, requests_of
from haechi.stores.stops import Stopped, stopped_of
from haechi.terms.words import Category, Purpose


class Advertiser(msgspec.Struct, frozen=True):
    """An advertiser that a permission for disclosure would name."""

    advertiser_id: str
    name: str


class Mine(msgspec.Struct, frozen=True, kw_only=True):
    """Where a person stands.

    Attributes:
        offers: permissions, given or to be given.
        stopped: what is stopped for all themes.
        requests: all requests, the newest first.
        standing: identifiers of those whose effect stands and can be taken back.
    """

    offers: tuple[Offer, ...]
    stopped: frozenset[Purpose]
    requests: tuple[Request, ...]
    standing: frozenset[str]


def mine_of(connection: Connection, person: int, packs: Mapping[str, LawPack], *, now: datetime) -> Mine:
    """Where a person stands.

    Args:
        connection: in a transaction that reads.
        person: number.
        packs: the laws.
        now: naive UTC instant.
    """
    facts = facts_of(connection, {person})[person]
    stopped: Stopped = stopped_of(connection, {person})
    return Mine(
        offers=offers(categories_asked_for(connection), facts.standing(now), packs, now),
        stopped=stopped.purposes.get(person, frozenset()),
        requests=tuple(requests_of(connection, person, now=now)),
        standing=_standing(connection, person),
    )


def _standing(connection: Connection, person: int) -> frozenset[str]:
    r, s = schema.requests, schema.stops
    which = (s.c.person == person) & s.c.lifted_at.is_(None)
    return frozenset(
        connection.execute(select(r.c.request_id).join(s, s.c.request == r.c.request).where(which)).scalars()
    )


def categories_asked_for(connection: Connection) -> frozenset[Category]:
    """The categories of the themes that people enter only with permission."""
    t = schema.themes
    rows = connection.execute(
        select(t.c.categories).where(t.c.state == "approved-with-permission").distinct()
    ).scalars()
    return frozenset(category for row in rows for category in json.loads(row or "[]"))


def advertisers_named(connection: Connection) -> list[Advertiser]:
    """The verified advertisers, by name: those that a permission for disclosure names."""
    a = schema.advertisers
    rows = connection.execute(
        select(a.c.advertiser_id, a.c.name).where(a.c.verified.is_(True)).order_by(a.c.name)
    ).all()
    return [Advertiser(row.advertiser_id, row.name) for row in rows]
