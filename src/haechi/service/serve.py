"""`haechi serve`: the platform over HTTP, by one process that writes and any number of gates beside it."""

import os
from typing import Final

import msgspec
import structlog
from granian import Granian
from granian.constants import Interfaces
from litestar import Litestar

from haechi.errors import UsageError
from haechi.service.api import make_app
from haechi.service.console.elsewhere import Elsewhere, desk_of
from haechi.service.console.entry import ELSEWHERE
from haechi.service.console.routes import Console
from haechi.service.me import SITE, people_page, site_at
from haechi.service.platform import Platform, PlatformSettings
from haechi.service.ports import expect_free
from haechi.service.traces import tracing

ENVIRONMENT: Final = "HAECHI_PLATFORM"
"""Environment variable by which the parent tells the worker the settings, as JSON of `PlatformSettings`."""


def application() -> Litestar:
    """What the worker serves: a platform by the settings in the environment."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ]
    )
    settings = msgspec.json.decode(os.environ[ENVIRONMENT], type=PlatformSettings)
    platform = Platform(settings)
    plugins, end_traces = tracing()
    people = people_page() if settings.people_page else ()
    app = make_app(
        platform, per_minute=settings.per_minute, further=[Console, Elsewhere, *people], plugins=plugins
    )
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
        workers=1,
        factory=True,
        websockets=False,
        log_access=False,
        respawn_failed_workers=True,
    ).serve()
