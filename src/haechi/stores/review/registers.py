"""Registers of financial regulators: taken in as they stood, never changed; of each regulator the newest counts."""

import hashlib
import json
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import Connection, Engine, func, select

from haechi.errors import UsageError
from haechi.ledger.entry import Fact
from haechi.review.ads import Licence
from haechi.review.domains import domains_of
from haechi.stores import review_schema as tables
from haechi.stores import schema
from haechi.stores.clock import maybe_instant, maybe_micros, micros
from haechi.stores.ledger.append import append
from haechi.stores.review.advertisers import advertiser_number
from haechi.stores.review.changes import write_change
from haechi.stores.review.sweep_begun import begin_sweep
from haechi.stores.rows import fill, writing
from haechi.terms.countries import COUNTRIES, EXPECTED
from haechi.terms.row_files import short
from haechi.terms.zones import naive

_COLUMNS: Final = (
    "register", "advertiser", "regulator", "number", "registered_name", "domains", "country", "valid_from",
    "valid_until",
)  # fmt: skip


class Register(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A regulator's register as it stood.

    Attributes:
        regulator: whose, e.g. `jp-fsa`.
        taken_at: when it was fetched.
        source: where.
        licences: its rows.
    """

    regulator: str
    taken_at: datetime
    source: str
    licences: tuple[Licence, ...]


def take_register(engine: Engine, register: Register, *, by: str, now: datetime) -> int:
    """Takes a register in; the rows of the regulator's older ones count no more, and ads are judged again.

    The same once more is nothing new.

    Returns:
        its number.

    Raises:
        UsageError: it is empty, has rows of another regulator, domains or countries that are none, or is older than
            the one that is there.
    """
    rows = register.licences
    if not rows or any(row.regulator != register.regulator or row.advertiser_id is not None for row in rows):
        raise UsageError(
            "a register without rows, or with rows that are not the regulator's own; expected its own rows alone."
        )
    for number, row in enumerate(rows, 1):
        if row.country is not None and row.country not in COUNTRIES:
            raise UsageError(
                f"licences, row {number:,}, column country: found {short(repr(row.country))}; expected {EXPECTED}."
            )
    kept = [
        msgspec.structs.replace(
            row, domains=domains_of(row.domains, f"licences, row {number:,}, column domains")
        )
        for number, row in enumerate(rows, 1)
    ]
    taken, r = micros(naive(register.taken_at)), tables.registers
    digest = hashlib.sha256(msgspec.json.encode(rows)).digest()
    with writing(engine) as connection:
        newest = connection.execute(
            select(r).where(r.c.regulator == register.regulator).order_by(r.c.taken_at.desc()).limit(1)
        ).first()
        if newest is not None and bytes(newest.digest) == digest and newest.taken_at == taken:
            return int(newest.register)
        if newest is not None and newest.taken_at >= taken:
            raise UsageError("a register older than the one that is there; expected a newer one.")
        made = connection.execute(
            r.insert().values(
                regulator=register.regulator, taken_at=taken, source=register.source, digest=digest,
                rows=len(rows), received_at=micros(now), by=by,
            )
        ).inserted_primary_key  # fmt: skip
        number = int(made[0])  # type: ignore[index]
        fill(connection, "review_licences", _COLUMNS, [_values(row, number, None) for row in kept])
        write_change(
            connection, "register", register.regulator, {"rows": (None, len(rows))}, version=number, by=by, now=now
        )  # fmt: skip
        public = {"regulator": register.regulator, "sha256": digest.hex(), "rows": len(rows)}
        append(connection, [Fact("register-taken", now, public)])
        begin_sweep(connection, why="a register was taken in", now=now)
    return number


def claim_licence(engine: Engine, licence: Licence, *, by: str, now: datetime) -> None:
    """Writes down that an advertiser claims a licence; whether a register agrees is for review to see.

    Raises:
        UsageError: it names no advertiser.
        MissingError: the advertiser is not known.
        UsageError: a domain is none.
    """
    if licence.advertiser_id is None:
        raise UsageError("a licence that nobody claims; expected an advertiser_id.")
    domains = domains_of(licence.domains)
    with writing(engine) as connection:
        number = advertiser_number(connection, licence.advertiser_id)
        t = tables.licences
        claimed = msgspec.structs.replace(licence, domains=domains)
        fill(connection, "review_licences", _COLUMNS, [_values(claimed, None, number)])
        version = connection.execute(
            select(func.count()).select_from(t).where(t.c.advertiser == number)
        ).scalar_one()
        detail = {"licence": (None, [licence.regulator, licence.number])}
        write_change(connection, "advertiser", licence.advertiser_id, detail, version=version, by=by, now=now)


def licences_of(connection: Connection) -> list[Licence]:
    """The rows of each regulator's newest register, and what advertisers claim."""
    t, r, a = tables.licences, tables.registers, schema.advertisers
    newest: dict[str, int] = {}
    for row in connection.execute(select(r.c.regulator, r.c.register).order_by(r.c.taken_at)):
        newest[row.regulator] = row.register
    rows = connection.execute(
        select(t, a.c.advertiser_id)
        .select_from(t.outerjoin(a, a.c.advertiser == t.c.advertiser))
        .where(t.c.register.is_(None) | t.c.register.in_(newest.values()))
        .order_by(t.c.licence)
    )
    return [
        Licence(
            regulator=row.regulator, number=row.number, registered_name=row.registered_name,
            domains=tuple(json.loads(row.domains)), country=row.country,
            valid_from=maybe_instant(row.valid_from), valid_until=maybe_instant(row.valid_until),
            advertiser_id=row.advertiser_id,
        )
        for row in rows
    ]  # fmt: skip


def _values(row: Licence, register: int | None, advertiser: int | None) -> tuple[object, ...]:
    return (
        register, advertiser, row.regulator, row.number, row.registered_name,
        json.dumps(row.domains, ensure_ascii=False), row.country,
        maybe_micros(_naive(row.valid_from)), maybe_micros(_naive(row.valid_until)),
    )  # fmt: skip


def _naive(at: datetime | None) -> datetime | None:
    return None if at is None else naive(at)
