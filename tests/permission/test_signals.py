"""Consent strings: read as other decoders read them, and never as a yes where they are damaged."""

import string
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from haechi.permission.signals import read_signals
from haechi.permission.signals.bits import Unreadable
from haechi.permission.signals.gpp import read_gpp
from haechi.permission.signals.sections import layouts, read_section
from haechi.permission.signals.tcf import read_tcf

NO_TCF = {"no-tcf-storage", "no-tcf-profiling", "no-tcf-advertising", "no-precise-location"}
NO_US = {"sale-opt-out", "sharing-opt-out", "targeted-advertising-opt-out", "sensitive-opt-out"}
SENSITIVE = "sensitive_data_processing"
# Facts of the tests of iabgpp-es (commits 0cd7ef30, 2071f474, a7b2d911) and, for section 25, iabgpp-java (86578d01).
RELIGION_TO_PLACE = {"religion", "origin-status", "precise-location"}
VECTORS = [
    (14, "BVWSSZFY.YA", RELIGION_TO_PLACE, True),
    (14, "BVWSSZFY", RELIGION_TO_PLACE, False),
    (15, "BVWSSRpFYA.YA", {"religion", "gender-identity", "crime-victim", "biometric"}, True),
    (17, "BVWSSSSVY.Y", {"religion", "gender-identity", "biometric"}, True),
    (17, "BVWSSSSVYA.YA", {"religion", "gender-identity", "biometric"}, True),
    (18, "BVVkklW.Y", RELIGION_TO_PLACE, True),
    (19, "BVWSSVWA.YA", RELIGION_TO_PLACE, True),
    (20, "BVWSSZFY.YA", RELIGION_TO_PLACE, True),
    (21, "BVWSSRklWA.YA", RELIGION_TO_PLACE, True),
    (22, "BVWSSVWA.YA", RELIGION_TO_PLACE, True),
    (23, "BVWSSVWA.YA", RELIGION_TO_PLACE, True),
    (25, "ZBABYA.BVVV.kkk", RELIGION_TO_PLACE, False),
]
ALPHABET = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"


def base64url(bits: str) -> str:
    bits += "0" * (-len(bits) % 6)
    return "".join(ALPHABET[int(bits[at : at + 6], 2)] for at in range(0, len(bits), 6))


def number(value: int, width: int) -> str:
    return format(value, f"0{width}b")


def vendors(allowed: list[int], *, by_range: bool) -> str:
    """A list of vendors, as the specification writes it."""
    most = max(allowed, default=0)
    if not by_range:
        return number(most, 16) + "0" + "".join("1" if one in allowed else "0" for one in range(1, most + 1))
    entries = "".join("0" + number(one, 16) for one in sorted(allowed))
    return number(most, 16) + "1" + number(len(allowed), 12) + entries


def tcf_string(
    purposes: set[int], features: set[int], allowed: list[int], *, by_range: bool = False, version: int = 2
) -> str:
    """An independent encoder of the core, written from the specification's table."""
    bits = number(version, 6) + number(16_000_000_000, 36) * 2 + number(7, 12) + number(1, 12) + number(0, 6)
    bits += number(3, 6) + number(13, 6) + number(120, 12) + number(4, 6) + "00"
    bits += "".join("1" if one in features else "0" for one in range(1, 13))
    bits += (
        "".join("1" if one in purposes else "0" for one in range(1, 25)) + "0" * 24 + "0" + number(10, 6) * 2
    )
    bits += vendors(allowed, by_range=by_range) + vendors([], by_range=False) + number(0, 12)
    return base64url(bits)


_PURPOSES = st.sets(st.integers(1, 24))
_FEATURES = st.sets(st.integers(1, 12))
_VENDORS = st.lists(st.integers(1, 900), unique=True, max_size=12)


@settings(max_examples=200, deadline=None)
@given(purposes=_PURPOSES, features=_FEATURES, allowed=_VENDORS, by_range=st.booleans())
def test_what_was_written_is_read(
    purposes: set[int], features: set[int], allowed: list[int], *, by_range: bool
) -> None:
    """Else a no becomes a yes by one bit."""
    read = read_tcf(tcf_string(purposes, features, allowed, by_range=by_range))
    assert {one for one in range(1, 25) if read.has(one)} == purposes
    assert {one for one in range(1, 13) if read.opted_in(one)} == features


