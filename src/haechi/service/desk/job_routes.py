"""What people say of a job: take it, give it back, decide it, comment on it."""

from typing import Any, Final

from litestar import Response, get, post
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK, HTTP_303_SEE_OTHER

from haechi.errors import UsageError
from haechi.review.ads import Reason
from haechi.service.console.session import Form
from haechi.service.desk.door import (
    DeskController,
    FieldError,
    Typed,
    expect_decider,
    field,
    fields,
    kept,
    of_field,
    said,
)
from haechi.service.desk.job_page import job_page, reasons_of
from haechi.service.platform import Platform
from haechi.stores.clock import utc_now
from haechi.stores.review import queue
from haechi.stores.review.appeals import decide_appeal
from haechi.stores.review.decided import NO_ENTRY
from haechi.stores.review.desk import Said, decide_cluster, decide_job
from haechi.stores.review.grounds import expect_grounds
from haechi.stores.review.suspension_appeals import decide_suspension_appeal
from haechi.stores.review.suspensions import decide_suspension, propose_suspension
from haechi.stores.review.views import Shown, show_job
from haechi.stores.review.waiting_list import barred_from
from haechi.stores.review.words import TakenError, Verdict
from haechi.stores.users import User

_OWN_WORDS: Final = "as-a-reviewer-says"
"""Code of a reason in a reviewer's own words."""
_WHY: Final = "Why"
"""What the field is called in which each decision is given its reason."""


class JobRoutes(DeskController):
    """One job."""

    path = "/desk/jobs/{job_id:str}"

    @get(sync_to_thread=True)
    def job(self, job_id: str, platform: Platform, user: User) -> Response[Any]:
        """Everything that is known of it. To look renews no lease."""
        return job_page(platform, user, job_id)

    @post("/claim", status_code=HTTP_200_OK, sync_to_thread=True)
    def claim(self, job_id: str, data: Form, platform: Platform, user: User) -> Response[Any]:
        """Gives the user this job. Who has it already does not get it for longer."""
        expect_decider(user, data)
        now, typed = utc_now(), _typed(data)
        barred_from(platform.engine, job_id, by=user.name)
        try:
            if show_job(platform.engine, job_id, now=now).job.holder != user.name:
                queue.claim(platform.engine, job_id, by=user.name, now=now)
        except TakenError as fault:
            if not any(typed.values()):
                raise
            return job_page(platform, user, job_id, message=str(fault), status=409, typed=typed)
        # What was written when the time was over is back in the form.
        return job_page(platform, user, job_id, typed=typed) if any(typed.values()) else _to_job(job_id)

    @post("/release", status_code=HTTP_200_OK, sync_to_thread=True)
    def release(self, job_id: str, data: Form, platform: Platform, user: User) -> Response[Any]:
        """Gives it back."""
        expect_decider(user, data)
        queue.release(platform.engine, job_id, by=user.name, now=utc_now())
        return _to_queue("done=released")

    @post("/comments", status_code=HTTP_200_OK, sync_to_thread=True)
    def comment(self, job_id: str, data: Form, platform: Platform, user: User) -> Response[Any]:
        """Adds a comment for whoever looks later."""
        expect_decider(user, data)
        barred_from(platform.engine, job_id, by=user.name)
        try:
            text = said(data, "text", "Comment")
        except UsageError as fault:
            return _refused(platform, user, job_id, fault, kept(data, ["text"]))
        queue.comment(platform.engine, job_id, by=user.name, text=text, now=utc_now())
        return _to_job(job_id)

    @post("/decide", status_code=HTTP_200_OK, sync_to_thread=True)
    def decide(self, job_id: str, data: Form, platform: Platform, user: User) -> Response[Any]:
        """Takes what the user says; what they wrote is shown again where it cannot be taken as it is."""
        expect_decider(user, data)
        try:
            done = _decided(platform, user, job_id, data)
        except UsageError as fault:
            return _refused(platform, user, job_id, fault, _typed(data))
        except TakenError as fault:
            message = f"Not decided: {fault} What you wrote stands here."
            return job_page(platform, user, job_id, message=message, status=409, typed=_typed(data))
        if field(data, "then") == "next":
            further = queue.claim_next(platform.engine, by=user.name, now=utc_now())
            if further is not None:
                return _to_job(further)
        return _to_queue(done)

    @post("/suspend", status_code=HTTP_200_OK, sync_to_thread=True)
    def suspend(self, job_id: str, data: Form, platform: Platform, user: User) -> Response[Any]:
        """Proposes to suspend the ad's advertiser; somebody else confirms it."""
        expect_decider(user, data)
        barred_from(platform.engine, job_id, by=user.name)
        shown = show_job(platform.engine, job_id, now=utc_now())
        if shown.advertiser is None:
            raise UsageError("the job is about no advertiser.")
        try:
            _propose(platform, user, shown, shown.advertiser.advertiser_id, data)
        except UsageError as fault:
            return _refused(platform, user, job_id, fault, kept(data, ["reason", "told"], ["grounds"]))
        message = "Proposed. Somebody else confirms it."
        return job_page(platform, user, job_id, message=message)


