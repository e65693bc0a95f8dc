"""Turn what is slow or impossible to read over and over (text, queries, other databases) into Parquet, once.

The columns stay as they were found, text stays text: a value that cannot be read is a fault with a row for
validation to name, not an exception of a parser. Rows keep their order, one Parquet file for each file found,
so that a row of the one is the row of the other.
"""

# ruff: noqa: S608  every name and literal in the SQL is quoted by haechi.records.relation

import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

import duckdb
import fsspec
import ibis
import ibis.expr.types as ir

from haechi.errors import DataError, FaultKind, UsageError
from haechi.records import postgres, show, text
from haechi.records.conform import ZONED_NANOSECONDS
from haechi.records.entries import is_local
from haechi.records.failures import no_room
from haechi.records.forms import CatalogTable, DuckTable, Files, Form, Postgres
from haechi.records.layout import Layout, layout
from haechi.records.relation import Relation, literal, name, parquet_scan
from haechi.records.settings import TableSpec
from haechi.terms.schemas import TableSchema


class Reader:
    """DuckDB as the reader of every form: the engine's own, or one beside Spark.

    Attributes:
        tables: the Ibis backend over it.
        duck: the connection.
        beside: whether the engine is another one, which needs files that it can open itself.
    """

    def __init__(self, con: ibis.BaseBackend) -> None:
        self.beside = con.name != "duckdb"
        if self.beside:
            base = con._session.conf.get("spark.haechi.work", tempfile.gettempdir())  # noqa: SLF001
            self.tables = _small_duck(Path(base))
        else:
            self.tables = con
            base = con.con.sql("SELECT current_setting('temp_directory')").fetchall()[0][0]
        self.duck: duckdb.DuckDBPyConnection = self.tables.con
        Path(base).mkdir(parents=True, exist_ok=True)
        self.folder = Path(tempfile.mkdtemp(prefix="read-", dir=base))

    def numbers(self, question: ir.Table) -> dict[str, int]:
        """The whole numbers in the one row that answers a question.

        Asked of DuckDB itself: the way through a data frame costs a third of a second before the first answer.
        """
        if question.get_backend() is not self.tables:
            return {name: int(value) for name, value in question.to_pyarrow().to_pylist()[0].items()}
        self.tables._run_pre_execute_hooks(question)  # noqa: SLF001  no public way to run SQL without a frame
        row = self.duck.execute(str(self.tables.compile(question))).fetchall()[0]
        return dict(zip(question.columns, map(int, row), strict=True))

    def relation(self, form: Form, schema: TableSchema, spec: TableSpec) -> Relation:
        """Make `form` something that the engine can read over and over.

        Raises:
            UsageError: a database or query cannot be reached or asked.
            DataError: a file is damaged; every place that could be found is named.
            OutputError: a disk is full.
        """
        with _room():
            match form:
                case Files(kind="parquet"):
                    return self._parquet(form, schema, spec)
                case Files():
                    return self._text(form, schema, spec)
                case DuckTable():
                    return self._duck_table(form, schema, spec)
                case Postgres():
                    return self._postgres(form, schema, spec)
                case CatalogTable() if self.beside:
                    return Relation(schema, spec, "", form.name, (), (), form.label, form.name)
                case CatalogTable():
                    raise UsageError(
                        f"[tables.{schema.name}] names the table {form.name} without a database; expected database, "
                        "or the engine spark, in whose catalog it is."
                    )

    def _parquet(self, form: Files, schema: TableSchema, spec: TableSpec) -> Relation:
        self._mount(form)
        text.require_readable(self.duck, form)
        blank = Relation(schema, spec, "", None, form.paths, form.shown, form.label, "")
        found = layout(self.duck, form, blank.wanted)
        told = parquet_scan(form.shown, hive=found.hive)
        if found.alike:
            return self._exactly(replace(blank, told=told), found)
        scan = parquet_scan(form.paths, hive=found.hive)
        return replace(blank, scan=scan, told=told, hive=found.hive, kinds=found.kinds)

    def _exactly(self, relation: Relation, found: Layout) -> Relation:
        """Copy the wanted columns where DuckDB, to which Name and name are one, would read the wrong one."""
        parts = []
        for number, path in enumerate(relation.parquet):
            scan = parquet_scan((path,), hive=found.hive)
            # It numbers the names that it takes for repeated ones, in the file's order.
            known = [row[0] for row in self.duck.execute(f"DESCRIBE SELECT * FROM {scan}").fetchall()]
            theirs = found.columns.get(path, known)
            own = dict(zip([*theirs, *known[len(theirs) :]], known, strict=True))
            columns = [
                f"{name(own[column])} AS {name(column)}" for column in relation.wanted if column in own
            ]
            part = str(self.folder / f"{relation.schema.name}-{number:05}.parquet")
            self._copy(f"SELECT {', '.join(columns) or 'NULL AS nothing'} FROM {scan}", part)
            parts.append(part)
        return replace(relation, parquet=tuple(parts), scan=parquet_scan(tuple(parts)))

    def _text(self, form: Files, schema: TableSchema, spec: TableSpec) -> Relation:
        self._mount(form)
        parts = tuple(
            str(self.folder / f"{schema.name}-{number:05}.parquet") for number in range(len(form.paths))
        )
        relation = Relation(
            schema,
            spec,
            parquet_scan(parts),
            None,
            parts,
            form.shown,
            form.label,
            told="",
            loose=form.kind == "jsonl",
            text=form,
        )
        faults: list[FaultKind] = []
        for path, shown, part in zip(form.paths, form.shown, parts, strict=True):
            try:
                self._copy(text.query(path, shown, relation), part)
            except DataError as error:
                faults += error.kinds
            except duckdb.Error as error:
                if no_room(error) is not None:
                    raise
                faults += text.faults(self.duck, path, shown, relation, error)
        if faults:
            raise DataError(text.merged(faults))
        return replace(relation, told=text.told(form, relation.wanted))

    def _duck_table(self, form: DuckTable, schema: TableSchema, spec: TableSpec) -> Relation:
        base = attach = None
        try:
            if form.database is not None:
                base = f"base_{zlib.crc32(form.database.encode()):08x}"
                attach = f"ATTACH IF NOT EXISTS {literal(form.database)} AS {base} (READ_ONLY)"
                self.duck.execute(attach)
            if form.table is None:
                return self._queried(form, schema, spec, base, attach)
            scan = f"{base}.{form.table}"
            self.duck.execute(f"SELECT * FROM {scan} LIMIT 0")
        except (duckdb.CatalogException, duckdb.ParserException, duckdb.BinderException) as error:
            # These speak of the query's own words, never of the data; but the names that DuckDB proposes instead
            # are a row of it where a file has no header.
            said = show.masked(str(error).partition("\nCandidate")[0])
            raise UsageError(f"{form.label} cannot be read: {said}") from error
        except duckdb.Error as error:
            if no_room(error) is not None:
                raise
            raise UsageError(f"{form.label} cannot be read: {show.reason(error)}.") from error
        prepare = () if attach is None else (attach,)
        return Relation(schema, spec, scan, None, (), (), form.label, scan, prepare=prepare)

    def _queried(
        self, form: DuckTable, schema: TableSchema, spec: TableSpec, base: str | None, attach: str | None
    ) -> Relation:
        """A query runs once: asked twice it might order or draw its rows in another way."""
        asked = self._one_query(form)
        part = str(self.folder / f"{schema.name}.parquet")
        before = self.duck.sql("SELECT current_setting('file_search_path')").fetchall()[0][0]
        try:
            self.duck.execute(f"SET file_search_path = {literal(form.folder)}")
            if base is not None:
                self.duck.execute(f"USE {base}")
            self._require_each_once(asked, form, schema, spec)
            self._copy(asked, part)
        finally:
            self.duck.execute("USE memory")
            self.duck.execute(f"SET file_search_path = {literal(before)}")
        told = name(f"{schema.name}_asked")
        prepare = [
            f"SET file_search_path = {literal(form.folder)}",
            *([] if base is None else [str(attach), f"USE {base}"]),
            f"CREATE OR REPLACE TEMP TABLE {told} AS {asked}",
            *([] if base is None else ["RESET search_path"]),
            "RESET file_search_path",
        ]
        return Relation(
            schema,
            spec,
            parquet_scan((part,)),
            None,
            (part,),
            (form.label,),
            form.label,
            told,
            prepare=tuple(prepare),
        )

    def _require_each_once(self, asked: str, form: DuckTable, schema: TableSchema, spec: TableSpec) -> None:
        """DuckDB gives a second column of the same name another one, and so reads the first."""
        given = [str(row[0]) for row in self.duck.execute(f"DESCRIBE {asked}").fetchall()]
        for column in Relation(schema, spec, "", None, (), (), form.label, "").wanted:
            same = [other for other in given if other.lower() == column.lower()]
            if len(same) > 1:
                raise UsageError(f"{form.label} gives columns {' and '.join(same)}; expected {column} once.")

    def _one_query(self, form: DuckTable) -> str:
        """The query without what ends it; anything but one query could do more than read."""
        sql = str(form.sql).strip().lstrip(";")
        statements = self.duck.extract_statements(sql)
        if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
            kinds = " and ".join(str(statement.type).partition(".")[2] for statement in statements)
            raise UsageError(f"{form.label} holds {kinds or 'no statement'}; expected one SELECT.")
        # Places are counted in bytes. Behind the semicolon that ends the query, only comments are left.
        letters = sql.encode()
        ends = (place for place, _ in duckdb.tokenize(sql) if letters[place : place + 1] == b";")
        asked = letters[: next(ends, None)].decode().rstrip()
        # What is written behind a comment would belong to it.
        return asked + "\n" if "--" in asked else asked

    def _postgres(self, form: Postgres, schema: TableSchema, spec: TableSpec) -> Relation:
        part = self.folder / f"{schema.name}-sent.parquet"
        postgres.copy(form, part)
        paths = (str(part),)
        # DuckDB's own reader, which people may fetch for themselves; it finds the server and the password in
        # PGHOST, PGDATABASE, PGUSER, PGPASSWORD and the like, which a report must not repeat.
        told = f"postgres_query('haechi_postgres', {literal(form.query)})"
        attach = (
            "-- PGHOST, PGDATABASE, PGUSER and PGPASSWORD say where PostgreSQL is; INSTALL postgres fetches it.\n"
            "ATTACH IF NOT EXISTS '' AS haechi_postgres (TYPE postgres, READ_ONLY)"
        )
        relation = Relation(
            schema, spec, parquet_scan(paths), None, paths, (form.label,), form.label, told, prepare=(attach,)
        )
        found = layout(self.duck, Files("parquet", paths, relation.shown, form.label), relation.wanted)
        return self._exactly(relation, found) if found.alike else relation

    def known(self, relation: Relation) -> str:
        """All columns, for a SELECT, in types that Ibis has a word for: it has none for zoned nanoseconds."""
        described = self.duck.execute(f"DESCRIBE SELECT * FROM {relation.scan}").fetchall()
        casts = [
            f"{name(row[0])}::TIMESTAMPTZ AS {name(row[0])}"
            for row in described
            if row[1] == ZONED_NANOSECONDS
        ]
        return f"* REPLACE ({', '.join(casts)})" if casts else "*"

    def shared(self, relation: Relation) -> tuple[tuple[str, ...], str]:
        """Parquet files that Spark can open, and the columns to read from them in Spark's words.

        Files that Spark would not find, or whose types it has no word for, are copied.
        """
        described = self.duck.execute(f"DESCRIBE SELECT * FROM {relation.scan}").fetchall()
        wanted = {relation.called(column) for column in relation.schema.columns}
        types = {row[0]: str(row[1]) for row in described if row[0] in wanted}
        paths = relation.parquet
        plain = not relation.hive and all(_spark_opens(path) for path in paths)
        if not (paths and plain and all(_spark_type(found) for found in types.values())):
            casts = ", ".join(
                f"{name(column)}::{_shared_type(found)} AS {name(column)}" for column, found in types.items()
            )
            part = str(self.folder / f"{relation.schema.name}-shared.parquet")
            with _room():
                self._copy(f"SELECT {casts or 'NULL::VARCHAR AS nothing'} FROM {relation.scan}", part)
            paths = (part,)
            types = {column: _shared_type(found) for column, found in types.items()}
        columns = ", ".join(
            f"`{column.replace('`', '``')}` {_spark_type(found)}" for column, found in types.items()
        )
        return paths, columns

    def _copy(self, query: str, part: str) -> None:
        """Rows keep their order, or every row that is named later would be another one."""
        keeps = self.duck.sql("SELECT current_setting('preserve_insertion_order')").fetchall()[0][0]
        self.duck.execute("SET preserve_insertion_order = true")
        try:
            self.duck.execute(f"COPY ({query}) TO {literal(part)} (FORMAT parquet, COMPRESSION zstd)")
        finally:
            self.duck.execute(f"SET preserve_insertion_order = {bool(keeps)}")

    def _mount(self, form: Files) -> None:
        """Let DuckDB read through fsspec whatever is not a local file."""
        for path in form.paths:
            if "://" not in path:
                continue
            system, _ = fsspec.core.url_to_fs(path)
            protocol = path.partition("://")[0]
            if not is_local(system) and not self.duck.filesystem_is_registered(protocol):
                self.duck.register_filesystem(system)


