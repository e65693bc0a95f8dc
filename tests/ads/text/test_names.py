"""Protected names: worn with permission or without, and imitated. All persons and brands are invented."""
# ruff: noqa: E501  letters that only look like others are its subject

import itertools
import random
import time
from datetime import timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from haechi.review.ads import Advertiser, Authorisation, ProtectedParty, Span
from haechi.review.case import Case
from haechi.review.name_index import name_index
from haechi.review.signals import look_alike_name, named_party
from tests.ads.text.cases import SUBMITTED, case_of, world_of

PARTIES = (
    ProtectedParty(
        party_id="sawada", names=("澤堀 友作", "Yusaku Sawahori"), aliases=("さわほり ゆうさく", "サワホリ")
    ),
    ProtectedParty(
        party_id="quill",
        names=("Aldous Quillfeather", "オルダス・クイルフェザー", "올더스 퀼페더"),
        aliases=("Quill",),
    ),
    ProtectedParty(party_id="gil", names=("한가온",), aliases=("가온",)),
    ProtectedParty(
        party_id="zelta", kind="brand", names=("Zeltabank", "ゼルタ銀行"), domains=("zeltabank.example",)
    ),
    ProtectedParty(party_id="plum", kind="brand", names=("Plume",)),
    ProtectedParty(party_id="tw", names=("歐陽樂國",)),
)
WORLD = world_of(*PARTIES)


def named(text: str, field: str = "text") -> dict[str, float]:
    return {signal.value: signal.score for signal in named_party.find(case_of({field: text}, world=WORLD))}


def alike(text: str) -> dict[str, str]:
    found = look_alike_name.find(case_of({"text": text}, world=WORLD))
    return {signal.value: signal.params["likeness"] for signal in found}


@pytest.mark.parametrize(
    ("text", "party"),
    [
        ("澤堀友作が教える", "sawada"), ("澤堀 友作氏", "sawada"), ("澤堀・友作さん", "sawada"), ("澤堀\n友作", "sawada"), ("友作澤堀の投資", "sawada"),
        ("さわほりゆうさく", "sawada"), ("サワホリさんの本", "sawada"), ("ｻﾜﾎﾘ先生", "sawada"), ("YUSAKU SAWAHORI", "sawada"), ("Sawahori, Yusaku", "sawada"),
        ("yusaku-sawahori", "sawada"), ("#YusakuSawahori", "sawada"), ("Aldous Quillfeather's secret", "quill"), ("Ａｌｄｏｕｓ　Ｑｕｉｌｌｆｅａｔｈｅｒ", "quill"),
        ("Aldous Quillfeathers Plan", "quill"), ("オルダスクイルフェザーが", "quill"), ("올더스퀼페더가 추천", "quill"), ("올더스 퀼페더의", "quill"),
        ("한가온이 공개", "gil"), ("한가온씨", "gil"), ("가온 대표", "gil"), ("Mr Quill says", "quill"), ("ゼルタ銀行の口座", "zelta"), ("Zeltabank", "zelta"),
        ("Plume's new app", "plum"), ("歐陽樂國", "tw"),
    ],
)  # fmt: skip
def test_names_are_found_as_people_write_them(text: str, party: str) -> None:
    """If this fails, an ad wears a protected name unseen."""
    assert party in named(text)


@pytest.mark.parametrize(
    "text",
    [
        "a quill for writing", "Quilling for beginners", "plume of smoke", "Plumefeather dress", "라가온천 여행", "aldous huxley",
        "澤堀市の友人", "write to sales@zeltabank.example", "https://www.plume.com/x", "サワホリデー特集", "友作", "yusakus",
    ],
)  # fmt: skip
def test_other_words_are_no_names(text: str) -> None:
    """If this fails, ordinary ads are held for words that mean something else."""
    assert named(text) == {}
    assert alike(text) == {}


