"""Decisions: which of them holds, what they look like in answers, and that they outlive an upgrade."""

import json
import pickle
import tempfile
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haechi import sensitivity
from haechi.errors import DataError, UsageError
from haechi.sensitivity.decided import DecidedEngine
from haechi.sensitivity.decisions import Decisions, EngineAnswer, Kept, Record, encoded, standings
from haechi.sensitivity.decisions_file import judge_with, read_decisions, records
from haechi.sensitivity.explain import as_text, explain
from haechi.sensitivity.reviewers import are_several, same_person
from haechi.terms.words import Category
from tests.conftest import run_haechi
from tests.review.sheets import KIM, LEE, NOW, decide, engine_with, names_of

ENGINE = EngineAnswer("0" * 12, ("religion",))


def record(
    categories: tuple[Category, ...] = (),
    reviewers: tuple[str, ...] = ("Kim",),
    *,
    days: int = 0,
    minutes: int = 0,
    name: str = "Church",
) -> Record:
    return Record(
        name=name,
        categories=categories,
        reviewers=reviewers,
        needed=1 if "religion" in categories else 2,
        decided_on=date(2026, 1, 1) + timedelta(days=days),
        reason="r",
        recorded_at=NOW + timedelta(minutes=minutes),
        engine=ENGINE,
    )


def outcome(*said: Record) -> tuple[tuple[str, ...] | None, tuple[str, ...] | None]:
    """The categories that hold, and those that wait."""
    found = standings(Kept(one, line) for line, one in enumerate(said, start=1))[said[0].name, ""]
    decision = None if found.decision is None else found.decision.record.categories
    return decision, None if found.pending is None else found.pending.record.categories


def test_what_holds_follows_from_the_records() -> None:
    """Fails when a decision holds that should wait, or one that was overtaken still does."""
    kim, lee = ("Kim",), ("Lee",)
    clear = record((), kim)
    assert outcome(clear) == (None, ())
    assert outcome(clear, record((), lee, days=1)) == ((), None)
    assert outcome(record((), ("Kim", "Lee"))) == ((), None)
    # A decision in between that one can make withdraws what waited.
    assert outcome(clear, record(("religion",), lee, days=1)) == (("religion",), None)
    assert outcome(clear, record(("religion",), lee, days=1), record((), lee, days=2)) == (("religion",), ())
    # A second clearing of the same kind by one of the two changes nothing.
    assert outcome(record((), ("Kim", "Lee")), record((), kim, days=1)) == ((), None)
    # To clear otherwise than was agreed takes two again; until then what was agreed holds.
    assert outcome(record((), ("Kim", "Lee")), record(("health",), kim, days=1)) == ((), ("health",))


SAID = st.builds(
    record,
    st.sampled_from([(), ("religion",), ("health",), ("religion", "health")]),
    st.sampled_from([("Kim",), ("Lee",), ("kim ",), ("Kim", "Lee"), ("Park",)]),
    days=st.integers(0, 3),
    minutes=st.integers(0, 3),
    name=st.sampled_from(["Church", "Mosque"]),
)


@given(st.lists(SAID, max_size=8), st.randoms(use_true_random=False))
def test_the_order_of_lines_does_not_matter(said: list[Record], rng: object) -> None:
    """Fails when merging two branches of the file of decisions changes what holds."""
    mixed = list(said)
    rng.shuffle(mixed)  # type: ignore[attr-defined]

    def held(lines: list[Record]) -> dict[object, object]:
        found = standings(Kept(one, 1) for one in [*lines, *lines[:2]])
        return {
            key: (
                one.decision and (one.decision.record, one.decision.reviewers),
                one.pending and one.pending.record,
            )
            for key, one in found.items()
        }

    assert held(said) == held(mixed)
    assert _decisions(said).version == _decisions(mixed).version


