"""Synthetic ads, accounts and parties. All names are invented."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from haechi.review.ads import Ad, Advertiser, Authorisation, Decision, Outcome, ProtectedParty, Signal
from haechi.review.case import Case, History, Picture, World
from haechi.review.history import MemoryHistory
from haechi.review.masking import masks

NOW = datetime.fromisoformat("2026-05-01 12:00")
PARTIES = {
    party.party_id: party
    for party in (
        ProtectedParty(
            party_id="p-hoshi", names=("星野谷 健太郎", "Kentaro Hoshinoya"), aliases=("ほしのや",)
        ),
        ProtectedParty(party_id="p-haneul", names=("구름하늘", "Gureum Haneul")),
        ProtectedParty(party_id="p-wren", names=("Tobias Wrenfield",)),
        ProtectedParty(party_id="b-kumo", kind="brand", names=("クモノス証券", "Kumonos Securities")),
        ProtectedParty(party_id="b-nami", kind="brand", names=("ナミノリ証券",)),
    )
}
JAPANESE = (
    "【合成】{name}が教える無料投資教室を開きました。初心者でも{number}万円から始められて、"
    "毎週おすすめの銘柄を先着{number}名様にお届けします。今すぐ友だち追加してください。"
)
KOREAN = (
    "[합성] {name} 대표가 직접 알려주는 무료 투자 강의를 열었습니다. 초보자도 {number}만원부터 시작할 수 있고 "
    "매주 추천 종목을 선착순 {number}명에게 보내드립니다. 지금 바로 친구 추가하세요."
)
ENGLISH = (
    "[synthetic] {name} opens a free investment class for beginners. You can start with only {number} dollars, and "
    "every week the first {number} members receive our recommended stocks. Add us as a friend today."
)
# Honest ads of one trade: alike in what they sell, not in their words.
HONEST_JAPANESE = (
    "【合成】口座開設から最短翌日でお取引いただけます。取引手数料は約定代金に応じて異なります。元本割れのおそれがあります。",
    "【合成】はじめての資産形成なら当社の積立プラン。月々の金額はいつでも変更でき、専任の担当者がご相談を承ります。",
    "【合成】長期の国際分散投資をロボアドバイザーにおまかせ。五つの質問に答えるだけで、運用プランをご提案します。",
    "【合成】外国株式の取扱銘柄が増えました。リアルタイムの株価と企業分析レポートをアプリで無料でご覧いただけます。",
)
HONEST_ENGLISH = (
    "[synthetic] Open a brokerage account online in minutes. Fees depend on the size of the order. Capital at risk.",
    "[synthetic] Build your retirement savings with a monthly plan that you can change whenever you want to.",
    "[synthetic] Our advisers explain funds in plain language at your local branch. Book an appointment on our site.",
    "[synthetic] Foreign shares now available in our app, with live prices and research reports on every company.",
)


def made_ad(ad_id: str = "a", account: str = "acc", text: str = "", **more: Any) -> Ad:
    return Ad(ad_id=ad_id, advertiser_id=account, text=text, **{"submitted_at": NOW, **more})


def account(name: str, *, verified: bool = False, legal: str = "", **more: Any) -> Advertiser:
    at = NOW - timedelta(days=400) if verified else None
    return Advertiser(advertiser_id=name, legal_name=legal, verified_at=at, **more)


def world(accounts: Iterable[Advertiser] = (), authorised: Iterable[Authorisation] = ()) -> World:
    known = {one.advertiser_id: one for one in accounts}
    return World(advertisers=known, parties=PARTIES, authorisations=tuple(authorised))


def case(ad: Ad, known: World, history: History, picture: Picture | None = None) -> Case:
    return Case(ad, known.advertisers.get(ad.advertiser_id), picture, (), known, history)


def decided(ad: Ad, outcome: Outcome, *signals: tuple[str, str]) -> Decision:
    return Decision(
        ad_id=ad.ad_id,
        ad_hash="0" * 64,
        decision=outcome,
        reasons=(),
        signals=tuple(Signal(name=name, version="1", score=1, value=value) for name, value in signals),
        rules=(),
        shadow_rules=(),
        ruleset_hash="0" * 64,
        decided_at=ad.submitted_at,
    )


def put(history: MemoryHistory, known: World, ad: Ad, outcome: Outcome, *signals: tuple[str, str]) -> None:
    """An earlier ad with what was decided on it."""
    history.add(ad, decided(ad, outcome, *signals), masks(case(ad, known, history)))
