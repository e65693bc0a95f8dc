"""`haechi serve`: the platform over HTTP, by one process that writes and any number of gates beside it."""

import os
from typing import Final

import msgspec
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from litestar import Litestar

from haechi.errors import UsageError
from haechi.service.advertiser import ADVERTISER
from haechi.service.api import make_app
from haechi.service.console.elsewhere import Elsewhere, desk_of
from haechi.service.console.entry import ELSEWHERE
from haechi.service.console.routes import Console
from haechi.service.desk import DESK
from haechi.service.logs import server_log, set_up_log
from haechi.service.me import SITE, people_page, site_at
from haechi.service.platform import Platform
from haechi.service.ports import expect_free
from haechi.service.settings import PlatformSettings
from haechi.service.traces import tracing

_CONNECTIONS: Final = 8_192
_HEADER_MILLISECONDS: Final = 15_000
ENVIRONMENT: Final = "HAECHI_PLATFORM"
"""Environment variable by which the parent tells the worker the settings, as JSON of `PlatformSettings`."""


def application() -> Litestar:
    """What the worker serves: a platform by the settings in the environment."""
    set_up_log()
    settings = msgspec.json.decode(os.environ[ENVIRONMENT], type=PlatformSettings)
    platform = Platform(settings)
    plugins, end_traces = tracing()
    people = people_page() if settings.people_page else ()
    app = make_app(
        platform, per_minute=settings.per_minute, proxies=settings.proxies,
        further=[Console, Elsewhere, *DESK, *ADVERTISER, *people], plugins=plugins,
    )  # fmt: skip
    if settings.people_page:
        app.state[SITE] = site_at(settings.people_page)
    if (desk := desk_of(os.environ)) is not None:
        app.state[ELSEWHERE] = desk
    app.on_startup.append(platform.begin)
    app.on_shutdown += [platform.end, end_traces]
    return app


def serve(settings: PlatformSettings, *, host: str, port: int) -> None:
    """Serves until it is told to end; requests under way are answered first.

    Args:
        settings: how.
        host: address to listen on.
        port: TCP port.

    Raises:
        HaechiError: the settings cannot be served; told before anything listens.
    """
    tracing()
    expect_free(host, port)
    desk_of(os.environ)
    if settings.people_page:
        site_at(settings.people_page)
        if settings.controller is None:
            raise UsageError(
                "--people-page without --controller: the page says who answers for the data; expected both."
            )
    # What is wrong is said once here, rather than by the worker; and migrations run before anybody waits.
    Platform(settings).end()
    os.environ[ENVIRONMENT] = msgspec.json.encode(settings).decode()
    Granian(
        "haechi.service.serve:application",
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        # One: it alone writes, and what limits count is in its memory.
        workers=1,
        factory=True,
        # A connection that says nothing takes a place, so that there are many, and each of them not for long.
        backpressure=_CONNECTIONS,
        # Where it would have to find out which HTTP is spoken, the server waits for the first byte without end.
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=_HEADER_MILLISECONDS),
        websockets=False,
        log_access=False,
        log_dictconfig=server_log(),
        respawn_failed_workers=True,
    ).serve()
