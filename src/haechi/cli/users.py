"""`haechi users`: people who sign in to the console of haechi serve."""

import getpass
import sys

from cyclopts import App

from haechi.stores import open_store
from haechi.stores.clock import utc_now
from haechi.stores.users import Role, make_user

app = App(name="users", help="Make the users of the console of haechi serve.")


@app.command
def create(name: str, *, role: Role = "reviewer", database: str = "haechi-data") -> None:
    """Make a user, or give a known one another role and password; the password is asked for, or read from a pipe.

    Parameters
    ----------
    name
        As decisions are signed.
    role
        viewer reads, reviewer decides about themes, owner both.
    database
        A folder or a postgresql:// URL (or the environment variable HAECHI_DATABASE).
    """
    password = getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    make_user(open_store(database), name=name, role=role, password=password, now=utc_now())
