"""YAML as lawyers write it: days stay text, `NO` stays Norway, and every place keeps its line."""

import re
from collections.abc import Iterator
from typing import Final

import yaml

from haechi.errors import PackError

MAX_BYTES: Final = 1_000_000
"""The largest law pack that is read."""

_MAX_DEPTH: Final = 20

Place = tuple[str | int, ...]
"""Keys and 0-based list places from the document's root."""

Node = None | bool | int | float | str | list["Node"] | dict[str, "Node"]
"""What a document is made of."""


class _Loader(yaml.CSafeLoader):
    """The safe loader without YAML 1.1's surprises: `on` is a word, 1:30 no number, and a day stays text."""


_PLAIN = (
    ("bool", "true|false", "tf"),
    ("int", "-?(0|[1-9][0-9]*)", "-0123456789"),
    ("float", r"-?(0|[1-9][0-9]*)\.[0-9]+", "-0123456789"),
    ("null", "null|~|", ["n", "~", ""]),
)
_Loader.yaml_implicit_resolvers = {}
for _kind, _form, _first in _PLAIN:
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_kind}", re.compile(f"^({_form})$"), list(_first))


def parse(text: bytes, *, file: str, kind: str = "a law pack") -> tuple[Node, dict[Place, int]]:
    """The document in `text`, and the 1-based line of every place in it; `kind` is what messages expect it to be.

    Aliases are refused: a pack is read line by line by people, and a few bytes of them can unfold to gigabytes.

    Raises:
        PackError: too large, not YAML, an alias, a key given twice, or nested too deep.
    """
    if len(text) > MAX_BYTES:
        raise PackError(f"{file}: found more than {MAX_BYTES:,} bytes; expected {kind}.")
    _refuse_unfolding(text, file, kind)
    loader = _Loader(text)
    try:
        root = loader.get_single_node()
        if root is None:
            raise PackError(f"{file}: found nothing; expected {kind}.")
        lines = dict(_lines(root, (), file))
        document: Node = loader.construct_document(root)
    except (yaml.YAMLError, UnicodeDecodeError, ValueError) as fault:
        raise PackError(f"{file}: expected readable YAML; {_first_line(fault)}.") from None
    finally:
        loader.dispose()
    return document, lines


def _first_line(fault: Exception) -> str:
    if isinstance(fault, yaml.MarkedYAMLError) and fault.problem_mark is not None:
        return f"line {fault.problem_mark.line + 1}: {fault.problem or fault.context}"
    return str(fault).splitlines()[0][:200]


def _refuse_unfolding(text: bytes, file: str, kind: str) -> None:
    # Event by event, because composing is recursive: deep text would end the process before any error.
    depth = 0
    try:
        for event in yaml.parse(text, Loader=_Loader):
            line = event.start_mark.line + 1 if event.start_mark else 1
            if isinstance(event, yaml.AliasEvent):
                raise PackError(f"{file}, line {line}: found an alias; expected the text written out.")
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > _MAX_DEPTH:
                raise PackError(f"{file}, line {line}: found lists in lists {depth} deep; expected {kind}.")
    except (yaml.YAMLError, UnicodeDecodeError, ValueError) as fault:
        raise PackError(f"{file}: expected readable YAML; {_first_line(fault)}.") from None


def _lines(node: yaml.Node, place: Place, file: str) -> Iterator[tuple[Place, int]]:
    yield place, node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        keys = set()
        for key, value in node.value:
            where = f"{file}, line {key.start_mark.line + 1}, {shown(place)}"
            if not isinstance(key, yaml.ScalarNode) or key.tag != "tag:yaml.org,2002:str":
                raise PackError(f"{where}: found a key that is not a word; expected a word.")
            if key.value in keys:
                raise PackError(f"{where}: found {key.value!r} twice; expected each key once.")
            keys.add(key.value)
            yield from _lines(value, (*place, key.value), file)
    elif isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            yield from _lines(item, (*place, number), file)


def shown(place: Place) -> str:
    """The place as people write it: `rules[2].severity` (counted from 0); `the document` for its root."""
    text = ""
    for part in place:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text or "the document"
