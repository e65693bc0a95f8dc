"""The gate's state from the database: public taxonomies, the platform's own themes, and what people permitted."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec
from sqlalchemy import Connection, Engine, select, union

from haechi.flow.taxonomies import judged, shipped
from haechi.law import LawPack
from haechi.permission import Standing
from haechi.release.gate import BLOCKED, Header, mask_of, write_snapshot
from haechi.sensitivity import Judge
from haechi.stores import schema
from haechi.stores.holding import facts_of
from haechi.stores.rows import reading
from haechi.themes.life import OPEN

_GROWN: Final = timedelta(days=366 * 22)


class SnapshotMaker:
    """Makes snapshots; the public taxonomies are judged once.

    Args:
        engine: the database.
        judge: the sensitivity engine.
        packs: the laws.
        provider: the name under which the platform's own segments stand in `user.data[].name`.
    """

    def __init__(self, engine: Engine, judge: Judge, packs: Mapping[str, LawPack], provider: str) -> None:
        self._engine = engine
        self._judge = judge
        self._packs = packs
        self._provider = provider
        self._public = list(judged(shipped(), judge))

    def write(self, path: Path, *, now: datetime) -> Header:
        """Writes today's snapshot to where gates look for it."""
        with reading(self._engine) as connection:
            segments = [*self._public, *self._own(connection)]
            standings: dict[Standing, int] = {}
            people = [
                (person, standings.setdefault(standing, len(standings)))
                for person, standing in _people(connection, now)
            ]
        header = Header(
            made_at=now,
            judged_by=self._judge.version,
            laws=tuple(self._packs),
            standings=tuple(msgspec.Raw(msgspec.json.encode(standing)) for standing in standings),
        )
        return write_snapshot(path, header, segments, people)

    def _own(self, connection: Connection) -> Iterator[tuple[str, str, int]]:
        t = schema.themes
        for row in connection.execute(select(t.c.theme_id, t.c.state, t.c.categories)):
            mask = mask_of(json.loads(row.categories or "[]"))
            yield self._provider, row.theme_id, mask if row.state in OPEN else mask | BLOCKED


def _people(connection: Connection, now: datetime) -> Iterator[tuple[str, Standing]]:
    """Who is not as everybody: people who permitted or stopped something, and people who may be children."""
    p, g, s = schema.people, schema.permissions, schema.stops
    known = union(
        select(p.c.person, p.c.person_id).join(g, g.c.person == p.c.person),
        select(p.c.person, p.c.person_id).where(p.c.birth_date > (now - _GROWN).date()),
        select(p.c.person, p.c.person_id).join(s, s.c.person == p.c.person).where(s.c.lifted_at.is_(None)),
    )
    names = {row.person: row.person_id for row in connection.execute(known)}
    if names:
        for person, facts in facts_of(connection, names).items():
            yield names[person], facts.standing(now)
