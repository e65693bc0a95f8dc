"""The gate takes away what may not leave, and touches nothing else."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from haechi.release.gate import BLOCKED, EVERY, UNKNOWN, Allowance, BadRequest, Gate, Masks, mask_of
from haechi.release.gate.masks import BITS
from haechi.release.gate.received import received
from haechi.release.gate.request import Opened
from tests.release.gate.requests import outside, request, text

SENSITIVE = {"church": "religion", "diabetes": "health"}
KNOWN = {("provider.example", "17"): mask_of([]), ("4", "77"): mask_of(["religion"]), ("4", "5"): mask_of([])}
REAL = Path(__file__).parents[4] / "shared" / "data" / "openrtb" / "prebid_requests.jsonl"


def judge(name: str) -> int:
    """What a name says, in the small world of these tests."""
    if not any(map(str.isalpha, name)):
        return EVERY | UNKNOWN
    return mask_of([category for word, category in SENSITIVE.items() if word in name.lower()])  # type: ignore[misc]


def gate(refused: int = 0, *, identifiers: bool = False, place: Any = "coarse", unknown: bool = True) -> Gate:
    allowance = Allowance(refused | UNKNOWN | BLOCKED, identifiers, place, {})
    masks = Masks(lambda taxonomy, word: KNOWN.get((taxonomy, word)), judge if unknown else None)
    return Gate(masks, lambda _said, _consent, _person: allowance)


RELIGION = BITS["religion"]
HEALTH = BITS["health"]


def narrowed(made: Any, **options: Any) -> Any:
    return json.loads(gate(**options)(text(made)).body)


def test_refused_segments_stay_and_others_leave() -> None:
    """Else a bidder learns what the person's law forbids to tell, or loses what it may have."""
    out = narrowed(request(), refused=RELIGION)
    assert [s["id"] for s in out["user"]["data"][0]["segment"]] == ["243", "901", "17"]
    assert out["user"]["keywords"] == "golf,tea"


def test_a_segment_without_name_that_nobody_knows_stays() -> None:
    """An unknown theme is not ordinary: passing it would be a silent yes."""
    made = request()
    made["user"]["data"][0]["segment"] = [{"id": "never-seen"}, {"value": "1"}, {}]
    assert narrowed(made)["user"]["data"][0]["segment"] == []


def test_an_innocent_identifier_does_not_hide_a_telling_name() -> None:
    """A provider could give a sensitive segment the identifier of a harmless one."""
    made = request()
    made["user"]["data"] = [
        {"segment": [{"id": "5", "name": "Church"}, {"id": "5", "value": "church"}], "ext": {"segtax": 4}}
    ]
    assert narrowed(made, refused=RELIGION)["user"]["data"][0]["segment"] == []


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"device": {"geo": {"country": "deu"}}}, "device.geo.country"),
        ({"device": {"geo": {"country": "Germany"}}}, "device.geo.country"),
        ({"user": {"yob": 2300}}, "user.yob"),
        ({"user": {"consent": "one", "ext": {"consent": "two"}}}, "user.consent"),
        ({"regs": {"us_privacy": "1YNN", "ext": {"us_privacy": "1YYN"}}}, "regs.us_privacy"),
        ({"regs": {"gdpr": 2}}, "regs.gdpr"),
    ],
)
def test_what_cannot_be_read_or_is_said_twice_is_a_fault(changes: Any, fault: str) -> None:
    """A place, an age or a refusal that is spelt oddly must not count as nothing said."""
    assert gate()(text({"id": "1", "imp": [], **changes})).faults == (fault,)


@pytest.mark.parametrize(
    "regs", [b'{"gdpr":1,"gdpr":0}', b'{"ext":{"gpc":"1","gpc":"0"}}', b'{"ext":{"gdpr":1},"ext":{}}']
)
def test_a_refusal_that_is_taken_back_in_one_breath_is_a_fault(regs: bytes) -> None:
    """Of two equal fields one reader takes the first and another the last."""
    out = gate()(b'{"id":"1","regs":%s}' % regs)
    assert out.faults == ("regs",)
    assert regs in out.body


@pytest.mark.parametrize("yes", [1, "1", True, 1.5, 2, "yes", [1]])
def test_whatever_is_not_no_is_a_refusal(yes: Any) -> None:
    """A device that limits tracking, or Global Privacy Control, in another spelling is still a refusal."""
    for name in ("lmt", "dnt"):
        assert received(Opened(text({"id": "1", "device": {name: yes}})).request).limited
    for regs in ({"gpc": yes}, {"ext": {"gpc": yes}}):
        assert received(Opened(text({"id": "1", "regs": regs})).request).gpc
    for no in (0, "0", False, None):
        assert not received(
            Opened(text({"id": "1", "device": {"lmt": no}, "regs": {"gpc": no}})).request
        ).limited


