"""The audit's one path, step after step: start reading here.

Records come in validated. Themes are asked what they give away; the law of each person says what that needs;
permissions say what was given; what advertisers could use without it is an exposure. Checks turn figures into
findings.
"""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Timer
from typing import Final

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from haechi.audit import figures, reproduce
from haechi.audit.agreed import consents
from haechi.audit.asked import asked
from haechi.audit.checks import CHECKS, Check
from haechi.audit.inquiry import Inquiry, Lang
from haechi.audit.labelling import Labelled, labelled_themes, labelling
from haechi.audit.model import Finding
from haechi.audit.prepared import Keep, known, prepare
from haechi.audit.protections import Protection, accepted_bases, guarded_themes, protections
from haechi.audit.proxies import affordable, find_proxies, missing, nothing
from haechi.audit.report.charts import prepare_drawing
from haechi.audit.shown import Reached, reached
from haechi.audit.subjects import audited_laws, subjects, under_no_law
from haechi.errors import UsageError
from haechi.law import LawPack, Money
from haechi.records import Dataset, validate
from haechi.sensitivity import judge_with
from haechi.terms.schemas import SCHEMAS
from haechi.themes import DEFAULT_EVIDENCE, EvidenceRule

Step = Callable[[str], None]
"""Told the name of each step as it begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the caller decides.

    Attributes:
        laws: the laws to audit under; empty: those of the people in the data.
        inferred: laws to apply to inferred themes although they see inferred data as outside them.
        lapse_days: see `EvidenceRule`; None: as the dataset's settings say.
        retention_days: the longest a membership may last; None: as the dataset's settings say.
        as_of: the instant at which clocks are read, naive UTC.
        turnover: the turnover that a penalty is measured by.
        lang: language of statements and remedies.
        proxies: look for themes that give a category away without naming it; None: where that is quick.
        decisions: the file in which people decided about themes; None: as the dataset's settings say.
    """

    laws: tuple[str, ...] = ()
    inferred: tuple[str, ...] = ()
    lapse_days: int | None = None
    retention_days: int | None = None
    as_of: datetime
    turnover: Money | None = None
    lang: Lang = "en"
    proxies: bool | None = None
    decisions: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Audited:
    """Everything an audit found out, before it is written down.

    Attributes:
        inquiry: what the checks read.
        labelled: the labels of themes.
        judged_by: the version of what judged the themes.
        evidence: how behaviours made memberships.
        totals: the contract's totals.
        categories: law and category to figures, `themes` among them.
        findings: in the checks' order.
        proxies: see `find_proxies`; empty, and named in `unavailable`, where they were not looked for.
        reached: how far sensitive themes reached.
        unavailable: check to the tables, columns or options for want of which it could not run.
        set_aside: table to rows that named an identifier its table lacks.
    """

    inquiry: Inquiry
    labelled: Labelled
    judged_by: str
    evidence: EvidenceRule
    totals: dict[str, int]
    categories: dict[tuple[str, str], dict[str, int]]
    findings: list[Finding]
    proxies: pa.Table
    reached: Reached
    unavailable: dict[str, list[str]]
    set_aside: dict[str, int]


