"""The people's page: what is held about somebody and what they can do about it, and how they show who they are.

`mine` and `consent` are what people come for. `sign_in`, `recovery`, `step_up` and `account` are the ways in:
passkeys, links from the operator, codes to known addresses. `desk` is for the operator's programs; `session` says who
is signed in; `pages` and `languages` draw; `ceremony` is WebAuthn; `site` is the address.
"""

from typing import Any

from haechi.service.me.account import Account
from haechi.service.me.consent import Consent
from haechi.service.me.desk import Desk
from haechi.service.me.mine import Mine
from haechi.service.me.recovery import Recovery, Stopping
from haechi.service.me.session import may, person_of
from haechi.service.me.sign_in import DoorWay, SignIn
from haechi.service.me.site import SITE, Site, site_at
from haechi.service.me.step_up import StepUp

__all__ = ["SITE", "Site", "may", "people_page", "person_of", "site_at"]


def people_page() -> tuple[Any, ...]:
    """The routes, where the operator switched the page on."""
    return (Mine, Consent, SignIn, DoorWay, Recovery, Stopping, StepUp, Account, Desk)
