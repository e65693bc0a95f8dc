"""Invented persons, brands, papers and offices that ads must not wear without permission."""

import functools
from datetime import datetime
from typing import Final, NamedTuple

from haechi.example.campaigns.templates import Part, party_rows
from haechi.review.ads import PartyKind, ProtectedParty

PROTECTED_SINCE: Final = datetime.fromisoformat("2025-01-01")


class Party(NamedTuple):
    """One of them.

    Attributes:
        party_id: the platform's identifier.
        part: which split's ads wear it.
        language: of the ads that wear it.
        kind: person, brand or office.
        use: `person`, `brand` (of trade and finance), `paper` or `office`.
        role: what the person is known for, in that language.
        names: the best known first.
        aliases: readings, romanisations, nicknames.
        domain: its own, or empty.
    """

    party_id: str
    part: Part
    language: str
    kind: PartyKind
    use: str
    role: str
    names: tuple[str, ...]
    aliases: tuple[str, ...]
    domain: str

    @property
    def picture(self) -> str:
        """Path of its reference picture beside the tables."""
        return f"pictures/parties/{self.party_id}.jpg"

    def row(self) -> ProtectedParty:
        """As the table has it."""
        return ProtectedParty(
            party_id=self.party_id,
            kind=self.kind,
            names=self.names,
            aliases=self.aliases,
            domains=(self.domain,) if self.domain else (),
            images=(self.picture,) if self.kind == "person" else (),
            valid_from=PROTECTED_SINCE,
        )


@functools.cache
def parties() -> tuple[Party, ...]:
    """All of them."""
    return tuple(
        Party(
            row["party_id"],
            row["part"],
            row["language"],
            row["kind"],
            row["use"],
            row["role"],
            tuple(row["names"]),
            tuple(row["aliases"]),
            row["domain"],
        )
        for row in party_rows()
    )


def those(language: str, use: str, part: Part) -> tuple[Party, ...]:
    """Parties of one language, use and part; there is always one."""
    return tuple(one for one in parties() if one.language == language and one.use == use and one.part == part)
