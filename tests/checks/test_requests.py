"""Requests: deadlines to the instant, in the law's own days; refusals against the closed lists of grounds."""

from pathlib import Path
from typing import Any

import pytest

from tests.checks.small_world import at, count, findings, of

Asked = dict[str, Any]


def asked(
    kind: str,
    received: str,
    answered: str | None = None,
    *,
    country: str = "KR",
    extended: str | None = None,
    outcome: str | None = None,
    ground: str | None = None,
) -> Asked:
    return {
        "request_id": "r-1",
        "country": country,
        "kind": kind,
        "received_at": at(received),
        "extended_at": None if extended is None else at(extended),
        "answered_at": None if answered is None else at(answered),
        "outcome": outcome or ("open" if answered is None else "granted"),
        "ground": ground,
    }


def world(*requests: Asked) -> dict[str, Any]:
    rows = [{**row, "request_id": f"r-{number}"} for number, row in enumerate(requests)]
    return {"people": [{"person_id": "p-1", "country": "KR"}], "requests": rows}


# Worked out by hand from the articles; 2021-06-01 is a Tuesday.
LAST_MOMENTS = [
    # PIPA Decree Art. 41(4): ten days, the day of receipt not counted; 2021-06-11 is a Friday.
    ("access", "2021-06-01T10:00:00+09:00", "2021-06-12T00:00:00+09:00", "KR"),
    # Received late on the evening of UTC's 1 June, which is 2 June in Seoul: 12 June is a Saturday, so Monday counts.
    ("access", "2021-06-01T16:00:00+00:00", "2021-06-15T00:00:00+09:00", "KR"),
    # Decree Art. 43(3) for erasure, the tenth day a Sunday.
    ("erasure", "2021-06-03T10:00:00+09:00", "2021-06-15T00:00:00+09:00", "KR"),
    # GDPR Art. 12(3), Regulation 1182/71 Art. 3(2)(c): a month from 31 January ends on 28 February, a Sunday: Monday.
    ("access", "2021-01-31T12:00:00+01:00", "2021-03-02T00:00:00+01:00", "DE"),
    ("access", "2021-06-15T12:00:00+02:00", "2021-07-16T00:00:00+02:00", "FR"),
]


@pytest.mark.parametrize(("kind", "received", "late_from", "country"), LAST_MOMENTS)
def test_an_answer_is_late_from_the_midnight_after_the_last_day(
    tmp_path: Path, kind: str, received: str, late_from: str, country: str
) -> None:
    """Breaks when days are counted in UTC, the day of receipt counts, or a week-end does not roll."""
    rule = {"KR": "KR-PIPA-D41-4"}.get(country, "EU-GDPR-12-3")
    laws = ("kr-pipa", "eu-gdpr")
    edge = at(late_from)
    just = edge.replace(day=edge.day, microsecond=0)
    late = asked(kind, received, just.isoformat(), country=country)
    timely = {**late, "answered_at": just - (at("2021-01-01T00:00:01") - at("2021-01-01"))}
    document = findings(tmp_path, world(late, timely), laws=laws)
    found = of(document, rule)
    assert found is not None
    assert found["count"] == 1
    assert "1 of 2 requests" in found["statement"]


def test_open_requests_are_judged_at_the_audits_instant(tmp_path: Path) -> None:
    """Breaks when a request without an answer is called late before its deadline, or never."""
    rows = world(asked("access", "2021-06-01T10:00:00+09:00"))
    before = findings(tmp_path / "a", rows, as_of="2021-06-11T14:59:59")
    after = findings(tmp_path / "b", rows, as_of="2021-06-11T15:00:00")
    assert (count(before, "KR-PIPA-D41-4"), count(after, "KR-PIPA-D41-4")) == (0, 1)


@pytest.mark.parametrize(
    ("country", "received", "extended", "answered", "late"),
    [
        ("DE", "2021-06-15", "2021-07-10", "2021-09-14", False),  # three months in all
        ("DE", "2021-06-15", "2021-07-10", "2021-09-17", True),
        ("DE", "2021-06-15", "2021-07-20", "2021-08-14", True),  # told after the month was over
        (
            "KR",
            "2021-06-01",
            "2021-06-08",
            "2021-09-01",
            False,
        ),  # while the just cause lasts: no end in the Decree
        ("KR", "2021-06-01", "2021-06-20", "2021-06-21", True),
    ],
)
def test_an_extension_counts_when_told_in_time(
    tmp_path: Path, country: str, received: str, extended: str, answered: str, *, late: bool
) -> None:
    """Breaks when a late notice saves a request, or a timely one does not."""
    document = findings(
        tmp_path,
        world(asked("access", received, answered, country=country, extended=extended)),
        laws=("kr-pipa", "eu-gdpr"),
    )
    assert count(document, "EU-GDPR-12-3" if country == "DE" else "KR-PIPA-D41-4") == late


