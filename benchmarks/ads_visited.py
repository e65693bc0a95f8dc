"""Judges ads with real visits: `python benchmarks/ads_visited.py FOLDER --out DECISIONS.jsonl`.

FOLDER is of `haechi example ads --evasion cloaking` (or `redirect`, `swap`). Its pages are served on this machine
(`ads_pages.py`) and visited over HTTP by the three visitors of `haechi review --visit`, with the same limits; only
names lead to this machine, and `https` addresses of those pages are asked for as `http`. Each page is visited again
after approval; an ad whose page has changed is judged again by what is there then, as the service does.
"""

import argparse
import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from ads_pages import Answering, Pages
from haechi.example.campaigns.landing import Page, Phase
from haechi.review.ads import Ad, Decision
from haechi.review.case import Visit
from haechi.review.landing.again import changed
from haechi.review.landing.profiles import profiles
from haechi.review.landing.visit import visit_all
from haechi.review.policy import load_ruleset
from haechi.review.policy.replay import encode
from haechi.review.reading import locate, read_ads, read_world
from haechi.review.run import Run

HERE = "127.0.0.1"


class LocalPages(Pages):
    """The pages, which link to one another on this machine."""

    def __init__(self, folder: Path, phase: Phase) -> None:
        """Takes a free port."""
        super().__init__(folder, 0, phase)
        self.RequestHandlerClass = LocalAnswering
        names = {urlsplit(address).hostname or "" for address in self.pages}
        self.names = re.compile(rf"https?://({'|'.join(sorted(map(re.escape, names)))})(?![\w.:-])")

    def local(self, text: str) -> str:
        """Addresses of these pages as they are asked for here."""
        return self.names.sub(rf"http://\1:{self.server_address[1]}", text)

    def told(self, text: str) -> str:
        """The same as an advertiser writes them."""
        return re.sub(rf"http://([\w.-]+):{self.server_address[1]}(?!\d)", r"https://\1", text)


class LocalAnswering(Answering):
    """One request."""

    server: LocalPages

    def _page(self) -> Page | None:
        self.headers.replace_header("Host", self.headers["Host"].partition(":")[0])
        page = super()._page()
        if page is None:
            return None
        location = None if page.location is None else self.server.local(page.location)
        return page._replace(location=location, html=self.server.local(page.html))


def visitor(server: LocalPages) -> Callable[[Ad], tuple[Visit, ...]]:
    """Visits of all three, told in the addresses that the ad uses."""

    def visits(ad: Ad) -> tuple[Visit, ...]:
        if not ad.landing_url:
            return ()
        found = visit_all(
            server.local(ad.landing_url),
            profiles(ad.country, ad.language),
            datetime.now(UTC).replace(tzinfo=None),
            resolver=lambda _: [HERE],
            trusted=[(HERE, server.server_address[1])],
        )
        return tuple(
            replace(
                one,
                redirects=tuple(map(server.told, one.redirects)),
                final_url=server.told(one.final_url),
                links=tuple(map(server.told, one.links)),
            )
            for one in found
        )

    return visits


def is_changed(before: Sequence[Visit], after: Sequence[Visit]) -> bool:
    """Whether a visitor finds something that was not there at approval."""
    return any(changed(one, other) for one, other in zip(before, after, strict=True))


def judged(folder: Path) -> list[Decision]:
    """The decisions, each ad's last."""
    servers = [LocalPages(folder, "before"), LocalPages(folder, "after")]
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    located = locate(str(folder))
    world = read_world(located, lambda _: None)
    seen: list[dict[str, tuple[Visit, ...]]] = [{}, {}]

    def run(phase: int) -> Run:
        visits = visitor(servers[phase])

        def visit(ad: Ad) -> tuple[Visit, ...]:
            seen[phase][ad.ad_id] = visits(ad)
            return seen[phase][ad.ad_id]

        return Run(world, load_ruleset(None), folder=located.folder, visit=visit, notice=lambda _: None)

    first, again = run(0), run(1)
    now = datetime.now(UTC).replace(tzinfo=None)
    decisions = []
    for ad in read_ads(located):
        found, later = first(ad, now=now), again(ad, now=now)
        swapped = is_changed(seen[0][ad.ad_id], seen[1][ad.ad_id])
        decisions.append(later if found.decision == "approve" and swapped else found)
    return decisions


def main() -> None:
    """Writes the decisions."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    asked.out.write_bytes(b"".join(encode(one) + b"\n" for one in judged(asked.folder)))


if __name__ == "__main__":
    main()
