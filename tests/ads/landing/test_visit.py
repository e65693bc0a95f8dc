"""What a visit sees, and where it stops."""

import socket
import ssl
import struct
import threading
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from haechi.errors import UsageError
from haechi.review.landing.fetch import Limits
from haechi.review.landing.profiles import profiles
from haechi.review.landing.visit import joined, visit, visit_all
from tests.ads.landing.certificates import signed
from tests.ads.landing.servers import (
    ABROAD,
    AT,
    LOOPBACK,
    PHONE,
    REVIEWER,
    Answerer,
    Asked,
    Site,
    serving,
)

PAGE = "<title>Shop</title><body>Synthetic page</body>"


def test_a_page_is_seen_as_it_is() -> None:
    """Everything else builds on this."""
    with serving(lambda asked: asked.page(PAGE)) as site:
        told = site.visit()
    assert (told.status, told.failure, told.title, told.text) == (200, None, "Shop", "Synthetic page")
    assert told.redirects == (told.final_url,) == (site.url(),)
    assert (told.profile, told.at) == ("reviewer", AT)


def test_each_profile_asks_as_its_visitor_would() -> None:
    """Cloaking servers choose by these headers: without them all three see the harmless page."""
    with serving(lambda asked: asked.page(PAGE)) as site:
        visit_all(
            site.url(), (REVIEWER, PHONE, ABROAD), AT, resolver=site.resolve, trusted={(LOOPBACK, site.port)}
        )
        (_, _, reviewer), (_, path, phone), (_, _, abroad) = site.seen
    assert "Windows" in reviewer["User-Agent"]
    assert "Mobile" in phone["User-Agent"]
    assert "compatible" in abroad["User-Agent"]
    assert reviewer["Accept-Language"].startswith("ja-JP")
    assert phone["Accept-Language"].startswith("ja-JP")
    assert abroad["Accept-Language"].startswith("en-US")
    assert phone["Referer"] == "https://platform.example/"
    assert path.startswith("/?clid=")
    assert not {"Referer", "Cookie"} & (reviewer.keys() | abroad.keys())
    assert {told["Host"] for told in (reviewer, phone, abroad)} == {f"shop.example:{site.port}"}


def test_cookies_stay_with_their_visitor() -> None:
    """A server could otherwise know the phone as the reviewer of a moment ago."""

    def answer(asked: Asked) -> None:
        if asked.path == "/":
            asked.to("/in", Set_Cookie="seen=1; Path=/")
        else:
            asked.page(PAGE)

    with serving(answer) as site:
        for profile in (REVIEWER, ABROAD):
            assert site.visit(profile=profile).text
        cookies = [headers.get("Cookie") for _, _, headers in site.seen]
    assert cookies == [None, "seen=1", None, "seen=1"]


def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """The addresses that are checked would be the proxy's."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with serving(lambda asked: asked.page(PAGE)) as site:
        assert site.visit().title == "Shop"


def test_every_kind_of_redirect_is_followed_and_told() -> None:
    """The hand-off of most scams lies behind a chain of them."""

    def answer(asked: Asked) -> None:
        match asked.path:
            case "/":
                asked.to("/301", 301)
            case "/301":
                asked.to("303", 303)
            case "/303":
                asked.to("?308", 308)
            case "/303?308":
                asked.page("leaving", Refresh="3;URL='/meta'")
            case "/meta":
                asked.page('<meta HTTP-EQUIV=Refresh content="0;url=/script">')
            case "/script":
                asked.page("<script>window.location.replace('\\/bare')</script>" + "words " * 100)
            case "/bare":
                asked.page("<script>setTimeout(function(){top.location = '/end'}, 500)</script>")
            case _:
                asked.page(PAGE)

    with serving(answer) as site:
        told = site.visit()
        assert [url.removeprefix(site.url("")) for url in told.redirects] == [
            "/", "/301", "/303", "/303?308", "/meta", "/script", "/bare", "/end",
        ]  # fmt: skip
        assert site.seen[4][2]["Referer"] == site.url()
    assert told.failure is None
    assert told.text.startswith("leaving")
    assert told.text.endswith("Synthetic page")


def test_what_may_happen_in_a_script_is_a_link_and_no_redirect() -> None:
    """A button's address would otherwise replace the page."""
    body = "<p>" + "words of a page " * 30
    script = "<script>function go(){location.href='/go'} if (old) {location='/old'}</script>"
    with serving(lambda asked: asked.page(script + body)) as site:
        told = site.visit()
        assert told.final_url == site.url()
        assert {site.url("/go"), site.url("/old")} <= set(told.links)


