"""Who is protected in ads, and whom they permit to wear their name."""

import json
import secrets
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Engine, select, update

from haechi.errors import MissingError, UsageError
from haechi.ledger.entry import Fact
from haechi.review.ads import Authorisation, PartyKind, ProtectedParty
from haechi.review.domains import domains_of
from haechi.review.name_writings import writings
from haechi.stores import review_schema as tables
from haechi.stores import schema
from haechi.stores.clock import EXPECTED, instant, is_kept, maybe_instant, maybe_micros, micros
from haechi.stores.ingest import ConflictError
from haechi.stores.ledger.append import append
from haechi.stores.numbers import expect_identifiers
from haechi.stores.review.advertisers import advertiser_number
from haechi.stores.review.blobs import put_blob
from haechi.stores.review.changes import differences, write_change
from haechi.stores.review.queue import expect_words
from haechi.stores.review.sweep_begun import begin_sweep
from haechi.stores.review.words import Name, Names, Words
from haechi.stores.rows import writing
from haechi.terms.zones import naive

_ID_BYTES: Final = 12
_LISTS: Final = ("names", "aliases", "domains", "images")


class Party(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person, brand or office to be protected.

    Attributes:
        party_id: the platform's identifier.
        kind: person, brand or office.
        names: in every script, the best known first; one at least.
        aliases: nicknames, readings, romanisations, former and stage names.
        domains: its own; kept as `haechi.review.domains` has them.
        valid_from: since when it is protected; None: always.
    """

    party_id: Name
    kind: PartyKind = "person"
    names: Names
    aliases: Names = ()
    domains: Names = ()
    valid_from: datetime | None = None


class SignedAuthorisation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A protected party's permission for one advertiser, signed and dated.

    Attributes:
        party_id: whose name.
        advertiser_id: who may wear it.
        scope: for what, in the party's words.
        signed_at: when it was signed.
        signature_ref: where the signed paper or token is kept.
        expires_at: until when, or None.
    """

    party_id: Name
    advertiser_id: Name
    scope: Words
    signed_at: datetime
    signature_ref: Name
    expires_at: datetime | None = None


def put_party(
    engine: Engine, party: Party, *, images: tuple[bytes, ...] | None = None, by: str, now: datetime
) -> None:
    """Registers a party, or changes what is known of it; it is protected when this returns.

    Args:
        engine: the database.
        party: the party.
        images: reference pictures, kept as long as the party is protected; None leaves those that there are.
        by: who says so.
        now: naive UTC instant.

    Raises:
        UsageError: it has no name, or a domain that is none.
        DataError: its identifier is none.
    """
    with writing(engine) as connection:
        put_party_within(connection, party, images=images, by=by, now=now)


def register_party(engine: Engine, party: Party, *, by: str, now: datetime) -> None:
    """Registers a party that is new, or whose protection had ended; it is protected when this returns.

    Whoever is protected already stays as is: two people who choose one identifier must not lose each other's party.

    Args:
        engine: the database.
        party: the party.
        by: who says so.
        now: naive UTC instant.

    Raises:
        ConflictError: a party of this identifier is protected already.
        UsageError: it has no name, or a domain that is none.
        DataError: its identifier is none.
    """
    p = tables.parties
    with writing(engine) as connection:
        expect_identifiers("protected_parties", "party_id", [party.party_id])
        there = select(p.c.party).where(p.c.party_id == party.party_id, p.c.ended_at.is_(None))
        if connection.execute(there).first() is not None:
            raise ConflictError(
                "a party with this identifier is protected already; expected another identifier, or a change of it."
            )
        put_party_within(connection, party, by=by, now=now)


def _as_named(party: Party) -> ProtectedParty:
    """The party as review looks for it."""
    return ProtectedParty(
        party_id=party.party_id, kind=party.kind, names=tuple(party.names), aliases=tuple(party.aliases)
    )


def put_party_within(
    connection: Connection,
    party: Party,
    *,
    images: tuple[bytes, ...] | None = None,
    by: str,
    now: datetime,
) -> int:
    """As `put_party`, in the caller's transaction that writes; its number."""
    expect_identifiers("protected_parties", "party_id", [party.party_id])
    if not any(True for _ in writings(_as_named(party))):
        raise UsageError(
            "a protected party without a name that can be looked for; expected one of three letters, or of two that "
            "are not Latin."
        )
    after: dict[str, Any] = {
        "kind": party.kind,
        "valid_from": None if party.valid_from is None else micros(naive(party.valid_from)),
        "ended_at": None,
        "domains": _list(domains_of(party.domains)),
        **{name: _list(getattr(party, name)) for name in ("names", "aliases")},
    }
    if images is not None:
        after["images"] = _list([put_blob(connection, one, retain_until=now, now=now) for one in images])
    p = tables.parties
    row = connection.execute(select(p).where(p.c.party_id == party.party_id)).first()
    before = {} if row is None else {name: getattr(row, name) for name in after}
    changed = differences(before, after)
    if row is not None and not changed:
        return int(row.party)
    version = 1 if row is None else row.version + 1
    if row is None:
        values = {"images": "[]", **after, "version": version, "party_id": party.party_id}
        made = connection.execute(p.insert().values(**values)).inserted_primary_key
        number = int(made[0])  # type: ignore[index]
    else:
        number = int(row.party)
        connection.execute(update(p).where(p.c.party == number).values(**after, version=version))
    party_changed(connection, number, party.party_id, changed, version=version, by=by, now=now)
    return number


def party_changed(
    connection: Connection,
    number: int,
    party_id: str,
    detail: dict[str, tuple[Any, Any]],
    *,
    version: int,
    by: str,
    now: datetime,
) -> None:
    """Writes down that a party is another now, and has every ad judged by it, in the transaction that changed it."""
    write_change(connection, "party", party_id, detail, version=version, by=by, now=now)
    append(connection, [Fact("party-changed", now, {"party": number, "version": version})])
    begin_sweep(connection, why="a party was registered or changed", now=now)


def mark_reported(connection: Connection, number: int, *, by: str, now: datetime) -> None:
    """A party reported an impersonation: review is stricter for it from now on."""
    p = tables.parties
    row = connection.execute(
        update(p)
        .where(p.c.party == number)
        .values(reported_at=micros(now), ended_at=None, version=p.c.version + 1)
        .returning(p.c.party_id, p.c.version)
    ).one()
    detail = {"reported_at": (None, micros(now))}
    write_change(connection, "party", row.party_id, detail, version=row.version, by=by, now=now)


def end_party(engine: Engine, party_id: str, *, reason: str, by: str, now: datetime) -> None:
    """Ends the protection of a party: ads may wear the name, and its pictures are destroyed.

    Args:
        engine: the database.
        party_id: of a party that is protected.
        reason: why, as a person tells it; it stays with the change.
        by: the user or key.
        now: naive UTC instant.

    Raises:
        WordsError: the reason has no words.
        MissingError: nobody of this identifier is protected, or no longer.
    """
    expect_words(reason)
    p = tables.parties
    with writing(engine) as connection:
        row = connection.execute(select(p).where(p.c.party_id == party_id, p.c.ended_at.is_(None))).first()
        if row is None:
            raise MissingError("no protected party has this identifier, or no longer.")
        version = row.version + 1
        connection.execute(
            update(p).where(p.c.party == row.party).values(ended_at=micros(now), version=version)
        )
        detail: dict[str, tuple[Any, Any]] = {"ended_at": (None, micros(now)), "reason": (None, reason)}
        write_change(connection, "party", party_id, detail, version=version, by=by, now=now)
        append(connection, [Fact("party-changed", now, {"party": row.party, "version": version})])


def party_number(connection: Connection, party_id: str) -> int:
    """Our number of a party.

    Raises:
        MissingError: there is no such party.
    """
    p = tables.parties
    found = connection.execute(select(p.c.party).where(p.c.party_id == party_id)).scalar()
    if found is None:
        raise MissingError("no protected party has this identifier; expected one that was registered.")
    return int(found)


def parties_of(connection: Connection) -> dict[str, ProtectedParty]:
    """Everybody who is protected, by identifier; pictures by their SHA-256."""
    p = tables.parties
    return {
        row.party_id: ProtectedParty(
            party_id=row.party_id,
            kind=row.kind,
            valid_from=maybe_instant(row.valid_from),
            reported_at=maybe_instant(row.reported_at),
            **{name: tuple(json.loads(getattr(row, name))) for name in _LISTS},
        )
        for row in connection.execute(select(p).where(p.c.ended_at.is_(None)).order_by(p.c.party))
    }


def authorise(engine: Engine, given: SignedAuthorisation, *, by: str, now: datetime) -> str:
    """Writes a signed authorisation down; its identifier.

    Raises:
        UsageError: nobody signed it, it is dated in the future, ends before it begins, or a date cannot be kept.
        MissingError: the party or the advertiser is not known.
    """
    for name, at in (("signed_at", given.signed_at), ("expires_at", given.expires_at)):
        if at is not None and not is_kept(at):
            raise UsageError(f"{name}: found {at}; expected {EXPECTED}.")
    signed = naive(given.signed_at)
    expires = None if given.expires_at is None else naive(given.expires_at)
    if not given.signature_ref.strip() or signed > now or (expires is not None and expires <= signed):
        raise UsageError(
            "an authorisation that is not signed, or whose dates cannot be; expected where the signature is kept, a "
            "date that is not in the future, and an end after it."
        )
    authorisation_id = secrets.token_hex(_ID_BYTES)
    with writing(engine) as connection:
        values = {
            "party": party_number(connection, given.party_id),
            "advertiser": advertiser_number(connection, given.advertiser_id),
            "scope": given.scope,
            "signed_at": micros(signed),
            "signature_ref": given.signature_ref,
            "expires_at": maybe_micros(expires),
        }
        connection.execute(
            tables.authorisations.insert().values(
                authorisation_id=authorisation_id, recorded_at=micros(now), **values
            )
        )
        detail = differences({}, values)
        write_change(connection, "authorisation", authorisation_id, detail, version=1, by=by, now=now)
        public = {"authorisation_id": authorisation_id, "state": "given"}
        append(connection, [Fact("authorisation-changed", now, public)])
    return authorisation_id


def revoke_authorisation(engine: Engine, authorisation_id: str, *, by: str, now: datetime) -> None:
    """Ends an authorisation now; ads that rely on it are judged again.

    Raises:
        MissingError: there is none, or it was revoked before.
    """
    t = tables.authorisations
    with writing(engine) as connection:
        changed = connection.execute(
            update(t)
            .where(t.c.authorisation_id == authorisation_id, t.c.revoked_at.is_(None))
            .values(revoked_at=micros(now))
        ).rowcount
        if not changed:
            raise MissingError("no such authorisation holds.")
        detail = {"revoked_at": (None, micros(now))}
        write_change(connection, "authorisation", authorisation_id, detail, version=2, by=by, now=now)
        public = {"authorisation_id": authorisation_id, "state": "revoked"}
        append(connection, [Fact("authorisation-changed", now, public)])
        begin_sweep(connection, why="an authorisation was revoked", now=now)


def authorisations_of(connection: Connection) -> list[Authorisation]:
    """All that were given and not revoked; whether one holds at an instant its dates tell."""
    t, p, a = tables.authorisations, tables.parties, schema.advertisers
    rows = connection.execute(
        select(t, p.c.party_id, a.c.advertiser_id)
        .join_from(t, p, p.c.party == t.c.party)
        .join(a, a.c.advertiser == t.c.advertiser)
        .where(t.c.revoked_at.is_(None))
        .order_by(t.c.authorisation)
    )
    return [
        Authorisation(
            party_id=row.party_id, advertiser_id=row.advertiser_id, scope=row.scope,
            signed_at=instant(row.signed_at), signature_ref=row.signature_ref,
            expires_at=maybe_instant(row.expires_at),
        )
        for row in rows
    ]  # fmt: skip


def _list(values: object) -> str:
    return json.dumps(values, ensure_ascii=False)
