"""Behaviours come in, and memberships stay current: one batch, one transaction, one receipt.

A receipt is given only after the commit: what was acknowledged is on the disk. A batch that was sent twice with one
key counts once. Memberships follow the definition of the records contract (`haechi.themes.keeping`), and on top of
it: nobody is in a theme before it was approved, and nobody is in a theme that bears a protected category without a
permission that holds; for such a pair not even evidence is kept.
"""

import hashlib
import threading
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec
from sqlalchemy import Connection, Engine, select

from haechi.errors import DataError, Fault, FaultKind, HaechiError
from haechi.law import LawPack
from haechi.ledger.seal import Master
from haechi.stores import schema
from haechi.stores.catalogue import Catalogue
from haechi.stores.clock import micros, utc_now
from haechi.stores.erased import GONE, Erased
from haechi.stores.holding import Holding
from haechi.stores.keep import Pair, keep_gains, recompute
from haechi.stores.keep_anew import keep_anew
from haechi.stores.numbers import Numbers
from haechi.stores.rows import fill, writing
from haechi.terms.words import BEHAVIOUR_KINDS, BehaviourKind
from haechi.terms.zones import naive
from haechi.themes.evidence import DEFAULT_EVIDENCE, EvidenceRule
from haechi.themes.keeping import gain, takes_back

_SKEW: Final = timedelta(minutes=5)
_MOST_FAULTS: Final = 20
_TAKES_BACK: Final = frozenset(place for place, kind in enumerate(BEHAVIOUR_KINDS) if takes_back(kind))
KIND_NUMBERS: Final[dict[BehaviourKind, int]] = {kind: place for place, kind in enumerate(BEHAVIOUR_KINDS)}


class Behaviour(msgspec.Struct, frozen=True, gc=False):
    """One behaviour, in the words of the records contract.

    Attributes:
        person_id: whose.
        item_id: on what.
        kind: what was done.
        occurred_at: when, with its zone; without one it is read as UTC.
    """

    person_id: str
    item_id: str
    kind: BehaviourKind
    occurred_at: datetime


class Receipt(msgspec.Struct, frozen=True):
    """What was acknowledged.

    Attributes:
        rows: behaviours in the batch.
        repeated: the batch had come before, and nothing was done.
        of_erased: of the behaviours, those of people who were erased: they were not kept.
    """

    rows: int
    repeated: bool
    of_erased: int = 0


class ConflictError(HaechiError):
    """One key with two contents: the caller mixed up its batches."""


