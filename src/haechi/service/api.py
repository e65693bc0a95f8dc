"""The platform over HTTP: JSON in, JSON out, described by itself (OpenAPI 3.1)."""

import json
from collections.abc import Sequence
from importlib import resources
from typing import Any, Final

import msgspec
from granian.utils.proxies import wrap_asgi_with_proxy_headers
from litestar import Controller, Litestar, MediaType, Response, get
from litestar.datastructures import State
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.middleware import DefineMiddleware
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, RequestBody, Schema, SecurityScheme
from litestar.plugins.prometheus import PrometheusController
from sqlalchemy import text
from sqlalchemy.exc import DataError as UnholdableError
from sqlalchemy.exc import OperationalError

from haechi.errors import HaechiError
from haechi.service import ads_routes, drp, repository, suspension_routes
from haechi.service.advertiser.sessions import STATE, AdvertiserSessions
from haechi.service.bodies import StrictRequest
from haechi.service.callers import KeyMiddleware, caller_of_request, platform_of
from haechi.service.deletions import DeletionRoutes, Discovery
from haechi.service.guesses import KeyGuesses, PasswordGuesses
from haechi.service.limits import LARGEST_CALL, PATIENCE_SECONDS, limited
from haechi.service.measures import measured
from haechi.service.paths import give_slashes, with_slashes
from haechi.service.platform import Platform
from haechi.service.problems import (
    as_pages_do,
    database_problem,
    haechi_problem,
    unforeseen_problem,
    unholdable_problem,
    unreadable_problem,
    value_problem,
)
from haechi.service.repository.listing import STATE as REPOSITORY
from haechi.service.repository.listing import Listing
from haechi.service.rights_routes import DeliveryRoutes, RequestRoutes
from haechi.service.routes import AdvertiserRoutes, PermissionRoutes, Records, ThemeRoutes
from haechi.stores.rows import reading
from haechi.stores.users import browser_secret

# Patterns that the framework looks for anywhere in a path: each says where it begins, and holds for whole parts, so
# that no identifier in a path looks like one.
_UNCOUNTED: Final = ("^/health(/|$)", "^/metrics(/|$)")
_OPEN_PATHS: Final = (
    *_UNCOUNTED,
    "^/openapi(/|$)",
    "^/console(/|$)",
    "^/me(/|$)",
    "^/desk(/|$)",
    "^/advertiser(/|$)",
    "^/repository(/|$)",
    "^/v1/repository(/|$)",
)


class Health(Controller):
    """Whether it lives, and whether it can serve."""

    path = "/health"
    tags = ("health",)
    # Probes bring no key.
    security = [{}]  # noqa: RUF012 - as the framework declares it

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
    include_in_schema = False
    openmetrics_format = True


def make_app(
    platform: Platform,
    *,
    per_minute: int,
    patience: float = PATIENCE_SECONDS,
    proxies: Sequence[str] = (),
    further: Sequence[Any] = (),
    plugins: Sequence[Any] = (),
) -> Litestar:
    """The application.

    Args:
        platform: what it serves.
        per_minute: calls a minute from one address.
        patience: seconds for a body to come (`haechi.service.limits`).
        proxies: addresses or networks whose word on who called, and by https, is believed.
        further: further routes, such as the console's.
        plugins: what watches the calls.
    """
    app = Litestar(
        route_handlers=[
            Records, ThemeRoutes, PermissionRoutes, AdvertiserRoutes, RequestRoutes, DeliveryRoutes, Health,
            Metrics, DeletionRoutes, *ads_routes.ROUTES, *suspension_routes.ROUTES, *repository.ROUTES,
            *_set_up(platform), *further,
        ],
        plugins=list(plugins),
        request_class=StrictRequest,
        # The framework's own log would speak beside ours, of what libraries do.
        logging_config=None,
        state=State(
            {
                "platform": platform,
                "key_guesses": KeyGuesses(),
                STATE: AdvertiserSessions(),
                REPOSITORY: Listing(platform.engine),
                "password_guesses": PasswordGuesses(browser_secret(platform.engine)),
            }
        ),
        dependencies={
            "platform": Provide(platform_of, sync_to_thread=False),
            "caller": Provide(caller_of_request, sync_to_thread=False),
        },
        middleware=[
            give_slashes, DefineMiddleware(KeyMiddleware, exclude=list(_OPEN_PATHS)),
        ],
        exception_handlers={
            HaechiError: haechi_problem,
            HTTPException: as_pages_do(further),
            msgspec.ValidationError: value_problem,
            OperationalError: database_problem,
            RecursionError: unreadable_problem,
            UnicodeError: unreadable_problem,
            OverflowError: value_problem,
            UnholdableError: unholdable_problem,
            Exception: unforeseen_problem,
        },
        after_request=_headers,
        request_max_body_size=LARGEST_CALL,
        openapi_config=OpenAPIConfig(
            title="Haechi",
            version="1",
            path="/openapi",
            render_plugins=[JsonRenderPlugin()],
            security=[{"key": []}],
            components=Components(security_schemes={"key": SecurityScheme(type="http", scheme="bearer")}),
        ),
    )  # fmt: skip
    # Before anything is looked up: what a limit sends away costs nothing more, unknown paths among it.
    app.asgi_handler = measured(
        limited(with_slashes(app.asgi_handler), per_minute=per_minute, patience=patience)
    )
    if proxies:
        app.asgi_handler = wrap_asgi_with_proxy_headers(app.asgi_handler, trusted_hosts=list(proxies))
    _items_of_tuples(app)
    _exemplify(app)
    if platform.drp is not None:
        drp.describe(app)
    return app


def _set_up(platform: Platform) -> list[type[Controller]]:
    """Routes that are there only where the operator set up what they are for."""
    return [
        *(drp.ROUTES if platform.drp is not None else ()),
        *((Discovery,) if platform.signer is not None else ()),
    ]


def examples(file: str = "examples.json") -> list[dict[str, Any]]:
    """Examples of what the calls take, in an order in which they can be called: `path`, `body`, `method` if not post.

    Args:
        file: `examples.json`, or `ads_examples.json` for ad review.
    """
    found = resources.files("haechi.service").joinpath(file)
    return list(json.loads(found.read_text(encoding="utf-8")))


def _items_of_tuples(app: Litestar) -> None:
    """Says what arrays hold: the framework describes the dots of a limited `tuple[X, ...]` as anything."""
    for schema in (app.openapi_schema.components.schemas or {}).values():
        for held in (schema.properties or {}).values():
            items = getattr(held, "items", None)
            if isinstance(items, Schema) and items.one_of and items.one_of[-1] == Schema():
                (held.items,) = items.one_of[:-1]  # type: ignore[union-attr]


def _exemplify(app: Litestar) -> None:
    """Puts the examples into the description."""
    paths = app.openapi_schema.paths or {}
    for example in (*examples(), *examples("ads_examples.json")):
        operation = getattr(paths[example["path"]], example.get("method", "post"))
        if operation is not None and isinstance(operation.request_body, RequestBody):
            for content in operation.request_body.content.values():
                content.example = example["body"]