@settings(max_examples=200, deadline=None)
@given(purposes=_PURPOSES, allowed=_VENDORS, by_range=st.booleans(), data=st.data())
def test_a_string_that_was_cut_off_is_no_consent(
    purposes: set[int], allowed: list[int], data: Any, *, by_range: bool
) -> None:
    """A consent platform's bug or a size limit must not read as consent."""
    whole = tcf_string({1, 3, 4} | purposes, {1}, [*allowed, 901], by_range=by_range)
    # The last twelve bits say that there are no restrictions, and older encoders leave them out.
    cut = whole[: data.draw(st.integers(1, max(1, len(whole) - 6)))]
    said = read_signals(gdpr=True, tcf=cut)
    assert set(said.refusals) == NO_TCF
    assert said.faults


def test_a_string_of_another_day_reads_the_same_and_one_from_before_the_framework_is_none() -> None:
    """The core is remembered without its dates: that must neither lose a no nor believe a date that cannot be."""
    string = tcf_string({1, 4}, {1}, [3], by_range=False)
    later = string[0] + "QPUzIAQPUzIA" + string[13:]
    early = string[0] + "A" * 12 + string[13:]
    for _ in range(2):
        assert (
            read_tcf(later)
            == read_tcf(string)
            == read_tcf(f"{later}.IFoEUQQgAIQwgIwQABAEAAAAOIAACAIAAAAQAIAgEAACE")
        )
        assert set(read_signals(gdpr=True, tcf=early).refusals) == NO_TCF
        assert read_tcf(tcf_string({4}, {1}, [3], by_range=False)) != read_tcf(string)


@settings(max_examples=500, deadline=None)
@given(st.text(max_size=80) | st.text(ALPHABET + ".~", max_size=120))
def test_no_text_at_all_raises_or_consents(text: str) -> None:
    """These texts come from outside, a million times a minute."""
    for said, refused in (
        (read_signals(gdpr=True, tcf=text), NO_TCF),
        (read_signals(gpp=text, gpp_sid=(7,)), NO_US),
        (read_signals(us_privacy=text or "x"), NO_US),
    ):
        assert set(said.refusals) >= refused or not said.faults
        assert all(text not in fault for fault in said.faults if len(text) > 6)


def test_a_needed_string_that_is_missing_is_no_consent() -> None:
    """Under the GDPR silence is no yes."""
    assert set(read_signals(gdpr=True).refusals) == NO_TCF
    assert set(read_signals(gpp_sid=(2,)).refusals) == NO_TCF
    assert read_signals().refusals == frozenset()


def test_outdated_strings_are_no_consent() -> None:
    """Version 1 of the framework ended in 2020."""
    old = tcf_string({1, 2, 3, 4}, {1}, [1], version=1)
    assert set(read_signals(gdpr=True, tcf=old).refusals) == NO_TCF


def test_of_two_strings_the_stricter_counts() -> None:
    """A GPP string and a consent string may differ; a yes in one does not undo the no in the other."""
    yes, no = tcf_string({1, 3, 4}, {1}, []), tcf_string({1, 3}, set(), [])
    assert read_signals(tcf=yes).refusals == frozenset()
    both = read_signals(tcf=yes, gpp=f"DBABMA~{no}")
    assert set(both.refusals) == {"no-tcf-advertising", "no-precise-location"}


def segment(bits: str, layout_fields: Any, fields: dict[str, list[int]]) -> str:
    """An independent encoder of a segment of a US section."""
    for field in layout_fields:
        name, _, width = field.partition(":")
        name, _, times = name.partition("*")
        values = fields.get(name, [])
        for place in range(int(times or 1)):
            bits += number(values[place] if place < len(values) else 0, int(width or 2))
    return base64url(bits + "0" * (-len(bits) % 8))


def section(fields: dict[str, list[int]], layout: Any) -> str:
    """An independent encoder of a US section, with all its segments where it begins with a header."""
    if layout.subsections is None:
        return segment(number(layout.version, 6), layout.fields, fields)
    header = number(layout.id, 6) + number(layout.version, 6) + numbers_range(list(layout.subsections))
    parts = [layout.fields, *layout.subsections.values()]
    return ".".join([base64url(header), *(segment("", part, fields) for part in parts)])


@pytest.mark.parametrize("layout", layouts().values(), ids=lambda layout: f"{layout.name}-{layout.version}")
@pytest.mark.parametrize("field", ["sale_opt_out", "sharing_opt_out", "targeted_advertising_opt_out"])
def test_each_opt_out_of_each_section_is_seen(layout: Any, field: str) -> None:
    """Off by one field, a state's opt-out reads as something else."""
    here = field in layout.fields
    said = read_section(layout.id, section({field: [1]}, layout))
    assert said.opt_outs == ((field,) if here else ())
    assert read_section(layout.id, section({field: [2]}, layout)).opt_outs == ()
    assert not said.sensitive
    assert said.age is None


