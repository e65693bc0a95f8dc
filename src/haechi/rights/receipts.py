"""Permissions as consent records and receipts of ISO/IEC TS 27560:2023, in JSON-LD.

The fields are those of the standard as the W3C Data Privacy Vocabularies and Controls Community Group lays them out:
"Consent Records and Receipts as per ISO/IEC TS 27560:2023 using DPV", https://w3id.org/dpv/guides/consent-27560. The
context stands in the document itself: nothing has to be fetched to read it. A permission that rests on something else
than consent is a record of the same form with another type and status, for it is no consent.

A receipt holds its record, the SHA-256 of the record as canonical JSON (RFC 8785), and the numbers of the ledger's
entries about it, where there are any: `haechi ledger prove NUMBER` proves that they are in the ledger.
"""

import hashlib
import json
import uuid
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Final

import msgspec

from haechi.law import LawPack, in_force
from haechi.rights.controller import Controller, published
from haechi.rights.receipt_terms import BASES, CONSENTS, CONTEXT, PURPOSES, RECEIPT, RECORD, STATES, Json
from haechi.rights.received import Received
from haechi.terms.words import Basis, Category, Purpose

_SORTED: Final = msgspec.json.Encoder(order="sorted")


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """A permission with what is known about it.

    Attributes:
        number: the platform's, which makes the record's identifier the same every time.
        purpose: what for.
        category: for which sensitive category; None: for none.
        basis: on which basis.
        law: under which it was asked; None: not recorded.
        given_at: naive UTC, as all instants here.
        withdrawn_at: or None.
        expires_at: or None.
        notice: version of what the person was told.
        evidence: the record that proves it.
        separate: asked apart from everything else (PIPA Art. 22(1)).
        by_guardian: a guardian gave it for a child.
        named: identifiers and names of the advertisers of whom the person was told (PIPA Art. 17(2) no. 1).
        recipients: what advertisers received by it.
        given_entry: number of the ledger's entry of its giving, or None.
        withdrawn_entry: of its withdrawal, or None.
    """

    number: int
    purpose: Purpose
    category: Category | None
    basis: Basis
    law: str | None
    given_at: datetime
    withdrawn_at: datetime | None
    expires_at: datetime | None
    notice: str
    evidence: str
    separate: bool
    by_guardian: bool
    named: tuple[tuple[str, str], ...] = ()
    recipients: tuple[Received, ...] = ()
    given_entry: int | None = None
    withdrawn_entry: int | None = None


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """Whose permissions they are.

    Attributes:
        person_id: the platform owner's identifier.
        laws: the laws of the place where the person is, in the packs' order.
        place: ISO 3166-1 country or ISO 3166-2 region, or None where unknown.
    """

    person_id: str
    laws: tuple[str, ...]
    place: str | None


def receipts(
    permissions: Iterable[Given],
    subject: Subject,
    controller: Controller,
    packs: Mapping[str, LawPack],
    *,
    now: datetime,
) -> Json:
    """A receipt of every permission of one person, as one JSON-LD document.

    Args:
        permissions: all that were given, also those that ended.
        subject: whose.
        controller: who asked for them.
        packs: the laws, by identifier.
        now: when the receipts are issued, naive UTC; a permission that ran out by then is told as run out.
    """
    return {
        "@context": CONTEXT,
        "@graph": [_receipt(given, subject, controller, packs, now) for given in permissions],
    }


def digest(record: Json) -> str:
    """SHA-256, in hexadecimal, of a record as canonical JSON (RFC 8785)."""
    return hashlib.sha256(_SORTED.encode(record)).hexdigest()


@cache
def schema() -> Json:
    """The JSON Schema (2020-12) of a document of receipts."""
    loaded: Json = json.loads(
        resources.files("haechi.rights").joinpath("receipt-1.schema.json").read_text(encoding="utf-8")
    )
    return loaded


