"""`haechi users`: people who sign in to the console of haechi serve."""

import getpass
import os
import sys

from cyclopts import App

from haechi.errors import UsageError
from haechi.service.oidc import identity_of
from haechi.stores import open_store
from haechi.stores.clock import utc_now
from haechi.stores.users import Role, make_user, make_user_elsewhere

app = App(name="users", help="Make the users of the console of haechi serve.")


@app.command
def create(
    name: str,
    *,
    role: Role = "reviewer",
    oidc_subject: str | None = None,
    oidc_email: str | None = None,
    database: str = "haechi-data",
) -> None:
    """Make a user, or give a known one another role and way to sign in.

    The password is asked for, or read from a pipe; with --oidc-subject or --oidc-email there is none, and the
    provider that HAECHI_OIDC_ISSUER names signs the person in.

    Parameters
    ----------
    name
        As decisions are signed.
    role
        viewer reads, reviewer decides about themes, owner both.
    oidc_subject
        The provider's own identifier for the person (the claim sub); surer than an address, which may change hands.
    oidc_email
        The person's address, as the provider verified it.
    database
        A folder or a postgresql:// URL (or the environment variable HAECHI_DATABASE).
    """
    if oidc_subject is not None and oidc_email is not None:
        raise UsageError("--oidc-subject and --oidc-email; expected one of them.")
    if oidc_subject is not None:
        identity = identity_of(os.environ, "subject", oidc_subject)
    elif oidc_email is not None:
        identity = identity_of(os.environ, "email", oidc_email)
    else:
        password = getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
        make_user(open_store(database), name=name, role=role, password=password, now=utc_now())
        return
    make_user_elsewhere(open_store(database), name=name, role=role, identity=identity, now=utc_now())
