"""`haechi permissions`: what a person permitted, as receipts."""

import json
from pathlib import Path

from cyclopts import App
from rich.console import Console

from haechi.cli.private_files import private_file
from haechi.cli.spare import spare
from haechi.law import load_packs
from haechi.rights.controller import read_published
from haechi.rights.receipts import receipts as receipts_of
from haechi.stores.clock import utc_now
from haechi.stores.opened import connect
from haechi.stores.receipts import permissions_of, subject_of
from haechi.stores.rows import reading

app = App(name="permissions", help="What people permitted: receipts for them to keep.")


@app.command
def receipts(
    *,
    person_id: str,
    controller: Path,
    out: Path,
    database: str = "haechi-data",
    law_pack: list[Path] | None = None,
) -> None:
    """Write a person's permissions as consent receipts of ISO/IEC TS 27560:2023, in JSON-LD, for that person.

    The file holds the person's identifier and is readable by its owner alone. Confirm first who asks.

    Parameters
    ----------
    person_id
        Whose permissions.
    controller
        TOML about the controller: name, address, contact, where to withdraw (docs/reference/receipts.md).
    out
        The file.
    database
        A folder or a postgresql:// URL (or the environment variable HAECHI_DATABASE).
    law_pack
        Further or corrected law packs.
    """
    who, packs = read_published(controller), load_packs(law_pack or ())
    spare(out, {"the controller's file": controller})
    with reading(connect(database)) as connection:
        person, subject = subject_of(connection, person_id, packs)
        given = permissions_of(connection, person)
    document = receipts_of(given, subject, who, packs, now=utc_now())
    with private_file(out) as file:
        json.dump(document, file, ensure_ascii=False, indent=2)
        file.write("\n")
    Console(stderr=True, highlight=False).print(
        f"{len(given):,} receipts in {out}, which names the person: for that person alone.", markup=False
    )
