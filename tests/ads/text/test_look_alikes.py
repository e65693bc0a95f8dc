"""Look-alike letters and domains. All brands are invented."""
# ruff: noqa: E501  letters that only look like others are its subject

from datetime import timedelta

import pytest

from haechi.review.ads import Advertiser, Authorisation, ProtectedParty
from haechi.review.signals import look_alike_domain, look_alike_letters
from tests.ads.text.cases import SUBMITTED, case_of, world_of
from tests.ads.text.invented import ORDINARY


def kinds(text: str) -> set[str]:
    return {signal.value for signal in look_alike_letters.find(case_of({"text": text}))}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("無\u200b料で教える", "invisible"), ("gua\u2060rantee", "invisible"), ("수\u3164익", "invisible"), ("Βitcоin profits", "mixed-script"),
        ("前泽さんの投资教室です", "simplified"), ("𝐅𝐑𝐄𝐄 money", "mathematical"), ("🅵🆁🅴🅴", "mathematical"), ("ꜰʀᴇᴇ", "mathematical"), ("🇱 🇮 🇳 🇪", "mathematical"),
        ("\u202eeerf", "bidi"), ("f̶r̶e̶e̶", "overlay"), ("카ㅋㅏ오", "jamo"), ("gu4r4nt33d", "leet"),
    ],
)  # fmt: skip
def test_kinds_of_disguise_are_told(text: str, kind: str) -> None:
    """If this fails, a disguise of letters leaves no trace in the decision."""
    assert kinds(text) == {kind}


@pytest.mark.parametrize(
    "text",
    [
        "👨‍👩‍👧‍👦 family ❤️ 1️⃣ 🏳️‍🌈", "🇯🇵🇰🇷🇺🇸", "Москва и Paris", "β版のテスト、5μm、10μF、Ω3", "ㅋㅋㅋ ㅠㅠ ㅎㅎ", "naïve café Ångström", "ＦＲＥＥ ﾌﾘｰ",
        "می‌خواهم", "क्‍ष हिन्दी", "投资理财 加入我们", "iPhone15 mp3 h264 B2B COVID19", "Soft\u00adware", "Τιμή σε ευρώ", "東京・大阪", *ORDINARY,
    ],
)  # fmt: skip
def test_ordinary_letters_are_left_alone(text: str) -> None:
    """If this fails, emoji, units, loan words or another language count as a disguise."""
    assert kinds(text) == set()


PARTIES = (
    ProtectedParty(
        party_id="zelta", kind="brand", names=("Zeltabank",), domains=("zeltabank.co.jp", "zeltabank.com")
    ),
    ProtectedParty(party_id="orrin", kind="brand", names=("Orrin",), domains=("orrin-net.jp",)),
    ProtectedParty(party_id="qmx", kind="brand", names=("QMX",), domains=("qmx.co.kr",)),
    ProtectedParty(
        party_id="moll", kind="brand", names=("Millennium Vault",), domains=("millenniumvault.com",)
    ),
)
WORLD = world_of(*PARTIES)


def ways(address: str, field: str = "landing_url") -> dict[str, str]:
    found = look_alike_domain.find(case_of({field: address}, world=WORLD))
    return {signal.value: signal.params["way"] for signal in found}


@pytest.mark.parametrize(
    ("address", "way"),
    [
        ("https://zeltabank.xyz/", "other-ending"), ("https://zeltabnak.com/", "typo"), ("https://zelltabank.com/", "typo"), ("https://zeltbank.jp/a", "typo"),
        ("https://ze1tabank.com", "homoglyph"), ("https://xn--zltabank-b1a.com", "homoglyph"), ("https://zeltabank-login.top/", "brand-with-word"),
        ("https://secure.zeltabank-support.example.net/", "brand-with-word"), ("https://zeltabankinvest.com", "brand-with-word"), ("https://myzeltabank.net", "brand-with-word"),
        ("https://zeltabank.co.jp.abc.shop/x", "own-name-inside"), ("https://zeltabank-com.abc.shop/", "own-name-inside"), ("https://zeltabank.evil.shop/", "subdomain"),
        ("https://zelta.bank-login.shop", ""), ("https://zelta-bank.com", "homoglyph"), ("https://evil.shop/zeltabank.co.jp/index", "path"), ("http://ZELTABANK.ORG:8080", "other-ending"),
    ],
)  # fmt: skip
def test_hosts_that_pretend_are_found(address: str, way: str) -> None:
    """If this fails, a copy of a bank's page is reached under nearly its name."""
    assert ways(address) == ({"zelta": way} if way else {})


def test_names_with_hyphens_and_of_three_letters_are_found_beside_known_words() -> None:
    """If this fails, firms of short or hyphened names are not protected."""
    assert ways("https://orrin-net-info.cn/") == {"orrin": "brand-with-word"}
    assert ways("https://my-qmx.top/") == {"qmx": "brand-with-word"}
    assert ways("https://qmx.com/") == {}
    assert ways("https://mi1lenniumvau1t.com/") == {"moll": "homoglyph"}
    assert ways("https://milleniumvalt.com/") == {"moll": "typo"}


@pytest.mark.parametrize(
    "address",
    [
        "https://zeltabank.co.jp/", "https://www.zeltabank.com/login", "https://login.secure.zeltabank.co.jp/", "https://zeltabank.com.",
        "https://example.com/", "https://delta-airways.example.com", "https://www.orion-hotel.jp", "https://192.0.2.7/zelta", "not an address", "https://[::1",
        "https://example.com/?next=https://zeltabank.com/",
    ],
)  # fmt: skip
def test_own_and_unrelated_hosts_are_left_alone(address: str) -> None:
    """If this fails, the bank's own ads are held, or those of everybody else."""
    assert ways(address) == {}


@pytest.mark.parametrize("field", ["landing_url", "image_code", "redirects"])
def test_every_host_on_the_way_is_looked_at(field: str) -> None:
    """If this fails, the imitation is reached by a detour."""
    assert ways("https://zeltabank-login.top/", field) == {"zelta": "brand-with-word"}


def test_whom_the_party_authorised_may_use_its_name_in_a_host() -> None:
    """If this fails, a bank's partner pages are held; and only those of the partner may pass."""
    paper = Authorisation(
        party_id="zelta", advertiser_id="adv-1", signed_at=SUBMITTED - timedelta(days=1), signature_ref="deed"
    )
    world = world_of(*PARTIES, authorisations=[paper])
    assert look_alike_domain.find(case_of({"landing_url": "https://zeltabank-login.top/"}, world=world)) == []
    stranger = Advertiser(advertiser_id="adv-2", domains=("zeltabank.com",))
    case = case_of({"landing_url": "https://zeltabank-login.top/"}, world=WORLD, advertiser=stranger)
    assert len(look_alike_domain.find(case)) == 1
