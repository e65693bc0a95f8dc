"""The public repository of ads (DSA Art. 39): for everybody, without a key, as JSON and as a page without a script.

The map:

    listing  the entries, read once a minute, and how often one address may ask
    asked    what somebody looks for, and what they are shown
    routes   the call and the page
"""

from haechi.service.repository.routes import ROUTES

__all__ = ["ROUTES"]
