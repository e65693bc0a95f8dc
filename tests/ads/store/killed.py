"""A process of ad review that is killed at one step: DATABASE STEP.

examined   after the examiner answered, before the decision is written
decided    after the decision and its entry were written, before the commit
committed  right after the commit of the decision, before anybody was told
swept      in the middle of a sweep
"""

import os
import signal
import sys
from datetime import datetime
from typing import Any

from haechi.review.ads import Decision
from haechi.stores import open_store
from haechi.stores.review import applying, screening
from haechi.stores.review.sweeps import go_on
from tests.ads.store.worlds import Desk, examine


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def killed_when_examined(one: Any, **more: Any) -> Decision:
    examine(one, **more)
    die()
    raise AssertionError


def killed_when_decided(*arguments: Any, **named: Any) -> None:
    die()


def killed_when_committed(self: Any, *arguments: Any, **named: Any) -> Any:
    JUDGE(self, *arguments, **named)
    die()


def killed_when_swept(one: Any, **more: Any) -> Decision:
    if one.ad_id == "a5":
        die()
    return examine(one, **more)


JUDGE = screening.Screening.judge

if __name__ == "__main__":
    database, step, now = sys.argv[1:]
    engine = open_store(database)
    if step == "examined":
        desk = Desk(engine, killed_when_examined)
    elif step == "swept":
        desk = Desk(engine, killed_when_swept)
    else:
        desk = Desk(engine)
    desk.clock = datetime.fromisoformat(now)
    if step == "decided":
        setattr(applying, "tell_ad_server", killed_when_decided)  # noqa: B010 - it is imported there
    if step == "committed":
        setattr(screening.Screening, "judge", killed_when_committed)  # noqa: B010 - the same
    if step == "swept":
        go_on(engine, desk.ads.screening, now=desk.now())
    else:
        desk.submit("a1", text="shoes")