def test_segtax_names_the_taxonomy() -> None:
    """Else identifiers of the IAB's taxonomies are looked up among those of one provider."""
    made = request()
    made["user"]["data"] = [{"name": "any", "segment": [{"id": "77"}, {"id": "5"}], "ext": {"segtax": 4}}]
    out = narrowed(made, refused=RELIGION)
    assert out["user"]["data"][0]["segment"] == [{"id": "5"}]


def test_without_judging_only_known_segments_leave() -> None:
    """The operator's choice to drop what no taxonomy knows must hold for names too."""
    out = narrowed(request(), unknown=False)
    assert [s["id"] for s in out["user"]["data"][0]["segment"]] == ["17"]
    assert "keywords" not in out["user"]


@pytest.mark.parametrize(
    "body",
    [
        b'{"user":{"data":[{"segment":[{"id":"5","id":"77"}],"ext":{"segtax":4}}]}}',
        b'{"user":{"data":[{"segment":[{"id":"5"}],"segment":[{"id":"77"}],"ext":{"segtax":4}}]}}',
        b'{"user":{"data":[{"segment":[{"id":"77"}],"ext":{"segtax":9,"segtax":4}}]}}',
        b'{"user":{"data":[]},"user":{"data":[{"segment":[{"id":"77"}],"ext":{"segtax":4}}]}}',
        b'{"user":{"d\\u0061ta":[{"segment":[{"id":"77"}],"ext":{"segtax":4}}]}}',
        b'{"user":{"data":[{"segment":[{"id":"77","x":1}],"ext":{"segtax":4,"y":2}}],"z":3}}',
        b'{"user":{"data":[{"segment":[{"id":77}],"ext":{"segtax":4}}]}}',
        b'{"user":{"data":[{"segment":[{"id":"77"}],"ext":{"segtax":"4"}}]}}',
        b'{ "user" : { "data" : [ { "segment" : [ { "id" : "77" } ] , "ext" : { "segtax" : 4 } } ] } }',
        b'{"user":{"data":[{"segment":[{"id":"5"},{"id":"77"}],"ext":{"segtax":4}}]}}',
    ],
)
def test_no_spelling_of_the_request_lets_a_segment_through(body: bytes) -> None:
    """A parser after the gate may take the first of two equal fields, or accept what a strict one does not."""
    out = gate(refused=RELIGION)(body).body
    assert b"77" not in out


def test_a_repeated_field_leaves_as_the_one_that_was_judged() -> None:
    """Else the bidder's parser reads a value that the gate never saw."""
    body = b'{"user":{"data":[{"segment":[{"id":"77","id":"5"}],"ext":{"segtax":4}}]}}'
    assert b"77" not in gate(refused=RELIGION)(body).body


def test_a_piece_of_text_is_no_segment() -> None:
    """Segments are looked up by their text: a name that contains the text of a harmless one must not pass for it."""
    keeper = gate(refused=RELIGION)
    good = b'{"user":{"data":[{"segment":[{"id":"5"}],"ext":{"segtax":4}}]}}'
    keeper(good)
    trick = (
        '{"user":{"data":[{"segment":[{"id":"5"},{"name":"},{","id":"77"},{"id":"5"}],"ext":{"segtax":4}}]}}'
    )
    out = json.loads(keeper(trick.encode()).body)
    assert out["user"]["data"][0]["segment"] == [{"id": "5"}, {"id": "5"}]
    inner = '{"id":"5"},{"ext":{"a":[{"id":"5"},{"id":"5"}]},"id":"77"}'
    nested = f'{{"user":{{"data":[{{"segment":[{inner}],"ext":{{"segtax":4}}}}]}}}}'
    for _ in range(2):
        out = json.loads(keeper(nested.encode()).body)
        assert out["user"]["data"][0]["segment"] == [{"id": "5"}]


def test_identifiers_leave_only_when_allowed() -> None:
    """Else an opted-out person is recognised by every bidder, or by the cookie's text that a bidder once set."""
    made = request()
    made["user"]["eids"] = made["user"]["ext"]["eids"]
    made["user"]["customdata"] = "set-in-a-cookie"
    out = narrowed(made)
    assert not {"eids", "customdata"} & out["user"].keys()
    assert out["user"]["ext"] == {"consent": "x"}
    assert gate()(text(made)).dropped["user.customdata"] == {EVERY: 1}
    out = narrowed(made, identifiers=True)
    assert out["user"]["eids"] == out["user"]["ext"]["eids"] == made["user"]["eids"]
    assert out["user"]["customdata"] == "set-in-a-cookie"


