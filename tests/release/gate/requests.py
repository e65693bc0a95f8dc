"""Requests for the gate's tests, and an independent reading of what it may change."""

import copy
import json
from typing import Any

SEGMENTS = [
    {"id": "243", "name": "Sports"},
    {"id": "900", "name": "Church service"},
    {"id": "901", "name": "Diabetes"},
    {"id": "17", "value": "3"},
]


def request(**changes: Any) -> dict[str, Any]:
    """An ordinary request of a phone in Seoul, with some fields replaced."""
    made: dict[str, Any] = {
        "id": "80ce30c5",
        "imp": [{"id": "1", "bidfloor": 0.030, "banner": {"h": 250, "w": 300}}],
        "site": {
            "domain": "news.example",
            "content": {
                "id": "c",
                "data": [{"name": "iab", "segment": [{"id": "462"}], "ext": {"segtax": 7}}],
            },
        },
        "device": {
            "ua": "Mozilla/5.0",
            "ip": "203.0.113.7",
            "geo": {"lat": 37.56651, "lon": 126.97796, "country": "KOR", "region": "11", "zip": "04524"},
        },
        "user": {
            "id": "exchange-id",
            "keywords": "golf,church,tea",
            "data": [{"id": "p", "name": "provider.example", "segment": copy.deepcopy(SEGMENTS)}],
            "ext": {"eids": [{"source": "id.example", "uids": [{"id": "abc"}]}], "consent": "x"},
        },
        "regs": {"coppa": 0, "ext": {"gdpr": 0}},
    }
    made.update(changes)
    return made


def text(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def outside(value: Any) -> Any:
    """A request without the fields that the gate may change: what is left must be the same before and after."""
    rest = copy.deepcopy(value)
    if not isinstance(rest, dict):
        return rest
    user = rest.get("user")
    if isinstance(user, dict):
        for field in ("keywords", "kwarray", "customdata", "eids", "geo"):
            user.pop(field, None)
        _without_segments(user)
        if isinstance(user.get("ext"), dict):
            user["ext"].pop("eids", None)
    for where in ("site", "app", "dooh"):
        holder = rest.get(where)
        if isinstance(holder, dict) and isinstance(holder.get("content"), dict):
            _without_segments(holder["content"])
    if isinstance(rest.get("device"), dict):
        rest["device"].pop("geo", None)
    return rest


def _without_segments(holder: dict[str, Any]) -> None:
    data = holder.get("data")
    if not data or not isinstance(data, list) or not all(isinstance(provider, dict) for provider in data):
        # No array of objects: what it is cannot be told, and nothing of it leaves.
        holder.pop("data", None)
        return
    for provider in data:
        provider.pop("segment", None)