class Ingest:
    """Takes batches in. One a process; several threads may call it, and come one after the other.

    Args:
        engine: the database.
        packs: the laws by which permission is judged.
        rule: kind weights, threshold and lapse.
        master: by which people who were erased are known; needed where somebody was.
    """

    def __init__(
        self,
        engine: Engine,
        packs: Mapping[str, LawPack],
        rule: EvidenceRule = DEFAULT_EVIDENCE,
        *,
        master: Master | None = None,
    ) -> None:
        self._engine = engine
        self._packs = packs
        self._rule = rule
        self._people = Numbers(schema.people, "person", "person_id")
        self._items = Numbers(schema.items, "item", "item_id")
        self._catalogue = Catalogue()
        self._erased = Erased(master)
        self._one_at_a_time = threading.Lock()
        self._amounts: dict[tuple[int, int], int] = {}

    def __call__(
        self, behaviours: Sequence[Behaviour], *, source: str, key: str, now: datetime | None = None
    ) -> Receipt:
        """Takes a batch in.

        Args:
            behaviours: in any order.
            source: who sends it; keys are each source's own.
            key: idempotency key: the batch's name at its source.
            now: naive UTC instant; the machine's where not given.

        Raises:
            DataError: a behaviour lies in the future, or an identifier is none; nothing of the batch was taken.
            ConflictError: another batch came with this key.
        """
        now = now or utc_now()
        arrived = _checked(behaviours, now)
        digest = digest_of(behaviours)
        # What is remembered between batches belongs to one of them at a time.
        with self._one_at_a_time, writing(self._engine) as connection:
            self._people.forget_new()
            self._items.forget_new()
            row = {"source": source, "idempotency_key": key, "digest": digest, "rows": len(arrived)}
            batch, repeated = _batch(connection, {**row, "received_at": micros(now)})
            if repeated:
                return Receipt(len(arrived), repeated=True)
            self._people.expect([row.person_id for row in behaviours], said_in="behaviours")
            self._items.expect([row.item_id for row in behaviours], said_in="behaviours")
            kept = self._kept(connection, behaviours, arrived)
            people = self._people.of(connection, [row.person_id for _, _, row in kept])
            items = self._items.of(connection, [row.item_id for _, _, row in kept])
            rows = [
                (person, item, at, batch, place, KIND_NUMBERS[row.kind])
                for person, item, (place, at, row) in zip(people, items, kept, strict=True)
            ]
            # In the table's own order, neighbours are written together.
            rows.sort()
            fill(connection, "behaviours", ("person", "item", "occurred_at", "batch", "place", "kind"), rows)
            self._keep(connection, rows, now)
            connection.commit()
            self._people.keep()
            self._items.keep()
        return Receipt(len(arrived), repeated=False, of_erased=len(arrived) - len(kept))

    def keep_anew(self, connection: Connection, people: Collection[int], *, now: datetime) -> None:
        """Works out anew who is in what, after something about these people changed."""
        keep_anew(connection, people, self._packs, self._rule, now=now)

    def _kept(
        self, connection: Connection, behaviours: Sequence[Behaviour], arrived: Sequence[int]
    ) -> list[tuple[int, int, Behaviour]]:
        """The behaviours with their places in the batch and instants, without those of people who were erased."""
        if self._erased.look(connection):
            self._people.forget()
        since = self._erased.since({row.person_id for row in behaviours})
        numbered = [(place, at, row) for place, (at, row) in enumerate(zip(arrived, behaviours, strict=True))]
        if not since:
            return numbered
        return [
            one
            for one in numbered
            if one[2].person_id not in since or GONE < since[one[2].person_id] <= one[1]
        ]

    def _keep(self, connection: Connection, rows: Sequence[tuple[int, ...]], now: datetime) -> None:
        """What the behaviours change: pairs that only gain are added to, all others are folded anew."""
        themes = self._catalogue.of_items(connection, {row[1] for row in rows})
        gains: dict[Pair, list[tuple[int, int]]] = defaultdict(list)
        anew: set[Pair] = set()
        amounts = self._amounts
        for person, item, at, _, _, kind in rows:
            of_item = themes[item]
            if kind in _TAKES_BACK:
                anew.update((person, theme) for theme, _ in of_item)
                continue
            for theme, weight in of_item:
                amount = amounts.get((kind, weight))
                if amount is None:
                    amount = amounts[kind, weight] = gain(BEHAVIOUR_KINDS[kind], weight, self._rule)
                if amount:
                    gains[person, theme].append((at, amount))
        allowed = Holding(connection, self._catalogue, self._packs, now).since({*gains, *anew})
        if self._rule.lapse_days is not None:
            anew.update(gains)
        late = keep_gains(
            connection,
            {pair: found for pair, found in gains.items() if pair not in anew},
            allowed,
            self._rule,
        )
        recompute(connection, anew | late, allowed, self._rule)


def _checked(behaviours: Sequence[Behaviour], now: datetime) -> list[int]:
    """The instants of a batch, none of them in the future."""
    latest = micros(now + _SKEW)
    arrived = []
    faults: list[Fault] = []
    for place, row in enumerate(behaviours, 1):
        at = naive(row.occurred_at)
        arrived.append(micros(at))
        if arrived[-1] > latest:
            faults.append(
                Fault("behaviours", place, "occurred_at", str(at), "an instant that is not in the future.")
            )
    if faults:
        raise DataError([FaultKind("Instants in the future", len(faults), tuple(faults[:_MOST_FAULTS]))])
    return arrived


def digest_of(behaviours: Sequence[Behaviour]) -> bytes:
    """SHA-256 of a batch: the same behaviours in the same order have the same."""
    return hashlib.sha256(msgspec.msgpack.encode(behaviours)).digest()


def _batch(connection: Connection, row: Mapping[str, object]) -> tuple[int, bool]:
    """The batch's number, and whether it had come before."""
    batches = schema.batches
    known = connection.execute(
        select(batches.c.batch, batches.c.digest).where(
            batches.c.source == row["source"], batches.c.idempotency_key == row["idempotency_key"]
        )
    ).first()
    if known is not None:
        if bytes(known.digest) != row["digest"]:
            raise ConflictError(
                "this idempotency key came with another batch; expected each batch under its own key."
            )
        return int(known.batch), True
    made = connection.execute(batches.insert().values(**row)).inserted_primary_key
    return int(made[0]), False  # type: ignore[index]
