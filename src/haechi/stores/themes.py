"""Themes in the database: each change of their life is one transaction, with its event and what follows for people.

A theme that is not open has no members and no evidence about anybody; when it opens, its memberships are worked out
from the behaviours that are there.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import Connection, Engine, select, text, update

from haechi.errors import MissingError, UsageError
from haechi.flow.screening import screen
from haechi.law import LawPack
from haechi.ledger.entry import Fact
from haechi.sensitivity import Judge
from haechi.stores import schema
from haechi.stores.catalogue import Catalogue, changed
from haechi.stores.clock import micros
from haechi.stores.holding import Holding
from haechi.stores.keep import recompute
from haechi.stores.ledger.append import append
from haechi.stores.numbers import Numbers, expect_identifiers
from haechi.stores.rows import fetch, tell, temporary, writing
from haechi.terms.identifiers import is_identifier
from haechi.terms.showing import shows
from haechi.themes.evidence import DEFAULT_EVIDENCE, WEIGHT_SCALE, EvidenceRule
from haechi.themes.life import OPEN, Screening, Standing, Verdict, decided, retired, screened, with_people_of

_TOOK_IN: Final = (
    "WITH RECURSIVE taken (theme, name) AS (SELECT theme, name FROM themes WHERE merged_into = {theme:d} UNION "
    "SELECT t.theme, t.name FROM themes t JOIN taken ON t.merged_into = taken.theme) "
    "SELECT name FROM taken ORDER BY theme"
)
_ITEMS_LOOKED_AT: Final = 1_000
_CONCERNED: Final = (
    "SELECT DISTINCT b.person FROM behaviours b JOIN item_themes m ON m.item = b.item WHERE m.theme = :theme "
    "UNION SELECT person FROM memberships WHERE theme = :theme UNION SELECT person FROM evidence WHERE theme = :theme"
)


class Proposal(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A theme as somebody proposes it, in the words of the records contract."""

    theme_id: str
    name: str
    path: str | None = None
    lang: str | None = None
    taxonomy: str | None = None


