"""The service in a process of its own, with the examiner of these tests: `python -m tests.ads.desk.application`."""

import os
import sys

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from litestar import Litestar

from haechi.service.advertiser import ADVERTISER
from haechi.service.api import make_app
from haechi.service.console.routes import Console
from haechi.service.desk import DESK
from tests.ads.desk.worlds import platform_of

PLACE = "HAECHI_TESTS_DESK"


def application() -> Litestar:
    """What the worker serves."""
    folder = os.environ[PLACE]
    platform = platform_of(folder, f"{folder}/snapshot")
    app = make_app(platform, per_minute=1_000_000, further=[Console, *DESK, *ADVERTISER])
    app.on_startup.append(platform.begin)
    app.on_shutdown.append(platform.end)
    return app


if __name__ == "__main__":
    os.environ[PLACE] = sys.argv[1]
    Granian(
        "tests.ads.desk.application:application", address="127.0.0.1", port=int(sys.argv[2]),
        interface=Interfaces.ASGI, workers=1, factory=True, http=HTTPModes.http1, websockets=False,
    ).serve()  # fmt: skip
