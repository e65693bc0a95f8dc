"""Templates of pages: whatever is put in is escaped, and what is missing is an error."""

from collections.abc import Callable

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined, select_autoescape


def templates_of(*packages: str, **filters: Callable[..., object]) -> Environment:
    """The templates in the folders `templates` of packages; of one name, the first package's.

    Args:
        packages: their names.
        filters: by the name that templates call them.
    """
    made = Environment(
        loader=ChoiceLoader([PackageLoader(package) for package in packages]),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(filters)
    return made
