"""Ads that somebody whose word weighs reported: they wait for a person until the notice is answered."""

from typing import Final

import msgspec
from sqlalchemy import Connection, select

from haechi.review.ads import Decision, Reason
from haechi.stores import review_schema as tables
from haechi.stores.review.words import NoticeSource

WEIGHTY: Final[tuple[NoticeSource, ...]] = ("VICTIM", "TRUSTED_FLAGGER", "AUTHORITY")
"""At whose word an ad stops until a person has looked; what others report is looked at while it runs."""
_CODE: Final = "reported"
_REASON: Final = Reason(
    code=_CODE,
    laws=("DSA Art. 16", "DSA Art. 22"),
    text="The ad was reported; a person looks at it.",
    fix="Please wait; if the ad names or shows somebody, have their signed authorisation ready.",
)


def is_reported(connection: Connection, ad: int) -> bool:
    """Whether a weighty notice that names an ad is not answered yet."""
    n, m = tables.notices, tables.notice_ads
    found = connection.execute(
        select(n.c.notice)
        .join_from(m, n, n.c.notice == m.c.notice)
        .where(m.c.ad == ad, n.c.decided_at.is_(None), n.c.source.in_(WEIGHTY))
        .limit(1)
    ).scalar()
    return found is not None


def as_reported(decision: Decision) -> Decision:
    """The decision that holds an ad because it was reported, whatever was found in it."""
    return msgspec.structs.replace(
        decision,
        decision="hold",
        reasons=(_REASON, *decision.reasons),
        rules=(_CODE, *(rule for rule in decision.rules if rule != _CODE)),
    )
