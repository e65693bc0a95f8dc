"""The calls of the platform, each one function of `haechi.stores`."""

import asyncio
from functools import partial
from typing import Annotated, Final

import msgspec
import structlog
from litestar import Controller, get, post
from litestar.exceptions import PermissionDeniedException
from litestar.params import HeaderParameter
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED, HTTP_202_ACCEPTED, HTTP_204_NO_CONTENT
from sqlalchemy import insert, select

from haechi.errors import UsageError
from haechi.permission import Decision, decide
from haechi.service.callers import needs
from haechi.service.platform import Platform
from haechi.service.problems import PROBLEMS
from haechi.service.shapes import (
    Advertiser,
    Audience,
    Booked,
    Catalogue,
    Handles,
    Merged,
    Question,
    Renamed,
    Said,
    Size,
    ThemeView,
    Withdrawal,
    Withdrawn,
)
from haechi.stores import schema
from haechi.stores.audiences import Booking
from haechi.stores.clock import micros, utc_now
from haechi.stores.ingest import Behaviour, Receipt
from haechi.stores.keys import Caller
from haechi.stores.numbers import expect_identifiers
from haechi.stores.people import Person, put_people
from haechi.stores.permissions import Grant
from haechi.stores.rows import reading, writing
from haechi.stores.themes import Change, Proposal, standing_of
from haechi.terms.zones import naive
from haechi.themes.life import Verdict

_MOST_ROWS: Final = 50_000
_get = partial(get, responses=PROBLEMS)
_post = partial(post, responses=PROBLEMS)
Key = Annotated[str, HeaderParameter(name="Idempotency-Key", min_length=1, max_length=200)]


class Records(Controller):
    """What comes in."""

    path = "/v1"
    tags = ("records",)

    @_post("/behaviours", guards=[needs("ingest")], status_code=HTTP_202_ACCEPTED)
    async def behaviours(
        self, data: list[Behaviour], platform: Platform, caller: Caller, idempotency_key: Key
    ) -> Receipt:
        """Takes a batch of behaviours in. The receipt comes after they are on the disk; send again without fear."""
        if len(data) > _MOST_ROWS:
            raise UsageError(f"a batch of {len(data):,} behaviours; expected at most {_MOST_ROWS:,}.")
        with platform.place():
            return await asyncio.to_thread(
                lambda: platform.ingest(data, source=caller.name, key=idempotency_key)
            )

    @_post("/people", guards=[needs("ingest")], status_code=HTTP_204_NO_CONTENT, sync_to_thread=True)
    def people(self, data: list[Person], platform: Platform) -> None:
        """Adds people, or what is known of their place and birth."""
        put_people(
            platform.engine,
            data,
            master=platform.master,
            keep=partial(platform.ingest.keep_anew, now=utc_now()),
        )

    @_post("/items", guards=[needs("themes")], status_code=HTTP_204_NO_CONTENT, sync_to_thread=True)
    def items(self, data: Catalogue, platform: Platform, caller: Caller) -> None:
        """Adds items and what they speak for; the themes concerned are screened anew."""
        platform.themes.put_items(data.items, data.item_themes, by=caller.name, now=utc_now())


class ThemeRoutes(Controller):
    """The life of themes."""

    path = "/v1/themes"
    tags = ("themes",)

    @_post(guards=[needs("themes")], status_code=HTTP_201_CREATED, sync_to_thread=True)
    def propose(self, data: Proposal, platform: Platform, caller: Caller) -> ThemeView:
        """Proposes a theme; it is screened at once, and opens only where it gives nothing away beyond doubt."""
        platform.themes.propose(data, by=caller.name, now=utc_now())
        return _view(platform, data.theme_id)

    @_get("/{theme_id:str}", guards=[needs("read")], sync_to_thread=True)
    def show(self, theme_id: str, platform: Platform) -> ThemeView:
        """A theme as it stands, with the evidence of its screening."""
        return _view(platform, theme_id)

    @_post("/{theme_id:str}/decide", guards=[needs("decide")], status_code=HTTP_200_OK, sync_to_thread=True)
    def decide(self, theme_id: str, data: Said, platform: Platform, caller: Caller) -> ThemeView:
        """A person's verdict: approved, approved-with-permission or blocked. Two people for what is sensitive."""
        verdict = Verdict(
            by=caller.name, state=data.state, categories=tuple(data.categories), reason=data.reason
        )
        platform.themes.decide(theme_id, verdict, now=utc_now(), version=data.version)
        return _view(platform, theme_id)

    @_post("/{theme_id:str}/rename", guards=[needs("themes")], status_code=HTTP_200_OK, sync_to_thread=True)
    def rename(self, theme_id: str, data: Renamed, platform: Platform, caller: Caller) -> ThemeView:
        """Another name; screened anew."""
        platform.themes.rename(
            theme_id, data.name, data.path, by=caller.name, reason=data.reason, now=utc_now()
        )
        return _view(platform, theme_id)

    @_post("/{theme_id:str}/merge", guards=[needs("themes")], status_code=HTTP_200_OK, sync_to_thread=True)
    def merge(self, theme_id: str, data: Merged, platform: Platform, caller: Caller) -> ThemeView:
        """Goes into another theme, which is screened anew."""
        platform.themes.merge(theme_id, data.into, by=caller.name, reason=data.reason, now=utc_now())
        return _view(platform, data.into)

    @_post("/{theme_id:str}/retire", guards=[needs("themes")], status_code=HTTP_200_OK, sync_to_thread=True)
    def retire(self, theme_id: str, platform: Platform, caller: Caller) -> ThemeView:
        """Ends a theme; its members leave it."""
        platform.themes.retire(theme_id, by=caller.name, reason="", now=utc_now())
        return _view(platform, theme_id)

    @_get("/changes", guards=[needs("read")], sync_to_thread=True)
    def changes(self, platform: Platform) -> list[Change]:
        """What the engine and laws of today would change; nothing is changed."""
        return platform.themes.would_change(platform.judge, platform.packs, now=utc_now())

    @_post("/screen", guards=[needs("decide")], status_code=HTTP_200_OK, sync_to_thread=True)
    def screen(self, platform: Platform, caller: Caller) -> dict[str, int]:
        """Screens every theme with the engine and laws of today."""
        return {"changed": platform.themes.screen_all(by=caller.name, now=utc_now())}


