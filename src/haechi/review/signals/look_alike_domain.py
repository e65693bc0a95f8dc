"""Look-alike domain: the ad leads to a host that pretends to be a protected party's."""

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote, urlsplit

from haechi.review.addresses import as_browsers_read
from haechi.review.ads import Evidence, Fact, Signal, Span
from haechi.review.case import Case, World
from haechi.review.host_index import HostIndex, made
from haechi.review.look_alike_hosts import HostHit, look_alikes
from haechi.review.permission_to_name import authorised, protected

NAME: Final = "look-alike-domain"
VERSION: Final = "2"

_MOST_EVIDENCE: Final = 5
_TARGET: Final = re.compile(r"https?:[/\\]{1,2}[^\s&#]+", re.IGNORECASE)


def find(case: Case) -> list[Signal]:
    """Protected parties whose domains or names the hosts on the ad's way imitate, the surest first.

    Looked at: the landing address and addresses inside it, what codes in the picture say, and every redirect. A
    party's own domains are never found, nor those of an advertiser that it authorised. `value` is the party_id;
    params: `way` (homoglyph, own-name-inside, subdomain, typo, brand-with-word, other-ending, path, brand-inside),
    `domain`.
    """
    if not case.world.parties:
        return []
    index = _index(case.world)
    found: dict[str, list[tuple[HostHit, str, Evidence]]] = {}
    for address, evidence in _addresses(case):
        host, path = _parts(address)
        for hit in look_alikes(host, path, index):
            if protected(case, hit.party_id):
                found.setdefault(hit.party_id, []).append((hit, host, evidence))
    signals = [_signal(party_id, seen) for party_id, seen in found.items() if not authorised(case, party_id)]
    return sorted(signals, key=lambda signal: (-signal.score, signal.value))


def _signal(party_id: str, seen: list[tuple[HostHit, str, Evidence]]) -> Signal:
    seen = sorted(seen, key=lambda one: -one[0].score)
    return Signal(
        name=NAME,
        version=VERSION,
        score=seen[0][0].score,
        value=party_id,
        params={"way": seen[0][0].way, "domain": seen[0][1]},
        evidence=tuple(dict.fromkeys(evidence for _, _, evidence in seen))[:_MOST_EVIDENCE],
    )


def _index(world: World) -> HostIndex:
    found = world.indices.get("look_alike_domain")
    if not isinstance(found, HostIndex):
        found = world.indices["look_alike_domain"] = made(world.parties.values())
    return found


def _addresses(case: Case) -> Iterator[tuple[str, Evidence]]:
    for text in case.texts:
        if text.field in ("landing_url", "image_code"):
            evidence = Span(text.field, 0, len(text.raw), text.raw)
            yield text.raw.strip(), evidence
            yield from ((target, evidence) for target in _sent_on(text.raw))
    seen = {case.ad.landing_url}
    for visit in case.visits:
        for address in (*visit.redirects, visit.final_url):
            if address and address not in seen:
                seen.add(address)
                yield address, Fact("redirect", address)


def _sent_on(address: str) -> list[str]:
    """Addresses that stand in an address, where a click is counted first: `https://x.example/go?u=https://…`."""
    return _TARGET.findall(unquote(address.partition("?")[2]))


def _parts(address: str) -> tuple[str, str]:
    """Host and path of an address; nothing of what is none."""
    try:
        parts = urlsplit(as_browsers_read(address))
        host = parts.hostname
    except ValueError:
        return "", ""
    return host or "", parts.path
