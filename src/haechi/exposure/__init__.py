"""5 What reached whom without permission: the joins that the audit counts."""

from haechi.exposure.claims import claims, deliveries_claimed, unpermitted_claims
from haechi.exposure.exposures import exposures, merged_grants
from haechi.exposure.months import Calendar, bit_or
from haechi.exposure.reach import people_by_month, reach

__all__ = [
    "Calendar",
    "bit_or",
    "claims",
    "deliveries_claimed",
    "exposures",
    "merged_grants",
    "people_by_month",
    "reach",
    "unpermitted_claims",
]
