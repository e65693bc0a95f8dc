"""How fast the gate is: in process, over HTTP, and beside a bare echo of the same server.

    python benchmarks/gate.py [--seconds 5]

In process, against the least that any gate in Python must do (decode, filter by one set, encode, with msgspec) and
against the standard library, in the same run. Over HTTP, throughput with `wrk` (load and server share the cores), and
latency with requests sent at fixed instants whatever the answers do, so that a slow answer delays no later one.
"""

import argparse
import asyncio
import json
import os
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from msgspec import UNSET, Raw, UnsetType

from haechi.flow.gating import GatePolicy, make_gate
from haechi.flow.taxonomies import judged, shipped
from haechi.law import load_packs
from haechi.permission import Standing
from haechi.release.gate import Gate, Header, Snapshot, write_snapshot
from haechi.sensitivity import load

USERS = 20_000
ECHO = """
class App:
    async def __rsgi__(self, scope, protocol):
        body = await protocol()
        protocol.response_bytes(200, [("content-type", "application/json")], body)
app = App()
"""


def request(user: int) -> bytes:
    """A synthetic request of about 3.8 KB with 27 segments of one synthetic user."""
    chance = random.Random(user)  # noqa: S311 - synthetic load

    def segments() -> list[dict[str, str]]:
        chosen = chance.sample(range(1, 1_500), 9)
        return [
            {"id": str(one), "name": f"Interest | Some segment name {one % 50}", "value": "1"}
            for one in chosen
        ]

    return json.dumps(
        {
            "id": f"80ce30c53c16e6ede735f123ef6e3236{user:08x}",
            "at": 1,
            "cur": ["USD"],
            "tmax": 120,
            "imp": [
                {
                    "id": "1",
                    "bidfloor": 0.03,
                    "banner": {
                        "h": 250,
                        "w": 300,
                        "pos": 0,
                        "format": [{"w": 300, "h": 250}, {"w": 320, "h": 50}],
                    },
                    "ext": {
                        "prebid": {"bidder": {"x": {"placementId": 12883451}}},
                        "data": {"pbadslot": "/1/top"},
                    },
                    "secure": 1,
                }
            ],
            "site": {
                "id": "102855",
                "domain": "www.news.example",
                "page": "https://www.news.example/2026/11/25/an-article-of-the-day.html",
                "publisher": {"id": "8953", "name": "news.example", "domain": "news.example"},
                "content": {
                    "id": "c1",
                    "title": "An article of the day",
                    "data": [
                        {
                            "id": "d",
                            "name": "iab",
                            "segment": [{"id": "12"}, {"id": "483"}],
                            "ext": {"segtax": 7},
                        }
                    ],
                },
            },
            "device": {
                "ua": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) "
                "Chrome/120.0.0.0 Safari/537.36",
                "ip": "203.0.113.10",
                "geo": {
                    "lat": 37.5665,
                    "lon": 126.978,
                    "country": "KOR",
                    "region": "11",
                    "zip": "04524",
                    "type": 2,
                },
                "os": "OS X",
                "language": "ko",
                "js": 1,
                "devicetype": 2,
            },
            "user": {
                "id": f"55816b39711f9b5acf3b90e313ed29e5{user:08x}",
                "buyeruid": f"545678765467876567898765678{user:06d}",
                "yob": 1984,
                "gender": "O",
                "keywords": "sports,church,football,golf",
                "data": [
                    {
                        "id": f"p{one}",
                        "name": f"provider{one}.example",
                        "segment": segments(),
                        "ext": {"segtax": 4},
                    }
                    for one in range(3)
                ],
                "ext": {
                    "consent": "CQd924AQd924AASACCENCNFsAP_gAEIAACiQL6QBAAGAAOANmAcAF9IAIADgAA.IL6"
                    + f"{user:06d}".translate(str.maketrans("0123456789", "ABCDEFGHIJ"))
                    + "A" * 60,
                    "eids": [
                        {"source": "a.example", "uids": [{"id": f"XY1000bIVBVah9ium{user:08x}", "atype": 3}]},
                        {
                            "source": "b.example",
                            "uids": [{"id": f"ID5*abcdefghijklmnopqrst{user:08x}", "atype": 1}],
                        },
                    ],
                },
            },
            "regs": {"coppa": 0, "ext": {"gdpr": 0, "us_privacy": "1YNN"}},
            "source": {"tid": "f1a2", "ext": {"schain": {"ver": "1.0", "complete": 1, "nodes": []}}},
            "ext": {"prebid": {"channel": {"name": "web"}}},
        },
        separators=(",", ":"),
    ).encode()


class _Segment(msgspec.Struct, gc=False):
    id: str
    name: Raw | UnsetType = UNSET
    value: Raw | UnsetType = UNSET


class _Data(msgspec.Struct, gc=False):
    segment: list[_Segment]
    id: Raw | UnsetType = UNSET
    name: Raw | UnsetType = UNSET
    ext: Raw | UnsetType = UNSET


