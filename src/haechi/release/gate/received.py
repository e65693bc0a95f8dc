"""What a request says of place, age and signals.

Read from where OpenRTB 2.5 (`regs.ext`, `user.ext`) and 2.6 (`regs`, `user`) put it; where both say something, the
stricter counts. Whatever cannot be read is told by `faults` and never read as a yes.
"""

import json
from collections.abc import Iterable
from typing import Any, Final

import msgspec
from msgspec import UNSET, Raw, UnsetType

from haechi.release.gate.request import Raws
from haechi.release.gate.spelling import DSA, REGS, take_twins
from haechi.terms.countries import ALPHA_2_OF

_YEAR: Final = (1900, 2200)


class Received(msgspec.Struct, frozen=True, cache_hash=True):
    """The parts of a request that say under which law and with which refusals it comes.

    The consent string is apart (`consent`): each person has another one, while all this is alike for many.

    Attributes:
        countries: ISO 3166-1 alpha-2 of the device's and the user's place, where told and known.
        region: ISO 3166-2, or None.
        gdpr: 1 applies, 0 does not, None not told.
        gpp: the GPP string, or None.
        gpp_sid: the GPP sections said to apply.
        us_privacy: the US privacy string, or None.
        gpc: Global Privacy Control is on.
        coppa: the request says that children are addressed.
        dsa: the request says that DSA transparency is required, so an online platform carries the ad.
        limited: the device limits ad tracking (`lmt`, `dnt`).
        birth_year: year of birth, or None.
        faults: fields that could not be read.
    """

    countries: tuple[str, ...] = ()
    region: str | None = None
    gdpr: int | None = None
    gpp: str | None = None
    gpp_sid: tuple[int, ...] = ()
    us_privacy: str | None = None
    gpc: bool = False
    coppa: bool = False
    dsa: bool = False
    limited: bool = False
    birth_year: int | None = None
    faults: tuple[str, ...] = ()


class _Dsa(msgspec.Struct):
    dsarequired: int = 0


class _RegsExt(msgspec.Struct):
    gdpr: int | None = None
    us_privacy: str | None = None
    gpp: str | None = None
    gpp_sid: tuple[int, ...] | None = None
    gpc: Raw | UnsetType = UNSET
    coppa: int | None = None
    dsa: _Dsa | None = None


class _Regs(msgspec.Struct):
    coppa: int | None = None
    gdpr: int | None = None
    us_privacy: str | None = None
    gpp: str | None = None
    gpp_sid: tuple[int, ...] | None = None
    gpc: Raw | UnsetType = UNSET
    dsa: _Dsa | None = None
    ext: _RegsExt | None = None


_REGS: Final = msgspec.json.Decoder(_Regs)
_TEXT: Final = msgspec.json.Decoder(str | None)
_NUMBER: Final = msgspec.json.Decoder(int | None)
_NO: Final = (b"0", b"null", b"false", b'"0"', b'""')
_NO_REGS: Final = _Regs()
_NO_EXT: Final = _RegsExt()


def said(request: Any) -> tuple[bytes | None, ...]:  # noqa: ANN401 - a `Request`
    """The texts that `received` reads: where they are the same, so is what it says."""
    user, device, regs = request.user, request.device, request.regs
    told: tuple[bytes | None, ...] = (None if regs is UNSET else bytes(regs),)
    if user:
        told += (_text(user.yob),)
        if user.geo:
            # What is no JSON text tells a user's place from a device's.
            told += (*_place_texts(user.geo), b"")
    if device:
        told += (_text(device.lmt), _text(device.dnt))
        if device.geo:
            told += _place_texts(device.geo)
    return told


def _place_texts(geo: Raws) -> tuple[bytes | None, bytes | None]:
    return _text(geo.get("country", UNSET)), _text(geo.get("region", UNSET))


def _text(raw: Raw | UnsetType) -> bytes | None:
    return None if raw is UNSET else bytes(raw)


def consent(user: Any) -> tuple[str | None, bool]:  # noqa: ANN401 - a `User`
    """The consent string of a user, or None; and whether it could be read."""
    told, other = user.consent, user.ext.get("consent", UNSET) if user.ext else UNSET
    try:
        first = None if told is UNSET else _TEXT.decode(told)
        second = None if other is UNSET else _TEXT.decode(other)
    except msgspec.MsgspecError:
        return None, False
    return first or second, not _differ(first, second)


