"""What comes in over HTTP is what can be kept, whichever the database, and the answer says which value is not."""

from typing import Any

import pytest

from tests.ads.store.test_api import Api, api
from tests.ads.store.test_suspension_api import suspended

__all__ = ["api"]

LICENCE = {"advertiser_id": "acme", "regulator": "jp-fsa", "number": "1", "registered_name": "Firm"}
SIGNED = {
    "party_id": "hana", "advertiser_id": "acme", "scope": "all", "signature_ref": "safe",
    "signed_at": "2026-01-01T00:00:00Z",
}  # fmt: skip
REGISTER = {"regulator": "jp-fsa", "taken_at": "2026-01-01T00:00:00Z", "source": "web"}
ROW = {"regulator": "jp-fsa", "number": "1", "registered_name": "Firm"}


def raw(api: Api, path: str, content: bytes, **headers: str) -> tuple[int, Any]:
    """A call with exactly this body."""
    asked = {"Authorization": f"Bearer {api.keys['root']}", "Content-Type": "application/json", **headers}
    answer = api.client.post(path, content=content, headers=asked)
    return answer.status_code, answer.json()


@pytest.mark.parametrize(
    ("path", "body", "where"),
    [
        ("/v1/licences/claims", {**LICENCE, "number": "1\x00"}, "number"),
        ("/v1/licences/claims", {**LICENCE, "domains": ["a.example", "\x00"]}, "domains.2"),
        ("/v1/protected-parties", {"party_id": "hana", "names": ["Hana \x00 Kuno"]}, "names.1"),
        (
            "/v1/ads",
            {"ad_id": "a", "advertiser_id": "acme", "targeting": {"include": ["\x00"]}},
            "targeting.include.1",
        ),
        ("/v1/ads/a1/appeals", {"decision_id": "1", "text": "right\x00"}, "text"),
    ],
)  # fmt: skip
def test_the_sign_that_postgresql_does_not_hold_is_refused_by_all(
    api: Api, path: str, body: Any, where: str
) -> None:
    """Fails when U+0000 is our defect on one database and kept by the other, which then cannot move."""
    status, told = api("root", path, body)
    assert (status, told["detail"]) == (422, f"{where}: text with the sign U+0000; expected text without it.")


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00Z", "1900-01-01T00:00:00Z", "1970-01-01T00:00:00+09:00",
                                "2200-01-01T00:00:00Z", "9999-12-31T23:59:59-09:00"])  # fmt: skip
def test_instants_that_are_not_kept_are_refused_by_name(api: Api, at: str) -> None:
    """Fails when an instant is silently another one, or the answer does not say which was meant."""
    facts = {"legal_name": "Acme"}
    for path, body, method, where in (
        (
            "/v1/protected-parties",
            {"party_id": "hana", "names": ["Hana Kuno"], "valid_from": at},
            "POST",
            "valid_from",
        ),
        ("/v1/advertisers/acme/facts", {**facts, "verified_at": at}, "PUT", "verified_at"),
        ("/v1/advertisers/acme/facts", {**facts, "opened_at": at}, "PUT", "opened_at"),
        ("/v1/authorisations", {**SIGNED, "expires_at": at}, "POST", "expires_at"),
        (
            "/v1/licences",
            {**REGISTER, "licences": [ROW, {**ROW, "valid_until": at}]},
            "POST",
            "licences.2.valid_until",
        ),
    ):
        status, told = api("root", path, body, method)
        assert (status, told["detail"].startswith(f"{where}: found ")) == (422, True), told
        assert "expected an instant from 1970-01-01 to before 2200-01-01" in told["detail"]
    assert api("root", "/v1/protected-parties/hana")[0] == 404


def test_a_body_that_is_none_is_called_so(api: Api) -> None:
    """Fails when whoever sends nothing, or half a character, is told of our own names or of a cut-off body."""
    status, told = raw(api, "/v1/ads", b"")
    assert (status, told["detail"]) == (
        400,
        "the call has no body; expected one of JSON, as the description has it",
    )
    for half in (rb'{"ad_id": "\ud800"}', rb'{"ad_id": "x \udc00 y"}', rb'{"ad_id": "\ud83d \ude00"}'):
        status, told = raw(api, "/v1/ads", half)
        assert (status, "lone surrogate" in told["detail"]) == (400, True), told
    status, told = raw(api, "/v1/ads", b'{"ad_id": "a"')
    assert (status, "truncated" in told["detail"]) == (400, True)
    assert raw(api, "/v1/ads", rb'{"ad_id": "\ud83d\ude00", "advertiser_id": "acme"}')[0] == 201


def test_what_is_too_long_is_named(api: Api) -> None:
    """Fails when an advertiser with a long list is told of a short text."""
    ad = {"ad_id": "a1", "advertiser_id": "acme", "text": "fine"}
    for targeting, detail in (
        (
            {"include": ["golf"] * 100_000},
            "targeting.include: found 100,000 entries; expected at most 1,000.",
        ),
        ({"other": ["x" * 20_001]}, "targeting.other: found 20,001 characters; expected at most 20,000."),
    ):
        assert api("root", "/v1/ads", {**ad, "targeting": targeting})[1]["detail"] == detail


def test_a_suspended_advertiser_is_told_when_it_checks(api: Api) -> None:
    """Fails when `approve` is answered for an ad of which nothing is taken in."""
    assert api("acme", "/v1/ads/a9/check", {"text": "shoes"})[0] == 200
    suspended(api)
    for by, more in (("acme", {}), ("root", {"advertiser_id": "acme"})):
        status, told = api(by, "/v1/ads/a9/check", {"text": "shoes", **more})
        assert (status, "the advertiser is suspended" in told["detail"]) == (422, True)
    assert api("club", "/v1/ads/a9/check", {"text": "shoes"})[0] == 200


@pytest.mark.parametrize(
    ("more", "where"),
    [
        ({"hidden": 1}, "hidden"), ({"country": "Japan"}, "country"), ({"country": "XX"}, "country"),
        ({"name": " "}, "name"), ({"name": "a\x1b[2J"}, "name"), ({"name": "x" * 5_000}, "name"),
        ({"advertiser_id": " "}, "advertiser_id"),
    ],
)  # fmt: skip
def test_an_advertiser_is_one_that_can_be_shown(api: Api, more: dict[str, Any], where: str) -> None:
    """Fails when a name that acts on a screen, or a country that there is not, is kept for every later decision."""
    status, told = api(
        "other", "/v1/advertisers", {"advertiser_id": "new", "name": "New", "country": "JP", **more}
    )
    assert (status in (400, 422), where in told["detail"]) == (True, True), told
    assert api("root", "/v1/ads", {"ad_id": "n1", "advertiser_id": "new"})[0] == 404
