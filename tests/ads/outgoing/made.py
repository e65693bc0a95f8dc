"""Synthetic decisions. All names are invented."""

from datetime import datetime
from typing import Any

from haechi.review.ads import Ad, Advertiser, Decision, Outcome, ProtectedParty, Reason, Signal, Targeting
from haechi.review.outgoing.personal import guard_of, withheld
from haechi.review.outgoing.record import Platform
from haechi.review.outgoing.statement import Circumstances, Statement, statement_of

NOW = datetime.fromisoformat("2026-05-01 12:00")
PLATFORM = Platform(
    complaint_url="https://ads.example/complain",
    dispute_url="https://ads.example/dispute",
    terms_url="https://ads.example/policy",
)
PARTIES = {
    "p-1": ProtectedParty(
        party_id="p-1", names=("星野谷 健太郎", "Kentaro Hoshinoya"), aliases=("ほしのや",)
    ),
    "b-1": ProtectedParty(party_id="b-1", kind="brand", names=("Kumonos Securities",)),
}
GUARD = guard_of(PARTIES)
AD = Ad(
    ad_id="ad 7/ä",
    advertiser_id="acc",
    headline="Kentaro Hoshinoya's free class",
    text="[synthetic] Write to tips@golden.example or +81 90-1234-5678 and double your savings with us this month",
    image="a.png",
    country="DE",
    language="en",
    targeting=Targeting(countries=("FR", "JP")),
    payer="Golda Prager",
    display_name="Golden Future Club",
    submitted_at=NOW,
)
ACCOUNT = Advertiser(advertiser_id="acc", legal_name="Waldemar Kronsbein", kind="private", country="DE")
SECRETS = (
    "hoshinoya",
    "星野谷",
    "ほしのや",
    "kumonos",
    "golden.example",
    "1234-5678",
    "golda",
    "kronsbein",
    "golden future",
    "double your savings",
    "p-1",
    "b-1",
    "ad 7",
)
"""What must be in nothing that goes to the public."""
REASON = Reason(
    code="RULE-IMPERSONATION",
    laws=("Regulation (EU) 2022/2065, Art. 26",),
    text="The ad wears the name of Kentaro Hoshinoya.",
    fix="Take the name out or show the permission.",
)


def signal(name: str, value: str = "x", score: float = 0.9) -> Signal:
    return Signal(name=name, version="1", score=score, value=value, params={"who": "Kentaro Hoshinoya"})


def decision(outcome: Outcome = "reject", *signals: Signal, **more: Any) -> Decision:
    said: dict[str, Any] = {
        "ad_id": AD.ad_id,
        "ad_hash": "1" * 64,
        "reasons": (REASON,),
        "rules": ("r-1",),
        "shadow_rules": (),
        "ruleset_hash": "2" * 64,
        "decided_at": NOW,
    }
    found = signals or (signal("named-party", "p-1"), signal("hand-off", "line"))
    return Decision(decision=outcome, signals=found, **{**said, **more})


def statement(made: Decision | None = None, ad: Ad = AD, **said: Any) -> Statement:
    kept = withheld(GUARD, ad, ACCOUNT)
    return statement_of(made or decision(), ad, ACCOUNT, Circumstances(**said), kept)
