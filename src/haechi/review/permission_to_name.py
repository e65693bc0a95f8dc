"""Whether an advertiser may wear a protected party's name."""

from datetime import datetime

from haechi.review.ads import Authorisation, ProtectedParty, verified_by
from haechi.review.case import Case


def authorised(case: Case, party_id: str) -> bool:
    """Whether the ad's advertiser may wear the party's name when the ad was submitted.

    By an authorisation that is signed, dated and in force; or because the account is the party's own: its identity
    was verified, and one of its proven domains is the party's.
    """
    permissions = case.world.authorised.get((party_id, case.ad.advertiser_id), ())
    if any(in_force(one, case.ad.submitted_at) for one in permissions):
        return True
    party = case.world.parties.get(party_id)
    return party is not None and _own_account(case, party)


def in_force(authorisation: Authorisation, at: datetime) -> bool:
    """Whether an authorisation is signed and dated, and `at` lies in its half-open time."""
    signed, expires = authorisation.signed_at, authorisation.expires_at
    if signed is None or not (authorisation.signature_ref or "").strip():
        return False
    return signed <= at and (expires is None or at < expires)


def protected(case: Case, party_id: str) -> bool:
    """Whether the party is protected when the ad was submitted."""
    party = case.world.parties[party_id]
    return party.valid_from is None or party.valid_from <= case.ad.submitted_at


def _own_account(case: Case, party: ProtectedParty) -> bool:
    advertiser = case.advertiser
    if advertiser is None or not verified_by(advertiser, case.ad.submitted_at):
        return False
    own = {domain_form(domain) for domain in party.domains} - {""}
    return any(domain_form(domain) in own for domain in advertiser.domains)


def domain_form(domain: str) -> str:
    """A domain in the form in which two are compared: lower case, in its ASCII form, without `www.`."""
    bare = domain.strip().lower().rstrip(".").removeprefix("www.")
    try:
        return bare.encode("idna").decode("ascii")
    except UnicodeError:
        return bare
