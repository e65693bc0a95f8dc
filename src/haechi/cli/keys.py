"""`haechi keys`: the keys by which programs sign in."""

from pathlib import Path

from cyclopts import App
from rich.console import Console
from sqlalchemy import select

from haechi.cli.operator import whoami
from haechi.errors import UsageError
from haechi.stores import open_store, schema
from haechi.stores.clock import instant, utc_now
from haechi.stores.deletion_key import make_deletion_key
from haechi.stores.keys import Scope, make_key, revoke_key
from haechi.stores.rows import reading

app = App(name="keys", help="Make, list and revoke the keys by which programs sign in to haechi serve.")


@app.command
def create(
    name: str, *, scope: list[Scope], database: str = "haechi-data", advertiser: str | None = None
) -> None:
    """Make a key; it is shown now and never again.

    Parameters
    ----------
    name
        Whose it is: a program, or a person who decides about themes.
    scope
        What it may do; may be given several times.
    database
        A folder or a postgresql:// URL (or the environment variable HAECHI_DATABASE).
    advertiser
        The identifier of the advertiser who asks for audiences with it.
    """
    engine = open_store(database)
    print(make_key(engine, name=name, scopes=scope, advertiser_id=advertiser, now=utc_now(), by=whoami()))  # noqa: T201


@app.command(name="list")
def show(*, database: str = "haechi-data") -> None:
    """List the keys: prefix, name, scopes, when made and revoked."""
    k = schema.keys
    with reading(open_store(database)) as connection:
        rows = connection.execute(select(k).order_by(k.c.created_at)).all()
    console = Console(soft_wrap=True, highlight=False)
    for row in rows:
        ended = "" if row.revoked_at is None else f", revoked {instant(row.revoked_at):%Y-%m-%d}"
        console.print(
            f"{row.prefix}  {row.name}  {row.scopes}  {instant(row.created_at):%Y-%m-%d}{ended}", markup=False
        )


@app.command
def revoke(prefix: str, *, database: str = "haechi-data") -> None:
    """End a key.

    Parameters
    ----------
    prefix
        Its first part, as `haechi keys list` shows it.
    database
        A folder or a postgresql:// URL.
    """
    if not revoke_key(open_store(database), prefix, now=utc_now(), by=whoami()):
        raise UsageError(
            f"no key begins with {prefix!r}, or it was revoked; expected one of haechi keys list."
        )


@app.command
def deletion(file: Path) -> None:
    """Make the key that signs what advertisers are told to delete; HAECHI_DELETION_KEY_FILE names it.

    A database in a folder needs none: its key is made there.

    Parameters
    ----------
    file
        A new file; its owner alone can read it.
    """
    make_deletion_key(file)
