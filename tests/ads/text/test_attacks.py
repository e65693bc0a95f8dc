"""What advertisers tried against the review in a trial by somebody who had not built it; each got through then."""

from datetime import datetime
from pathlib import Path
from typing import Final

import pytest

from haechi.review.ads import Ad, Advertiser, Decision, Licence, ProtectedParty
from haechi.review.case import World
from haechi.review.landing.of_ad import visits_of
from haechi.review.policy import load_ruleset
from haechi.review.run import Run

AT: Final = datetime.fromisoformat("2026-11-01")
HANAKO: Final = ProtectedParty(
    party_id="hanako", kind="person", names=("Hanako Tanabe", "田辺花子"), domains=("nikkomori.example",)
)
BANK: Final = Licence(
    regulator="gb-fca",
    number="123456",
    registered_name="Good Bank plc",
    domains=("goodbank.example",),
    country="GB",
)
OLD: Final = datetime.fromisoformat("2020-01-01")
ROBOT: Final = "Our trading robot pays guaranteed 30% a month. Deposit 250 now."


def advertiser(name: str, *, verified: bool = False) -> Advertiser:
    return Advertiser(
        advertiser_id=name, legal_name=f"{name} Ltd", opened_at=OLD, verified_at=OLD if verified else None
    )


def run(*, licences: tuple[Licence, ...] = ()) -> Run:
    world = World(
        parties={"hanako": HANAKO},
        advertisers={"mallory": advertiser("mallory"), "honest": advertiser("honest", verified=True)},
        licences=licences,
    )
    return Run(world, load_ruleset(), folder=Path(), notice=lambda _: None)


def judged(text: str, headline: str = "", url: str | None = None, by: str = "mallory") -> Decision:
    ad = Ad(ad_id="a", advertiser_id=by, headline=headline, text=text, landing_url=url, submitted_at=AT)
    return run(licences=(BANK,))(ad, now=AT)


@pytest.mark.parametrize(
    "name",
    [
        *(f"Hana{letter}ko Tanabe" for letter in "\x00\x01\x08\x1b\x7f\x80\x9f\ufffc\U0001d173\uffff\ue000"),
        "Hana\u2800ko Tanabe", "Hanako\u2800Tanabe", "Hanako <b>Tanabe</b>", "Hanako&nbsp;Tanabe",
        "H&#97;nako Tanabe",
        "Hanako%20Tanabe", "Hanako_Tanabe", "Hanako / Tanabe", "Hanako | Tanabe", "Hanako * Tanabe",
        "Hanako \U0001f338 Tanabe", "Ha nako Tana be", "Hanako M. Tanabe", 'Hanako "Hana" Tanabe',
        "Hanako-san Tanabe",
        "田辺\uff08女優\uff09花子", "田辺|花子", "H a n a k o Tanabe",
    ],
    ids=ascii,
)  # fmt: skip
def test_a_name_is_found_however_it_is_broken_up(name: str) -> None:
    """If it fails, one sign between two letters of a celebrity's name ends her protection."""
    names = {signal.name for signal in judged("Free stock lessons by me. Join now.", name).signals}
    assert names & {"named-party", "look-alike-name"}


@pytest.mark.parametrize(
    ("headline", "text"), [("Hanako", "Tanabe: my robot pays"), ("田辺", "花子の無料投資教室")]
)
def test_a_name_may_begin_in_the_headline_and_end_in_the_text(headline: str, text: str) -> None:
    """If it fails, whoever splits the name over two fields is not seen."""
    assert judged(text, headline).decision != "approve"


def test_names_of_two_people_in_a_list_are_nobody_else_s() -> None:
    """If it fails, what is read over within a name makes a name of two."""
    for text in (
        "Hanako Sato, Taro Tanabe and others",
        "Hanako (Sato) and Taro Tanabe",
        "田辺 (渋谷) の花屋",
    ):
        assert not {"named-party", "look-alike-name"} & {signal.name for signal in judged(text).signals}


