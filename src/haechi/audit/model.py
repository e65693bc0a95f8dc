"""`findings.json`: what an audit tells machines, by the records contract.

Fields beyond the contract (`haechi_version`, `engine`, `as_of`, `notices`, `set_aside`, `sensitivity`,
`theme_counts`, `decisions`) only add.
"""

import json
from functools import cache
from importlib import resources
from typing import Final, Literal

import jsonschema
import msgspec

from haechi.terms.words import Severity

SCHEMA_ID: Final = "https://haechi.dev/schemas/findings-1.json"


class TableSize(msgspec.Struct, frozen=True):
    """How many rows a table has."""

    rows: int


class UnavailableCheck(msgspec.Struct, frozen=True):
    """A check that could not run, and the tables, columns (table.column) or options (--option) it lacked."""

    check: str
    missing: tuple[str, ...]


class SetAside(msgspec.Struct, frozen=True):
    """Rows of a table that named an identifier which its table lacks."""

    table: str
    rows: int


class DatasetSummary(msgspec.Struct, frozen=True):
    """What was audited."""

    path: str
    tables: dict[str, TableSize]
    unavailable_checks: tuple[UnavailableCheck, ...]
    set_aside: tuple[SetAside, ...] = ()


class CategoryFigures(msgspec.Struct, frozen=True):
    """The figures of one law and category."""

    law: str
    category: str
    article: str
    themes: int
    people_profiled_unpermitted: int
    people_exposed_unpermitted: int
    advertisers_receiving_unpermitted: int


class ThemeCounts(msgspec.Struct, frozen=True):
    """How many themes, beside the totals.

    Attributes:
        profiled_unpermitted: sensitive themes with somebody in them without permission for profiling.
        exposed_unpermitted: sensitive themes of which somebody reached an advertiser without permission.
        arguable: themes with only arguable labels, counted nowhere else.
        undecided: themes whose names could not be judged, counted nowhere else; nobody has said they are harmless.
    """

    profiled_unpermitted: int
    exposed_unpermitted: int
    arguable: int
    undecided: int


class DecisionCounts(msgspec.Struct, frozen=True):
    """What people decided about themes.

    Attributes:
        themes: themes with categories that people gave them.
        cleared: themes that people found to give nothing away, whatever the engine says.
        pending: decisions that wait for a second reviewer and do not count.
    """

    themes: int
    cleared: int
    pending: int


class Finding(msgspec.Struct, frozen=True):
    """One thing found under one rule.

    Attributes:
        rule: the rule's name, such as KR-PIPA-23-1.
        law: identifier of the law pack.
        article: what it is based on.
        severity: violation, risk or note.
        statement: one sentence with its figures.
        count: the figure.
        sample: theme or advertiser identifiers, never persons.
        sample_of: which of the two they are; None where there are none.
        remedy: what to do.
        query: SQL that reproduces the figure.
    """

    rule: str
    law: str
    article: str
    severity: Severity
    statement: str
    count: int
    sample: tuple[str, ...]
    sample_of: Literal["themes", "advertisers"] | None
    remedy: str
    query: str


class Findings(msgspec.Struct, frozen=True, kw_only=True, rename={"schema": "$schema"}):
    """The whole of `findings.json`."""

    schema: str = SCHEMA_ID
    haechi_version: str
    engine: str
    as_of: str
    sensitivity: str
    dataset: DatasetSummary
    laws: tuple[str, ...]
    totals: dict[str, int]
    theme_counts: ThemeCounts
    decisions: DecisionCounts | msgspec.UnsetType = msgspec.UNSET
    categories: tuple[CategoryFigures, ...]
    findings: tuple[Finding, ...]
    notices: tuple[str, ...] = ()


@cache
def schema() -> dict[str, object]:
    """The JSON Schema that ships with the package."""
    text = resources.files("haechi.audit").joinpath("findings-1.schema.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def validate(document: object) -> None:
    """Hold a `findings.json` against its schema.

    Raises:
        jsonschema.ValidationError: it does not follow it.
    """
    jsonschema.validate(document, schema())


def encoded(findings: Findings) -> bytes:
    """The document as JSON, indented, with a last newline."""
    return msgspec.json.format(msgspec.json.encode(findings), indent=1) + b"\n"
