"""Permissions of protected parties for the desk, each with the identifier by which it is revoked."""

from datetime import datetime

import msgspec
from sqlalchemy import Connection, select

from haechi.stores import review_schema as tables
from haechi.stores import schema
from haechi.stores.clock import instant, maybe_instant


class Permitted(msgspec.Struct, frozen=True, kw_only=True):
    """A permission that was not revoked; whether it holds at an instant its dates tell."""

    authorisation_id: str
    advertiser_id: str
    advertiser: str
    scope: str
    signed_at: datetime
    signature_ref: str
    expires_at: datetime | None


def permissions_of_party(connection: Connection, party_id: str) -> list[Permitted]:
    """Whom a party permits, in the order in which it was written down."""
    t, p, w = tables.authorisations, tables.parties, schema.advertisers
    rows = connection.execute(
        select(t, w.c.advertiser_id, w.c.name)
        .join_from(t, p, p.c.party == t.c.party)
        .join(w, w.c.advertiser == t.c.advertiser)
        .where(p.c.party_id == party_id, t.c.revoked_at.is_(None))
        .order_by(t.c.authorisation)
    )
    return [
        Permitted(
            authorisation_id=row.authorisation_id, advertiser_id=row.advertiser_id, advertiser=row.name,
            scope=row.scope, signed_at=instant(row.signed_at), signature_ref=row.signature_ref,
            expires_at=maybe_instant(row.expires_at),
        )
        for row in rows
    ]  # fmt: skip