class _User(msgspec.Struct, gc=False):
    data: list[_Data]
    id: Raw | UnsetType = UNSET
    buyeruid: Raw | UnsetType = UNSET
    yob: Raw | UnsetType = UNSET
    gender: Raw | UnsetType = UNSET
    keywords: Raw | UnsetType = UNSET
    ext: Raw | UnsetType = UNSET


class _Request(msgspec.Struct, gc=False):
    user: _User
    id: Raw | UnsetType = UNSET
    imp: Raw | UnsetType = UNSET
    site: Raw | UnsetType = UNSET
    device: Raw | UnsetType = UNSET
    regs: Raw | UnsetType = UNSET
    source: Raw | UnsetType = UNSET
    ext: Raw | UnsetType = UNSET
    at: Raw | UnsetType = UNSET
    cur: Raw | UnsetType = UNSET
    tmax: Raw | UnsetType = UNSET


_DECODER = msgspec.json.Decoder(_Request)
_ENCODER = msgspec.json.Encoder()
_DROPPED = frozenset(map(str, range(0, 1_500, 2)))


def bare(body: bytes) -> bytes:
    """The least a gate must do: keep the segments that are not in one set."""
    opened = _DECODER.decode(body)
    for data in opened.user.data:
        data.segment = [one for one in data.segment if one.id not in _DROPPED]
    return _ENCODER.encode(opened)


def standard(body: bytes) -> bytes:
    """The same with the standard library."""
    opened = json.loads(body)
    for data in opened["user"]["data"]:
        data["segment"] = [one for one in data["segment"] if one["id"] not in _DROPPED]
    return json.dumps(opened).encode()


def rate(function: Callable[[bytes], Any], bodies: list[bytes], seconds: float) -> float:
    """Calls a second of the processor's own time, the best of three; other programs on the machine do not count."""
    best = 0.0
    for _ in range(3):
        done, begun = 0, time.process_time()
        while (spent := time.process_time() - begun) < seconds / 3:
            for body in bodies:
                function(body)
            done += len(bodies)
        best = max(best, done / spent)
    return best


def first(keepers: list[Gate], bodies: list[bytes]) -> float:
    """The same for gates that met none of the bodies before, each body once."""
    best = 0.0
    for keeper in keepers:
        begun = time.process_time()
        for body in bodies:
            keeper(body)
        best = max(best, len(bodies) / (time.process_time() - begun))
    return best


def in_process(seconds: float) -> None:
    """One core, no network."""
    packs, judge, policy = load_packs(), load(), GatePolicy(home="KR")
    keeper, *others = (make_gate(packs, judge, policy=policy) for _ in range(3))
    one = [request(0)] * 1_000
    print(f"request of {len(one[0]):,} bytes, one core in process:")
    figures = {
        "standard library": rate(standard, one, seconds),
        "bare msgspec filter": rate(bare, one, seconds),
    }
    many = [request(user) for user in range(USERS)]
    figures["gate, every user for the first time"] = first([keeper, *others], many)
    figures[f"gate, {USERS:,} users in turn"] = rate(keeper, many, seconds)
    figures["gate, one user"] = rate(keeper, one, seconds)
    with tempfile.TemporaryDirectory() as folder:
        snapshot = _people(Path(folder))
        known = [make_gate(packs, judge, policy=policy, snapshot=snapshot) for _ in range(3)]
        figures["first time, a million people known"] = first(known, many)
    for name, figure in figures.items():
        print(f"  {name:38} {figure:9,.0f}/s   {figure / figures['bare msgspec filter']:.2f} of bare")


def _people(folder: Path) -> Snapshot:
    """A snapshot of a million people, the users of the requests among them, who permitted nothing."""
    names = (f"55816b39711f9b5acf3b90e313ed29e5{user:08x}" for user in range(1_000_000))
    nothing = Raw(msgspec.json.encode(Standing(country="KR", age=40)))
    made_at = datetime.now(UTC).replace(tzinfo=None)
    header = Header(made_at=made_at, judged_by="benchmark", laws=(), standings=(nothing,))
    # The shipped taxonomies, as the platform's own snapshots have them.
    segments = judged(shipped(), load())
    write_snapshot(folder / "snapshot", header, segments, ((name, 0) for name in names))
    return Snapshot(folder / "snapshot")


def floods() -> None:
    """How long one request of nearly a megabyte holds the gate, whose words and segments were never met."""
    words = [f"{number:05x}" for number in range(120_000)]
    segments = [{"id": word, "name": f"Interest number {word}"} for word in words[:18_000]]
    for name, user in (
        ("keywords", {"keywords": ",".join(words)}),
        ("segments", {"data": [{"segment": segments}]}),
        ("providers", {"data": [{"id": one["id"], "segment": [one]} for one in segments[:12_000]]}),
        ("unknown fields", dict.fromkeys(words[:90_000], 1)),
    ):
        body = json.dumps({"user": user}, separators=(",", ":")).encode()
        keeper = make_gate(load_packs(), load(), policy=GatePolicy(home="KR"))
        keeper(request(0))
        begun = time.process_time()
        keeper(body)
        print(f"  a flood of {name} ({len(body):,} bytes): {1_000 * (time.process_time() - begun):.0f} ms")