@pytest.mark.parametrize(
    "added", ["", " FCA regulated.", " Not a scam.", " #scam", " fraud", " https://evil.test/scam"]
)
def test_a_word_of_warning_excuses_no_account_that_nobody_knows(added: str) -> None:
    """If it fails, "not a scam" is how scams get through."""
    assert judged(ROBOT + added).decision != "approve"
    assert judged("Free stock lessons by me. Join now." + added, "Hanako Tanabe").decision == "reject"


@pytest.mark.parametrize(
    "text",
    [
        "Turn £250 into £10,000 in 30 days with our AI trader.",
        "AI自動売買 毎月30%の利益。今すぐ1万円から開始",
        "Guaranteed | 30% a month on your deposit of 250",
    ],
)
def test_plain_promises_of_an_unverified_account_wait(text: str) -> None:
    """If it fails, the plainest scam there is runs."""
    assert judged(text).decision != "approve"


@pytest.mark.parametrize(
    "url",
    ["//nikkom0ri.example/", "https:nikkom0ri.example", "https:/nikkom0ri.example", "https:///nikkom0ri.example",
     "https:\\\\nikkom0ri.example", "nikkom0ri.example",
     "https://x.test/go?u=https://nikkom0ri.example/", "https://x.test/go?u=https%3A%2F%2Fnikkom0ri.example"],
)  # fmt: skip
def test_an_imitated_host_is_read_as_a_browser_reads_it(url: str) -> None:
    """If it fails, a slash more or less hides where the ad leads."""
    assert judged("New shoes.", url=url).rules[:1] == ("imitated-address",)


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "not a url", "http://169.254.169.254/",
     "https://nikkomori.example@evil.test/"],
)  # fmt: skip
def test_what_no_visitor_may_open_waits_for_a_person(url: str) -> None:
    """If it fails, an ad runs that leads where nobody has looked, or could."""
    assert judged("New shoes.", url=url).decision == "hold"


@pytest.mark.parametrize("url", ["https://shop.example/a?b=1", "shop.example", "market://details?id=x", None])
def test_ordinary_addresses_say_nothing(url: str | None) -> None:
    """If it fails, every ad of an application waits."""
    assert judged("New shoes.", url=url, by="honest").decision == "approve"


@pytest.mark.parametrize(
    "text",
    ["FCA number 123456. Trade forex.", "Good Bank plc, FCA 123456, trade crypto",
     "Good Bank plc, FRN 123456. Buy shares here."],
)  # fmt: skip
def test_another_firm_s_number_is_no_licence(text: str) -> None:
    """If it fails, copying a number from a bank's website is enough."""
    found = [
        signal.value
        for signal in judged(text, "Invest", "https://zenith.test/").signals
        if signal.name == "licence"
    ]
    assert found == ["mismatch"]


def test_a_rival_gets_no_honest_ad_rejected() -> None:
    """If it fails, whoever copies an honest ad under a celebrity's name has the honest one rejected by machine."""
    text = (
        "Invest with a licensed broker from 10 a month, in funds and shares of 40 countries. See our prices."
    )
    judge = run()
    rival = Ad(ad_id="r", advertiser_id="mallory", headline="Hanako Tanabe", text=text, submitted_at=AT)
    assert judge(rival, now=AT).decision != "approve"
    own = Ad(ad_id="o", advertiser_id="honest", headline="Our funds", text=text, submitted_at=AT)
    assert judge(own, now=AT).decision != "reject"


@pytest.mark.parametrize("url", ["not a url", "javascript:alert(1)"])
def test_visiting_makes_no_such_address_better(url: str) -> None:
    """If it fails, an operator who has pages visited lets through what waits where nobody visits."""
    ad = Ad(
        ad_id="a", advertiser_id="honest", headline="Shoes", text="New.", landing_url=url, submitted_at=AT
    )
    world = World(advertisers={"honest": advertiser("honest", verified=True)})
    judge = Run(world, load_ruleset(), folder=Path(), visit=visits_of, notice=lambda _: None)
    assert judge(ad, now=AT).decision == "hold"