def _receipt(
    given: Given, subject: Subject, controller: Controller, packs: Mapping[str, LawPack], now: datetime
) -> Json:
    record = _record(given, subject, controller, packs, now)
    hashed = digest(record)
    # The same record has the same receipt, whenever it is written.
    receipt_id = str(uuid.uuid5(uuid.UUID(record["dct:identifier"]), hashed))
    entries = {
        "ledger:permissionGiven": given.given_entry,
        "ledger:permissionWithdrawn": given.withdrawn_entry,
    }
    return {
        "@id": f"urn:uuid:{receipt_id}",
        "@type": "dpv:ConsentReceipt",
        "dct:conformsTo": RECEIPT,
        "dct:identifier": receipt_id,
        "dct:issued": _written(now),
        "spdx:checksum": {
            "@type": "spdx:Checksum",
            "spdx:algorithm": "spdx:checksumAlgorithm_sha256",
            "spdx:checksumValue": hashed,
        },
        **{name: number for name, number in entries.items() if number is not None},
        "dct:hasPart": record,
    }


def _record(
    given: Given, subject: Subject, controller: Controller, packs: Mapping[str, LawPack], now: datetime
) -> Json:
    laws = [packs[law] for law in ((given.law,) if given.law in packs else subject.laws) if law is not None]
    record_id = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{published(controller).id}#permission-{given.number}"))
    consent = given.basis in CONSENTS
    places = [subject.place] if subject.place is not None else [published(controller).country]
    return {
        "@id": f"urn:uuid:{record_id}",
        "@type": "dpv:ConsentRecord" if consent else "dpv:DataProcessingRecord",
        "dct:conformsTo": RECORD,
        "dct:identifier": record_id,
        "dpv:hasDataSubject": {"@type": "dpv:DataSubject", "dct:identifier": subject.person_id},
        "dpv:hasDataController": _controller(controller),
        "dpv:hasJurisdiction": [f"loc:{place}" for place in places],
        "dpv:hasApplicableLaw": [_law(pack, given) for pack in laws],
        "dpv:hasLegalBasis": _bases(given, laws),
        "dpv:hasNotice": {
            "@id": published(controller).notices.replace("{notice}", given.notice),
            "@type": "dpv:ConsentNotice" if consent else "dpv:PrivacyNotice",
            "dct:identifier": given.notice,
            "dct:language": published(controller).language,
        },
        "dpv:hasProcess": _process(given, controller, laws),
        "dpv:hasConsentControl": {
            "@type": "dpv:WithdrawConsent",
            "dpv:isExercisedAt": published(controller).withdrawal,
        },
        "dpv:hasRight": {"@type": "dpv:DataSubjectRight", "dpv:isExercisedAt": published(controller).rights},
        "dct:provenance": given.evidence,
        "dpv:hasConsentStatus" if consent else "dpv:hasActivityStatus": [*_events(given, controller, now)],
    }


def _controller(controller: Controller) -> Json:
    return {
        "@id": published(controller).id,
        "@type": "dpv:DataController",
        "dpv:hasIdentifier": published(controller).id,
        "dpv:hasName": controller.name,
        "dpv:hasAddress": controller.address,
        "dpv:hasContact": controller.contact,
        "dpv:hasLocation": f"loc:{published(controller).country}",
    }


def _law(pack: LawPack, given: Given) -> Json:
    """The law with the articles that the permission answers: on the category, and on the basis."""
    at = given.given_at
    articles = [fact.article for fact in in_force(pack.categories, at) if fact.category == given.category]
    if given.category is not None:
        articles += [
            fact.article for fact in in_force(pack.permission_bases, at) if fact.basis == given.basis
        ]
    return {
        **({"@id": pack.dpv} if pack.dpv else {}),
        "@type": "dpv:Law",
        "dct:identifier": pack.id,
        "dct:title": pack.name["en"],
        "dct:bibliographicCitation": list(dict.fromkeys(articles)),
    }


