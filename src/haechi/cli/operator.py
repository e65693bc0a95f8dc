"""Who calls a command, for the trail."""

import getpass

from haechi.stores.trail import COMMAND_LINE


def whoami() -> str:
    """The operating system's name for whoever calls, and that it was on the command line."""
    try:
        return f"{getpass.getuser()} ({COMMAND_LINE})"
    except (OSError, KeyError):
        # A container's user may have no name.
        return COMMAND_LINE
