"""The US sections of the Global Privacy Platform's string, laid out as `haechi/packs/signals.yaml` says."""

from functools import cache
from importlib import resources
from typing import Final, Literal

import msgspec
import yaml

from haechi.errors import PackError
from haechi.permission.signals.bits import Bits, Unreadable

_VERSION_WIDTH: Final = 6
_WIDTH: Final = 2
_YES: Final = 1
_HIGHEST: Final = 2
_GPC: Final = 1

SAYS: Final = ("sale_opt_out", "sharing_opt_out", "targeted_advertising_opt_out")


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One section's layout.

    Attributes:
        id: its number.
        name: as the platform's interface calls it.
        version: the version that is laid out so.
        fields: in their order, two bits each; `name*3` for three.
        child_ages: for each field `known_child` the lowest age of its band; one number for all of them.
        source: URL.
        mark: how far it was checked, as in law packs.
        checked: what was and what was not confirmed.
    """

    id: int
    name: str
    version: int
    fields: tuple[str, ...]
    child_ages: tuple[int, ...]
    source: str
    mark: Literal["V", "V2", "R", "UNVERIFIED"]
    checked: str = ""


class Said(msgspec.Struct, frozen=True):
    """What a section says.

    Attributes:
        opt_outs: the fields of `SAYS` that are opted out of.
        sensitive: something sensitive is opted out of, or there is no consent to it.
        age: the lowest age of a child that is said to be there, or None.
        gpc: the section says that Global Privacy Control was on.
    """

    opt_outs: tuple[str, ...]
    sensitive: bool
    age: int | None
    gpc: bool


class _File(msgspec.Struct, forbid_unknown_fields=True):
    sections: tuple[Section, ...]


@cache
def layouts() -> dict[tuple[int, int], Section]:
    """The layouts by number and version.

    Raises:
        PackError: the data file is damaged.
    """
    file = resources.files("haechi.packs").joinpath("signals.yaml")
    try:
        read = msgspec.convert(yaml.safe_load(file.read_text(encoding="utf-8")), _File)
    except (OSError, yaml.YAMLError, msgspec.ValidationError) as fault:
        raise PackError(f"{file}: expected the layouts of GPP sections; {fault}.") from None
    return {(section.id, section.version): section for section in read.sections}


def read_section(number: int, text: str) -> Said:
    """What a US section says.

    Raises:
        Unreadable: nobody here knows its layout, or it is damaged.
    """
    core, *others = text.split(".")
    bits = Bits(core)
    section = layouts().get((number, bits.at(0, _VERSION_WIDTH)))
    if section is None:
        raise Unreadable("its layout is not known here")
    values = _values(bits, section)
    children = [
        section.child_ages[min(place, len(section.child_ages) - 1)]
        for place, value in enumerate(values["known_child"])
        if value
    ]
    return Said(
        tuple(name for name in SAYS if _YES in values.get(name, ())),
        _YES in values["sensitive_data_processing"],
        min(children, default=None),
        any(_is_gpc(Bits(other)) for other in others),
    )


def _values(bits: Bits, section: Section) -> dict[str, list[int]]:
    place = _VERSION_WIDTH
    values: dict[str, list[int]] = {}
    for field in section.fields:
        name, _, times = field.partition("*")
        for _ in range(int(times or 1)):
            value = bits.at(place, _WIDTH)
            if value > _HIGHEST:
                raise Unreadable("it says neither yes nor no")
            values.setdefault(name, []).append(value)
            place += _WIDTH
    return values


def _is_gpc(bits: Bits) -> bool:
    """A segment of type 1 whose next bit says that the control was on."""
    return bits.at(0, _WIDTH) == _GPC and bool(bits.at(_WIDTH, 1))
