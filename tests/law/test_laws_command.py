"""`haechi laws` lists and shows the packs, for people and for machines."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from haechi import law
from haechi.cli.laws import laws
from haechi.errors import UsageError


def test_the_list_names_every_law_and_that_the_dsa_accepts_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    laws(on=date(2026, 11, 24))
    told = capsys.readouterr().out
    assert all(name in told for name in law.load_packs())
    assert "no basis: forbidden outright" in told


def test_one_law_shows_article_mark_and_source_of_what_is_in_force(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A lawyer who reads a finding comes here to see what stands behind it."""
    laws("kr-pipa", on=date(2019, 6, 1))
    told = capsys.readouterr().out
    assert "KR-PIPA-23-1" in told
    assert "V · 2011-09-30 · act, act-copy" in told
    assert "https://www.law.go.kr" in told
    assert "race or ethnicity" not in told
    laws("kr-pipa", on=date(2020, 8, 5))
    assert "race or ethnicity" in capsys.readouterr().out


@pytest.mark.parametrize("name", law.load_packs())
def test_every_law_can_be_shown(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    laws(name)
    told = capsys.readouterr().out
    for rule in law.load_packs()[name].rules:
        if rule.effective_until is None:
            assert rule.id in told


def test_json_is_whole_and_leaves_out_what_is_not_in_force(capsys: pytest.CaptureFixture[str]) -> None:
    laws("kr-pipa", form="json", on=date(2026, 9, 10))
    before = json.loads(capsys.readouterr().out)
    laws("kr-pipa", form="json", on=date(2026, 9, 11))
    after = json.loads(capsys.readouterr().out)
    assert "aggravated" not in {tier["tier"] for tier in before["penalties"]}
    assert "aggravated" in {tier["tier"] for tier in after["penalties"]}
    laws(form="json")
    assert [pack["id"] for pack in json.loads(capsys.readouterr().out)] == list(law.load_packs())


def test_a_users_pack_is_shown_and_an_unknown_law_is_named(
    user_pack: str, pack_file: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    laws("br-lgpd", law_pack=[pack_file(user_pack)])
    assert "BR-LGPD-11" in capsys.readouterr().out
    with pytest.raises(UsageError, match="unknown law 'br-lgpd'; expected one of eu-dsa"):
        laws("br-lgpd")
