"""The sentence that a regulator would write, in the variant that the figures allow."""

from haechi.audit.inquiry import Lang
from haechi.audit.model import Findings
from haechi.audit.report.say import people_of, words
from haechi.audit.wording import Count

PROFILED = "sensitive-processing"
EXPOSED = "sensitive-disclosure"


def unchecked(findings: Findings) -> dict[str, str]:
    """Each check that could not run, and what it lacked."""
    return {row.check: ", ".join(row.missing) for row in findings.dataset.unavailable_checks}


def sentence(findings: Findings, lang: Lang) -> str:
    """One or two sentences; a figure that could not be found out is never told as zero."""
    say, totals, lacking = words(lang), findings.totals, unchecked(findings)
    people = people_of(say)
    profiled, exposed = totals["people_profiled_unpermitted"], totals["people_exposed_unpermitted"]
    if exposed:
        variant, told, missing = "exposed", exposed, ""
    elif PROFILED in lacking:
        variant, told, missing = "unknown", 0, lacking[PROFILED]
    elif EXPOSED in lacking:
        variant, told, missing = "profiled_only" if profiled else "none_only", profiled, lacking[EXPOSED]
    else:
        variant, told, missing = "profiled" if profiled else "none", profiled, ""
    return str(say["sentence"][variant]).format(
        people=people(told),
        themes=Count(totals["sensitive_themes"]),
        advertisers=Count(totals["advertisers_receiving_unpermitted"]),
        missing=missing,
    )
