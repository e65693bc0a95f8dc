"""Ways from an ad into a chat application.

Accounts are invented: identifiers say `example`, telephone numbers are of the ranges kept for fiction (Ofcom's 07700
900000 to 900999; 555-0100 to 0199 in North America).
"""

from random import Random
from typing import Any, Final, NamedTuple

from haechi.example.campaigns.templates import slots

_LINKS: Final = {
    "line": (
        "https://line.me/R/ti/p/@{id}",
        "https://lin.ee/{id}",
        "https://line.me/ti/g2/{id}",
        "https://page.line.me/{id}",
        "https://liff.line.me/1600000000-{id}",
    ),
    "kakaotalk": (
        "https://open.kakao.com/o/{id}",
        "https://pf.kakao.com/_{id}",
        "https://open.kakao.com/me/{id}",
    ),
    "band": ("https://band.us/n/{id}", "https://www.band.us/@{id}"),
    "telegram": ("https://t.me/{id}", "https://t.me/+{id}", "https://telegram.me/{id}"),
    "whatsapp": (
        "https://wa.me/{number}",
        "https://chat.whatsapp.com/{id}",
        "https://api.whatsapp.com/send?phone={number}",
    ),
    "discord": ("https://discord.gg/{id}", "https://discord.com/invite/{id}"),
    "signal": ("https://signal.group/#{id}", "https://signal.me/#eu/{id}"),
}
_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
MODES: Final = ("link", "id", "button", "page")
"""Where the way stands: a link in the text, an identifier in the text, behind the button, on the page behind it."""
_MODE_WEIGHTS: Final = (40, 20, 25, 15)


class HandOff(NamedTuple):
    """One way.

    Attributes:
        application: `line`, `kakaotalk`, ...
        said: the application as the ad calls it.
        link: address that opens the chat.
        identifier: of the account.
        mode: one of `MODES`, or `qr`.
        wording: which of the language's sentences leads there.
    """

    application: str
    said: str
    link: str
    identifier: str
    mode: str
    wording: int

    def sentence(self, language: str) -> str:
        """The words of the ad that lead there."""
        sentences: list[str] = slots()[language]["join"][self.mode]
        chosen = sentences[self.wording % len(sentences)]
        return chosen.format(app=self.said, link=self.link, id=self.identifier)


def hand_off(language: str, chance: Random, *, with_sentence: bool = True) -> HandOff:
    """A way as a scam in that language uses it.

    Args:
        language: of the ad.
        chance: drawn from.
        with_sentence: whether the ad's wording has a place for the sentence; else the way is on the page.
    """
    given: dict[str, Any] = slots()[language]
    application = chance.choices(tuple(given["weights"]), tuple(given["weights"].values()))[0]
    mode = chance.choices(MODES, _MODE_WEIGHTS)[0]
    said = chance.choice(given["apps"][application])
    identifier = account_identifier(chance)
    link = chat_link(application, identifier, chance)
    return HandOff(
        application, said, link, identifier, mode if with_sentence else "page", chance.randrange(60)
    )


def account_identifier(chance: Random) -> str:
    """An invented identifier."""
    tail = "".join(chance.choices(_LETTERS, k=chance.randint(3, 5)))
    return chance.choice(("example_{}", "example{}", "{}example")).format(tail)


def chat_link(application: str, identifier: str, chance: Random) -> str:
    """An address that would open a chat with it."""
    number = chance.choice((f"447700900{chance.randint(0, 999):03}", f"120255501{chance.randint(0, 99):02}"))
    return chance.choice(_LINKS[application]).format(id=identifier, number=number)