def audit(
    con: ibis.BaseBackend,
    dataset: Dataset,
    packs: dict[str, LawPack],
    options: Options,
    *,
    keep: Keep,
    ask: figures.Ask,
    work: Path,
    out: Path,
    now: datetime,
    step: Step,
    notice: Step,
) -> Audited:
    """Validate a dataset and audit it.

    Args:
        con: the engine.
        dataset: see `open_dataset`.
        packs: every known law pack.
        options: see `Options`.
        keep: holds what is read more than once.
        ask: answers questions of what is held, beside the engine.
        work: folder for intermediate files.
        out: folder of the report, as the SQL behind the findings names it.
        now: the instant of the call, naive UTC: what lies beyond it is a fault of the records.
        step: told what is being done.
        notice: told what a reader of the report should know.

    Raises:
        DataError: the records break the contract.
        UsageError: a law is unknown, or it cannot be told which law people are under.
    """
    tables = dataset.tables
    people = tables.get("people")
    judge = judge_with(_decisions(dataset, options))
    with labelling(tables["themes"], work, judge) as labels:
        validate(con, dataset, now=now, notice=notice)
    step("laws")
    laws = audited_laws(packs, options.laws, people)
    audited = {law: packs[law] for law in laws}
    inferred = _inferred(packs, options, dataset)
    guards = protections(packs, laws, inferred=inferred, as_of=options.as_of)
    for line in _silent(audited, guards, inferred, options.as_of):
        notice(line)
    step("themes")
    labelled = labelled_themes(con, labels, judge, keep)
    for line in _by_people(labelled):
        notice(line)
    guarded = keep(guarded_themes(labelled.decided, guards))
    step("memberships and permissions")
    evidence = _evidence(dataset, options)
    under = None if people is None else keep(subjects(people, audited, laws))
    if under is not None and people is not None and (beyond := under_no_law(people, under)):
        notice(
            f"{beyond:,} of {dataset.rows['people']:,} people are under no audited law: nothing is said of them."
        )
    # Drawing begins with a second of preparation: for later, when the engine is at work and nobody waits for it.
    Timer(_AT_WORK, prepare_drawing).start()
    prepared = prepare(
        tables, guarded, accepted_bases(guards), under, evidence=evidence, as_of=options.as_of, keep=keep
    )
    step("exposures")
    done = figures.histories(prepared, keep)
    by_category = figures.by_law_and_category(done, guards)
    inquiry = Inquiry(
        tables=tables,
        packs=audited,
        guards=tuple(guards),
        subjects=under,
        labels=labelled.decided.select("theme_id", "category"),
        asked=keep(asked(tables, audited)) if "requests" in tables else None,
        agreed=keep(consents(tables, under)) if "permissions" in tables else None,
        prepared=prepared,
        done=done,
        law_figures=figures.by_law(done, {law: 1 << place for place, law in enumerate(laws)}),
        category_figures=by_category,
        as_of=options.as_of,
        turnover=options.turnover,
        retention_days=options.retention_days or dataset.settings.policy.retention_days,
        lang=options.lang,
        setup=reproduce.setup(dataset.source, dataset.prepare, out / "themes.parquet"),
        claims_sql=reproduce.claims_sql(dataset.source, guards, audited, evidence, options.as_of),
    )
    step("checks")
    # Many short questions leave the engine idle: those of the report are asked at the same time.
    with ThreadPoolExecutor(1, thread_name_prefix="report") as beside:
        reaching = beside.submit(reached, inquiry, labelled, ask)
        counting = beside.submit(_set_aside, dataset, ask)
        unavailable = {check.id: lacking for check in CHECKS if (lacking := _lacking(check, inquiry))}
        findings = [found for check in CHECKS if check.id not in unavailable for found in check.run(inquiry)]
        step("proxies")
        giving_away = nothing(tables["themes"].theme_id.type().to_pyarrow())
        if lacking := _lacking_for_proxies(dataset, options):
            unavailable["proxies"] = lacking
        elif guards:
            giving_away = find_proxies(inquiry, dataset.rows, evidence, keep)
    aside = counting.result()
    for table, rows in aside.items():
        if 2 * rows > dataset.rows[table]:
            notice(
                f"{rows:,} of {dataset.rows[table]:,} rows of {table} name an identifier that its table lacks: is it "
                "written differently there (007 and 7)? What was found without them is not the whole."
            )
    return Audited(
        inquiry=inquiry,
        labelled=labelled,
        judged_by=judge.version,
        evidence=evidence,
        totals={**_sizes(dataset, guarded), **figures.totals(done)},
        categories=_categories(guarded, guards, by_category),
        findings=findings,
        proxies=giving_away,
        reached=reaching.result(),
        unavailable=unavailable,
        set_aside=aside,
    )


def _decisions(dataset: Dataset, options: Options) -> Path | None:
    stated = dataset.settings.policy.decisions
    return options.decisions or (None if stated is None else Path(stated))


def _by_people(labelled: Labelled) -> Iterator[str]:
    """What of the themes people decided: a reader must be able to tell it from what the engine says."""
    by_people = labelled.by_people
    if by_people is None:
        return
    if by_people.decided or by_people.cleared:
        yield (
            f"Of the themes, people decided {by_people.decided:,} to give something away and {by_people.cleared:,} "
            "to give nothing away; their decisions count, whatever the engine says."
        )
    elif by_people.holding:
        # Another list's file, or names written otherwise there: it must not pass for a reviewed dataset.
        yield f"None of the {by_people.holding:,} decisions by people is about a theme of this dataset."
    if by_people.pending:
        yield (
            "Decisions that wait for a second reviewer and do not count, the engine's answers stand: "
            f"{by_people.pending:,}."
        )


def _inferred(packs: Mapping[str, LawPack], options: Options, dataset: Dataset) -> frozenset[str]:
    """The laws that the caller or the dataset's settings apply to inferred themes too."""
    named = frozenset(options.inferred) | frozenset(dataset.settings.policy.inferred)
    for law in sorted(named - packs.keys()):
        raise UsageError(
            f"unknown law {law!r} for inferred themes; expected one of {', '.join(sorted(packs))}."
        )
    return named


