"""The index of names by their sound as it comes with the package: to make it takes longer than one name may.

32 bytes    SHA-256 of the rest
the rest    MessagePack of `_Kept`
"""

import hashlib
from collections.abc import Iterator
from importlib import resources
from typing import Final

import msgspec

from haechi.errors import KnowledgeError
from haechi.sensitivity.facts import Knowledge, split_terms
from haechi.sensitivity.sounds import Index, index_of

FILE: Final = "sounds-1.bin"
_DIGEST: Final = 32


class _Kept(msgspec.Struct, frozen=True, array_like=True):
    """What stands in the file.

    Attributes:
        knowledge: version of the knowledge that it was made from.
        terms: names, each once.
        keys: key of two words to places in `terms`.
    """

    knowledge: str
    terms: list[str]
    keys: dict[str, list[int]]


def sound_index(knowledge: Knowledge) -> Index:
    """The index for a knowledge: the one that comes with the package where it is of that knowledge, else made now.

    Raises:
        KnowledgeError: the file is damaged.
    """
    file = resources.files("haechi.knowledge").joinpath("model", FILE)
    data = file.read_bytes() if file.is_file() else b""
    if data and hashlib.sha256(data[_DIGEST:]).digest() != data[:_DIGEST]:
        raise KnowledgeError(f"{file}: the index of sounds is damaged. Install the package anew.")
    if data:
        kept = msgspec.msgpack.decode(data[_DIGEST:], type=_Kept)
        if kept.knowledge == knowledge.version:
            return {key: [kept.terms[place] for place in places] for key, places in kept.keys.items()}
    return index_of(names_of(knowledge))


def as_bytes(knowledge: Knowledge) -> bytes:
    """The file's content for a knowledge."""
    found = index_of(names_of(knowledge))
    terms = sorted({term for terms in found.values() for term in terms})
    places = {term: place for place, term in enumerate(terms)}
    keys = {key: [places[term] for term in found[key]] for key in sorted(found)}
    body = msgspec.msgpack.encode(_Kept(knowledge.version, terms, keys))
    return hashlib.sha256(body).digest() + body


def names_of(knowledge: Knowledge) -> Iterator[str]:
    """Names that give something away directly wherever they stand."""
    for concept in knowledge.concepts:
        if 2 in concept.categories.values() and not concept.needs:  # noqa: PLR2004  the grade
            yield from (term.strip("-") for term in split_terms(concept.en))
