"""Signals about the account, and about how many ads it submits."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from haechi.review.ads import Signal, Span
from haechi.review.history import MemoryHistory
from haechi.review.signals import advertiser, velocity
from tests.ads.earlier.made import NOW, account, case, decided, made_ad, world

DAY = timedelta(days=1)


def _odd(*, history: MemoryHistory | None = None, ad: dict[str, Any], **about: Any) -> dict[str, Signal]:
    known = world([account("acc", **about)])
    found = advertiser.find(case(made_ad(**ad), known, history or MemoryHistory(8)))
    return {signal.value: signal for signal in found}


def _earlier(*instants: datetime, offers: bool = False) -> MemoryHistory:
    history = MemoryHistory(8)
    for number, at in enumerate(instants):
        ad = made_ad(f"old-{number}", submitted_at=at)
        history.add(ad, decided(ad, "approve", *([("investment-offer", "x")] if offers else [])), ())
    return history


def test_an_ordinary_account_has_nothing_odd() -> None:
    """If it fails, every ad of an honest firm carries a mark against it."""
    about: dict[str, Any] = {
        "verified": True,
        "legal": "Yamazato Bakery",
        "opened_at": NOW - 900 * DAY,
        "country": "JP",
    }
    assert (
        _odd(ad={"country": "JP", "text": "焼きたてのパン", "display_name": "山里ベーカリー"}, **about) == {}
    )


def test_nobody_knows_it() -> None:
    """If it fails, an account that is in no table passes for a verified one."""
    others = world([account("somebody-else")])
    found = advertiser.find(case(made_ad(account="ghost"), others, MemoryHistory(8)))
    assert [signal.value for signal in found] == ["not-known"]


def test_without_any_table_nobody_is_unknown() -> None:
    """If it fails, every ad of a platform that hands in no accounts is odd."""
    assert advertiser.find(case(made_ad(account="ghost"), world(), MemoryHistory(8))) == []


def test_nobody_verified_it_in_time() -> None:
    """If it fails, an account counts as verified before it was."""
    assert "unverified" in _odd(ad={})
    assert "unverified" not in _odd(ad={}, verified=True)
    late = world([account("acc").__class__(advertiser_id="acc", verified_at=NOW + DAY)])
    found = advertiser.find(case(made_ad(), late, MemoryHistory(8)))
    assert found[0].value == "unverified"


@pytest.mark.parametrize(("age", "expected"), [(0, True), (29, True), (30, False), (-3, True), (None, False)])
def test_it_is_new(age: int | None, *, expected: bool) -> None:
    """If it fails, throw-away accounts look established, or old ones new."""
    opened = None if age is None else NOW - age * DAY
    assert ("new-account" in _odd(ad={}, verified=True, opened_at=opened)) is expected


def test_it_took_another_name() -> None:
    """If it fails, a bought account is renamed and nobody notices; or a name change of years ago counts for ever."""
    assert _odd(ad={}, name_changes=(NOW - 3 * DAY, NOW - 9 * DAY))["name-changed"].params["changes"] == "2"
    assert "name-changed" not in _odd(ad={}, name_changes=(NOW - 40 * DAY, NOW + DAY))


@pytest.mark.parametrize(
    ("name", "ad", "script"),
    [
        ("Golden Future Club", {"country": "JP"}, "latin"),
        ("황금 미래", {"country": "JP"}, "hangul"),
        ("Золотое будущее", {"language": "ja"}, "cyrillic"),
        ("Tương lai vàng", {"country": "KR"}, "latin"),
        ("黄金未来", {"country": "KR"}, "cjk"),
        ("ทองคำ", {"text": "무료 강의를 열었습니다"}, "thai"),
        ("Golden Future", {"text": "教室を開きました"}, "latin"),
        ("黄金の未来", {"country": "JP"}, None),
        ("ＧＯＬＤ黄金", {"country": "JP"}, None),
        ("Golden 미래", {"country": "KR"}, None),
        ("Golden Future", {"country": "US"}, None),
        ("Golden Future", {"country": "BR"}, None),
        ("2026!", {"country": "JP"}, None),
    ],
)
def test_its_name_is_written_as_no_one_writes_there(
    name: str, ad: dict[str, Any], script: str | None
) -> None:
    """If it fails, the sign that two of three impostor accounts carry is not seen, or honest names are odd."""
    signal = _odd(ad={**ad, "display_name": name}).get("other-script")
    assert (None if signal is None else signal.params["script"]) == script
    if signal is not None:
        assert isinstance(signal.evidence[0], Span)
        assert signal.evidence[0].text == name
        assert (signal.score < 0.5) == (name.isascii())


def test_a_verified_firm_may_be_called_as_it_is() -> None:
    """If it fails, international brands are odd in every market but their own."""
    ad = {"country": "JP", "display_name": "Kumonos"}
    assert "other-script" not in _odd(ad=ad, verified=True, legal="Kumonos Holdings Inc.")
    assert "other-script" in _odd(ad=ad, verified=True, legal="Another Inc.")
    assert "other-script" in _odd(ad=ad, legal="Kumonos Holdings Inc.")


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("【合成】無料の投資教室", "投資"),
        ("[합성] 급등 종목 추천", "급등"),
        ("[synthetic] Bitcoin club", "Bitcoin"),
    ],
)
def test_it_slept_and_comes_back_with_finance(text: str, word: str) -> None:
    """If it fails, hijacked accounts use their good age."""
    signal = _odd(history=_earlier(NOW - 200 * DAY), ad={"text": text})["dormant-to-finance"]
    span = signal.evidence[0]
    assert isinstance(span, Span)
    assert (span.text, text[span.start : span.end]) == (word, word)
    assert signal.params["days"] == "200"


def test_others_that_come_back() -> None:
    """If it fails, a bakery's spring ad is taken for a hijacked account, or a broker's second campaign."""
    finance = {"text": "【合成】無料の投資教室"}
    asleep = NOW - 200 * DAY
    assert "dormant-to-finance" not in _odd(history=_earlier(asleep), ad={"text": "[synthetic] fresh bread"})
    assert "dormant-to-finance" not in _odd(history=_earlier(asleep, offers=True), ad=finance)
    assert "dormant-to-finance" not in _odd(history=_earlier(asleep, NOW - DAY), ad=finance)
    assert "dormant-to-finance" not in _odd(history=_earlier(), ad=finance)


def _velocity(history: MemoryHistory, opened: datetime | None) -> dict[str, Signal]:
    known = world([account("acc", opened_at=opened)])
    found = velocity.find(case(made_ad(), known, history))
    return {signal.value: signal for signal in found}


@pytest.mark.parametrize(
    ("age", "in_hour", "expected"),
    [
        (1, 10, {"hour"}),
        (1, 9, set()),
        (60, 30, {"hour"}),
        (60, 20, set()),
        (900, 100, set()),
        (None, 100, set()),
    ],
)
def test_too_many_in_an_hour_for_its_age(age: int | None, in_hour: int, expected: set[str]) -> None:
    """If it fails, a new account uploads a campaign unseen, or an agency is stopped on an ordinary day."""
    history = _earlier(*[NOW - timedelta(minutes=1) * (number % 50 + 1) for number in range(in_hour)])
    opened = None if age is None else NOW - age * DAY
    assert set(_velocity(history, opened)) - {"surge"} == expected


def test_a_bulk_upload_shares_its_instant() -> None:
    """If it fails, a thousand ads with one time stamp count as one."""
    signals = _velocity(_earlier(*[NOW] * 200), NOW - DAY)
    assert signals["hour"].params == {"ads": "201", "limit": "10"}
    assert signals["day"].score == 0.9


def test_ten_times_its_usual_day() -> None:
    """If it fails, a taken-over account floods within an old account's limits."""
    usual = [NOW - number * DAY for number in range(2, 32)]
    today = [NOW - timedelta(minutes=20) * number for number in range(1, 41)]
    assert "surge" in _velocity(_earlier(*usual, *today), NOW - 900 * DAY)
    assert "surge" not in _velocity(_earlier(*usual, *today[:20]), NOW - 900 * DAY)
    busy = [NOW - number * DAY / 8 for number in range(16, 260)]
    assert "surge" not in _velocity(_earlier(*busy, *today), NOW - 900 * DAY)