def _silent(
    audited: Mapping[str, LawPack], guards: list[Protection], inferred: frozenset[str], as_of: datetime
) -> Iterator[str]:
    """Why an audited law guards nothing, of each that does not: its silence is no clean bill."""
    guarding = {guard.law for guard in guards}
    for law, pack in audited.items():
        if law in guarding:
            continue
        if not pack.inferred_protected and law not in inferred:
            yield (
                f"{law} sees what a platform only inferred as outside it, so no theme is counted under it; "
                f"--include-inferred {law} counts them."
            )
        else:
            day = f"{as_of:%Y-%m-%d}"
            yield f"No rule of {law} on sensitive themes was in force by {day}: nothing is counted under it."


def _lacking(check: Check, inquiry: Inquiry) -> list[str]:
    missing = check.missing(inquiry.tables)
    return missing or ([] if check.lacks is None else check.lacks(inquiry))


def _lacking_for_proxies(dataset: Dataset, options: Options) -> list[str]:
    lacking = missing(dataset.tables)
    if lacking or options.proxies or (options.proxies is None and affordable(dataset.rows)):
        return lacking
    return ["--proxies"]


def _evidence(dataset: Dataset, options: Options) -> EvidenceRule:
    settings = dataset.settings
    default = DEFAULT_EVIDENCE
    return EvidenceRule(
        kind_thousandths={**default.kind_thousandths, **settings.kind_thousandths},
        threshold_thousandths=settings.threshold_thousandths or default.threshold_thousandths,
        lapse_days=options.lapse_days or settings.lapse_days,
    )


def _sizes(dataset: Dataset, guarded: ir.Table) -> dict[str, int]:
    return {
        "people": _distinct(dataset, "people", "person_id", ("memberships", "behaviours", "deliveries")),
        "themes": dataset.rows["themes"],
        "sensitive_themes": int(guarded.theme_id.nunique().execute()),
        "advertisers": _distinct(dataset, "advertisers", "advertiser_id", ("grants", "deliveries")),
    }


def _distinct(dataset: Dataset, table: str, identifier: str, otherwise: tuple[str, ...]) -> int:
    """How many there are: the rows of their own table, or, without one, everyone that other tables name."""
    if table in dataset.tables:
        return dataset.rows[table]
    named = [dataset.tables[name].select(identifier) for name in otherwise if name in dataset.tables]
    if not named:
        return 0
    everyone = named[0].union(*named[1:]) if named[1:] else named[0]
    return int(everyone[identifier].nunique().execute())


def _categories(
    guarded: ir.Table, guards: list[Protection], by_category: dict[tuple[str, str], dict[str, int]]
) -> dict[tuple[str, str], dict[str, int]]:
    counted = guarded.group_by("category").agg(themes=guarded.theme_id.nunique()).to_pyarrow().to_pylist()
    themes = {row["category"]: int(row["themes"]) for row in counted}
    names = ("people_profiled_unpermitted", "people_exposed_unpermitted", "advertisers_receiving_unpermitted")
    found: dict[tuple[str, str], dict[str, int]] = {}
    for guard in guards:
        key = (guard.law, guard.category)
        if guard.category in themes:
            counts = by_category.get(key, {})
            found[key] = {"themes": themes[guard.category], **{name: counts.get(name, 0) for name in names}}
    return found


_AT_WORK: Final = 0.2
"""Seconds after which the engine works on the first long question."""
_LOOKED_THROUGH: Final = 10_000_000
"""Rows of behaviours up to which each is looked up."""
_LOOKED_AT: Final = 100_000
"""Of a longer table, rows that must all be known for the rest to be taken as known too."""


def _set_aside(dataset: Dataset, ask: figures.Ask) -> dict[str, int]:
    """Rows naming an identifier that its table lacks.

    To look up each of 100 million behaviours would cost a fifth of the audit: of a table so long, the rest is
    looked up only if some of the first hundred thousand are unknown.
    """
    found = {}
    for name, rows in dataset.tables.items():
        if not any(table in dataset.tables for _, table in SCHEMAS[name].references):
            continue
        long = name == "behaviours" and dataset.rows[name] > _LOOKED_THROUGH
        if not long or _unknown(rows.limit(_LOOKED_AT), dataset.tables, name, _LOOKED_AT, ask):
            aside = _unknown(rows, dataset.tables, name, dataset.rows[name], ask)
            if aside:
                found[name] = aside
    return found


def _unknown(rows: ir.Table, tables: Mapping[str, ir.Table], name: str, count: int, ask: figures.Ask) -> int:
    found = known(rows, tables, name)
    return count - int(ask(found.aggregate(rows=found.count()))["rows"][0].as_py())
