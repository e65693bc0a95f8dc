"""The wordings: enough of them, and the parts are strangers to one another."""

import random
import re
import unicodedata
from collections import Counter
from importlib import resources

import pytest

from haechi.example.campaigns.filling import fill, honest_values_of, slots_in, values_of
from haechi.example.campaigns.parties import parties, those
from haechi.example.campaigns.templates import LANGUAGES, Part, Wording, honest, scams, slots, slots_of

MAIN = ("ja", "ko", "en")
PARTS: tuple[Part, ...] = ("dev", "held-out")
SPOKEN = {"ja": 14, "ko": 14, "zh": 12}
"""Letters of a run that two wordings may not share, in scripts that write syllables or words with one sign."""
WORDS = 6
"""Words of a run that two wordings may not share, elsewhere."""


@pytest.mark.parametrize("language", MAIN)
def test_the_variety_is_large(language: str) -> None:
    """If this fails, a rate is measured on so few wordings that a lucky one decides it."""
    loud = [one for one in scams(language) if not one.quiet]
    assert len(loud) >= 60
    assert len({one.family for one in loud}) >= 20
    assert sum(one.finance for one in honest(language)) >= 100
    assert sum(not one.finance for one in honest(language)) >= 150
    for part in PARTS:
        assert len({one.family for one in loud if one.part == part}) >= 10


def test_every_family_is_in_every_language_with_a_quiet_wording() -> None:
    """If this fails, a paraphrase or a translation of a campaign cannot be made, and its evasion is not measured."""
    families = {one.family for one in scams("en")}
    for language in LANGUAGES:
        told = Counter((one.family, one.quiet) for one in scams(language))
        assert {family for family, quiet in told if quiet} == families
        assert {family for family, quiet in told if not quiet} == families
        assert all(told[family, True] == 1 for family in families)


def test_a_family_is_in_one_part_only() -> None:
    """If this fails, what was learned of a family in dev helps in held-out, and the measure is worth nothing."""
    parts: dict[str, set[str]] = {}
    for language in LANGUAGES:
        for one in scams(language):
            parts.setdefault(one.family, set()).add(one.part)
    assert all(len(of) == 1 for of in parts.values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_parts_share_no_sentence_and_no_long_run_of_words(language: str) -> None:
    """If this fails, a sentence learned by heart in dev is found again in held-out."""
    everything = (*scams(language), *honest(language))
    dev, held_out = ([one for one in everything if one.part == part] for part in PARTS)
    sentences = set().union(*(_sentences(one) for one in dev)) & set().union(
        *(_sentences(one) for one in held_out)
    )
    assert sentences == set()
    runs = set().union(*(_runs(one) for one in dev)) & set().union(*(_runs(one) for one in held_out))
    assert runs == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_parts_share_no_phrase_that_leads_into_a_chat(language: str) -> None:
    """If this fails, the sentences with which dev's scams end are those of held-out's, whatever their family."""
    dev, held_out = (slots_of(language, part) for part in PARTS)
    for mode in dev["join"]:
        assert set(dev["join"][mode]).isdisjoint(held_out["join"][mode])
    for name in ("tool", "firm", "account", "own", "picture_only"):
        assert set(dev[name]).isdisjoint(held_out[name])


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_slot_is_left_empty(language: str) -> None:
    """If this fails, an ad shows a name in braces, which no real ad does and any judge could learn."""
    chance = random.Random(1)  # noqa: S311
    scam = {*values_of(language, "dev", chance), "who", "role", "brand", "paper", "office", "join"}
    fair = {
        *honest_values_of(language, "dev", chance),
        "own",
        "home",
        "reg",
        "channel",
        "who",
        "office",
        "paper",
    }
    for one in scams(language):
        assert slots_in(one.headline + one.text) <= scam, one
    for one in honest(language):
        assert slots_in(one.headline + one.text) <= fair, one


def test_every_language_and_part_has_its_parties() -> None:
    """If this fails, held-out scams wear the same names as those that a detector was built on."""
    for language in LANGUAGES:
        for part in PARTS:
            for use in ("person", "brand", "paper", "office"):
                assert those(language, use, part)
    assert len({one.party_id for one in parties()}) == len(parties())
    scripts = {
        unicodedata.name(letter).split()[0] for one in parties() for name in one.names for letter in name[:1]
    }
    assert {"CJK", "HANGUL", "LATIN"} <= scripts


def test_particles_follow_the_sound_of_the_name() -> None:
    """If this fails, every Korean ad with a name has a mistake in it that honest ads do not have."""
    assert (
        fill("{who}가 {who}는 {who}를 {who}와", {"who": "선우별찬"})
        == "선우별찬이 선우별찬은 선우별찬을 선우별찬과"
    )
    assert (
        fill("{who}이 {sum}을 {who}으로", {"who": "남궁솔뫼", "sum": "달러"})
        == "남궁솔뫼가 달러를 남궁솔뫼로"
    )
    assert fill("{who}가족", {"who": "선우별찬"}) == "선우별찬가족"


def test_everything_says_that_it_is_synthetic() -> None:
    """If this fails, somebody may take an invented scam, person or register for a real one."""
    folder = resources.files("haechi.example.campaigns") / "texts"
    for file in folder.iterdir():
        head = file.read_text(encoding="utf-8")[:300].lower()
        assert "synthetic" in head or file.name == "evasions.json", file.name
    assert all(one.domain.endswith(".example") for one in parties() if one.domain)
    assert slots()["about"].startswith("Synthetic")


def _sentences(one: Wording) -> set[str]:
    """Sentences of some length, slots taken out: what remains when only a slot differs is the same sentence."""
    parts = re.split(r"[.!?。\uff01\uff1f]", re.sub(r"\{\w+\}", "", f"{one.headline}。{one.text}"))
    clean = (re.sub(r"\W+", "", part).lower() for part in parts)
    return {part for part in clean if len(part) >= (8 if one.language in SPOKEN else 18)}


def _runs(one: Wording) -> set[str]:
    text = re.sub(r"\{\w+\}", "\n", f"{one.headline}\n{one.text}").lower()
    found = set()
    for piece in re.split(r"[\n。]", text):
        if one.language in SPOKEN:
            letters, size, join = list(re.sub(r"\W", "", piece)), SPOKEN[one.language], ""
        else:
            letters, size, join = re.findall(r"\w+", piece), WORDS, " "
        found |= {join.join(letters[at : at + size]) for at in range(len(letters) - size + 1)}
    return found
