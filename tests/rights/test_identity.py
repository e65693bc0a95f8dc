"""What shows who somebody is: whatever is combined, what is weak stays weak, as the file that lawyers read says."""

from datetime import date, datetime, timedelta
from itertools import product
from typing import Any, get_args

import msgspec
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from haechi.errors import KnowledgeError
from haechi.law import load_packs
from haechi.rights.identity import FRESH, Asked, Evidence, Standing, assess, level_of, may_represent
from haechi.rights.identity_rules import EVIDENCE_KINDS, LEVELS, identity_rules, read_rules
from haechi.rights.notices import Event, code_message, notice
from haechi.service.me.languages import NAMES, preferred, texts
from haechi.service.me.site import site_at
from haechi.terms.words import LANGUAGES, RequestKind

NOW = datetime(2026, 3, 1, 12)  # noqa: DTZ001 - naive UTC inside
WEAK = ("document", "facts", "new-address", "agent")
KINDS: tuple[RequestKind, ...] = get_args(RequestKind)
HARD = ("access", "portability", "erasure", "explanation")


def shown(kind: Any, channel: str = "", *, ago: timedelta = timedelta(0), **more: Any) -> Evidence:
    return Evidence(kind=kind, at=NOW - ago, channel=channel, **more)


def asks(kind: Any, *evidence: Evidence, laws: tuple[str, ...] = ("kr-pipa",), **standing: Any) -> Any:
    return assess(evidence, Asked(kind=kind), Standing(laws=laws, **standing), now=NOW)


weak = st.builds(
    shown, st.sampled_from(WEAK), st.sampled_from(["", "a", "b"]), verified=st.booleans(),
    ago=st.timedeltas(timedelta(0), timedelta(days=900)),
)  # fmt: skip
anything = st.builds(
    shown, st.sampled_from(EVIDENCE_KINDS), st.sampled_from(["", "a", "b"]), verified=st.booleans(),
    ago=st.timedeltas(timedelta(0), timedelta(days=2)),
    since=st.none() | st.datetimes(NOW - timedelta(days=30), NOW),
)  # fmt: skip


@given(st.lists(weak, max_size=12))
def test_weak_evidence_never_adds_up(evidence: list[Evidence]) -> None:
    """Ten forged papers are ten forged papers."""
    assert level_of(evidence, NOW) == "none"
    for kind in HARD:
        assert asks(kind, *evidence).verdict != "allowed"


@given(st.lists(weak, max_size=6), st.lists(anything, max_size=5))
def test_weak_evidence_lifts_nothing(papers: list[Evidence], evidence: list[Evidence]) -> None:
    """A document beside a code is a code."""
    assert level_of([*papers, *evidence], NOW) == level_of(evidence, NOW)


@given(st.lists(anything, max_size=6), anything)
def test_showing_more_never_makes_less_sure(evidence: list[Evidence], more: Evidence) -> None:
    before, after = level_of(evidence, NOW), level_of([*evidence, more], NOW)
    # The same thing shown again, newer, replaces the older one: only its own age may have changed.
    if all(one.kind != more.kind for one in evidence):
        assert LEVELS.index(after) >= LEVELS.index(before)


@given(st.lists(anything, max_size=6))
def test_nobody_is_sure_for_long(evidence: list[Evidence]) -> None:
    """A browser that was left open an hour ago shows that somebody was there an hour ago."""
    assert level_of(evidence, NOW + FRESH + timedelta(days=2)) != "sure"


@pytest.mark.parametrize("kind", KINDS)
def test_every_law_s_article_is_named_with_what_is_needed(kind: RequestKind) -> None:
    """A refusal without its article cannot be contested."""
    for law in load_packs(()):
        if law == "eu-dsa":
            continue
        found = asks(kind, shown("document"), laws=(law,))
        assert found.verdict == "refused"
        assert any(reason.articles for reason in found.reasons), law
        assert found.missing


def test_the_same_address_twice_is_one_address() -> None:
    once = shown("contact-code", "a", ago=timedelta(minutes=1))
    assert level_of([once, shown("contact-code", "a")], NOW) == "reachable"
    assert level_of([once, shown("contact-code", "b")], NOW) == "known"


def test_what_the_asker_brought_shows_nothing() -> None:
    """An address of yesterday is a new address by another name; a key of yesterday makes nobody sure."""
    yesterday = NOW - timedelta(days=1)
    assert level_of([shown("contact-code", since=yesterday)], NOW) == "none"
    assert level_of([shown("passkey", since=yesterday)], NOW) == "known"
    assert level_of([shown("passkey", since=NOW - timedelta(hours=72))], NOW) == "sure"


