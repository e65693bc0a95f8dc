"""Policy files read: YAML with lines, held against its schema, every fault kept with its place."""

import json
import re
from collections.abc import Callable
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar

from jsonschema import Draft202012Validator

from haechi.errors import PackError, PolicyError
from haechi.law.explain import explained
from haechi.law.yaml_text import MAX_BYTES, Place, parse, shown

_Made = TypeVar("_Made")
_MOST_SHOWN: Final = 50
_FORMAT: Final = Draft202012Validator.FORMAT_CHECKER


class PolicyFault(NamedTuple):
    """One thing wrong.

    Attributes:
        file: in which it stands.
        line: 1-based, or None when the fault is the folder's.
        place: within the file, such as `rules.hand-off-money.when`.
        said: what was found and what was expected.
    """

    file: str
    line: int | None
    place: str
    said: str

    def __str__(self) -> str:
        line = "" if self.line is None else f", line {self.line}"
        place = re.sub(r"^rules\.([^.\[]+)", r"rule \1", self.place)
        return f"{self.file}{line}, {place}: {self.said}."


class Faults:
    """Collects what is wrong, so that all of it can be told at once."""

    def __init__(self) -> None:
        self.found: list[PolicyFault] = []

    def raise_any(self) -> None:
        """Ends the reading if anything was found.

        Raises:
            PolicyError: something was.
        """
        if not self.found:
            return
        lines = [str(fault) for fault in sorted(self.found, key=lambda one: (one.file, one.line or 0))]
        more = [f"… and {len(lines) - _MOST_SHOWN:,} more"] if len(lines) > _MOST_SHOWN else []
        raise PolicyError("\n".join(lines[:_MOST_SHOWN] + more))


class PolicyFile:
    """One file of a policy.

    Attributes:
        document: as read; follows its schema unless faults were found.
        add: tells a fault at a place of the file.
    """

    def __init__(self, path: Path | Traversable, schema: str, faults: Faults) -> None:
        self.name = str(path)
        self.faults = faults
        self.lines: dict[Place, int] = {}
        self.document: Any = None
        before = len(faults.found)
        self._read(path)
        if len(faults.found) == before:
            self._hold_against(schema)
        self.sound = len(faults.found) == before

    def add(self, place: Place, said: str) -> None:
        """Keeps a fault; its line is that of the nearest place that is there."""
        self.faults.found.append(PolicyFault(self.name, self.line(place), shown(place), said))

    def line(self, place: Place) -> int:
        """Where a place begins, 1-based."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)

    def checked(self, place: Place, make: Callable[[], _Made]) -> _Made | None:
        """What `make` gives, or None where it raises a ValueError, which becomes a fault."""
        try:
            return make()
        except ValueError as fault:
            self.add(place, str(fault))
            return None

    def _read(self, path: Path | Traversable) -> None:
        try:
            with path.open("rb") as file:
                text = file.read(MAX_BYTES + 1)
            self.document, self.lines = parse(text, file=self.name, kind="a policy file")
        except OSError as fault:
            self.add((), f"found no file that can be read: {fault.strerror}; expected one")
        except PackError as fault:
            told = str(fault).removeprefix(self.name).lstrip(":, ").rstrip(".")
            self.add((), told)

    def _hold_against(self, schema: str) -> None:
        validator = _validator(schema)
        for error in sorted(validator.iter_errors(self.document), key=lambda one: str(one.path)):
            self.add(*explained(error))


@cache
def _validator(schema: str) -> Draft202012Validator:
    file = resources.files("haechi.knowledge").joinpath(f"ads/policy/{schema}.schema.json")
    return Draft202012Validator(json.loads(file.read_text("utf-8")), format_checker=_FORMAT)
