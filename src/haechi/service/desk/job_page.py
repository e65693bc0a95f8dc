"""A job's page: the ad, the page behind it and its advertiser side by side, evidence marked, and what may be said."""

from collections.abc import Mapping, Sequence
from typing import Any

from litestar import Response

from haechi.review.ads import Reason, Signal
from haechi.review.outgoing.letter import language_of
from haechi.service.desk.differences import differences
from haechi.service.desk.pictures import size_of_picture
from haechi.service.desk.policy_beside import ruled, same_rules
from haechi.service.desk.render import page
from haechi.service.desk.shown_ad import Beheld, boxes, numbered, page_pieces, texts
from haechi.service.me.languages import NAMES
from haechi.service.platform import Platform
from haechi.stores.clock import utc_now
from haechi.stores.review.beside import Beside, beside_job
from haechi.stores.review.copied import copied
from haechi.stores.review.grounds import grounds_in
from haechi.stores.review.views import Shown, show_job
from haechi.stores.review.waiting_list import barred_from, countries_of, proposing_barred
from haechi.stores.rows import reading
from haechi.stores.users import User


def job_page(
    platform: Platform,
    user: User,
    job_id: str,
    *,
    message: str = "",
    status: int = 200,
    typed: Mapping[str, str | list[str]] | None = None,
    wrong: str = "",
) -> Response[str]:
    """The page.

    Args:
        platform: what is served.
        user: who looks.
        job_id: which job.
        message: something to be told first.
        status: HTTP status.
        typed: what they wrote in the form, where it was not taken.
        wrong: name of the field because of which it was not; the cursor goes there.

    Raises:
        MissingError: there is no such job.
    """
    barred = barred_from(platform.engine, job_id, by=user.name)
    shown = show_job(platform.engine, job_id, now=utc_now())
    beside = beside_job(platform.engine, job_id)
    return page(
        "job", title=_title(shown), user=user, here="/desk", message=message, status=status,
        typed=dict(typed or {}), wrong=wrong, shown=shown, job=shown.job, barred=barred, beside=beside,
        mine=shown.job.holder == user.name,
        not_to_propose=_not_to_propose(platform, user, shown), **_seen(platform, shown, beside),
    )  # fmt: skip


def reasons_of(shown: Shown) -> list[Reason]:
    """Every reason that was ever given for what is shown, each code once, the newest first."""
    found: dict[str, Reason] = {}
    for record in shown.decisions:
        for reason in record.reasons:
            found.setdefault(reason.code, reason)
    return list(found.values())


def _not_to_propose(platform: Platform, user: User, shown: Shown) -> str:
    if shown.advertiser is None:
        return ""
    return proposing_barred(platform.engine, shown.advertiser.advertiser_id, by=user.name)


def _seen(platform: Platform, shown: Shown, beside: Beside) -> dict[str, Any]:
    """What is seen of the ad, as the templates take it."""
    record = next((one for one in shown.decisions if one.ad_hash == shown.ad_hash), None)
    signals = () if record is None else record.signals
    names = () if shown.advertiser is None else shown.advertiser.display_names
    drawn = boxes(signals)
    codes = () if record is None else tuple(one.code for one in record.reasons)
    told_in, account_in = language_of(shown.advertiser, shown.ad), language_of(shown.advertiser)
    size = None if shown.picture is None else size_of_picture(platform.engine, shown.picture)
    return {
        "record": record,
        "countries": () if shown.ad is None else countries_of(shown.ad),
        "signals": numbered(signals, _copies(platform, shown, signals)),
        "texts": [] if shown.ad is None else texts(shown.ad, names[0] if names else "", signals),
        "boxes": drawn,
        "size": size,
        "visits": [(one, page_pieces(one, signals)) for one in beside.visits],
        "only": differences(beside.visits),
        "reasons": reasons_of(shown),
        "told_in": told_in,
        # Of what its whole account is about it is told in its own language, whatever the ad's is.
        "account_in": account_in,
        "account_name": NAMES[account_in],
        "grounds": grounds_in("en"),
        "ruled": ruled(reasons_of(shown), codes),
        "same_rules": record is not None and same_rules(record.ruleset_hash),
        "newest_codes": codes,
        "open_appeal": next((one for one in shown.appeals if one.outcome is None), None),
    }


def _copies(platform: Platform, shown: Shown, signals: Sequence[Signal]) -> dict[str, Beheld]:
    """The known pictures that signals name."""
    # A person's decision repeats what a machine had found before.
    found_at = next(
        (
            one.decided_at
            for one in shown.decisions
            if one.ad_hash == shown.ad_hash and one.automated == "FULLY"
        ),
        utc_now(),
    )
    names = [one.value for one in signals if one.name == "image-copy"]
    with reading(platform.engine) as connection:
        known = {name: copied(connection, name, at=found_at) for name in names}
    return {
        name: Beheld(one, None if one.picture is None else size_of_picture(platform.engine, one.picture))
        for name, one in known.items()
        if one is not None
    }


def _title(shown: Shown) -> str:
    if shown.job.kind == "suspension":
        return "Suspend an advertiser?"
    if shown.job.kind == "suspension-appeal":
        return "An appeal against a suspension"
    return "An appeal" if shown.job.kind == "appeal" else "An ad to decide"
