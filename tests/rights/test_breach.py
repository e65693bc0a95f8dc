"""Breach clocks: whom each law wants told, by when, and that doubt never stops a clock."""

import datetime as dt
import json
import stat
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from haechi.errors import UsageError
from haechi.law import BreachCase, BreachItem, load_packs
from haechi.rights.breach import Clock, Concerned, clocks
from haechi.rights.drafts import Telling, draft, words
from haechi.rights.incident import Incident, Told, read_incident
from haechi.stores.clock import micros, utc_now
from haechi.terms.names import category_names
from haechi.terms.words import CATEGORIES, LANGUAGES, Language
from tests.rights.bookings import booked, member, person, theme
from tests.rights.desk import CONTROLLER, CONTROLLER_TOML, run

PACKS = load_packs()
KNOWN = dt.datetime.fromisoformat("2026-11-20T08:30:00")
HOUR = dt.timedelta(hours=1)
NO_CASES: dict[BreachCase, bool] = {case: False for case in get_args(BreachCase) if case != "sensitive-data"}


def incident(**given: Any) -> Incident:
    return Incident(**{"known_at": KNOWN, "items": ("name", "e-mail address"), **given})


def standing(
    law: str, happened: Incident, people: int = 10, *, now: dt.datetime = KNOWN + HOUR, inferred: Any = ()
) -> list[tuple[str, str, str]]:
    found = clocks(happened, {law: Concerned(people, frozenset(inferred))}, PACKS, now=now)
    return [(clock.to, clock.stage, clock.status) for clock in found]


def clock(law: str, happened: Incident, to: str, people: int = 10, **more: Any) -> Clock:
    found = clocks(happened, {law: Concerned(people)}, PACKS, now=more.get("now", KNOWN + HOUR))
    (one,) = [one for one in found if one.to == to and one.status != "not-required"]
    return one


@pytest.mark.parametrize(
    ("people", "categories", "cases", "reported"),
    [
        (999, (), {}, False),
        (1_000, (), {}, True),
        (1, ("religion",), {}, True),
        (1, ("financial-hardship",), {}, False),  # not sensitive under PIPA
        (1, (), {"unique-identifiers": True}, True),
        (1, (), {"illegal-access": True}, True),
        (5_000, ("health",), {"contained": True}, False),
    ],
)
def test_korea_wants_a_report_in_the_three_cases_of_the_decree(
    people: int, categories: Any, cases: dict[BreachCase, bool], *, reported: bool
) -> None:
    """Decree Art. 40(1); people are told in any case (Art. 34(1))."""
    happened = incident(categories=categories, cases=NO_CASES | cases)
    assert standing("kr-pipa", happened, people) == [
        ("people", "only", "running"),
        ("people", "only", "not-required"),
        ("authority", "only", "running" if reported else "not-required"),
    ]


def test_seventy_two_hours_are_seventy_two_hours() -> None:
    """From Friday evening in Seoul to Monday evening: no weekend puts it off, and its last instant is in time."""
    due = dt.datetime.fromisoformat("2026-11-23T08:30:00")
    happened = incident(categories=("religion",), cases=NO_CASES)
    for law in ("kr-pipa", "eu-gdpr"):
        one = clock(law, happened, "authority")
        assert (one.since, one.due, one.hours_left) == (KNOWN, due, 71.0)
        assert clock(law, happened, "authority", now=due - dt.timedelta(microseconds=1)).status == "running"
        assert clock(law, happened, "authority", now=due).status == "overdue"


def test_japan_wants_five_days_thirty_days_and_sixty_for_a_wrongful_purpose() -> None:
    """Rules Arts. 7 and 8. 08:30 UTC is the evening of the same day in Tokyo, and the fifth day after is whole."""
    happened = incident(categories=("religion",), cases=NO_CASES)
    assert standing("jp-appi", happened) == [
        ("authority", "first", "running"),
        ("authority", "final", "running"),
        ("authority", "final", "not-required"),
        ("people", "only", "now"),
    ]
    wrongful = incident(cases=NO_CASES | {"wrongful-purpose": True})
    found = clocks(wrongful, {"jp-appi": Concerned(1)}, PACKS, now=KNOWN)
    due = [one.due.isoformat() for one in found if one.due is not None]
    assert due == ["2026-11-25T15:00:00", "2027-01-19T15:00:00"]
    assert {one[2] for one in standing("jp-appi", incident(cases=NO_CASES), 1_000)} == {"not-required"}
    assert standing("jp-appi", incident(cases=NO_CASES), 1_001)[0][2] == "running"


