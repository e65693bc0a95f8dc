"""What an advertiser asked and what it cost of whose privacy, in the database."""

from datetime import datetime

import msgspec
from pyroaring import BitMap
from sqlalchemy import Connection, select, text

from haechi.release.audiences import Answered, AudiencePolicy, Budget, Spent, State, new_state
from haechi.stores import schema
from haechi.stores.clock import micros

_Levels = list[list[bytes]]


class _Kept(msgspec.Struct, frozen=True, array_like=True):
    """A state but for its answers, which have rows of their own; sets of people as Roaring bitmaps."""

    sigmas: tuple[float, ...]
    period: int
    total: _Levels
    periods: list[tuple[int, _Levels]]


def read_state(connection: Connection, advertiser: int, policy: AudiencePolicy, now: datetime) -> State:
    """The state of an advertiser, or a new one for an advertiser that asked nothing yet."""
    q, b = schema.questions, schema.budgets
    spent = connection.execute(select(b.c.spent).where(b.c.advertiser == advertiser)).scalar()
    if spent is None:
        return new_state(policy, now)
    kept = msgspec.msgpack.decode(spent, type=_Kept)
    rows = connection.execute(
        select(q.c.answered)
        .where(q.c.advertiser == advertiser, q.c.period > kept.period - policy.periods_in_window)
        .order_by(q.c.question)
    ).scalars()
    return State(
        kept.sigmas,
        kept.period,
        tuple(msgspec.json.decode(row, type=Answered) for row in rows),
        budget=Budget(_spent(kept.total), tuple((period, _spent(levels)) for period, levels in kept.periods)),
    )


def keep_state(
    connection: Connection, advertiser: int, before: State, after: State, *, expression: str, now: datetime
) -> None:
    """Writes what a question added to a state; nothing where it was answered from what was known.

    Args:
        connection: in the transaction in which `before` was read.
        advertiser: whose.
        before: as read.
        after: as `ask` gave it back.
        expression: JSON of what was composed.
        now: naive UTC instant.
    """
    if after is before:
        return
    known = {(answered.key, answered.period) for answered in before.answered}
    for answered in after.answered:
        if (answered.key, answered.period) not in known:
            connection.execute(
                schema.questions.insert().values(
                    advertiser=advertiser, canonical=answered.key, expression=expression, period=answered.period,
                    asked_at=micros(now), answered=msgspec.json.encode(answered).decode(),
                )
            )  # fmt: skip
    kept = _Kept(
        after.sigmas,
        after.period,
        _levels(after.budget.total),
        [(period, _levels(spent)) for period, spent in after.budget.periods],
    )
    connection.execute(
        text(
            "INSERT INTO budgets (advertiser, spent, version) VALUES (:advertiser, :spent, 1) "
            "ON CONFLICT (advertiser) DO UPDATE SET spent = excluded.spent, version = budgets.version + 1"
        ),
        {"advertiser": advertiser, "spent": msgspec.msgpack.encode(kept)},
    )


def _spent(levels: _Levels) -> Spent:
    return Spent(tuple(tuple(BitMap.deserialize(digit) for digit in digits) for digits in levels))


def _levels(spent: Spent) -> _Levels:
    return [[digit.serialize() for digit in digits] for digits in spent.levels]
