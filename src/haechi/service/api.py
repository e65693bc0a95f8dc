"""The platform over HTTP: JSON in, JSON out, each call one function of `haechi.stores`.

Programs sign in by a key (`Authorization: Bearer hk_…`), each held to its scopes. Errors are problem documents
(RFC 9457) that name no person.
"""

import asyncio
from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, Final, Literal

import msgspec
from litestar import Controller, Litestar, MediaType, Request, Response, get, post
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.di import Provide
from litestar.exceptions import HTTPException, NotAuthorizedException, PermissionDeniedException
from litestar.handlers import BaseRouteHandler
from litestar.middleware import AbstractAuthenticationMiddleware, AuthenticationResult, DefineMiddleware
from litestar.middleware.rate_limit import RateLimitConfig
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme
from litestar.params import HeaderParameter
from litestar.plugins.prometheus import PrometheusConfig, PrometheusController
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED, HTTP_202_ACCEPTED, HTTP_204_NO_CONTENT
from sqlalchemy import insert, select, text
from sqlalchemy.exc import OperationalError

from haechi.errors import DataError, HaechiError, UsageError
from haechi.permission import Asked, Decision, Standing, decide
from haechi.service.platform import Platform
from haechi.stores import schema
from haechi.stores.audiences import Booking
from haechi.stores.clock import instant, micros, utc_now
from haechi.stores.ingest import Behaviour, ConflictError, Receipt
from haechi.stores.keys import Caller, Scope, caller_of
from haechi.stores.numbers import Numbers
from haechi.stores.permissions import Grant
from haechi.stores.rows import reading, writing
from haechi.stores.themes import Change, Item, ItemTheme, Proposal, standing_of
from haechi.terms.countries import COUNTRIES
from haechi.terms.words import Category, Purpose
from haechi.themes.life import Standing as ThemeStanding
from haechi.themes.life import Verdict

_PROBLEM: Final = "application/problem+json"
_MOST_ROWS: Final = 50_000
_LARGEST: Final = 32_000_000
_OPEN_PATHS: Final = ("/health", "/metrics", "/openapi", "/console")


class Person(msgspec.Struct, kw_only=True):
    """A person, as far as the law of the place needs it."""

    person_id: str
    country: str | None = None
    region: str | None = None
    birth_date: date | None = None


class Catalogue(msgspec.Struct, kw_only=True):
    """Items and what they speak for."""

    items: list[Item] = []
    item_themes: list[ItemTheme] = []


class Said(msgspec.Struct, kw_only=True):
    """A person's verdict on a theme. Who says it is the key's name: two people have two keys."""

    state: Literal["approved", "approved-with-permission", "blocked"]
    categories: list[Category] = []
    reason: str
    version: int | None = None


class Renamed(msgspec.Struct, kw_only=True):
    """A theme's other name."""

    name: str
    path: str | None = None
    reason: str = ""


class Merged(msgspec.Struct, kw_only=True):
    """The theme that takes this one in."""

    into: str
    reason: str = ""


class ThemeView(msgspec.Struct, kw_only=True):
    """A theme as it stands."""

    theme_id: str
    name: str
    path: str | None
    standing: ThemeStanding
    version: int


class Withdrawal(msgspec.Struct, kw_only=True):
    """Which permissions end; all of the person's where nothing is named."""

    person_id: str
    purpose: Purpose | None = None
    category: Category | None = None


class Withdrawn(msgspec.Struct):
    """How many permissions ended."""

    ended: int


class Question(msgspec.Struct, kw_only=True):
    """May this be done with the data of somebody who stands so?"""

    asked: Asked
    standing: Standing


class Advertiser(msgspec.Struct, kw_only=True):
    """An advertiser."""

    advertiser_id: str
    name: str
    country: str | None = None
    verified: bool = False


class Audience(msgspec.Struct, kw_only=True):
    """An audience as an advertiser composes it: {"theme": id}, {"and": [..]}, {"or": [..]}, {"not": ..}."""

    expression: Any
    until: datetime | None = None


class Size(msgspec.Struct, kw_only=True):
    """A size, noisy and rounded, or why there is none. at_least: there may be more, after many questions."""

    size: int | None
    at_least: bool = False
    code: str = ""
    advice: str = ""


class Booked(msgspec.Struct, kw_only=True):
    """A booked audience."""

    handle: str
    size: int
    since: datetime
    until: datetime | None

    @classmethod
    def of(cls, booking: Booking) -> "Booked":
        """As advertisers see it."""
        return cls(handle=booking.handle, size=booking.size, since=booking.since, until=booking.until)


