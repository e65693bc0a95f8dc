"""What the fields of a record for the EU transparency database may say."""

import tomllib
from functools import cache
from importlib import resources


@cache
def allowed(field: str) -> frozenset[str]:
    """The values that `field` may have.

    Raises:
        KeyError: the field has no list of values.
    """
    return _lists()[field]


@cache
def _lists() -> dict[str, frozenset[str]]:
    file = resources.files("haechi.knowledge").joinpath("ads/dsa_record_fields.toml")
    read = tomllib.loads(file.read_text(encoding="utf-8"))
    return {
        field: frozenset(said["prefix"] + word for word in said["values"].split())
        for field, said in read.items()
    }
