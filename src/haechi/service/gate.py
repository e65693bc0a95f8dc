"""The gate over HTTP: `POST /openrtb` with a bid request answers with what may leave of it.

A bare RSGI application on Granian: at tens of thousands of requests a second a framework costs more than the gate.
Each worker process has its own gate over the same memory-mapped snapshot, looks for a newer one in a thread beside
the requests, and swaps it in one assignment. Why something stayed is told in the header `haechi-stayed`, never in
the request.
"""

import asyncio
import os
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Literal, Protocol

import msgspec
from prometheus_client import CollectorRegistry, Metric, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

from haechi.errors import HaechiError
from haechi.flow.gating import GatePolicy, make_gate
from haechi.law import chosen, load_packs
from haechi.release.gate import EVERY, UNKNOWN, BadRequest, Gate, Narrowed, Watched
from haechi.release.gate.masks import BEYOND, BITS, RESPELT
from haechi.sensitivity import judge_with
from haechi.service.ports import expect_free

ENVIRONMENT: Final = "HAECHI_GATE"
"""Environment variable by which the parent tells its workers the settings, as JSON of `GateSettings`."""
PATH: Final = "/openrtb"
_JSON: Final = ("content-type", "application/json")
_PROBLEM: Final = ("content-type", "application/problem+json")
_TEXT: Final = ("content-type", "text/plain; version=0.0.4")
_OK, _BAD, _MISSING, _METHOD, _TOO_LARGE, _TIMEOUT, _UNAVAILABLE = 200, 400, 404, 405, 413, 408, 503


class GateSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How a gate is served.

    Attributes:
        snapshot: path of the platform's state, or None: taxonomies and names alone, and nobody permitted anything.
        laws: only these; empty: all.
        law_packs: further law packs.
        decisions: what people decided about themes, where there is no snapshot.
        home: country of requests that tell none.
        judge_unknown: judge segments that nobody knows by their name.
        refresh_seconds: how often a newer snapshot is looked for.
        stale_seconds: age at which a snapshot is no longer believed.
        when_stale: `close` treats everybody as if they had permitted nothing, and lets the rest leave; `refuse`
            answers 503.
        largest: bytes of a request.
        patience_seconds: until a request must have arrived.
    """

    snapshot: str | None = None
    laws: tuple[str, ...] = ()
    law_packs: tuple[str, ...] = ()
    decisions: str | None = None
    home: str | None = None
    judge_unknown: bool = True
    refresh_seconds: float = 5.0
    stale_seconds: float = 600.0
    when_stale: Literal["close", "refuse"] = "close"
    largest: int = 1_000_000
    patience_seconds: float = 5.0


class _Scope(Protocol):
    method: str
    path: str
    headers: Any
    proto: str


class GateApp:
    """One worker's gate.

    Args:
        settings: how it is served.
        clock: naive UTC now, for the snapshot's age.
    """

    def __init__(self, settings: GateSettings, clock: Callable[[], datetime] | None = None) -> None:
        self._settings = settings
        self._clock = clock or _now
        self._packs = chosen(load_packs(tuple(map(Path, settings.law_packs))), settings.laws)
        self._judge = judge_with(None if settings.decisions is None else Path(settings.decisions))
        self._policy = GatePolicy(judge_unknown=settings.judge_unknown, home=settings.home)
        # Without any state: what closes when the state is too old.
        self._bare = make_gate(self._packs, self._judge, policy=self._policy)
        self._watched = None if settings.snapshot is None else Watched(Path(settings.snapshot))
        self._made_at: datetime | None = None
        self._fault = ""
        self._gate = self._bare
        self.state: Literal["fresh", "stale", "bare"] = "bare"
        self._counts: dict[str, int] = {"requests": 0, "bad": 0}
        self._stayed: dict[tuple[str, str], int] = {}
        self._waiting: dict[asyncio.Task[Any] | None, float] = {}
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(self)
        self.refresh()

    def refresh(self) -> None:
        """Looks for a newer snapshot, and judges the age of the one in use. Never raises."""
        if self._watched is None:
            return
        try:
            newer = self._watched.newer()
        except HaechiError as fault:
            self._fault = str(fault)
            newer = None
        if newer is not None:
            self._gate = make_gate(self._packs, self._judge, snapshot=newer, policy=self._policy)
            self._made_at = newer.header.made_at
            self._fault = ""
        age = None if self._made_at is None else (self._clock() - self._made_at).total_seconds()
        # A snapshot from the future is as little to be believed as an old one: some clock is wrong.
        limit = self._settings.stale_seconds
        self.state = "fresh" if age is not None and -limit <= age <= limit else "stale"

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Called by the server in each worker: begins to look for newer snapshots and for slow clients."""
        threading.Thread(target=self._keep_fresh, name="haechi-gate-snapshot", daemon=True).start()
        loop.call_later(_LOOK_SECONDS, self._give_up, loop)

    def _give_up(self, loop: asyncio.AbstractEventLoop) -> None:
        """Ends the wait for requests that do not arrive; one look a second costs less than a timer each."""
        since = time.monotonic() - self._settings.patience_seconds
        for task, begun in list(self._waiting.items()):
            if task is not None and begun < since:
                task.cancel()
        loop.call_later(_LOOK_SECONDS, self._give_up, loop)

    def _keep_fresh(self) -> None:
        while True:
            time.sleep(self._settings.refresh_seconds)
            self.refresh()

    async def __rsgi__(self, scope: _Scope, protocol: Any) -> None:  # noqa: ANN401 - the server's own
        """Answers one request."""
        if scope.proto != "http":
            protocol.close(_METHOD)
        elif scope.path == PATH:
            if scope.method == "POST":
                await self._answer(scope, protocol)
            else:
                _problem(protocol, _METHOD, "expected POST")
        elif scope.path == "/health/live":
            protocol.response_str(_OK, [_TEXT], "live\n")
        elif scope.path == "/health/ready":
            self._ready(protocol)
        elif scope.path == "/metrics":
            protocol.response_bytes(_OK, [_TEXT], generate_latest(self._registry))
        else:
            _problem(protocol, _MISSING, f"expected {PATH}, /health/live, /health/ready or /metrics")

    async def _answer(self, scope: _Scope, protocol: Any) -> None:  # noqa: ANN401
        self._counts["requests"] += 1
        gate = self._gate if self.state != "stale" else self._when_stale()
        if gate is None:
            _problem(protocol, _UNAVAILABLE, "the gate's state is too old")
            return
        task = asyncio.current_task()
        self._waiting[task] = time.monotonic()
        try:
            body = await self._body(scope, protocol)
        except asyncio.CancelledError:
            _problem(protocol, _TIMEOUT, "the request did not arrive in time")
            return
        finally:
            del self._waiting[task]
        if body is None:
            _problem(protocol, _TOO_LARGE, f"expected at most {self._settings.largest:,} bytes")
            return
        try:
            narrowed = gate(body, gpc=_is_on(scope.headers.get_all("sec-gpc")))
        except BadRequest as fault:
            self._counts["bad"] += 1
            _problem(protocol, _BAD, str(fault))
            return
        headers = [_JSON]
        if narrowed.dropped:
            headers.append(("haechi-stayed", self._stayed_header(narrowed)))
        if self.state == "stale":
            headers.append(("haechi-state", "stale"))
        protocol.response_bytes(_OK, headers, narrowed.body)

    async def _body(self, scope: _Scope, protocol: Any) -> bytes | None:  # noqa: ANN401
        """The request's body, or None where it is too large; read in pieces where nobody says how large it is."""
        length = scope.headers.get("content-length")
        if length is not None and length.isdecimal() and len(length) < _LONGEST_NUMBER:
            if int(length) > self._settings.largest:
                return None
            body: bytes = await protocol()
            return body
        pieces: list[bytes] = []
        size = 0
        async for piece in protocol:
            size += len(piece)
            if size > self._settings.largest:
                return None
            pieces.append(piece)
        return b"".join(pieces)

    def _when_stale(self) -> Gate | None:
        return self._bare if self._settings.when_stale == "close" else None

    def _stayed_header(self, narrowed: Narrowed) -> str:
        """`user.data=2:religion+health; user.eids=1`: fields, counts and categories; articles are in the docs."""
        parts = []
        for field, counts in narrowed.dropped.items():
            for bits, count in counts.items():
                words = _words(bits)
                self._stayed[field, words] = self._stayed.get((field, words), 0) + count
                parts.append(f"{field}={count}:{words}")
        return "; ".join(parts)

    def _ready(self, protocol: Any) -> None:  # noqa: ANN401
        if self.state == "stale" and self._settings.when_stale == "refuse":
            _problem(protocol, _UNAVAILABLE, "the gate's state is too old")
        else:
            protocol.response_str(_OK, [_TEXT], f"{self.state}\n")

    def collect(self) -> Iterator[Metric]:
        """This worker's counters, for Prometheus; no person among them."""
        worker = [str(os.getpid())]
        requests = CounterMetricFamily("haechi_gate_requests", "Requests that came.", labels=["worker"])
        requests.add_metric(worker, self._counts["requests"])
        yield requests
        bad = CounterMetricFamily(
            "haechi_gate_bad_requests", "Texts that were no request.", labels=["worker"]
        )
        bad.add_metric(worker, self._counts["bad"])
        yield bad
        stale = GaugeMetricFamily("haechi_gate_stale", "1 while the state is too old.", labels=["worker"])
        stale.add_metric(worker, self.state == "stale")
        yield stale
        stayed = CounterMetricFamily(
            "haechi_gate_stayed", "What did not leave.", labels=["worker", "field", "because"]
        )
        for labels, count in list(self._stayed.items()):
            stayed.add_metric([*worker, *labels], count)
        yield stayed


