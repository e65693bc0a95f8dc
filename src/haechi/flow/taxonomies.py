"""Public taxonomies of segments (`segtax`), and what each of their segments gives away."""

from collections.abc import Iterator
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

from haechi.errors import KnowledgeError
from haechi.release.gate import UNKNOWN, mask_of
from haechi.sensitivity import Judge, Judgement

_TIER: Final = " > "
_SAID: Final = "# segtax:"

Taxonomy = dict[str, str]
"""A segment's tiers, joined, by its identifier."""


@cache
def shipped() -> dict[str, Taxonomy]:
    """The taxonomies that come with the package, by `segtax`."""
    folder = resources.files("haechi.knowledge").joinpath("taxonomies")
    found: dict[str, Taxonomy] = {}
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        numbers, taxonomy = read_taxonomy(file)
        found.update(dict.fromkeys(numbers, taxonomy))
    return found


def read_taxonomy(file: Path | Traversable) -> tuple[list[str], Taxonomy]:
    """A taxonomy file: `# segtax:` and its numbers, then lines of an identifier, a tab, and tiers joined with ` > `.

    Raises:
        KnowledgeError: it is none; the line is named.
    """
    numbers: list[str] = []
    taxonomy: Taxonomy = {}
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as fault:
        raise KnowledgeError(f"{file}: expected a taxonomy in UTF-8; {fault}.") from None
    for number, line in enumerate(lines, 1):
        if line.startswith(_SAID):
            numbers += line[len(_SAID) :].split()
        elif line and not line.startswith("#"):
            identifier, tab, tiers = line.partition("\t")
            if not (tab and identifier and tiers.strip()):
                expected = "an identifier, a tab, and tiers joined with ' > '"
                raise KnowledgeError(f"{file}, line {number}: found {line[:60]!r}; expected {expected}.")
            taxonomy[identifier] = tiers
    if not numbers:
        raise KnowledgeError(f"{file}: found no line '{_SAID} NUMBER'; expected the taxonomy's segtax.")
    return numbers, taxonomy


def judged(taxonomies: dict[str, Taxonomy], judge: Judge) -> Iterator[tuple[str, str, int]]:
    """For every segment its `segtax`, its identifier and its mask."""
    for number, taxonomy in taxonomies.items():
        names, paths = zip(*map(_name_and_path, taxonomy.values()), strict=True) if taxonomy else ((), ())
        said = judge.judge_all(names, paths, [None] * len(names))
        for identifier, judgement in zip(taxonomy, said, strict=True):
            yield number, identifier, mask(judgement)


def mask(judgement: Judgement) -> int:
    """The mask of what was judged: its categories, and that it cannot be told where that is so."""
    found = mask_of(label.category for label in judgement.decided)
    return found | UNKNOWN if judgement.undecided else found


def _name_and_path(tiers: str) -> tuple[str, str | None]:
    """The last tier and those above; a tier of figures alone ("18-20") says what it is only with the one above."""
    path, _, name = tiers.rpartition(_TIER)
    if path and not any(map(str.isalpha, name)):
        path, _, above = path.rpartition(_TIER)
        name = f"{above} {name}"
    return name, path or None
