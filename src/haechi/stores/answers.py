"""Everything held about one person, put together from the database."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Row, select

from haechi.law import LawPack
from haechi.ledger.checkpoint import read_checkpoint
from haechi.ledger.note import Note
from haechi.ledger.seal import Master
from haechi.ledger.tlog_proof import write_proof
from haechi.rights import answer as told
from haechi.rights.clock import laws_of
from haechi.rights.controller import Controller
from haechi.stores import schema
from haechi.stores.ledger.read import body_of, entries, personal_fields, proof_of
from haechi.stores.request_rows import requests_of
from haechi.stores.rows import fetch
from haechi.stores.told_to import Inside, ToldTo, categories_of, utc
from haechi.terms.words import BEHAVIOUR_KINDS
from haechi.terms.zones import zoned
from haechi.themes.evidence import EvidenceRule
from haechi.themes.keeping import Event, gain, takes_back

_MOST_REASONS: Final = 50
"""Reasons told for one theme; all behaviours stand in the answer themselves."""


class Answers:
    """Puts answers together. One a run: what does not depend on the person is looked up once.

    Args:
        connection: in a transaction that reads.
        packs: the laws.
        rule: kind weights, threshold and lapse.
        controller: who answers for the data.
        master: opens what the ledger says of people; None: that stays sealed.
        head: the signed checkpoint that proofs are for; None: entries come without proofs.
        now: naive UTC instant.
    """

    def __init__(
        self,
        connection: Connection,
        packs: Mapping[str, LawPack],
        rule: EvidenceRule,
        *,
        controller: Controller,
        master: Master | None,
        head: Note | None,
        now: datetime,
    ) -> None:
        self._connection = connection
        self._packs = packs
        self._rule = rule
        self._controller = controller
        self._master = master
        self._head = head
        self._now = now
        self._told_to = ToldTo(connection, packs, rule, now)

    def of(self, person_id: str) -> told.Answer:
        """The answer for a person; of somebody of whom nothing is held, it says so."""
        p = schema.people
        known = self._connection.execute(select(p).where(p.c.person_id == person_id)).first()
        nothing = told.Answer(
            made_at=zoned(self._now),
            person_id=person_id,
            held=False,
            controller=self._controller,
            logic=told.Logic(
                kind_thousandths=dict(self._rule.kind_thousandths),
                threshold_thousandths=self._rule.threshold_thousandths,
                lapse_days=self._rule.lapse_days,
            ),
        )
        return nothing if known is None else self._filled(nothing, known)

    def _filled(self, nothing: told.Answer, known: Row[Any]) -> told.Answer:
        person = int(known.person)
        did = self._did(person)
        memberships = self._memberships(person)
        themes = [self._theme(row, did.why.get(row[0], {})) for row in memberships]
        inside = [Inside(theme, since, until) for theme, since, until, _ in memberships]
        laws = laws_of(self._packs, known.country, known.region)
        return told.Answer(
            made_at=nothing.made_at,
            person_id=nothing.person_id,
            held=True,
            controller=nothing.controller,
            logic=nothing.logic,
            laws=tuple(
                told.Law(law=law, name=self._packs[law].name, authority=self._packs[law].authority)
                for law in laws
            ),
            country=known.country,
            region=known.region,
            birth_date=_day(known.birth_date),
            behaviours=did.behaviours,
            # What gives something away first.
            themes=tuple(sorted(themes, key=lambda theme: (not theme.categories, theme.name))),
            recipients=self._told_to.of(person, inside, did.events),
            permissions=self._permissions(person),
            stops=self._stops(person),
            requests=tuple(
                told.Asked(
                    request_id=one.request_id, kind=one.kind, received_at=zoned(one.received_at),
                    due_at=_maybe(one.due_at), answered_at=_maybe(one.answered_at), outcome=one.outcome,
                    ground=one.ground, reason=one.reason,
                )
                for one in requests_of(self._connection, person, now=self._now)
            ),
            ledger=tuple(self._proved(person)),
        )  # fmt: skip

    def _did(self, person: int) -> "_Did":
        """What the person did, and what of it speaks for which theme."""
        weights: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for item, theme, weight in fetch(
            self._connection,
            "SELECT DISTINCT m.item, m.theme, m.weight FROM behaviours b CROSS JOIN item_themes m "  # noqa: S608
            f"WHERE b.person = {person:d} AND m.item = b.item",
        ):
            weights[item].append((theme, weight))
        behaviours = []
        why: dict[int, dict[tuple[int, str], told.Reason]] = defaultdict(dict)
        events: dict[int, list[Event]] = defaultdict(list)
        for at, number, item, item_id, item_kind, item_name in fetch(
            self._connection,
            "SELECT b.occurred_at, b.kind, b.item, i.item_id, i.kind, i.name FROM behaviours b "  # noqa: S608 - a number
            f"CROSS JOIN items i WHERE b.person = {person:d} AND i.item = b.item ORDER BY b.occurred_at, b.item",
        ):
            kind, moment = BEHAVIOUR_KINDS[number], utc(at)
            behaviours.append(
                told.Behaviour(
                    at=moment, kind=kind, item_id=item_id, item_kind=item_kind, item_name=item_name
                )
            )
            for theme, weight in weights.get(item, ()):
                amount = gain(kind, weight, self._rule)
                events[theme].append(Event(at, item, amount, takes_back(kind)))
                before = why[theme].get((item, kind))
                why[theme][item, kind] = told.Reason(
                    item_id=item_id,
                    item_name=item_name,
                    kind=kind,
                    times=1 if before is None else before.times + 1,
                    first_at=moment if before is None else before.first_at,
                    last_at=moment,
                    thousandths=amount if before is None else before.thousandths + amount,
                )
        return _Did(tuple(reversed(behaviours)), why, events)

    def _memberships(self, person: int) -> list[tuple[int, int, int | None, int | None]]:
        """Theme, since, until, score; what is open has its score with the evidence."""
        return [
            (row[0], row[1], row[2], row[3])
            for row in fetch(
                self._connection,
                "SELECT m.theme, m.since, m.until, coalesce(m.score, e.evidence) FROM memberships m "  # noqa: S608
                "LEFT JOIN evidence e ON e.person = m.person AND e.theme = m.theme "
                f"WHERE m.person = {person:d} ORDER BY m.since, m.theme",
            )
        ]

    def _theme(
        self,
        membership: tuple[int, int, int | None, int | None],
        why: Mapping[tuple[int, str], told.Reason],
    ) -> told.Theme:
        theme, since, until, score = membership
        row = self._told_to.theme(theme)
        standing = json.loads(row.standing or "{}")
        screening = standing.get("screening") or {}
        reasons = sorted(why.values(), key=lambda one: (-one.thousandths, one.item_id, one.kind))
        return told.Theme(
            theme_id=row.theme_id,
            name=row.name,
            path=row.path,
            categories=categories_of(row),
            since=utc(since),
            until=None if until is None else utc(until),
            score=score,
            judged_by=screening.get("judged_by", ""),
            found=tuple(screening.get("evidence", ())),
            why=tuple(reasons[:_MOST_REASONS]),
        )

    def _permissions(self, person: int) -> tuple[told.Permission, ...]:
        g = schema.permissions
        rows = self._connection.execute(select(g).where(g.c.person == person).order_by(g.c.given_at)).all()
        return tuple(
            told.Permission(
                purpose=row.purpose, category=row.category, basis=row.basis, given_at=utc(row.given_at),
                withdrawn_at=_moment(row.withdrawn_at), expires_at=_moment(row.expires_at), notice=row.notice,
                evidence=row.evidence, separate=bool(row.separate), by_guardian=bool(row.by_guardian),
                recipients=None if row.recipients is None else tuple(json.loads(row.recipients)),
            )
            for row in rows
        )  # fmt: skip

    def _stops(self, person: int) -> tuple[told.Stop, ...]:
        s, t = schema.stops, schema.themes
        rows = self._connection.execute(
            select(s.c.purpose, s.c.since, s.c.lifted_at, t.c.theme_id)
            .outerjoin(t, t.c.theme == s.c.theme).where(s.c.person == person).order_by(s.c.since)
        ).all()  # fmt: skip
        return tuple(
            told.Stop(
                purpose=row.purpose, theme_id=row.theme_id, since=utc(row.since),
                lifted_at=_moment(row.lifted_at),
            )
            for row in rows
        )  # fmt: skip

    def _proved(self, person: int) -> Iterable[told.Proved]:
        size = 0 if self._head is None else read_checkpoint(self._head).size
        for number, entry in entries(self._connection, person=person):
            opened = None
            if self._master is not None:
                opened = personal_fields(self._connection, number, person, self._master)
            proof = ""
            if self._head is not None and number < size:
                path = proof_of(self._connection, number, size)
                proof = write_proof(body_of(self._connection, number), number, path, str(self._head))
            yield told.Proved(
                number=number, kind=entry.kind, at=entry.at, public=entry.public, personal=opened, proof=proof
            )


class _Did(NamedTuple):
    """What a person did, the latest first; the reasons, by theme; and the same as evidence along time."""

    behaviours: tuple[told.Behaviour, ...]
    why: dict[int, dict[tuple[int, str], told.Reason]]
    events: dict[int, list[Event]]


def _maybe(at: datetime | None) -> datetime | None:
    return None if at is None else zoned(at)


def _moment(at: int | None) -> datetime | None:
    return None if at is None else utc(at)


def _day(value: date | str | None) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value
