"""Domains of protected parties: one shape at every door, and nothing that is nobody's own."""

import pytest

from haechi.errors import UsageError
from haechi.review.ads import ProtectedParty
from haechi.review.domains import domain_of, domains_of
from haechi.review.host_index import made
from haechi.review.look_alike_hosts import look_alikes

NONE = [
    "", ".", " ", "com", "co.jp", "www.co.jp", "github.io", "*.google.com", "not a domain", "<script>.com",
    "localhost", "http://x.y/p", "bank.com:80", "u@bank.com", "127.0.0.1", "::1", "a..com", "-a.com", "x\x00.com",
]  # fmt: skip


@pytest.mark.parametrize("text", NONE)
def test_what_nobody_can_register_is_refused(text: str) -> None:
    """Fails when a suffix, a blank or an address counts as a party's own, and honest ads everywhere are held."""
    with pytest.raises(ValueError, match=r"a domain that somebody can register"):
        domain_of(text)
    with pytest.raises(UsageError, match=r"domains, entry 2: found '"):
        domains_of(["bank.example", text])


def test_domains_have_one_shape() -> None:
    """Fails when one domain in two writings is two, or a name reserved for tests is refused."""
    written = ["WWW.Bank.Example.", "bank.example", "desk.bank.test", "한국은행.kr", "ＺＢ.co.jp"]
    assert domains_of(written) == ("bank.example", "desk.bank.test", "xn--3e0bt30ct4jhf.kr", "zb.co.jp")


@pytest.mark.parametrize("domain", ["", ".", "com", "co.jp"])
def test_a_domain_that_is_none_is_in_no_address(domain: str) -> None:
    """Fails when a party that was kept before domains were looked at has honest ads held wherever they lead."""
    party = ProtectedParty(
        party_id="p", kind="brand", names=("Zorblatt",), domains=("zorblatt.example", domain)
    )
    index = made([party])
    assert look_alikes("florist.co.jp", "/a//b/", index) == []
    assert look_alikes("shop.com.florist.net", "/com/co.jp/", index) == []
    assert [hit.way for hit in look_alikes("zorblatt.example.florist.net", "/", index)] == ["own-name-inside"]