class Handles(msgspec.Struct):
    """The bookings that a person is in."""

    handles: list[str]


class KeyMiddleware(AbstractAuthenticationMiddleware):
    """Who calls, by the key in the header."""

    async def authenticate_request(
        self, connection: ASGIConnection[Any, Any, Any, Any]
    ) -> AuthenticationResult:
        """Finds the caller of a key.

        Raises:
            NotAuthorizedException: there is no key, or it is none of ours.
        """
        kind, _, key = connection.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or not key:
            raise NotAuthorizedException("expected a key: Authorization: Bearer hk_…")
        platform: Platform = connection.app.state.platform
        caller = await asyncio.to_thread(caller_of, platform.engine, key.strip())
        if caller is None:
            raise NotAuthorizedException("the key is not known or was revoked")
        return AuthenticationResult(user=caller, auth=None)


def needs(scope: Scope) -> Any:  # noqa: ANN401 - a guard
    """A guard that lets only callers with a scope through."""

    def guard(connection: ASGIConnection[Any, Caller, Any, Any], _: BaseRouteHandler) -> None:
        if scope not in connection.user.scopes:
            raise PermissionDeniedException(f"the key lacks the scope {scope}")

    return guard


def _platform(state: State) -> Platform:
    found: Platform = state.platform
    return found


def _caller(request: Request[Caller, Any, Any]) -> Caller:
    return request.user


Key = Annotated[str, HeaderParameter(name="Idempotency-Key", min_length=1, max_length=200)]


class Records(Controller):
    """What comes in."""

    path = "/v1"
    tags = ("records",)

    @post("/behaviours", guards=[needs("ingest")], status_code=HTTP_202_ACCEPTED)
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

    @post("/people", guards=[needs("ingest")], status_code=HTTP_204_NO_CONTENT, sync_to_thread=True)
    def people(self, data: list[Person], platform: Platform) -> None:
        """Adds people, or what is known of their place and birth."""
        for one in data:
            if one.country is not None and one.country not in COUNTRIES:
                raise UsageError(
                    f"unknown country {one.country[:20]!r}; expected an ISO 3166-1 alpha-2 code."
                )
        p = schema.people
        with writing(platform.engine) as connection:
            numbers = Numbers(p, "person", "person_id").of(connection, [one.person_id for one in data])
            for number, one in zip(numbers, data, strict=True):
                connection.execute(
                    p.update()
                    .where(p.c.person == number)
                    .values(country=one.country, region=one.region, birth_date=one.birth_date)
                )

    @post("/items", guards=[needs("themes")], status_code=HTTP_204_NO_CONTENT, sync_to_thread=True)
    def items(self, data: Catalogue, platform: Platform, caller: Caller) -> None:
        """Adds items and what they speak for; the themes concerned are screened anew."""
        platform.themes.put_items(data.items, data.item_themes, by=caller.name, now=utc_now())


class ThemeRoutes(Controller):
    """The life of themes."""

    path = "/v1/themes"
    tags = ("themes",)

    @post(guards=[needs("themes")], status_code=HTTP_201_CREATED, sync_to_thread=True)
    def propose(self, data: Proposal, platform: Platform, caller: Caller) -> ThemeView:
        """Proposes a theme; it is screened at once, and opens only where it gives nothing away beyond doubt."""
        platform.themes.propose(data, by=caller.name, now=utc_now())
        return _view(platform, data.theme_id)

    @get("/{theme_id:str}", guards=[needs("read")], sync_to_thread=True)
    def show(self, theme_id: str, platform: Platform) -> ThemeView:
        """A theme as it stands, with the evidence of its screening."""
        return _view(platform, theme_id)

    @post("/{theme_id:str}/decide", guards=[needs("decide")], status_code=HTTP_200_OK, sync_to_thread=True)
    def decide(self, theme_id: str, data: Said, platform: Platform, caller: Caller) -> ThemeView:
        """A person's verdict: approved, approved-with-permission or blocked. Two people for what is sensitive."""
        verdict = Verdict(
            by=caller.name, state=data.state, categories=tuple(data.categories), reason=data.reason
        )
        platform.themes.decide(theme_id, verdict, now=utc_now(), version=data.version)
        return _view(platform, theme_id)

    @post("/{theme_id:str}/rename", guards=[needs("themes")], status_code=HTTP_200_OK, sync_to_thread=True)
    def rename(self, theme_id: str, data: Renamed, platform: Platform, caller: Caller) -> ThemeView:
        """Another name; screened anew."""
        platform.themes.rename(
            theme_id, data.name, data.path, by=caller.name, reason=data.reason, now=utc_now()
        )
        return _view(platform, theme_id)

    @post("/{theme_id:str}/merge", guards=[needs("themes")], status_code=HTTP_200_OK, sync_to_thread=True)
    def merge(self, theme_id: str, data: Merged, platform: Platform, caller: Caller) -> ThemeView:
        """Goes into another theme, which is screened anew."""
        platform.themes.merge(theme_id, data.into, by=caller.name, reason=data.reason, now=utc_now())
        return _view(platform, data.into)

    @post("/{theme_id:str}/retire", guards=[needs("themes")], status_code=HTTP_200_OK, sync_to_thread=True)
    def retire(self, theme_id: str, platform: Platform, caller: Caller) -> ThemeView:
        """Ends a theme; its members leave it."""
        platform.themes.retire(theme_id, by=caller.name, reason="", now=utc_now())
        return _view(platform, theme_id)

    @get("/changes", guards=[needs("read")], sync_to_thread=True)
    def changes(self, platform: Platform) -> list[Change]:
        """What the engine and laws of today would change; nothing is changed."""
        return platform.themes.would_change(platform.judge, platform.packs, now=utc_now())

    @post("/screen", guards=[needs("decide")], status_code=HTTP_200_OK, sync_to_thread=True)
    def screen(self, platform: Platform, caller: Caller) -> dict[str, int]:
        """Screens every theme with the engine and laws of today."""
        return {"changed": platform.themes.screen_all(by=caller.name, now=utc_now())}


