"""A visitor reached no page behind the ad: what nobody could see, nobody has reviewed."""

from typing import Final

from haechi.review.addresses import as_browsers_read
from haechi.review.ads import Fact, Signal
from haechi.review.case import Case
from haechi.review.chat_accounts import chat_links
from haechi.review.landing.addresses import NotVisited, as_address, is_public
from haechi.review.landing.compare import is_store, site
from haechi.review.landing.visit import parsed

NAME: Final = "landing-failure"
VERSION: Final = "2"

_EVADING: Final = frozenset(
    {"refused-address", "refused-credentials", "refused-scheme", "refused-port", "redirect-loop"}
)
_UNSEEN: Final = frozenset(
    {"too-many-redirects", "too-large", "headers-too-large", "encoding", "protocol", "certificate"}
)
_FIRST_ERROR: Final = 400
_EVADES: Final = 0.95


def find(case: Case) -> list[Signal]:
    """One signal for each kind of failure, with the visitors who met it. An error of the server is `status`.

    The score tells how sure it is that the page cannot be seen, not that it hides: one of several visitors may have
    met a wall against robots.
    """
    met: dict[str, list[tuple[str, str, str]]] = {}
    refused = _refused(case.ad.landing_url)
    if refused is not None:
        return [
            Signal(
                name=NAME, version=VERSION, score=_EVADES, value=refused, params={"visitors": "nobody"},
                evidence=(Fact("nobody-can-visit", case.ad.landing_url or ""),),
            )
        ]  # fmt: skip
    for visit in case.visits:
        if visit.failure == "refused-scheme" and is_store(visit.final_url):
            continue
        if visit.failure is not None:
            met.setdefault(visit.failure, []).append((visit.profile, site(visit.final_url), visit.failure))
        elif visit.status is not None and visit.status >= _FIRST_ERROR:
            met.setdefault("status", []).append((visit.profile, site(visit.final_url), str(visit.status)))
    signals = [_signal(value, told, len(case.visits)) for value, told in met.items()]
    return sorted(signals, key=lambda signal: -signal.score)


def _refused(address: str | None) -> str | None:
    """Why no visitor may go where the ad leads, told by the address alone; None where one may."""
    if not address or is_store(address) or chat_links(address):
        return None
    try:
        url = parsed(as_browsers_read(address))
        literal = as_address(url.raw_host.decode())
    except NotVisited as refused:
        return refused.failure
    return None if literal is None or is_public(literal) else "refused-address"


def _signal(value: str, told: list[tuple[str, str, str]], visits: int) -> Signal:
    surest = _EVADES if value in _EVADING else 0.9 if value in _UNSEEN else 0.7
    profiles = ", ".join(profile for profile, _, _ in told)
    facts = tuple(Fact(f"{profile}-met", f"{said} at {where}") for profile, where, said in told)
    score = round(surest * (0.5 + 0.5 * len(told) / visits), 3)
    return Signal(
        name=NAME, version=VERSION, score=score, value=value, params={"visitors": profiles}, evidence=facts
    )
