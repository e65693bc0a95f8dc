"""What an identifier may be where the platform takes it in: over HTTP, from files, on the command line.

One rule for people, items, themes, advertisers, and the names of users and keys. It refuses only what cannot be
addressed, shown or stored everywhere: a path can hold any other text once it is percent-encoded (RFC 3986, 2.1), a
slash among it. `.` and `..` are taken out of paths by every browser, encoded or not (WHATWG URL, 4.4).
"""

import re
from typing import Final

LONGEST: Final = 500
"""Characters. PostgreSQL's indices hold values of up to 2,704 bytes, and a character has up to four."""
UNSEEN: Final = r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]"
"""Control characters, line ends that only some programs know, and halves of characters."""
EXPECTED_NAME: Final = f"1 to {LONGEST} characters, not blank, without control characters"
EXPECTED: Final = f"{EXPECTED_NAME}, and neither . nor .."
_UNSEEN: Final = re.compile(UNSEEN)


def is_identifier(value: str) -> bool:
    """Whether the platform takes it."""
    return is_name(value) and value not in (".", "..")


def is_name(value: str) -> bool:
    """Whether it is one line that can be shown and stored everywhere, as the name of somebody."""
    return len(value) <= LONGEST and bool(value.strip()) and _UNSEEN.search(value) is None