class PermissionRoutes(Controller):
    """Who agreed to what."""

    path = "/v1"
    tags = ("permissions",)

    @post("/permissions", guards=[needs("permissions")], status_code=HTTP_204_NO_CONTENT, sync_to_thread=True)
    def give(self, data: Grant, platform: Platform) -> None:
        """Records a permission with the record that proves it."""
        platform.permissions.give(data, now=utc_now())

    @post(
        "/permissions/withdraw", guards=[needs("permissions")], status_code=HTTP_200_OK, sync_to_thread=True
    )
    def withdraw(self, data: Withdrawal, platform: Platform) -> Withdrawn:
        """Ends permissions; what they opened is gone when this answers."""
        return Withdrawn(
            platform.permissions.withdraw(
                data.person_id, purpose=data.purpose, category=data.category, now=utc_now()
            )
        )

    @post("/decisions", guards=[needs("read")], status_code=HTTP_200_OK, sync_to_thread=False)
    def decide(self, data: Question, platform: Platform) -> Decision:
        """May it be done? With reasons and articles. Pure: nothing is looked up and nothing kept."""
        return decide(data.asked, data.standing, platform.packs, utc_now())


class AdvertiserRoutes(Controller):
    """Advertisers and their audiences."""

    path = "/v1"
    tags = ("audiences",)

    @post("/advertisers", guards=[needs("advertisers")], status_code=HTTP_204_NO_CONTENT, sync_to_thread=True)
    def register(self, data: Advertiser, platform: Platform) -> None:
        """Registers an advertiser, or changes what is known of it."""
        a = schema.advertisers
        values = msgspec.structs.asdict(data)
        with writing(platform.engine) as connection:
            changed = connection.execute(
                a.update().where(a.c.advertiser_id == data.advertiser_id).values(**values)
            ).rowcount
            if not changed:
                connection.execute(insert(a).values(**values, created_at=micros(utc_now())))

    @post("/audiences/size", guards=[needs("audiences")], status_code=HTTP_200_OK, sync_to_thread=True)
    def size(self, data: Audience, platform: Platform, caller: Caller) -> Size:
        """How large an audience is: noisy, rounded, the same for the same question; or why there is no answer."""
        answer = platform.audiences.size(_advertiser(caller), data.expression, now=utc_now())
        return Size(
            size=answer.size, at_least=answer.at_least, code=answer.refused or "", advice=answer.words
        )

    @post("/audiences", guards=[needs("audiences")], status_code=HTTP_201_CREATED, sync_to_thread=True)
    def book(self, data: Audience, platform: Platform, caller: Caller) -> Booked:
        """Books an audience under an opaque handle."""
        until = None if data.until is None else _naive(data.until)
        booked = platform.audiences.book(_advertiser(caller), data.expression, until=until, now=utc_now())
        if not isinstance(booked, Booking):
            raise UsageError(f"{booked.refused}: {booked.words}")
        return Booked.of(booked)

    @get("/audiences", guards=[needs("audiences")], sync_to_thread=True)
    def bookings(self, platform: Platform, caller: Caller) -> list[Booked]:
        """The caller's own bookings."""
        return [Booked.of(one) for one in platform.audiences.bookings(_advertiser(caller))]

    @post("/deliveries/handles", guards=[needs("deliver")], status_code=HTTP_200_OK, sync_to_thread=True)
    def handles(self, data: Withdrawal, platform: Platform) -> Handles:
        """The handles that a person is in, for the platform's own ad server; never for advertisers."""
        return Handles(platform.audiences.handles_for(data.person_id, now=utc_now()))