class _Client(asyncio.Protocol):
    """One connection that is asked one request at a time."""

    def __init__(self) -> None:
        self.free = asyncio.Event()
        self.free.set()
        self._left = -1
        self._head = b""
        self.transport: Any = None

    def connection_made(self, transport: Any) -> None:  # noqa: ANN401 - asyncio's own
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        if self._left < 0:
            self._head += data
            end = self._head.find(b"\r\n\r\n")
            if end < 0:
                return
            head = self._head[:end].lower()
            length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
            self._left = length - (len(self._head) - end - 4)
            self._head = b""
        else:
            self._left -= len(data)
        if self._left <= 0:
            self._left = -1
            self.free.set()


async def _paced(port: int, path: str, bodies: list[bytes], per_second: int, seconds: float) -> list[float]:
    """Milliseconds from the instant each request was due until its answer was there."""
    loop = asyncio.get_running_loop()
    free: asyncio.Queue[_Client] = asyncio.Queue()
    for _ in range(64):
        _, client = await loop.create_connection(_Client, "127.0.0.1", port)
        free.put_nowait(client)
    head = f"POST {path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: "
    texts = [f"{head}{len(body)}\r\n\r\n".encode() + body for body in bodies]
    taken: list[float] = []

    async def send(due: float, text: bytes) -> None:
        client = await free.get()
        client.free.clear()
        client.transport.write(text)
        await client.free.wait()
        taken.append((loop.time() - due) * 1_000)
        free.put_nowait(client)

    begun = loop.time() + 0.1
    pending = set()
    for number in range(int(per_second * seconds)):
        due = begun + number / per_second
        if due > loop.time():
            await asyncio.sleep(due - loop.time())
        task = asyncio.create_task(send(due, texts[number % len(texts)]))
        pending.add(task)
        task.add_done_callback(pending.discard)
    await asyncio.gather(*pending)
    return taken


def _wait(port: int) -> None:
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit(f"nothing listens on port {port}")


def over_http(seconds: float) -> None:
    """Server and load on the same cores."""
    folder = Path(tempfile.mkdtemp())
    (folder / "echo.py").write_text(ECHO)
    bodies = [request(user) for user in range(1_000)]
    (folder / "body").write_bytes(bodies[0])
    (folder / "post.lua").write_text(
        f'wrk.method="POST" local f=io.open("{folder}/body","rb") wrk.body=f:read("*a") f:close()'
    )
    bin_ = Path(sys.executable).parent
    servers = {
        "echo": [
            str(bin_ / "granian"),
            "--interface",
            "rsgi",
            "--no-ws",
            "--log-level",
            "warning",
            "echo:app",
        ],
        "gate": [str(bin_ / "haechi"), "gate", "--home", "KR"],
    }
    figures: dict[str, list[float]] = {}
    for name, command in servers.items():
        port = 18_200 + len(figures)
        where = ["--port", str(port)] if name == "echo" else ["--listen", f"127.0.0.1:{port}"]
        path = "/" if name == "echo" else "/openrtb"
        server = subprocess.Popen(
            [*command, *where, "--workers", "1"],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait(port)
            wrk = shutil.which("wrk")
            if wrk:
                told = subprocess.run(
                    [wrk, "-t1", "-c32", f"-d{int(seconds)}", "--latency", "-s", str(folder / "post.lua"),
                     f"http://127.0.0.1:{port}{path}"],
                    capture_output=True, text=True, check=True,
                ).stdout  # fmt: skip
                print(
                    name,
                    "throughput:",
                    next(line for line in told.splitlines() if "Requests/sec" in line).strip(),
                )
            else:
                print("wrk is not installed: no throughput")
            figures[name] = asyncio.run(_paced(port, path, bodies, 5_000, seconds))
        finally:
            server.terminate()
            server.wait(10)
    for name, taken in figures.items():
        ordered = sorted(taken)
        p99 = ordered[int(len(ordered) * 0.99)]
        print(f"{name} at 5,000/s: p50 {statistics.median(ordered):.2f} ms, p99 {p99:.2f} ms")
    added = statistics.median(figures["gate"]) - statistics.median(figures["echo"])
    print(f"added by the gate at 5,000/s: {added:.2f} ms at p50")


def main() -> None:
    """Both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0)
    seconds = parser.parse_args().seconds
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} cores")
    in_process(seconds)
    floods()
    over_http(seconds)


if __name__ == "__main__":
    main()
