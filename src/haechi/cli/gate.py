"""`haechi gate`: bid requests in, the same out with what may not leave taken away."""

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, BinaryIO, Final, Literal

import msgspec
from cyclopts import Parameter

from haechi.cli.progress import progress
from haechi.cli.serve import host_and_port
from haechi.errors import OutputError, UsageError
from haechi.flow.gating import GatePolicy, make_gate
from haechi.flow.taxonomies import Taxonomy, read_taxonomy
from haechi.law import chosen, load_packs
from haechi.release.gate import BadRequest, Narrowed, Snapshot
from haechi.sensitivity import judge_with
from haechi.service.gate import GateSettings, serve
from haechi.terms.countries import ALPHA_2_OF

_STEP: Final = 1_000
_BAD_SHOWN: Final = 20


def gate(
    requests: Annotated[str, Parameter(allow_leading_hyphen=True)] = "-",
    *,
    why: Path | None = None,
    law: list[str] | None = None,
    law_pack: list[Path] | None = None,
    decisions: Path | None = None,
    taxonomy: list[Path] | None = None,
    snapshot: Path | None = None,
    home: str | None = None,
    drop_unknown: bool = False,
    listen: str | None = None,
    workers: int = 2,
    when_stale: Literal["close", "refuse"] = "close",
) -> int:
    """Narrow OpenRTB bid requests to what law, consent and theme decisions allow to leave.

    One request a line comes in, the same request comes out on standard output, in the same order. Only segments,
    keywords, eids and places are ever taken away; everything else passes untouched. A line that is no bid request
    comes out as an empty line and is named on standard error; the command then ends with 2.

    Parameters
    ----------
    requests
        A file of JSON lines; - or nothing for standard input.
    why
        Writes here, a line for each request, what stayed and why: fields, counts, reasons, articles; no person.
    law
        Only these laws (haechi laws); all without it.
    law_pack
        Further or corrected law packs.
    decisions
        What people decided about themes (haechi themes review); it wins over the engine.
    taxonomy
        Further taxonomies of segments: a line '# segtax: NUMBER', then identifier, tab, tiers.
    snapshot
        The platform's state (haechi serve writes it): themes, and what people permitted.
    home
        Country (ISO 3166-1) of requests that tell none; without it every law counts for them.
    drop_unknown
        Take away segments that no taxonomy and no theme knows, rather than judging them by their name.
    listen
        HOST:PORT. Serves POST /openrtb over HTTP instead, until told to end; why something stayed is told in the
        header haechi-stayed.
    workers
        Processes that serve.
    when_stale
        What to do when the snapshot is older than ten minutes: close what needs a permission and let the rest leave,
        or refuse every request.
    """
    if listen is not None:
        _serve(
            listen,
            workers,
            GateSettings(
                snapshot=None if snapshot is None else str(snapshot),
                laws=tuple(law or ()),
                law_packs=tuple(map(str, law_pack or ())),
                decisions=None if decisions is None else str(decisions),
                home=_country(home),
                judge_unknown=not drop_unknown,
                when_stale=when_stale,
            ),
        )
        return 0
    keeper = make_gate(
        chosen(load_packs(law_pack or ()), law or ()),
        judge_with(decisions),
        snapshot=None if snapshot is None else Snapshot(snapshot),
        taxonomies=_taxonomies(taxonomy or []),
        policy=GatePolicy(judge_unknown=not drop_unknown, home=_country(home)),
    )
    bad = 0
    with _opened(requests) as lines, _log(why) as log, progress() as report:
        for number, line in enumerate(lines, 1):
            narrowed = None
            if line.strip():
                try:
                    narrowed = keeper(line)
                except BadRequest as fault:
                    bad += 1
                    if bad <= _BAD_SHOWN:
                        sys.stderr.write(f"haechi: line {number:,}: {fault}\n")
            try:
                sys.stdout.buffer.write(b"" if narrowed is None else narrowed.body)
                sys.stdout.buffer.write(b"\n")
            except BrokenPipeError:
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
                return 0
            if log is not None:
                log.write(msgspec.json.encode(_reasons(number, narrowed)) + b"\n")
            if number % _STEP == 0:
                report(_STEP)
        sys.stdout.buffer.flush()
    if bad:
        raise UsageError(f"{bad:,} lines of {requests} are no bid requests; each came out as an empty line.")
    return 0


def _serve(listen: str, workers: int, settings: GateSettings) -> None:
    host, port = host_and_port(listen)
    serve(settings, host=host, port=port, workers=workers)


def _taxonomies(files: list[Path]) -> dict[str, Taxonomy]:
    found: dict[str, Taxonomy] = {}
    for file in files:
        numbers, taxonomy = read_taxonomy(file)
        found.update(dict.fromkeys(numbers, taxonomy))
    return found


def _country(home: str | None) -> str | None:
    if home is None:
        return None
    if home.upper() not in ALPHA_2_OF:
        raise UsageError(f"unknown country {home!r}; expected an ISO 3166-1 code such as KR.")
    return ALPHA_2_OF[home.upper()]


@contextmanager
def _opened(requests: str) -> Iterator[Iterable[bytes]]:
    if requests == "-":
        yield sys.stdin.buffer
        return
    try:
        file = Path(requests).open("rb")  # noqa: SIM115 - closed below
    except OSError as fault:
        raise UsageError(f"{requests}: expected a file of JSON lines; {fault.strerror}.") from None
    with file:
        yield file


@contextmanager
def _log(why: Path | None) -> Iterator[BinaryIO | None]:
    if why is None:
        yield None
        return
    try:
        file = why.open("wb")
    except OSError as fault:
        raise OutputError(f"{why}: expected a file that can be written; {fault.strerror}.") from None
    with file:
        yield file


def _reasons(number: int, narrowed: Narrowed | None) -> dict[str, object]:
    if narrowed is None:
        return {"line": number, "bad_request": True}
    stayed = [
        {"field": field, "count": count, "why": [msgspec.to_builtins(one) for one in whys]}
        for field, count, whys in narrowed.reasons()
    ]
    return {"line": number, "stayed": stayed, "faults": list(narrowed.faults)}
