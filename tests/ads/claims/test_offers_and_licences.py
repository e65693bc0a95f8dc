"""Whether a financial product is offered, and whether who offers it is on a register."""

from datetime import datetime

import pytest

from haechi.review.ads import Fact, Licence, Span
from haechi.review.case import Case, Visit
from haechi.review.signals import investment_offer, licence
from tests.ads.claims.cases import AT, case

OFFER = "NISAの投資信託を積立。"
ROW = Licence(
    regulator="jp-fsa",
    number="関東財務局長(金商)第123号",
    registered_name="あおい証券株式会社",
    domains=("aoi-sec.example",),
    valid_from=datetime.fromisoformat("2020-01-01"),
    valid_until=datetime.fromisoformat("2027-01-01"),
)
OTHER = Licence(regulator="jp-fsa", number="近畿財務局長(金商)第123号", registered_name="別の会社")


def _told(one: Case) -> tuple[str, str]:
    (signal,) = licence.find(one)
    return signal.value, signal.params.get("differs", "")


def test_number_name_and_domain_agree() -> None:
    """Fails when a licensed firm's own ad is not recognised."""
    told = _told(
        case(
            OFFER + "関東財務局長(金商)第123号",
            legal_name="あおい証券(株)",
            landing_url="https://www.aoi-sec.example/nisa",
            licences=[ROW, OTHER],
        )
    )
    assert told == ("agrees", "")


@pytest.mark.parametrize(
    ("changed", "differs"),
    [
        ({"landing_url": "https://aoi-sec.invalid.example.net/"}, "domain"),
        ({"legal_name": "みどり商会"}, "name"),
        ({"text": OFFER + "近畿財務局長(金商)第123号"}, "number"),
        ({"text": OFFER + "関東財務局長(金商)第124号"}, "number"),
        ({"at": datetime.fromisoformat("2027-01-01")}, "time"),
        ({"at": datetime.fromisoformat("2019-12-31")}, "time"),
    ],
)
def test_what_differs_is_told(changed: dict[str, object], differs: str) -> None:
    """Fails when a number copied from a real firm passes, or the reason names the wrong thing."""
    given: dict[str, object] = {
        "text": OFFER + "関東財務局長(金商)第123号",
        "legal_name": "株式会社あおい証券",
        "landing_url": "https://aoi-sec.example",
        "at": AT,
        "licences": [ROW],
    }
    told = _told(case(**(given | changed)))  # type: ignore[arg-type]
    assert told == ("mismatch", differs)


def test_an_address_on_the_way_out_counts() -> None:
    """Fails when an open redirect of the firm leads to another site unseen."""
    visit = Visit(profile="phone", at=AT, final_url="https://other.example.org/x")
    one = case(
        OFFER, legal_name="あおい証券", landing_url="https://aoi-sec.example", licences=[ROW], visits=(visit,)
    )
    assert _told(one) == ("mismatch", "domain")


def test_nothing_claimed_is_missing() -> None:
    """Fails when an unlicensed offer goes unseen."""
    assert _told(case(OFFER, legal_name="だれか", licences=[ROW])) == ("missing", "")


def test_a_name_alone_that_leads_nowhere_proves_nothing() -> None:
    """Fails when typing a firm's name is enough for an ad that only leads into a chat."""
    assert _told(case(OFFER, legal_name="あおい証券", licences=[ROW]))[0] == "missing"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Invest in index funds. FRN 122702.", "122702"),
        ("Invest in index funds. AFSL: 0246 with Example", "246"),
        ("투자 펀드. 등록번호 제2010-12호", "2010-12"),
    ],
)
def test_numbers_of_other_registers_are_read(text: str, number: str) -> None:
    """Fails when the numbers of British, Australian or Korean registers are not found in a text."""
    row = Licence(
        regulator="r", number=number, registered_name="Larkfield Ltd", domains=("larkfield.example",)
    )
    one = case(text, legal_name="LARKFIELD LIMITED", landing_url="https://larkfield.example/", licences=[row])
    assert _told(one) == ("agrees", "")


def test_years_and_counts_are_no_numbers_of_registers() -> None:
    """Fails when a year shared by two numbers makes one firm another."""
    row = Licence(regulator="r", number="2010-12", registered_name="다른 회사")
    assert _told(case("투자 펀드. 등록번호 제2010-99호. 登録者100万人", licences=[row])) == ("missing", "")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("NISAで投資信託", "investment"),
        ("주식 투자 펀드", "investment"),
        ("Invest in bitcoin and ETFs", "investment"),
        ("審査なしの即日融資、カードローン", "credit"),
        ("신용대출 금리 비교, 카드론", "credit"),
        ("Home insurance, open an account", "insurance-or-account"),
        ("股票投資理財", "investment"),
        ("Aktien und Fonds, in Rendite investieren", "investment"),
    ],
)
def test_offers_are_told_apart(text: str, kind: str) -> None:
    """Fails when a product that needs a licence is not seen as one."""
    found = {signal.value: signal.score for signal in investment_offer.find(case(text))}
    assert found[kind] == 1.0


@pytest.mark.parametrize(
    "text",
    ["夏のセール、送料無料。", "요가 원데이 클래스", "Police open an investigation.", "New songs to share"],
)
def test_other_ads_offer_nothing(text: str) -> None:
    """Fails when ordinary ads are asked for a licence."""
    assert all(signal.score < 0.5 for signal in investment_offer.find(case(text)))
    assert not licence.find(case(text, licences=[ROW]))


def test_without_a_register_nothing_is_missing() -> None:
    """Fails when every finance ad of a platform that hands in no register is held for it."""
    assert not licence.find(case(OFFER))


def test_evidence_stands_in_the_text() -> None:
    """Fails when the words shown to a reviewer are not those of the ad."""
    text = "ＮＩＳＡで投資信託"
    for signal in investment_offer.find(case(text)):
        for span in signal.evidence:
            assert isinstance(span, Span)
            assert text[span.start : span.end] == span.text
    facts = licence.find(case(text, licences=[ROW]))[0].evidence
    assert all(isinstance(fact, Fact) for fact in facts)