@given(st.lists(SAID, min_size=1, max_size=8))
def test_one_person_alone_never_takes_a_direct_category_away(said: list[Record]) -> None:
    """Fails when some order of decisions lets one person clear what the engine calls directly."""
    alone = [one for one in said if same_person(one.reviewers[0], "Kim") and len(one.reviewers) == 1]
    for found in standings(Kept(one, 1) for one in alone).values():
        assert found.decision is None or "religion" in found.decision.record.categories


@given(st.lists(SAID, max_size=8))
def test_what_is_written_is_read(said: list[Record]) -> None:
    """Fails when a record loses something in its line."""
    with tempfile.NamedTemporaryFile(suffix=".jsonl") as file:
        file.writelines(map(encoded, said))
        file.flush()
        assert [kept.record for kept in records(Path(file.name))] == said


def _decisions(said: list[Record]) -> Decisions:
    return Decisions("d", standings(Kept(one, 1) for one in said))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("<<<<<<< HEAD", "row 2: found <<<<<<< HEAD; expected a decision as one line of JSON"),
        ('{"name": "x"}', "row 2"),
        (encoded(record(("religion",))).decode().replace("religion", "relgion"), "relgion"),
        (encoded(record(("religion",))).decode().replace('"Kim"', ""), "column reviewers"),
        (encoded(record(("religion",))).decode().replace('"r"', '" "'), "column reason"),
        (encoded(record(("religion",))).decode().replace('"needed":1', '"needed":0'), "column needed"),
        (encoded(record(("religion",))).decode().replace("09:00:00Z", "09:00:00"), "column recorded_at"),
        (encoded(record(("religion",))).decode()[:-30], "row 2"),
    ],
)
def test_a_damaged_line_is_named(line: str, said: str, tmp_path: Path) -> None:
    """Fails when a merge conflict or a slip in the file silently drops a decision."""
    file = tmp_path / "d.jsonl"
    file.write_bytes(encoded(record(("religion",))) + line.encode() + b"\n")
    with pytest.raises(DataError) as caught:
        read_decisions(file)
    assert said in str(caught.value)
    with pytest.raises(UsageError, match="no such file"):
        read_decisions(tmp_path / "other.jsonl")


def test_an_editor_s_marks_are_no_damage(tmp_path: Path) -> None:
    """Fails when a byte order mark, an empty line or an open last line locks people out of their own file."""
    file = tmp_path / "d.jsonl"
    line = encoded(record(("religion",)))
    file.write_bytes(b"\xef\xbb\xbf" + line + b"\r\n" + line.rstrip())
    assert len(records(file)) == 2
    names = names_of(tmp_path, ["Alcohol"])
    decide(names, {"Alcohol": {"decision": "none", **KIM}}, file)
    assert [kept.line for kept in records(file)] == [1, 3, 4]


def test_a_decision_wins_and_shows_as_such(tmp_path: Path) -> None:
    """Fails when an answer does not tell what people decided from what the engine says."""
    names = names_of(tmp_path, ["Alcohol", "Guitar", {"name": "Alcohol", "path": "Medicine"}])
    file = tmp_path / "d.jsonl"
    decide(names, {"Alcohol": {"decision": "health; belief", **KIM}}, file)
    first = json.loads(file.read_text().splitlines()[0])
    assert first["name"] == "Alcohol"
    judge = judge_with(file)
    assert judge.version.startswith(f"{sensitivity.load().version}+decisions-")
    health, belief = sorted(judge.judge("Alcohol").labels, key=lambda label: label.category, reverse=True)
    assert (health.score, health.grade, health.decided_by) == (1.0, 2, "decision:2026-11-24")
    assert (health.evidence, belief.evidence) == ("Alcohol", "Alcohol")
    assert judge.judge("alcohol").decision is None
    assert judge.judge("Alcohol tasting").decision is None


