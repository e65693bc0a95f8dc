"""The gate: an OpenRTB bid request in, the same out with what may not leave taken away.

allowance  what may leave about the person of one request, decided elsewhere
received   what a request says of place, age and signals, read and never trusted to be well-formed
masks      what a segment or keyword gives away, as bits
request    a request, opened and closed
spelling   fields in another spelling, which another receiver could take for those that are narrowed
segments   `data[].segment`
words      `user.keywords`, `user.kwarray`
place      `geo`
narrow     all of it for one request
snapshot   the state: segments, themes and people in one memory-mapped file
"""

from haechi.release.gate.allowance import Allowance, Place, Why
from haechi.release.gate.masks import BLOCKED, EVERY, UNKNOWN, Masks, mask_of
from haechi.release.gate.narrow import Gate, Narrowed
from haechi.release.gate.received import Received
from haechi.release.gate.request import BadRequest
from haechi.release.gate.snapshot import Header, Snapshot, Watched, write_snapshot

__all__ = [
    "BLOCKED",
    "EVERY",
    "UNKNOWN",
    "Allowance",
    "BadRequest",
    "Gate",
    "Header",
    "Masks",
    "Narrowed",
    "Place",
    "Received",
    "Snapshot",
    "Watched",
    "Why",
    "mask_of",
    "write_snapshot",
]
