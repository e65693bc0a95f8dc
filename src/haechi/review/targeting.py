"""Targeting as platforms write it, read into one form.

Taken are a JSON object, the same as text, or parts of `key:value` joined with `|` as in Facebook's ad exports:

    {"include": ["Gardening"], "exclude": ["Pets"], "countries": ["JP"]}
    interests:Gardening | people_who_match:behaviors:Commuters | excluded_connections:Exclude people who like Pets

Whatever cannot be told to include or exclude a theme, a country or a language is kept as it was said.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import msgspec

from haechi.review.ads import Targeting
from haechi.terms.countries import ALPHA_2_OF

_THEME_KEYS: Final = (
    "include interests interest behaviors behaviours behavior connections friends_of_connections politics employers "
    "field_of_study industry industries job_title work_positions generation home_composition life_events "
    "family_statuses multicultural_affinity ethnic_affinity education_majors education_schools work_employers "
    "relationship_statuses segments audiences topics themes"
)
_THEMES: Final = frozenset(_THEME_KEYS.split())
_WITHIN: Final = frozenset(
    {"people_who_match", "and_must_also_match", "must_also_match", "flexible_spec", "detailed_targeting"}
)
_EXCLUDED: Final = frozenset({"exclude", "excluded_connections", "exclusions"})
_EXCLUDING: Final = re.compile(r"exclu", re.IGNORECASE)
_COUNTRIES: Final = frozenset({"country", "countries"})
_LANGUAGES: Final = frozenset({"language", "languages", "locales"})
_OURS: Final = frozenset({"include", "exclude", "countries", "languages"})
"""Which hold texts; other platforms' keys may hold numbers."""
_SAID_OF: Final = re.compile(
    r"^(?:exclude )?(?:(?:people who (?:like|are connected to)|friends of people who are connected to) )",
    re.IGNORECASE,
)
_OF_CONNECTIONS: Final = re.compile(r"^friends of connections:\s*", re.IGNORECASE)
_LANGUAGE_CODE: Final = re.compile(r"[A-Za-z]{2}(?:[-_][A-Za-z0-9]{2,8})?")
_LANGUAGE_OF: Final = {
    "english": "en",
    "japanese": "ja",
    "korean": "ko",
    "german": "de",
    "spanish": "es",
    "french": "fr",
}
_DEEPEST: Final = 16

Said = tuple[tuple[str, ...], str]
"""The keys that lead to a value, and the value."""


def targeting_of(value: object) -> Targeting:
    """What `value` says about whom an ad is to reach.

    Args:
        value: a JSON object (a mapping), its text, text of parts joined with `|`, or None for none.

    Raises:
        ValueError: it is none of them; the message says what was expected and repeats nothing of it.
    """
    lists: dict[str, list[str]] = {field: [] for field in Targeting.__struct_fields__}
    for keys, said in _said(value):
        field, kept = _placed(keys, said)
        if kept and kept not in lists[field]:
            lists[field].append(kept)
    return Targeting(**{field: tuple(entries) for field, entries in lists.items()})


def _said(value: object) -> Iterator[Said]:
    if value is None:
        return
    if isinstance(value, str):
        if value.lstrip()[:1] in {"{", "["}:
            yield from _walked((), _decoded(value))
        else:
            yield from _parts(value)
    elif isinstance(value, Mapping):
        yield from _walked((), value)
    else:
        # A wrong value of a table, whatever its type: the reader tells both alike.
        raise ValueError("a JSON object, its text, or parts joined with |")  # noqa: TRY004


def _decoded(text: str) -> object:
    try:
        decoded = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        raise ValueError("text of a JSON object") from None
    if not isinstance(decoded, dict):
        raise ValueError("a JSON object, not a list")  # noqa: TRY004
    return decoded


def _parts(text: str) -> Iterator[Said]:
    """Each part with its keys: all words before a colon that are known as keys, so that names keep their colons."""
    for part in text.split("|"):
        keys: list[str] = []
        said = part.strip()
        while ":" in said:
            head, _, rest = said.partition(":")
            key = _key(head)
            if keys and not (key in _THEMES or key in _WITHIN):
                break
            keys.append(key)
            said = rest.strip()
        if said:
            yield tuple(keys), said


def _walked(keys: tuple[str, ...], value: object) -> Iterator[Said]:
    """Every text in a JSON value; of an object with a name, the name."""
    if len(keys) > _DEEPEST:
        raise ValueError("targeting that is not nested so deeply")
    if isinstance(value, Mapping):
        if isinstance(value.get("name"), str):
            yield keys, value["name"]
            return
        for key, one in value.items():
            yield from _walked((*keys, _key(str(key))), one)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for one in value:
            yield from _walked(keys, one)
    elif not isinstance(value, str | None) and keys and keys[-1] in _OURS:
        raise ValueError(f"texts in targeting's {keys[-1]}, not {type(value).__name__}")
    elif value is not None and str(value).strip():
        yield keys, str(value).strip()


def _placed(keys: tuple[str, ...], said: str) -> tuple[str, str]:
    """The field of `Targeting` that a value belongs in, and what stands there."""
    last = keys[-1] if keys else ""
    excluded = any(_EXCLUDING.match(key) for key in keys)
    if last in _COUNTRIES and not excluded and said.upper() in ALPHA_2_OF:
        return "countries", ALPHA_2_OF[said.upper()]
    if last in _LANGUAGES and not excluded and _language(said):
        return "languages", _language(said)
    if last in _THEMES or last in _WITHIN or last in _EXCLUDED:
        return ("exclude" if excluded else "include"), _name(said)
    if _ends_as_theme(last):
        return ("exclude" if excluded else "include"), _name(said)
    return "other", ":".join((*(key for key in keys if key != "other"), said))


def _ends_as_theme(key: str) -> bool:
    """Whether a key is one of a theme with a torn name before it, as exports of scanned pages have it."""
    return any(key.endswith(f"_{theme}") for theme in _THEMES)


def _name(said: str) -> str:
    return _SAID_OF.sub("", _OF_CONNECTIONS.sub("", said)).strip()


def _key(text: str) -> str:
    return "_".join(text.strip().lower().split())


def _language(said: str) -> str:
    """ISO 639-1 of a language's code or English name, or empty."""
    if _LANGUAGE_CODE.fullmatch(said):
        return said[:2].lower()
    return _LANGUAGE_OF.get(said.partition("(")[0].strip().lower(), "")
