"""A local server whose answers each test writes, and addresses under invented names that lead to it."""

import gzip
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from haechi.review.case import Visit
from haechi.review.landing.fetch import Limits
from haechi.review.landing.profiles import Platform, Profile, profiles
from haechi.review.landing.visit import visit

AT = datetime(2026, 11, 28, 12, 0)  # noqa: DTZ001 - instants are naive UTC
LOOPBACK = "127.0.0.1"
REVIEWER, PHONE, ABROAD = profiles(
    "JP", platform=Platform(referrer="https://platform.example/", click="clid")
)
Answerer = Callable[["Asked"], None]


class Asked(BaseHTTPRequestHandler):
    """One request, with short ways to answer it."""

    answerer: Answerer

    def do_GET(self) -> None:
        self.server.seen.append((self.headers["Host"], self.path, dict(self.headers)))  # type: ignore[attr-defined]
        type(self).answerer(self)

    def page(
        self, html: str | bytes, *, status: int = 200, kind: str = "text/html; charset=utf-8", **more: str
    ) -> None:
        body = html.encode() if isinstance(html, str) else html
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in more.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def to(self, location: str, status: int = 302, **more: str) -> None:
        self.page("", status=status, Location=location, **more)

    def zipped(self, body: bytes) -> None:
        self.page(gzip.compress(body), Content_Encoding="gzip")

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base's name
        """Nothing is printed."""


class Site:
    """A running server and how to visit it under any name."""

    def __init__(self, server: ThreadingHTTPServer) -> None:
        self.server = server
        self.port = server.server_port
        self.asked: list[str] = []

    @property
    def seen(self) -> list[tuple[str, str, dict[str, str]]]:
        return self.server.seen  # type: ignore[attr-defined,no-any-return]

    def url(self, path: str = "/", host: str = "shop.example", scheme: str = "http") -> str:
        return f"{scheme}://{host}:{self.port}{path}"

    def resolve(self, host: str) -> list[str]:
        self.asked.append(host)
        return [LOOPBACK]

    def visit(self, url: str | None = None, profile: Profile = REVIEWER, **limits: Any) -> Visit:
        return visit(
            url or self.url(),
            profile,
            AT,
            Limits(**limits),
            resolver=self.resolve,
            trusted={(LOOPBACK, self.port)},
        )


@contextmanager
def serving(answerer: Answerer) -> Iterator[Site]:
    """A server that answers as told, while the context lasts."""
    handler = type("Handler", (Asked,), {"answerer": staticmethod(answerer)})
    server = ThreadingHTTPServer((LOOPBACK, 0), handler)
    server.daemon_threads = True
    server.seen = []  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield Site(server)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
