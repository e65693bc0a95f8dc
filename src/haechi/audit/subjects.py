"""Who is under which law, and which laws an audit is about."""

from collections.abc import Mapping, Sequence

import ibis
import ibis.expr.types as ir

from haechi import law
from haechi.errors import UsageError
from haechi.exposure import bit_or
from haechi.law import LawPack

_NONE_NAMED = (
    "no law can be told for {who}. Expected a country for everyone in people, or the laws to apply: "
    "name them with --law (for example --law kr-pipa)."
)
_NO_PACK = (
    "no law pack is about {who}, so nothing could be found whatever the records say. Expected the laws to apply: "
    "name them with --law, or add your own with --law-pack."
)


def audited_laws(
    packs: Mapping[str, LawPack], named: Sequence[str], people: ir.Table | None
) -> tuple[str, ...]:
    """The laws that an audit is about: those named, or those of the people in the data.

    Raises:
        UsageError: a law that no pack describes; people without a country, people whom no pack is about, or no
            people, and no law named.
    """
    unknown = [name for name in named if name not in packs]
    if unknown:
        raise UsageError(f"unknown law {unknown[0]!r}; expected one of {', '.join(sorted(packs))}.")
    if people is None:
        if not named:
            raise UsageError(_NONE_NAMED.format(who="the people, because the table people is absent"))
        return tuple(dict.fromkeys(named))
    if not named:
        stateless = people.country.isnull().sum().execute()
        if stateless:
            raise UsageError(_NONE_NAMED.format(who=f"{int(stateless):,} people without a country"))
        places = people.select("country", "region").distinct().to_pyarrow().to_pylist()
        found = {name for p in places for name in law.packs_for(packs, p["country"], p["region"])}
        if not found:
            homes = sorted({place["country"] for place in places})
            who = (
                f"people in {', '.join(homes[:10])}"
                if homes
                else "anybody, because the table people is empty"
            )
            raise UsageError(_NO_PACK.format(who=who))
        return tuple(name for name in packs if name in found)
    return tuple(dict.fromkeys(named))


def subjects(people: ir.Table, packs: Mapping[str, LawPack], laws: Sequence[str]) -> ir.Table:
    """Everyone in `people` who is under an audited law; nobody's country: every audited law.

    Returns:
        `person_id, laws`: one row a person, the bits of their laws together.
    """
    bits = {name: 1 << place for place, name in enumerate(laws)}
    places = law.jurisdiction_rows({name: packs[name] for name in laws})
    homes = ibis.memtable(
        [{"law_bit": bits[name], "country": country, "within": region} for name, country, region in places],
        schema={"law_bit": "int64", "country": "string", "within": "string"},
    )
    everywhere = ibis.memtable([{"law_bit": sum(bits.values())}], schema={"law_bit": "int64"})
    at_home = people.join(homes, "country").filter(lambda t: t.within.isnull() | (t.within == t.region))
    stateless = people.filter(people.country.isnull()).cross_join(everywhere)
    each = at_home.select("person_id", "law_bit").union(stateless.select("person_id", "law_bit"))
    return each.group_by("person_id").agg(laws=bit_or(each.law_bit))


def under_no_law(people: ir.Table, under: ir.Table) -> int:
    """How many people are under none of the audited laws, so that the audit says nothing of them."""
    return int(people.anti_join(under, "person_id").count().execute())
