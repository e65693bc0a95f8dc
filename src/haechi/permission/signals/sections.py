"""The US sections of the Global Privacy Platform's string, laid out as `haechi/packs/signals.yaml` says."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Final, Literal, NamedTuple

import msgspec
import yaml

from haechi.errors import PackError
from haechi.permission.signals.bits import Bits, Unreadable
from haechi.permission.signals.gpp import read_range
from haechi.terms.words import Category

_VERSION_WIDTH: Final = 6
_WIDTH: Final = 2
_YES: Final = 1
_HIGHEST: Final = 2
_GPC: Final = 1
_SENSITIVE: Final = "sensitive_data_processing"

SAYS: Final = ("sale_opt_out", "sharing_opt_out", "targeted_advertising_opt_out")


class Field(NamedTuple):
    """A field of a layout: `name`, `name*3` for three values, `name:6` for one of six bits.

    Attributes:
        name: what it says.
        times: how many values it has.
        width: bits of each.
    """

    name: str
    times: int
    width: int

    @classmethod
    def of(cls, text: str) -> "Field":
        """The field that a layout's text describes."""
        name, _, width = text.partition(":")
        name, _, times = name.partition("*")
        return cls(name, int(times or 1), int(width or _WIDTH))


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One section's layout.

    Attributes:
        id: its number.
        name: as the platform's interface calls it.
        version: the version that is laid out so.
        fields: of the core, in their order, as `Field.of` reads them.
        subsections: where the section begins with a header: the fields of the segments after the core, by number.
        sensitive: for each value of `sensitive_data_processing` the categories it is about.
        child_ages: for each field `known_child` the lowest age of its band; one number for all of them.
        source: URL.
        mark: how far it was checked, as in law packs.
        checked: what was and what was not confirmed.
    """

    id: int
    name: str
    version: int
    fields: tuple[str, ...]
    subsections: dict[int, tuple[str, ...]] | None = None
    sensitive: tuple[tuple[Category, ...], ...] = ()
    child_ages: tuple[int, ...]
    source: str
    mark: Literal["V", "V2", "R", "UNVERIFIED"]
    checked: str = ""


class Said(msgspec.Struct, frozen=True):
    """What a section says.

    Attributes:
        opt_outs: the fields of `SAYS` that are opted out of.
        sensitive: something sensitive is opted out of, or there is no consent to it.
        categories: what that is about; empty where it is about no category that is known here.
        age: the lowest age of a child that is said to be there, or None.
        gpc: the section says that Global Privacy Control was on.
    """

    opt_outs: tuple[str, ...]
    sensitive: bool
    categories: frozenset[Category]
    age: int | None
    gpc: bool


class _File(msgspec.Struct, forbid_unknown_fields=True):
    sections: tuple[Section, ...]


@cache
def layouts() -> Mapping[tuple[int, int], Section]:
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


@cache
def _headed() -> frozenset[int]:
    return frozenset(number for (number, _), section in layouts().items() if section.subsections is not None)


def read_section(number: int, text: str) -> Said:
    """What a US section says.

    Raises:
        Unreadable: nobody here knows its layout, or it is damaged.
    """
    first, *others = text.split(".")
    if number in _headed():
        section, values = _with_header(number, Bits(first), others)
        gpc = _YES in values["gpc"]
    else:
        section = _layout(number, Bits(first).at(0, _VERSION_WIDTH))
        values = _values(Bits(first), _VERSION_WIDTH, section.fields)
        gpc = True in {_is_gpc(Bits(other)) for other in others}
    refused = [place for place, value in enumerate(values[_SENSITIVE]) if value == _YES]
    return Said(
        tuple(name for name in SAYS if _YES in values[name]),
        bool(refused),
        frozenset(category for place in refused for category in section.sensitive[place]),
        min(_children(section, values), default=None),
        gpc,
    )


def _layout(number: int, version: int) -> Section:
    section = layouts().get((number, version))
    if section is None:
        raise Unreadable("its layout is not known here")
    return section


def _with_header(number: int, header: Bits, segments: list[str]) -> tuple[Section, Mapping[str, list[int]]]:
    """A section that begins with its number, its version and the numbers of the segments after the core."""
    if header.at(0, _VERSION_WIDTH) != number:
        raise Unreadable("it begins without the header that its specification asks for")
    section = _layout(number, header.at(_VERSION_WIDTH, _VERSION_WIDTH))
    numbers = read_range(header, 2 * _VERSION_WIDTH)
    if len(segments) != 1 + len(numbers) or not set(numbers) <= set(section.subsections or ()):
        raise Unreadable("its header names other segments than follow")
    layout = [section.fields, *((section.subsections or {})[one] for one in numbers)]
    values: dict[str, list[int]] = defaultdict(list)
    for segment, fields in zip(segments, layout, strict=True):
        values.update(_values(Bits(segment), 0, fields))
    return section, values


def _values(bits: Bits, place: int, fields: tuple[str, ...]) -> Mapping[str, list[int]]:
    values: dict[str, list[int]] = defaultdict(list)
    for field in map(Field.of, fields):
        for _ in range(field.times):
            value = bits.at(place, field.width)
            if field.width == _WIDTH and value > _HIGHEST:
                raise Unreadable("it says neither yes nor no")
            values[field.name].append(value)
            place += field.width
    if bits.at(place, bits.size - place):
        # Padding is of zeros: whatever else follows, it is laid out otherwise than its version says.
        raise Unreadable("it goes on after its end")
    return values


def _children(section: Section, values: Mapping[str, list[int]]) -> Iterator[int]:
    for place, value in enumerate(values["known_child"]):
        if value:
            yield section.child_ages[min(place, len(section.child_ages) - 1)]


def _is_gpc(bits: Bits) -> bool:
    """A segment of type 1 whose next bit says that the control was on."""
    return bits.at(0, _WIDTH) == _GPC and bool(bits.at(_WIDTH, 1))