_LONGEST_NUMBER: Final = 12
_LOOK_SECONDS: Final = 1.0
_NAMES: Final = {
    **{bit: word for word, bit in BITS.items()},
    UNKNOWN: "unknown",
    EVERY: "refused",
    RESPELT: "other-spelling",
    BEYOND: "too-much",
}
_WORDS: dict[int, str] = {}


def _words(bits: int) -> str:
    """The categories of bits, in words; `refused` alone where nothing at all may leave."""
    known = _WORDS.get(bits)
    if known is None:
        if bits & EVERY:
            known = _NAMES[EVERY]
        else:
            known = "+".join(word for bit, word in _NAMES.items() if bits & bit) or "blocked"
        _WORDS[bits] = known
    return known


def _is_on(said: list[str]) -> bool:
    """Global Privacy Control: whatever is said that is not no, is yes."""
    return any(one.strip() not in ("", "0", "?0", "false") for one in said)


def _problem(protocol: Any, status: int, detail: str) -> None:  # noqa: ANN401
    """An answer by RFC 9457; it repeats nothing of the request."""
    body = msgspec.json.encode({"title": "The gate cannot take this", "status": status, "detail": detail})
    protocol.response_bytes(status, [_PROBLEM], body)


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def application() -> GateApp:
    """What each worker serves: a gate by the settings in the environment."""
    return GateApp(msgspec.json.decode(os.environ[ENVIRONMENT], type=GateSettings))


def serve(settings: GateSettings, *, host: str, port: int, workers: int) -> None:
    """Serves until it is told to end.

    Args:
        settings: how.
        host: address to listen on.
        port: TCP port.
        workers: processes.

    Raises:
        HaechiError: the settings cannot be served; told before anything listens.
    """
    from granian import Granian  # noqa: PLC0415 - only who serves needs the server
    from granian.constants import Interfaces  # noqa: PLC0415

    expect_free(host, port)
    # What is wrong is said once here, rather than by each worker.
    GateApp(settings)
    os.environ[ENVIRONMENT] = msgspec.json.encode(settings).decode()
    Granian(
        "haechi.service.gate:application",
        address=host,
        port=port,
        interface=Interfaces.RSGI,
        workers=workers,
        factory=True,
        websockets=False,
        log_access=False,
        respawn_failed_workers=True,
    ).serve()