@pytest.mark.parametrize(
    ("law", "age", "barred"),
    [
        ("kr-pipa", 13, None), ("kr-pipa", 14, "of-age"), ("jp-appi", 17, None), ("jp-appi", 18, "of-age"),
        ("us-ca-cpra", 12, None), ("us-ca-cpra", 13, "of-age"), ("eu-gdpr", 15, None), ("eu-gdpr", 16, "of-age"),
        ("us-wa-mhmda", 5, "representation-unclear"),
    ],
)  # fmt: skip
def test_guardians_act_up_to_the_age_of_the_law(law: str, age: int, barred: str | None) -> None:
    """On the birthday itself the child asks alone."""
    born = date(NOW.year - age, NOW.month, NOW.day)
    found = may_represent("guardian", [law], born, NOW.date())
    assert (None if found is None else found.code) == barred
    if barred == "of-age":
        younger = may_represent("guardian", [law], born + timedelta(days=1), NOW.date())
        assert younger is None


def test_a_guardian_of_somebody_of_unknown_age_is_not_let_in() -> None:
    found = may_represent("guardian", ["kr-pipa"], None, NOW.date())
    assert found is not None
    assert found.code == "representation-unclear"


def test_the_waiting_holds_what_leaves_and_destroys_and_nothing_else() -> None:
    later = NOW + timedelta(hours=1)
    sure = shown("passkey")
    for kind in KINDS:
        waits = asks(kind, sure, cooling_until=later).verdict != "allowed"
        assert waits == (kind in HARD), kind
        assert asks(kind, sure, cooling_until=NOW).verdict == "allowed"


def test_no_kind_of_request_is_easier_than_stopping() -> None:
    """As easy as giving (GDPR Art. 7(3)): nothing is asked of who objects that is not asked of who looks."""
    needs = {kind: LEVELS.index(asks(kind).needed) for kind in KINDS}
    assert max(needs[kind] for kind in ("objection", "restriction", "withdrawal")) == min(needs.values())
    assert needs["erasure"] == max(needs.values())


def written(change: Any) -> str:
    rules = msgspec.json.decode(msgspec.json.encode(identity_rules()))
    change(rules)
    return yaml.safe_dump(rules)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda r: r["together"].append({"kinds": ["document", "facts"], "level": "known", "why": "", "sources": []}),
         "weak evidence never adds up"),
        (lambda r: r["evidence"].pop(), "expected each of"),
        (lambda r: r["needed"].pop(), "when: always"),
        (lambda r: r["needed"][0]["sources"].append("hearsay"), "hearsay"),
        (lambda r: r["levels"].reverse(), "in this order"),
        (lambda r: r["needed"][0].update(level="maybe"), "Invalid enum value"),
        (lambda r: r.update(colour="blue"), "colour"),
    ],
)  # fmt: skip
def test_a_file_that_would_open_too_much_is_not_read(change: Any, said: str) -> None:
    """Whoever corrects the rules is told where they are wrong before anybody is let in by them."""
    with pytest.raises(KnowledgeError, match=said):
        read_rules(written(change), file="rules.yaml")
    assert read_rules(written(lambda _: None), file="rules.yaml") == identity_rules()


@pytest.mark.parametrize(("event", "lang"), product(get_args(Event), LANGUAGES))
def test_every_letter_is_there_in_every_language(event: Any, lang: str) -> None:
    letter = notice(event, lang, "https://ads.example/me/stop/x")
    assert letter.text.count("https://ads.example/me/stop/x") == 1
    assert "{" not in letter.text + letter.subject
    assert "12345678" in code_message("12345678", lang).text


def test_every_text_is_there_in_every_language() -> None:
    assert set(NAMES) == set(LANGUAGES)
    for lang in LANGUAGES:
        assert texts(lang).keys() == texts("en").keys()
        assert all(text.strip() for text in texts(lang).values())


@pytest.mark.parametrize(
    ("accepted", "lang"),
    [("", "en"), ("ko-KR,ko;q=0.9,en;q=0.8", "ko"), ("fr,de;q=0.3,ja;q=0.7", "ja"), ("zz;q=x,*", "en")],
)
def test_the_browser_s_language_is_taken(accepted: str, lang: str) -> None:
    assert preferred(accepted) == lang


@pytest.mark.parametrize(
    "origin",
    ["http://ads.example", "https://192.0.2.1", "https://ads.example/me", "https://a@ads.example", "ads.example",
     "https://ads.example:x", "https://ADS.example", "http://localhost.evil.example", ""],
)  # fmt: skip
def test_an_origin_at_which_passkeys_do_not_work_is_refused_before_anything_is_served(origin: str) -> None:
    with pytest.raises(Exception, match="expected an origin"):
        site_at(origin)
    assert site_at("https://ads.example/").rp_id == "ads.example"
    assert site_at("http://localhost:8080").origin == "http://localhost:8080"