def received(request: Any, found: Iterable[str] = (), *, gpc: bool = False) -> Received:  # noqa: ANN401 - a `Request`
    """What an opened request says of its law, but for the consent string.

    Args:
        request: as `Opened` holds it.
        found: the faults that opening it found.
        gpc: it came with the header `Sec-GPC: 1`.
    """
    faults = list(found)
    user, device = request.user, request.device
    regs = _read(_REGS, request.regs, "regs", faults) or _NO_REGS
    faults += _doubts(request.regs)
    ext = regs.ext or _NO_EXT
    here = _place(device.geo, "device.geo", faults) if device else None
    home = _place(user.geo, "user.geo", faults) if user else None
    dsa = regs.dsa or ext.dsa
    birth_year = _read(_NUMBER, user.yob, "user.yob", faults) if user else None
    # Two answers to one question: neither can be believed.
    twice = ("gpp", "gpp_sid", "us_privacy")
    faults += [f"regs.{name}" for name in twice if _differ(getattr(regs, name), getattr(ext, name))]
    if birth_year is not None and not _YEAR[0] <= birth_year <= _YEAR[1]:
        faults.append("user.yob")
        birth_year = None
    gdpr = regs.gdpr if ext.gdpr is None else ext.gdpr if regs.gdpr is None else max(regs.gdpr, ext.gdpr)
    if gdpr not in (None, 0, 1):
        faults.append("regs.gdpr")
    return Received(
        tuple(dict.fromkeys(place[0] for place in (here, home) if place)),
        (here and here[1]) or (home and home[1]) or None,
        gdpr,
        regs.gpp or ext.gpp,
        regs.gpp_sid or ext.gpp_sid or (),
        regs.us_privacy or ext.us_privacy,
        gpc or _is_on(regs.gpc) or _is_on(ext.gpc),
        bool(regs.coppa) or bool(ext.coppa),
        dsa is not None and dsa.dsarequired > 0,
        bool(device) and (_is_on(device.lmt) or _is_on(device.dnt)),
        birth_year,
        tuple(faults),
    )


def _doubts(raw: Raw | UnsetType) -> list[str]:
    """The fields of `regs` and of what it holds that came in another spelling, or twice.

    `regs` leaves as the text that it was: a receiver may read the other of two.
    """
    if raw is UNSET:
        return []
    found: list[str] = []

    def look(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        fields = dict(pairs)
        if len(fields) != len(pairs):
            found.append("regs")
        return fields

    try:
        regs = json.loads(bytes(raw), object_pairs_hook=look)
    except (ValueError, RecursionError):
        # `_read` says so.
        return []
    ext = _object(regs, "ext")
    for within, fields in (("regs", regs if isinstance(regs, dict) else {}), ("regs.ext", ext)):
        found += [f"{within}.{name}" for name in take_twins(fields, REGS).deciding]
        found += [f"{within}.dsa.{name}" for name in take_twins(_object(fields, "dsa"), DSA).deciding]
    return found


def _object(value: Any, field: str) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    """The object in a field of an object; an empty one where either is none."""
    inner = value.get(field) if isinstance(value, dict) else None
    return inner if isinstance(inner, dict) else {}


def _read(decoder: "msgspec.json.Decoder[Any]", raw: Raw | UnsetType, name: str, faults: list[str]) -> Any:  # noqa: ANN401
    if raw is UNSET:
        return None
    try:
        return decoder.decode(raw)
    except (msgspec.MsgspecError, RecursionError):
        faults.append(name)
        return None


def _is_on(raw: Raw | UnsetType) -> bool:
    """Whatever is said that is not no, is yes."""
    return raw is not UNSET and bytes(raw) not in _NO


def _differ(one: object, two: object) -> bool:
    """Both say something, and not the same."""
    return bool(one) and bool(two) and one != two


def _place(geo: Raws | UnsetType, name: str, faults: list[str]) -> tuple[str, str | None] | None:
    """ISO 3166-1 and 3166-2, from the part after the hyphen that OpenRTB sends, or from the whole."""
    if not geo or "country" not in geo:
        return None
    told = _read(_TEXT, geo["country"], f"{name}.country", faults)
    country = ALPHA_2_OF.get(told or "")
    if country is None:
        if told:
            # A place that cannot be read is not the place that is taken where none is told.
            faults.append(f"{name}.country")
        return None
    region = _read(_TEXT, geo.get("region", UNSET), f"{name}.region", faults)
    if not region:
        return country, None
    return country, region if region.startswith(f"{country}-") else f"{country}-{region}"
