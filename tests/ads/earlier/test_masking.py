"""Masked texts: what a campaign changes from copy to copy is out, what it says stays."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haechi.review.ads import Box
from haechi.review.case import Case, Picture
from haechi.review.copies import signature
from haechi.review.history import MemoryHistory
from haechi.review.masking import Names, mask, masks, names_of, shingles
from tests.ads.earlier.made import ENGLISH, JAPANESE, KOREAN, PARTIES, case, made_ad, world

NAMES = Names(PARTIES)


@pytest.mark.parametrize(
    ("template", "one", "other"),
    [
        (JAPANESE, "星野谷健太郎", "クモノス証券"),
        (JAPANESE, "星野谷 健太郎", "ほしのや"),
        (KOREAN, "구름하늘", "Gureum Haneul"),
        (ENGLISH, "Tobias Wrenfield", "Kumonos Securities"),
    ],
    ids=("japanese", "japanese-parted", "korean", "english"),
)
def test_a_template_is_the_same_whoever_it_names(template: str, one: str, other: str) -> None:
    """If it fails, exchanging the celebrity makes a new text of an old one."""
    first = mask(template.format(name=one, number=10), NAMES)
    second = mask(template.format(name=other, number=9_900), NAMES)
    assert first.text == second.text
    assert first.parties
    assert second.parties


@pytest.mark.parametrize(
    ("template", "one", "other"),
    [
        (JAPANESE.replace("{name}", "{name}さん"), "森林坂小次郎", "海原田松之助"),
        (JAPANESE, "、トビアス・レンフィルド、", "、カスパー・モルゲン、"),
        (KOREAN, "박구름", "최바다"),
        (ENGLISH, "Tobias Morgenfield", "Casper Wrenmoor"),
    ],
    ids=("honoured", "katakana", "korean", "english"),
)
def test_names_that_nobody_protects_go_as_well(template: str, one: str, other: str) -> None:
    """If it fails, a campaign with unlisted celebrities is not seen as one."""
    first = mask(template.format(name=one, number=10), NAMES)
    second = mask(template.format(name=other, number=20), NAMES)
    assert first == second
    assert first.parties == ()


@pytest.mark.parametrize(
    ("plain", "dressed"),
    [
        (
            "join our free class today",
            "JOIN our \U0001f525free\U0001f525 class -- today!!! 100% https://x.example/abc",
        ),
        ("join our free class today", "jo\u200bin our fr\u2060ee class to\u00adday"),
        ("join our free class today", "ｊｏｉｎ our ｆｒｅｅ class me@mail.example @somebody today"),
        ("無料投資教室を開きました", "★無 料 投 資 教 室★を（2026年5月1日）開きました！！"),
        ("무료 투자 강의", "무료✨투자✨강의 12,000원"),
    ],
)
def test_dress_is_taken_off(plain: str, dressed: str) -> None:
    """If it fails, an emoji, a number or an invisible letter makes a new text of an old one."""
    assert mask(dressed, NAMES).text == mask(plain, NAMES).text


def test_a_short_western_name_counts_only_as_a_word() -> None:
    """If it fails, ads are said to name a party whose letters stand within another word."""
    names = Names({"p": PARTIES["p-wren"].__class__(party_id="p", names=("Ren Al",), aliases=("Ona",))})
    assert mask("A personal rental offer", names).parties == ()
    assert mask("ask Ona now", names).parties == ("p",)
    assert mask("今すぐOnaに聞く", names).parties == ("p",)


def test_hashtags_are_dress_unless_they_are_the_text() -> None:
    """If it fails, two posts with one block of tags are copies, or a text hides behind signs before its words."""
    text = "an evening of songs by the lake with friends from the village"
    assert mask(f"{text} #songs #lake #summer", NAMES) == mask(f"#village {text}", NAMES) == mask(text, NAMES)
    assert mask("#" + text.replace(" ", " #"), NAMES) == mask(text, NAMES)


def test_headlines_in_capitals_keep_their_words() -> None:
    """If it fails, headlines written in Title Case have no text left, and any two of them are the same."""
    assert "garden" in mask("New Garden Chairs For Every Summer Evening", NAMES).text


def test_written_and_pictured_text_are_two() -> None:
    """If it fails, a text moved into the picture is a new text."""
    text = ENGLISH.format(name="Tobias Wrenfield", number=5)
    known = world()
    lines = tuple(Box(x=0, y=0, width=1, height=1, text=line) for line in text.split(". "))
    pictured: Case = case(made_ad(), known, MemoryHistory(16), Picture(lines=lines))
    written = case(made_ad(text=text), known, MemoryHistory(16))
    assert [one.text for one in masks(pictured)] == [one.text for one in masks(written)]
    assert names_of(known) is names_of(known)


@given(st.text())
def test_any_text_leaves_letters_alone(text: str) -> None:
    """If it fails, an odd character breaks review or passes for content."""
    masked = mask(text, NAMES).text
    assert not re.search(r"[\s\d]", masked)
    assert all(len(piece) in {3, 5} for piece in shingles(masked))


@given(
    st.lists(
        st.sampled_from(["alpha", "beta", "gamma", "教室", "先着", "강의", "추천"]), min_size=3, max_size=9
    ),
    st.integers(0, 9),
    st.sampled_from([name for party in PARTIES.values() for name in party.names]),
)
def test_a_name_put_anywhere_changes_nothing(words: list[str], place: int, name: str) -> None:
    """If it fails, there is a place in which a protected name hides a copy."""
    without = mask(" / ".join(words), NAMES)
    with_name = mask(" / ".join([*words[:place], name, *words[place:]]), NAMES)
    assert with_name.text == without.text
    assert len(with_name.parties) == 1


@pytest.mark.parametrize(
    "piece",
    [
        "a",
        "a-",
        "a.",
        "@a",
        "a@",
        "1.",
        "#a",
        "A b ",
        "Aa Bb ",
        "星",
        "カ・",
        "김 ",
        "한국 대표",
        "\u200b",
        "http://",
        "・=",
    ],
)
def test_no_text_takes_long(piece: str) -> None:
    """If it fails, one ad of odd signs stops the review of all others."""
    start = time.process_time()
    masked = mask(piece * 100_000, NAMES)
    signature(masked.text)
    assert time.process_time() - start < 2


def test_a_text_in_two_scripts_has_no_turning_point() -> None:
    """If it fails, one letter more or less makes a mixed text a new one."""
    text = "無料投資教室を開きました" + "joinusnowfor"
    assert len(shingles(text) & shingles(text + "x")) == len(shingles(text))
