"""Who submits.

Accounts tell something, and never all: some scammers are verified or hold an old account that they took over, some
honest advertisers are new, unverified or foreign.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final, NamedTuple

from haechi.example.campaigns.drawing import happens
from haechi.example.campaigns.handoff import account_identifier, chat_link
from haechi.example.campaigns.landing import gibberish
from haechi.example.campaigns.parties import Party
from haechi.example.campaigns.templates import slots
from haechi.review.ads import Advertiser, Licence

REGULATED: Final = frozenset(
    {
        *(
            "broker",
            "bank",
            "robo-adviser",
            "insurance",
            "card",
            "crypto-exchange",
            "loan",
            "fund",
            "payment",
        ),
        *("forex-broker", "celebrity-authorised-finance", "official-channel-finance", "warning-finance"),
    }
)
"""Trades that need a licence."""
_SCAM_KINDS: Final[Mapping[str, int]] = {
    "foreign-new": 58,
    "local-new": 16,
    "verified-new": 11,
    "taken-over": 10,
    "verified-old": 5,
}
_LEGAL_FORM: Final = {
    "ja": "株式会社{}",
    "ko": "주식회사 {}",
    "en": "{} Ltd",
    "zh": "{}股份有限公司",
    "de": "{} GmbH",
}
_ABROAD: Final = ("VN", "TH", "HK", "UA", "PH", "NG", "TR")
_CHANNEL: Final = {"ja": "line", "ko": "kakaotalk", "en": "whatsapp", "zh": "line", "de": "whatsapp"}


class Account(NamedTuple):
    """An advertiser with what its ads say of it.

    Attributes:
        row: as the table has it.
        licences: rows of registers that name it or that it claims.
        own: the name its ads use.
        home: its domain.
        channel: address of its chat account, or None.
        registration: its registration as its ads tell it, or empty.
        taken_over: whether it is an honest account that a scammer took over.
    """

    row: Advertiser
    licences: tuple[Licence, ...]
    own: str
    home: str
    channel: str | None
    registration: str
    taken_over: bool = False


def scammer(advertiser_id: str, language: str, now: datetime, chance: Random) -> Account:
    """An account that runs a scam, opened or taken over before `now`."""
    given: dict[str, Any] = slots()[language]
    kind = chance.choices(tuple(_SCAM_KINDS), tuple(_SCAM_KINDS.values()))[0]
    new = kind.endswith("-new")
    opened = now - timedelta(
        days=chance.randint(0, 20) if new else chance.randint(500, 2600), hours=chance.randint(1, 23)
    )
    shown = chance.choice(slots()["foreign"])
    if kind != "foreign-new":
        shown = chance.choice(given["account" if kind == "local-new" else "own"])
    verified = kind in ("verified-new", "taken-over", "verified-old")
    row = Advertiser(
        advertiser_id=advertiser_id,
        legal_name=_LEGAL_FORM[language].format(shown) if verified else shown,
        display_names=(shown,),
        kind=chance.choice(("business", "private", None)),
        country=given["country"] if verified or kind == "local-new" else chance.choice(_ABROAD),
        verified_at=opened + timedelta(days=1) if verified else None,
        name_changes=(now - timedelta(days=chance.randint(1, 12)),)
        if kind == "taken-over" or happens(chance, 0.2)
        else (),
        opened_at=opened if happens(chance, 0.95) else None,
    )
    return Account(row, (), shown, gibberish(chance), None, "", taken_over=kind == "taken-over")


def claims_licence_of(account: Account, brand: Party, language: str, chance: Random) -> Account:
    """The account with a claim to a registration that is another's."""
    if not account.row.advertiser_id or not brand.domain:
        return account
    given = slots()[language]
    number = str(chance.randint(1000, 9999))
    claim = Licence(
        regulator=given["regulator"],
        number=number,
        registered_name=brand.names[0],
        domains=(brand.domain,),
        country=given["country"],
        advertiser_id=account.row.advertiser_id,
    )
    return account._replace(licences=(claim,), registration=given["reg"].format(number=number))


def advertiser(advertiser_id: str, language: str, kind: str, now: datetime, chance: Random) -> Account:
    """An honest advertiser of a trade."""
    given: dict[str, Any] = slots()[language]
    suffixes = slots()["suffixes"][language]
    name = chance.choice(given["own"]) + chance.choice(suffixes.get(kind, suffixes["other"]).split("|"))
    home = f"{chance.choice(slots()['roman'])}-{chance.randint(100, 999)}.example"
    new = happens(chance, 0.12)
    official = "official-channel" in kind
    verified = official or happens(chance, 0.5 if new else 0.96)
    opened = now - timedelta(days=chance.randint(1, 25) if new else chance.randint(120, 3300))
    application = _CHANNEL[language]
    channel = None
    if official or happens(chance, 0.1):
        channel = chat_link(application, account_identifier(chance), chance)
    shown = name
    if happens(chance, 0.05) and kind not in REGULATED:
        shown = f"{chance.choice(slots()['roman']).title()} International"
    row = Advertiser(
        advertiser_id=advertiser_id,
        legal_name=_LEGAL_FORM[language].format(name) if verified else name,
        display_names=(shown,) if shown == name else (shown, name),
        kind="business" if verified or happens(chance, 0.7) else "private",
        country=given["country"] if happens(chance, 0.95) else chance.choice(("US", "SG", "NL")),
        verified_at=opened + timedelta(days=chance.randint(0, 9)) if verified else None,
        domains=(home,) if verified else (),
        chat_accounts=(channel,) if channel and verified else (),
        name_changes=(opened + timedelta(days=90),) if not new and happens(chance, 0.05) else (),
        opened_at=opened,
    )
    licences, registration = _licensed(row, language, kind, home, chance) if kind in REGULATED else ((), "")
    return Account(row, licences, name, home, channel, registration)


def others_licences(count: int, chance: Random) -> list[Licence]:
    """Rows of registers about firms that advertise nothing here."""
    found = []
    for number in range(count):
        language = chance.choice(("ja", "ko", "en", "zh", "de"))
        given = slots()[language]
        suffix = chance.choice(list(slots()["suffixes"][language].values())).split("|")[0]
        name = f"{chance.choice(given['own'])}{chance.choice(given['city'])}{suffix}"
        found.append(
            Licence(
                regulator=given["regulator"],
                number=str(60_000 + number),
                registered_name=_LEGAL_FORM[language].format(name),
                domains=(f"register-{number}.example",),
                country=given["country"],
            )
        )
    return found


def _licensed(
    row: Advertiser, language: str, kind: str, home: str, chance: Random
) -> tuple[tuple[Licence, ...], str]:
    """Its row of the register and the words for it; few regulated advertisers have not handed theirs in."""
    given = slots()[language]
    number = str(chance.randint(10_000, 59_999))
    if kind not in ("celebrity-authorised-finance", "warning-finance") and happens(chance, 0.01):
        return (), given["reg"].format(number=number)
    licence = Licence(
        regulator=given["regulator"],
        number=number,
        registered_name=row.legal_name,
        domains=(home,),
        country=given["country"],
        valid_from=datetime.fromisoformat("2015-04-01"),
        advertiser_id=row.advertiser_id,
    )
    return (licence,), given["reg"].format(number=number)