def test_what_was_only_inferred_is_sensitive_where_the_law_says_so() -> None:
    """A theme on religion is sensitive information to PIPC and not to the PPC."""
    happened = incident(cases=NO_CASES)
    assert standing("kr-pipa", happened, 1, inferred=("religion",))[2][2] == "running"
    assert {one[2] for one in standing("jp-appi", happened, 1, inferred=("religion",))} == {"not-required"}


def test_europe_asks_for_the_risk() -> None:
    """GDPR Arts. 33(1), 34(1) and 34(3)."""
    assert standing("eu-gdpr", incident()) == [("authority", "only", "running"), ("people", "only", "now")]
    calm = incident(cases=NO_CASES | {"risk-unlikely": True})
    assert {one[2] for one in standing("eu-gdpr", calm)} == {"not-required"}
    unreadable = incident(cases={"high-risk": True, "encrypted": True})
    assert standing("eu-gdpr", unreadable)[1][2] == "not-required"


def test_california_counts_from_telling_people() -> None:
    """§1798.82: thirty days to people; the Attorney General fifteen days after, with more than 500 residents."""
    listed = incident(cases=NO_CASES | {"listed-data": True})
    assert standing("us-ca-cpra", listed, 501) == [
        ("people", "only", "running"),
        ("authority", "only", "waiting"),
    ]
    assert standing("us-ca-cpra", listed, 500)[1][2] == "not-required"
    assert standing("us-ca-cpra", incident(cases=NO_CASES), 501)[0][2] == "not-required"
    told = incident(
        cases=listed.cases, told=(Told(law="us-ca-cpra", to="people", at=KNOWN + dt.timedelta(days=2)),)
    )
    one = clock("us-ca-cpra", told, "authority", 501)
    # The 22nd in Los Angeles, fifteen days on, the last one whole.
    assert one.due == dt.datetime.fromisoformat("2026-12-08T08:00:00")


def test_a_possible_leak_is_told_in_korea_in_the_decrees_cases_alone() -> None:
    """PIPA Art. 34(2), Decree Art. 39-2(1)."""
    possible = {"event": "possible-leak", "categories": ("religion",)}
    assert standing("kr-pipa", incident(cases=NO_CASES | {"data-traded": True}, **possible)) == [
        ("people", "only", "not-required"),
        ("people", "only", "running"),
        ("authority", "only", "not-required"),
    ]
    assert standing("kr-pipa", incident(cases=NO_CASES, **possible))[1][2] == "not-required"


def test_a_breach_known_before_a_law_changed_is_under_the_old_law() -> None:
    """Addenda Art. 2(1) of Act No. 21445: known of since 11 September 2026."""
    before = incident(known_at=dt.datetime.fromisoformat("2026-09-10T14:59:59"), event="possible-leak")
    assert standing("kr-pipa", before, now=KNOWN) == [
        ("people", "only", "not-required"),
        ("authority", "only", "not-required"),
    ]


def test_what_was_told_in_time_is_done_and_otherwise_late() -> None:
    """A register has to show that a notice came late; it is no longer overdue."""
    for after, status in ((71, "done"), (72, "late")):
        told = (Told(law="kr-pipa", to="people", at=KNOWN + after * HOUR),)
        assert standing("kr-pipa", incident(told=told), now=KNOWN + 100 * HOUR)[0][2] == status


_ANSWERS = st.dictionaries(st.sampled_from([*NO_CASES]), st.booleans())
_RUNNING = {"overdue", "running", "now", "waiting"}


@settings(max_examples=300, deadline=None)
@given(
    answers=_ANSWERS,
    more=_ANSWERS,
    people=st.integers(1, 2_000),
    categories=st.lists(st.sampled_from(CATEGORIES), max_size=2, unique=True),
    event=st.sampled_from(("leak", "possible-leak")),
)
def test_an_answer_can_stop_a_clock_and_silence_never_does(
    answers: dict[BreachCase, bool], more: dict[BreachCase, bool], people: int, categories: Any, event: Any
) -> None:
    """Whoever answers nothing must not be told that nothing is owed."""
    concerned = dict.fromkeys(PACKS, Concerned(people))
    silent, spoken = (
        clocks(incident(cases=cases, categories=categories, event=event), concerned, PACKS, now=KNOWN)
        for cases in (answers, more | answers)
    )
    for before, after in zip(silent, spoken, strict=True):
        if after.status in _RUNNING:
            assert before.status in _RUNNING
        assert before.because or before.unanswered
        assert all(case not in answers for case in before.unanswered)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("law", [law for law, pack in PACKS.items() if pack.breach])
