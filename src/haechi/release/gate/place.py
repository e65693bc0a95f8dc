"""`geo`: how exactly a place may be told.

A cell of a tenth of a degree is at least 5 km wide as far north as people live, so its area is far above the circle
of 1,850 feet within which California calls a place precise (Cal. Civ. Code §1798.140(w)) and wider than the 500
metres of radius that the Transparency and Consent Framework asks of a place that is not precise. A hundredth, as is
common, would be about one square kilometre, the same as California's circle.
"""

from typing import Final

from msgspec import Raw

from haechi.release.gate.allowance import Place
from haechi.release.gate.request import Raws

_HALF_TURN: Final = 180
_COARSE_LOSES: Final = ("zip", "accuracy", "lastfix", "ext")
_COUNTRY_LOSES: Final = (*_COARSE_LOSES, "lat", "lon", "city", "metro", "type", "ipservice")


def narrow_place(geo: Raws, place: Place) -> bool:
    """Takes from a `geo` what is more exact than may be told; changes it in place.

    Its `ext` may hold a place in any form and goes too.

    Returns:
        whether anything was changed.
    """
    if place == "precise":
        return False
    before = len(geo)
    for field in _COARSE_LOSES if place == "coarse" else _COUNTRY_LOSES:
        geo.pop(field, None)
    changed = len(geo) != before
    if place == "coarse":
        for field in ("lat", "lon"):
            degrees = geo.pop(field, None)
            if degrees is not None:
                changed = True
                coarse = _coarse(bytes(degrees))
                if coarse is not None:
                    geo[field] = coarse
    return changed


def _coarse(degrees: bytes) -> Raw | None:
    """Degrees to one decimal; None for what is no number of degrees (text, null, beyond the globe)."""
    try:
        value = float(degrees)
    except ValueError:
        return None
    return Raw(b"%.1f" % value) if -_HALF_TURN <= value <= _HALF_TURN else None
