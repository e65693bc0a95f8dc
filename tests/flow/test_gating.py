"""A bid request through the real engine, the real law packs and the real taxonomies."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from haechi.errors import KnowledgeError
from haechi.flow.gating import GatePolicy, make_gate
from haechi.flow.taxonomies import judged, read_taxonomy, shipped
from haechi.law import load_packs
from haechi.permission import Held, Standing
from haechi.release.gate import EVERY, Gate, Header, Narrowed, Snapshot, write_snapshot
from haechi.release.gate.masks import BITS
from haechi.sensitivity import load
from tests.release.gate.requests import request, text

PACKS = load_packs()
NOW = dt.datetime.fromisoformat("2026-11-01T12:00:00")


def gate(**options: Any) -> Gate:
    return make_gate(PACKS, load(), clock=lambda: NOW, **options)


def at(country: str | None, region: str | None = None, **regs: Any) -> dict[str, Any]:
    made = request(regs=regs)
    made["device"]["geo"] = {"lat": 37.56651, "lon": 126.97796}
    if country:
        made["device"]["geo"]["country"] = country
    if region:
        made["device"]["geo"]["region"] = region
    made["user"] = {
        "id": "u1",
        "yob": 1980,
        "data": [
            {"name": "p", "segment": [{"id": "1", "name": "Golf"}, {"id": "2", "name": "Church service"}]}
        ],
        "eids": [{"source": "id.example"}],
    }
    return made


def names(out: Narrowed) -> list[str]:
    return [s["name"] for s in json.loads(out.body)["user"]["data"][0]["segment"]]


def codes(out: Narrowed, field: str) -> set[tuple[str, str]]:
    return {(why.code, why.law) for name, _, whys in out.reasons() if name == field for why in whys}


def test_a_sensitive_segment_stays_and_says_why() -> None:
    """The promise: no religion without the person's recorded permission, and the article is named."""
    out = gate()(text(at("KOR")))
    assert names(out) == ["Golf"]
    assert codes(out, "user.data") == {("no-permission", "kr-pipa")}
    assert any("PIPA Art. 23(1)" in why.article for _, _, whys in out.reasons() for why in whys)


def test_what_stays_for_its_form_says_why() -> None:
    """Who misses a field must find that it was spelt otherwise, or was more than is judged."""
    made = at("KOR")
    made["user"] |= {"EIDS": [1], "keywords": ",".join(f"word{number}" for number in range(20_000))}
    out = gate()(text(made))
    assert codes(out, "user.eids") == {("other-spelling", "")}
    assert ("too-much", "") in codes(out, "user.keywords")


def test_a_country_in_another_spelling_closes_everything() -> None:
    """Read as no place told, a European's request would come under the law of the operator's home."""
    made = at(None, regs={"ext": {"us_privacy": "1YNN"}})
    keeper = gate(policy=GatePolicy(home="KR"))
    assert names(keeper(text(made))) == ["Golf"]
    made["device"]["geo"]["Country"] = "DEU"
    out = keeper(text(made))
    assert (names(out), out.faults) == ([], ("device.geo.country",))


def test_people_with_like_strings_are_decided_alike_and_others_are_not() -> None:
    """What was decided is remembered by what a consent string says: its date and partners must not matter, a purpose
    must."""
    given = "CQd924AQd924AASACCENCNFsAP_gAEIAACiQL6QBAAGAAOANmAcAF9IAIADgAA"
    later = given[:1] + "Qe024AQe024A" + given[13:]
    refusing = given[:25] + "AAAA" + given[29:]
    damaged = given[:40]
    keeper = gate()
    for _ in range(2):
        for string, left in ((given, ["Golf"]), (later + ".IAAA", ["Golf"]), (refusing, []), (damaged, [])):
            made = at("DEU")
            made["user"]["consent"] = string
            assert names(keeper(text(made))) == left, string


@pytest.mark.parametrize(
    ("country", "region", "regs", "left"),
    [
        ("KOR", None, {}, ["Golf"]),
        ("DEU", None, {}, []),
        ("KOR", None, {"ext": {"gdpr": 1}}, []),
        ("KOR", None, {"coppa": 1}, []),
        ("USA", "CA", {}, ["Golf"]),
        ("USA", "CA", {"ext": {"us_privacy": "1YYN"}}, []),
        ("USA", "VA", {"gpp": "DBABBg~x", "gpp_sid": [9]}, []),
        ("USA", "NY", {"ext": {"gpc": "1"}}, []),
        ("USA", "NY", {}, ["Golf"]),
        (None, None, {}, ["Golf"]),
        ("KOR", None, {"ext": "broken"}, []),
    ],
)
def test_what_leaves_follows_place_and_signals(
    country: str | None, region: str | None, regs: dict[str, Any], left: list[str]
) -> None:
    """regs, consent strings and place each close what they must; nothing opens a sensitive segment."""
    assert names(gate()(text(at(country, region, **regs)))) == left


