"""A breach of the pack schema in words: where, what was found, what was expected."""

from collections.abc import Mapping, Sequence
from typing import Final

from jsonschema import ValidationError

from haechi.law.yaml_text import Place

_TYPES: Final = {
    "object": "keys with values",
    "array": "a list",
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "null",
}
_EXPECTED: Final = {
    "enum": "one of {}",
    "const": "{}",
    "format": "a day that the calendar has, such as 2026-09-11",
    "pattern": "text of the form {}",
    "minItems": "at least {} entry",
    "minLength": "at least {} character",
    "minProperties": "at least {} key",
    "minimum": "at least {}",
    "exclusiveMinimum": "more than {}",
    "maximum": "at most {}",
    "maxLength": "at most {} characters",
    "uniqueItems": "each entry once",
    "anyOf": "null or the form that the schema describes",
}
_WIDEST: Final = 80


def explained(error: ValidationError) -> tuple[Place, str]:
    """The place of a breach of the schema, and what was found and expected there."""
    place: Place = tuple(error.absolute_path)
    given, asked, rule = error.instance, error.validator_value, str(error.validator)
    if rule == "additionalProperties" and isinstance(error.schema, Mapping) and isinstance(given, dict):
        known = error.schema["properties"]
        unknown = next(key for key in given if key not in known)
        return (*place, str(unknown)), f"found an unknown key; expected one of {_listed(known)}"
    if rule == "required" and isinstance(asked, list) and isinstance(given, dict):
        missing = [key for key in asked if key not in given]
        return place, f"found no {', '.join(missing)}; expected it to be given"
    if rule == "type":
        names = [asked] if isinstance(asked, str) else asked
        expected = " or ".join(_TYPES[name] for name in names) if isinstance(names, list) else str(asked)
    else:
        expected = _EXPECTED.get(rule, error.message).format(_listed(asked))
    return place, f"found {_found(given)}; expected {expected}"


def _listed(words: object) -> str:
    if isinstance(words, Sequence | Mapping) and not isinstance(words, str):
        return ", ".join(str(word) for word in words)
    return str(words)


def _found(value: object) -> str:
    if isinstance(value, dict):
        return "keys with values"
    if isinstance(value, list) and value:
        return f"a list of {len(value):,}"
    text = repr(value)
    return text if len(text) <= _WIDEST else f"{text[:_WIDEST]}…"