def test_another_engine_does_not_undo_a_decision(tmp_path: Path) -> None:
    """Fails when an upgrade brings back what people had settled."""
    names = names_of(tmp_path, ["Alcohol", "Blue lagoon", "Church service"])
    file = tmp_path / "d.jsonl"
    fill = {
        "Alcohol": {"decision": "none", **KIM},
        "Church service": {"decision": "none", **KIM, "second_reviewer": "Lee Jun"},
    }
    assert decide(names, fill, file).holding == 2
    newer = engine_with(
        tmp_path, "{id: drinks, categories: {health: 2, belief: 2}, en: 'alcohol, blue lagoon'}"
    )
    older = sensitivity.load()
    assert newer.version != older.version
    assert [label.category for label in newer.judge("Alcohol").decided] == ["belief", "health"]
    judge = DecidedEngine(newer, read_decisions(file))
    assert judge.judge("Alcohol").labels == ()
    assert judge.judge("Church service").labels == ()
    assert judge.judge("Blue lagoon").decided
    assert judge.version.partition("+")[2] == judge_with(file).version.partition("+")[2]
    assert judge.version != judge_with(file).version


def test_a_copy_in_another_process_answers_alike(tmp_path: Path) -> None:
    """Fails when a long list, which is shared out over processes, is judged without the decisions."""
    names = names_of(tmp_path, ["Alcohol"])
    decide(names, {"Alcohol": {"decision": "none", **KIM}}, tmp_path / "d.jsonl")
    judge = judge_with(tmp_path / "d.jsonl")
    copy = pickle.loads(pickle.dumps(judge))  # noqa: S301 - our own
    assert copy.judge("Alcohol") == judge.judge("Alcohol")
    assert copy.version == judge.version
    long = tmp_path / "long.txt"
    long.write_text("Guitar\n" * 60_000 + "Alcohol\n")
    done = run_haechi("classify", long, "--decisions", tmp_path / "d.jsonl")
    last = json.loads(done.stdout.splitlines()[-1])
    assert (last["arguable"], last["decision"]) == ([], "decision:2026-11-24")


def test_explain_tells_what_was_decided_and_where_but_not_by_whom(tmp_path: Path) -> None:
    """Fails when a person asked about a theme cannot see that people decided, or staff's names get about."""
    names = names_of(tmp_path, ["Alcohol", "Church service", "Mosque"])
    file = tmp_path / "d.jsonl"
    fill = {
        "Alcohol": {"decision": "belief", **KIM},
        "Church service": {"decision": "none", **KIM, "second_reviewer": "Lee Jun"},
        "Mosque": {"decision": "none", **LEE},
    }
    decide(names, fill, file)
    judge = judge_with(file)
    told = {name: "\n".join(as_text(explain(judge, name))) for name in fill}
    assert "decided by people on 2026-11-24 (1 reviewer): belief" in told["Alcohol"]
    assert "the engine alone: health (score 0.30" in told["Alcohol"]
    assert f"{file}, line 1" in told["Alcohol"]
    assert "decided by people on 2026-11-24 (2 reviewers): gives nothing away" in told["Church service"]
    assert "Nothing that the knowledge knows of" not in told["Church service"]
    assert "waits for a second reviewer since 2026-11-25" in told["Mosque"]
    assert "gives away religion" in told["Mosque"]
    assert not any(who in text for who in ("Kim", "Lee") for text in told.values())
    for name in fill:
        done = run_haechi("explain", name, "--decisions", file, "--format", "json")
        assert "Kim" not in done.stdout
        assert json.loads(done.stdout)["decisions"][0]["reason"]


@given(st.text(), st.text())
def test_one_name_is_never_two_people(one: str, other: str) -> None:
    """Fails when comparing names breaks on some writing, or depends on who comes first."""
    assert same_person(one, one)
    assert same_person(one, one.upper().lower()) or not one.isascii()
    assert same_person(one, other) == same_person(other, one)
    assert are_several([one, other]) != same_person(one, other)