class Health(Controller):
    """Whether it lives, and whether it can serve."""

    path = "/health"
    tags = ("health",)

    @get("/live", media_type=MediaType.TEXT, sync_to_thread=False)
    def live(self) -> str:
        """The process answers."""
        return "live\n"

    @get("/ready", media_type=MediaType.TEXT, sync_to_thread=True)
    def ready(self, platform: Platform) -> str:
        """The database answers and the gate's snapshot is fresh."""
        with reading(platform.engine) as connection:
            connection.execute(text("SELECT 1"))
        return f"ready, snapshot {platform.snapshot_state}\n"


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


def _naive(at: datetime) -> datetime:
    return instant(micros(at.replace(tzinfo=None) - (at.utcoffset() or datetime.min - datetime.min)))  # noqa: DTZ901


def _problem(status: int, title: str, detail: str, headers: dict[str, str] | None = None) -> Response[bytes]:
    body = msgspec.json.encode({"title": title, "status": status, "detail": detail})
    return Response(body, status_code=status, media_type=_PROBLEM, headers=headers)


def _haechi_problem(_: Request[Any, Any, Any], error: HaechiError) -> Response[bytes]:
    if isinstance(error, ConflictError):
        return _problem(409, "The key stands for another batch", str(error))
    kind = "The records are wrong" if isinstance(error, DataError) else "The call cannot be carried out"
    return _problem(422, kind, str(error))


def _http_problem(_: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    headers = dict(error.headers or {})
    extra = getattr(error, "extra", None)
    detail = error.detail
    if error.status_code == 400 and isinstance(extra, list) and extra:  # noqa: PLR2004
        told = [one for one in extra if isinstance(one, dict)]
        detail = "; ".join(f"{one.get('key', '')}: {one.get('message', '')}" for one in told)
    return _problem(error.status_code, "The call cannot be taken", detail, headers)


def _value_problem(_: Request[Any, Any, Any], error: msgspec.ValidationError) -> Response[bytes]:
    return _problem(422, "The call cannot be carried out", str(error))


def _database_problem(_: Request[Any, Any, Any], __: OperationalError) -> Response[bytes]:
    # The error's own words may hold values: they are not repeated.
    detail = "the database does not answer; nothing was taken, send again"
    return _problem(503, "The database is away", detail, {"Retry-After": "5"})


def _headers(response: Response[Any]) -> Response[Any]:
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    response.headers.setdefault(
        "Content-Security-Policy",
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; "
        "base-uri 'none'",
    )
    return response


class Metrics(PrometheusController):
    """Counters for Prometheus; no person among them."""

    path = "/metrics"
    openmetrics_format = True


def make_app(
    platform: Platform, *, per_minute: int, further: Sequence[Any] = (), plugins: Sequence[Any] = ()
) -> Litestar:
    """The application.

    Args:
        platform: what it serves.
        per_minute: calls a minute from one address.
        further: further routes, such as the console's.
        plugins: what watches the calls.
    """
    prometheus = PrometheusConfig(app_name="haechi", prefix="haechi", group_path=True)
    limit = RateLimitConfig(rate_limit=("minute", per_minute), exclude=["/health", "/metrics"])
    return Litestar(
        route_handlers=[
            Records, ThemeRoutes, PermissionRoutes, AdvertiserRoutes, Health, Metrics, *further,
        ],
        plugins=list(plugins),
        state=State({"platform": platform}),
        dependencies={
            "platform": Provide(_platform, sync_to_thread=False),
            "caller": Provide(_caller, sync_to_thread=False),
        },
        middleware=[
            prometheus.middleware, limit.middleware, DefineMiddleware(KeyMiddleware, exclude=list(_OPEN_PATHS)),
        ],
        exception_handlers={
            HaechiError: _haechi_problem,
            HTTPException: _http_problem,
            msgspec.ValidationError: _value_problem,
            OperationalError: _database_problem,
        },
        after_request=_headers,
        request_max_body_size=_LARGEST,
        openapi_config=OpenAPIConfig(
            title="Haechi",
            version="1",
            path="/openapi",
            render_plugins=[JsonRenderPlugin()],
            security=[{"key": []}],
            components=Components(security_schemes={"key": SecurityScheme(type="http", scheme="bearer")}),
        ),
    )  # fmt: skip
