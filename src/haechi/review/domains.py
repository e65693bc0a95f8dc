"""What counts as somebody's own domain, at every door at which one comes in: tables, calls, the desk, notices."""

import re
from collections.abc import Iterable
from typing import Final

from haechi.errors import UsageError
from haechi.review.host_index import suffixes
from haechi.review.permission_to_name import domain_form
from haechi.terms.row_files import short

EXPECTED: Final = (
    "a domain that somebody can register, or a host below one, such as bank.example or www.bank.example; not a "
    "public suffix (com, co.jp), an address, a wildcard or a number"
)
_HOST: Final = re.compile(r"(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?!\d+$)[a-z0-9-]{2,63}")


def domain_of(text: str) -> str:
    """A domain in the one shape in which domains are kept: as `domain_form` has it.

    A suffix that many share is refused: whoever owned it would own, or be imitated by, every host below it.

    Raises:
        ValueError: it is none; the message says what was expected.
    """
    domain = domain_form(text)
    # Names reserved for tests and examples (RFC 2606) are on no list; one unknown label counts as a suffix.
    if _HOST.fullmatch(domain) is None or suffixes().privatesuffix(domain) is None:
        raise ValueError(EXPECTED)
    return domain


def is_domain(text: str) -> bool:
    """Whether `domain_of` takes it."""
    try:
        domain_of(text)
    except ValueError:
        return False
    return True


def domains_of(texts: Iterable[str], place: str = "domains") -> tuple[str, ...]:
    """Domains in their one shape, each once.

    Args:
        texts: as they came.
        place: where they stand, for errors.

    Raises:
        UsageError: one is none; it is named.
    """
    found = []
    for number, text in enumerate(texts, 1):
        try:
            found.append(domain_of(text))
        except ValueError as fault:
            raise UsageError(
                f"{place}, entry {number:,}: found {short(repr(text))}; expected {fault}."
            ) from None
    return tuple(dict.fromkeys(found))
