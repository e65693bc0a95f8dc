"""`haechi serve`: the platform, with nothing else installed."""

import ipaddress
import os
from pathlib import Path
from typing import Final

from haechi.cli.bounds import within
from haechi.errors import UsageError
from haechi.records import show
from haechi.service.settings import PlatformSettings
from haechi.terms.instants import LONGEST_DAYS

_PORTS: Final = 65_535
SNAPSHOT: Final = "gate.snapshot"
ORIGIN: Final = "HAECHI_ORIGIN"
"""Environment variable that names the people's page where no option does."""


def serve(
    database: str = "haechi-data",
    *,
    listen: str = "127.0.0.1:8080",
    snapshot: Path | None = None,
    law: list[str] | None = None,
    law_pack: list[Path] | None = None,
    decisions: Path | None = None,
    lapse: int | None = None,
    approve_ordinary: bool = True,
    proxy: list[str] | None = None,
    controller: Path | None = None,
    people_page: str | None = None,
    exchange: Path | None = None,
    visit_pages: bool = False,
) -> None:
    """Serve the platform over HTTP: records in, themes, permissions, audiences; see /openapi/openapi.json.

    Make a key first (haechi keys create). The gate runs beside it: haechi gate --listen … --snapshot …

    Parameters
    ----------
    database
        A folder (SQLite, made where there is none) or a postgresql:// URL. The environment variable HAECHI_DATABASE
        may hold the URL, so that no password stands in a command line.
    listen
        HOST:PORT.
    snapshot
        Where the gate's state is written every half minute; gate.snapshot in the folder without it.
    law
        Only these laws (haechi laws); all without it.
    law_pack
        Further or corrected law packs.
    decisions
        What people decided about themes elsewhere (haechi themes review).
    lapse
        Days after the last positive behaviour at which people leave a theme; never without it.
    approve_ordinary
        Whether a theme that gives nothing away, beyond doubt, opens without anybody's approval.
    proxy
        Address or network (CIDR) of a proxy whose X-Forwarded-For and X-Forwarded-Proto are believed: limits count
        each caller's address rather than the proxy's, and cookies are for https alone. May be given several times.
    controller
        TOML file that says who answers for the data and how long it is kept: answers to people say it
        (docs/reference/rights.md).
    people_page
        Serve people their own page under /me, at this origin, such as https://ads.example: passkeys belong to it, and
        letters link to it. The environment variable HAECHI_ORIGIN may name it.
    exchange
        TOML file that sets up requests by agents (docs/reference/data-rights-protocol.md) and what advertisers are
        told to delete (docs/reference/deletion-requests.md).
    visit_pages
        Visit the pages behind ads over the network when ads are judged, as three visitors.
    """
    from haechi.service import serve as service  # noqa: PLC0415 - only who serves needs the server

    within(LONGEST_DAYS, lapse=lapse)
    host, port = host_and_port(listen)
    service.serve(
        PlatformSettings(
            database=database,
            laws=tuple(law or ()),
            law_packs=tuple(map(str, law_pack or ())),
            decisions=None if decisions is None else str(decisions),
            lapse_days=lapse,
            approve_ordinary=approve_ordinary,
            proxies=tuple(_network(one) for one in proxy or ()),
            snapshot=str(snapshot or snapshot_of(database)),
            controller=None if controller is None else str(controller),
            people_page=people_page or os.environ.get(ORIGIN) or None,
            exchange=None if exchange is None else str(exchange),
            visit_pages=visit_pages,
        ),
        host=host,
        port=port,
    )


def host_and_port(listen: str) -> tuple[str, int]:
    """The parts of HOST:PORT.

    Raises:
        UsageError: it is none.
    """
    host, colon, port = listen.rpartition(":")
    if not (colon and host and port.isdecimal() and 0 < int(port) <= _PORTS):
        raise UsageError(f"--listen {listen}: expected HOST:PORT, such as 127.0.0.1:8080.")
    return host.strip("[]"), int(port)


def _network(proxy: str) -> str:
    try:
        ipaddress.ip_network(proxy)
    except ValueError:
        raise UsageError(
            f"--proxy {show.value(proxy)}: expected an address or a network, such as 10.0.0.0/8."
        ) from None
    return proxy


def snapshot_of(database: str) -> Path:
    """Where the gate's state stands unless somebody says otherwise."""
    return Path(SNAPSHOT) if "://" in database else Path(database) / SNAPSHOT
