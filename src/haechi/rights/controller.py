"""Who the platform is, as receipts and notices name it: a small TOML file of the operator's."""

from pathlib import Path

import msgspec

from haechi.errors import UsageError


class Controller(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The controller, and what a receipt must say that no permission records (ISO/IEC TS 27560:2023, 6.3.4, 6.3.6).

    Attributes:
        id: an IRI that stands for it, such as https://example.org.
        name: its legal name.
        address: postal.
        country: ISO 3166-1 alpha-2.
        contact: where people reach whoever is responsible: an address as a URL (mailto:, tel:, https:).
        withdrawal: URL where a permission is withdrawn.
        rights: URL where the other rights are used, and where a person sees what was done with the data.
        notices: URL of a notice, with {notice} for its version.
        language: BCP 47, of the notices.
        storage: ISO 3166 places where the data are kept.
        retention: how long, in words.
    """

    id: str
    name: str
    address: str
    country: str
    contact: str
    withdrawal: str
    rights: str
    notices: str
    language: str
    storage: tuple[str, ...]
    retention: str

    @property
    def contact_shown(self) -> str:
        """The contact as people write it, without the scheme of mailto: and tel:."""
        return self.contact.removeprefix("mailto:").removeprefix("tel:")


def read_controller(file: Path) -> Controller:
    """The controller from a file.

    Raises:
        UsageError: it cannot be read, lacks something or has something unknown.
    """
    try:
        found = msgspec.toml.decode(file.read_bytes(), type=Controller)
    except OSError as fault:
        raise UsageError(f"{file}: expected a file about the controller; {fault.strerror}.") from None
    except (msgspec.MsgspecError, UnicodeDecodeError, ValueError) as fault:
        raise UsageError(f"{file}: expected TOML about the controller; {fault}.") from None
    for name in ("id", "name", "address", "country", "contact", "withdrawal", "rights", "notices", "language",
                 "retention"):  # fmt: skip
        if not str(getattr(found, name)).strip():
            raise UsageError(f"{file}, {name}: found nothing; expected it to be given.")
    if not found.storage:
        raise UsageError(f"{file}, storage: found no place; expected where the data are kept.")
    for name in ("id", "contact", "withdrawal", "rights", "notices"):
        if ":" not in getattr(found, name):
            raise UsageError(f"{file}, {name}: found {getattr(found, name)!r}; expected a URL.")
    if "{notice}" not in found.notices:
        raise UsageError(f"{file}, notices: found {found.notices!r}; expected {{notice}} in it.")
    return found
