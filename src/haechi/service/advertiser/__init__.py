"""The advertiser's own page: its ads with state, reasons and clocks, a check before it submits, and appeals.

sessions  who signed in by a key
door      the form for the key, and who is signed in
refusals  why something was not done, by kind of error
render    pages from templates, in the reader's language
routes    the pages
"""

from typing import Any, Final

from haechi.service.advertiser.routes import AdvertiserPage

__all__ = ["ADVERTISER"]

ADVERTISER: Final[tuple[Any, ...]] = (AdvertiserPage,)
"""The routes."""
