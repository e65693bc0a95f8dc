"""Traces go to the collector that the environment names, and tell nobody's identifier."""

import os
import subprocess
import threading
import time
import urllib.request
from contextlib import closing, suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from tests.service.served import HAECHI, free_port, wait_for


def test_spans_arrive_without_identifiers(tmp_path: Path) -> None:
    """A trace store is read by many: paths hold theme identifiers, and could hold people's."""
    got: list[bytes] = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Collector)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    port = free_port()
    process = subprocess.Popen(
        [HAECHI, "serve", str(tmp_path), "--listen", f"127.0.0.1:{port}"],
        env={
            **os.environ,
            "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{server.server_port}",
            "OTEL_BSP_SCHEDULE_DELAY": "200",
            "OTEL_EXPORTER_OTLP_COMPRESSION": "none",
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(port)
        for _ in range(100):
            with (
                suppress(OSError),
                closing(urllib.request.urlopen(f"http://127.0.0.1:{port}/v1/themes/secret-theme")),
            ):
                pass
            if got:
                break
            time.sleep(0.2)
    finally:
        process.terminate()
        process.wait(20)
        server.shutdown()
    told = b"".join(got)
    assert b"GET /v1/themes" in told
    assert b"secret-theme" not in told
