"""`haechi policy`: rules for ads checked, tested, shown, and tried on past decisions before they decide."""

import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final, Literal

import cyclopts
import msgspec
from cyclopts import Parameter

from haechi.cli.policy_text import as_data, backtest_lines, rule_lines, set_lines
from haechi.cli.progress import progress
from haechi.cli.spare import spare
from haechi.errors import PolicyError, UsageError
from haechi.review.ads import Decision
from haechi.review.policy import examples
from haechi.review.policy.backtest import backtest as backtested
from haechi.review.policy.load import SHIPPED, copy_shipped, load_ruleset
from haechi.review.policy.model import RuleSet
from haechi.review.policy.past import read_decisions, read_truth
from haechi.review.policy.replay import differences
from haechi.review.policy.replay import replay as replayed
from haechi.sensitivity.write_answers import Report, in_place_of

app = cyclopts.App(
    name="policy", help="Rules for ads: copy, check, test and show them, try them on past decisions."
)

_FIRST: Final = 20


@app.command
def check(folder: str | None = None) -> int:
    """Check a rule set: every fault with its file, line and rule.

    Exit status: 0 it can be used, 1 it has faults, 2 the call is wrong.

    Parameters
    ----------
    folder
        With rules.yaml and words/LANGUAGE.yaml. The shipped rule set, if not given.
    """
    try:
        ruleset = _ruleset(folder)
    except PolicyError as faults:
        sys.stdout.write(f"{faults}\n")
        return 1
    sys.stdout.writelines(f"{line}\n" for line in set_lines(ruleset))
    return 0


@app.command(name="test")
def run_examples(folder: str | None = None) -> int:
    """Run the examples that stand in a rule set.

    Exit status: 0 all came out as they must, 1 some did not, 2 the call or the rule set is wrong.

    Parameters
    ----------
    folder
        With rules.yaml and words/LANGUAGE.yaml. The shipped rule set, if not given.
    """
    count, failed = examples.run(_ruleset(folder), datetime.now(UTC).date())
    for one in failed:
        sys.stdout.write(f"rules.yaml, line {one.line}, {one.rule}: {one.said}.\n")
    sys.stdout.write(f"{count:,} examples, {len(failed):,} failed.\n")
    return int(bool(failed))


@app.command
def copy(folder: Path) -> None:
    """Copy the shipped rule set, to change it and to name it by --rules.

    Parameters
    ----------
    folder
        Where; there must be nothing yet.
    """
    copy_shipped(folder)
    sys.stdout.write(f"{folder}: change it, then `haechi policy check {folder}` and `test`.\n")


@app.command
def show(
    folder: str | None = None,
    *,
    rule: str | None = None,
    form: Annotated[Literal["text", "json"], Parameter(name="--format")] = "text",
) -> None:
    """Show a rule set, or one of its rules with its expression, laws and words.

    Parameters
    ----------
    folder
        With rules.yaml and words/LANGUAGE.yaml. The shipped rule set, if not given.
    rule
        Code of the rule to show.
    form
        Text for people, json for machines.
    """
    ruleset = _ruleset(folder)
    known = {one.code: one for one in (*ruleset.rules, *ruleset.off)}
    if rule is not None and rule not in known:
        raise UsageError(f"unknown rule {rule!r}; expected one of {', '.join(sorted(known))}.")
    shown = list(known.values()) if rule is None else [known[rule]]
    if form == "json":
        data = {
            "id": ruleset.id,
            "version": ruleset.version,
            "hash": ruleset.hash,
            "rules": list(map(as_data, shown)),
        }
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(data), indent=2) + b"\n")
        return
    lines = set_lines(ruleset) if rule is None else rule_lines(known[rule], ruleset)
    sys.stdout.writelines(f"{line}\n" for line in lines)


@app.command
def backtest(rules: str, decisions: Path, *, truth: Path | None = None, out: Path | None = None) -> int:
    """Show what a rule set would change about past decisions, and what its shadow rules would do.

    Exit status: 0 no outcome changes, 1 some do, 2 the call or the data is wrong.

    Parameters
    ----------
    rules
        Folder of the rule set to try, or the name of the shipped one.
    decisions
        Past decisions with their signals, JSON lines.
    truth
        CSV with ad_id and scam (1 or 0), where it is known: adds recall and precision.
    out
        .json for machines.
    """
    if out is not None:
        if out.suffix != ".json":
            raise UsageError(f"--out {out}: found ending {out.suffix!r}; expected .json.")
        spare(out, {"the file of decisions": decisions, "the truth": truth})
    ruleset = _ruleset(rules)
    known = None if truth is None else read_truth(truth)
    with progress("decisions") as report:
        found = backtested(_told(decisions, report), ruleset, known)
    if out is not None:
        with in_place_of(out) as file:
            file.write(msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n")
    sys.stdout.writelines(f"{line}\n" for line in backtest_lines(found))
    return int(found.changed > 0)


@app.command
def replay(decisions: Path, *, rules: str | None = None) -> int:
    """Make past decisions again from what they kept, and tell where they differ.

    Exit status: 0 all are the same byte for byte, 1 some differ, 2 the call or the data is wrong.

    Parameters
    ----------
    decisions
        Past decisions with their signals, JSON lines.
    rules
        Folder of the rule set that made them. The shipped one, if not given.
    """
    ruleset = _ruleset(rules)
    count, differing, fields = 0, 0, Counter[str]()
    with progress("decisions") as report:
        for decision in _told(decisions, report):
            count += 1
            unlike = differences(decision, replayed(decision, ruleset))
            if unlike:
                differing += 1
                fields.update(unlike)
                if differing <= _FIRST:
                    sys.stdout.write(f"{decision.ad_id}: {', '.join(unlike)} differ.\n")
    if differing > _FIRST:
        sys.stdout.write(f"… and {differing - _FIRST:,} more\n")
    sys.stdout.write(f"{count:,} decisions, {differing:,} differ.\n")
    if fields["ruleset_hash"]:
        sys.stdout.write(
            f"{fields['ruleset_hash']:,} were made under another rule set than {ruleset.hash[:12]}.\n"
        )
    return int(differing > 0)


def _ruleset(folder: str | None) -> RuleSet:
    if folder is None or (folder == SHIPPED and not Path(folder).exists()):
        return load_ruleset()
    return load_ruleset(Path(folder))


def _told(decisions: Path, report: Report) -> Iterator[Decision]:
    for decision in read_decisions(decisions):
        report(1)
        yield decision
