"""Hand-off to closed chats: found however it is written, and only where it is."""
# ruff: noqa: E501  letters that only look like others are its subject

import ast
from pathlib import Path

import pytest

from haechi.review.ads import Advertiser, Fact, Span
from haechi.review.chat_accounts import chat_links
from haechi.review.signals import hand_off
from tests.ads.text import scam_writer
from tests.ads.text.cases import case_of
from tests.ads.text.invented import INVITED, ORDINARY


def applications(text: str, field: str = "text") -> set[str]:
    return {signal.value for signal in hand_off.find(case_of({field: text})) if signal.score >= 0.5}


def test_the_writer_shares_no_list_with_the_detector() -> None:
    """If this fails, the recall below measures a list against itself."""
    tree = ast.parse(Path(scam_writer.__file__).read_text(encoding="utf-8"))
    imported = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert not any(name.startswith("haechi") for name in imported)


def missed(count: int, seed: int) -> list[scam_writer.Written]:
    return [
        one
        for one in scam_writer.written(count, seed)
        if not any(signal.score >= 0.5 for signal in hand_off.find(case_of({one.field: one.text})))
    ]


def test_hand_offs_of_every_manner_are_found() -> None:
    """If this fails, more than one in two hundred ads with a hand-off pass (goal: 99.5% found)."""
    assert len(missed(3000, seed=20260301)) <= 15


@pytest.mark.slow
def test_hand_offs_of_every_manner_are_found_in_many() -> None:
    """If this fails, rarer disguises pass."""
    assert len(missed(30_000, seed=7)) <= 150


def test_invitations_in_other_words_are_found() -> None:
    """If this fails, invitations pass that the generator does not write."""
    lost = [text for text in INVITED if not applications(text)]
    # Five words without an ad around them: what an ad says as a whole is asked, and here it says nothing.
    assert len(lost) <= len(INVITED) * 0.05, lost


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_ads_are_left_alone(text: str) -> None:
    """If this fails, ordinary ads are held because of a word that means another thing."""
    assert not applications(text)


@pytest.mark.parametrize("field", ["headline", "text", "display_name", "image_text", "landing_text"])
def test_words_are_found_in_every_field(field: str) -> None:
    """If this fails, a hand-off is hidden by writing it elsewhere."""
    assert applications("公式LINEを友だち追加", field) == {"line"}


@pytest.mark.parametrize("field", ["landing_url", "image_code", "redirects", "links", "text", "landing_text"])
def test_addresses_are_found_in_every_place(field: str) -> None:
    """If this fails, a QR code, a redirect or a link leads into a chat unseen."""
    assert applications("https://lin.ee/AbCdEf", field) == {"line"}


def test_the_evidence_is_what_stands_there() -> None:
    """If this fails, a reviewer is shown other words than those that decided."""
    text = "無料！🎁 Ｌ\u200bＩＮＥ ＩＤ：@kabu_777 まで"
    (signal,) = hand_off.find(case_of({"text": text}))
    for evidence in signal.evidence:
        assert isinstance(evidence, Span)
        assert text[evidence.start : evidence.end] == evidence.text
    assert "kabu_777" in "".join(one.text for one in signal.evidence if isinstance(one, Span))


def test_an_address_glued_to_another_is_found() -> None:
    """If this fails, leaving out a blank behind a harmless address hides the chat."""
    assert applications("https://www.facebook.com/aobahttps://t.me/aoba_group") == {"telegram"}


def test_a_redirect_is_a_fact_of_the_way() -> None:
    """If this fails, nobody can tell that a redirect, not the ad's text, leads into the chat."""
    (signal,) = hand_off.find(case_of({"redirects": "https://t.me/+abcdef"}))
    assert signal.evidence == (Fact("redirect", "https://t.me/+abcdef"),)
    assert signal.params["place"] == "ad"


OWN = Advertiser(
    advertiser_id="adv-1", chat_accounts=("https://line.me/R/ti/p/@aoba-bank", "whatsapp:+44 7700 900123")
)


