"""All signals of a request together: whatever one of them refuses is refused."""

from typing import Final

import msgspec

from haechi.permission.signals.bits import Unreadable
from haechi.permission.signals.gpp import read_gpp
from haechi.permission.signals.sections import Said, read_section
from haechi.permission.signals.tcf import Consent, read_tcf
from haechi.terms.words import Category, Signal

TCF_SECTION: Final = 2
_USP_SECTION: Final = 6
_FIRST_US: Final = 6
_USP_LENGTH: Final = 4
_NO_TCF: Final[frozenset[Signal]] = frozenset(
    {"no-tcf-storage", "no-tcf-profiling", "no-tcf-advertising", "no-precise-location"}
)
_NO_US: Final[frozenset[Signal]] = frozenset(
    {"sale-opt-out", "sharing-opt-out", "targeted-advertising-opt-out", "sensitive-opt-out"}
)
_OPT_OUT: Final[dict[str, Signal]] = {
    "sale_opt_out": "sale-opt-out",
    "sharing_opt_out": "sharing-opt-out",
    "targeted_advertising_opt_out": "targeted-advertising-opt-out",
}
_PURPOSE: Final[dict[int, Signal]] = {1: "no-tcf-storage", 3: "no-tcf-profiling", 4: "no-tcf-advertising"}


class Signals(msgspec.Struct, frozen=True):
    """What was said for the person.

    Attributes:
        refusals: what was refused.
        categories: what of it was refused by name; the refusal of anything sensitive is among `refusals` too.
        age: the lowest age of the child that is said to be there, or None.
        faults: what could not be read, and why; never the text itself.
    """

    refusals: frozenset[Signal] = frozenset()
    categories: frozenset[Category] = frozenset()
    age: int | None = None
    faults: tuple[str, ...] = ()


def read_signals(
    *,
    gdpr: bool = False,
    tcf: str | None = None,
    gpp: str | None = None,
    gpp_sid: tuple[int, ...] = (),
    us_privacy: str | None = None,
    gpc: bool = False,
) -> Signals:
    """What the signals of a request say. Pure; never fails.

    Args:
        gdpr: European law applies, by a flag or by the place: then a consent string is needed.
        tcf: the string of the Transparency and Consent Framework.
        gpp: the string of the Global Privacy Platform.
        gpp_sid: the sections of it that are said to apply.
        us_privacy: the US privacy string.
        gpc: Global Privacy Control was on.
    """
    refusals: set[Signal] = {"gpc"} if gpc else set()
    faults: list[str] = []
    said: list[Said] = []
    sections: dict[int, str] = {}
    if gpp:
        try:
            sections = read_gpp(gpp)
        except Unreadable as fault:
            faults.append(f"gpp: {fault}")
            refusals |= _NO_US | _NO_TCF
    strings = [text for text in (tcf, sections.get(TCF_SECTION)) if text]
    if gdpr or strings or TCF_SECTION in gpp_sid:
        refusals |= _refused_by_tcf(strings, faults)
    for number in sorted(set(gpp_sid) | sections.keys()):
        if number >= _FIRST_US:
            refusals |= _refused_by_us(number, sections.get(number), said, faults)
    if us_privacy:
        refusals |= _refused_by_usp(us_privacy, "us_privacy", faults)
    return Signals(
        frozenset(refusals),
        frozenset[Category]().union(*(one.categories for one in said)),
        min((one.age for one in said if one.age is not None), default=None),
        tuple(faults),
    )


def _refused_by_tcf(strings: list[str], faults: list[str]) -> frozenset[Signal]:
    if not strings:
        return _NO_TCF
    refused: set[Signal] = set()
    for text in strings:
        try:
            refused |= _refused(read_tcf(text))
        except Unreadable as fault:
            faults.append(f"tcf: {fault}")
            refused |= _NO_TCF
    return frozenset(refused)


def _refused(consent: Consent) -> set[Signal]:
    refused: set[Signal] = {signal for purpose, signal in _PURPOSE.items() if not consent.has(purpose)}
    if not consent.opted_in(1):
        refused.add("no-precise-location")
    return refused


def _refused_by_us(number: int, text: str | None, read: list[Said], faults: list[str]) -> frozenset[Signal]:
    name = f"gpp section {number}"
    if text is None:
        faults.append(f"{name}: it is said to apply, but the string lacks it")
        return _NO_US
    if number == _USP_SECTION:
        return _refused_by_usp(text, name, faults)
    try:
        said = read_section(number, text)
    except Unreadable as fault:
        faults.append(f"{name}: {fault}")
        return _NO_US
    read.append(said)
    refused: set[Signal] = {_OPT_OUT[field] for field in said.opt_outs}
    if said.sensitive:
        refused.add("sensitive-opt-out")
    if said.gpc:
        refused.add("gpc")
    return frozenset(refused)


def _refused_by_usp(text: str, name: str, faults: list[str]) -> frozenset[Signal]:
    """A US privacy string: version 1, notice given, opted out of sale, covered by the industry's agreement."""
    if len(text) != _USP_LENGTH or text[0] != "1" or not set(text[1:].upper()) <= set("YN-"):
        faults.append(f"{name}: it is not of the form 1YNN")
        return _NO_US
    return frozenset({"sale-opt-out", "sharing-opt-out"}) if text[2].upper() == "Y" else frozenset()
