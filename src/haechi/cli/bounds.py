"""Numbers in options: refused where nothing good could come of them."""

from haechi.errors import UsageError


def within(most: int, **numbers: int | None) -> None:
    """Refuses a number that is not from 1 to `most`; each is named as its option.

    Raises:
        UsageError: one is not.
    """
    for name, number in numbers.items():
        if number is not None and not 1 <= number <= most:
            raise UsageError(f"--{name} is {number}; expected 1 to {most:,}.")
