"""How large the example is, and the time in which it plays."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from haechi.errors import UsageError

START: Final = datetime(2018, 7, 1, tzinfo=UTC)
END: Final = datetime(2022, 4, 1, tzinfo=UTC)
"""July 2018 to March 2022, the months that PIPC's decision of 4 November 2024 is about; END is outside."""
LATER: Final = datetime(2026, 1, 1, tzinfo=UTC)
"""A day on which DSA, CPRA and MHMDA are in force too: what is still open then falls under them."""

START_S: Final = int(START.timestamp())
END_S: Final = int(END.timestamp())
DAY_S: Final = 86_400

_LEAST: Final = {"people": 20, "themes": 40, "advertisers": 1, "behaviours": 0}
_ITEMS_PER_THEME: Final = 300 / 97
_GRANTS_EACH: Final = 100


@dataclass(frozen=True, slots=True)
class Scale:
    """Row counts, held to exactly, and the seed that decides everything else.

    Attributes:
        people: rows of `people`, at least 20.
        themes: rows of `themes`, at least 40.
        advertisers: rows of `advertisers`, at least 1.
        behaviours: rows of `behaviours`.
        seed: same seed and counts, same bytes.
    """

    people: int = 2_000
    themes: int = 600
    advertisers: int = 60
    behaviours: int = 200_000
    seed: int = 1

    def __post_init__(self) -> None:
        for name, least in _LEAST.items():
            value = getattr(self, name)
            if value < least:
                raise UsageError(f"--{name} {value}: expected {least} or more.")
        if self.seed < 0:
            raise UsageError(f"--seed {self.seed}: expected 0 or more.")

    @property
    def items(self) -> int:
        """Pages and ads: 300,000 for 97,000 themes."""
        return max(1, round(self.themes * _ITEMS_PER_THEME))

    @property
    def sensitive_themes(self) -> int:
        """About two in a hundred, with enough of them at small scale for every category to appear."""
        return max(round(self.themes * 0.02), min(30, self.themes // 4))

    @property
    def grants_each(self) -> int:
        """Themes that one advertiser could use: 100, fewer where there are few themes."""
        return max(3, min(_GRANTS_EACH, self.themes // 20))

    @property
    def permission_holders(self) -> int:
        """A tenth of the people."""
        return self.people // 10

    @property
    def requests(self) -> int:
        """One for 200 people, at least 44: four of every story told in `requests`."""
        return max(44, self.people // 200)

    @property
    def deliveries(self) -> int:
        """One ad shown for 200 behaviours."""
        return self.behaviours // 200
