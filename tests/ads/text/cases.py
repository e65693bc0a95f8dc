"""Cases for the tests of what stands in texts: one ad with one thing in it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import cast

from haechi.review.ads import Ad, Advertiser, Authorisation, Box, ProtectedParty
from haechi.review.case import Case, History, Picture, Visit, World

SUBMITTED = datetime.fromisoformat("2026-03-01T12:00:00")


def world_of(*parties: ProtectedParty, authorisations: Sequence[Authorisation] = ()) -> World:
    return World(parties={party.party_id: party for party in parties}, authorisations=authorisations)


def case_of(
    fields: Mapping[str, str], *, world: World | None = None, advertiser: Advertiser | None = None
) -> Case:
    """A case with a text in each of the fields; `redirects` and `links` are addresses of one visit."""
    on_page = {key: fields[key] for key in ("landing_text", "redirects", "links") if key in fields}
    visit = Visit(
        profile="phone",
        at=SUBMITTED,
        redirects=(on_page["redirects"],) if "redirects" in on_page else (),
        text=on_page.get("landing_text", ""),
        links=(on_page["links"],) if "links" in on_page else (),
    )
    in_picture = {key: fields[key] for key in ("image_text", "image_code") if key in fields}
    picture = Picture(
        lines=tuple(Box(0, 0, 9, 9, line) for line in in_picture.get("image_text", "").split("\n") if line),
        codes=(Box(0, 0, 9, 9, in_picture["image_code"]),) if "image_code" in in_picture else (),
    )
    ad = Ad(
        ad_id="ad-1",
        advertiser_id="adv-1",
        headline=fields.get("headline", ""),
        text=fields.get("text", ""),
        display_name=fields.get("display_name"),
        landing_url=fields.get("landing_url"),
        submitted_at=SUBMITTED,
    )
    return Case(
        ad,
        advertiser,
        picture if in_picture else None,
        (visit,) if on_page else (),
        world or World(),
        cast("History", None),
    )