@pytest.mark.parametrize(
    ("text", "whose"),
    [
        ("https://line.me/R/ti/p/%40aoba-bank", "yes"),
        ("line://ti/p/@AOBA-bank", "yes"),
        ("LINE ID: @aoba-bank", "yes"),
        ("https://wa.me/447700900123", "yes"),
        ("WhatsApp: +44 7700 900123", "yes"),
        ("https://line.me/R/ti/p/@aoba-bank2", "no"),
        ("https://wa.me/447700900124", "no"),
        ("https://t.me/aoba-bank", "no"),
        ("公式LINEを友だち追加", "unknown"),
        ("Join our Telegram group", "no"),
    ],
)
def test_only_accounts_shown_to_be_its_own_are_the_advertisers(text: str, whose: str) -> None:
    """If this fails, a bank's proven account is held, or another's passes as the bank's."""
    signals = hand_off.find(case_of({"text": text}, advertiser=OWN))
    assert {signal.params["own"] for signal in signals} == {whose}
    assert all((signal.score <= 0.2) == (whose == "yes") for signal in signals)


@pytest.mark.parametrize(
    "text",
    [
        "友だち追加は受付のQRかhttps://line.me/R/ti/p/@aoba-bankから。あおば銀行",
        "https://line.me/R/ti/p/@aoba-bank로 추가하세요",
        "加入https://line.me/R/ti/p/@aoba-bank領券",
    ],
)
def test_an_account_ends_where_the_sentence_goes_on(text: str) -> None:
    """If this fails, a bank's own account is another's as soon as no space follows it: Japanese has none."""
    links = [
        one for one in hand_off.find(case_of({"text": text}, advertiser=OWN)) if one.params["how"] == "link"
    ]
    assert [one.params["own"] for one in links] == ["yes"]


def test_an_account_in_eastern_letters_is_read() -> None:
    """If this fails, accounts that are named in Korean are all one account."""
    (link,) = chat_links("https://open.kakao.com/me/한글이름")
    assert link.account == "한글이름"


def test_an_own_account_does_not_cover_another_beside_it() -> None:
    """If this fails, one proven link hides a second one that is not the advertiser's."""
    text = "https://line.me/R/ti/p/@aoba-bank https://line.me/ti/p/~stranger"
    signals = hand_off.find(case_of({"text": text}, advertiser=OWN))
    assert [(signal.params["own"], signal.score > 0.9) for signal in signals] == [
        ("no", True),
        ("yes", False),
    ]


@pytest.mark.parametrize(
    "address",
    [
        "https://line.me/R/share?text=a", "https://t.me/share/url?url=b", "https://api.whatsapp.com/send?text=hi", "https://wa.me/?text=hi",
        "https://discord.com/nitro", "https://www.facebook.com/aoba", "https://line.me/ja/", "https://telegram.org/apps", "viber://forward?text=a",
        "https://not.me/abc", "mailto:info@line.me", "https://open.kakao.com.example.com/x",
    ],
)  # fmt: skip
def test_addresses_that_lead_to_no_chat_are_left_alone(address: str) -> None:
    """If this fails, every page with a share button is a hand-off."""
    assert not applications(address, "links")
    assert not applications(address)


def test_warnings_are_no_invitations() -> None:
    """If this fails, brokers that warn of scams are held for it; but a warning hides no address."""
    assert not applications("当社がLINEで勧誘することはありません。なりすましにご注意ください。")
    assert not applications(
        "We will never contact you via WhatsApp or Telegram. Whoever does is not us: call the number on your card."
    )
    assert not applications("카카오톡 사칭에 주의하세요")
    assert applications("We never charge. Scammers beware! Join our Telegram group: https://t.me/abc_group")


def test_a_word_of_fraud_on_the_page_excuses_no_invitation() -> None:
    """If it fails, "report fraud" at the foot of a scammer's page makes the ad's chat one that it only speaks of."""
    ad = {"text": "Add my assistant on LINE, she sends the list every morning."}
    alone = hand_off.find(case_of(ad))
    (found, *_) = hand_off.find(
        case_of({**ad, "landing_text": "Beware of scams. Report fraud to the police."})
    )
    assert found.score == alone[0].score >= 0.5


