"""`geo`: how exactly a place may be told.

A cell of a tenth of a degree is at least 5 km wide as far north as people live, so its area is far above the circle
of 1,850 feet within which California calls a place precise (Cal. Civ. Code §1798.140(w)) and wider than the 500
metres of radius that the Transparency and Consent Framework asks of a place that is not precise. A hundredth, as is
common, would be about one square kilometre, the same as California's circle.
"""

from typing import Final

import msgspec

from haechi.release.gate.allowance import Place

_Raws = dict[str, msgspec.Raw]
_NUMBER: Final = msgspec.json.Decoder(float)
_ENCODER: Final = msgspec.json.Encoder()
_DECIMALS: Final = 1
_COARSE_LOSES: Final = ("zip", "accuracy", "lastfix")
_COUNTRY_LOSES: Final = (*_COARSE_LOSES, "lat", "lon", "city", "metro", "type", "ipservice")
_TOLD: Final = frozenset({*_COUNTRY_LOSES, "ext"})


def narrow_place(geo: _Raws, place: Place) -> bool:
    """Takes from a `geo` what is more exact than may be told; changes it in place.

    Its `ext` may hold a place in any form and goes too.

    Returns:
        whether anything was changed.
    """
    if place == "precise" or not _TOLD.intersection(geo):
        return False
    loses = _COARSE_LOSES if place == "coarse" else _COUNTRY_LOSES
    changed = [geo.pop(field) for field in (*loses, "ext") if field in geo]
    if place == "coarse":
        for field in ("lat", "lon"):
            if field in geo:
                changed.append(geo.pop(field))
                try:
                    degrees = round(_NUMBER.decode(changed[-1]), _DECIMALS)
                except msgspec.ValidationError:
                    continue
                geo[field] = msgspec.Raw(_ENCODER.encode(degrees))
    return bool(changed)
