"""Whether who offers a financial product is on a regulator's register: by number AND name AND domain.

    agrees     a row of a register, in force, has the number that the ad or account gives, the advertiser's name and
               the domain that the ad leads to
    mismatch   a row was claimed, but one of the three is another's: `differs` says which
    missing    nothing was claimed; or the name fits, but the ad leads nowhere and the row is not tied to the account;
               or it fits a verified account that leads to its own domain, and the register has a namesake: another
               domain, and no row with a number that the ad gives

A number alone is copied from the website of a real firm; after registers were asked for name and address too, reports
of fraud to one regulator halved (FSS of Korea, August 2025).
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from haechi.review.addresses import as_browsers_read
from haechi.review.ads import Fact, Licence, Signal
from haechi.review.case import Case, World
from haechi.review.host_index import suffixes
from haechi.review.signals import investment_offer
from haechi.review.signals.advertiser import is_verified

NAME: Final = "licence"
VERSION: Final = "3"

_INDEX: Final = NAME
_LEGAL_FORMS: Final = re.compile(
    r"株式会社|合同会社|有限会社|\(株\)|주식회사|유한회사|\(주\)|㈜|"
    r"\b(?:co|ltd|limited|inc|incorporated|corp|corporation|llc|llp|plc|gmbh|ag|sa|bv|kk|pte|pty|company)\b\.?"
)
_FIGURES: Final = re.compile(r"\d+")
_BUREAU: Final = re.compile(r"(\w{2,3})(?:財務支?局長|総合事務局長)\s?\((\w+)\)")
_NUMBER: Final = re.compile(
    r"\w{2,3}(?:財務支?局長|総合事務局長)\s?\(\w+\)\s?第?\s?\d+"
    r"|(?:登録(?:番号|第)|등록 ?(?:번호|제)|登記字號|許可(?:證)?字號|许可证号"
    r"|\b(?:licen[cs]e|registration|reg|firm reference) ?(?:number|no|#)"
    r"|\b(?:fca|asic|mas|finra|sec|bafin|frn|afsl|nmls|crd)(?: ?(?:number|no|id|reg\w*|#))?)"
    r"\.?\s?[:#]?\s?(?:제|第)?\s?(?:[a-z]{1,4}[- ]?)?\d[\d-]*"
)
_SHORTEST_NAME: Final = 2


def find(case: Case) -> list[Signal]:
    """One signal for an ad that offers a financial product; none for any other, or without any register.

    That a row agrees is told of whatever may be such an offer: it speaks for the advertiser.
    """
    if not case.world.licences:
        return []
    found = _checked(case) if investment_offer.find(case) else []
    return found if _offers(case) else [one for one in found if one.value == "agrees"]


def _checked(case: Case) -> list[Signal]:
    claimed = _claimed(case)
    if not claimed:
        nothing = (Fact("licences claimed", "none"),)
        return [Signal(name=NAME, version=VERSION, score=1.0, value="missing", evidence=nothing)]
    checks = sorted(((_differs(case, one), one) for one in claimed), key=lambda check: len(check[0]))
    differs, licence = checks[0]
    if not differs and not _addresses(case) and licence.advertiser_id != case.ad.advertiser_id:
        nowhere = (Fact("registered name", licence.registered_name), Fact("leads to", "nowhere"))
        return [Signal(name=NAME, version=VERSION, score=1.0, value="missing", evidence=nowhere)]
    if differs in (["domain"], ["number", "domain"]) and _at_home(case):
        elsewhere = (
            Fact("registered name", licence.registered_name),
            Fact("domains", ", ".join(licence.domains) or "none"),
        )
        return [Signal(name=NAME, version=VERSION, score=1.0, value="missing", evidence=elsewhere)]
    facts = (
        Fact("register", licence.regulator),
        Fact("number", licence.number),
        Fact("registered name", licence.registered_name),
        Fact("domains", ", ".join(licence.domains) or "none"),
    )
    value = "mismatch" if differs else "agrees"
    params = {"regulator": licence.regulator, "number": licence.number, "differs": ", ".join(differs)}
    return [Signal(name=NAME, version=VERSION, score=1.0, value=value, params=params, evidence=facts)]


def _offers(case: Case) -> bool:
    """Whether a financial product is surely offered; of an unverified account with a number, one word says so."""
    least = 0.5 if _numbers(case) and not is_verified(case) else 1.0
    return any(one.score >= least for one in investment_offer.find(case))


def _claimed(case: Case) -> list[Licence]:
    """Rows of registers that the account claims, that its texts give the number of, or that bear its name."""
    index = _index(case.world)
    found = {id(one): one for one in index.get(f"account:{case.ad.advertiser_id}", ())}
    for key in _keys_of(case):
        found |= {id(one): one for one in index.get(key, ())}
    return list(found.values())


def _keys_of(case: Case) -> Iterator[str]:
    for number in _numbers(case):
        yield f"number:{_figures(number)}"
    if case.advertiser is not None:
        yield f"name:{_name(case.advertiser.legal_name)}"


def _numbers(case: Case) -> list[str]:
    """Numbers of registers that the texts give."""
    return [match.group() for text in case.texts for match in _NUMBER.finditer(text.plain.text)]


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
    given = _numbers(case)
    return not given or any(_same_number(licence.number, one) for one in given)


def _same_number(number: str, other: str) -> bool:
    """Whether the figures agree, and the Japanese bureau and register too, where both tell them."""
    number, other = (unicodedata.normalize("NFKC", one).lower() for one in (number, other))
    bureaus = [match.groups() for one in (number, other) if (match := _BUREAU.search(one))]
    return _figures(number) == _figures(other) and len(set(bureaus)) <= 1


def _figures(number: str) -> str:
    return "-".join(one.lstrip("0") for one in _FIGURES.findall(unicodedata.normalize("NFKC", number)))


def _leads_to(case: Case, domains: Iterable[str]) -> bool:
    """Whether every address that the ad leads to is of the firm; an ad that leads nowhere leads to no other."""
    own = {_domain(one) for one in domains}
    return {_domain(one) for one in _addresses(case)} <= own


def _at_home(case: Case) -> bool:
    """Whether a verified account leads to its own domain and gives no number that the register has."""
    account = case.advertiser
    known = _index(case.world)
    of_another = any(f"number:{_figures(number)}" in known for number in _numbers(case))
    return is_verified(case) and account is not None and not of_another and _leads_to(case, account.domains)


def _addresses(case: Case) -> list[str]:
    """Where the ad leads, and where its visits and the codes in its picture end."""
    found = [case.ad.landing_url or "", *(visit.final_url for visit in case.visits)]
    found += [text.raw for text in case.texts if text.field == "image_code" and "://" in text.raw]
    return [one for one in found if _domain(one)]


def _in_force(licence: Licence, at: datetime) -> bool:
    begun = licence.valid_from is None or licence.valid_from <= at
    return begun and (licence.valid_until is None or at < licence.valid_until)


def _index(world: World) -> dict[str, list[Licence]]:
    made = world.indices.get(_INDEX)
    if isinstance(made, dict):
        return made
    index: dict[str, list[Licence]] = {}
    for one in world.licences:
        keys = [f"number:{_figures(one.number)}"]
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


def _domain(address: str) -> str:
    """The registrable domain of a URL or host, or the host itself where there is none."""
    text = address.strip().lower()
    try:
        host = urlsplit(as_browsers_read(text)).hostname or ""
    except ValueError:
        return text
    return suffixes().privatesuffix(host) or host