@pytest.mark.parametrize("layout", layouts().values(), ids=lambda layout: f"{layout.name}-{layout.version}")
def test_each_sensitive_refusal_is_seen_as_what_it_is_about(layout: Any) -> None:
    """A refusal for one sensitive kind must not be lost, nor read as another kind."""
    places = len(layout.sensitive)
    for place in range(places):
        said = read_section(layout.id, section({SENSITIVE: [0] * place + [1]}, layout))
        assert said.sensitive
        assert said.categories == set(layout.sensitive[place])
        others = [2] * place + [0] + [2] * (places - place - 1)
        assert not read_section(layout.id, section({SENSITIVE: others}, layout)).sensitive
    fields = [*layout.fields, *(one for part in (layout.subsections or {}).values() for one in part)]
    assert (f"{SENSITIVE}*{places}" in fields) == bool(places)


# Written from the tables of the specifications of sections 7 (version 2) and 8, not from the layouts.
NATIONAL: list[set[str]] = [
    {"race-ethnicity"},
    {"religion", "belief"},
    {"health"},
    {"sex-life", "sexual-orientation"},
    {"origin-status"},  # citizenship or immigration status
    {"genetic"},
    {"biometric"},
    {"precise-location"},
    set(),  # identification documents
    set(),  # account log-in with credentials
    {"union-membership"},
    set(),  # contents of messages
    {"health"},  # consumer health data
    {"crime-victim"},
    {"race-ethnicity", "origin-status"},  # national origin
    {"gender-identity"},  # transgender or nonbinary
]
CALIFORNIA: list[set[str]] = [
    set(),
    set(),
    {"precise-location"},
    {"race-ethnicity", "religion", "belief", "union-membership"},
    set(),
    {"genetic"},
    {"biometric"},
    {"health"},
    {"sex-life", "sexual-orientation"},
]


@pytest.mark.parametrize(
    ("key", "about"), [((7, 2), NATIONAL), ((7, 1), NATIONAL[:12]), ((8, 1), CALIFORNIA)]
)
def test_sensitive_bits_are_about_what_the_specification_says(
    key: tuple[int, int], about: list[set[str]]
) -> None:
    """A person who refuses for religion alone must be heard for religion, and for nothing else."""
    for place, categories in enumerate(about):
        text = section({SENSITIVE: [0] * place + [1]}, layouts()[key])
        said = read_signals(gpp=gpp_string({key[0]: text}))
        assert set(said.refusals) == {"sensitive-opt-out"}
        assert said.categories == categories
    assert len(layouts()[key].sensitive) == len(about)


@pytest.mark.parametrize(("key", "ages"), [((7, 2), [13, 0, 16]), ((7, 1), [13, 0]), ((8, 1), [0, 0])])
def test_known_children_are_as_old_as_the_specification_says(key: tuple[int, int], ages: list[int]) -> None:
    """Section 7: from 13 to 16, below 13, 16 and 17. With consent for the child or without, there is a child."""
    for place, age in enumerate(ages):
        for consent in (1, 2):
            text = section({"known_child": [0] * place + [consent]}, layouts()[key])
            assert read_section(key[0], text).age == age


@pytest.mark.parametrize("layout", layouts().values(), ids=lambda layout: f"{layout.name}-{layout.version}")
def test_known_children_and_gpc_are_seen(layout: Any) -> None:
    """A known child must not be taken for an adult; the control that was on must not be lost."""
    for place, age in enumerate(layout.child_ages):
        assert read_section(layout.id, section({"known_child": [0] * place + [2]}, layout)).age == age
    if layout.subsections is None:
        assert read_section(layout.id, section({}, layout) + ".YA").gpc
        assert not read_section(layout.id, section({}, layout) + ".QA").gpc
    elif "gpc:1" in layout.subsections[1]:
        assert read_section(layout.id, section({"gpc": [1]}, layout)).gpc
        assert not read_section(layout.id, section({"gpc": [0]}, layout)).gpc


