"""English names in katakana and hangul are heard, and ordinary words in either are not taken for them."""

import csv
import subprocess
import sys
from importlib import resources
from pathlib import Path

import pytest

from haechi import sensitivity
from haechi.sensitivity import facts, sound_distance, sound_index, sounds
from haechi.sensitivity.eastern_sounds import sound_of
from haechi.sensitivity.english_sounds import readings_of
from haechi.sensitivity.normalise import plain_form

TRANSLITERATED = Path(__file__).with_name("names_as_they_sound.csv")
"""Names drawn at random from the knowledge, as one reader writes them in both scripts; every other one held out."""


@pytest.mark.parametrize(("part", "lang", "least"), [("held-out", "ko", 0.92), ("held-out", "ja", 0.90)])
def test_most_names_are_heard(part: str, lang: str, least: float) -> None:
    """Fails when a rule of sounds loses names: the knowledge would not know them in that script."""
    with TRANSLITERATED.open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["part"] == part]
    index = sounds.index_of(row["name"] for row in rows)
    missed = [
        row["name"]
        for row in rows
        if plain_form(row["name"])
        not in [told.name for told in sounds.heard(plain_form(row[lang]).split(), index)]
    ]
    assert len(missed) <= (1 - least) * len(rows), missed


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("주디셜 워치", "Judicial Watch"),
        ("폭스 앤드 프렌즈", "Fox & Friends"),
        ("폭스 앤 프렌즈", "Fox and Friends"),
        ("フォックス・アンド・フレンズ", "Fox & Friends"),
        ("フォックス&フレンズ", "Fox and Friends"),
        ("フォックス･アンド･フレンズ", "Fox and Friends"),
        ("우먼 오브 페이스", "Women of Faith"),
        ("로런 데이글", "Lauren Daigle"),
        ("리얼 타임 위드 빌 마허", "Real Time with Bill Maher"),
        ("수어사이드 걸스", "SuicideGirls"),
        ("スーサイド・ガールズ", "SuicideGirls"),
        ("ヒューマン・ライツ・ウォッチ", "Human Rights Watch"),
        ("캠퍼스 크루세이드 포 크라이스트", "Campus Crusade for Christ"),
        ("크리스천 사이언스 모니터", "Christian Science Monitor"),
        ("세인트 빈센트", "St. Vincent"),
        ("タナハシ・コーツ", None),
        ("폭스 프린터", None),
        ("주디셜 와인", None),
    ],
)
def test_names_of_many_words_small_words_and_camel_case(written: str, name: str | None) -> None:
    """Fails when "and", "with", a middle dot, a plural or capitals inside a word keep a name from being heard."""
    terms = ["Judicial Watch", "Women of Faith", "Lauren Daigle", "Real Time with Bill Maher", "SuicideGirls"]
    terms += ["Human Rights Watch", "Campus Crusade for Christ", "Christian Science Monitor", "St. Vincent"]
    terms.append(name if name in {"Fox & Friends", "Fox and Friends"} else "Fox & Friends")
    told = sounds.heard(plain_form(written).split(), sounds.index_of(terms))
    assert [one.name for one in told] == ([] if name is None else [plain_form(name)])


@pytest.mark.parametrize(
    ("word", "sound"),
    [
        ("フェイス", "peisU"),
        ("キング", "kin"),
        ("イングリッシュ", "ingUrisyU"),
        ("데이글", "deig~r"),
        ("ひらがな", None),
    ],
)
def test_how_a_word_is_read(word: str, sound: str | None) -> None:
    """Fails when kana or hangul are read otherwise than they sound: every name with them would be lost."""
    assert sound_of(word) == sound


@pytest.mark.parametrize(
    ("word", "reading"),
    [("friends", "p r ie n z"), ("knights", "n y c"), ("nations", "n a s N n x"), ("lake", "r a_ k E")],
)
def test_how_english_is_read(word: str, reading: str) -> None:
    """Fails when silent letters, -ds, -ts or -tions are read as they are spelt."""
    assert reading in [" ".join(sound) for sound in readings_of(word)]


@pytest.mark.parametrize(
    "name",
    [
        "도라지 리포터", "대한 민국", "전자 제품 매장", "서울 시청", "더 블랙", "인 서울",
        "ネック フィン", "サウナ コミュニティー", "ラブホ アメリカン", "ローカル ブランド",
        "ゲーム センター", "アニメ ファン", "ホーム シアター",
    ],
)  # fmt: skip
def test_ordinary_words_are_not_heard_as_names(name: str) -> None:
    """Fails when two ordinary words beside each other are taken for somebody's name."""
    assert not [x for x in sensitivity.load().judge(name).labels if x.decided_by.startswith("sound:")]


def test_what_is_heard_is_the_same_in_each_process() -> None:
    """Fails when an answer depends on the order of a set, which differs between processes."""
    asked = "from haechi.sensitivity import facts, sound_index, sounds; "
    asked += "index = sounds.index_of(sound_index.names_of(facts.shipped())); "
    asked += "print([sounds.heard(x.split(), index) for x in ('제인 존슨', '존 스톤', 'ジョン ソーン')])"
    told = {
        subprocess.run(
            [sys.executable, "-c", asked], env={"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(told) == 1
    assert told != {b""}


def test_every_name_of_the_knowledge_can_be_compared() -> None:
    """Fails when a spelling has a sound that the distance does not know."""
    terms = [term for concept in facts.shipped().concepts for term in facts.split_terms(concept.en)]
    spelt = {
        sound
        for term in terms
        for name in sounds.names_that_sound(term)
        for word in name.words
        for gap in word.gaps
        for sound in gap
    }
    assert spelt <= set(sound_distance.HEARD), spelt - set(sound_distance.HEARD)


def test_the_index_that_comes_with_the_package_is_that_of_the_knowledge() -> None:
    """Fails when `make model` was not called after a change of the knowledge: names would be looked for in vain."""
    knowledge = facts.shipped()
    shipped = resources.files("haechi.knowledge").joinpath("model", sound_index.FILE).read_bytes()
    assert shipped == sound_index.as_bytes(knowledge)
    made = sounds.index_of(sound_index.names_of(knowledge))
    assert sound_index.sound_index(knowledge) == made
