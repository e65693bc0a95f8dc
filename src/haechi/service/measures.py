"""What Prometheus is told, by its conventions: `haechi_`, base units, `_total` for what only grows.

No person, address or name of a user is a label; of a path, only its pattern.
"""

import time
from typing import Final

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPSendMessage, Receive, Scope, Send
from prometheus_client import Counter, Gauge, Histogram

REQUESTS: Final = Counter(
    "haechi_requests_total",
    "Calls, by pattern of path and what was answered.",
    ["method", "path", "status_code"],
)
DURATION: Final = Histogram(
    "haechi_request_duration_seconds", "From a call to the end of its answer.", ["method", "path"]
)
IN_PROGRESS: Final = Gauge("haechi_requests_in_progress", "Calls under way.")
LIMITED: Final = Counter(
    "haechi_limited_total",
    "Calls that were sent away (429) or given up (408), by the limit that they met.",
    ["limit"],
)
SIGN_INS: Final = Counter(
    "haechi_sign_ins_total", "Sign-ins to the console, by way and outcome.", ["way", "outcome"]
)
SNAPSHOT_WRITTEN: Final = Gauge(
    "haechi_snapshot_written_timestamp_seconds", "When the gate's snapshot was last written, since 1970."
)
LIMITS: Final = ("calls", "calls at once", "slow bodies", "keys", "sign-ins", "batches")
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_NOWHERE: Final = "none"
_CLOSED: Final = 499
"""The caller went away before an answer, as other servers count it."""

# A rate can be told from the first event on only where the count stood at 0 before.
for _limit in LIMITS:
    LIMITED.labels(_limit)
for _way in ("password", "provider"):
    for _outcome in ("signed in", "refused", "limited"):
        SIGN_INS.labels(_way, _outcome)


def measured(app: ASGIApp) -> ASGIApp:
    """The application, of which every call is counted with what was in fact answered, by whatever part of it."""

    async def handle(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return
        status = _CLOSED

        async def noticing(message: HTTPSendMessage) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        begun = time.perf_counter()
        with IN_PROGRESS.track_inprogress():
            try:
                await app(scope, receive, noticing)  # type: ignore[arg-type]
            finally:
                method = scope["method"] if scope["method"] in _METHODS else "other"
                path = scope.get("path_template") or _NOWHERE
                REQUESTS.labels(method, path, status).inc()
                DURATION.labels(method, path).observe(time.perf_counter() - begun)

    return handle