def test_a_state_s_string_closes_the_category_that_it_names() -> None:
    """New Jersey: no consent to religion (second value of the section), and nothing else is refused."""
    refusing = "BAAQAAAAAA"  # version 1, and the second of the ten sensitive values is 1
    out = gate()(text(at("USA", "NJ", gpp=f"DBABAY~{refusing}", gpp_sid=[21])))
    assert names(out) == ["Golf"]
    assert ("opted-out", "") in codes(out, "user.data")


def test_a_header_closes_what_the_request_does_not_say() -> None:
    """Browsers send Global Privacy Control as a header beside the request."""
    assert names(gate()(text(at("USA", "CA")), gpc=True)) == []


def test_a_child_is_told_of_to_nobody() -> None:
    """Born 2015: under the age of every law, whatever the segments are."""
    made = at("KOR")
    made["user"]["yob"] = 2015
    out = gate()(text(made))
    assert names(out) == []
    sent = json.loads(out.body)
    assert "eids" not in sent["user"]
    assert sent["device"]["geo"] == {"country": "KOR"}


def test_a_limited_device_keeps_its_identifiers() -> None:
    """lmt=1 is the person's own refusal to be recognised."""
    made = at("KOR")
    made["device"]["lmt"] = 1
    out = gate()(text(made))
    assert names(out) == ["Golf"]
    assert "eids" not in json.loads(out.body)["user"]


def test_public_taxonomies_are_understood() -> None:
    """Segments of the IAB's audience taxonomy come as numbers alone."""
    taxonomy = shipped()["4"]
    masks = {word: mask for tax, word, mask in judged({"4": taxonomy}, load()) if tax == "4"}
    ordinary = next(
        word for word, tiers in taxonomy.items() if tiers.endswith("> Cooking") and masks[word] == EVERY
    )
    sensitive = next(word for word, mask in masks.items() if mask & BITS["health"])
    made = at("KOR")
    made["user"]["data"] = [
        {
            "name": "dmp",
            "segment": [{"id": ordinary}, {"id": sensitive}, {"id": "999999"}],
            "ext": {"segtax": 4},
        }
    ]
    out = json.loads(gate()(text(made)).body)
    assert out["user"]["data"][0]["segment"] == [{"id": ordinary}]


def test_ages_and_incomes_of_the_taxonomy_are_ordinary() -> None:
    """A tier of figures alone says what it is only with the tier above; judged alone it would be unknown."""
    masks = {word: mask for _, word, mask in judged({"4": shipped()["4"]}, load())}
    assert masks["4"] == EVERY


def test_a_recorded_permission_opens_and_only_for_its_person(tmp_path: Path) -> None:
    """The snapshot carries what people permitted: for them, and for nobody else."""
    permitted = Standing(
        country="KR",
        age=40,
        held=frozenset(
            {
                Held(
                    purpose="disclosure",
                    category="religion",
                    basis="explicit_consent",
                    proven=True,
                    separate=True,
                    by_guardian=False,
                )
            }
        ),
    )
    file = tmp_path / "snapshot"
    header = Header(
        made_at=NOW,
        judged_by="test",
        laws=tuple(PACKS),
        standings=(msgspec.Raw(msgspec.json.encode(permitted)),),
    )
    write_snapshot(file, header, [], [("u1", 0)])
    keeper = gate(snapshot=Snapshot(file))
    assert names(keeper(text(at("KOR")))) == ["Golf", "Church service"]
    other = at("KOR")
    other["user"]["id"] = "u2"
    assert names(keeper(text(other))) == ["Golf"]
    assert names(keeper(text(at("DEU")))) == []


def test_where_no_place_is_told_the_operators_home_counts() -> None:
    """A Korean publisher whose requests carry no place."""
    made = at(None)
    keeper = gate(policy=GatePolicy(home="KR"))
    assert codes(keeper(text(made)), "user.data") == {("no-permission", "kr-pipa")}


def test_a_taxonomy_file_that_is_damaged_is_refused(tmp_path: Path) -> None:
    """A line without a tab would lose a segment, which then counts as unknown."""
    file = tmp_path / "t.tsv"
    for content, message in (("# segtax: 9\nno tab\n", "line 2"), ("1\tA\n", "segtax")):
        file.write_text(content)
        with pytest.raises(KnowledgeError, match=message):
            read_taxonomy(file)
