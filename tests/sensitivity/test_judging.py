"""What a name means: look-alikes, contexts, evidence, disguises, and names that cannot be judged."""

import pickle
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from haechi import sensitivity
from haechi.sensitivity.decide import Label


def _decided(name: str, path: str | None = None, lang: str | None = None) -> list[str]:
    return [label.category for label in sensitivity.load().judge(name, path, lang).decided]


@pytest.mark.parametrize(
    "name",
    [
        "Great Depression", "Tropical depression", "Gay-Lussac's law", "Mass transit", "Critical mass",
        "Church's Chicken", "Cancer (zodiac sign)", "Race cars", "Party supplies", "Diet soda",
        "Republic Records", "Straight razor shaving",
        "European Union", "Credit unions", "Christian Dior", "Judas Priest", "Virgin Atlantic", "Venetian blinds",
        "BBQ smokers", "Progressive rock", "Liberal arts colleges", "Bipolar transistor", "New Orleans Saints",
        "Veterinary medicine", "Window treatments", "Third-party cookies", "Parents of teenagers",
        "Christmas tree", "National debt", "Bird migration", "Temple University",
    ],
)  # fmt: skip
def test_look_alikes_are_left_alone(name: str) -> None:
    """Fails when a word that only looks sensitive is taken for the thing."""
    assert _decided(name) == []


@pytest.mark.parametrize(
    ("name", "path", "expected"),
    [
        ("Depression", "Society > Economics", []),
        ("Depression", "Health > Conditions", ["health"]),
        ("Depression", None, ["health"]),
        ("Choir", "Interest > Religion > Christianity", ["religion"]),
        ("Cancer", "Lifestyle > Horoscope", []),
        ("Jane Doe", "Facebook page > politician", ["political-opinion"]),
        ("The Nun", "Facebook page > tvshow", []),
        ("Kurdish", "Content Language", []),
        ("Kurdish", "Demographics > Ethnic community", ["race-ethnicity"]),
    ],
)
def test_the_path_decides_what_a_word_means(name: str, path: str | None, expected: list[str]) -> None:
    """Fails when tiers above a name are not read, or a look-alike wins against them."""
    assert _decided(name, path) == expected


def test_a_longer_term_says_better_what_a_word_means() -> None:
    """Fails when a word inside a longer term is judged by itself: a school is arguable, its creed is not."""
    labels = sensitivity.load().judge("Catholic school").labels
    assert [(label.category, label.grade) for label in labels] == [("religion", 1)]


def test_arguable_is_never_decided() -> None:
    """Fails when a weak hint is sold as a finding."""
    judgement = sensitivity.load().judge("Alcoholic beverages")
    assert [(label.category, label.grade) for label in judgement.labels] == [("health", 1)]
    assert judgement.labels[0].score < 0.5
    assert judgement.decided == ()


def test_one_name_can_bear_several_categories() -> None:
    """Fails when the first category found hides the others."""
    assert _decided("Black Lives Matter") == ["political-opinion", "race-ethnicity"]
    assert set(_decided("LGBT community center")) == {"sexual-orientation", "gender-identity"}


@pytest.mark.parametrize(
    ("name", "evidence"),
    [
        ("My CHURCH service club", "CHURCH service"),
        ("\uff23\uff28urch\u3000service\uff01", "\uff23\uff28urch\u3000service"),
        ("a chu\u200bsrch, a chu\u200brch service", "chu\u200brch service"),
        ("Fans of the Mosque\u0301e de Paris", "Mosque\u0301e"),
        ("ADEX|Interests|ReligionAndSpirituality", "ReligionAndSpirituality"),
        ("서울 탈북민 지원", "탈북민"),
        ("ﾗﾏﾀﾞﾝの食事", "ﾗﾏﾀﾞﾝ"),
        ("Fish &amp; Church", "Church"),
        ("Hilfe für Obdachlose, Köln", "Obdachlos"),
    ],
)
def test_evidence_stands_where_it_says(name: str, evidence: str) -> None:
    """Fails when a report underlines other letters than those that decided."""
    label = sensitivity.load().judge(name).decided[0]
    assert name[label.start : label.end] == label.evidence
    assert label.evidence == evidence


