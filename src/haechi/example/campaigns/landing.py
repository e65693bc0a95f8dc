"""What stands behind an ad: answers by address, visitor and time."""

import html
from random import Random
from typing import Any, Final, Literal, NamedTuple

import msgspec

from haechi.example.campaigns.templates import slots

Visitor = Literal["any", "reviewer", "phone", "abroad"]
Phase = Literal["always", "before", "after"]
"""Before or after the ad was approved."""
_CONSONANTS: Final = "bdfgklmnprstvz"
_VOWELS: Final = "aeiou"


class Page(NamedTuple):
    """One answer.

    Attributes:
        url: of what was asked for.
        visitor: who gets it.
        phase: when.
        status: HTTP status.
        location: where a redirect leads, or None.
        html: what is shown.
    """

    url: str
    visitor: Visitor = "any"
    phase: Phase = "always"
    status: int = 200
    location: str | None = None
    html: str = ""


def rows(pages: tuple[Page, ...]) -> list[bytes]:
    """Lines of `landing.jsonl`."""
    return [msgspec.json.encode(page._asdict()) for page in pages]


def gibberish(chance: Random) -> str:
    """A domain as scams register them, under a name that is kept for examples."""
    name = "".join(chance.choice(_CONSONANTS) + chance.choice(_VOWELS) for _ in range(chance.randint(3, 5)))
    tail = chance.choice(("", "-vip", "-app", str(chance.randint(11, 99))))
    return f"{name}{tail}.{chance.choice(('example', 'test', 'invalid'))}"


def scam_page(language: str, url: str, words: str, link: str, said: str) -> str:
    """A page that repeats the promise and leads into the chat."""
    given: dict[str, Any] = slots()[language]
    return _page(
        language,
        given["page_title"],
        f"<p>{html.escape(words)}</p><p>{given['page_form']}</p>"
        f'<form method="post" action="{html.escape(url)}/lead">'
        f'<input name="name"><input name="phone" type="tel"></form>'
        f'<p><a href="{html.escape(link)}">{given["page_button"].format(app=html.escape(said))}</a></p>',
    )


def harmless_page(language: str) -> str:
    """What a reviewer is shown instead."""
    return _page(language, "Blog", f"<p>{slots()[language]['harmless']}</p>")


def own_page(language: str, name: str, words: str, link: str | None) -> str:
    """An honest advertiser's own page."""
    chat = f'<p><a href="{html.escape(link)}">{html.escape(name)}</a></p>' if link else ""
    return _page(language, name, f"<h1>{html.escape(name)}</h1><p>{html.escape(words)}</p>{chat}")


def _page(language: str, title: str, body: str) -> str:
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        f"<title>{html.escape(title)}</title></head><body><!-- synthetic -->{body}</body></html>"
    )
