"""Turn what is slow or impossible to read over and over (text, queries, other databases) into Parquet, once.

The columns stay as they were found, text stays text: a value that cannot be read is a fault with a row for
validation to name, not an exception of a parser. Rows keep their order, one Parquet file for each file found,
so that a row of the one is the row of the other.
"""

# ruff: noqa: S608  every name and literal in the SQL is quoted by haechi.records.relation

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import duckdb
import fsspec
import ibis

from haechi.errors import DataError, FaultKind, OutputError, UsageError
from haechi.records import postgres, show, text
from haechi.records.forms import DuckTable, Files, Form, Postgres
from haechi.records.locate import is_local
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

    def relation(self, form: Form, schema: TableSchema, spec: TableSpec) -> Relation:
        """Make `form` something that the engine can read over and over.

        Raises:
            UsageError: a database or query cannot be reached or asked.
            DataError: a file is damaged; every place that could be found is named.
            OutputError: the disk is full.
        """
        with _disk():
            match form:
                case Files(kind="parquet"):
                    return self._parquet(form, schema, spec)
                case Files():
                    return self._text(form, schema, spec)
                case DuckTable():
                    return self._duck_table(form, schema, spec)
                case Postgres():
                    return self._postgres(form, schema, spec)
                case _:
                    return Relation(schema, spec, "", form.name, (), (), form.label, name(form.name))

    def _parquet(self, form: Files, schema: TableSchema, spec: TableSpec) -> Relation:
        self._mount(form)
        text.require_readable(self.duck, form)
        told = parquet_scan(form.shown)
        found = Relation(
            schema, spec, parquet_scan(form.paths), None, form.paths, form.shown, form.label, told
        )
        if self.beside and "://" in form.paths[0]:
            return self._copied(found)
        return found

    def _text(self, form: Files, schema: TableSchema, spec: TableSpec) -> Relation:
        self._mount(form)
        wanted = tuple(spec.columns.get(column.name, column.name) for column in schema.columns)
        parts: list[str] = []
        faults: list[FaultKind] = []
        for number, path in enumerate(form.paths):
            part = str(self.folder / f"{schema.name}-{number:05}.parquet")
            query = text.query(form.kind, path, form.shown[number], wanted)
            try:
                self._copy(query, part)
            except duckdb.Error as error:
                if _is_disk(error):
                    raise
                faults += text.faults(self.duck, form.kind, path, form.shown[number], error)
            parts.append(part)
        if faults:
            raise DataError(text.merged(faults))
        told = text.told(form, wanted)
        paths = tuple(parts)
        return Relation(schema, spec, parquet_scan(paths), None, paths, form.shown, form.label, told)

    def _duck_table(self, form: DuckTable, schema: TableSchema, spec: TableSpec) -> Relation:
        try:
            if form.database is not None:
                base = f"base_{abs(hash(form.database)):x}"
                self.duck.execute(f"ATTACH IF NOT EXISTS {literal(form.database)} AS {base} (READ_ONLY)")
            if form.table is not None:
                scan = f"{base}.{form.table}"
                self.duck.execute(f"SELECT * FROM {scan} LIMIT 0")
                found = Relation(schema, spec, scan, None, (), (), form.label, form.table)
                return self._copied(found) if self.beside else found
            return self._queried(form, schema, spec, base if form.database else None)
        except (duckdb.CatalogException, duckdb.ParserException, duckdb.BinderException) as error:
            raise UsageError(f"{form.label} cannot be read: {show.reason(error)}.") from error
        except duckdb.Error as error:
            if _is_disk(error):
                raise
            raise UsageError(f"{form.label} cannot be read: {show.reason(error)}.") from error

    def _queried(self, form: DuckTable, schema: TableSchema, spec: TableSpec, base: str | None) -> Relation:
        """A query runs once: asked twice it might order or draw its rows in another way."""
        part = str(self.folder / f"{schema.name}.parquet")
        before = self.duck.sql("SELECT current_setting('file_search_path')").fetchall()[0][0]
        try:
            self.duck.execute(f"SET file_search_path = {literal(form.folder)}")
            if base is not None:
                self.duck.execute(f"USE {base}")
            self._copy(str(form.sql).rstrip().rstrip(";"), part)
        finally:
            self.duck.execute("USE memory")
            self.duck.execute(f"SET file_search_path = {literal(before)}")
        return Relation(
            schema, spec, parquet_scan((part,)), None, (part,), (form.label,), form.label, f"({form.sql})"
        )

    def _postgres(self, form: Postgres, schema: TableSchema, spec: TableSpec) -> Relation:
        part = self.folder / f"{schema.name}.parquet"
        postgres.copy(form, part)
        paths = (str(part),)
        return Relation(
            schema, spec, parquet_scan(paths), None, paths, (form.label,), form.label, f"({form.query})"
        )

    def _copied(self, found: Relation) -> Relation:
        """A copy that another engine can open, with nothing in it but the columns that are needed."""
        raw = self.duck.sql(f"SELECT * FROM {found.scan} LIMIT 0")
        wanted = {found.called(column) for column in found.schema.columns}
        kept = [column for column in raw.columns if column in wanted]
        columns = ", ".join(name(column) for column in kept) or "NULL AS nothing"
        sources = [parquet_scan((path,)) for path in found.parquet] or [found.scan]
        parts = []
        for number, source in enumerate(sources):
            part = str(self.folder / f"{found.schema.name}-{number:05}.parquet")
            self._copy(f"SELECT {columns} FROM {source}", part)
            parts.append(part)
        paths = tuple(parts)
        shown = found.shown or (found.label,)
        return replace(found, scan=parquet_scan(paths), parquet=paths, shown=shown)

    def _copy(self, query: str, part: str) -> None:
        self.duck.execute(f"COPY ({query}) TO {literal(part)} (FORMAT parquet, COMPRESSION zstd)")

    def _mount(self, form: Files) -> None:
        """Let DuckDB read through fsspec whatever is not a local file."""
        for path in form.paths:
            if "://" not in path:
                continue
            system, _ = fsspec.core.url_to_fs(path)
            protocol = path.partition("://")[0]
            if not is_local(system) and not self.duck.filesystem_is_registered(protocol):
                self.duck.register_filesystem(system)


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
def _disk() -> Iterator[None]:
    try:
        yield
    except (duckdb.Error, OSError) as error:
        if not _is_disk(error):
            raise
        raise OutputError(
            f"the disk of the work folder is full: {error}; expected room for a copy of the tables that are text, "
            "queries or in another database."
        ) from error


def _is_disk(error: BaseException) -> bool:
    return "No space left" in str(error)
