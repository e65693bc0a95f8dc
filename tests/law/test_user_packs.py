"""A user's own pack: it works, and a broken one is refused with place, finding and expectation."""

# ruff: noqa: DTZ001  every instant inside is naive UTC

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from haechi import law
from haechi.errors import PackError

Write = Callable[[str], Path]


def test_a_pack_of_ones_own_is_known_beside_the_shipped_ones(user_pack: str, pack_file: Write) -> None:
    """The guide's pack must load as it stands there, or the guide misleads."""
    packs = law.load_packs([pack_file(user_pack)])
    assert set(packs) == {*law.load_packs(), "br-lgpd"}
    assert law.packs_for(packs, "BR", None) == ("br-lgpd",)
    religion = packs["br-lgpd"].categories[0]
    assert religion.effective_from == datetime(2020, 9, 18, 3)
    assert religion.remedy["en"].startswith("Stop profiling")


def test_a_pack_cannot_take_the_name_of_a_shipped_one(user_pack: str, pack_file: Write) -> None:
    """Two audits under one name must mean one law."""
    with pytest.raises(PackError, match=r"mine.yaml, id: found 'kr-pipa', which another pack has"):
        law.load_packs([pack_file(user_pack.replace("id: br-lgpd", "id: kr-pipa"))])


def line_of(text: str, part: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if part in line)


@pytest.mark.parametrize(
    ("old", "new", "place", "message"),
    [
        (
            "category: religion",
            "category: faith",
            "protected_categories[0].category",
            "found 'faith'; expected one of",
        ),
        (
            "bases: [explicit_consent]",
            "bases: [assent]",
            "protected_categories[0].bases[0]",
            "found 'assent'",
        ),
        (
            "severity: violation",
            "severity: grave",
            "rules[0].severity",
            "expected one of violation, risk, note",
        ),
        ("2021-08-01", "2021-02-30", "penalties[0].effective_from", "a day that the calendar has"),
        ("amount: 15", "amount: fifteen", "requests[0].amount", "expected a whole number or null"),
        ("amount: 15", "amount: 0", "requests[0].amount", "found 0; expected at least 1"),
        ("amount: 15", "amount: null", "requests[0].amount", "expected null with without-delay"),
        (
            "jurisdictions: [BR]",
            "jurisdictions: [Brazil]",
            "jurisdictions[0]",
            "found 'Brazil'; expected text of",
        ),
        ("time_zone: America/Sao_Paulo", "time_zone: Brazil/Rio", "time_zone", "expected an IANA time zone"),
        (
            "percent: 2\n",
            "percent: .nan\n",
            "penalties[0].percent",
            "found '.nan'; expected a number or null",
        ),
        ("amount: 15", "amount: 1:30", "requests[0].amount", "found '1:30'; expected a whole number"),
        ("2021-08-01", "0001-01-01", "penalties[0].effective_from", "expected text of the form"),
        ("percent: 2\n", "percent: 200\n", "penalties[0].percent", "found 200; expected at most 100"),
        ("percent: 2\n", "percent: 2\n    per_cent: 2\n", "penalties[0].per_cent", "found an unknown key"),
        (
            "fixed_role: none",
            "fixed_role: total",
            "penalties[0].fixed_role",
            "expected percent and fixed with",
        ),
        (
            "    rule: BR-LGPD-11\n",
            "    rule: BR-LGPD-12\n",
            "protected_categories[0].rule",
            "found BR-LGPD-12",
        ),
        ("article: LGPD Art. 52 II", "article: ''", "penalties[0].article", "expected at least 1 character"),
        (
            "{category: belief,",
            "{category: health,",
            "not_protected[0].category",
            "found health, which is protected",
        ),
        (
            "category: health",
            "category: religion",
            "protected_categories[1].effective_from",
            "another period",
        ),
        (
            "- kinds: [access]\n",
            "- kinds: [access, access]\n",
            "requests[0].kinds",
            "expected each entry once",
        ),
    ],
)
def test_a_broken_pack_is_refused_at_its_place(  # noqa: PLR0917
    user_pack: str, pack_file: Write, old: str, new: str, place: str, message: str
) -> None:
    """A lawyer without Python must find the line to mend."""
    assert old in user_pack
    broken = user_pack.replace(old, new, 1)
    with pytest.raises(PackError) as refused:
        law.load_packs([pack_file(broken)])
    told = next(line for line in str(refused.value).splitlines() if f", {place}: " in line)
    assert "mine.yaml, line " in told
    assert message in told


def test_the_line_that_is_named_is_the_line_in_the_file(user_pack: str, pack_file: Write) -> None:
    broken = user_pack.replace("severity: violation", "severity: grave")
    with pytest.raises(PackError, match=f"line {line_of(broken, 'severity: grave')}, rules"):
        law.load_packs([pack_file(broken)])


