"""The public repository of ads: what it shows, how long, and what it never shows."""

import json
from datetime import datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from haechi.errors import UsageError
from haechi.review.ads import Ad, Targeting
from haechi.review.outgoing.repository import (
    Entry,
    Query,
    Shown,
    after_removal,
    entry_of,
    search,
    visible,
    visible_until,
)
from tests.ads.outgoing.made import ACCOUNT, AD, NOW, SECRETS, decision, statement

SHOWN = Shown(
    first=NOW, last=NOW + timedelta(days=9), reached=1_000, by_country={"FR": 400, "DE": 600}, commercial=True
)
TARGETED = msgspec.structs.replace(
    AD,
    targeting=Targeting(
        include=("Gardening",), exclude=("Fishing",), countries=("DE",), other=("age:18 - 65+",)
    ),
)


def _entry(**more: object) -> Entry:
    return entry_of(
        msgspec.structs.replace(TARGETED, **more), ACCOUNT, SHOWN, offered="Golden class", subject="Lessons"
    )


def test_points_a_to_g() -> None:
    """If it fails, the repository lacks one of the points of Art. 39(2)."""
    entry = _entry()
    assert entry.content is not None
    assert (entry.content.text, entry.content.offered, entry.content.subject) == (
        AD.text,
        "Golden class",
        "Lessons",
    )
    assert entry.on_behalf_of == "Waldemar Kronsbein"
    assert entry.payer == "Golda Prager"
    assert (entry.first_shown, entry.last_shown) == (SHOWN.first, SHOWN.last)
    assert entry.targeted
    assert (entry.parameters.include, entry.parameters.exclude) == (("Gardening",), ("Fishing",))
    assert entry.commercial
    assert (entry.reached, entry.reached_by_country) == (1_000, {"DE": 600, "FR": 400})


def test_the_payer_is_told_where_it_is_another() -> None:
    """If it fails, one name stands twice, or who paid is hidden."""
    assert _entry(payer="Waldemar Kronsbein").payer is None
    assert not entry_of(msgspec.structs.replace(AD, targeting=Targeting()), None, SHOWN).targeted


def test_after_removal_the_statement_stands_in_its_place() -> None:
    """If it fails, the repository goes on showing a fraud, or names whom it used."""
    entry = after_removal(_entry(), statement(was_shown=True))
    assert (entry.content, entry.on_behalf_of, entry.payer) == (None, None, None)
    assert entry.removed is not None
    assert set(entry.removed) == {"a", "b", "c", "e"}
    assert set(after_removal(_entry(), statement(was_shown=True, ground="law")).removed or ()) == {
        "a",
        "b",
        "c",
        "d",
    }
    public = json.dumps(msgspec.to_builtins(entry) | {"ad_id": ""}, ensure_ascii=False).lower()
    assert not [secret for secret in SECRETS if secret in public]
    assert entry.parameters.include == ("Gardening",)
    assert entry.reached == 1_000


def test_only_a_removal_removes() -> None:
    """If it fails, an entry is emptied by a decision on another ad, or one that removed nothing."""
    other = msgspec.structs.replace(_entry(), ad_id="other")
    for entry, made in (
        (other, statement(was_shown=True)),
        (_entry(), statement()),
        (_entry(), statement(decision("hold"), was_shown=True)),
    ):
        with pytest.raises(UsageError):
            after_removal(entry, made)


@pytest.mark.parametrize(
    ("last", "until"),
    [
        ("2026-05-01T10:00", "2027-05-01T10:00"),
        ("2024-02-29T10:00", "2025-03-01T10:00"),
        ("2023-03-01", "2024-03-01"),
    ],
)
def test_one_year_after_it_was_last_shown(last: str, until: str) -> None:
    """If it fails, entries vanish too soon for the law, or never."""
    shown = Shown(first=datetime.fromisoformat("2020-01-01"), last=datetime.fromisoformat(last), reached=1)
    entry = entry_of(AD, ACCOUNT, shown)
    end = datetime.fromisoformat(until)
    assert visible_until(entry) == end
    assert list(visible([entry], end)) == [entry]
    assert list(visible([entry], end + timedelta(microseconds=1))) == []
    assert list(visible([entry], shown.first - timedelta(microseconds=1))) == []


