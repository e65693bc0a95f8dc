"""A process that takes an objection in and is killed right after its messages were written: DATABASE NOW."""

import os
import signal
import sys
from datetime import datetime
from typing import Any

from haechi.ledger.seal import Master
from haechi.stores import obeying, open_store
from haechi.stores.deletions import tell_advertisers
from haechi.stores.requests import Requests
from tests.stores.platforms import PACKS

MASTER = Master(b"k" * 32)


def killed(*arguments: Any, **named: Any) -> int:
    """Writes the messages, and then the process is no more."""
    assert tell_advertisers(*arguments, **named) == 3
    os.kill(os.getpid(), signal.SIGKILL)
    return 0


if __name__ == "__main__":
    database, now = sys.argv[1:]
    setattr(obeying, "tell_advertisers", killed)  # noqa: B010 - it is imported there, not exported
    requests = Requests(open_store(database), PACKS, master=MASTER)
    requests.receive("ann", "objection", via="desk", now=datetime.fromisoformat(now))
