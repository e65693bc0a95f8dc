"""What tests of served processes share."""

import random
import socket
import sys
import time
from contextlib import closing, suppress
from pathlib import Path

HAECHI = Path(sys.executable).with_name("haechi")


def free_port() -> int:
    """A port that nobody listens on, from below those that the system gives to whoever asks for any.

    One of the system's own could be taken by another process's connection before the server under test listens.
    """
    while True:
        port = random.randrange(20_000, 32_000)  # noqa: S311 - no secret
        with closing(socket.socket()) as one, suppress(OSError):
            one.bind(("127.0.0.1", port))
            return port


def wait_for(port: int) -> None:
    """Until somebody listens; half a minute at most."""
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"nothing listens on {port}")
