"""Serves what stands behind synthetic ads: `python benchmarks/ads_pages.py FOLDER [--port 8099] [--phase before]`.

FOLDER is of `haechi example ads`. The server answers as a proxy for plain HTTP does (the whole address in the
request) and as the page's own host (the `Host` header), for `https` addresses as for `http` ones; who fetches must
send both there. It cloaks as scams do: a visitor whose User-Agent says `Mobile` gets the page meant for a phone,
everybody else the one for a reviewer. `--phase after` shows what was swapped in after approval.
"""

import argparse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final

from haechi.example.campaigns.landing import Page, Phase, Visitor, answer, read_pages

SCHEMES: Final = ("https://", "http://")


class Pages(ThreadingHTTPServer):
    """The server.

    Attributes:
        pages: by address.
        phase: before or after approval.
    """

    daemon_threads = True

    def __init__(self, folder: Path, port: int, phase: Phase) -> None:
        """Reads the pages and listens on this machine only; port 0 takes a free one."""
        self.pages = read_pages(folder / "landing.jsonl")
        self.phase: Phase = phase
        super().__init__(("127.0.0.1", port), Answering)


class Answering(BaseHTTPRequestHandler):
    """One request."""

    server: Pages

    def do_GET(self) -> None:
        """Answers with the page, a redirect or 404."""
        page = self._page()
        if page is None:
            self.send_error(404)
            return
        body = page.html.encode()
        self.send_response(page.status)
        if page.location is not None:
            self.send_header("Location", page.location)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing is logged."""

    def _page(self) -> Page | None:
        asked = (
            self.path
            if self.path.startswith(SCHEMES)
            else f"https://{self.headers.get('Host', '')}{self.path}"
        )
        rest = asked.partition("://")[2]
        visitor: Visitor = "phone" if "Mobile" in self.headers.get("User-Agent", "") else "reviewer"
        for scheme in SCHEMES:
            found = answer(self.server.pages, scheme + rest, visitor, self.server.phase)
            if found is not None:
                return found
        return None


def main() -> None:
    """Serves until it is interrupted."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--port", type=int, default=8099)
    parser.add_argument("--phase", choices=("before", "after"), default="before")
    asked = parser.parse_args()
    server = Pages(asked.folder, asked.port, asked.phase)
    print(
        f"http://127.0.0.1:{server.server_address[1]}: {len(server.pages):,} addresses, {asked.phase} approval"
    )
    server.serve_forever()


if __name__ == "__main__":
    main()