@pytest.mark.parametrize("where", ["site", "app", "dooh"])
def test_segments_of_content_are_narrowed_wherever_content_stands(where: str) -> None:
    """A screen in a clinic's waiting room (`dooh`) tells by its content what a site's content tells."""
    data = [{"segment": [{"id": "77"}, {"id": "5"}], "ext": {"segtax": 4}}]
    made = {"id": "1", where: {"id": "x", "content": {"title": "t", "data": data}}}
    out = gate(refused=RELIGION)(text(made))
    assert json.loads(out.body)[where]["content"] == {
        "title": "t",
        "data": [{"segment": [{"id": "5"}], "ext": {"segtax": 4}}],
    }
    assert out.dropped == {f"{where}.content.data": {RELIGION: 1}}


def test_what_describes_the_page_and_not_the_person_passes() -> None:
    """Keywords of a page, and the year of birth by which a buyer spares children: docs/reference/gate.md says why."""
    words = {"keywords": "church", "kwarray": ["church"]}
    made = request(
        site={"id": "s", **words, "content": {"id": "c", **words}},
        dooh={"id": "d", "keywords": "church", "content": words},
    )
    made["user"] |= {"yob": 1980, "gender": "O"}
    out = narrowed(made, refused=EVERY)
    assert outside(out) == outside(made)
    assert (out["site"], out["dooh"]) == (made["site"], made["dooh"])


def test_answers_are_the_same_when_they_are_remembered() -> None:
    """What was given once is given again from memory: it must be the same under each refusal, and why too."""
    spaced = json.dumps(request()["user"]["data"]).encode()
    other = b'[{"segment":[{"id":"5"},{"id":"77"}],"ext":{"segtax":4}}]'
    for data in (
        spaced,
        other,
        b'[{"segment":[{"id":"5","id":"77"}]}]',
        b"[]",
        b"null",
        b'[{"segment":null}]',
    ):
        body = b'{"user":{"data":%s}}' % data
        keepers = {refused: gate(refused=refused) for refused in (0, RELIGION, HEALTH, EVERY)}
        masks = Masks(lambda taxonomy, word: KNOWN.get((taxonomy, word)), judge)
        for _ in range(4):
            for refused, fresh in keepers.items():
                allowance = fresh(b"{}").allowance
                shared = Gate(masks, lambda *_, allowance=allowance: allowance)(body)
                alone = gate(refused=refused)(body)
                assert (shared.body, shared.dropped) == (alone.body, alone.dropped)


@pytest.mark.parametrize(
    ("place", "left"),
    [
        ("precise", {"lat": 37.56651, "lon": 126.97796, "country": "KOR", "region": "11", "zip": "04524"}),
        ("coarse", {"lat": 37.6, "lon": 127.0, "country": "KOR", "region": "11"}),
        ("country", {"country": "KOR", "region": "11"}),
    ],
)
def test_a_place_is_told_as_exactly_as_allowed(place: str, left: dict[str, Any]) -> None:
    """Else a bid request says in which church or clinic a person is."""
    assert narrowed(request(), place=place)["device"]["geo"] == left


@pytest.mark.parametrize("odd", ['"37.5"', "null", "1e999", "[37.5]", "500"])
def test_degrees_that_are_none_do_not_leave(odd: str) -> None:
    """A place that cannot be made coarse must not stay precise, nor make the request unreadable."""
    body = b'{"device":{"geo":{"lat":%s,"country":"KOR"}}}' % odd.encode()
    assert json.loads(gate()(body).body) == {"device": {"geo": {"country": "KOR"}}}


def test_fields_of_no_specification_are_kept() -> None:
    """A gate that loses a vendor's field breaks the auction."""
    made = request(new={"a": [1, 2.50, "x"]})
    made["user"]["vendor"] = {"x": 1}
    made["device"]["vendor"] = None
    made["site"]["content"]["vendor"] = [1]
    made["user"]["data"][0]["vendor"] = True
    out = narrowed(made, refused=RELIGION)
    assert outside(out) == outside(made)
    assert out["user"]["data"][0]["vendor"] is True
    assert [s["id"] for s in out["user"]["data"][0]["segment"]] == ["243", "901", "17"]


