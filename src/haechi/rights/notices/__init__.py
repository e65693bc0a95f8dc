"""What people are told at their known addresses, in their language: one TOML file a language."""

import tomllib
from functools import cache
from importlib import resources
from typing import Final, Literal, get_args

import msgspec

from haechi.terms.words import LANGUAGES, Language

Event = Literal[
    "passkey-added",
    "contact-added",
    "recovered",
    "answer-key-added",
    "erasure-asked",
    "claim-refused",
    "permission-given",
]
"""What every known address is told of."""
OTHERWISE: Final[Language] = "en"
"""In which people are written to whose own language is none of ours."""
MINUTES: Final = 10
"""For which a code holds (NIST SP 800-63B-4 section 4.2.1.2: by telephone 10 minutes at most)."""


class Message(msgspec.Struct, frozen=True):
    """What is sent.

    Attributes:
        subject: one line.
        text: plain text.
    """

    subject: str
    text: str


def notice(event: Event, lang: str, link: str) -> Message:
    """What a known address is told of something that a stranger may have done.

    Args:
        event: what happened.
        lang: BCP 47; English where there is no text in it.
        link: where it can be stopped.
    """
    return _filled(event, lang, link=link)


def code_message(code: str, lang: str) -> Message:
    """What carries a one-time code."""
    return _filled("code", lang, code=code, minutes=str(MINUTES))


def language(lang: str) -> Language:
    """The language that somebody is written to in."""
    first = lang.lower().split("-")[0]
    return next((one for one in LANGUAGES if one == first), OTHERWISE)


def _filled(name: str, lang: str, **values: str) -> Message:
    found = _texts(language(lang))[name]
    return Message(found.subject, found.text.format(**values))


@cache
def _texts(lang: str) -> dict[str, Message]:
    file = resources.files("haechi.rights.notices").joinpath(f"{lang}.toml")
    texts = msgspec.convert(tomllib.loads(file.read_text(encoding="utf-8")), type=dict[str, Message])
    missing = {*get_args(Event), "code"} ^ texts.keys()
    assert not missing, (lang, missing)  # noqa: S101 - a file of ours; a test reads them all
    return texts