@pytest.mark.parametrize(
    ("text", "party", "likeness"),
    [
        ("澤堀友乍が教える", "sawada", "shape"), ("澤掘友作", "sawada", "shape"), ("沢堀友作", "sawada", "variant"), ("泽堀友作が", "sawada", "simplified"),
        ("澤\u200b堀友\u2060作", "sawada", "invisible"), ("澤.堀.友.作", "sawada", "split"), ("澤 堀 友 作", "sawada", "split"), ("Aldоus Quіllfeather", "quill", "letters"),
        ("A1dous Qui11feather", "quill", "letters"), ("Aldous Quilfeather", "quill", "spelling"), ("Aldous Quillfaether", "quill", "spelling"),
        ("Aldus Quillfeather", "quill", "spelling"), ("A l d o u s Q u i l l f e a t h e r", "quill", "split"), ("올 더 스 퀼 페 더", "quill", "split"),
        ("한\u200b가온", "gil", "invisible"), ("Zelttabank", "zelta", "spelling"), ("Ze1tabank", "zelta", "letters"), ("サワホﾘ\u200b", "", ""), ("欧阳乐国", "tw", "variant"),
    ],
)  # fmt: skip
def test_imitations_are_found(text: str, party: str, likeness: str) -> None:
    """If this fails, a reader sees the name and the review does not."""
    assert alike(text) == ({party: likeness} if party else {})


@given(
    st.sampled_from(["澤堀友作", "Aldous Quillfeather", "한가온", "Zeltabank", "オルダス・クイルフェザー"]),
    st.sampled_from("\u200b\u200c\u2060\ufeff\u00ad"),
    st.integers(1, 2),
    st.text(alphabet="あいうえ投資株。 ", max_size=12),
)
@settings(max_examples=60, deadline=None)
def test_no_invisible_character_hides_a_name(name: str, hidden: str, place: int, around: str) -> None:
    """If this fails, one zero-width character is enough to wear a name."""
    case = case_of({"text": f"{around} {name[:place]}{hidden}{name[place:]} {around}"}, world=WORLD)
    assert named_party.find(case)
    assert [signal.params["likeness"] for signal in look_alike_name.find(case)] == ["invisible"]


def test_the_evidence_is_exactly_the_name() -> None:
    """If this fails, the advertiser is told of another word than the one that must go."""
    text = "💰無料！ 澤堀　友作 氏と Aldous Quillfeather's"
    for signal in named_party.find(case_of({"text": text}, world=WORLD)):
        (evidence,) = signal.evidence
        assert isinstance(evidence, Span)
        assert text[evidence.start : evidence.end] == evidence.text
        assert evidence.text in ("澤堀　友作", "Aldous Quillfeather")


@pytest.mark.parametrize("field", ["headline", "text", "display_name", "image_text", "landing_text"])
def test_names_are_found_in_every_field(field: str) -> None:
    """If this fails, a name is hidden by putting it elsewhere."""
    assert named("澤堀友作", field) == {"sawada": pytest.approx(0.97)}


def test_a_name_in_an_address_is_found_behind_the_host() -> None:
    """If this fails, names in landing addresses pass, or every address of a platform wears that platform's name."""
    assert "sawada" in named("https://example.com/yusaku-sawahori?x=1", "landing_url")
    assert named("https://zeltabank.example/?utm_source=zeltabank", "landing_url") == {}


def permitted(authorisation: Authorisation | None, advertiser: Advertiser | None = None) -> set[str]:
    world = world_of(*PARTIES, authorisations=[authorisation] if authorisation else [])
    case = case_of({"text": "澤堀友作 Zeltabank"}, world=world, advertiser=advertiser)
    return {f"{signal.name}:{signal.value}" for signal in named_party.find(case)}


GRANTED = Authorisation(
    party_id="sawada", advertiser_id="adv-1", signed_at=SUBMITTED, signature_ref="deed-1", expires_at=SUBMITTED + timedelta(seconds=1)
)  # fmt: skip


def test_an_authorisation_in_force_permits() -> None:
    """If this fails, celebrities' own campaigns are held."""
    assert permitted(GRANTED) == {"authorised-party:sawada", "named-party:zelta"}


