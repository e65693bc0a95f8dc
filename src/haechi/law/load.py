"""Reads law packs: text to document, document against the schema, document to facts with instants."""

import json
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from jsonschema import Draft202012Validator

from haechi.errors import PackError
from haechi.law.coherence import incoherences
from haechi.law.days import midnight
from haechi.law.explain import explained
from haechi.law.model import LawPack
from haechi.law.yaml_text import MAX_BYTES, Node, Place, parse, shown

_SHOWN: Final = 20
_ZONE_FAULT: Final = "found {!r}; expected an IANA time zone such as Asia/Seoul"


def load_packs(extra: Sequence[Path] = ()) -> dict[str, LawPack]:
    """Every law pack by identifier: the shipped ones, then the user's.

    Args:
        extra: the user's pack files (`--law-pack FILE`).

    Raises:
        PackError: a file cannot be read, does not follow the schema, contradicts itself, or has the identifier
            of another pack. The message names file, line, place, what was found and what was expected.
    """
    packs = dict(_shipped())
    for path in extra:
        pack = read_pack(path)
        if pack.id in packs:
            raise PackError(
                f"{path}, id: found {pack.id!r}, which another pack has; expected an identifier of its own."
            )
        packs[pack.id] = pack
    return packs


def read_pack(path: Path | Traversable) -> LawPack:
    """The law pack in one file, validated against the schema.

    Raises:
        PackError: see `load_packs`.
    """
    document, lines = _read(path)
    _refuse(str(path), lines, _schema_faults(document))
    return _pack(document, str(path), lines)


@cache
def _shipped() -> dict[str, LawPack]:
    folder = resources.files("haechi.packs")
    files = [entry / "pack.yaml" for entry in folder.iterdir() if entry.is_dir()]
    packs = [read_pack(file) for file in files if file.is_file()]
    return {pack.id: pack for pack in sorted(packs, key=lambda pack: pack.id)}


def _read(path: Path | Traversable) -> tuple[Node, dict[Place, int]]:
    try:
        with path.open("rb") as file:
            text = file.read(MAX_BYTES + 1)
    except OSError as fault:
        raise PackError(f"{path}: expected a law pack that can be read; {fault.strerror}.") from None
    return parse(text, file=str(path))


def schema() -> dict[str, object]:
    """The JSON Schema (2020-12) of a law pack file."""
    text = resources.files("haechi.packs").joinpath("law-pack-1.schema.json").read_text(encoding="utf-8")
    loaded: dict[str, object] = json.loads(text)
    return loaded


def _schema_faults(document: Node) -> Iterator[tuple[Place, str]]:
    validator = Draft202012Validator(schema(), format_checker=Draft202012Validator.FORMAT_CHECKER)
    for error in sorted(
        validator.iter_errors(document), key=lambda fault: [str(p) for p in fault.absolute_path]
    ):
        yield explained(error)


def _refuse(file: str, lines: dict[Place, int], faults: Iterator[tuple[Place, str]]) -> None:
    placed = sorted(((lines.get(place, 1), shown(place), text) for place, text in faults))
    found = [f"{file}, line {line}, {place}: {text}" for line, place, text in placed]
    if found:
        more = [f"… and {len(found) - _SHOWN:,} more"] if len(found) > _SHOWN else []
        raise PackError("\n".join(found[:_SHOWN] + more))


def _pack(document: Node, file: str, lines: dict[Place, int]) -> LawPack:
    """A pack from a document that follows the schema."""
    written = msgspec.convert(document, dict[str, object])
    zone = _zone(str(written["time_zone"]))
    if zone is None:
        _refuse(file, lines, iter([(("time_zone",), _ZONE_FAULT.format(written["time_zone"]))]))
        raise AssertionError
    _refuse(file, lines, incoherences(written))
    try:
        return msgspec.convert(_resolved(written, zone), LawPack, strict=True)
    except msgspec.ValidationError as fault:
        raise PackError(f"{file}: {fault}.") from None


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _resolved(written: dict[str, object], zone: ZoneInfo) -> dict[str, object]:
    """The document with sources for their names, instants for days, and each category's severity and remedy."""
    sources = msgspec.convert(written["sources"], dict[str, dict[str, str]])

    def resolve(node: object) -> object:
        if isinstance(node, list):
            return [resolve(item) for item in node]
        if not isinstance(node, dict):
            return node
        resolved = {key: resolve(value) for key, value in node.items() if key != "source"}
        if "source" in node:
            resolved["sources"] = [{"id": name, **sources[name]} for name in node["source"]]
        for key in ("effective_from", "effective_until"):
            if key in node:
                resolved[key] = midnight(date.fromisoformat(node[key]), zone)
        return resolved

    pack = {key: resolve(value) for key, value in written.items() if key not in ("format", "sources")}
    rules = {rule["id"]: rule for rule in _entries(pack["rules"])}
    pack["categories"] = [
        {**entry, "severity": rules[entry["rule"]]["severity"], "remedy": rules[entry["rule"]]["remedy"]}
        for entry in _entries(pack.pop("protected_categories"))
    ]
    return pack


def _entries(node: object) -> list[dict[str, object]]:
    return msgspec.convert(node, list[dict[str, object]])
