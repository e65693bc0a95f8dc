"""What an agent's message must say to count: for us, by it, now; and what of it is believed."""

import datetime as dt
from typing import Any

import pytest

from haechi.law import load_packs
from haechi.rights.drp.action import ACTIONS, REGIMES, is_covered, meant
from haechi.rights.drp.identity import Claims, claims_of
from haechi.rights.drp.message import Exercise, Revocation, Setup, as_message, check, check_callback, said
from haechi.rights.drp.refusal import RefusedError
from haechi.rights.drp.status import Asked, Progress, status_of
from tests.rights.make_drp_vectors import SETUP

NOW = dt.datetime.fromisoformat("2026-11-01T00:05:00")


def checked(message: Setup | Revocation, **but: Any) -> None:
    check(message, **{"agent_id": "EXAMPLE_AGENT", "business_id": "EXAMPLE_BUSINESS", "now": NOW, **but})


def refusal(fields: dict[str, Any], **but: Any) -> RefusedError:
    with pytest.raises(RefusedError) as caught:
        checked(as_message(fields, Setup), **but)
    return caught.value


def test_a_good_message_counts() -> None:
    """Fails when a message as the specification writes it is refused."""
    checked(as_message(dict(SETUP), Setup))
    checked(Revocation(reason="no"))
    east = {**SETUP, "issued-at": "2026-11-01T09:00:00+09:00", "expires-at": "20261101T091000+0900"}
    checked(as_message(east, Setup))


def test_the_chain_is_kept_in_its_order() -> None:
    """Fails when a message with all faults is refused for a later one: section 3.07 says which comes first."""
    wrong: dict[str, Any] = {
        **SETUP,
        "agent-id": "OTHER",
        "business-id": "OTHER",
        "issued-at": "2026-11-02T00:00:00Z",
        "expires-at": "2026-10-02T00:00:00Z",
        "drp.version": "0.4",
    }
    told = []
    for name in ("agent-id", "business-id", "issued-at", "expires-at", "drp.version"):
        fault = refusal(wrong)
        assert str(fault).startswith(name)
        told.append((fault.status, fault.fatal))
        wrong[name] = SETUP[name]
    assert told == [(403, False), (403, True), (400, False), (400, True), (400, True)]
    checked(as_message(wrong, Setup))


@pytest.mark.parametrize(
    ("now", "good"),
    [
        ("2026-10-31T23:59:59", False),
        ("2026-11-01T00:00:00", False),
        ("2026-11-01T00:00:00.000001", True),
        ("2026-11-01T00:09:59.999999", True),
        ("2026-11-01T00:10:00", False),
    ],
)
def test_a_message_counts_within_its_time_alone(now: str, good: bool) -> None:
    """Fails when a fast clock of an agent, or an old message, is let through (section 3.07)."""
    moment = dt.datetime.fromisoformat(now)
    if good:
        checked(as_message(dict(SETUP), Setup), now=moment)
    else:
        refusal(dict(SETUP), now=moment)


@pytest.mark.parametrize("message", [b"", b"\xff\xfe", b"[]", b"null", b"1", b'{"a":', b"[" * 60_000, b'"x"'])
def test_what_is_no_object_is_refused(message: bytes) -> None:
    """Fails when signed bytes that are no JSON object in UTF-8 end in a failure of ours."""
    with pytest.raises(RefusedError):
        said(message)


@pytest.mark.parametrize("name", list(SETUP))
@pytest.mark.parametrize("value", [None, 1, "", [], "x" * 1_000])
def test_a_field_that_is_none_is_refused_without_its_value(name: str, value: Any) -> None:
    """Fails when a required field may be missing or of another kind, or when the refusal repeats it."""
    fields: dict[str, Any] = {**SETUP, name: value}
    if value is None:
        del fields[name]
    fault = refusal(fields)
    assert fault.status in (400, 403)
    assert "x" * 20 not in str(fault)


