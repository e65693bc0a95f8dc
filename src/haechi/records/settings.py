"""What `haechi.toml` says: where each table lives, how its columns are called there, and how to judge."""

import difflib
import itertools
import math
import tomllib
from collections.abc import Iterable, Mapping
from typing import Final, TypeVar

import msgspec

from haechi.errors import UsageError
from haechi.terms.instants import LONGEST_DAYS
from haechi.terms.schemas import SCHEMAS
from haechi.terms.words import BEHAVIOUR_KINDS

_Kind = TypeVar("_Kind")
_TAKES_BACK: Final = ("unlike", "hide")
_LEAST_EVIDENCE: Final = 0.001
"""Evidence is counted in thousandths."""
_MOST_EVIDENCE: Final = 1_000
"""A weight or threshold beyond it is a slip; far beyond it, sums would leave 64 bits."""


class TableSpec(msgspec.Struct, frozen=True, kw_only=True):
    """One `[tables.NAME]` of `haechi.toml`. Exactly one of path, table and sql says where; none: by convention.

    Attributes:
        path: a file, a glob or a list of them, local or any fsspec URL, from the folder of `haechi.toml`.
        database: a DuckDB file or a `postgresql://` URL that holds `table` or answers `sql`.
        table: `schema.name` in the database; without a database, a table of Spark's catalog.
        sql: a query that gives the table's rows: in the database, or in DuckDB from the folder of `haechi.toml`.
        columns: the contract's column to the name it has there.
        values: the contract's column to {value there: value of the contract}; "" stands for null.
    """

    path: str | tuple[str, ...] | None = None
    database: str | None = None
    table: str | None = None
    sql: str | None = None
    columns: dict[str, str] = {}
    values: dict[str, dict[str, str]] = {}


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """`[policy]`: choices that the law leaves to whoever audits.

    Attributes:
        inferred: laws to apply to inferred themes although they see inferred data as outside them (jp-appi).
        retention_days: the longest a membership may last; None: no limit stated.
        decisions: the file in which people decided about themes, from the folder of `haechi.toml`; None: none.
    """

    inferred: tuple[str, ...] = ()
    retention_days: int | None = None
    decisions: str | None = None


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What `haechi.toml` says about judging; without one, or where it is silent, the contract's defaults.

    Attributes:
        kind_thousandths: weights of behaviour kinds in thousandths, only those that are stated.
        threshold_thousandths: the evidence that makes a membership; None: not stated.
        lapse_days: days after which a membership without new evidence closes; None: not stated.
        policy: the choices of `[policy]`.
    """

    kind_thousandths: dict[str, int] = {}
    threshold_thousandths: int | None = None
    lapse_days: int | None = None
    policy: Policy = Policy()


class _Evidence(msgspec.Struct, frozen=True, kw_only=True):
    weights: dict[str, float] = {}
    threshold: float | None = None
    lapse_days: int | None = None


class _File(msgspec.Struct, frozen=True, kw_only=True):
    tables: dict[str, TableSpec] = {}
    evidence: _Evidence = _Evidence()
    policy: Policy = Policy()


def read_settings(text: bytes, file: str) -> tuple[dict[str, TableSpec], Settings]:
    """The tables and the settings that a `haechi.toml` states.

    Args:
        text: its content.
        file: what to call it in errors.

    Raises:
        UsageError: it is not TOML, a key is unknown or a value is not what the key takes.
    """
    try:
        tree = tomllib.loads(text.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{file} is not TOML in UTF-8: {error}.") from error
    except RecursionError as error:
        raise UsageError(f"{file} is nested too deep; expected what its reference lists.") from error
    _refuse_unknown(tree, file)
    # Table by table: msgspec says what is wrong in a table, but not in which.
    if isinstance(tables := tree.get("tables"), dict):
        for name, spec in tables.items():
            _converted(spec, TableSpec, f"{file}: [tables.{name}] ")
    content = _converted(tree, _File, f"{file}: ")
    for name, spec in content.tables.items():
        _check_table(name, spec, file)
    return content.tables, _settings(content, file)


def _converted(tree: object, kind: type[_Kind], place: str) -> _Kind:
    try:
        return msgspec.convert(tree, kind)
    except msgspec.ValidationError as error:
        raise UsageError(f"{place}{str(error).replace(' - at `$.', ' - at `')}.") from error


def _refuse_unknown(tree: Mapping[str, object], file: str) -> None:
    """A key that is silently ignored is a setting that its writer believes in."""
    refuse(tree, _File.__struct_fields__, file, "")
    for section, struct in (("evidence", _Evidence), ("policy", Policy)):
        if isinstance(found := tree.get(section), dict):
            refuse(found, struct.__struct_fields__, file, f"[{section}] ")
    if isinstance(tables := tree.get("tables"), dict):
        refuse(tables, SCHEMAS, file, "[tables] ")
        for name, spec in tables.items():
            if isinstance(spec, dict):
                refuse(spec, TableSpec.__struct_fields__, file, f"[tables.{name}] ")


def refuse(found: Iterable[str], known: Iterable[str], file: str, place: str) -> None:
    """Raise UsageError for the first word of `found` that is not `known`, with the nearest that is."""
    words = list(known)
    for word in found:
        if word not in words:
            near = difflib.get_close_matches(word, words, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"expected one of {', '.join(words)}."
            raise UsageError(f"{file}: {place}unknown key {word!r}; {hint}")


def _check_table(name: str, spec: TableSpec, file: str) -> None:
    place = f"[tables.{name}] "
    names = [column.name for column in SCHEMAS[name].columns]
    refuse(spec.columns, names, file, f"{place}columns: ")
    refuse(spec.values, names, file, f"{place}values: ")
    called = [spec.columns.get(column, column) for column in names]
    for one, other in itertools.combinations(called, 2):
        if one != other and one.lower() == other.lower():
            raise UsageError(
                f"{file}: {place}columns: {one} and {other} differ only in case; expected sql to rename one."
            )
    ways = [way for way in ("path", "table", "sql") if getattr(spec, way) is not None]
    if len(ways) > 1:
        raise UsageError(f"{file}: {place}has {' and '.join(ways)}; expected one of path, table and sql.")
    if spec.database is not None and (not ways or ways == ["path"]):
        raise UsageError(f"{file}: {place}has a database; expected table or sql to say what to read in it.")
    for column, mapping in spec.values.items():
        allowed = SCHEMAS[name].column(column).allowed
        for value in mapping.values():
            if allowed and value and value not in allowed:
                raise UsageError(
                    f"{file}: {place}values: {column} maps to {value!r}; expected one of {', '.join(allowed)}."
                )


def _settings(content: _File, file: str) -> Settings:
    evidence = content.evidence
    place = f"{file}: [evidence] "
    weighed = [kind for kind in BEHAVIOUR_KINDS if kind not in _TAKES_BACK]
    refuse(evidence.weights, weighed, file, "[evidence] weights: ")
    for kind, weight in evidence.weights.items():
        if not (math.isfinite(weight) and 0 <= weight <= _MOST_EVIDENCE):
            raise UsageError(f"{place}weights: {kind} is {weight}; expected 0 to {_MOST_EVIDENCE:,}.")
    threshold = evidence.threshold
    if threshold is not None and not (_LEAST_EVIDENCE <= threshold <= _MOST_EVIDENCE):
        raise UsageError(
            f"{place}threshold is {threshold}; expected {_LEAST_EVIDENCE} to {_MOST_EVIDENCE:,}."
        )
    for name, days in (
        ("[evidence] lapse_days", evidence.lapse_days),
        ("[policy] retention_days", content.policy.retention_days),
    ):
        if days is not None and not 1 <= days <= LONGEST_DAYS:
            raise UsageError(f"{file}: {name} is {days}; expected 1 to {LONGEST_DAYS:,} days.")
    return Settings(
        kind_thousandths={kind: _thousandths(weight) for kind, weight in evidence.weights.items()},
        threshold_thousandths=None if threshold is None else _thousandths(threshold),
        lapse_days=evidence.lapse_days,
        policy=content.policy,
    )


def _thousandths(value: float) -> int:
    return math.floor(value * 1000 + 0.5)
