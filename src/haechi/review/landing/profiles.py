"""Who visits: the reviewer, a phone in the ad's market, and somebody from abroad.

Cloaking servers choose by browser, language, referrer and click identifier, all of which are imitated. They also
choose by the visitor's address, which is not: every visit comes from where Haechi runs, unless the profile has a
proxy.
"""

from typing import Final

import msgspec

_ENGINE: Final = "AppleWebKit/537.36 (KHTML, like Gecko)"
_DESKTOP: Final = f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {_ENGINE} Chrome/142.0.0.0 Safari/537.36"
_PHONE: Final = f"Mozilla/5.0 (Linux; Android 10; K) {_ENGINE} Chrome/142.0.0.0 Mobile Safari/537.36"
_ROBOT: Final = "Mozilla/5.0 (compatible; HaechiAdReview/1.0)"
_ACCEPT: Final = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
_LANGUAGES: Final = {
    "AT": "de-AT", "AU": "en-AU", "BR": "pt-BR", "CA": "en-CA", "CH": "de-CH", "CN": "zh-CN", "DE": "de-DE",
    "ES": "es-ES", "FR": "fr-FR", "GB": "en-GB", "HK": "zh-HK", "ID": "id-ID", "IE": "en-IE", "IN": "en-IN",
    "IT": "it-IT", "JP": "ja-JP", "KR": "ko-KR", "MY": "ms-MY", "NL": "nl-NL", "PH": "en-PH", "PL": "pl-PL",
    "SG": "en-SG", "TH": "th-TH", "TW": "zh-TW", "US": "en-US", "VN": "vi-VN",
}  # fmt: skip
"""The language that most phones of a country ask for."""


class Platform(msgspec.Struct, frozen=True, kw_only=True):
    """What a click on the platform looks like to the page.

    Attributes:
        referrer: address that browsers send as the referrer, empty for none.
        click: name of the parameter that the platform adds to addresses, e.g. `clid`, empty for none.
    """

    referrer: str = ""
    click: str = ""


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of visitor.

    Attributes:
        name: `reviewer`, `phone` or `abroad`.
        user_agent: as the browser says.
        accept_language: as the browser says.
        platform: what its click looks like.
        proxy: `http://[user:password@]host[:port]`, or None to visit directly.
    """

    name: str
    user_agent: str
    accept_language: str
    platform: Platform = Platform()
    proxy: str | None = None

    def headers(self) -> dict[str, str]:
        """Headers of every request; the encodings are those that can be unpacked within a limit."""
        return {
            "User-Agent": self.user_agent,
            "Accept": _ACCEPT,
            "Accept-Language": self.accept_language,
            "Accept-Encoding": "gzip, deflate",
            "Upgrade-Insecure-Requests": "1",
        }


def profiles(
    country: str | None = None,
    language: str | None = None,
    *,
    platform: Platform | None = None,
    proxies: dict[str, str] | None = None,
) -> tuple[Profile, Profile, Profile]:
    """The three visitors of an ad, the reviewer first.

    Args:
        country: the ad's, ISO 3166-1 alpha-2.
        language: the ad's, ISO 639-1; it goes before the country's.
        platform: what a click looks like; only the phone comes by one.
        proxies: by the profile's name.
    """
    market = _accepted(_language(country, language))
    away = "fr-FR,fr;q=0.9" if market.startswith("en") else "en-US,en;q=0.9"
    through = (proxies or {}).get
    return (
        Profile(name="reviewer", user_agent=_DESKTOP, accept_language=market, proxy=through("reviewer")),
        Profile(
            name="phone",
            user_agent=_PHONE,
            accept_language=market,
            platform=platform or Platform(),
            proxy=through("phone"),
        ),
        Profile(name="abroad", user_agent=_ROBOT, accept_language=away, proxy=through("abroad")),
    )


def _language(country: str | None, language: str | None) -> str:
    of_country = _LANGUAGES.get((country or "").upper(), "")
    if language and not of_country.lower().startswith(language.lower()):
        return f"{language.lower()}-{country.upper()}" if country else language.lower()
    return of_country or "en-US"


def _accepted(tag: str) -> str:
    bare = tag.partition("-")[0]
    parts = list(dict.fromkeys([tag, bare, "en"]))
    return ",".join(
        part if place == 0 else f"{part};q={1 - place / 10:.1f}" for place, part in enumerate(parts)
    )
