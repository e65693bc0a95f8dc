"""The case of PIPC's decision of 4 November 2024, made up again at any scale, with what an audit must find."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Final

import duckdb

from haechi.errors import OutputError
from haechi.example import advertisers, items, people, permissions, requests, themes, truth
from haechi.example.behaviours import write_behaviours
from haechi.example.findings import forbidden, unverified_users
from haechi.example.folder import replaced_whole
from haechi.example.scale import END, LATER, Scale

Progress = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and how much there is."""

SYNTHETIC: Final = (
    "Synthetic: no person, page, advertiser or request in it is real. It follows the published facts of a decision "
    "of Korea's Personal Information Protection Commission (4 November 2024) and is nobody's data."
)


def write_pipc(scale: Scale, out: Path, progress: Progress = lambda *_: None) -> None:
    """Writes the example: eleven tables less `memberships`, `README.txt`, `expected.json`, `planted.json`.

    The folder appears whole or not at all. Same scale and seed, same bytes.

    Args:
        scale: row counts and seed.
        out: the folder; must not exist, or be empty, or hold an earlier example, which is then replaced.
        progress: told of every step.

    Raises:
        UsageError: `out` holds something else.
        OutputError: `out` cannot be written; what stood there before is untouched.
    """
    with replaced_whole(out.resolve()) as folder:
        try:
            _fill(scale, folder, progress)
        except duckdb.Error as error:
            raise OutputError(f"{out}: the expected figures could not be worked out ({error}).") from error


def _fill(scale: Scale, folder: Path, progress: Progress) -> None:
    progress("people, themes and advertisers", 0, 1)
    everyone = people.make_people(scale)
    people.write_people(everyone, folder, scale.seed)
    all_themes = themes.make_themes(scale)
    themes.write_themes(all_themes, folder, scale.seed)
    all_items = items.make_items(scale, all_themes)
    items.write_items(all_items, all_themes, folder, scale.seed)
    advertisers.write_advertisers(scale, folder)
    grants = advertisers.make_grants(scale, all_themes)
    advertisers.write_grants(scale, all_themes, grants, folder)
    advertisers.write_deliveries(scale, all_themes, everyone, grants, folder)
    agreed = permissions.make_permissions(scale)
    permissions.write_permissions(agreed, everyone, folder)
    planted = requests.write_requests(scale, everyone, folder) + permissions.planted(agreed, everyone)
    findings = forbidden(planted)
    findings["advertiser-unverified"] = unverified_users(scale, all_themes, grants)
    done = 0

    def tell(rows: int) -> None:
        nonlocal done
        done += rows
        progress("behaviours", done, scale.behaviours)

    write_behaviours(scale, all_themes, everyone, all_items, folder, progress=tell)
    progress("expected figures", 0, 1)
    _write_expected(scale, folder, all_themes, findings)
    (folder / "README.txt").write_text(_readme(scale), encoding="utf-8")
    progress("expected figures", 1, 1)


def _write_expected(
    scale: Scale, folder: Path, all_themes: themes.Themes, findings: dict[str, dict[str, int]]
) -> None:
    """Writes `expected.json` (the figures at the period's end, and with the laws that came later) and the truth."""
    counts = {
        "people": scale.people,
        "themes": scale.themes,
        "sensitive_themes": len(all_themes.sensitive),
        "advertisers": scale.advertisers,
    }
    days = (END, LATER)
    now, later = (
        {"as_of": day.isoformat(), **told, "totals": {**counts, **told["totals"]}}
        for day, told in zip(days, truth.derive(folder, all_themes, days), strict=True)
    )
    _write_json(folder / "expected.json", {**now, "findings": findings, "later": later})
    planted = {
        all_themes.ids[i]: themes.CATEGORIES[all_themes.category[i]] for i in all_themes.sensitive.tolist()
    }
    _write_json(folder / "planted.json", planted)


def _write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _readme(scale: Scale) -> str:
    return f"""{SYNTHETIC}

{scale.people:,} people, {scale.themes:,} themes, {scale.advertisers:,} advertisers, {scale.behaviours:,} behaviours,
July 2018 to March 2022, seed {scale.seed}.

expected.json   what an audit must find, worked out without the audit's code
planted.json    the themes that are sensitive, each with its category
"""
