"""The sentence that a regulator would write, in the variant that the figures allow."""

from collections import Counter

from haechi.audit.inquiry import Lang
from haechi.audit.model import Findings
from haechi.audit.report.say import people_of, words
from haechi.audit.wording import Count
from haechi.terms.words import SEVERITIES

PROFILED = "sensitive-processing"
EXPOSED = "sensitive-disclosure"


def unchecked(findings: Findings) -> dict[str, str]:
    """Each check that could not run, and what it lacked."""
    return {row.check: ", ".join(row.missing) for row in findings.dataset.unavailable_checks}


def sentence(findings: Findings, lang: Lang) -> str:
    """One or two sentences; a figure that could not be found out is never told as zero."""
    say, totals, lacking = words(lang), findings.totals, unchecked(findings)
    profiled, exposed = totals["people_profiled_unpermitted"], totals["people_exposed_unpermitted"]
    themes = findings.theme_counts.profiled_unpermitted
    if exposed:
        variant, told, missing = "exposed", exposed, ""
        themes = findings.theme_counts.exposed_unpermitted
    elif PROFILED in lacking:
        variant, told, missing = "unknown", 0, lacking[PROFILED]
        themes = totals["sensitive_themes"]
    elif EXPOSED in lacking:
        variant, told, missing = "profiled_only" if profiled else "none_only", profiled, lacking[EXPOSED]
    else:
        variant, told, missing = "profiled" if profiled else "none", profiled, ""
    text = str(say["sentence"][variant]).format(
        people=people_of(say, unit=say["persons"])(told),
        themes=Count(themes),
        advertisers=Count(totals["advertisers_receiving_unpermitted"]),
        missing=missing,
    )
    return text[:1].upper() + text[1:]


def severities(findings: Findings, lang: Lang) -> str:
    """How many findings of each severity there are, gravest first; what an exit status stands on."""
    counts = Counter(found.severity for found in findings.findings)
    told = [words(lang)["counted"][name].format(counts[name]) for name in SEVERITIES if counts[name]]
    return ", ".join(told) or str(words(lang)["findings_none"])
