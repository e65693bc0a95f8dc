"""Synthetic ad campaigns with known answers, to measure ad review by. Nothing here knows how ads are judged.

The map:

    texts/       the wordings, names and slot values: data, one language a file
    templates    the wordings read: scams by family, honest ads by trade, each in the dev or the held-out part
    parties      invented persons, brands, papers and offices that ads must not wear
    filling      slots of a wording filled, particles of Korean put right
    handoff      links and identifiers into chat applications, and the words that lead there
    draft        an ad while it is made
    accounts     who submits: honest advertisers and scammers, not perfectly told apart by their accounts
    scams        campaigns: one wording, celebrities swapped, many accounts
    honest       honest ads of all trades
    evasions     what scammers do against review, as functions on a draft (text, picture, page)
    pictures     creatives drawn with Pillow
    landing      what stands behind an ad, for each visitor and time
    folder       all of it written
"""

from haechi.example.campaigns.evasions import EVASIONS
from haechi.example.campaigns.folder import SYNTHETIC, Plan, write_ads

__all__ = ["EVASIONS", "SYNTHETIC", "Plan", "write_ads"]