class PermissionRoutes(Controller):
    """Who agreed to what."""

    path = "/v1"
    tags = ("permissions",)

    @_post(
        "/permissions", guards=[needs("permissions")], status_code=HTTP_204_NO_CONTENT, sync_to_thread=True
    )
    def give(self, data: Grant, platform: Platform) -> None:
        """Records a permission with the record that proves it."""
        platform.permissions.give(data, now=utc_now())

    @_post(
        "/permissions/withdraw", guards=[needs("permissions")], status_code=HTTP_200_OK, sync_to_thread=True
    )
    def withdraw(self, data: Withdrawal, platform: Platform) -> Withdrawn:
        """Ends permissions; what they opened is gone when this answers."""
        return Withdrawn(
            platform.permissions.withdraw(
                data.person_id, purpose=data.purpose, category=data.category, now=utc_now()
            )
        )

    @_post("/decisions", guards=[needs("read")], status_code=HTTP_200_OK, sync_to_thread=False)
    def decide(self, data: Question, platform: Platform) -> Decision:
        """May it be done? With reasons and articles. Pure: nothing is looked up and nothing kept."""
        decision = decide(data.asked, data.standing, platform.packs, utc_now())
        structlog.get_logger("haechi").info(
            "decision",
            verdict=decision.verdict,
            purpose=data.asked.purpose,
            categories=sorted(data.asked.categories),
        )
        return decision


class AdvertiserRoutes(Controller):
    """Advertisers and their audiences."""

    path = "/v1"
    tags = ("audiences",)

    @_post(
        "/advertisers", guards=[needs("advertisers")], status_code=HTTP_204_NO_CONTENT, sync_to_thread=True
    )
    def register(self, data: Advertiser, platform: Platform) -> None:
        """Registers an advertiser, or changes what is known of it."""
        expect_identifiers("advertisers", "advertiser_id", [data.advertiser_id])
        a = schema.advertisers
        values = msgspec.structs.asdict(data)
        with writing(platform.engine) as connection:
            changed = connection.execute(
                a.update().where(a.c.advertiser_id == data.advertiser_id).values(**values)
            ).rowcount
            if not changed:
                connection.execute(insert(a).values(**values, created_at=micros(utc_now())))

    @_post("/audiences/size", guards=[needs("audiences")], status_code=HTTP_200_OK, sync_to_thread=True)
    def size(self, data: Audience, platform: Platform, caller: Caller) -> Size:
        """How large an audience is: noisy, rounded, the same for the same question; or why there is no answer."""
        answer = platform.audiences.size(_advertiser(caller), data.expression, now=utc_now())
        return Size(
            size=answer.size, at_least=answer.at_least, code=answer.refused or "", advice=answer.words
        )

    @_post("/audiences", guards=[needs("audiences")], status_code=HTTP_201_CREATED, sync_to_thread=True)
    def book(self, data: Audience, platform: Platform, caller: Caller) -> Booked:
        """Books an audience under an opaque handle."""
        until = None if data.until is None else naive(data.until)
        booked = platform.audiences.book(_advertiser(caller), data.expression, until=until, now=utc_now())
        if not isinstance(booked, Booking):
            raise UsageError(f"{booked.refused}: {booked.words}")
        return Booked.of(booked)

    @_get("/audiences", guards=[needs("audiences")], sync_to_thread=True)
    def bookings(self, platform: Platform, caller: Caller) -> list[Booked]:
        """The caller's own bookings."""
        return [Booked.of(one) for one in platform.audiences.bookings(_advertiser(caller))]

    @_post("/deliveries/handles", guards=[needs("deliver")], status_code=HTTP_200_OK, sync_to_thread=True)
    def handles(self, data: Withdrawal, platform: Platform) -> Handles:
        """The handles that a person is in, for the platform's own ad server; never for advertisers."""
        return Handles(platform.audiences.handles_for(data.person_id, now=utc_now()))


def _view(platform: Platform, theme_id: str) -> ThemeView:
    t = schema.themes
    with reading(platform.engine) as connection:
        standing, version = standing_of(connection, theme_id)
        row = connection.execute(select(t.c.name, t.c.path).where(t.c.theme_id == theme_id)).one()
    return ThemeView(theme_id=theme_id, name=row.name, path=row.path, standing=standing, version=version)


def _advertiser(caller: Caller) -> int:
    if caller.advertiser is None:
        raise PermissionDeniedException("the key belongs to no advertiser")
    return caller.advertiser
