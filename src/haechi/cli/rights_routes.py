"""`haechi rights routes`: the ways by which people get in."""

from cyclopts import App
from rich.console import Console

from haechi.stores.clock import utc_now
from haechi.stores.identity.routes import retire as retire_route
from haechi.stores.identity.routes import routes as all_routes
from haechi.stores.opened import connect
from haechi.stores.rows import reading

routes = App(name="routes", help="The ways by which people get in: what is not on the list is not served.")


@routes.command(name="list")
def show(*, database: str = "haechi-data") -> None:
    """List every way in: name, state, since when, what it is.

    Parameters
    ----------
    database
        A folder or a postgresql:// URL (or the environment variable HAECHI_DATABASE).
    """
    with reading(connect(database)) as connection:
        found = all_routes(connection)
    console = Console(soft_wrap=True, highlight=False)
    for one in found:
        ended = "" if one.retired_at is None else f" to {one.retired_at:%Y-%m-%d}"
        console.print(f"{one.route}  {one.state}  {one.since:%Y-%m-%d}{ended}  {one.about}", markup=False)


@routes.command
def retire(route: str, *, database: str = "haechi-data") -> None:
    """End a way in for ever: it answers 410 Gone from now on, and the ledger says so.

    Parameters
    ----------
    route
        Its name, as `haechi rights routes list` shows it.
    database
        A folder or a postgresql:// URL.
    """
    ended = retire_route(connect(database), route, now=utc_now())
    Console(soft_wrap=True, highlight=False).print(f"{ended.route} is retired.", markup=False)