@pytest.mark.parametrize(
    "change",
    [
        {"signed_at": None}, {"signature_ref": None}, {"signature_ref": " "}, {"signed_at": SUBMITTED + timedelta(seconds=1)},
        {"expires_at": SUBMITTED}, {"advertiser_id": "adv-2"}, {"party_id": "quill"},
    ],
)  # fmt: skip
def test_an_authorisation_not_signed_not_in_force_or_anothers_permits_nothing(
    change: dict[str, object],
) -> None:
    """If this fails, an unsigned, lapsed or borrowed paper lets an impersonation run."""
    assert "named-party:sawada" in permitted(msgspec.structs.replace(GRANTED, **change))


@pytest.mark.parametrize(
    ("verified", "domains", "own"),
    [
        (SUBMITTED, ("WWW.Zeltabank.example.",), True), (SUBMITTED, ("zeltabank.example",), True), (None, ("zeltabank.example",), False),
        (SUBMITTED + timedelta(days=1), ("zeltabank.example",), False), (SUBMITTED, ("zeltabank.example.evil.example",), False), (SUBMITTED, (), False),
    ],
)  # fmt: skip
def test_only_a_verified_account_with_the_partys_domain_is_its_own(
    verified: object, domains: tuple[str, ...], *, own: bool
) -> None:
    """If this fails, brands cannot advertise themselves, or anyone who names a domain can be them."""
    advertiser = msgspec.structs.replace(
        Advertiser(advertiser_id="adv-1", domains=domains), verified_at=verified
    )
    assert (permitted(None, advertiser) >= {"authorised-party:zelta"}) is own


def test_who_may_wear_the_name_may_write_it_in_every_form() -> None:
    """If this fails, an authorised advertiser is held for an old form of a character."""
    world = world_of(*PARTIES, authorisations=[GRANTED])
    assert look_alike_name.find(case_of({"text": "沢堀友作"}, world=world)) == []


def test_a_party_is_protected_from_its_day_on() -> None:
    """If this fails, ads are judged by a protection that did not stand yet."""
    later = msgspec.structs.replace(PARTIES[0], valid_from=SUBMITTED + timedelta(seconds=1))
    assert named_party.find(case_of({"text": "澤堀友作"}, world=world_of(later))) == []


def invented_parties(count: int) -> list[ProtectedParty]:
    rng = random.Random(3)  # noqa: S311
    kanji = "山田川村中島本原野口藤井木林森石上下大小高北南東西谷沢崎浦橋"
    hangul = "가나다라마바사아자하거너더러머서어저고노도로모보소오조구누두"
    syllables = ["va", "lo", "ri", "ne", "ko", "mu", "ta", "shi", "bre", "don", "quil", "wes"]
    made = []
    for number in range(count):
        latin = " ".join("".join(rng.choices(syllables, k=3)).title() for _ in range(2))
        made.append(
            ProtectedParty(
                party_id=f"p{number}",
                names=(latin, "".join(rng.choices(kanji, k=2)) + " " + "".join(rng.choices(kanji, k=2))),
                aliases=("".join(rng.choices(hangul, k=3)),),
            )
        )
    return made


def time_of(cases: list[Case]) -> float:
    begun = time.perf_counter()
    for case in cases:
        named_party.find(case)
    return (time.perf_counter() - begun) / len(cases)


def test_ten_thousand_parties_cost_little() -> None:
    """If this fails, review slows with every party added. Generous: other work shares the machine (goal 1 ms)."""
    world = world_of(*invented_parties(10_000))
    name_index(world)
    words = "毎日の暮らしを便利に。The quick brown fox jumps over lazy dogs and 오늘의 소식을 전합니다 "
    cases = [case_of({"text": words * 4 + str(number)}, world=world) for number in range(60)]
    for case in cases:
        assert case.texts
    assert min(time_of(cases[at::3]) for at in range(3)) < 0.005


def test_the_answer_does_not_hang_on_the_order_of_parties() -> None:
    """If this fails, the same ad is judged otherwise after the table is sorted anew."""
    text = "澤堀友乍と Aldous Quillfeather、한가온"
    answers = set()
    for order in itertools.islice(itertools.permutations(PARTIES), 0, 720, 97):
        case = case_of({"text": text}, world=world_of(*order))
        answers.add(repr(named_party.find(case)) + repr(look_alike_name.find(case)))
    assert len(answers) == 1