def test_numbers_stay_the_text_they_were() -> None:
    """A price of 0.030 or an integer beyond 64 bits must not come out as another number."""
    body = (
        b'{"id":"1","imp":[{"bidfloor":0.030,"x":123456789012345678901234567890}],"user":{"keywords":"tea"}}'
    )
    out = gate()(body).body
    assert b"0.030" in out
    assert b"123456789012345678901234567890" in out


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b"7",
        b'{"id":',
        b'{"user":[]}',
        b'{"user":{"data":[{"segment":"\xff"}]}}',
        b'{"site":{"content":3}}',
        b'{"device":{"geo":"here"}}',
        b"[" * 200_000,
        b'{"user":{"ext":' + b'{"a":' * 100_000 + b"1" + b"}" * 100_001 + b"}",
    ],
)
def test_what_is_no_request_is_refused(body: bytes) -> None:
    """It must not pass unread, nor end the process; and the message must not repeat what it holds."""
    with pytest.raises(BadRequest, match="expected an OpenRTB bid request"):
        gate()(body)


@pytest.mark.parametrize(
    "data", ['"x"', "{}", "[1]", '[{"segment":{}}]', '[{"segment":[7,"church"]}]', "[[]]"]
)
def test_malformed_segments_do_not_leave(data: str) -> None:
    """What cannot be judged cannot leave."""
    out = json.loads(gate(refused=RELIGION)(b'{"user":{"data":%s}}' % data.encode()).body)
    assert all(not provider["segment"] for provider in out["user"]["data"])


@pytest.mark.skipif(not REAL.exists(), reason="the real requests are not shipped")
def test_nothing_else_changes_in_real_requests() -> None:
    """Prebid Server's own test requests: whatever they contain beside the gate's fields comes out as it went in."""
    bodies = [body for line in REAL.read_text().splitlines() for body in _requests(json.loads(line)["json"])]
    assert len(bodies) > 300
    for refused, place in ((0, "precise"), (RELIGION | HEALTH, "coarse"), (EVERY, "country")):
        keeper = gate(refused=refused, place=place)
        for made in bodies:
            out = json.loads(keeper(text(made)).body)
            assert outside(out) == outside(made)


def _requests(value: Any) -> list[dict[str, Any]]:
    """Every object in a test file that looks like a request."""
    found = []
    if isinstance(value, dict):
        if "imp" in value or "user" in value or "device" in value:
            found.append(value)
        for inner in value.values():
            found += _requests(inner)
    elif isinstance(value, list):
        for inner in value:
            found += _requests(inner)
    return [
        made
        for made in found
        if all(isinstance(made.get(k, {}), dict) for k in ("user", "device", "site", "app"))
    ]


_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
_FIELD = st.sampled_from(
    [
        "id",
        "name",
        "value",
        "ext",
        "segment",
        "segtax",
        "data",
        "keywords",
        "kwarray",
        "eids",
        "geo",
        "lat",
        "lon",
        "content",
        "consent",
        "yob",
        "zip",
        "country",
        "region",
        "regs",
        "gdpr",
        "odd",
    ]
)
_OBJECT = st.dictionaries(
    _FIELD, _JSON | st.lists(st.dictionaries(_FIELD, _JSON, max_size=4), max_size=3), max_size=6
)


@settings(max_examples=300, deadline=None)
@given(
    st.fixed_dictionaries(
        {},
        optional={
            "user": _OBJECT,
            "device": _OBJECT,
            "site": _OBJECT,
            "app": _OBJECT,
            "regs": _JSON,
            "odd": _JSON,
        },
    )
)
def test_whatever_comes_nothing_else_changes(made: dict[str, Any]) -> None:
    """Random requests: either refused as none, or the same outside the gate's fields, and read the same twice."""
    keeper = gate(refused=RELIGION, place="country")
    body = text(made)
    try:
        out = keeper(body)
    except BadRequest:
        return
    assert outside(json.loads(out.body)) == outside(made)
    assert keeper(body).body == out.body
    again = keeper(out.body)
    assert json.loads(again.body) == json.loads(out.body)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(["5", "77", "church", "tea", "},{", "0.5", ""]), max_size=6), st.booleans())
def test_both_ways_of_reading_give_one_answer(words: list[str], odd: bool) -> None:
    """The usual shape is read faster; a field of no specification must not change the outcome."""
    segments = [{"id": word, "name": word} for word in words]
    made: dict[str, Any] = {"user": {"data": [{"segment": segments, "ext": {"segtax": 4}}]}}
    plain = json.loads(gate(refused=RELIGION)(text(made)).body)
    made["user"]["data"][0]["odd"] = made["user"]["odd"] = made["odd"] = odd
    loose = json.loads(gate(refused=RELIGION)(text(made)).body)
    assert loose["user"]["data"][0]["segment"] == plain["user"]["data"][0]["segment"]


def test_an_ordinary_request_is_read_in_one_go() -> None:
    """Else the gate is slow for everybody; this shape is what nearly all traffic has."""
    assert not Opened(text(request())).unknown