def test_grounds_are_held_against_the_laws_list_for_that_kind(tmp_path: Path) -> None:
    """Breaks when a ground for erasure clears a refusal of access, or the decision's own refusal passes."""
    day, answer = "2021-06-01", "2021-06-03"
    refused = [
        asked("access", day, answer, outcome="refused", ground="HARM_TO_OTHERS"),
        asked("access", day, answer, outcome="refused", ground="NOT_IN_SCOPE"),
        asked("access", day, answer, outcome="partly", ground="TOO_MANY_THEMES"),
        asked("access", day, answer, outcome="refused"),
        asked("erasure", day, answer, outcome="refused", ground="HARM_TO_OTHERS"),
        asked("erasure", day, answer, outcome="refused", ground="STATUTE_FORBIDS"),
        asked("access", day, answer, outcome="granted", ground="NOT_IN_SCOPE"),
        asked("access", day, answer, country="DE", outcome="refused", ground="HARM_TO_OTHERS"),
        asked("access", day, answer, country="DE", outcome="refused", ground="OTHERS_RIGHTS"),
    ]
    document = findings(tmp_path, world(*refused), laws=("kr-pipa", "eu-gdpr"))
    without, included = of(document, "KR-PIPA-35-4"), of(document, "KR-PIPA-D41-1")
    assert without is not None
    assert without["count"] == 2
    assert "1 of them named none at all" in without["statement"]
    assert included is not None
    assert included["count"] == 2
    assert "NOT_IN_SCOPE, TOO_MANY_THEMES" in included["statement"]
    assert [f["count"] for f in document["findings"] if f["law"] == "eu-gdpr"] == [1]


def test_a_statute_is_no_ground_against_correction_in_korea(tmp_path: Path) -> None:
    """Breaks when the proviso on erasure clears a refusal to correct (PIPA Art. 36(1))."""
    day, answer = "2021-06-01", "2021-06-03"
    refused = [
        asked("rectification", day, answer, outcome="refused", ground="STATUTE_FORBIDS"),
        asked("rectification", day, answer, outcome="refused", ground="NOT_INCORRECT"),
        asked("erasure", day, answer, outcome="refused", ground="STATUTE_FORBIDS"),
    ]
    document = findings(tmp_path, world(*refused), laws=("kr-pipa",))
    assert count(document, "KR-PIPA-35-4") == 1


def test_an_objection_to_advertising_bears_no_balancing(tmp_path: Path) -> None:
    """Breaks when legal claims stand against an objection to direct marketing (GDPR Art. 21(2)-(3))."""
    day, answer = "2021-06-01", "2021-06-03"
    refused = [
        asked(kind, day, answer, country="DE", outcome="refused", ground=ground)
        for kind, ground in (
            ("objection", "LEGAL_CLAIMS"),
            ("objection", "RESTRICTED_BY_LAW"),
            ("restriction", "LEGAL_CLAIMS"),
            ("restriction", "NO_GROUND_FOR_RESTRICTION"),
            ("erasure", "LEGAL_CLAIMS"),
            ("erasure", "FREEDOM_OF_EXPRESSION"),
            ("rectification", "NOT_INCORRECT"),
        )
    ]
    document = findings(tmp_path, world(*refused), laws=("eu-gdpr",))
    assert count(document, "EU-GDPR-12-4") == 2


def test_japan_has_no_duty_to_explain_that_a_refusal_could_break(tmp_path: Path) -> None:
    """Breaks when a duty of effort (APPI Art. 36) becomes a violation; derived data are no ground against access."""
    day, answer = "2023-06-01", "2023-06-03"
    refused = [
        asked("explanation", day, answer, country="JP", outcome="refused"),
        asked("access", day, answer, country="JP", outcome="refused", ground="DERIVED_DATA"),
    ]
    document = findings(tmp_path, world(*refused), laws=("jp-appi",), as_of="2024-01-01")
    assert (count(document, "JP-APPI-33-2-GROUNDS"), count(document, "JP-APPI-33-5")) == (0, 1)


def test_a_request_of_nowhere_is_under_every_audited_law(tmp_path: Path) -> None:
    """Breaks when a request drops out because nobody wrote down where it came from."""
    rows = world({**asked("access", "2021-01-05"), "country": None})
    document = findings(tmp_path, rows, laws=("kr-pipa", "eu-gdpr"))
    assert (count(document, "KR-PIPA-D41-4"), count(document, "EU-GDPR-12-3")) == (1, 1)


def test_a_request_takes_its_persons_country(tmp_path: Path) -> None:
    rows = world({**asked("access", "2021-01-05"), "country": None, "person_id": "p-1"})
    document = findings(tmp_path, rows, laws=("kr-pipa", "eu-gdpr"))
    assert (count(document, "KR-PIPA-D41-4"), count(document, "EU-GDPR-12-3")) == (1, 0)
