"""Who answers for the data, and how long what is kept: what every answer must say and only the operator knows."""

from pathlib import Path
from typing import Annotated

import msgspec

from haechi.errors import UsageError
from haechi.rights.toml_file import read_toml

_Text = Annotated[str, msgspec.Meta(min_length=1, max_length=1_000)]
_Url = Annotated[str, msgspec.Meta(pattern="^[a-z]+:.", max_length=1_000)]
_Days = Annotated[int, msgspec.Meta(ge=1, le=36_500)]


class Retention(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long records are kept, in days (PIPA Decree Art. 41(1) no. 3; GDPR Art. 15(1)(d))."""

    behaviours: _Days
    memberships: _Days
    permissions: _Days
    disclosures: _Days
    requests: _Days


class Published(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What receipts and notices name beside the company (ISO/IEC TS 27560:2023, 6.3.4 and 6.3.6).

    Attributes:
        id: an IRI that stands for the company, such as https://example.org.
        country: ISO 3166-1 alpha-2.
        withdrawal: URL where a permission is withdrawn.
        rights: URL where the other rights are used, and where a person sees what was done with the data.
        notices: URL of a notice, with {notice} for its version.
        language: BCP 47, of the notices.
        storage: ISO 3166 places where the data are kept.
    """

    id: _Url
    country: Annotated[str, msgspec.Meta(pattern="^[A-Z]{2}$")]
    withdrawal: _Url
    rights: _Url
    notices: Annotated[str, msgspec.Meta(pattern=r"^[a-z]+:.*\{notice\}")]
    language: _Text
    storage: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]


class Controller(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who answers for the data.

    Attributes:
        name: of the company.
        address: where it is.
        contact: e-mail address or page for people's requests.
        privacy_officer: name or post of who answers for privacy (PIPA Art. 31; GDPR Art. 37), or "".
        representative: in the EU or Korea, of a company elsewhere (GDPR Art. 27; PIPA Art. 31-2), or "".
        retention: how long records are kept.
        source: where the data comes from, by language; what is said without it: the person's own use of the service.
        transfers: to which countries data goes and what protects it there, by language, or nothing (GDPR Art. 15(2)).
        published: what receipts and notices name besides, or None where there are none.
    """

    name: _Text
    address: _Text
    contact: _Text
    privacy_officer: str = ""
    representative: str = ""
    retention: Retention
    source: dict[str, str] = {}
    transfers: dict[str, str] = {}
    published: Published | None = None


def read_controller(file: Path) -> Controller:
    """The operator's file, in TOML.

    Raises:
        UsageError: it cannot be read, or lacks something; the message names it.
    """
    return read_toml(file, Controller, about="who answers for the data", page="docs/reference/rights.md")


def read_published(file: Path) -> Controller:
    """The operator's file, where receipts or notices are to be written.

    Raises:
        UsageError: as `read_controller`; or it lacks what they name.
    """
    found = read_controller(file)
    if found.published is None:
        raise UsageError(f"{file}: no [published]; see docs/reference/receipts.md.")
    return found


def published(controller: Controller) -> Published:
    """What receipts and notices name beside the company.

    Raises:
        UsageError: the operator's file lacks it.
    """
    if controller.published is None:
        raise UsageError(
            "the controller's file has no [published]; expected it for receipts and notices: see "
            "docs/reference/receipts.md."
        )
    return controller.published
