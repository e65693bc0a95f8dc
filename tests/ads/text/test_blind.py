"""Texts of writers who had not seen the detector (`benchmarks/blind`, `training/ad-texts`)."""

import json
from collections.abc import Callable
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
        (BLIND / "warnings.jsonl", "spoken", 0.25),
        (BLIND / "speaks.jsonl", "warning", 0.1),
        (BLIND / "speaks.jsonl", "quoted", 0.1),
        (BLIND / "speaks.jsonl", "product", 0.05),
        (BLIND / "speaks.jsonl", "news", 0.07),
        (TRAINING / "honest-warnings-2.jsonl", "warning-firm", 0.11),
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


def quoted(text: str) -> str:
    """All of it between quotation marks."""
    return f"“{text.translate(dict.fromkeys(map(ord, '“”')))}”"


@pytest.mark.parametrize(
    ("done", "least"),
    [
        (lambda text, _: text, 0.74),
        (lambda text, _: quoted(text), 0.67),
        (lambda text, prose: f"{text} {prose}", 0.67),
        (lambda text, prose: f"{prose} {text} {prose}", 0.64),
        (lambda text, prose: f"{quoted(text)} {prose}", 0.55),
    ],
    ids=["as it is", "quoted", "prose behind", "prose around", "quoted, prose behind"],
)
def test_an_invitation_stays_one_whatever_stands_around_it(
    done: Callable[[str, str], str], least: float
) -> None:
    """If it fails, quotation marks or an honest paragraph open the way into the chat."""
    rows = {
        name: [
            json.loads(line) for line in (BLIND / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
        ]
        for name in ("invites", "honest-2")
    }
    found = []
    for number, row in enumerate(rows["invites"]):
        prose = [one["text"] for one in rows["honest-2"] if one["language"] == row["language"]]
        text = done(row["text"], prose[number % len(prose)])
        signals = hand_off.find(case_of({"headline": row["headline"], "text": text}))
        found.append(any(one.score >= LIKELY for one in signals))
    assert sum(found) >= least * len(found)
