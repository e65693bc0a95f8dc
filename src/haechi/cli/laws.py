"""`haechi laws`: which laws are known, and everything one of them says, with articles, sources and marks."""

import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import msgspec
from cyclopts import Parameter
from rich import box
from rich.console import Console
from rich.table import Table

from haechi import law as law_module
from haechi.cli.laws_text import sections
from haechi.errors import UsageError
from haechi.law import LawPack

_MARKS = (
    "Marks: V read in the legal text, V2 read in a second-hand source, R recalled and not read again, "
    "UNVERIFIED not confirmed. Not legal advice."
)
_PIPED_WIDTH = 160


def laws(
    law: str | None = None,
    *,
    law_pack: list[Path] | None = None,
    form: Annotated[Literal["text", "json"], Parameter(name="--format")] = "text",
    on: date | None = None,
) -> None:
    """List the laws that Haechi knows, or show one of them.

    Args:
        law: the law to show, such as kr-pipa; without it, all are listed.
        law_pack: a law pack of your own, beside the shipped ones (repeatable).
        form: text for people, json for machines.
        on: show what is in force on this day; today by default.

    Raises:
        UsageError: no pack has that identifier.
        PackError: a pack of your own does not follow the schema.
    """
    packs = law_module.load_packs(law_pack or ())
    day = on or datetime.now(UTC).date()
    if law is not None and law not in packs:
        raise UsageError(f"unknown law {law!r}; expected one of {', '.join(packs)}.")
    if form == "json":
        shown: object = (
            _in_force(packs[law], day) if law else [_in_force(pack, day) for pack in packs.values()]
        )
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(shown), indent=2) + b"\n")
        return
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = max(console.width, _PIPED_WIDTH)
    if law is None:
        console.print(_overview(packs, day))
        console.print(f"In force on {day}. Show one with: haechi laws kr-pipa", markup=False)
    else:
        _show(console, packs[law], day)


def _instant(pack: LawPack, day: date) -> datetime:
    return law_module.midnight(day, ZoneInfo(pack.time_zone))


def _overview(packs: Mapping[str, LawPack], day: date) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    for heading in ("law", "name", "whose", "protects", "accepts"):
        table.add_column(heading, overflow="fold")
    for pack in packs.values():
        categories = law_module.in_force(pack.categories, _instant(pack, day))
        bases = dict.fromkeys(basis for category in categories for basis in category.bases)
        inferred = "" if pack.inferred_protected else " (not what is only inferred)"
        protects = ", ".join(category.category for category in categories) or "nothing on this day"
        table.add_row(
            pack.id,
            pack.name["en"],
            " ".join(pack.jurisdictions),
            protects + inferred,
            ", ".join(bases) or "no basis: forbidden outright",
        )
    return table


def _show(console: Console, pack: LawPack, day: date) -> None:
    console.print(f"{pack.id}: {pack.name['en']} ({pack.name['ko']})", style="bold", markup=False)
    inferred = pack.inferred_data
    reach = "protected" if inferred.protected else "not protected"
    lines = [f"Enforced by {pack.authority}. Protects people in {', '.join(pack.jurisdictions)}."]
    lines.append(
        f"What is only inferred is {reach}: {inferred.article} ({inferred.mark}). {inferred.checked}"
    )
    lines.append(f"In force on {day}; days of {pack.time_zone}. {_MARKS}")
    console.print("\n".join(lines), markup=False)
    for title, headings, rows in sections(pack, _instant(pack, day)):
        _table(console, title, headings, rows)


def _table(console: Console, title: str, headings: Iterable[str], rows: list[tuple[str, ...]]) -> None:
    console.print(f"\n{title}", style="bold", markup=False)
    if not rows:
        console.print("  none", markup=False)
        return
    table = Table(box=box.SIMPLE_HEAD)
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*(cell.replace("[", r"\[") for cell in row))
    console.print(table)


def _in_force(pack: LawPack, day: date) -> object:
    """The pack as plain values, without what is not in force on the day."""
    at = _instant(pack, day)
    facts = {
        name: law_module.in_force(getattr(pack, name), at)
        for name in (
            "categories",
            "permission_bases",
            "rules",
            "requests",
            "refusal_grounds",
            "forbidden_grounds",
            "included_items",
            "minors",
            "breach",
            "annual_notice",
            "penalties",
        )
    }
    return msgspec.to_builtins(msgspec.structs.replace(pack, **facts))