def test_every_draft_has_every_item_the_law_lists(law: str, lang: Language) -> None:
    """A notice without one of the items of PIPA Art. 34(1) or GDPR Art. 33(3) has to be given again."""
    said = words(lang)
    assert said.heading.keys() == set(get_args(BreachItem))
    happened = incident(
        since=KNOWN - 30 * HOUR,
        records=12_345,
        said={lang: {item: f"<{item}>" for item in get_args(BreachItem)}},
    )
    for one in clocks(happened, {law: Concerned(1_500)}, PACKS, now=KNOWN + 80 * HOUR):
        if one.status == "not-required":
            continue
        telling = Telling(
            clock=one, incident=happened, controller=CONTROLLER, pack=PACKS[law], lang=lang,
            categories=frozenset({"religion"}),
        )  # fmt: skip
        full = draft(telling)
        assert full.blanks == ()
        worded = said.worded.get(law, {})
        due = [item for item in one.contents if item != "reasons-for-delay" or one.status == "overdue"]
        places = [full.text.index(f"\n{worded.get(item, said.heading[item])}\n") for item in due]
        assert places == sorted(places)
        assert all(f"<{item}>" in full.text for item in due)
        assert category_names(lang)["religion"] in full.text or "items" not in due
        # Korea's rights and promise of a further notice, and the contact, need nobody to write them.
        bare = with_incident(telling, incident())
        blank = set(draft(bare).blanks)
        assert blank == set(due) - {"items", "people", "contact"} - (
            {"rights", "further-notice"} if law == "kr-pipa" else set()
        )


def with_incident(telling: Telling, happened: Incident) -> Telling:
    return Telling(
        clock=telling.clock,
        incident=happened,
        controller=telling.controller,
        pack=telling.pack,
        lang=telling.lang,
    )


def test_korean_rights_name_the_three_ways() -> None:
    """PIPA Art. 34(1) no. 6 since 2026: damages, statutory damages, mediation."""
    one = clock("kr-pipa", incident(), "people")
    text = draft(
        Telling(clock=one, incident=incident(), controller=CONTROLLER, pack=PACKS["kr-pipa"], lang="ko")
    ).text
    assert all(word in text for word in ("제39조", "제39조의2", "제43조", "분쟁조정", "300만원"))


INCIDENT = """
known_at = {known}
since = 2026-01-01T00:00:00Z
items = ["e-mail address"]
themes = ["temples"]
advertisers = ["Candles"]

[cases]
unique-identifiers = false
illegal-access = false
risk-unlikely = false
high-risk = false

[said.en]
advice = "Be wary of mail about temple stays."
"""


@pytest.fixture
def platform(engine: Engine) -> Engine:
    with engine.begin() as connection:
        theme(connection, "temples", "Temples", ["religion"])
        theme(connection, "clinics", "Clinics", ["health"])
        theme(connection, "golf", "Golf")
        for person_id, country in (
            ("minji", "KR"),
            ("hans", "DE"),
            ("anon", None),
            ("gone", "KR"),
            ("kim", "KR"),
            ("somewhere", "US"),
        ):
            person(connection, person_id, country)
        long_ago = micros(dt.datetime.fromisoformat("2025-01-01"))
        member(connection, "minji", {"temples": [(long_ago, None)]})
        member(connection, "anon", {"temples": [(long_ago, None)]})
        member(connection, "hans", {"clinics": [(long_ago, None)]})
        member(connection, "gone", {"temples": [(long_ago, long_ago + 1)]})
        member(connection, "somewhere", {"temples": [(long_ago, None)]})
        member(connection, "kim", {"golf": [(long_ago, None)]})
        booked(connection, "Candles", {"theme": "clinics"}, long_ago, long_ago + 5)
        booked(connection, "Other", {"theme": "golf"}, long_ago, None)
    return engine


def call(database: str, folder: Path, text: str, *more: str | Path) -> tuple[int, str, str]:
    (folder / "controller.toml").write_text(CONTROLLER_TOML)
    (folder / "incident.toml").write_text(text, encoding="utf-8")
    return run(
        "rights", "breach", folder / "incident.toml", "--controller", folder / "controller.toml",
        "--out", folder / "out", "--database", database, *more,
    )  # fmt: skip


