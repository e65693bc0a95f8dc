"""Requests, each under the laws of the place that it came from.

The place is the request's own country, and where it names none, the country of its person. A request whose place
nobody knows is under every audited law. A law of a region applies where the person's region is known; without a
table of people, such a law was named by the caller and applies to its whole country.
"""

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from haechi.audit.literals import text
from haechi.law import LawPack, jurisdiction_rows

_ASKED = ("kind", "received_at", "extended_at", "answered_at", "outcome", "ground")


def asked(tables: Mapping[str, ir.Table], packs: Mapping[str, LawPack]) -> ir.Table:
    """Every request once for each audited law that it is under.

    Args:
        tables: the dataset's tables, `requests` among them.
        packs: the audited laws.

    Returns:
        `law, kind, received_at, extended_at, answered_at, outcome, ground`.
    """
    placed = _placed(tables)
    places = ibis.memtable(
        [{"law": law, "place": country, "within": region} for law, country, region in _places(tables, packs)],
        schema={"law": "string", "place": "string", "within": "string"},
    )
    there = placed.join(places, "place").filter(lambda t: t.within.isnull() | (t.within == t.region))
    anywhere = ibis.memtable([{"law": law} for law in packs], schema={"law": "string"})
    nowhere = placed.filter(placed.place.isnull()).cross_join(anywhere)
    return there.select("law", *_ASKED).union(nowhere.select("law", *_ASKED))


def asked_sql(tables: Mapping[str, ir.Table], packs: Mapping[str, LawPack], law: str) -> str:
    """The same for one law: a first `with` that defines `asked`, to follow the inquiry's `setup`."""
    places = [
        f"(place = {text(country)}" + (")" if region is None else f" and home_region = {text(region)})")
        for name, country, region in _places(tables, packs)
        if name == law
    ]
    placed = "select *, country as place, null::varchar as home_region from requests"
    if "people" in tables:
        placed = (
            "select r.*, coalesce(r.country, p.country) as place, p.region as home_region\n"
            "  from requests r left join people p on p.person_id = r.person_id"
        )
    where = " or ".join(["place is null", *places])
    return f"with placed as (\n  {placed}\n), asked as (\n  select * from placed where {where}\n)"


def _placed(tables: Mapping[str, ir.Table]) -> ir.Table:
    requests = tables["requests"]
    if "people" not in tables:
        return requests.select(*_ASKED, place=requests.country, region=ibis.null("string"))
    homes = tables["people"].select("person_id", "region", home="country")
    known = requests.left_join(homes, "person_id")
    return known.mutate(place=ibis.coalesce(known.country, known.home)).select(*_ASKED, "region", "place")


def _places(
    tables: Mapping[str, ir.Table], packs: Mapping[str, LawPack]
) -> list[tuple[str, str, str | None]]:
    rows = jurisdiction_rows(packs)
    if "people" in tables:
        return rows
    return list(dict.fromkeys((law, country, None) for law, country, _ in rows))
