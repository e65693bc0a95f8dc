"""Reads the knowledge files: concepts with their terms, and the contexts that decide between look-alikes."""

import hashlib
import json
import textwrap
from collections.abc import Iterable, Sequence
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final, Literal, NoReturn

import msgspec
import yaml

from haechi.errors import KnowledgeError
from haechi.terms.words import Category

Language = Literal["en", "ko", "ja", "de", "fr", "es", "pt", "zh"]
LANGUAGES: Final[tuple[Language, ...]] = ("en", "ko", "ja", "de", "fr", "es", "pt", "zh")
_MAX_BYTES: Final = 2_000_000


class Context(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words that, standing anywhere in the name or above it, tell which meaning another word has.

    Attributes:
        id: its name, by which concepts call it.
        terms: comma-separated words, of any language.
        whole: only where a word is a whole name, tier or bracket.
        softens: what the theme seems to say directly becomes arguable, as in the title of a film.
    """

    id: str
    terms: str
    whole: bool = False
    softens: bool = False


class Concept(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A thing that a theme can be about.

    Attributes:
        id: unique over all files; a decision names it.
        categories: category to grade: 2 directly about it, 1 arguable. Empty: a look-alike, which takes away what
            it covers.
        note: why it stands here, or why it is graded so.
        source: where the fact comes from; "" when the file's own source holds.
        whole: only where a term is a whole name or tier, not a word inside one.
        unless: contexts in which it does not count.
        needs: contexts of which at least one must be there for it to count.
        firm: a context that softens leaves it as it is, such as a preacher's show on television.
        langs_only: counts only for themes stated to be in the term's language.
        en, ko, ja, de, fr, es, pt, zh: comma-separated terms; a hyphen at an edge means that the word may go on.
    """

    id: str
    categories: dict[Category, Literal[1, 2]]
    note: str = ""
    source: str = ""
    whole: bool = False
    unless: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    firm: bool = False
    langs_only: bool = False
    en: str = ""
    ko: str = ""
    ja: str = ""
    de: str = ""
    fr: str = ""
    es: str = ""
    pt: str = ""
    zh: str = ""

    def terms(self) -> Iterable[tuple[Language, str]]:
        """Each term with its language."""
        for lang in LANGUAGES:
            for term in split_terms(getattr(self, lang)):
                yield lang, term


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    source: str
    contexts: tuple[Context, ...] = ()
    concepts: tuple[Concept, ...] = ()


class Knowledge(msgspec.Struct, frozen=True):
    """All that the files say.

    Attributes:
        contexts: by id.
        concepts: in the order of files and lines; each with its source filled in.
        version: first 12 hexadecimal digits of the SHA-256 over the files' names and bytes.
    """

    contexts: dict[str, Context]
    concepts: tuple[Concept, ...]
    version: str


def split_terms(text: str) -> list[str]:
    """The terms of a comma-separated list."""
    return [term for part in text.split(",") if (term := part.strip())]


@cache
def shipped() -> Knowledge:
    """The knowledge that comes with the package.

    Raises:
        KnowledgeError: a file is damaged.
    """
    folder = resources.files("haechi.knowledge").joinpath("concepts")
    return read(
        sorted((file for file in folder.iterdir() if file.name.endswith(".yaml")), key=lambda f: f.name)
    )


def read(files: Sequence[Traversable | Path]) -> Knowledge:
    """The knowledge in these files.

    Raises:
        KnowledgeError: a file cannot be read, does not follow the schema, names an unknown context, or has an
            identifier twice. The message names file, place, value and what was expected.
    """
    digest = hashlib.sha256()
    contexts: dict[str, Context] = {}
    concepts: dict[str, Concept] = {}
    for file in files:
        data = _bytes(file)
        digest.update(file.name.encode() + b"\0" + data + b"\0")
        content = _content(file.name, data)
        for context in content.contexts:
            _once(file.name, "contexts", context.id, contexts)
            contexts[context.id] = context
        for concept in content.concepts:
            _once(file.name, "concepts", concept.id, concepts)
            concepts[concept.id] = msgspec.structs.replace(concept, source=concept.source or content.source)
    for concept in concepts.values():
        for context_id in (*concept.unless, *concept.needs):
            if context_id not in contexts:
                raise KnowledgeError(
                    f"knowledge, concept {concept.id}: found context {context_id!r}; expected one of "
                    f"{', '.join(sorted(contexts))}."
                )
    return Knowledge(contexts, tuple(concepts.values()), digest.hexdigest()[:12])


def schema() -> dict[str, object]:
    """The JSON Schema (2020-12) of a knowledge file."""
    text = resources.files("haechi.knowledge").joinpath("knowledge-1.schema.json").read_text(encoding="utf-8")
    loaded: dict[str, object] = json.loads(text)
    return loaded


def _bytes(file: Traversable | Path) -> bytes:
    try:
        data = file.read_bytes()
    except OSError as fault:
        raise KnowledgeError(
            f"{file}: expected a knowledge file that can be read; {fault.strerror}."
        ) from None
    if len(data) > _MAX_BYTES:
        raise KnowledgeError(f"{file}: found {len(data):,} bytes; expected at most {_MAX_BYTES:,}.")
    return data


def _content(name: str, data: bytes) -> _File:
    try:
        # The loader is the safe one, in C.
        document = yaml.load(data, Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError, ValueError) as fault:
        raise KnowledgeError(
            f"{name}: expected readable YAML; {' '.join(str(fault).split())[:300]}."
        ) from None
    try:
        return msgspec.convert(document, _File)
    except msgspec.ValidationError as fault:
        _explain(name, document, fault)


def _explain(name: str, document: object, fault: msgspec.ValidationError) -> NoReturn:
    """Says with the JSON Schema what is wrong and where: it knows more words than the quick check."""
    # Reading the schema's machinery costs a tenth of a second that a sound file need not pay.
    from jsonschema import Draft202012Validator  # noqa: PLC0415
    from jsonschema.exceptions import best_match  # noqa: PLC0415

    worst = best_match(Draft202012Validator(schema()).iter_errors(document))
    if worst is None:
        raise KnowledgeError(f"{name}: {fault}.") from None
    shown = textwrap.shorten(repr(worst.instance), 120, placeholder="…")
    raise KnowledgeError(
        f"{name}, {worst.json_path}: found {shown}; expected otherwise: {worst.message[:300]}."
    ) from None


def _once(name: str, kind: str, identifier: str, seen: dict[str, Context] | dict[str, Concept]) -> None:
    if identifier in seen:
        raise KnowledgeError(f"{name}, {kind}: found {identifier!r} twice; expected each identifier once.")
