"""Where two answers part, shown on the smallest world that still parts them."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, TypeAlias

from tests.oracle.brute_force import Facts, Setting, World, facts_of, figures

Answer: TypeAlias = Callable[[list[World]], dict[str, Any]]


def expected(worlds: Iterable[World], setting: Setting) -> dict[str, Any]:
    """What the contract says of all worlds as one dataset."""
    facts = Facts()
    for world in worlds:
        facts.add(facts_of(world, setting))
    return figures(facts, setting)


def differences(worlds: list[World], setting: Setting, answer: Answer) -> list[str]:
    """Each figure that differs, with what the contract says and what came out."""
    wanted = expected(worlds, setting)
    got = answer(worlds)
    return [line for name, value in wanted.items() for line in _parted(name, value, got[name])]


def _parted(name: str, wanted: Any, got: Any) -> list[str]:
    if isinstance(wanted, list):
        lost, extra = [w for w in wanted if w not in got], [g for g in got if g not in wanted]
        return [f"{name}: missing {lost}, not expected {extra}"] if wanted != got else []
    if isinstance(wanted, dict) and isinstance(got, dict):
        return [
            line
            for key in {**wanted, **got}
            for line in _parted(f"{name} {key}", wanted.get(key), got.get(key))
        ]
    return [f"{name}: expected {wanted}, got {got}"] if wanted != got else []


def smallest(worlds: list[World], setting: Setting, answer: Answer) -> list[World]:
    """The worlds, and of their rows those, without which nothing would differ."""

    def parts(some: list[World]) -> bool:
        try:
            return bool(differences(some, setting, answer))
        except Exception:  # noqa: BLE001  a crash on fewer rows is as telling as a wrong figure
            return True

    while len(worlds) > 1:
        half = len(worlds) // 2
        kept = next((h for h in (worlds[:half], worlds[half:]) if parts(h)), None)
        if kept is None:
            break
        worlds = kept
    if len(worlds) == 1:
        worlds = [_fewer_rows(worlds[0], lambda world: parts([world]))]
    return worlds


def _fewer_rows(world: World, parts: Callable[[World], bool]) -> World:
    for name in list(world.tables):
        for row in list(world.tables[name]):
            if name != "themes":
                rows = list(world.tables[name])
                rows.remove(row)
                fewer = replace(world, tables={**world.tables, name: rows})
                if parts(fewer):
                    world = fewer
    return world


def told(worlds: list[World], setting: Setting, answer: Answer) -> str:
    """A failure as its reader needs it: the smallest world, the setting, and what differs."""
    found = smallest(worlds, setting, answer)
    lines = [*differences(found, setting, answer), f"{setting}"]
    for world in found[:1]:
        lines += [f"{name}: {row}" for name, rows in world.tables.items() for row in rows]
        lines.append(f"labels: {world.labels}")
    return "\n".join(lines)
