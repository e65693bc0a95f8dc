"""Permissions as switches: each asked by itself, refusing as easy as agreeing, taken back with one press."""

from typing import Any

from litestar import Controller, Response, get, post
from litestar.response import Redirect
from litestar.status_codes import HTTP_303_SEE_OTHER

from haechi.errors import MissingError, UsageError
from haechi.rights.asking import NOTICE, Offer, digest_of, evidence_of
from haechi.rights.effect import Wanted
from haechi.rights.told.page import words
from haechi.service.console.entry import AnyRequest
from haechi.service.me.languages import language_of, texts
from haechi.service.me.mine import MINE
from haechi.service.me.pages import FAULTS, page, refused
from haechi.service.me.session import Form, check_csrf, from_our_pages, may_open, person_of, site_of
from haechi.service.platform import Platform
from haechi.stores.clock import utc_now
from haechi.stores.identity.notices import tell
from haechi.stores.identity.sessions import PersonSession
from haechi.stores.mine import Advertiser, advertisers_named, mine_of
from haechi.stores.permissions import Grant
from haechi.stores.rows import reading


class Consent(Controller):
    """One permission at a time."""

    path = "/me/permissions"
    include_in_schema = False
    guards = [from_our_pages]  # noqa: RUF012 - as the framework declares it
    exception_handlers = FAULTS

    @get("/{category:str}/{purpose:str}", sync_to_thread=True)
    def ask(self, category: str, purpose: str, platform: Platform, request: AnyRequest) -> Response[Any]:
        """What is asked, before anybody agrees: for what, which data, who gets it, how long, that one may refuse."""
        session = person_of(request)
        offer, named = _offer(platform, session, category, purpose)
        return self._asked(platform, request, session, offer, named)

    @post("/{category:str}/{purpose:str}", status_code=HTTP_303_SEE_OTHER, sync_to_thread=True)
    def say(
        self, category: str, purpose: str, data: Form, platform: Platform, request: AnyRequest
    ) -> Response[Any]:
        """Gives or refuses; what was read is part of what is kept."""
        session = person_of(request)
        check_csrf(session, data.get("csrf"))
        if data.get("answer") != "yes":
            return Redirect(MINE, status_code=HTTP_303_SEE_OTHER)
        if not may_open(platform, session):
            return refused(request, 403, "more_needed")
        offer, named = _offer(platform, session, category, purpose)
        if not offer.possible:
            raise UsageError("the law of this person accepts no such permission.")
        notice = _notice(platform, request, offer, named)
        if data.get("notice") != digest_of(notice):
            # Another advertiser came meanwhile, or another language: what is agreed to is what was read.
            return self._asked(platform, request, session, offer, named)
        recipients = tuple(one.advertiser_id for one in named) if purpose == "disclosure" else None
        grant = Grant(
            person_id=session.person_id, purpose=offer.purpose, category=offer.category, basis="explicit_consent",
            notice=NOTICE, separate=True, recipients=recipients,
            evidence=evidence_of(language_of(request), notice, recipients or ()),
        )  # fmt: skip
        now = utc_now()
        platform.permissions.give(grant, now=now)
        with platform.engine.begin() as connection:
            tell(connection, session.person, "permission-given", origin=site_of(request).origin, now=now)
        return Redirect(f"{MINE}?done=given", status_code=HTTP_303_SEE_OTHER)

    def _asked(
        self,
        platform: Platform,
        request: AnyRequest,
        session: PersonSession,
        offer: Offer,
        named: list[Advertiser],
    ) -> Response[Any]:
        notice = _notice(platform, request, offer, named)
        return page(
            request, "mine_consent", title="permission", session=session, offer=offer, notice=notice,
            digest=digest_of(notice), say=words(language_of(request)),
            action=f"/me/permissions/{offer.category}/{offer.purpose}",
        )  # fmt: skip

    @post("/{category:str}/{purpose:str}/withdraw", status_code=HTTP_303_SEE_OTHER, sync_to_thread=True)
    def withdraw(
        self, category: str, purpose: str, data: Form, platform: Platform, request: AnyRequest
    ) -> Response[Any]:
        """Takes it back; what it opened is gone when this answers (GDPR Art. 7(3))."""
        session = person_of(request)
        check_csrf(session, data.get("csrf"))
        offer, _ = _offer(platform, session, category, purpose)
        # As a request: advertisers that received something are told to delete it.
        wanted = Wanted(purpose=offer.purpose, category=offer.category)
        platform.requests.receive(session.person_id, "withdrawal", wanted, via="page", now=utc_now())
        return Redirect(f"{MINE}?done=withdrawn", status_code=HTTP_303_SEE_OTHER)


def _offer(
    platform: Platform, session: PersonSession, category: str, purpose: str
) -> tuple[Offer, list[Advertiser]]:
    """The permission that a path names.

    Raises:
        MissingError: none such is asked of this person.
    """
    with reading(platform.engine) as connection:
        mine = mine_of(connection, session.person, platform.packs, now=utc_now())
        named = advertisers_named(connection) if purpose == "disclosure" else []
    for offer in mine.offers:
        if (offer.category, offer.purpose) == (category, purpose):
            return offer, named
    raise MissingError("no such permission is asked for.")


def _notice(platform: Platform, request: AnyRequest, offer: Offer, named: list[Advertiser]) -> str:
    """What the person reads, whole: the same text is what is kept."""
    lang = language_of(request)
    controller = platform.controller
    if controller is None:
        raise UsageError("the page needs haechi serve with --controller.")
    return texts(lang)[f"notice_{offer.purpose}"].format(
        controller=controller.name,
        category=words(lang)["category"][offer.category],
        behaviours=controller.retention.behaviours,
        disclosures=controller.retention.disclosures,
        advertisers=", ".join(one.name for one in named) or texts(lang)["nobody_yet"],
    )
