"""`haechi doctor`: is everything there that the platform needs, and does it fit together?"""

from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from sqlalchemy import func, select, text

from haechi.cli.serve import snapshot_of
from haechi.errors import HaechiError
from haechi.law import load_packs
from haechi.release.gate import Snapshot
from haechi.sensitivity import load
from haechi.stores import schema
from haechi.stores.clock import utc_now
from haechi.stores.opened import connect
from haechi.stores.rows import reading

_OLD_SECONDS = 600


def doctor(database: str = "haechi-data", *, snapshot: Path | None = None) -> int:
    """Look at the database, the laws, the engine and the gate's snapshot, and say what is wrong; changes nothing.

    Ends with 1 where something is wrong.

    Parameters
    ----------
    database
        A folder or a postgresql:// URL.
    snapshot
        The gate's state; gate.snapshot in the folder without it.
    """
    console = Console(soft_wrap=True, highlight=False)
    wrong = False
    for good, said in (*_parts(), *_database(database), *_snapshot(snapshot or snapshot_of(database))):
        wrong |= not good
        console.print(f"{'ok   ' if good else 'WRONG'} {said}", markup=False)
    return 1 if wrong else 0


def _parts() -> Iterator[tuple[bool, str]]:
    try:
        packs = load_packs()
        yield True, f"laws: {', '.join(packs)}"
        yield True, f"sensitivity engine: {load().version}"
    except HaechiError as fault:
        yield False, str(fault)


def _database(database: str) -> Iterator[tuple[bool, str]]:
    try:
        engine = connect(database)
        with reading(engine) as connection:
            revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
            counts = {
                table.name: connection.execute(select(func.count()).select_from(table)).scalar()
                for table in (
                    schema.people,
                    schema.themes,
                    schema.behaviours,
                    schema.permissions,
                    schema.keys,
                )
            }
            open_without = connection.execute(
                text(
                    "SELECT COUNT(*) FROM memberships m JOIN themes t ON t.theme = m.theme "
                    "WHERE t.approved_at IS NULL"
                )
            ).scalar()
    except (HaechiError, Exception) as fault:  # noqa: BLE001 - whatever is wrong is told
        yield False, f"database: {type(fault).__name__}; start haechi serve once, or check the URL."
        return
    yield True, f"database: {engine.dialect.name}, tables of revision {revision}"
    yield True, "rows: " + ", ".join(f"{name} {count:,}" for name, count in counts.items())
    yield open_without == 0, f"memberships in themes that are not open: {open_without:,}"
    yield (
        bool(counts["keys"]),
        f"keys: {counts['keys']:,}" + ("" if counts["keys"] else "; make one: haechi keys create"),
    )


def _snapshot(file: Path) -> Iterator[tuple[bool, str]]:
    try:
        header = Snapshot(file).header
    except HaechiError as fault:
        yield False, str(fault)
        return
    age = (utc_now() - header.made_at).total_seconds()
    yield age <= _OLD_SECONDS, f"gate's snapshot: {age:,.0f} seconds old, {header.segments:,} segments"
