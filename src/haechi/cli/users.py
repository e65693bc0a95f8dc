"""`haechi users`: people who sign in to the console of haechi serve."""

import getpass
import os
import sys

from cyclopts import App
from rich.console import Console

from haechi.cli.operator import whoami
from haechi.errors import UsageError
from haechi.service.oidc import identity_of
from haechi.stores import open_store
from haechi.stores.clock import utc_now
from haechi.stores.users import (
    Role,
    change_password,
    change_role,
    disable_user,
    enable_user,
    make_user,
    make_user_elsewhere,
    users,
)

app = App(name="users", help="Make, change and shut out the users of the console of haechi serve.")


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
        password = _password()
        make_user(open_store(database), name=name, role=role, password=password, now=utc_now(), by=whoami())
        return
    make_user_elsewhere(
        open_store(database), name=name, role=role, identity=identity, now=utc_now(), by=whoami()
    )


@app.command
def disable(name: str, *, database: str = "haechi-data") -> None:
    """Shut a user out: every session ends at once. What they decided stays.

    Parameters
    ----------
    name
        As haechi users list shows it.
    database
        A folder or a postgresql:// URL (or the environment variable HAECHI_DATABASE).
    """
    disable_user(open_store(database), name, now=utc_now(), by=whoami())


@app.command
def enable(name: str, *, database: str = "haechi-data") -> None:
    """Let a disabled user in again.

    Parameters
    ----------
    name
        As haechi users list shows it.
    database
        A folder or a postgresql:// URL (or the environment variable HAECHI_DATABASE).
    """
    enable_user(open_store(database), name, now=utc_now(), by=whoami())


@app.command(name="role")
def set_role(name: str, role: Role, *, database: str = "haechi-data") -> None:
    """Give a user another role; their sessions end.

    Parameters
    ----------
    name
        As haechi users list shows it.
    role
        viewer reads, reviewer decides about themes, owner both.
    database
        A folder or a postgresql:// URL (or the environment variable HAECHI_DATABASE).
    """
    change_role(open_store(database), name, role, now=utc_now(), by=whoami())


@app.command(name="password")
def set_password(name: str, *, database: str = "haechi-data") -> None:
    """Give a user another password, which is asked for or read from a pipe; their sessions end.

    Parameters
    ----------
    name
        As haechi users list shows it.
    database
        A folder or a postgresql:// URL (or the environment variable HAECHI_DATABASE).
    """
    change_password(open_store(database), name, _password(), now=utc_now(), by=whoami())


@app.command(name="list")
def show(*, database: str = "haechi-data") -> None:
    """List the users: name, role, way to sign in, and who is disabled.

    Parameters
    ----------
    database
        A folder or a postgresql:// URL (or the environment variable HAECHI_DATABASE).
    """
    console = Console(soft_wrap=True, highlight=False)
    for name, role, way, disabled in users(open_store(database)):
        console.print(f"{name}  {role}  {way}{'  disabled' if disabled else ''}", markup=False)


def _password() -> str:
    return getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
