"""What a platform offers in these tests: themes, items, advertisers; and people who like something."""

from datetime import timedelta

from sqlalchemy import select

from haechi.law import load_packs
from haechi.sensitivity import load
from haechi.stores import schema
from haechi.stores.clock import utc_now
from haechi.stores.disclosures import Disclosure, disclose
from haechi.stores.ingest import Behaviour, Ingest
from haechi.stores.rows import writing
from haechi.stores.themes import Item, ItemTheme, Proposal, Themes
from haechi.themes.life import Verdict
from tests.service.people.world import MASTER, Site


def offered(site: Site) -> None:
    """A golf theme, a church theme that needs permission, an advertiser that is verified and one that is not."""
    now = utc_now()
    themes = Themes(site.engine, load(), load_packs())
    for theme_id, name in (("golf", "Golf <b>"), ("church", "Church service")):
        themes.propose(Proposal(theme_id=theme_id, name=name), by="ann", now=now)
    for by in ("ann", "bob"):
        verdict = Verdict(
            by=by, state="approved-with-permission", categories=("religion",), reason="asked for"
        )
        themes.decide("church", verdict, now=now)
        verdict = Verdict(by=by, state="approved", reason="a sport")
        themes.decide("golf", verdict, now=now)
    themes.put_items(
        [Item(item_id="i1", name="Fairway"), Item(item_id="i2", name="Sunday service")],
        [ItemTheme(item_id="i1", theme_id="golf"), ItemTheme(item_id="i2", theme_id="church")],
        by="ann",
        now=now,
    )
    with site.engine.begin() as connection:
        for name, verified in (("Parish", True), ("Stranger", False)):
            connection.execute(
                schema.advertisers.insert().values(
                    advertiser_id=name.lower(), name=name, verified=verified, created_at=0
                )
            )


def likes(site: Site, person_id: str) -> None:
    now = utc_now()
    rows = [Behaviour(person_id, item, "like", now - timedelta(minutes=1)) for item in ("i1", "i2")]
    Ingest(site.engine, load_packs(), master=MASTER)(rows, source="t", key=f"{person_id} {now}")


def filled(site: Site, person_id: str) -> None:
    """Somebody of whom much is held: themes, and an ad of each advertiser because of them."""
    with site.engine.connect() as connection:
        there = connection.execute(select(schema.themes.c.theme)).first()
    if there is None:
        offered(site)
    likes(site, person_id)
    with writing(site.engine) as connection:
        p = schema.people
        person = connection.execute(select(p.c.person).where(p.c.person_id == person_id)).scalar_one()
        told = [
            Disclosure(person=person, at=utc_now(), advertiser=advertiser, theme=theme)
            for advertiser in (1, 2)
            for theme in (1, 2)
        ]
        disclose(connection, told, master=MASTER, recorded_by="load")