@pytest.mark.parametrize(
    "said",
    [
        "custom_audience:Lookalike (US, 1%) - customers",
        "customer list of May",
        "people:someone@mail.example",
        "phone +81 90 1234 5678",
        "0123456789abcdef0123456789abcdef",
    ],
)
def test_lists_of_people_are_withheld(said: str) -> None:
    """If it fails, the repository shows whom an advertiser has on its lists (Art. 39(1))."""
    entry = _entry(targeting=Targeting(include=(said,), other=(said,)))
    assert said not in json.dumps(msgspec.to_builtins(entry.parameters))
    assert entry.targeted


def test_showings_that_contradict_themselves() -> None:
    """If it fails, figures that cannot be true are published."""
    for shown in (
        Shown(first=NOW, last=NOW - timedelta(days=1), reached=1),
        Shown(first=NOW, last=NOW, reached=-1),
        Shown(first=NOW, last=NOW, reached=1, by_country={"DE": 2}),
        Shown(first=NOW, last=NOW, reached=1, by_country={"DE": -2}),
    ):
        with pytest.raises(UsageError):
            entry_of(AD, ACCOUNT, shown)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (Query(), "ab"),
        (Query(words="FREE class"), "ab"),
        (Query(words="class golden"), "ab"),
        (Query(words="nothing like it"), ""),
        (Query(advertiser="kronsbein"), "ab"),
        (Query(advertiser="golda"), "a"),
        (Query(country="FR"), "ab"),
        (Query(country="SE"), ""),
        (Query(parameter="garden"), "ab"),
        (Query(parameter="garden", use="include"), "ab"),
        (Query(parameter="garden", use="exclude"), ""),
        (Query(use="exclude"), "a"),
        (Query(parameter="age"), "a"),
        (Query(shown_from=NOW + timedelta(days=10)), "b"),
        (Query(shown_until=NOW + timedelta(days=10)), "a"),
        (Query(removed=True), ""),
        (Query(removed=False, words="class", country="DE", advertiser="golda"), "a"),
        (Query(words="class", advertiser="golda", country="SE"), ""),
    ],
)
def test_several_criteria_at_once(query: Query, found: str) -> None:
    """If it fails, people cannot find the ads that concern them (Art. 39(1))."""
    second = msgspec.structs.replace(
        TARGETED, ad_id="b", payer=None, targeting=Targeting(include=("Gardening",))
    )
    later = msgspec.structs.replace(SHOWN, first=NOW + timedelta(days=10), last=NOW + timedelta(days=20))
    entries = [
        msgspec.structs.replace(_entry(), ad_id="a"),
        entry_of(second, ACCOUNT, later, offered="Golden class"),
    ]
    met = search(entries, query, NOW + timedelta(days=30))
    assert "".join(sorted(entry.ad_id for entry in met)) == found
    assert [entry.last_shown for entry in met] == sorted((entry.last_shown for entry in met), reverse=True)


ads = st.builds(
    lambda number, headline, country: (
        Ad(ad_id=str(number), advertiser_id="x", headline=headline, submitted_at=NOW),
        Shown(first=NOW, last=NOW + timedelta(days=number), reached=5, by_country={country: 5}),
    ),
    st.integers(0, 700),
    st.sampled_from(["red shoes", "RED coats", "blue shoes", "靴"]),
    st.sampled_from(["DE", "FR"]),
)


@given(
    st.lists(ads, max_size=12), st.sampled_from(["", "red", "shoes red", "靴"]), st.sampled_from([None, "DE"])
)
def test_search_is_looking_at_each(made: list[tuple[Ad, Shown]], words: str, country: str | None) -> None:
    """If it fails, the search leaves out or adds entries."""
    at = NOW + timedelta(days=800)
    entries = [entry_of(ad, None, shown) for ad, shown in made]
    expected = [
        ad.ad_id
        for ad, shown in made
        if all(word in ad.headline.lower().split() or word == ad.headline for word in words.split())
        and (country is None or country in shown.by_country)
        and at <= shown.last.replace(year=shown.last.year + 1)
    ]
    assert sorted(
        entry.ad_id for entry in search(entries, Query(words=words, country=country), at)
    ) == sorted(expected)
