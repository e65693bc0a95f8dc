"""The people's page: who somebody is. Passkeys, links from the operator, codes to known addresses, stopping thieves.

`sign_in`, `recovery`, `step_up` and `account` answer; `desk` is for the operator's programs; `session` says who is
signed in, and is what other pages under /me build on; `pages` and `languages` draw; `ceremony` is WebAuthn; `site` is
the address.
"""

from typing import Any

from haechi.service.me.account import Account
from haechi.service.me.desk import Desk
from haechi.service.me.recovery import Recovery, Stopping
from haechi.service.me.session import may, person_of
from haechi.service.me.sign_in import DoorWay, SignIn
from haechi.service.me.site import SITE, Site, site_at
from haechi.service.me.step_up import StepUp

__all__ = ["SITE", "Site", "may", "people_page", "person_of", "site_at"]


def people_page() -> tuple[Any, ...]:
    """The routes, where the operator switched the page on."""
    return (SignIn, DoorWay, Recovery, Stopping, StepUp, Account, Desk)