class Item(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An item as the records contract has it."""

    item_id: str
    kind: str | None = None
    name: str | None = None
    lang: str | None = None


class ItemTheme(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An item that speaks for a theme."""

    item_id: str
    theme_id: str
    weight: float = 1.0


class Act(msgspec.Struct, frozen=True):
    """Who does something, why and when.

    Attributes:
        by: a name; never of a person in the data.
        reason: why, or "".
        now: naive UTC instant.
    """

    by: str
    reason: str
    now: datetime


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What a new engine or law pack would change for one theme.

    Attributes:
        theme_id: which.
        before: state and categories as they are.
        after: as they would be.
    """

    theme_id: str
    before: tuple[str, tuple[str, ...]]
    after: tuple[str, tuple[str, ...]]


class Themes:
    """The themes of a platform.

    Args:
        engine: the database.
        judge: the sensitivity engine, with decisions or without.
        packs: the laws where the themes are used.
        rule: kind weights, threshold and lapse.
        approve_ordinary: a theme that gives nothing away, beyond doubt, needs nobody's approval.
    """

    def __init__(
        self,
        engine: Engine,
        judge: Judge,
        packs: Mapping[str, LawPack],
        *,
        rule: EvidenceRule = DEFAULT_EVIDENCE,
        approve_ordinary: bool = True,
    ) -> None:
        self._engine = engine
        self._judge = judge
        self._packs = packs
        self._rule = rule
        self._approve_ordinary = approve_ordinary

    def propose(self, proposal: Proposal, *, by: str, now: datetime) -> Standing:
        """Puts a theme forward and screens it at once.

        Raises:
            UsageError: there is one with this identifier, or it has no name.
            DataError: the identifier is none.
        """
        if not shows(proposal.name):
            raise UsageError("a theme without a name; expected one.")
        expect_identifiers("themes", "theme_id", [proposal.theme_id])
        with writing(self._engine) as connection:
            t = schema.themes
            if connection.execute(select(t.c.theme).where(t.c.theme_id == proposal.theme_id)).first():
                raise UsageError(
                    "there is a theme with this identifier; expected another, or a change of that one."
                )
            connection.execute(
                t.insert().values(
                    **msgspec.structs.asdict(proposal), state="proposed", categories="[]", standing="{}",
                    created_at=micros(now), version=0,
                )
            )  # fmt: skip
            theme = _Theme.read(connection, proposal.theme_id)
            self._note(connection, theme, Standing(), "proposed", Act(by, "", now))
            return self._screen(connection, theme, Act(by, "", now))

    def decide(
        self, theme_id: str, verdict: Verdict, *, now: datetime, version: int | None = None
    ) -> Standing:
        """Takes one person's verdict.

        Args:
            theme_id: on which theme.
            verdict: what is said.
            now: naive UTC instant.
            version: of the theme as that person saw it; None where it does not matter.

        Raises:
            UsageError: the verdict cannot be, or the theme was changed since.
        """
        with writing(self._engine) as connection:
            theme = _Theme.read(connection, theme_id)
            if version is not None and theme.version != version:
                raise UsageError("somebody changed the theme meanwhile; look at it again and decide anew.")
            after = decided(theme.standing, verdict)
            kind = "endorsed" if after.endorsed is not None else verdict.state
            self._become(connection, theme, after, kind, Act(verdict.by, verdict.reason, now))
            return after

    def rename(
        self, theme_id: str, name: str, path: str | None, *, by: str, reason: str, now: datetime
    ) -> Standing:
        """Gives a theme another name and screens it anew."""
        if not shows(name):
            raise UsageError("a theme without a name; expected one.")
        with writing(self._engine) as connection:
            theme = _Theme.read(connection, theme_id)
            if theme.standing.state == "retired":
                raise UsageError("the theme is retired; expected one in use.")
            t = schema.themes
            connection.execute(update(t).where(t.c.theme == theme.number).values(name=name, path=path))
            self._note(connection, theme, theme.standing, "renamed", Act(by, reason, now))
            return self._screen(connection, _Theme.read(connection, theme_id), Act(by, reason, now))

    def merge(self, theme_id: str, into: str, *, by: str, reason: str, now: datetime) -> Standing:
        """Retires a theme and gives its items to another, which is screened anew by what it speaks for now."""
        with writing(self._engine) as connection:
            theme, other = _Theme.read(connection, theme_id), _Theme.read(connection, into)
            if theme.number == other.number or "retired" in (theme.standing.state, other.standing.state):
                raise UsageError("a theme merged into itself, or with a retired one; expected two in use.")
            connection.execute(
                text(
                    "INSERT INTO item_themes (item, theme, weight) SELECT item, :other, weight FROM item_themes "
                    "WHERE theme = :theme ON CONFLICT (item, theme) DO NOTHING"
                ),
                {"theme": theme.number, "other": other.number},
            )
            # Who disowned a theme disowned what it becomes.
            connection.execute(
                text(
                    "INSERT INTO stops (person, purpose, theme, since, lifted_at, request) "
                    "SELECT person, purpose, :other, since, lifted_at, request FROM stops WHERE theme = :theme"
                ),
                {"theme": theme.number, "other": other.number},
            )
            self._become(connection, theme, retired(theme.standing), "merged", Act(by, reason, now))
            t = schema.themes
            connection.execute(update(t).where(t.c.theme == theme.number).values(merged_into=other.number))
            self._note(connection, other, other.standing, "took in", Act(by, reason, now))
            joined = msgspec.structs.replace(other, standing=with_people_of(other.standing, theme.standing))
            after = self._screen(connection, joined, Act(by, reason, now))
            self._keep_members(connection, other.number, now)
            return after

    def retire(self, theme_id: str, *, by: str, reason: str, now: datetime) -> Standing:
        """Ends a theme; its members leave it."""
        with writing(self._engine) as connection:
            theme = _Theme.read(connection, theme_id)
            after = retired(theme.standing)
            self._become(connection, theme, after, "retired", Act(by, reason, now))
            return after

    def put_items(
        self, items: Sequence[Item], mappings: Sequence[ItemTheme], *, by: str, now: datetime
    ) -> None:
        """Adds or renames items, and says what they speak for; the themes concerned are screened anew.

        Raises:
            UsageError: a weight outside 0 to 1, or a theme that is not known.
            DataError: an identifier is none.
        """
        for mapping in mappings:
            if not 0 <= mapping.weight <= 1:
                raise UsageError(f"a weight of {mapping.weight}; expected 0 to 1.")
        with writing(self._engine) as connection:
            numbers = Numbers(schema.items, "item", "item_id")
            named = [item.item_id for item in items]
            found = dict(zip(named, numbers.of(connection, named), strict=True))
            named = [mapping.item_id for mapping in mappings]
            found |= zip(named, numbers.of(connection, named, said_in="item_themes"), strict=True)
            i = schema.items
            for item in items:
                connection.execute(
                    update(i).where(i.c.item == found[item.item_id]).values(
                        kind=item.kind, name=item.name, lang=item.lang)
                )  # fmt: skip
            themes = {
                one: _Theme.read(connection, one)
                for one in dict.fromkeys(
                    [m.theme_id for m in mappings]
                    + _spoken_for(connection, [found[i.item_id] for i in items])
                )
            }
            for mapping in mappings:
                connection.execute(
                    text(
                        "INSERT INTO item_themes (item, theme, weight) VALUES (:item, :theme, :weight) "
                        "ON CONFLICT (item, theme) DO UPDATE SET weight = excluded.weight"
                    ),
                    {
                        "item": found[mapping.item_id],
                        "theme": themes[mapping.theme_id].number,
                        "weight": int(mapping.weight * WEIGHT_SCALE + 0.5),
                    },
                )
            changed(connection)
            for theme in themes.values():
                self._screen(connection, theme, Act(by, "", now))
                self._keep_members(connection, theme.number, now)

    def would_change(self, judge: Judge, packs: Mapping[str, LawPack], *, now: datetime) -> list[Change]:
        """What another engine or other laws would change; nothing is changed."""
        changes = []
        with self._engine.connect() as connection:
            for theme_id in _all(connection):
                theme = _Theme.read(connection, theme_id)
                after = screened(
                    theme.standing, _screening(connection, theme, judge, packs, now),
                    approve_ordinary=self._approve_ordinary,
                )  # fmt: skip
                before = theme.standing
                if (before.state, before.categories) != (after.state, after.categories):
                    changes.append(
                        Change(
                            theme_id=theme_id,
                            before=(before.state, before.categories),
                            after=(after.state, after.categories),
                        )
                    )
        return changes

    def screen_all(self, *, by: str, now: datetime) -> int:
        """Screens every theme with the engine and laws of today; `would_change` tells before what that changes.

        Returns:
            how many themes stand otherwise than before.
        """
        count = 0
        with writing(self._engine) as connection:
            for theme_id in _all(connection):
                theme = _Theme.read(connection, theme_id)
                if theme.standing.state != "retired":
                    after = self._screen(connection, theme, Act(by, "", now))
                    count += (after.state, after.categories) != (
                        theme.standing.state,
                        theme.standing.categories,
                    )
        return count

    def screen_some(self, most: int, *, by: str, now: datetime) -> int:
        """Screens themes that nobody screened yet, as a bulk load leaves them.

        Returns:
            how many; 0 where none is left.
        """
        t = schema.themes
        asked = select(t.c.theme_id).where(t.c.standing == "{}").order_by(t.c.theme).limit(most)
        with writing(self._engine) as connection:
            waiting = connection.execute(asked).scalars().all()
            for theme_id in waiting:
                self._screen(connection, _Theme.read(connection, theme_id), Act(by, "", now))
        return len(waiting)

    def _screen(self, connection: Connection, theme: "_Theme", act: Act) -> Standing:
        screening = _screening(connection, theme, self._judge, self._packs, act.now)
        after = screened(theme.standing, screening, approve_ordinary=self._approve_ordinary)
        self._become(connection, theme, after, "screened", act)
        return after

    def _become(self, connection: Connection, theme: "_Theme", after: Standing, kind: str, act: Act) -> None:
        """Writes where a theme stands now, and does to people what follows from it."""
        t = schema.themes
        was = theme.standing
        is_open, was_open = after.state in OPEN, theme.approved_at is not None
        same = is_open and was_open and set(after.categories) == set(was.categories)
        connection.execute(
            update(t).where(t.c.theme == theme.number).values(
                state=after.state,
                categories=json.dumps(after.categories),
                standing=msgspec.json.encode(after).decode(),
                approved_at=theme.approved_at if same else micros(act.now) if is_open else None,
                version=t.c.version + 1,
            )
        )  # fmt: skip
        self._note(connection, theme, after, kind, act)
        if not same and (is_open or was_open):
            changed(connection)
            self._keep_members(connection, theme.number, act.now)

    def _keep_members(self, connection: Connection, theme: int, now: datetime) -> None:
        """Works out anew who is in a theme: whoever behaved on its items, or is in it, as far as they may be."""
        people = connection.execute(text(_CONCERNED), {"theme": theme}).all()
        pairs = {(row[0], theme) for row in people}
        allowed = Holding(connection, Catalogue(), self._packs, now).since(pairs)
        recompute(connection, pairs, allowed, self._rule)

    def _note(self, connection: Connection, theme: "_Theme", after: Standing, kind: str, act: Act) -> None:
        detail = msgspec.json.encode(after)
        connection.execute(
            schema.theme_events.insert().values(
                theme=theme.number, at=micros(act.now), kind=kind, state=after.state, by=act.by, reason=act.reason,
                detail=detail.decode(),
            )
        )  # fmt: skip
        tell(
            connection, "theme", theme_id=theme.theme_id, done=kind, state=after.state,
            categories=list(after.categories),
        )  # fmt: skip
        public = {
            "theme_id": theme.theme_id,
            "event": kind,
            "state": after.state,
            "categories": list(after.categories),
            # Who and why stay in the event's row, which this proves: the ledger is read by others and never forgets.
            "standing_sha256": hashlib.sha256(detail).hexdigest(),
        }
        append(
            connection, [Fact("theme-screened" if kind == "screened" else "theme-decided", act.now, public)]
        )


class _Theme(msgspec.Struct):
    """A theme's row."""

    number: int
    theme_id: str
    name: str
    path: str | None
    lang: str | None
    approved_at: int | None
    version: int
    standing: Standing

    @classmethod
    def read(cls, connection: Connection, theme_id: str) -> "_Theme":
        t = schema.themes
        row = None
        if is_identifier(theme_id):
            row = connection.execute(select(t).where(t.c.theme_id == theme_id)).first()
        if row is None:
            raise MissingError("no theme has this identifier; expected one that was proposed.")
        standing = msgspec.json.decode(row.standing, type=Standing)
        return cls(
            row.theme, row.theme_id, row.name, row.path, row.lang, row.approved_at, row.version, standing
        )


def standing_of(connection: Connection, theme_id: str) -> tuple[Standing, int]:
    """Where a theme stands, and its version.

    Raises:
        MissingError: there is none.
    """
    theme = _Theme.read(connection, theme_id)
    return theme.standing, theme.version


def _screening(
    connection: Connection,
    theme: _Theme,
    judge: Judge,
    packs: Mapping[str, LawPack],
    now: datetime,
) -> Screening:
    rows = fetch(
        connection,
        f"SELECT i.name FROM item_themes m JOIN items i ON i.item = m.item WHERE m.theme = {theme.number:d} "  # noqa: S608
        f"AND i.name IS NOT NULL ORDER BY m.weight DESC, i.item LIMIT {_ITEMS_LOOKED_AT}",
    )
    # What it took in speaks for it for ever, and what that had taken in: its people came from there.
    took_in = fetch(connection, _TOOK_IN.format(theme=theme.number))
    items = [row[0] for row in (*took_in, *rows)]
    return screen(judge, packs, now, name=theme.name, path=theme.path, lang=theme.lang, items=items)


def _spoken_for(connection: Connection, items: Sequence[int]) -> list[str]:
    """The themes that items speak for."""
    if not items:
        return []
    temporary(connection, "items_named", "item BIGINT", [(item,) for item in sorted(set(items))])
    rows = fetch(
        connection,
        "SELECT DISTINCT t.theme_id FROM temp_items_named n CROSS JOIN item_themes m CROSS JOIN themes t "
        "WHERE m.item = n.item AND t.theme = m.theme AND t.state <> 'retired' ORDER BY t.theme_id",
    )
    return [row[0] for row in rows]


def _all(connection: Connection) -> list[str]:
    t = schema.themes
    return [row.theme_id for row in connection.execute(select(t.c.theme_id).order_by(t.c.theme))]
