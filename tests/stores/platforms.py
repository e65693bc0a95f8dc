"""All parts of a platform over one database, for tests."""

import datetime as dt
from typing import Any

from sqlalchemy import Engine, select

from haechi.law import load_packs
from haechi.ledger.seal import Master
from haechi.release.audiences import AudiencePolicy
from haechi.sensitivity import load
from haechi.stores import schema
from haechi.stores.audiences import Audiences
from haechi.stores.ingest import Behaviour, Ingest
from haechi.stores.permissions import Grant, Permissions
from haechi.stores.requests import Requests
from haechi.stores.themes import Item, ItemTheme, Proposal, Themes
from haechi.themes.life import Verdict
from tests.stores.worlds import NOW, at

PACKS = load_packs()


class Platform:
    """All parts over one database, with a clock that moves on at each step."""

    def __init__(
        self, engine: Engine, policy: AudiencePolicy | None = None, *, master: Master | None = None
    ) -> None:
        self.engine = engine
        self.themes = Themes(engine, load(), PACKS)
        self.permissions = Permissions(engine, PACKS, master=master)
        self.ingest = Ingest(engine, PACKS, master=master)
        self.requests = Requests(engine, PACKS, master=master)
        self.audiences = Audiences(engine, PACKS, policy)
        self.clock = NOW
        self._batches = 0

    def now(self) -> dt.datetime:
        self.clock += dt.timedelta(minutes=1)
        return self.clock

    def propose(self, theme_id: str, name: str) -> str:
        return self.themes.propose(Proposal(theme_id=theme_id, name=name), by="ann", now=self.now()).state

    def decide(self, theme_id: str, by: str, state: Any, *categories: Any) -> str:
        verdict = Verdict(by=by, state=state, categories=categories, reason="r")
        return self.themes.decide(theme_id, verdict, now=self.now()).state

    def open_sensitive(self, theme_id: str, *categories: Any) -> None:
        for by in ("ann", "bob"):
            self.decide(theme_id, by, "approved-with-permission", *categories)

    def items(self, *pairs: tuple[str, str], names: dict[str, str] | None = None) -> None:
        self.themes.put_items(
            [Item(item_id=item, name=name) for item, name in (names or {}).items()],
            [ItemTheme(item_id=item, theme_id=theme) for item, theme in pairs],
            by="ann", now=self.now(),
        )  # fmt: skip

    def likes(self, people: list[str], item: str, minute: int = 1) -> None:
        self._batches += 1
        self.ingest(
            [Behaviour(one, item, "like", at(minute)) for one in people], source="s", key=str(self._batches),
            now=self.now(),
        )  # fmt: skip

    def people(self, people: list[str], country: str = "KR", born: int = 1980) -> None:
        with self.engine.begin() as connection:
            for one in people:
                connection.execute(
                    schema.people.insert().values(
                        person_id=one, country=country, birth_date=dt.date(born, 1, 1)
                    )
                )

    def permit(
        self, person: str, purpose: Any = "profiling", category: Any = "religion", **more: Any
    ) -> None:
        self.permissions.give(
            Grant(
                person_id=person, purpose=purpose, category=category, basis="explicit_consent", notice="v1",
                evidence="form", separate=True, **more,
            ),
            now=self.now(),
        )  # fmt: skip

    def members(self, theme_id: str) -> set[str]:
        m, p, t = schema.memberships, schema.people, schema.themes
        with self.engine.connect() as connection:
            return set(
                connection.execute(
                    select(p.c.person_id).join_from(m, p, m.c.person == p.c.person).join(t, t.c.theme == m.c.theme)
                    .where(t.c.theme_id == theme_id, m.c.until.is_(None))
                ).scalars()
            )  # fmt: skip

    def advertiser(self, name: str, *, verified: bool = True) -> int:
        with self.engine.begin() as connection:
            made = connection.execute(
                schema.advertisers.insert().values(
                    advertiser_id=name, name=name, verified=verified, created_at=0
                )
            )
            return int(made.inserted_primary_key[0])  # type: ignore[index]
