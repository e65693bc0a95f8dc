"""What a request says of place, age and signals.

Read from where OpenRTB 2.5 (`regs.ext`, `user.ext`) and 2.6 (`regs`, `user`) put it; where both say something, the
stricter counts. Whatever cannot be read is told by `faults` and never read as a yes.
"""

from typing import Any, Final

import msgspec

from haechi.terms.countries import ALPHA_2_OF

_Raws = dict[str, msgspec.Raw]
_YEAR: Final = (1900, 2200)


class Received(msgspec.Struct, frozen=True):
    """The parts of a request that say under which law and with which refusals it comes.

    Attributes:
        countries: ISO 3166-1 alpha-2 of the device's and the user's place, where told and known.
        region: ISO 3166-2, or None.
        gdpr: 1 applies, 0 does not, None not told.
        tcf: the consent string, or None.
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
    tcf: str | None = None
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
    gpc: int | str | bool | None = None
    dsa: _Dsa | None = None


class _Regs(msgspec.Struct):
    coppa: int | None = None
    gdpr: int | None = None
    us_privacy: str | None = None
    gpp: str | None = None
    gpp_sid: tuple[int, ...] | None = None
    dsa: _Dsa | None = None
    ext: _RegsExt | None = None


class Geo(msgspec.Struct):
    """The parts of a `geo` that say whose law applies."""

    country: str | None = None
    region: str | None = None


_REGS: Final = msgspec.json.Decoder(_Regs)
_GEO: Final = msgspec.json.Decoder(Geo)
_TEXT: Final = msgspec.json.Decoder(str | None)
_NUMBER: Final = msgspec.json.Decoder(int | None)
_NO_REGS: Final = _Regs()
_NO_EXT: Final = _RegsExt()
_NO_GEO: Final = Geo()


def received(top: _Raws, user: _Raws, user_ext: _Raws, device: _Raws, *, gpc: bool = False) -> Received:
    """What a request says of its law.

    Args:
        top: the request's own fields, each as its JSON text.
        user: those of `user`.
        user_ext: those of `user.ext`.
        device: those of `device`.
        gpc: the request came with the header `Sec-GPC: 1`.
    """
    faults: list[str] = []
    regs = _read(_REGS, top, "regs", faults) or _NO_REGS
    ext = regs.ext or _NO_EXT
    here = _read(_GEO, device, "geo", faults) or _NO_GEO
    home = _read(_GEO, user, "geo", faults) or _NO_GEO
    countries = tuple(
        dict.fromkeys(filter(None, (ALPHA_2_OF.get(geo.country or "") for geo in (here, home))))
    )
    year = _read(_NUMBER, user, "yob", faults)
    gdpr = max((flag for flag in (regs.gdpr, ext.gdpr) if flag is not None), default=None)
    dsa = regs.dsa or ext.dsa
    return Received(
        countries,
        _region(here) or _region(home),
        gdpr,
        _read(_TEXT, user, "consent", faults) or _read(_TEXT, user_ext, "consent", faults),
        regs.gpp or ext.gpp,
        regs.gpp_sid or ext.gpp_sid or (),
        regs.us_privacy or ext.us_privacy,
        gpc or (ext.gpc is not None and str(ext.gpc) in ("1", "True")),
        bool(regs.coppa),
        dsa is not None and dsa.dsarequired > 0,
        _is_one(device, "lmt") or _is_one(device, "dnt"),
        year if year is not None and _YEAR[0] <= year <= _YEAR[1] else None,
        tuple(faults),
    )


def _read(decoder: "msgspec.json.Decoder[Any]", fields: _Raws, name: str, faults: list[str]) -> Any:  # noqa: ANN401
    raw = fields.get(name)
    if raw is None:
        return None
    try:
        return decoder.decode(raw)
    except (msgspec.MsgspecError, RecursionError):
        faults.append(name)
        return None


def _is_one(fields: _Raws, name: str) -> bool:
    raw = fields.get(name)
    return raw is not None and bytes(raw) == b"1"


def _region(geo: Geo) -> str | None:
    """ISO 3166-2 from the part after the hyphen that OpenRTB sends, or from the whole."""
    country, region = ALPHA_2_OF.get(geo.country or ""), geo.region
    if country is None or not region:
        return None
    return region if region.startswith(f"{country}-") else f"{country}-{region}"
