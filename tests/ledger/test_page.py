"""The page from which another could write a verifier says what the code does."""

from pathlib import Path

from haechi.ledger.entry import KINDS, read_entry
from haechi.stores.ledger.secrets import MASTER, SIGNING

PAGE = (Path(__file__).parents[2] / "docs/reference/ledger.md").read_text()


def test_every_kind_and_variable_is_on_the_page() -> None:
    """A kind that the page lacks is one that nobody outside can read."""
    table = PAGE.split("| kind | what happened |")[1].split("\n\n")[0]
    assert table.split("`")[1::2] == list(KINDS)
    for name in (SIGNING, MASTER):
        assert f"`{name}`, or `{name}_FILE`" in PAGE


def test_the_entry_on_the_page_is_one() -> None:
    """An example that the reader refuses teaches another format."""
    line = next(line.strip() for line in PAGE.split("\n") if '"kind":"theme-screened"' in line)
    entry = read_entry(line.replace('"sealed":"BASE64"', '"sealed":"AAAA"').encode())
    assert (entry.kind, entry.public) == ("theme-screened", {"theme": "t1"})