@pytest.mark.usefixtures("platform")
def test_the_command_finds_people_shows_clocks_and_drafts(database: str, tmp_path: Path) -> None:
    """Within the first hour somebody has to know who, under which laws, and until when."""
    known = (utc_now() - 10 * HOUR).isoformat(timespec="seconds") + "Z"
    listed = tmp_path / "listed"
    listed.write_text("kim\nnobody-9\n")
    status, shown, said = call(database, tmp_path, INCIDENT.format(known=known), "--people", listed)
    assert (status, said) == (0, "")
    out = tmp_path / "out"
    people = [json.loads(line) for line in (out / "people.jsonl").read_text(encoding="utf-8").splitlines()]
    assert {one["person_id"]: one["laws"] for one in people} == {
        "minji": ["kr-pipa"], "hans": ["eu-dsa", "eu-gdpr"], "anon": list(PACKS), "kim": ["kr-pipa"],
        # A law of a region holds for whoever may live there.
        "somewhere": ["us-ca-cpra", "us-wa-mhmda"],
    }  # fmt: skip
    assert stat.S_IMODE((out / "people.jsonl").stat().st_mode) == 0o600
    told = json.loads((out / "breach.json").read_text(encoding="utf-8"))
    assert (told["people"], told["place_unknown"], told["identifiers_unknown"]) == (5, 1, 1)
    assert told["categories"] == ["health", "religion"]
    korean = {(one["to"], one["article"]): one for one in told["clocks"] if one["law"] == "kr-pipa"}
    report = korean["authority", "PIPA Art. 34(4); Decree Art. 40"]
    assert (report["status"], report["people"], report["because"]) == ("running", 3, ["sensitive-data"])
    assert 61 < report["hours_left"] <= 62
    for text in (shown, json.dumps(told), *((one.name) for one in out.iterdir())):
        assert not any(name in text for name in ("minji", "hans", "anon\n", "kim", "nobody-9", "somewhere"))
    english = (out / "kr-pipa-people-en.txt").read_text(encoding="utf-8")
    assert "Be wary of mail about temple stays." in english
    assert "Religion, Health" in english
    assert told["blanks"]["kr-pipa-people-en.txt"] == ["when-and-how", "measures", "remedy"]
    drafts = {one.name for one in out.iterdir() if one.suffix == ".txt"}
    assert {f"kr-pipa-authority-{lang}.txt" for lang in LANGUAGES} <= drafts
    assert "eu-gdpr-people-de.txt" not in drafts  # somebody said that the risk is not high
    assert "jp-appi-authority-first-ja.txt" in drafts


@pytest.mark.usefixtures("platform")
def test_what_is_overdue_ends_with_1_until_it_is_told(database: str, tmp_path: Path) -> None:
    """A script that watches the clock goes by the exit status."""
    moment = utc_now() - 100 * HOUR
    text = INCIDENT.format(known=moment.isoformat(timespec="seconds") + "Z")
    status, shown, _ = call(database, tmp_path, text, "--lang", "ko")
    assert (status, "overdue" in shown) == (1, True)
    done = "".join(
        f'\n[[told]]\nlaw = "{law}"\nto = "{to}"\nat = {(moment + HOUR).isoformat(timespec="seconds")}Z\n'
        for law, to in (("kr-pipa", "people"), ("kr-pipa", "authority"), ("eu-gdpr", "authority"))
    )
    status, shown, _ = call(database, tmp_path, text + done, "--lang", "ko")
    assert (status, "overdue" in shown) == (0, False)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (('themes = ["temples"]', 'themes = ["temple"]'), "names theme 'temple'"),
        (('advertisers = ["Candles"]', 'advertisers = ["Candle"]'), "names advertiser 'Candle'"),
        (("2026-01-01", "2126-01-01"), "since: found"),
        (("[cases]", "[cases]\nsensitive-data = false"), "worked out under each law"),
        (('items = ["e-mail address"]', "items = []"), "expected which data, in words"),
        (("illegal-access", "legal-access"), "docs/how-to/breach.md"),
        (("[cases]", "records = -5\n[cases]"), "$.records"),
        (("2026-01-01T00:00:00Z", "0001-01-01T00:00:00+09:00"), "outside the years"),
        (("[cases]", f"deep = {'[' * 5000}{']' * 5000}\n[cases]"), "docs/how-to/breach.md"),
    ],
)
@pytest.mark.usefixtures("platform")
def test_an_incident_that_cannot_be_is_refused(
    database: str, tmp_path: Path, change: tuple[str, str], told: str
) -> None:
    """A slip of the pen in an hour of haste must not read as nobody concerned."""
    known = (utc_now() - HOUR).isoformat(timespec="seconds") + "Z"
    status, _, said = call(database, tmp_path, INCIDENT.format(known=known).replace(*change))
    assert (status, told in said) == (2, True), said


def test_a_breach_that_will_be_known_tomorrow_is_refused(tmp_path: Path) -> None:
    """A wrong year would give a clock that never rings."""
    file = tmp_path / "incident.toml"
    file.write_text('known_at = 2027-01-01T00:00:00+09:00\nitems = ["x"]\n')
    with pytest.raises(UsageError, match="an instant that has been"):
        read_incident(file, now=KNOWN)
    assert read_incident(file, now=KNOWN + dt.timedelta(days=99)).known_at == dt.datetime.fromisoformat(
        "2026-12-31T15:00:00"
    )
