"""The records contract read aloud in plain Python: slow, obvious, and sharing nothing with the package's SQL."""

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from haechi.law import LawPack, load_packs, packs_for

FAR = datetime(9999, 1, 1, tzinfo=UTC)
MILLI = {
    "like": 1000,
    "follow": 1000,
    "share": 1000,
    "purchase": 1000,
    "comment": 1000,
    "click": 500,
    "view": 100,
}
Interval = tuple[datetime, datetime]
Row = dict[str, Any]


def rows(folder: Path, table: str) -> list[Row]:
    found: list[Row] = pq.read_table(folder / f"{table}.parquet").to_pylist()
    return found


@dataclass(frozen=True)
class Claim:
    person: int
    theme: str
    law: str
    category: str
    bases: tuple[str, ...]
    stretch: Interval


def memberships(folder: Path, themes: set[str]) -> dict[tuple[int, str], list[Interval]]:
    """For each person and theme: at every instant at which anything happened, count what stands by then."""
    nano: dict[tuple[int, str], int] = {}
    for row in rows(folder, "item_themes"):
        if row["theme_id"] in themes:
            weight = 1.0 if row["weight"] is None else row["weight"]
            nano[row["item_id"], row["theme_id"]] = round(weight * 1e9)
    by_person = defaultdict(list)
    for row in rows(folder, "behaviours"):
        by_person[row["person_id"]].append(row)
    found: dict[tuple[int, str], list[Interval]] = {}
    for person, done in by_person.items():
        for theme in {t for (i, t) in nano if any(b["item_id"] == i for b in done)}:
            own = [b for b in done if (b["item_id"], theme) in nano]
            moments = sorted({b["occurred_at"] for b in own})
            inside = [_evidence(own, nano, theme, t) >= 1000 for t in moments]
            spans: list[Interval] = []
            for place, moment in enumerate(moments):
                if inside[place]:
                    until = moments[place + 1] if place + 1 < len(moments) else FAR
                    if spans and spans[-1][1] == moment:
                        spans[-1] = (spans[-1][0], until)
                    else:
                        spans.append((moment, until))
            if spans:
                found[person, theme] = spans
    return found


def _evidence(own: list[Row], nano: dict[tuple[int, str], int], theme: str, moment: datetime) -> int:
    total = 0
    for b in own:
        if b["kind"] in MILLI and b["occurred_at"] <= moment:
            taken_back = any(
                u["kind"] in {"unlike", "hide"}
                and u["item_id"] == b["item_id"]
                and b["occurred_at"] < u["occurred_at"] <= moment
                for u in own
            )
            if not taken_back:
                total += (MILLI[b["kind"]] * nano[b["item_id"], theme] + 500_000_000) // 1_000_000_000
    return total


def _stretches(given: list[Row], purpose: str, category: str, bases: tuple[str, ...]) -> list[Interval]:
    fit = sorted(
        (p["given_at"], p["withdrawn_at"] or FAR)
        for p in given
        if p["purpose"] == purpose and p["category"] == category and p["basis"] in bases
    )
    merged: list[Interval] = []
    for since, until in fit:
        if merged and since <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(until, merged[-1][1]))
        else:
            merged.append((since, until))
    return merged


class PlainReading:
    """Everything an audit must find in `folder` on the day `as_of`, by the law packs."""

    def __init__(self, folder: Path, as_of: datetime) -> None:
        self.as_of = as_of.replace(tzinfo=None)
        self.planted: dict[str, str] = json.loads((folder / "planted.json").read_text())
        self.given = defaultdict(list)
        for row in rows(folder, "permissions"):
            self.given[row["person_id"]].append(row)
        self.people = {row["person_id"]: row for row in rows(folder, "people")}
        self.packs = {name: p for name, p in load_packs().items() if p.inferred_protected}
        self.memberships = memberships(folder, set(self.planted))
        self.profiled: set[tuple[int, str, str]] = set()
        self.exposures: list[tuple[int, str, str, str, bool]] = []
        self.claims = [
            c for key, spans in self.memberships.items() for span in spans for c in self._claims(key, span)
        ]
        for claim in self.claims:
            if not self._covered(claim, "profiling", claim.stretch):
                self.profiled.add((claim.person, claim.law, claim.category))
        grants = defaultdict(list)
        for row in rows(folder, "grants"):
            grants[row["theme_id"]].append(row)
        for claim in self.claims:
            for grant in grants[claim.theme]:
                since = max(claim.stretch[0], grant["since"])
                until = min(claim.stretch[1], grant["until"] or FAR)
                if since < until:
                    self._expose(grant["advertiser_id"], claim, (since, until))
        for row in rows(folder, "deliveries"):
            moment = row["delivered_at"]
            instant = (moment, moment.replace(microsecond=1))
            for claim in self._claims((row["person_id"], row["theme_id"]), instant):
                if claim.stretch[0] == moment:
                    self._expose(row["advertiser_id"], claim, instant)

    def _claims(self, key: tuple[int, str], span: Interval) -> list[Claim]:
        person, theme = key
        if theme not in self.planted:
            return []
        home = self.people[person]
        found = []
        for law in packs_for(self.packs, home["country"], home["region"]):
            for rule in self.packs[law].categories:
                if rule.category == self.planted[theme] and rule.effective_from <= self.as_of:
                    since = max(span[0], rule.effective_from.replace(tzinfo=UTC))
                    if since < span[1]:
                        found.append(Claim(person, theme, law, rule.category, rule.bases, (since, span[1])))
        return found

    def _covered(self, claim: Claim, purpose: str, span: Interval) -> bool:
        held = _stretches(self.given[claim.person], purpose, claim.category, claim.bases)
        return any(since <= span[0] and span[1] <= until for since, until in held)

    def _expose(self, advertiser: str, claim: Claim, span: Interval) -> None:
        permitted = self._covered(claim, "disclosure", span)
        self.exposures.append((claim.person, advertiser, claim.law, claim.category, permitted))

    def figures(self, law: str | None = None, category: str | None = None) -> dict[str, int]:
        profiled = {p for p, of, c in self.profiled if law in {None, of} and category in {None, c}}
        seen = [e for e in self.exposures if law in {None, e[2]} and category in {None, e[3]}]
        return {
            "people_profiled_unpermitted": len(profiled),
            "people_exposed": len({e[0] for e in seen}),
            "people_exposed_unpermitted": len({e[0] for e in seen if not e[4]}),
            "advertisers_receiving": len({e[1] for e in seen}),
            "advertisers_receiving_unpermitted": len({e[1] for e in seen if not e[4]}),
        }

    def pairs(self) -> set[tuple[str, str]]:
        """Laws and planted categories that are protected by then."""
        return {
            (name, rule.category)
            for (name, pack), category in product(self.packs.items(), set(self.planted.values()))
            for rule in pack.categories
            if rule.category == category and rule.effective_from <= self.as_of
        }


__all__ = ["FAR", "LawPack", "PlainReading", "memberships", "rows"]
