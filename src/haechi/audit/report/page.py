"""From figures to one HTML page.

Everything shown is text: templates escape it, names keep to themselves (`bdi`), control characters become
visible, and a content security policy allows the page's own style and script and nothing else.
"""

import base64
import hashlib
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any, Final

import jinja2
from markupsafe import Markup

from haechi.audit.inquiry import Lang
from haechi.audit.model import Finding, Findings
from haechi.audit.report import charts
from haechi.audit.report.say import number, people_of, words
from haechi.audit.report.sentence import sentence, unchecked
from haechi.audit.wording import Count
from haechi.terms.words import SEVERITIES

LONGEST: Final = 160
"""Characters of a name that are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What the page shows.

    Attributes:
        findings: what stands in findings.json.
        law_names: law to its name in the page's language.
        categories, months, advertisers, themes, names: see `Shown`.
        themes_in_all: how many rows `themes` would have without its limit.
        asks: check to the question that it puts, in the page's language.
        method: facts of the method by name (threshold, weights, lapse, as_of).
        proxies: see `Shown`.
        proxies_in_all: how many rows `proxies` would have without its limit.
        synthetic: the dataset says that its people are made up.
    """

    findings: Findings
    law_names: Mapping[str, str]
    categories: Sequence[Mapping[str, Any]]
    months: Sequence[Mapping[str, Any]]
    advertisers: Sequence[Mapping[str, Any]]
    themes: Sequence[Mapping[str, Any]]
    names: Mapping[str, Mapping[str, str]]
    themes_in_all: int
    asks: Mapping[str, str]
    method: Mapping[str, str]
    proxies: Sequence[Mapping[str, Any]]
    proxies_in_all: int
    synthetic: bool


def render(page: Page, lang: Lang) -> str:
    """The page as HTML, complete in itself."""
    say = words(lang)
    style, script = _text("page.css"), _text("page.js")
    people = people_of(say)
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("haechi.audit.report", "."),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters.update(number=number, people=people, shown=printable, marked=_marked, count=Count)
    groups = _groups(page.findings)
    return environment.get_template("page.html.j2").render(
        page=page,
        say=say,
        lang=lang,
        sentence=sentence(page.findings, lang),
        unchecked=unchecked(page.findings),
        unavailable={row.check: row.missing for row in page.findings.dataset.unavailable_checks},
        groups=groups,
        overview=_overview(groups, page, say),
        cells=_cells(page, say, people),
        drawn={name: Markup(svg) for name, svg in _drawn(page, say, people).items()},  # noqa: S704  text in it is escaped
        style=Markup(style),  # noqa: S704  our own file
        script=Markup(script),  # noqa: S704  our own file
        style_hash=_hash(style),
        script_hash=_hash(script),
    )


def _groups(findings: Findings) -> list[tuple[str, list[Finding]]]:
    """Findings by law, the law of most people first; within a law the gravest first."""
    reach: dict[str, int] = {}
    for row in findings.categories:
        reach[row.law] = max(
            reach.get(row.law, 0), row.people_profiled_unpermitted, row.people_exposed_unpermitted
        )
    laws = sorted(dict.fromkeys(found.law for found in findings.findings), key=lambda law: -reach.get(law, 0))
    grave = sorted(findings.findings, key=lambda found: SEVERITIES.index(found.severity))
    return [(law, [found for found in grave if found.law == law]) for law in laws]


def _overview(
    groups: list[tuple[str, list[Finding]]], page: Page, say: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """For each law its name and how many findings of each severity it has."""
    return [
        {
            "law": law,
            "name": page.law_names.get(law, law),
            "counts": [
                (severity, say["counted"][severity].format(count))
                for severity in SEVERITIES
                if (count := sum(found.severity == severity for found in group))
            ],
        }
        for law, group in groups
    ]


def _cells(
    page: Page, say: Mapping[str, Any], people: Callable[[int], str]
) -> dict[str, list[tuple[str, ...]]]:
    """The figures of the charts as rows of a table."""
    return {
        "categories": [
            (say["category"][r["category"]], people(r["people"]), people(r["people_unpermitted"]))
            for r in page.categories
        ],
        "months": [(r["month"], people(r["people"]), people(r["people_unpermitted"])) for r in page.months],
        "advertisers": [
            (
                printable(r["name"] or r["advertiser_id"]),
                people(r["people_unpermitted"]),
                number(r["themes"]),
            )
            for r in page.advertisers
        ],
    }


def _drawn(page: Page, say: Mapping[str, Any], people: Callable[[int], str]) -> dict[str, str]:
    """The charts, those that have anything to show."""
    if not page.categories:
        return {}
    categories = [
        {**row, "category": say["category"][row["category"]], "told": people(row["people_unpermitted"])}
        for row in page.categories
    ]
    advertisers = [
        {
            **row,
            "label": printable(row["name"] or row["advertiser_id"], 34),
            "told": people(row["people_unpermitted"]),
        }
        for row in page.advertisers
    ]
    themes = [{**row, "name": printable(row["name"], 34)} for row in page.themes]
    axis = {"axis": say["axis_people"]}
    return {
        "categories": charts.bars(
            categories, label="category", value="people_unpermitted", told="told", words=axis
        ),
        "months": charts.over_months(
            page.months, {"with": say["permitted"], "without": say["unpermitted"], **axis}
        ),
        "advertisers": charts.bars(
            advertisers, label="label", value="people_unpermitted", told="told", words=axis
        ),
        "spread": charts.spread(
            themes, {"people": say["axis_members"], "advertisers": say["axis_advertisers"]}
        ),
    }


def printable(text: object, longest: int = LONGEST) -> str:
    """Text with control and direction characters made visible, shortened."""
    source = str(text)
    kept = source[:longest]
    shown = "".join(
        c if unicodedata.category(c) not in {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"} else f"⟨U+{ord(c):04X}⟩"
        for c in kept
    )
    return shown + ("…" if len(source) > longest else "")


def _marked(name: object, evidence: object) -> Markup:
    """A name with the words that gave it away marked."""
    shown, found = printable(name), printable(evidence)
    before, hit, after = shown.partition(found) if found else (shown, "", "")
    return Markup("{}<mark>{}</mark>{}").format(before, hit, after) if hit else Markup("{}").format(shown)


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _text(name: str) -> str:
    return resources.files("haechi.audit.report").joinpath(name).read_text(encoding="utf-8").strip()
