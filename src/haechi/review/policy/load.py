"""Reads a rule set: a folder with `rules.yaml` and `words/LANGUAGE.yaml`. Every fault is told at once."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import msgspec

from haechi.errors import OutputError, UsageError
from haechi.review.policy import examples
from haechi.review.policy.canonical import ruleset_hash
from haechi.review.policy.files import Faults, PolicyFile
from haechi.review.policy.meaning import Meaning, Scope, form_hash, meaning
from haechi.review.policy.model import BUILT_IN, Law, Rule, RuleSet
from haechi.review.policy.words import DEFAULT, Words
from haechi.review.policy.words import faults as word_faults

SHIPPED: Final = "ads-1"
"""The rule set that decides where the operator gives no other."""
_RULES: Final = "rules.yaml"
_EMPTY_WHEN: Final = Meaning("bool", ["none"], lambda _: False)


def load_ruleset(folder: Path | None = None) -> RuleSet:
    """A rule set, checked.

    Args:
        folder: of the operator's, or None for the shipped one.

    Raises:
        UsageError: there is no such folder.
        PolicyError: anything in it is wrong; each fault with file, line, rule, what was found and expected.
    """
    if folder is None:
        return _shipped()
    if not folder.is_dir():
        raise UsageError(f"{folder}: found no folder; expected one with {_RULES} and words/{DEFAULT}.yaml.")
    return _load(folder)


def copy_shipped(folder: Path) -> None:
    """Copies the shipped rule set, to be changed: a folder that appears whole.

    Args:
        folder: where; there must be nothing.

    Raises:
        UsageError: there is something.
        OutputError: it cannot be written.
    """
    if folder.exists():
        raise UsageError(f"{folder}: expected nothing there yet.")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=f".{folder.name}.", dir=folder.parent) as beside:
            fresh = Path(beside) / folder.name
            with resources.as_file(_place_of_shipped()) as shipped:
                shutil.copytree(shipped, fresh)
            fresh.rename(folder)
    except OSError as error:
        raise OutputError(f"{folder}: cannot be written ({error.strerror}).") from error


def _place_of_shipped() -> Traversable:
    return resources.files("haechi.knowledge") / "ads" / "policy" / SHIPPED


@cache
def _shipped() -> RuleSet:
    return _load(_place_of_shipped())


def _load(folder: Path | Traversable) -> RuleSet:
    faults = Faults()
    file = PolicyFile(folder / _RULES, "ads-policy-1", faults)
    word_files = [PolicyFile(path, "ads-policy-words-1", faults) for path in _word_paths(folder)]
    faults.raise_any()
    reader = _Reader(file)
    off = {code for code, one in reader.rules.items() if one["mode"] == "off"}
    words = _all_words(word_files, {*reader.rules} - off, off)
    conditions = reader.read_conditions()
    laws = {key: msgspec.convert(law, Law) for key, law in reader.part("laws").items()}
    rules = sorted((reader.rule(code, laws) for code in reader.rules), key=lambda one: one.weight)
    _check_covers(file, rules)
    cases = tuple(
        examples.expected(file, ("cases", at), case) for at, case in enumerate(file.document.get("cases", ()))
    )
    faults.raise_any()
    kept = tuple(rule for rule in rules if rule.mode != "off")
    return RuleSet(
        id=file.document["id"],
        version=file.document["version"],
        rules=kept,
        off=tuple(rule for rule in rules if rule.mode == "off"),
        conditions=conditions,
        words=words,
        cases=cases,
        hash=ruleset_hash(kept, words),
    )


class _Reader:
    """Turns the document of rules into what is used."""

    def __init__(self, file: PolicyFile) -> None:
        self.file = file
        self.rules: Mapping[str, Mapping[str, Any]] = file.document["rules"]
        self.forms: dict[str, str] = {}
        self.scope = Scope(
            limits=self.part("limits"),
            lists={name: tuple(texts) for name, texts in self.part("lists").items()},
            conditions=self.forms,
        )

    def part(self, name: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.file.document.get(name, {})
        return found

    def read_conditions(self) -> tuple[tuple[str, Meaning], ...]:
        """Each may use those above it, so none can go in circles."""
        read: list[tuple[str, Meaning]] = []
        for name, text in self.part("conditions").items():
            found = self._meaning(("conditions", name), text)
            # A faulty one is known by name all the same: its fault is told once, not at each use.
            self.forms[name] = "" if found is None else form_hash(found)
            read.append((name, found or _EMPTY_WHEN))
        return tuple(read)

    def rule(self, code: str, laws: Mapping[str, Law]) -> Rule:
        """One rule; its faults are kept."""
        told, place = self.rules[code], ("rules", code)
        found = self._meaning((*place, "when"), told["when"])
        self._check(code, told, laws)
        return Rule(
            code=code,
            title=told["title"],
            mode=told["mode"],
            when=told["when"],
            meaning=found or _EMPTY_WHEN,
            outcome=told["outcome"],
            ground=told["ground"],
            laws=tuple(laws[key] for key in told.get("laws", ()) if key in laws),
            category=told["category"],
            keyword=told.get("keyword"),
            queue=told["queue"],
            hours=told["hours"],
            author=told["author"],
            approved_by=told.get("approved_by"),
            since=_day(told.get("since")),
            until=_day(told.get("until")),
            covers=tuple(told.get("covers", ())),
            fires=self._examples((*place, "examples", "fires"), told["examples"]["fires"]),
            silent=self._examples((*place, "examples", "silent"), told["examples"]["silent"]),
            line=self.file.line(place),
        )

    def _meaning(self, place: tuple[str, ...], text: str) -> Meaning | None:
        return self.file.checked(place, lambda: meaning(text, self.scope))

    def _examples(self, place: tuple[str, ...], told: Sequence[Any]) -> tuple[Any, ...]:
        return tuple(examples.example(self.file, (*place, at), one) for at, one in enumerate(told))

    def _check(self, code: str, told: Mapping[str, Any], laws: Mapping[str, Law]) -> None:
        place = ("rules", code)
        for key in told.get("laws", ()):
            if key not in laws:
                self.file.add(
                    (*place, "laws"), f"found {key!r}; expected one of {', '.join(sorted(laws)) or 'none'}"
                )
        if told["ground"] == "illegal" and not any(
            laws[key].binding for key in told.get("laws", ()) if key in laws
        ):
            self.file.add(
                (*place, "ground"), "found illegal; expected at least one law that binds, under laws"
            )
        if code in BUILT_IN:
            self.file.add(place, f"found a code of Haechi's own; expected another than {', '.join(BUILT_IN)}")
        if told.get("approved_by") == told["author"]:
            self.file.add((*place, "approved_by"), "found the author; expected somebody else")
        since, until = _day(told.get("since")), _day(told.get("until"))
        if since is not None and until is not None and until <= since:
            self.file.add((*place, "until"), f"found {until}; expected a day after since, {since}")


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _check_covers(file: PolicyFile, rules: Sequence[Rule]) -> None:
    """A rule covers only what weighs less, so that some reason is always told."""
    weights = {rule.code: rule.weight for rule in rules}
    for rule in rules:
        for code in rule.covers:
            place = ("rules", rule.code, "covers")
            if code not in weights:
                file.add(place, f"found {code!r}; expected the code of a rule")
            elif weights[code] <= rule.weight:
                file.add(
                    place, f"found {code!r}, which weighs as much or more; expected a rule that weighs less"
                )


def _word_paths(folder: Path | Traversable) -> Iterator[Path | Traversable]:
    names = {DEFAULT}
    words = folder / "words"
    if words.is_dir():
        names |= {
            entry.name.removesuffix(".yaml") for entry in words.iterdir() if entry.name.endswith(".yaml")
        }
    for name in sorted(names):
        yield words / f"{name}.yaml"


def _all_words(files: Sequence[PolicyFile], codes: set[str], off: set[str]) -> dict[str, Words]:
    found: dict[str, Words] = {}
    for file in files:
        document = {key: value for key, value in file.document.items() if key != "format"}
        words = msgspec.convert(document, Words)
        if not file.name.endswith(f"{words.language}.yaml"):
            file.add(("language",), f"found {words.language!r}; expected the language that names the file")
        for place, said in word_faults(words, {*codes, *BUILT_IN}, off):
            file.add(place, said)
        found[words.language] = words
    return found
