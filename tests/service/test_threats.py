"""The threat model names tests: each of them is there."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_each_threat_names_a_test_that_exists() -> None:
    """A table that names tests which were renamed or dropped promises what nobody checks."""
    lines = (ROOT / "docs/security.md").read_text().splitlines()
    threats = [
        line for line in lines if line.startswith("| ") and line.split("|")[3].strip() not in ("test", "---")
    ]
    assert len(threats) > 30
    missing = []
    for line in threats:
        named = re.findall(r"`(tests/[^`]*)`", line.split("|")[3])
        assert named, f"no test: {line}"
        assert "…" not in line, f"each test in full, so that rows can be moved: {line}"
        missing += [one for one in named if not exists(one)]
    assert missing == []


def exists(named: str) -> bool:
    file, _, function = named.partition("::")
    place = ROOT / file
    if not function:
        return place.exists()
    tree = ast.parse(place.read_text())
    return any(isinstance(node, ast.FunctionDef) and node.name == function for node in tree.body)