def _propose(platform: Platform, user: User, shown: Shown, advertiser_id: str, data: dict[str, Any]) -> None:
    with of_field("grounds"):
        grounds = expect_grounds(fields(data, "grounds"))
    told = said(data, "told", "What happened, for the advertiser")
    reason = said(data, "reason", "Why, for whoever confirms it")
    if _is_known(shown):
        # Nobody learns by it that the answer is known; and no advertiser is behind it.
        queue.comment(
            platform.engine, shown.job.job_id, by=user.name, text=f"Suspend: {reason}", now=utc_now()
        )
        return
    propose_suspension(
        platform.engine, advertiser_id, by=user.name, reason=reason, grounds=grounds, told=told, now=utc_now()
    )


def _decided(platform: Platform, user: User, job_id: str, data: dict[str, Any]) -> str:
    """Does what a form says; what the queue then tells, as the query of its address."""
    choice = field(data, "choice")
    shown = show_job(platform.engine, job_id, now=utc_now())
    if choice == "hold":
        words = said(data, "words", _WHY)
        queue.skip(platform.engine, job_id, by=user.name, reason=words, now=utc_now())
        return "done=left"
    if shown.job.kind == "suspension":
        return _suspended(platform, user, job_id, data)
    if shown.job.kind == "suspension-appeal":
        return _suspension_appealed(platform, user, job_id, data)
    if shown.job.kind == "appeal":
        return _appealed(platform, user, shown, data)
    if choice not in ("approve", "reject"):
        raise FieldError("choice", "choose what becomes of the ad.")
    verdict = _said(shown, data, "approve" if choice == "approve" else "reject")
    if field(data, "whole"):
        made = decide_cluster(platform.engine, job_id, verdict, by=user.name, now=utc_now())
        return "done=decided" + (f"&decision={made[0]}" if made and shown.copies else "")
    decide_job(platform.engine, job_id, verdict, by=user.name, now=utc_now())
    return "done=decided"


def _said(shown: Shown, data: dict[str, Any], verdict: Verdict) -> Said:
    """What a form says of an ad."""
    reasons = _reasons(shown, data) if verdict == "reject" else ()
    if verdict == "reject" and not reasons:
        raise FieldError(
            "wrong", "a rejection without a reason for the advertiser; expected one, or your own words."
        )
    # Whoever approves may say nothing.
    words = said(data, "words", _WHY) if verdict == "reject" or field(data, "words") else ""
    return Said(verdict=verdict, ad_hash=field(data, "ad_hash"), reasons=reasons, words=words)


def _appealed(platform: Platform, user: User, shown: Shown, data: dict[str, Any]) -> str:
    choice = field(data, "choice")
    if choice not in ("uphold", "overturn", "modify"):
        raise FieldError("choice", "choose what becomes of the appeal.")
    reasons = _reasons(shown, data) if choice == "modify" else ()
    if choice == "modify" and not reasons:
        raise FieldError("wrong", "a modified decision without a reason; expected one, or your own words.")
    decide_appeal(
        platform.engine,
        shown.job.job_id,
        choice,  # type: ignore[arg-type]
        decision_id=field(data, "decision_id"),
        reason=said(data, "words", _WHY),
        reasons=reasons,
        by=user.name,
        now=utc_now(),
    )
    return "done=decided"


def _suspended(platform: Platform, user: User, job_id: str, data: dict[str, Any]) -> str:
    choice = field(data, "choice")
    if choice not in ("confirm", "refuse"):
        raise FieldError("choice", "choose whether the advertiser is suspended.")
    decide_suspension(
        platform.engine, job_id, confirm=choice == "confirm", by=user.name,
        words=said(data, "words", _WHY), now=utc_now(),
    )  # fmt: skip
    return "done=decided"


def _suspension_appealed(platform: Platform, user: User, job_id: str, data: dict[str, Any]) -> str:
    choice = field(data, "choice")
    if choice not in ("uphold", "lift"):
        raise FieldError("choice", "choose what becomes of the suspension.")
    decide_suspension_appeal(
        platform.engine,
        job_id,
        choice,  # type: ignore[arg-type]
        reason=said(data, "words", _WHY),
        by=user.name,
        now=utc_now(),
    )
    return "done=lifted" if choice == "lift" else "done=upheld"


def _reasons(shown: Shown, data: dict[str, Any]) -> tuple[Reason, ...]:
    """The reasons that were chosen, and the user's own."""
    codes = set(fields(data, "codes"))
    chosen = [one for one in reasons_of(shown) if one.code in codes]
    wrong, fix = field(data, "wrong"), field(data, "fix")
    if wrong:
        with of_field("wrong", "In your own words"):
            queue.expect_words(wrong + fix)
        chosen.append(Reason(code=_OWN_WORDS, laws=(), text=wrong, fix=fix))
    return tuple(chosen)


def _typed(data: dict[str, Any]) -> Typed:
    """What a decision's form said."""
    return kept(data, ["choice", "words", "wrong", "fix", "whole"], ["codes"])


def _refused(platform: Platform, user: User, job_id: str, fault: UsageError, typed: Typed) -> Response[Any]:
    """The page again, with what was written; the cursor is in the field that is wrong."""
    name = fault.name if isinstance(fault, FieldError) else ""
    return job_page(platform, user, job_id, message=str(fault), status=422, typed=typed, wrong=name)


def _is_known(shown: Shown) -> bool:
    return any(one.entry == NO_ENTRY for one in shown.decisions)


def _to_job(job_id: str) -> Response[Any]:
    return Redirect(f"/desk/jobs/{job_id}", status_code=HTTP_303_SEE_OTHER)


def _to_queue(query: str) -> Response[Any]:
    return Redirect(f"/desk?{query}", status_code=HTTP_303_SEE_OTHER)
