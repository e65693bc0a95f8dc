"""`haechi ads`: what ad review tells authorities and the public. Files are written; nothing is sent."""

import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Final, Literal

import cyclopts
import msgspec
from cyclopts import Parameter
from rich.console import Console

from haechi.cli.ads_labels import Labels, read_labels, write_labels
from haechi.cli.instants import instant
from haechi.cli.private_files import private_file
from haechi.errors import UsageError
from haechi.review.outgoing.prevalence import Sample, estimate
from haechi.review.outgoing.record import Platform
from haechi.stores.clock import utc_now
from haechi.stores.ledger.held import one_state
from haechi.stores.opened import connect
from haechi.stores.review import figures as stored
from haechi.stores.review.outgoing import Outgoing
from haechi.stores.review.outgoing import statements as made_statements

app = cyclopts.App(
    name="ads", help="Statements of reasons, yearly figures and prevalence of ad review. Nothing is sent."
)

_MONTH: Final = timedelta(days=30)
_FIRST: Final = 20


@app.command
def statements(
    *,
    out: Path,
    database: str = "haechi-data",
    since: str | None = None,
    until: str | None = None,
    form: Annotated[Literal["records", "statements"], Parameter(name="--format")] = "records",
    terms_url: str | None = None,
) -> int:
    """Write statements of reasons for decisions that restricted ads, and for suspensions (DSA Art. 17(3), 24(5)).

    Exit status: 0 all were made, 1 some could not be made and are listed, 2 the call or the data is wrong.

    Parameters
    ----------
    out
        .jsonl: a line an envelope of 1 to 100 records for the EU transparency database, or a line a statement.
    database
        A folder or a postgresql:// URL (or the environment variable HAECHI_DATABASE).
    since
        Decided on this day or later; from the first without it.
    until
        Decided before this day; to the last without it.
    form
        Records of decisions that apply in the European Economic Area, or all statements.
    terms_url
        Where your advertising policy stands; records refer to it.
    """
    if out.suffix != ".jsonl":
        raise UsageError(f"--out {out}: found ending {out.suffix!r}; expected .jsonl.")
    begin, end = _stretch(since, until, utc_now())
    # Records refer to the terms alone; where to complain is for letters.
    platform = Platform(complaint_url="", dispute_url="", terms_url=terms_url)
    with one_state(connect(database)) as connection:
        found = made_statements(connection, platform, since=begin, until=end)
    lines = found.envelopes if form == "records" else found.statements
    with private_file(out) as file:
        file.writelines(f"{msgspec.json.encode(line).decode()}\n" for line in lines)
    _say(found, out)
    return int(bool(found.faults))


@app.command
def figures(*, year: int, database: str = "haechi-data") -> None:
    """Show Japan's figures of a year, from April to March, in JSON: notices, results, decisions.

    Parameters
    ----------
    year
        In whose April it began.
    database
        A folder or a postgresql:// URL (or the environment variable HAECHI_DATABASE).
    """
    with one_state(connect(database)) as connection:
        found = stored.yearly_figures(connection, year, now=utc_now())
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(found), indent=2).decode() + "\n")


@app.command
def sample(
    *,
    size: int,
    seed: int,
    out: Path | None = None,
    database: str = "haechi-data",
    since: str | None = None,
    until: str | None = None,
) -> None:
    """Draw ads for people to label, each with the same chance among all ads that ran. The same call draws the same.

    Writes CSV: fill `bad` with yes or no wherever it is empty, and give the file to haechi ads prevalence. It is
    filled already where a person decided on the ad.

    Parameters
    ----------
    size
        How many ads.
    seed
        A whole number, chosen before anybody looks.
    out
        .csv; on the screen without it.
    database
        A folder or a postgresql:// URL (or the environment variable HAECHI_DATABASE).
    since
        Ads that ran on this day or later; 30 days before the end without it.
    until
        Ads that ran before this day; today without it.
    """
    if out is not None and out.suffix != ".csv":
        raise UsageError(f"--out {out}: found ending {out.suffix!r}; expected .csv.")
    now = utc_now()
    begin, end = _stretch(since, until, now)
    end = datetime(now.year, now.month, now.day) if end is None else end  # noqa: DTZ001 - naive UTC inside
    begin = end - _MONTH if begin is None else begin
    if end > now or begin >= end:
        raise UsageError("--since and --until: expected a time that is over, its begin before its end.")
    with one_state(connect(database)) as connection:
        drawn = stored.sample(connection, size, seed=seed, since=begin, until=end)
    if out is None:
        write_labels(sys.stdout, drawn, begin, end)
    else:
        with private_file(out) as file:
            write_labels(file, drawn, begin, end)
    _console().print(f"{len(drawn.sample.drawn):,} of {len(drawn.frame.ads):,} ads that ran.", markup=False)


@app.command
def prevalence(labels: Path, *, database: str = "haechi-data") -> None:
    """Estimate how many of the ads that ran are bad, from a labelled sample, with Wilson's interval of 95%.

    The sample is drawn again: a file from which ads were taken out, or into which others were put, is refused.

    Parameters
    ----------
    labels
        CSV as haechi ads sample wrote it, with `bad` filled everywhere.
    database
        The same that the sample was drawn from.
    """
    told: Labels = read_labels(labels)
    with one_state(connect(database)) as connection:
        frame = stored.frame_of(connection, told.since, told.until)
    sample = Sample(design="ads", seed=told.seed, frame=told.frame, drawn=tuple(told.bad))
    found = estimate(frame, sample, told.bad)
    sys.stdout.write(
        f"{found.hits:,} of {found.draws:,} drawn ads are bad, of {len(frame.ads):,} that ran: {found.share:.3%}, "
        f"between {found.low:.3%} and {found.high:.3%} (95%).\n"
    )


def _stretch(since: str | None, until: str | None, now: datetime) -> tuple[datetime | None, datetime | None]:
    begin = None if since is None else instant(since, now, "--since")
    end = None if until is None else instant(until, now, "--until")
    if begin is not None and end is not None and begin >= end:
        raise UsageError(f"--since {since}, --until {until}: expected a begin before the end.")
    return begin, end


def _say(found: Outgoing, out: Path) -> None:
    console = _console()
    for fault in found.faults[:_FIRST]:
        console.print(str(fault), markup=False)
    if len(found.faults) > _FIRST:
        console.print(f"… and {len(found.faults) - _FIRST:,} more", markup=False)
    console.print(
        f"{out}: {len(found.statements):,} statements, {found.elsewhere:,} of them without a record since they "
        f"concern no country of the European Economic Area; {len(found.faults):,} could not be made. Nothing was "
        "sent.",
        markup=False,
    )


def _console() -> Console:
    return Console(stderr=True, highlight=False, soft_wrap=True)