@pytest.mark.parametrize("layout", layouts().values(), ids=lambda layout: f"{layout.name}-{layout.version}")
def test_a_section_that_was_cut_off_or_goes_on_is_refused(layout: Any) -> None:
    """A string of another layout, or half a string, must not be read as if it were whole."""
    whole = section({"mspa_covered_transaction": [2], "mspa_service_provider_mode": [2]}, layout)
    for end in range(1, len(whole) - 2):
        with pytest.raises(Unreadable):
            read_section(layout.id, whole[:end])
    with pytest.raises(Unreadable):
        read_section(layout.id, whole + "AAB")


@pytest.mark.parametrize(("section_id", "text", "sensitive", "gpc"), VECTORS)
def test_vectors_of_the_specification_s_owner_are_read(
    section_id: int, text: str, sensitive: set[str], *, gpc: bool
) -> None:
    """Strings and values of the owner's own encoders: shared misreadings of the table would show here."""
    said = read_section(section_id, text)
    assert said.opt_outs == ("sale_opt_out", "targeted_advertising_opt_out")
    assert said.categories == sensitive
    assert (said.sensitive, said.age, said.gpc) == (True, 0, gpc)


@pytest.mark.parametrize(
    "text", ["BQAA.QA", "BQAA.AAA", "BVVV.kkk", "BVVVkkk.YA", "ZBABYA.BVVV", "ZBAA.BVVV.kkk"]
)
def test_a_missing_or_false_section_header_refuses_all(text: str) -> None:
    """The owner's encoders have written section 25 in three ways; only the specification's own is read."""
    said = read_signals(gpp=gpp_string({25: text}))
    assert set(said.refusals) == NO_US
    assert len(said.faults) == 1


def fibonacci(value: int) -> str:
    """An independent encoder: sums of Fibonacci numbers, ended by two ones."""
    row = [1, 2]
    while row[-1] < value:
        row.append(row[-1] + row[-2])
    bits, begun = "", False
    for one in reversed(row):
        if one <= value:
            bits, value, begun = "1" + bits, value - one, True
        elif begun:
            bits = "0" + bits
    return bits + "1"


def numbers_range(numbers: list[int]) -> str:
    bits, last = number(len(numbers), 12), 0
    for one in sorted(numbers):
        bits += "0" + fibonacci(one - last)
        last = one
    return bits


def gpp_string(sections: dict[int, str]) -> str:
    header = base64url(number(3, 6) + number(1, 6) + numbers_range(list(sections)))
    return "~".join([header, *(sections[one] for one in sorted(sections))])


@settings(max_examples=100, deadline=None)
@given(
    st.dictionaries(st.integers(1, 200), st.text(ALPHABET, min_size=1, max_size=9), min_size=1, max_size=9)
)
def test_sections_are_found_by_their_numbers(sections: dict[int, str]) -> None:
    """Else a Californian opt-out is read as another state's something."""
    assert read_gpp(gpp_string(sections)) == sections


@pytest.mark.parametrize("section_id", [28, 40])
def test_sections_that_nobody_here_can_read_refuse_all(section_id: int) -> None:
    """A new state's section must not pass as consent until its layout is known."""
    said = read_signals(gpp=gpp_string({section_id: "BAAAAAAAAA"}))
    assert set(said.refusals) == NO_US
    assert said.faults == (f"gpp section {section_id}: its layout is not known here",)


def test_a_section_that_should_be_there_and_is_not_refuses_all() -> None:
    """gpp_sid says that California's section applies, but nobody sent it."""
    yes = section({"sale_opt_out": [2]}, layouts()[7, 2])
    assert set(read_signals(gpp=gpp_string({7: yes}), gpp_sid=(7,)).refusals) == set()
    assert set(read_signals(gpp=gpp_string({7: yes}), gpp_sid=(7, 8)).refusals) == NO_US


@pytest.mark.parametrize(
    ("header", "numbers"), [("DBABMA", [2]), ("DBABTA", [6]), ("DBACNYA", [2, 6]), ("DBABLA", [7])]
)
def test_headers_of_the_specification_are_read(header: str, numbers: list[int]) -> None:
    """Vectors of the specification's own examples and its owner's encoder."""
    assert list(read_gpp("~".join([header, *["x"] * len(numbers)]))) == numbers
    with pytest.raises(Unreadable):
        read_gpp(header + "~x" * (len(numbers) + 1))


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("1YNN", set()),
        ("1YYN", {"sale-opt-out", "sharing-opt-out"}),
        ("1---", set()),
        ("2YNN", NO_US),
        ("x", NO_US),
    ],
)
def test_us_privacy_strings(text: str, refused: set[str]) -> None:
    """The third character is the opt-out."""
    assert set(read_signals(us_privacy=text).refusals) == refused
