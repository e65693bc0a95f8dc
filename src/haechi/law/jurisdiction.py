"""Which laws a person is under, by country and region."""

from collections.abc import Mapping

from haechi.law.model import LawPack


def packs_for(packs: Mapping[str, LawPack], country: str | None, region: str | None) -> tuple[str, ...]:
    """The laws of a place, in the packs' order; none for an unknown country.

    Args:
        packs: law packs by identifier.
        country: ISO 3166-1 alpha-2.
        region: ISO 3166-2, such as US-CA; it counts only inside its country.
    """
    return tuple(
        dict.fromkeys(
            law
            for law, its_country, its_region in jurisdiction_rows(packs)
            if country == its_country and its_region in (None, region)
        )
    )


def jurisdiction_rows(packs: Mapping[str, LawPack]) -> list[tuple[str, str, str | None]]:
    """`law, country, region` for a join; region is None where the law covers the whole country."""
    return [
        (law, place[:2], place if "-" in place else None)
        for law, pack in packs.items()
        for place in pack.jurisdictions
    ]
