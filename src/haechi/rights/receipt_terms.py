"""The words of the Data Privacy Vocabulary in which receipts are written, and the prefixes that they need.

https://w3id.org/dpv (2.3), the profile https://w3id.org/dpv/guides/consent-27560, Dublin Core terms, SPDX for hashes.
"""

from typing import Any, Final

from haechi.terms.words import Basis, Purpose

RECORD: Final = "https://w3id.org/dpv/schema/dpv-27560#record"
RECEIPT: Final = "https://w3id.org/dpv/schema/dpv-27560#receipt"

Json = dict[str, Any]
_IRI: Final = {"@type": "@id"}
_TIME: Final = {"@type": "xsd:dateTime"}
CONTEXT: Final[Json] = {
    "dct": "http://purl.org/dc/terms/",
    "dpv": "https://w3id.org/dpv#",
    "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
    "ledger": "urn:haechi:ledger#",
    "legal-eu": "https://w3id.org/dpv/legal/eu#",
    "legal-jp": "https://w3id.org/dpv/legal/jp#",
    "legal-kr": "https://w3id.org/dpv/legal/kr#",
    "legal-us": "https://w3id.org/dpv/legal/us#",
    "loc": "https://w3id.org/dpv/loc#",
    "pd": "https://w3id.org/dpv/pd#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "spdx": "http://spdx.org/rdf/terms#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "dct:conformsTo": _IRI,
    "dct:issued": _TIME,
    "dpv:hasJurisdiction": _IRI,
    "dpv:hasLegalBasis": _IRI,
    "dpv:hasLocation": _IRI,
    "dpv:hasProcessing": _IRI,
    "dpv:hasPurpose": _IRI,
    "dpv:isExercisedAt": _IRI,
    "dpv:isIndicatedAtTime": _TIME,
    "dpv:isIndicatedBy": _IRI,
    "spdx:algorithm": _IRI,
}

CONSENTS: Final[dict[Basis, str]] = {
    "explicit_consent": "dpv:ExplicitlyExpressedConsent",
    "consent": "dpv:Consent",
}
BASES: Final[dict[Basis, str]] = {
    **CONSENTS,
    "contract": "dpv:Contract",
    "legal_obligation": "dpv:LegalObligation",
    "vital_interest": "dpv:VitalInterest",
    "public_interest": "dpv:PublicInterest",
    "legitimate_interest": "dpv:LegitimateInterest",
}
PURPOSES: Final[dict[Purpose, tuple[str, str]]] = {
    "profiling": ("dpv:TargetedAdvertising", "dpv:Profiling"),
    "advertising": ("dpv:TargetedAdvertising", "dpv:Use"),
    "disclosure": ("dpv:TargetedAdvertising", "dpv:Disclose"),
}
"""Purpose and kind of processing."""
STATES: Final = {
    True: ("dpv:ConsentGiven", "dpv:ConsentWithdrawn", "dpv:ConsentExpired"),
    False: ("dpv:ActivityOngoing", "dpv:ActivityHalted", "dpv:ActivityCompleted"),
}
"""Given, withdrawn, run out; of consent, and of what rests on something else."""
