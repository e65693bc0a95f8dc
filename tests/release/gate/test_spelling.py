"""Fields in another spelling: no receiver that reads JSON without regard to case gets what the gate takes away."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haechi.release.gate import Allowance, Gate, Masks, mask_of
from haechi.release.gate.masks import ALWAYS, BITS, EVERY, RESPELT
from haechi.release.gate.spelling import folded
from tests.release.gate.requests import request, text

REAL = Path(__file__).parents[4] / "shared" / "data" / "openrtb" / "prebid_requests.jsonl"
PRIVATE = "of-the-person"
SEGMENT = [{"id": "1", "name": PRIVATE}]
DATA = [{"segment": SEGMENT}]
GUARDED: dict[str, Any] = {
    "user": {"data": DATA},
    "user.data": DATA,
    "user.keywords": PRIVATE,
    "user.kwarray": [PRIVATE],
    "user.customdata": PRIVATE,
    "user.eids": [{"source": PRIVATE}],
    "user.ext": {"eids": [PRIVATE]},
    "user.ext.eids": [{"source": PRIVATE}],
    "user.geo": {"zip": PRIVATE},
    "user.geo.zip": PRIVATE,
    "user.geo.lat": PRIVATE,
    "device": {"geo": {"zip": PRIVATE}},
    "device.geo": {"zip": PRIVATE},
    "device.geo.ext": {"x": PRIVATE},
    "site": {"content": {"data": DATA}},
    "site.content": {"data": DATA},
    "site.content.data": DATA,
    "app.content": {"data": DATA},
    "app.content.data": DATA,
    "dooh": {"content": {"data": DATA}},
    "dooh.content.data": DATA,
}
DECIDING = [
    "regs", "regs.gdpr", "regs.coppa", "regs.gpp", "regs.gpc", "regs.ext", "regs.ext.us_privacy", "regs.ext.dsa",
    "regs.dsa.dsarequired", "user.id", "user.yob", "user.consent", "user.ext.consent", "user.geo.country",
    "device.lmt", "device.dnt", "device.geo.country", "device.geo.region",
]  # fmt: skip


def spellings(field: str) -> list[str]:
    """Capitals, full width, the Kelvin sign, the long s, and the two Turkish i."""
    wide = "".join(chr(ord(letter) + 0xFEE0) if letter.isalpha() else letter for letter in field)
    forms = [field.upper(), field.capitalize(), field[:-1] + field[-1].upper(), wide]
    for plain, odd in (("k", "\u212a"), ("s", "\u017f"), ("i", "\u0131"), ("i", "\u0130")):
        forms.append(field.replace(plain, odd, 1))
    return [form for form in forms if form != field]


def gate(decided: list[Any] | None = None) -> Gate:
    """A gate that refuses religion, and to which every name is of religion."""

    def decide(*asked: Any) -> Allowance:
        if decided is not None:
            decided.append(asked)
        return Allowance(ALWAYS | BITS["religion"], identifiers=False, place="coarse", why={})

    return Gate(Masks(lambda *_: None, lambda _: mask_of(["religion"])), decide)


def placed(where: str, spelling: str, value: Any) -> dict[str, Any]:
    """A request with a field in this spelling, and beside it, in every object, a field of no specification."""
    *outer, _ = where.split(".")
    made: dict[str, Any] = {"id": "1", "vendor": 1}
    inner = made
    for field in outer:
        inner[field] = {"vendor": [1.50]}
        inner = inner[field]
    inner[spelling] = value
    return made


@pytest.mark.parametrize("where", GUARDED)
def test_no_other_spelling_of_a_narrowed_field_leaves(where: str) -> None:
    """Go's own JSON reader takes "EIDS" for eids: it would get what the gate takes from "eids"."""
    for spelling in spellings(where.rpartition(".")[2]):
        made = placed(where, spelling, GUARDED[where])
        out = gate()(text(made))
        assert PRIVATE.encode() not in out.body, spelling
        assert out.dropped[where][RESPELT] == 1
        # Nothing else went.
        *outer, _ = where.split(".")
        inner = made
        for field in outer:
            inner = inner[field]
        del inner[spelling]
        assert json.loads(out.body) == made