@given(st.text(max_size=80), st.one_of(st.none(), st.text(max_size=40)))
def test_any_text_is_judged_and_every_span_is_a_slice(name: str, path: str | None) -> None:
    """Fails when some letters break the engine, or a span does not lie in the original."""
    judgement = sensitivity.load().judge(name, path)
    for label in judgement.labels:
        text = name if label.field == "name" else path or ""
        assert text[label.start : label.end] == label.evidence
        assert label.decided_by.startswith("concept:")
        assert (label.score >= 0.5) == (label.grade == 2)


BASES = (
    "Church service", "Diabetes awareness", "Lesbian dating", "Payday loans", "Labor unions",
    "Muslim holidays",
    "탈북민 지원", "트랜스젠더 인권", "イスラム教徒", "労働組合ニュース",
    "Flüchtlinge willkommen", "Sindicato de maestros",
)  # fmt: skip


def _spread(name: str) -> str:
    return name.replace(" ", "  \t ")


def _full_width(name: str) -> str:
    return "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in name)


def _camel(name: str) -> str:
    return "".join(word[:1].upper() + word[1:] for word in name.split(" "))


def _provider(name: str) -> str:
    return f"Broker 180 > B2C > {name} (BlueKai)"


DISGUISES: dict[str, Callable[[str], str]] = {
    "upper": str.upper,
    "lower": str.lower,
    "spread": _spread,
    "full width": _full_width,
    "decomposed": lambda name: unicodedata.normalize("NFD", name),
    "underscores": lambda name: name.replace(" ", "_"),
    "hyphens": lambda name: name.replace(" ", "-"),
    "camel": _camel,
    "provider": _provider,
    "markup": lambda name: f"<b>{name}</b>",
}


@pytest.mark.parametrize("disguise", DISGUISES)
@pytest.mark.parametrize("name", BASES)
def test_a_disguise_changes_nothing(name: str, disguise: str) -> None:
    """Fails when spelling, width or a provider's wrapping hides what a theme is about."""
    assert _decided(DISGUISES[disguise](name)) == _decided(name) != []


@settings(max_examples=150)
@given(st.sampled_from(BASES), st.data())
def test_invisible_characters_change_nothing(name: str, data: st.DataObject) -> None:
    """Fails when a zero-width or control character inside a word hides it."""
    place = data.draw(st.integers(0, len(name)))
    unseen = data.draw(st.sampled_from(["\u200b", "\u200d", "\ufeff", "\u00ad", "\u2060", "\x01", "\x7f"]))
    assert _decided(name[:place] + unseen + name[place:]) == _decided(name)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", "empty"),
        (" \t", "empty"),
        ("12345", "no letters"),
        ("\x00\x01\x02PK\x03\x04", "not readable text"),
        ("\ufffd\ufffd\ufffdabc", "not readable text"),
        ("Клуб любителей", "Cyrillic"),
        ("نادي الشطرنج", "Arabic"),
        ("x " * 5_000, "first 4,096"),
    ],
)
def test_what_cannot_be_judged_says_so(name: str, reason: str) -> None:
    """Fails when something nobody can read passes for harmless."""
    undecided = sensitivity.load().judge(name).undecided
    assert undecided is not None
    assert undecided.startswith("cannot tell")
    assert reason in undecided


def test_a_name_of_ten_megabytes_costs_no_more_than_its_judged_part() -> None:
    """Fails when one hostile name can stall or fill a whole run."""
    name = "Church service " + "ж" * 10_000_000
    judgement = sensitivity.load().judge(name, path="y" * 10_000_000)
    assert [label.category for label in judgement.decided] == ["religion"]
    assert judgement.undecided is not None


def test_an_engine_travels_to_other_processes() -> None:
    """Fails when an engine cannot be pickled, or judges differently on the other side."""
    engine = sensitivity.load()
    copy = pickle.loads(pickle.dumps(engine))  # noqa: S301 - our own
    assert copy.version == engine.version
    assert copy.judge("Church service") == engine.judge("Church service")


def test_classify_keeps_the_order() -> None:
    """Fails when answers are given to the wrong names."""
    found = sensitivity.classify(["Guitar", "Mosque", "Fishing", "Asthma"])
    assert [[label.category for label in each.labels] for each in found] == [[], ["religion"], [], ["health"]]
    assert isinstance(found[1].labels[0], Label)