def test_a_source_that_is_not_named_is_refused(user_pack: str, pack_file: Write) -> None:
    broken = user_pack.replace("source: [lgpd]", "source: [lgdp]", 1)
    with pytest.raises(
        PackError, match=r"inferred_data.source\[0\]: found 'lgdp'; expected a name given under sources"
    ):
        law.load_packs([pack_file(broken)])


def test_a_missing_key_and_a_forgotten_category_are_refused(user_pack: str, pack_file: Write) -> None:
    with pytest.raises(PackError, match="found no authority"):
        law.load_packs(
            [pack_file(user_pack.replace("authority: National Data Protection Authority (ANPD)\n", ""))]
        )
    line = next(line for line in user_pack.splitlines() if "{category: genetic," in line)
    with pytest.raises(PackError, match="not_protected: found nothing about genetic"):
        law.load_packs([pack_file(user_pack.replace(line + "\n", ""))])


def test_a_period_that_ends_before_it_begins_is_refused(user_pack: str, pack_file: Write) -> None:
    broken = user_pack.replace(
        "effective_from: 2021-08-01", "effective_from: 2021-08-01\n    effective_until: 2021-08-01"
    )
    with pytest.raises(
        PackError, match=r"effective_until: found 2021-08-01; expected a day after 2021-08-01"
    ):
        law.load_packs([pack_file(broken)])


def test_a_fact_can_be_replaced_from_a_day_on(user_pack: str, pack_file: Write) -> None:
    """This is how a lawyer follows a change of the law: end the old statement, begin the new one."""
    old, rest = user_pack.split("refusal_grounds:", 1)
    head, deadline = old.split("requests:\n")
    first = deadline.rstrip() + "\n    effective_until: 2030-01-01\n"
    second = deadline.replace("amount: 15", "amount: 10").replace("2020-09-18", "2030-01-01")
    pack = law.load_packs([pack_file(f"{head}requests:\n{first}{second}refusal_grounds:{rest}")])["br-lgpd"]
    switch = datetime(2030, 1, 1, 3)
    before, after = (law.request_rule(pack, "access", at) for at in (datetime(2030, 1, 1, 2, 59), switch))
    assert before is not None
    assert after is not None
    assert (before.amount, after.amount) == (15, 10)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "found nothing"),
        ("- a list\n", "expected keys with values"),
        ("id: [unclosed\n", "expected readable YAML; line"),
        ("id: a\nid: b\n", "found 'id' twice"),
        ("1: a\n", "a key that is not a word"),
        ("a: &x [1]\nb: *x\n", "found an alias"),
        ("a: &x [*x]\n", "found an alias"),
        ("a: " + "[" * 900 + "]" * 900, "lists in lists"),
        ("a: " + "[" * 100_000, "mine.yaml"),
        ("a: !!python/object/apply:os.system [ls]\n", "expected readable YAML"),
        ("a: 'x\u0000y'\n", "expected readable YAML"),
        ("a: " + "x" * 1_000_001, "more than 1,000,000 bytes"),
    ],
)
def test_hostile_or_damaged_text_is_refused(pack_file: Write, text: str, message: str) -> None:
    """A pack comes from outside: it must not run code, fill memory or end in a traceback."""
    with pytest.raises(PackError) as refused:
        law.load_packs([pack_file(text)])
    assert message in str(refused.value)
    assert len(str(refused.value)) < 5_000


def test_bytes_that_are_no_text_and_files_that_are_not_there(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_bytes(b"id: \xff\xfe\x00")
    with pytest.raises(PackError, match="expected readable YAML"):
        law.load_packs([path])
    with pytest.raises(PackError, match="No such file"):
        law.load_packs([tmp_path / "nowhere.yaml"])
    with pytest.raises(PackError, match="expected a law pack that can be read"):
        law.load_packs([tmp_path])


def test_at_most_twenty_faults_are_told_with_a_count(user_pack: str, pack_file: Write) -> None:
    with pytest.raises(PackError) as refused:
        law.load_packs([pack_file(user_pack.replace("mark: ", "mark: X"))])
    lines = str(refused.value).splitlines()
    assert len(lines) == 21
    assert lines[-1].startswith("… and ")


def test_words_that_yaml_takes_for_values_stay_words(user_pack: str, pack_file: Write) -> None:
    """Norway's code is NO, which YAML 1.1 reads as false; a fraction of a percent must stay exact."""
    text = user_pack.replace("[BR]", "[NO]").replace("percent: 2\n", "percent: 0.1\n")
    pack = law.load_packs([pack_file(text)])["br-lgpd"]
    assert pack.jurisdictions == ("NO",)
    assert law.penalty_ceiling(pack.penalties[0], 10**20 + 1_000, "BRL") == law.Money(10**17 + 1, "BRL")