@pytest.mark.parametrize(
    "written", ["yesterday", "2026-13-01", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59-23:00"]
)
def test_a_time_that_is_none_is_refused(written: str) -> None:
    """Fails when a timestamp that no calendar has is a failure of ours."""
    refusal({**SETUP, "issued-at": written})


def test_a_revocation_holds_what_else_it_says() -> None:
    """Fails when a revocation that was meant for somebody else, or is over, counts because a reason would do."""
    for wrong in (
        Revocation(agent_id="OTHER"),
        Revocation(business_id="OTHER"),
        Revocation(issued_at="2026-11-02T00:00:00Z"),
        Revocation(expires_at="2026-11-01T00:00:00Z"),
    ):
        with pytest.raises(RefusedError):
            checked(wrong)


@pytest.mark.parametrize(
    "url",
    [
        "http://a.example/x",
        "https://",
        "file:///etc/passwd",
        "https://u:p@a.example/",
        "https://a.example/ x",
        "x",
    ],
)
def test_agents_are_told_over_https_alone(url: str) -> None:
    """Fails when how a person's request stands may be sent where somebody listens."""
    with pytest.raises(RefusedError):
        check_callback(url)
    check_callback("https://dsr-agent.example.com/update_status")
    check_callback(None)


def test_only_what_was_verified_is_believed() -> None:
    """The 'GDPArrrrr' attack: an address that somebody wrote down is no address of the person."""
    heard = {"email": "ann@example.com", "sub": "ann", "phone_number": "+8210"}
    assert claims_of(heard, identifier="sub") is None
    for almost in ("true", 1, None, [True], False):
        assert claims_of({**heard, "email_verified": almost}, identifier="sub") is None
    sure = {**heard, "email_verified": True, "sub_verified": True}
    assert claims_of(sure, identifier=None) == Claims(email="ann@example.com")
    assert claims_of(sure, identifier="sub") == Claims(email="ann@example.com", identifier="ann")
    assert claims_of({"email": 7, "email_verified": True}, identifier=None) is None


def test_every_action_is_a_request_or_refused() -> None:
    """Fails when an action of the specification is unknown here, or an opt-in counts without a consent's record."""
    assert set(ACTIONS) == {"sale:opt-out", "deletion", "access", "access:categories", "access:specific"}
    assert meant("sale:opt-out", "ccpa")[1].purposes == ("disclosure",)
    for exercise, regime in (("sale:opt-in", "ccpa"), ("everything", None), ("access", "gdpr")):
        with pytest.raises(RefusedError) as caught:
            meant(exercise, regime)
        assert (caught.value.status, caught.value.fatal) == (400, True)


def test_a_law_of_the_person_s_is_enough() -> None:
    """Fails when somebody in Korea is told 'outside jurisdiction' of a right that PIPA gives."""
    packs = load_packs()
    assert set(REGIMES.values()) <= set(packs)
    assert is_covered("erasure", "ccpa", ("us-ca-cpra",), packs, NOW)
    assert is_covered("erasure", "ccpa", ("kr-pipa",), packs, NOW)
    assert not is_covered("erasure", "ccpa", (), packs, NOW)
    assert is_covered("erasure", None, (), packs, NOW)


ASKED = Asked(
    request_id="r", agent_request_id=None, received_at=NOW, verify_until=None, denied=None, revoked_at=None,
    verification_url="https://example.com/v/r", results_url="https://example.com/r",
)  # fmt: skip


def progress(outcome: Any, kind: Any = "access", ground: str | None = None, reason: str = "") -> Progress:
    return Progress(
        kind=kind, outcome=outcome, ground=ground, reason=reason, extension_reason="", due_at=None,
        answered_at=None if outcome == "open" else NOW,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("found", "state", "reason", "has"),
    [
        (progress("open"), "in_progress", None, {"expected_by"}),
        (progress("granted"), "fulfilled", None, {"results_url", "expires_at"}),
        (progress("granted", "erasure"), "fulfilled", None, set()),
        (progress("partly", reason="a part"), "fulfilled", None, {"results_url", "expires_at", "processing_details"}),
        (progress("refused", ground="NOT_VERIFIABLE"), "denied", "insuf_verification", set()),
        (progress("refused", ground="FRAUDULENT"), "denied", "suspected_fraud", set()),
        (progress("refused", ground="UNFOUNDED_EXCESSIVE"), "denied", "too_many_requests", set()),
        (progress("refused", ground="ERASURE_EXCEPTION"), "denied", "claim_not_covered", set()),
        (progress("refused", ground="STATUTE_FORBIDS"), "denied", "other", set()),
        (progress("refused", reason="why"), "denied", "other", {"processing_details"}),
    ],
)  # fmt: skip
def test_our_answers_have_the_protocol_s_words(
    found: Progress, state: str, reason: str | None, has: set[str]
) -> None:
    """The table of section 3.02: which fields a state may have, and no others."""
    status = status_of(ASKED, found, now=NOW)
    assert (status.status, status.reason) == (state, reason)
    always = {"request_id", "status", "received_at", "reason"}
    given = {name for name in status.__struct_fields__ if getattr(status, name) is not None}
    assert given - always == has


def test_a_result_expires_and_says_so() -> None:
    """Fails when an agent is sent to a result that is no longer kept."""
    later = NOW + dt.timedelta(days=60)
    assert status_of(ASKED, progress("granted"), now=later - dt.timedelta(seconds=1)).status == "fulfilled"
    late = status_of(ASKED, progress("granted"), now=later)
    assert (late.status, late.results_url) == ("expired", None)


def test_every_field_of_a_message_has_the_protocol_s_name() -> None:
    """Fails when a field is read under a name that no agent sends."""
    message = as_message(
        {**SETUP, "exercise": "access", "regime": "ccpa", "agent-request-id": "foo", "relationships": ["x"]},
        Exercise,
    )
    assert (message.agent_request_id, message.exercise, message.version) == ("foo", "access", "1.0")
