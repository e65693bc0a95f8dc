"""An audit written down: findings.json, the tables without a person in them, and the report."""

from datetime import datetime, time
from importlib.metadata import version
from pathlib import Path
from typing import Final

import msgspec
import pyarrow.parquet as pq

from haechi.audit import figures, model
from haechi.audit.checks import CHECKS
from haechi.audit.labelling import Labelled
from haechi.audit.report import Page, render
from haechi.audit.run import Audited, Options
from haechi.audit.shown import named_proxies, sampled_names
from haechi.audit.stream import write_parquet
from haechi.records import Dataset

EXAMPLE_MARKER: Final = ".haechi-example"
"""The file by which a dataset says that its people are made up."""


def write_outputs(
    done: Audited, dataset: Dataset, options: Options, notices: list[str], *, folder: Path, engine: str
) -> model.Findings:
    """Write the five files of an audit into `folder`.

    Returns:
        what stands in findings.json, which follows its schema.
    """
    document = findings_document(done, dataset, notices, engine)
    (folder / "findings.json").write_bytes(model.encoded(document))
    write_parquet(done.labelled.decided.order_by("theme_id", "category"), folder / "themes.parquet")
    monthly = figures.monthly_exposures(done.inquiry.done, done.inquiry.prepared)
    write_parquet(monthly, folder / "exposures.parquet")
    pq.write_table(done.proxies, folder / "proxies.parquet")
    page = render(_page(done, dataset, document, options), options.lang)
    (folder / "report.html").write_text(page, encoding="utf-8")
    return document


def _page(done: Audited, dataset: Dataset, document: model.Findings, options: Options) -> Page:
    guarded = {guard.category for guard in done.inquiry.guards}
    labels = done.labelled.decided
    return Page(
        findings=document,
        law_names={law: pack.name[options.lang] for law, pack in done.inquiry.packs.items()},
        categories=done.reached.categories,
        months=done.reached.months,
        advertisers=done.reached.advertisers,
        themes=done.reached.themes,
        names=sampled_names(done.findings, dataset.tables),
        themes_in_all=int(labels.filter(labels.category.isin(sorted(guarded) or [""])).count().execute()),
        asks={check.id: check.asks[options.lang] for check in CHECKS},
        method=_method(done, document),
        proxies=named_proxies(done.proxies, dataset.tables),
        proxies_in_all=done.proxies.num_rows,
        synthetic=Path(dataset.location, EXAMPLE_MARKER).exists(),
    )


def _method(done: Audited, document: model.Findings) -> dict[str, str]:
    rule = done.evidence
    weights = ", ".join(f"{kind} {value / 1000:g}" for kind, value in rule.kind_thousandths.items())
    told = {
        "as_of": _moment(done.inquiry.as_of),
        "laws": ", ".join(document.laws),
        "memberships": "behaviours" if done.inquiry.prepared.computed else "memberships",
        "threshold": f"{rule.threshold_thousandths / 1000:g}",
        "weights": weights,
        "lapse": "none" if rule.lapse_days is None else f"{rule.lapse_days} d",
        "sensitivity": document.sensitivity,
        "engine": document.engine,
    }
    if not done.inquiry.prepared.computed:
        return {name: value for name, value in told.items() if name not in {"threshold", "weights", "lapse"}}
    return told


def _moment(at: datetime) -> str:
    """An instant as people write it: the day alone where it is a midnight."""
    return f"{at:%Y-%m-%d}" if at.time() == time() else f"{at:%Y-%m-%d %H:%M} UTC"


def findings_document(done: Audited, dataset: Dataset, notices: list[str], engine: str) -> model.Findings:
    """What machines read. No field names a person."""
    articles = {(guard.law, guard.category): guard.article for guard in done.inquiry.guards}
    return model.Findings(
        haechi_version=version("haechi"),
        engine=engine,
        as_of=done.inquiry.as_of.isoformat() + "Z",
        sensitivity=done.judged_by,
        dataset=model.DatasetSummary(
            path=dataset.location,
            tables={name: model.TableSize(rows) for name, rows in dataset.rows.items()},
            unavailable_checks=tuple(
                model.UnavailableCheck(check, tuple(missing)) for check, missing in done.unavailable.items()
            ),
            set_aside=tuple(model.SetAside(table, rows) for table, rows in done.set_aside.items()),
        ),
        laws=tuple(done.inquiry.packs),
        totals=done.totals,
        theme_counts=model.ThemeCounts(
            profiled_unpermitted=int(done.inquiry.done.profiled_by_theme.theme_id.nunique().execute()),
            exposed_unpermitted=done.inquiry.done.themes_exposed,
            arguable=done.labelled.arguable,
            undecided=done.labelled.undecided,
        ),
        decisions=_decisions(done.labelled),
        categories=tuple(
            model.CategoryFigures(law=law, category=category, article=articles[law, category], **counts)
            for (law, category), counts in done.categories.items()
        ),
        findings=tuple(done.findings),
        notices=tuple(notices),
    )


def _decisions(labelled: Labelled) -> model.DecisionCounts | msgspec.UnsetType:
    found = labelled.by_people
    if found is None:
        return msgspec.UNSET
    return model.DecisionCounts(themes=found.decided, cleared=found.cleared, pending=found.pending)
