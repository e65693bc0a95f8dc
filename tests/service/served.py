"""What tests of served processes share."""

import http.client
import json
import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

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


@contextmanager
def platform_served(
    database: str | Path, *options: str, log: Path | None = None, **environment: str
) -> Iterator[int]:
    """The port of a real `haechi serve`; ended when the block ends.

    Args:
        database: a folder or a URL.
        options: further ones.
        log: file that gets its standard output.
        environment: further variables.
    """
    port = free_port()
    with (log or Path(os.devnull)).open("wb") as out:
        process = subprocess.Popen(
            [HAECHI, "serve", str(database), "--listen", f"127.0.0.1:{port}", *options],
            stdout=out,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **environment},
        )
        try:
            wait_for(port)
            yield port
        finally:
            process.terminate()
            process.wait(20)


def call(
    port: int,
    path: str,
    body: Any = None,
    *,
    method: str | None = None,
    source: str = "127.0.0.1",
    **headers: str,
) -> tuple[int, dict[str, str], Any]:
    """Status, headers in lower case and body of one call.

    Args:
        port: where.
        path: as sent.
        body: JSON value, bytes as they are, or None.
        method: GET or POST by whether there is a body, without it.
        source: the loopback address that it comes from.
        headers: with _ for -.
    """
    sent = body if isinstance(body, bytes | None) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if sent is not None:
        named.setdefault("Content-Type", "application/json")
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60, source_address=(source, 0))
    with closing(connection):
        connection.request(method or ("GET" if sent is None else "POST"), path, sent, named)
        answer = connection.getresponse()
        raw = answer.read()
        found = {name.lower(): value for name, value in answer.getheaders()}
        kind = found.get("content-type", "")
        return answer.status, found, json.loads(raw) if "json" in kind else raw
