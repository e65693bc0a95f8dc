"""`haechi explain`: why one name is judged as it is."""

import sys
from pathlib import Path
from typing import Literal

import msgspec

from haechi import sensitivity
from haechi.sensitivity.explain import as_text
from haechi.sensitivity.explain import explain as explained


def explain(
    name: str,
    *,
    path: str | None = None,
    lang: str | None = None,
    decisions: Path | None = None,
    format: Literal["text", "json"] = "text",  # noqa: A002 - as people call it on the command line
) -> None:
    """Show what the name of a theme gives away about the people filed under it, by which rule and which words.

    Parameters
    ----------
    name
        Name of a segment, interest, topic or page; may hold its tiers, joined with " > ".
    path
        The tiers above it.
    lang
        Language of the name (BCP 47); settles words that mean different things in two languages.
    decisions
        What people decided (haechi themes review); it wins over the engine.
    format
        text for people, json for machines.
    """
    explanation = explained(sensitivity.judge_with(decisions), name, path, lang)
    if format == "json":
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(explanation)).decode() + "\n")
        return
    for line in as_text(explanation):
        sys.stdout.write(line + "\n")