def test_a_scammer_who_is_quoted_in_a_warning_leads_nowhere() -> None:
    """If it fails, whoever warns of frauds as they speak is held for leading into their chat."""
    warning = (
        "'Add my assistant on LINE, she sends the list every morning' is how it began for a retired teacher in our "
        "town. Three weeks later her savings were gone. If anyone you have never met asks you to move to a chat, "
        "stop, tell your family, and ring your branch."
    )
    assert not [signal for signal in hand_off.find(case_of({"text": warning})) if signal.score >= 0.5]


HIDDEN = [
    {
        "headline": "Pre-IPO shares",
        "text": "Message our assistant on WhatsApp (not a scam) to get the list today.",
    },
    {"text": "Buy before the crowd does. Telegram (beware of scams): @stockking_77"},
    {"text": "毎朝3銘柄を無料で配信しています。LINE(なりすましにご注意)を追加してください。"},
    {"text": "내일 오를 종목을 무료로 보내 드립니다. 카카오톡(사칭 주의)으로 연락 주세요."},
    {"headline": "Free stock picks on Whats", "text": "App - message us to get the list today."},
    {"headline": "先生に直接聞けます。追加はLI", "text": "NEで友だち登録をどうぞ。"},
    {"text": "詳しくは line でご案内します。追加してください。"},
    {"text": "無料の銘柄リストをお渡しします。L○NEを追加してください。"},
    {"text": "無料の銘柄リストをお渡しします。ラ◯ンで友だち追加をどうぞ。"},
    {"text": "내일 오를 종목을 보내 드립니다. 카*오톡으로 연락 주세요."},
    {"text": "Get the list today: message our assistant on Wh*tsApp."},
    {"text": "라인으로 친구 추가하시면 담당자가 안내해 드립니다."},
    {"text": f"Get the list today. Message us on{' ' * 70}WhatsApp{' ' * 70}and we will send it."},
    {"text": f"毎朝の銘柄はこちら。{'🔥' * 70}LINE{'🔥' * 70}を追加してください。"},
    {
        "text": "He told us “Join our WhatsApp group for the daily list.” Do it now, places are few and the list is free."
    },
]


@pytest.mark.parametrize("fields", HIDDEN)
def test_cheap_tricks_hide_no_invitation(fields: dict[str, str]) -> None:
    """If this fails, a note, a broken name, blanks or quotation marks open the way into the chat."""
    signals = hand_off.find(case_of(fields))
    assert any(signal.score >= 0.5 for signal in signals)
    for signal in signals:
        for evidence in signal.evidence:
            assert isinstance(evidence, Span)
            assert fields[evidence.field][evidence.start : evidence.end] == evidence.text


def test_a_page_that_invites_is_found_behind_an_ad_that_only_speaks_of_chats() -> None:
    """If this fails, one passing mention in the ad hides what its page says."""
    page = "Join our WhatsApp group now, message our assistant to get the stock list. Telegram: @stockking_77"
    ad = "Phones with WhatsApp preinstalled, £129, free delivery. Police warn of criminals who ask for money."
    found = {one.value: one for one in hand_off.find(case_of({"text": ad, "landing_text": page}))}
    assert found["telegram"].score >= 0.5
    assert found["telegram"].params["place"] == "landing"


@pytest.mark.parametrize(
    "text",
    [
        "Unlimited What's App and 20 GB for everything else. SIM in every supermarket.",
        "We move your photos and your Whats-App chats to the new phone. £25.",
        "Buy the new Nova 5 with WhatsApp preinstalled. £129, free delivery.",
        "来週は○月○日まで、ラ○チは980円。サイ○アップもお得です。",
        "어르신 스마트폰 교실. 카 톡 보내기, 사진 찍기. 월 2회 무료.",
    ],
)
def test_another_spelling_is_no_invitation(text: str) -> None:
    """If this fails, whoever sells telephones leads into a chat."""
    assert not applications(text)
