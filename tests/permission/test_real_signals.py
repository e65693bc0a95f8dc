"""All 166 consent strings that were collected from public repositories, a part of them broken on purpose."""

import csv
from collections import Counter
from pathlib import Path

import pytest
from iab_tcf import decode_v2

from haechi.permission.signals import read_signals
from haechi.permission.signals.bits import Unreadable
from haechi.permission.signals.gpp import read_gpp
from haechi.permission.signals.tcf import read_tcf
from tests.permission.test_signals import NO_TCF, NO_US

REAL = Path(__file__).parents[3] / "shared" / "data" / "consent" / "consent_strings.csv"
pytestmark = pytest.mark.skipif(not REAL.exists(), reason="the real strings are not shipped")
REFUSED_BY = {1: "no-tcf-storage", 3: "no-tcf-profiling", 4: "no-tcf-advertising"}
# Of the strings without a TCF section: what the tests that they come from say they say.
US_ONLY: dict[str, tuple[set[str], int | None, int]] = {
    "DBABLA~BAAAVVVVUQA.QA": ({"sensitive-opt-out"}, 0, 0),
    "DBABLA~CAAAVVVVAFBA.QA": ({"sensitive-opt-out"}, 0, 0),
    "DBABLA~CAAAVVVVVVRA.QA": ({"sensitive-opt-out"}, 0, 0),
    "DBABLA~CAAAAAAAAQRA.QA": ({"sensitive-opt-out"}, 16, 0),
    "DBABLA~CAAAAAAAAABA.QA": (set(), None, 0),
    "DBABLA~BVQqAAAAAgA.QA": (set(), None, 0),
    "DBABLA~CAAAAAAAAQA.QA": (NO_US, None, 1),  # as long as version 1
    "DBABLA~CAAAAAABEQA.QA": (NO_US, None, 1),
    "DBABTA~1YNN": (set(), None, 0),
    "DBABTA~1YYN": ({"sale-opt-out", "sharing-opt-out"}, None, 0),
    "DBABTA~1Y--": (set(), None, 0),
    "DBABTA~1---": (set(), None, 0),
    "DBACOeA~~1YNN": (NO_US | NO_TCF, None, 1),
}
TWELVE = {
    "race-ethnicity", "religion", "belief", "health", "sex-life", "sexual-orientation", "origin-status", "genetic",
    "biometric", "precise-location", "union-membership",
}  # fmt: skip
# Read bit by bit by hand: the first twelve kinds, the same of version 2, all sixteen, the sixteenth alone.
SENSITIVE = {
    "DBABLA~BAAAVVVVUQA.QA": TWELVE,
    "DBABLA~CAAAVVVVAFBA.QA": TWELVE,
    "DBABLA~CAAAVVVVVVRA.QA": TWELVE | {"crime-victim", "gender-identity"},
    "DBABLA~CAAAAAAAAQRA.QA": {"gender-identity"},
}
OUTCOMES = {
    "read": 92,
    "it ends too early": 13,
    "it is of version 1; only version 2 is valid": 29,
    "it was made before the framework existed": 4,
}
UNREAD_HEADERS = 4
"""Sections 24 to 27 in the strings of defaults, without the header that their specification asks for."""
MISNAMED = "BAAAAAAAAABA.QA"
"""A national section that calls itself version 1 and is laid out as version 2."""


def rows() -> list[dict[str, str]]:
    return list(csv.DictReader(REAL.open(encoding="utf-8")))


def refusals_of(text: str) -> set[str]:
    """What another decoder says that a TCF string refuses."""
    other = decode_v2(text)
    refused = {signal for purpose, signal in REFUSED_BY.items() if not other.purposes_consent.get(purpose)}
    return refused if other.special_features_optin.get(1) else refused | {"no-precise-location"}


def test_every_tcf_string_is_read_as_another_decoder_reads_it_or_refused() -> None:
    """A string that is broken, cut off or of version 1 must never be read as a yes to anything."""
    outcomes: Counter[str] = Counter()
    for row in rows():
        if row["kind"] == "GPP":
            continue
        said = read_signals(gdpr=True, tcf=row["string"])
        try:
            mine, theirs = read_tcf(row["string"]), decode_v2(row["string"])
        except Unreadable as fault:
            outcomes[str(fault)] += 1
            assert (set(said.refusals), len(said.faults)) == (NO_TCF, 1)
            continue
        outcomes["read"] += 1
        assert not said.faults
        assert said.refusals == refusals_of(row["string"])
        assert {k for k, yes in theirs.purposes_consent.items() if yes} == {
            one for one in range(1, 25) if mine.has(one)
        }
        assert {k for k, yes in theirs.special_features_optin.items() if yes} == {
            one for one in range(1, 13) if mine.opted_in(one)
        }
    assert outcomes == OUTCOMES


def test_every_gpp_string_says_what_its_source_says_or_refuses_all() -> None:
    """The sections of one string must neither be mixed up nor, where one is damaged, be passed over."""
    checked = 0
    for row in rows():
        text = row["string"]
        if row["kind"] != "GPP":
            continue
        checked += 1
        said = read_signals(gpp=text)
        if text in US_ONLY:
            expected, age, faults = US_ONLY[text]
            assert (set(said.refusals), said.age, len(said.faults)) == (expected, age, faults)
            assert said.categories == SENSITIVE.get(text, set())
            continue
        try:
            sections = read_gpp(text)
        except Unreadable:
            assert set(said.refusals) == NO_US | NO_TCF
            continue
        expected = refusals_of(sections[2].split(".")[0])
        usp = sections.get(6, "1---")
        if usp[2:3] == "Y":
            expected |= {"sale-opt-out", "sharing-opt-out"}
        unread = (
            (UNREAD_HEADERS if 24 in sections else 0) + (sections.get(7) == MISNAMED) + (usp == "present")
        )
        assert len(said.faults) == unread
        if unread:
            expected |= NO_US
        assert said.refusals == expected
    assert checked == 28
