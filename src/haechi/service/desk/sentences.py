"""What a signal says, in a sentence for reviewers."""

from collections.abc import Mapping
from typing import Final

from haechi.review.ads import Signal

_SAYS: Final[Mapping[str, str]] = {
    "hand-off": "Leads out of the ad into a closed chat: {value}.",
    "named-party": "Names the protected party {value} without a permission that holds.",
    "authorised-party": "Names the protected party {value}, which permitted it.",
    "look-alike-name": "Wears a name that imitates the protected party {value}.",
    "look-alike-letters": "Writes with letters that are not what they seem: {value}.",
    "look-alike-domain": "Leads to an address that imitates the protected party {value}.",
    "claim": "Claims what investment fraud claims: {value}.",
    "claim warning": "Warns of fraud, or says that it is none.",
    "claim disclosure": "Says what the law has advertisers of finance say.",
    "investment-offer": "Offers a financial product or service: {value}.",
    "scam-text": "What it claims as a whole resembles known fraud.",
    "scam-wording": "It is worded like known fraud, whatever it claims.",
    "licence": "The regulator's register, compared with what the advertiser says: {value}.",
    "near-copy": "Its text is nearly that of earlier ads: {value}.",
    "image-copy": "Its picture is a copy of a known picture: {value}.",
    "image-refused": "Its picture cannot be opened without harm: {value}.",
    "image-text-unread": "Its picture holds text that nothing could read.",
    "face": "Its picture shows a face like that of the protected party {value}.",
    "advertiser": "What is known of the advertiser speaks against it: {value}.",
    "velocity": "The advertiser submits faster than is usual: {value}.",
    "landing-failure": "Nobody could open the page behind it: {value}.",
    "unexamined": "This could not be examined: {value}.",
    "cloaking": "The page behind it is another for other visitors: {value}.",
    "sensitive-targeting": "Reaches people by what is sensitive: {value}.",
}


def sentence(signal: Signal) -> str:
    """What a signal says. Of one that is not known here, its name and value."""
    said = _SAYS.get(f"{signal.name} {signal.value}") or _SAYS.get(signal.name, "{name}: {value}.")
    # Not `format`: a value is a stranger's, and may hold braces.
    return said.replace("{name}", signal.name).replace("{value}", signal.value or "found")
