"""One request and its answer: read as it comes, decompressed within a limit, and no further."""

import ssl
import zlib
from collections.abc import Iterator
from contextlib import closing
from functools import cache
from typing import Any, Final, NamedTuple

import httpcore2
import httpx2
import msgspec

from haechi.review.landing.addresses import Failure, NotVisited
from haechi.review.landing.connect import Backend, Budget, Door

PAGES: Final = frozenset({"text/html", "text/plain", "application/xhtml+xml", "application/xhtml"})
REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_MOST_ENCODINGS: Final = 2
_EITHER_WRAPPER: Final = 32 + zlib.MAX_WBITS


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """How far one visit goes.

    Attributes:
        seconds: for everything, from the first name resolved to the last byte.
        body_bytes: of one page after decompression, and of all pages of a visit as received.
        header_bytes: of one answer.
        redirects: that are followed.
        characters: of the text and the title that are kept.
    """

    seconds: float = 6.0
    body_bytes: int = 4_000_000
    header_bytes: int = 32_768
    redirects: int = 10
    characters: int = 100_000


class Answer(NamedTuple):
    """What a server said.

    Attributes:
        status: HTTP status.
        headers: of the answer.
        body: decompressed; empty for a redirect.
        failure: why the body was not taken, or None.
    """

    status: int
    headers: httpx2.Headers
    body: bytes
    failure: Failure | None = None


class _Stream(httpx2.SyncByteStream):
    def __init__(self, stream: Any) -> None:  # noqa: ANN401 - what the pool gives
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        yield from self._stream

    def close(self) -> None:
        self._stream.close()


class Transport(httpx2.BaseTransport):
    """Requests over checked connections, a new one for each."""

    def __init__(self, door: Door, budget: Budget, authorities: ssl.SSLContext | None) -> None:
        self._pool = httpcore2.ConnectionPool(
            ssl_context=authorities or _system_authorities(),
            network_backend=Backend(door, budget),
            max_keepalive_connections=0,
        )

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send it; the errors are those of the connection."""
        url = request.url
        where = httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        asked = httpcore2.Request(request.method, where, headers=request.headers.raw, content=b"")
        told = self._pool.handle_request(asked)
        return httpx2.Response(told.status, headers=told.headers, stream=_Stream(told.stream))

    def close(self) -> None:
        """Close every connection."""
        self._pool.close()


@cache
def _system_authorities() -> ssl.SSLContext:
    return httpx2.create_ssl_context(trust_env=False)


def fetch(client: httpx2.Client, url: httpx2.URL, headers: dict[str, str], limits: Limits) -> Answer:
    """Ask for a page and follow nothing.

    Raises:
        NotVisited: nothing usable was received.
    """
    try:
        asked = client.build_request("GET", url, headers=headers)
        with closing(client.send(asked, stream=True)) as told:
            return _answer(told, limits)
    except (httpcore2.TimeoutException, httpx2.TimeoutException):
        raise NotVisited("time-limit") from None
    except (ssl.SSLError, ssl.CertificateError):
        raise NotVisited("certificate") from None
    except (httpcore2.NetworkError, httpx2.NetworkError) as error:
        raise NotVisited("certificate" if _is_tls(error) else "no-connection") from None
    except (httpcore2.ProtocolError, httpx2.HTTPError, httpx2.InvalidURL, httpx2.CookieConflict, ValueError):
        raise NotVisited("protocol") from None


def _is_tls(error: BaseException) -> bool:
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, ssl.SSLError) or "SSL" in str(seen) or "certificate" in str(seen):
            return True
        seen = seen.__cause__ or seen.__context__
    return False


def _answer(told: httpx2.Response, limits: Limits) -> Answer:
    status, headers = told.status_code, told.headers
    if sum(len(name) + len(value) + 4 for name, value in headers.raw) > limits.header_bytes:
        return Answer(status, httpx2.Headers(), b"", "headers-too-large")
    if status in REDIRECTS and "location" in headers:
        return Answer(status, headers, b"")
    try:
        body = _decompressed(told, limits.body_bytes)
    except NotVisited as ended:
        return Answer(status, headers, b"", ended.failure)
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if not body or kind in PAGES or (not kind and b"\0" not in body[:1024]):
        return Answer(status, headers, body)
    return Answer(status, headers, b"", "content-type")


def _decompressed(told: httpx2.Response, limit: int) -> bytes:
    """The body. Only gzip and deflate are offered; each layer stops at the limit, so that no bomb unfolds."""
    named = told.headers.get("content-encoding", "").lower().split(",")
    encodings = [one.strip() for one in named if one.strip() not in {"", "identity"}]
    if len(encodings) > _MOST_ENCODINGS or not set(encodings) <= {"gzip", "x-gzip", "deflate"}:
        raise NotVisited("encoding")
    received = bytearray()
    for part in told.iter_raw():
        received += part
        if len(received) > limit:
            raise NotVisited("too-large")
    body = bytes(received)
    for _ in encodings:
        body = _unfolded(body, limit)
    return body


def _unfolded(packed: bytes, limit: int) -> bytes:
    for wrapper in (_EITHER_WRAPPER, -zlib.MAX_WBITS):
        unpacker = zlib.decompressobj(wrapper)
        try:
            body = unpacker.decompress(packed, limit + 1)
        except zlib.error:
            continue
        if len(body) > limit:
            raise NotVisited("too-large")
        return body
    raise NotVisited("encoding")