def test_a_page_that_reloads_itself_is_read_once() -> None:
    """News pages do."""
    with serving(
        lambda asked: asked.page('<meta http-equiv=refresh content="30">x', Refresh="5; url=/")
    ) as site:
        assert site.visit().text == "x"
        assert len(site.seen) == 1


def test_loops_are_told() -> None:
    """A visit would otherwise go round until its time is over."""
    with serving(lambda asked: asked.to("/b" if asked.path == "/a" else "/a")) as site:
        told = site.visit()
        assert told.failure == "redirect-loop"
        assert len(site.seen) == 3


def test_a_page_may_send_back_to_itself_with_a_cookie() -> None:
    """Honest shops set a cookie and come again."""

    def answer(asked: Asked) -> None:
        if asked.headers["Cookie"]:
            asked.page(PAGE)
        else:
            asked.to("/", Set_Cookie="a=b")

    with serving(answer) as site:
        assert site.visit().title == "Shop"


@pytest.mark.parametrize(("hops", "failure"), [(10, None), (11, "too-many-redirects")])
def test_ten_redirects_and_no_more(hops: int, failure: str | None) -> None:
    """An endless chain never repeats an address."""

    def answer(asked: Asked) -> None:
        number = int(asked.path[1:] or "0")
        if number < hops:
            asked.to(f"/{number + 1}")
        else:
            asked.page(PAGE)

    with serving(answer) as site:
        assert site.visit().failure == failure
        assert len(site.seen) == 11


@pytest.mark.parametrize(
    ("target", "kept"),
    [
        ("line://ti/p/x", "line://ti/p/x"),
        ("intent://x#Intent;end", "intent://x#Intent;end"),
        ("mailto:a@b.example", "mailto:a@b.example"),
    ],
)
def test_where_it_wanted_to_go_is_told(target: str, kept: str) -> None:
    """The scheme of a chat application is the hand-off itself."""
    with serving(lambda asked: asked.to(target)) as site:
        told = site.visit()
    assert (told.failure, told.final_url, told.redirects[-1]) == ("refused-scheme", kept, kept)


def test_bombs_do_not_unfold() -> None:
    """A few kilobytes would otherwise fill the memory."""
    bomb = b"a" * 50_000_000
    with serving(lambda asked: asked.zipped(bomb)) as site:
        started = time.monotonic()
        told = site.visit(body_bytes=1_000_000, seconds=20.0)
    assert (told.status, told.failure, told.text) == (200, "too-large", "")
    assert time.monotonic() - started < 10


def test_a_bomb_within_a_bomb_does_not_unfold() -> None:
    """Each layer is small until it is opened."""
    inner = zlib.compress(b"a" * 50_000_000)

    def answer(asked: Asked) -> None:
        asked.page(zlib.compress(inner), Content_Encoding="deflate, deflate")

    with serving(answer) as site:
        assert site.visit(body_bytes=1_000_000).failure == "too-large"


@pytest.mark.parametrize("encoding", ["br", "zstd", "compress", "gzip, gzip, gzip", "x"])
def test_an_encoding_that_was_not_offered_is_refused(encoding: str) -> None:
    """Its bytes would be read as the page."""
    with serving(lambda asked: asked.page(PAGE, Content_Encoding=encoding)) as site:
        assert site.visit().failure == "encoding"


def test_offered_encodings_are_read() -> None:
    """Nearly every server compresses."""
    raw = zlib.compressobj(wbits=-15)
    bodies = {
        "/gzip": ("gzip", None),
        "/deflate": ("deflate", zlib.compress(PAGE.encode())),
        "/raw": ("deflate", raw.compress(PAGE.encode()) + raw.flush()),
        "/identity": ("identity", PAGE.encode()),
    }

    def answer(asked: Asked) -> None:
        name, body = bodies[asked.path]
        asked.zipped(PAGE.encode()) if body is None else asked.page(body, Content_Encoding=name)

    with serving(answer) as site:
        assert {site.visit(site.url(path)).title for path in bodies} == {"Shop"}


def test_large_pages_and_pages_of_many_tags_are_told() -> None:
    """What is behind the limit was not reviewed."""
    with serving(lambda asked: asked.page("a" * 2000 if asked.path == "/" else "<i>" * 200_001)) as site:
        assert site.visit(body_bytes=1000).failure == "too-large"
        assert site.visit(site.url("/tags")).failure == "too-large"


