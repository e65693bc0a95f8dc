"""What must not stand in a text that goes to the public: people's names, ways to reach them, the ad's own words.

DSA Art. 24(5) forbids personal data in what is sent to the transparency database. What a reviewer adds is held
against all of it, codes of policies against people's names: one may have been made for one victim. Citations of laws
are not looked at, nor the sentences that Haechi ships.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from haechi.errors import UsageError
from haechi.review.ads import Ad, Advertiser, ProtectedParty
from haechi.review.masking import Names

_EMAIL: Final = re.compile(r"(?<![^\s@])[^\s@]+@[^\s@]+\.[^\s@]+|@\w{2,}")
_ADDRESS: Final = re.compile(
    r"https?://|www\.|\b[\w-]+\.(?:com|net|org|info|me|ee|jp|kr|de|io|xyz|top)\b", re.IGNORECASE
)
_NUMBER: Final = re.compile(r"\+?\d(?:[\s().-]{0,2}\d){8,}")
_WORDS_KEPT: Final = 12
"""Letters in a row that a text may share with the ad."""


class Guard(NamedTuple):
    """Names of protected parties; made once for all statements.

    Attributes:
        names: of all.
        people: of persons alone: brands and offices may have to be named, and who calls its account by the name of a
            policy must not stop its own statement.
    """

    names: Names
    people: Names


class Withheld(NamedTuple):
    """What must not go out of one ad.

    Attributes:
        guard: names of protected parties.
        account: names of those behind the account.
        ad_texts: the ad's words, folded.
    """

    guard: Guard
    account: Names
    ad_texts: tuple[str, ...]


def guard_of(parties: Mapping[str, ProtectedParty]) -> Guard:
    """The names of these parties, compiled."""
    persons = {party_id: party for party_id, party in parties.items() if party.kind == "person"}
    return Guard(Names(parties), Names(persons))


def withheld(guard: Guard, ad: Ad, advertiser: Advertiser | None) -> Withheld:
    """What must not go out of this ad: protected parties' names, its advertiser's and payer's, and its words."""
    people = [ad.display_name or "", ad.payer or ""]
    if advertiser is not None:
        people += [advertiser.legal_name, *advertiser.display_names]
    account = ProtectedParty(party_id="account", names=tuple(name for name in people if name.strip()))
    words = tuple(folded for text in (ad.headline, ad.text) if (folded := _folded(text)))
    return Withheld(guard, Names({"account": account}), words)


def personal_in(text: str, kept: Withheld) -> tuple[str, ...]:
    """Kinds of what stands in `text` and must not go out; empty when it may."""
    resolved = unicodedata.normalize("NFKC", text)
    found = []
    spaced = _spaced(resolved)
    if kept.guard.names.standing_in(spaced) or kept.account.standing_in(spaced):
        found.append("a name")
    if _EMAIL.search(resolved):
        found.append("an e-mail address or account")
    if _ADDRESS.search(resolved):
        found.append("a web address")
    if _NUMBER.search(resolved):
        found.append("a telephone or account number")
    if _shares_words(_folded(text), kept.ad_texts):
        found.append("words of the ad")
    return tuple(found)


def refuse_personal(what: str, text: str, kept: Withheld) -> None:
    """Refuses a text that must not go out; `what` says which text it is.

    Raises:
        UsageError: it holds what must not go out; the message says of which kind, never what.
    """
    found = personal_in(text, kept)
    if found:
        raise UsageError(
            f"{what}: found {' and '.join(found)}; expected a text without personal data and without the ad's words "
            "(DSA Art. 24(5))."
        )


def refuse_people(what: str, text: str, kept: Withheld) -> None:
    """Refuses a text that names a protected person.

    Raises:
        UsageError: it does; the message does not say whom.
    """
    if kept.guard.people.standing_in(_spaced(unicodedata.normalize("NFKC", text))):
        raise UsageError(f"{what}: found a person's name; expected words that name nobody (DSA Art. 24(5)).")


def _shares_words(text: str, ad_texts: Iterable[str]) -> bool:
    pieces = {text[start : start + _WORDS_KEPT] for start in range(len(text) - _WORDS_KEPT + 1)}
    return any(piece in words for words in ad_texts for piece in pieces)


def _folded(text: str) -> str:
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))


def _spaced(text: str) -> str:
    return " ".join("".join(one if one.isalpha() else " " for one in text.lower()).split())
