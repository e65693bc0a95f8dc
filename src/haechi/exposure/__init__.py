"""5 What reached whom without permission: the joins that the audit counts."""

from haechi.exposure.audiences import audience_base, numbered_advertisers, one_audience, with_names
from haechi.exposure.claims import claims, deliveries_claimed, unpermitted_claims
from haechi.exposure.exposures import alone_claims, alone_grants, exposures, merged_grants, permitting_claims
from haechi.exposure.months import Calendar, bit_or
from haechi.exposure.reach import people_by_month, reach, reach_of_audiences

__all__ = [
    "Calendar",
    "alone_claims",
    "alone_grants",
    "audience_base",
    "bit_or",
    "claims",
    "deliveries_claimed",
    "exposures",
    "merged_grants",
    "numbered_advertisers",
    "one_audience",
    "people_by_month",
    "permitting_claims",
    "reach",
    "reach_of_audiences",
    "unpermitted_claims",
    "with_names",
]