def _bases(given: Given, laws: Iterable[LawPack]) -> list[str]:
    named = [
        fact.dpv
        for pack in laws
        for fact in in_force(pack.permission_bases, given.given_at)
        if fact.basis == given.basis and fact.dpv
    ]
    return list(dict.fromkeys([BASES[given.basis], *named]))


def _process(given: Given, controller: Controller, laws: Iterable[LawPack]) -> Json:
    purpose, processing = PURPOSES[given.purpose]
    return {
        "@type": "dpv:Process",
        "dct:identifier": given.purpose,
        "dpv:hasPurpose": purpose,
        "dpv:hasProcessing": processing,
        "dpv:hasPersonalData": _data(given, laws),
        "dpv:hasRecipient": [*_recipients(given)],
        "dpv:hasStorageCondition": [
            {
                "@type": "dpv:StorageLocation",
                "dpv:hasLocation": [f"loc:{place}" for place in published(controller).storage],
            },
            {"@type": "dpv:StorageDuration", "dpv:hasDuration": f"P{controller.retention.permissions}D"},
        ],
    }


def _recipients(given: Given) -> Iterator[Json]:
    """Advertisers of whom the person was told, and advertisers that received something; each stands once."""
    received = {(one.advertiser_id, one.advertiser) for one in given.recipients}
    for advertiser_id, name in sorted({*given.named, *received}):
        yield {
            "@type": ["dpv:Recipient", "dpv:ThirdParty"],
            "dpv:hasIdentifier": advertiser_id,
            "dpv:hasName": name,
            "dct:type": [
                word
                for word, those in (("named", given.named), ("received", received))
                if (advertiser_id, name) in those
            ],
        }


def _data(given: Given, laws: Iterable[LawPack]) -> Json:
    """What the permission is about; the vocabulary has no term for some categories, our own word always stands."""
    if given.category is None:
        return {"@type": ["dpv:InferredPersonalData", "pd:Interest"], "dct:identifier": "not-sensitive"}
    terms = [
        term
        for pack in laws
        for fact in in_force(pack.categories, given.given_at)
        if fact.category == given.category
        for term in fact.dpv
    ]
    return {
        "@type": list(dict.fromkeys(["dpv:InferredPersonalData", "dpv:SensitivePersonalData", *terms])),
        "dct:identifier": given.category,
    }


def _events(given: Given, controller: Controller, now: datetime) -> Iterator[Json]:
    consent = given.basis in CONSENTS
    began, halted, ran_out = STATES[consent]
    yield {
        "@type": [began, BASES[given.basis]],
        "dpv:isIndicatedAtTime": _written(given.given_at),
        "dpv:isIndicatedBy": "dpv:GuardianOfDataSubject" if given.by_guardian else "dpv:DataSubject",
        "dpv:hasIndicationMethod": "asked apart from everything else" if given.separate else "not recorded",
        "dpv:hasDuration": _duration(given),
    }
    ended = given.withdrawn_at
    if (
        given.expires_at is not None
        and given.expires_at <= now
        and (ended is None or given.expires_at <= ended)
    ):
        yield {
            "@type": ran_out,
            "dpv:isIndicatedAtTime": _written(given.expires_at),
            "dpv:isIndicatedBy": published(controller).id,
        }
    if ended is not None and ended <= now:
        yield {
            "@type": halted,
            "dpv:isIndicatedAtTime": _written(ended),
            "dpv:isIndicatedBy": "dpv:DataSubject",
        }


def _duration(given: Given) -> Json:
    if given.expires_at is not None:
        return {"@type": "dpv:UntilTimeDuration", "rdf:value": _written(given.expires_at)}
    return {"@type": "dpv:UntilEventDuration", "rdf:value": "withdrawal"}


def _written(at: datetime) -> str:
    return f"{at.isoformat()}Z"
