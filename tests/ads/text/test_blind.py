"""Texts of people who had not seen the detector (`benchmarks/blind`, `training/ad-texts`)."""

import json
from functools import cache
from pathlib import Path

import pytest

from haechi.review.signals import hand_off
from tests.ads.text.cases import case_of

ROOT = Path(__file__).parents[3]
BLIND = ROOT / "benchmarks" / "blind"
TRAINING = ROOT / "training" / "ad-texts"
LIKELY = 0.5


@cache
def led_away(file: Path) -> dict[str, list[bool]]:
    """Kind of text to whether each of it was found to lead into a chat."""
    found: dict[str, list[bool]] = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        text = json.loads(line)
        signals = hand_off.find(case_of({"headline": text["headline"], "text": text["text"]}))
        found.setdefault(text["kind"], []).append(any(one.score >= LIKELY for one in signals))
    return found


def test_accounts_of_letters_alone_are_found() -> None:
    """If it fails, `write marlowfx on WhatsApp` leads people away, and nothing says so."""
    found = led_away(BLIND / "accounts.jsonl")["letters"]
    assert sum(found) >= 0.98 * len(found)


@pytest.mark.parametrize(
    ("file", "kind", "most"),
    [
        (BLIND / "accounts.jsonl", "own", 0.0),
        (BLIND / "accounts.jsonl", "spoken", 0.12),
        (BLIND / "warnings.jsonl", "warning", 0.3),
        (BLIND / "warnings.jsonl", "spoken", 0.2),
        (TRAINING / "honest-warnings-2.jsonl", "warning-firm", 0.08),
    ],
)
def test_who_only_mentions_a_chat_invites_nobody(file: Path, kind: str, most: float) -> None:
    """If it fails, a phone with free WhatsApp, or a bank that warns of chats, is taken to lead into one."""
    found = led_away(file)[kind]
    assert sum(found) <= most * len(found)


def test_honest_ads_of_every_trade_lead_nowhere() -> None:
    """If it fails, ads that never mention a chat are taken to lead into one."""
    found = [one for kind in led_away(TRAINING / "honest-2.jsonl").values() for one in kind]
    assert sum(found) <= 0.003 * len(found)