@pytest.mark.parametrize("size", [40_000, 200_000, 5_000_000])
def test_huge_headers_are_refused(size: int) -> None:
    """They are read before anything can be decided."""
    with serving(lambda asked: asked.page(PAGE, X_Long="a" * size)) as site:
        told = site.visit(seconds=3.0)
    assert told.failure in {"headers-too-large", "protocol", "too-large"}
    assert told.text == ""


@pytest.mark.parametrize("kind", ["application/pdf", "image/png", "application/octet-stream", "text/css"])
def test_what_is_no_page_is_told(kind: str) -> None:
    """A download is not a page that somebody reviewed."""
    with serving(lambda asked: asked.page(PAGE, kind=kind)) as site:
        assert site.visit().failure == "content-type"


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("text/plain", "<b>plain</b>"),
        ("application/xhtml+xml", "plain"),
        ("TEXT/HTML ;charset=UTF-8", "plain"),
    ],
)
def test_kinds_that_are_pages_are_read(kind: str, text: str) -> None:
    """Browsers show them."""
    with serving(lambda asked: asked.page("<b>plain</b>", kind=kind)) as site:
        assert site.visit().text == text


def test_the_page_of_an_error_is_read_with_its_status() -> None:
    """Cloaking servers answer reviewers with errors."""
    with serving(lambda asked: asked.page("gone", status=404)) as site:
        told = site.visit()
    assert (told.status, told.failure, told.text) == (404, None, "gone")


@pytest.fixture
def raw() -> Iterator[socket.socket]:
    with socket.create_server((LOOPBACK, 0)) as server:
        yield server


def dripping(server: socket.socket, first: bytes, ended: threading.Event) -> None:
    """Send the first bytes at once and the rest one by one, for ever."""
    peer, _ = server.accept()
    with peer:
        peer.sendall(first)
        while not ended.wait(0.05):
            try:
                peer.sendall(b"a")
            except OSError:
                return


@pytest.mark.parametrize(
    "first",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nX: ",
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 9999\r\n\r\n",
    ],
)
def test_a_server_that_drips_ends_in_time(raw: socket.socket, first: bytes) -> None:
    """Each byte comes in time; all of them never do."""
    ended = threading.Event()
    threading.Thread(target=dripping, args=(raw, first, ended), daemon=True).start()
    started = time.monotonic()
    told = visit_raw(raw, seconds=0.5)
    ended.set()
    assert told == "time-limit"
    assert time.monotonic() - started < 3


@pytest.mark.parametrize(
    "said", [b"", b"SSH-2.0-x\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", b"\0" * 50]
)
def test_what_is_not_http_is_told(raw: socket.socket, said: bytes) -> None:
    """Another service may listen on the port."""

    def answer() -> None:
        peer, _ = raw.accept()
        with peer:
            peer.recv(4096)
            peer.sendall(said)

    threading.Thread(target=answer, daemon=True).start()
    assert visit_raw(raw) == "protocol"


def test_a_connection_that_is_cut_is_told(raw: socket.socket) -> None:
    """Half a page is no page."""

    def answer() -> None:
        peer, _ = raw.accept()
        peer.recv(4096)
        peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 99\r\n\r\nhalf")
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        peer.close()

    threading.Thread(target=answer, daemon=True).start()
    assert visit_raw(raw) in {"no-connection", "protocol"}


def visit_raw(server: socket.socket, seconds: float = 5.0, scheme: str = "http") -> str | None:
    port = server.getsockname()[1]
    told = visit(
        f"{scheme}://shop.example:{port}/",
        REVIEWER,
        AT,
        Limits(seconds=seconds),
        resolver=lambda _: [LOOPBACK],
        trusted={(LOOPBACK, port)},
    )
    assert told.text == ""
    return told.failure


def encrypted(site: Site, tmp_path: Path, name: str) -> Path:
    """Let the server speak TLS with a certificate of an authority of the test's own."""
    authority, certificate, key = signed(tmp_path, name)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    site.server.socket = context.wrap_socket(site.server.socket, server_side=True)
    return authority


def secure(site: Site, authorities: ssl.SSLContext | None, host: str = "shop.example") -> str | None:
    told = visit(
        site.url(host=host, scheme="https"),
        REVIEWER,
        AT,
        resolver=site.resolve,
        trusted={(LOOPBACK, site.port)},
        authorities=authorities,
    )
    return told.failure or told.title