_SPARK_TYPES: Final = {
    "BIGINT": "BIGINT",
    "INTEGER": "INT",
    "SMALLINT": "SMALLINT",
    "TINYINT": "TINYINT",
    "VARCHAR": "STRING",
    "BOOLEAN": "BOOLEAN",
    "DOUBLE": "DOUBLE",
    "FLOAT": "FLOAT",
    "DATE": "DATE",
    "TIMESTAMP": "TIMESTAMP_NTZ",
    "TIMESTAMP WITH TIME ZONE": "TIMESTAMP",
}


def _spark_opens(path: str) -> bool:
    """Whether Spark finds the file: names that begin so are to it a writer's own, and some signs a pattern."""
    own = Path(path).name.startswith(("_", "."))
    return not own and "://" not in path and not set(path) & set("*?[]{}")


def _spark_type(found: str) -> str | None:
    """Spark's word for a type of DuckDB, or None."""
    return found if found.startswith("DECIMAL") else _SPARK_TYPES.get(found)


def _shared_type(found: str) -> str:
    """The nearest type that both engines have."""
    if _spark_type(found):
        return found
    if found in {"UTINYINT", "USMALLINT", "UINTEGER"}:
        return "BIGINT"
    if found == ZONED_NANOSECONDS:
        return "TIMESTAMP WITH TIME ZONE"
    return "TIMESTAMP" if found.startswith("TIMESTAMP") else "VARCHAR"


def _small_duck(base: Path) -> ibis.BaseBackend:
    duck = ibis.duckdb.connect(
        ":memory:",
        temp_directory=base / "reader",
        memory_limit="1GB",
        autoinstall_known_extensions=False,
        autoload_known_extensions=False,
    )
    duck.raw_sql("SET TimeZone = 'UTC'")
    duck.raw_sql("SET enable_progress_bar = false")
    return duck


@contextmanager
def _room() -> Iterator[None]:
    try:
        yield
    except (duckdb.Error, OSError) as error:
        if (instead := no_room(error)) is not None:
            raise instead from error
        raise