@pytest.mark.parametrize("where", GUARDED)
def test_a_twin_beside_its_field_goes_alone(where: str) -> None:
    """Both given in one object, and the twin twice: only the field that was narrowed is left."""
    field = where.rpartition(".")[2]
    for spelling in spellings(field):
        made = text(placed(where, spelling, GUARDED[where]))
        key = json.dumps(spelling, ensure_ascii=False).encode() + b":"
        assert made.count(key) == 1
        twice = made.replace(key, b'"%s":null,%s"%s",%s' % (field.encode(), key, PRIVATE.encode(), key))
        out = gate()(twice)
        assert PRIVATE.encode() not in out.body
        assert out.dropped[where][RESPELT] == 1


@pytest.mark.parametrize("where", DECIDING)
def test_another_spelling_of_what_decides_is_a_fault_and_stays(where: str) -> None:
    """Read as nothing said it would open; taken away, the bidder would not know that it was said."""
    for spelling in spellings(where.rpartition(".")[2]):
        decided: list[Any] = []
        made = placed(where, spelling, 1)
        out = gate(decided)(text(made))
        assert out.faults == (where,), spelling
        assert decided[0][0].faults == (where,)
        assert json.loads(out.body) == made


def test_another_spelling_within_a_segment_keeps_it_back() -> None:
    """The gate would judge one identifier or name, and the receiver read the other."""
    for segment in ({"id": "1", "ID": "2"}, {"name": "a", "NAME": "b"}, {"id": "1", "Value": "x"}):
        keeper = Gate(
            Masks(lambda *_: mask_of([]), lambda _: mask_of([])),
            lambda *_: Allowance(ALWAYS, True, "precise", {}),
        )
        for _ in range(3):
            out = keeper(text({"user": {"data": [{"segment": [segment, {"id": "3"}]}]}}))
            assert json.loads(out.body)["user"]["data"] == [{"segment": [{"id": "3"}]}]
            assert out.dropped == {"user.data": {RESPELT: 1}}


@pytest.mark.parametrize(
    "provider",
    [
        {"Segment": SEGMENT},
        {"segment": [], "SEGMENT": SEGMENT},
        {"segment": [], "Name": PRIVATE},
        {"segment": [], "Ext": {"segtax": PRIVATE}},
        {"segment": [], "ext": {"SegTax": PRIVATE}},
    ],
)
def test_another_spelling_within_a_provider_goes(provider: dict[str, Any]) -> None:
    """Segments by another name, or a taxonomy that the gate did not judge them by."""
    for _ in range(3):
        out = gate()(text({"user": {"data": [{"cids": ["c"], **provider}]}}))
        assert PRIVATE.encode() not in out.body
        assert json.loads(out.body)["user"]["data"][0]["cids"] == ["c"]
        assert out.dropped == {"user.data": {RESPELT: 1}}


def test_fields_that_only_look_alike_are_kept() -> None:
    """A vendor's field is no twin because it begins like one; capitals alone are none."""
    made = request()
    made["user"] |= {"Data2": 1, "dataX": 1, "User": 1, "k e y": 1}
    made["user"]["ext"] = {"consent": "x", "prebid": {"EIDS": 1}, "Data": 1}
    made["device"]["geo"] = {"country": "KOR", "UTC": 1}
    out = json.loads(gate()(text(made)).body)
    assert out["user"].keys() >= {"Data2", "dataX", "User", "k e y"}
    assert out["user"]["ext"] == made["user"]["ext"]
    assert out["device"]["geo"] == made["device"]["geo"]


@given(st.text(max_size=60))
def test_folding_is_settled_and_leaves_plain_names(name: str) -> None:
    """A name that folds twice to two things could slip between two readers."""
    once = folded(name)
    assert folded(once) == once or len(name) > 40 or len(once) > 40
    if name.isascii() and name == name.lower():
        assert once == name


@pytest.mark.skipif(not REAL.exists(), reason="the real requests are not shipped")
def test_no_real_request_has_a_twin() -> None:
    """Else the rule would cost ordinary traffic its fields."""
    keeper = Gate(
        Masks(lambda *_: mask_of([]), lambda _: mask_of([])),
        lambda *_: Allowance(EVERY, False, "country", {}),
    )
    met = 0
    for line in REAL.read_text().splitlines():
        made = json.loads(line)["json"].get("mockBidRequest")
        if isinstance(made, dict):
            met += 1
            assert not any(RESPELT in counts for counts in keeper(text(made)).dropped.values())
    assert met > 100