@pytest.mark.parametrize(
    ("certified", "known", "told"),
    [
        ("shop.example", True, "Shop"),
        ("shop.example", False, "certificate"),
        ("other.example", True, "certificate"),
    ],
)
def test_certificates_are_checked_for_the_name(
    tmp_path: Path, certified: str, known: bool, told: str
) -> None:
    """The connection goes to an address, the certificate is still the name's."""
    answer: Answerer = lambda asked: asked.page(PAGE)  # noqa: E731
    with serving(answer) as site:
        authority = encrypted(site, tmp_path, certified)
        context = ssl.create_default_context(cafile=str(authority)) if known else None
        assert secure(site, context) == told


def test_plain_text_on_the_port_of_tls_is_told(raw: socket.socket) -> None:
    """It must not be read as a page."""

    def answer() -> None:
        peer, _ = raw.accept()
        with peer:
            peer.sendall(b"HTTP/1.1 200 OK\r\n\r\nplain")

    threading.Thread(target=answer, daemon=True).start()
    assert visit_raw(raw, scheme="https") == "certificate"


def proxied(server: socket.socket, asked: list[bytes], answer: bytes) -> None:
    """One tunnel: what was asked for is kept; the rest is answered as a page would be."""
    peer, _ = server.accept()
    with peer:
        asked.append(peer.recv(4096))
        peer.sendall(answer)
        if b" 200 " in answer:
            asked.append(peer.recv(4096))
            body = PAGE.encode()
            head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\n\r\n"
            peer.sendall(head.encode() + body)


def test_a_proxy_is_given_the_checked_address(raw: socket.socket) -> None:
    """A proxy that is given a name resolves it again, and may come to another address."""
    asked: list[bytes] = []
    threading.Thread(
        target=proxied, args=(raw, asked, b"HTTP/1.1 200 Connection established\r\n\r\n"), daemon=True
    ).start()
    phone = profiles("JP", proxies={"phone": f"http://me:p%40ss@{LOOPBACK}:{raw.getsockname()[1]}"})[1]
    told = visit("http://shop.example/", phone, AT, resolver=lambda _: ["93.184.216.34"])
    assert told.title == "Shop"
    assert asked[0].startswith(b"CONNECT 93.184.216.34:80 HTTP/1.1\r\n")
    assert b"Proxy-Authorization: Basic bWU6cEBzcw==" in asked[0]
    assert b"Host: shop.example\r\n" in asked[1]
    assert b"Proxy-Authorization" not in asked[1]


def test_a_proxy_that_refuses_is_told(raw: socket.socket) -> None:
    """The operator has to know that it is the proxy, not the page."""
    threading.Thread(target=proxied, args=(raw, [], b"HTTP/1.1 403 No\r\n\r\n"), daemon=True).start()
    phone = profiles(proxies={"phone": f"http://{LOOPBACK}:{raw.getsockname()[1]}"})[1]
    assert visit("http://shop.example/", phone, AT, resolver=lambda _: ["93.184.216.34"]).failure == "proxy"


def test_private_targets_are_refused_before_the_proxy_is_asked() -> None:
    """The proxy may stand in the platform's own network."""
    phone = profiles(proxies={"phone": "http://127.0.0.1:1"})[1]
    assert (
        visit("http://shop.example/", phone, AT, resolver=lambda _: ["10.0.0.1"]).failure == "refused-address"
    )


def test_a_proxy_of_another_kind_is_said_to_be_wrong() -> None:
    """It would otherwise be left out silently, and the visit come from the wrong place."""
    phone = profiles(proxies={"phone": "socks5://127.0.0.1:1"})[1]
    with pytest.raises(UsageError, match="http://host:port"):
        visit("http://shop.example/", phone, AT, resolver=lambda _: ["93.184.216.34"])


@given(st.text(max_size=60) | st.from_regex(r"https?:[/\\]{0,3}[\w@:%#?.\[\]\\/-]{0,40}", fullmatch=True))
def test_no_address_ends_the_review(url: str) -> None:
    """Advertisers write addresses; a visit answers to each of them, and says why nothing was seen."""

    def none(host: str) -> list[str]:
        raise OSError

    assert visit(url, PHONE, AT, resolver=none).failure is not None


@given(st.binary(max_size=80) | st.from_regex(rb"(https?:)?[/\\\\]{0,3}[\x21-\xff]{0,40}", fullmatch=True))
@settings(max_examples=60, deadline=None)
def test_no_redirect_ends_the_review(location: bytes) -> None:
    """Servers write addresses too, in any bytes."""
    written = location.translate(None, b"\r\n\0").decode("latin-1")
    joined(httpx2.URL("https://shop.example/a"), written)
    with serving(lambda asked: asked.to(written) if asked.path == "/" else asked.page(PAGE)) as site:
        told = site.visit(redirects=2, seconds=3.0)
    assert told.failure is not None or told.status is not None
