"""Ports to listen on."""

import socket
from contextlib import closing

from haechi.errors import UsageError


def expect_free(host: str, port: int) -> None:
    """Refuses a port on which somebody listens: the server shares ports among its workers, and so with a stranger.

    Raises:
        UsageError: it is taken, or is none of this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with closing(socket.socket(family)) as one:
        # A server that has just ended left connections behind; they are no reason.
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            one.bind((host, port))
        except OSError as fault:
            raise UsageError(f"{host}:{port}: expected an address to listen on; {fault.strerror}.") from None
