"""Whether who offers a financial product is on a regulator's register: by number AND name AND domain.

    agrees     a row of a register, in force, has the number that the ad or account gives, the advertiser's name and
               the domain that the ad leads to
    mismatch   a row was claimed, but one of the three is another's: `differs` says which
    missing    nothing was claimed

A number alone is copied from the website of a real firm; after registers were asked for name and address too, reports
of fraud to one regulator halved (FSS of Korea, August 2025).
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cache
from typing import Final
from urllib.parse import urlsplit

from publicsuffixlist import PublicSuffixList

from haechi.review.ads import Fact, Licence, Signal
from haechi.review.case import Case, World
from haechi.review.signals import investment_offer

NAME: Final = "licence"
VERSION: Final = "1"

_INDEX: Final = NAME
_LEGAL_FORMS: Final = re.compile(
    r"株式会社|合同会社|有限会社|\(株\)|주식회사|유한회사|\(주\)|㈜|"
    r"\b(?:co|ltd|limited|inc|incorporated|corp|corporation|llc|llp|plc|gmbh|ag|sa|bv|kk|pte|pty|company)\b\.?"
)
_FIGURES: Final = re.compile(r"\d+")
_NUMBER: Final = re.compile(
    r"(?:関東|近畿|東海|北海道|東北|北陸|中国|四国|九州|福岡|沖縄)(?:財務(?:支)?局長|総合事務局長)\s?\(\w+\)\s?第?\s?\d+\s?号?"
    r"|(?:登録|등록|license|licence|registration|reg|frn|afsl|nmls|crd|firm reference|登記|許可)\s?"
    r"(?:番号|번호|number|no\.?|id|字號|#)?\s?[:#]?\s?(?:제|第)?\s?[\w-]*\d[\w-]*"
)
_SHORTEST_NAME: Final = 2


def find(case: Case) -> list[Signal]:
    """One signal for an ad that surely offers a financial product; none for any other, or without any register."""
    offers = [one for one in investment_offer.find(case) if one.score == 1.0]
    if not offers or not case.world.licences:
        return []
    claimed = _claimed(case)
    if not claimed:
        nothing = (Fact("licences claimed", "none"),)
        return [Signal(name=NAME, version=VERSION, score=1.0, value="missing", evidence=nothing)]
    checks = sorted(((_differs(case, one), one) for one in claimed), key=lambda check: len(check[0]))
    differs, licence = checks[0]
    facts = (
        Fact("register", licence.regulator),
        Fact("number", licence.number),
        Fact("registered name", licence.registered_name),
        Fact("domains", ", ".join(licence.domains) or "none"),
    )
    value = "mismatch" if differs else "agrees"
    params = {"regulator": licence.regulator, "number": licence.number, "differs": ", ".join(differs)}
    return [Signal(name=NAME, version=VERSION, score=1.0, value=value, params=params, evidence=facts)]


def _claimed(case: Case) -> list[Licence]:
    """Rows of registers that the account claims, that its texts give the number of, or that bear its name."""
    index = _index(case.world)
    found = {id(one): one for one in index.get(f"account:{case.ad.advertiser_id}", ())}
    for key in _keys_of(case):
        found |= {id(one): one for one in index.get(key, ())}
    return list(found.values())


def _keys_of(case: Case) -> Iterator[str]:
    for text in case.texts:
        for match in _NUMBER.finditer(text.plain.text):
            yield from (f"number:{figures.lstrip('0')}" for figures in _FIGURES.findall(match.group()))
    if case.advertiser is not None:
        yield f"name:{_name(case.advertiser.legal_name)}"


def _differs(case: Case, licence: Licence) -> list[str]:
    """Which of number, name, domain and time do not agree."""
    advertiser = case.advertiser
    names = () if advertiser is None else (advertiser.legal_name,)
    found = []
    if licence.advertiser_id != case.ad.advertiser_id and not _gives_number(case, licence):
        found.append("number")
    if _name(licence.registered_name) not in {_name(one) for one in names}:
        found.append("name")
    if not _leads_to(case, licence.domains):
        found.append("domain")
    if not _in_force(licence, case.ad.submitted_at):
        found.append("time")
    return found


def _gives_number(case: Case, licence: Licence) -> bool:
    """Whether the ad gives the number, or no text of it gives any and the name stands for it."""
    wanted = {figures.lstrip("0") for figures in _FIGURES.findall(licence.number)}
    given = {
        figures.lstrip("0")
        for text in case.texts
        for match in _NUMBER.finditer(text.plain.text)
        for figures in _FIGURES.findall(match.group())
    }
    return not given or bool(wanted & given)


def _leads_to(case: Case, domains: Iterable[str]) -> bool:
    """Whether every address that the ad leads to is of the firm; an ad that leads nowhere leads to no other."""
    own = {_domain(one) for one in domains}
    urls = [case.ad.landing_url or "", *(visit.final_url for visit in case.visits)]
    return {domain for url in urls if (domain := _domain(url))} <= own


def _in_force(licence: Licence, at: datetime) -> bool:
    begun = licence.valid_from is None or licence.valid_from <= at
    return begun and (licence.valid_until is None or at < licence.valid_until)


def _index(world: World) -> dict[str, list[Licence]]:
    made = world.indices.get(_INDEX)
    if isinstance(made, dict):
        return made
    index: dict[str, list[Licence]] = {}
    for one in world.licences:
        keys = [f"number:{figures.lstrip('0')}" for figures in _FIGURES.findall(one.number)]
        if one.advertiser_id is not None:
            keys.append(f"account:{one.advertiser_id}")
        name = _name(one.registered_name)
        if len(name) >= _SHORTEST_NAME:
            keys.append(f"name:{name}")
        for key in dict.fromkeys(keys):
            index.setdefault(key, []).append(one)
    world.indices[_INDEX] = index
    return index


def _name(name: str) -> str:
    """A firm's name without its legal form, blanks and signs."""
    plain = _LEGAL_FORMS.sub(" ", unicodedata.normalize("NFKC", name).lower())
    return "".join(letter for letter in plain if letter.isalnum())


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


def _domain(address: str) -> str:
    """The registrable domain of a URL or host, or the host itself where there is none."""
    text = address.strip().lower()
    host = urlsplit(text if "://" in text else f"//{text}").hostname or ""
    return _suffixes().privatesuffix(host) or host
