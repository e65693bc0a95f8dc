"""Commands of these tests, run in this process; and what they are told about the platform's owner."""

import io
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

from haechi.cli.app import app
from haechi.errors import HaechiError
from haechi.rights.controller import Controller, Published, Retention

PUBLISHED = Published(
    id="https://ads.example",
    country="KR",
    withdrawal="https://ads.example/permissions",
    rights="https://ads.example/my-data",
    notices="https://ads.example/notices/{notice}",
    language="ko",
    storage=("KR",),
)
CONTROLLER = Controller(
    name="Example Ads Inc.",
    address="1 Sejong-daero, Seoul",
    contact="privacy@ads.example",
    retention=Retention(behaviours=365, memberships=365, permissions=730, disclosures=730, requests=730),
    published=PUBLISHED,
)
CONTROLLER_TOML = """
name = "Example Ads Inc."
address = "1 Sejong-daero, Seoul"
contact = "privacy@ads.example"

[retention]
behaviours = 365
memberships = 365
permissions = 730
disclosures = 730
requests = 730

[published]
id = "https://ads.example"
country = "KR"
withdrawal = "https://ads.example/permissions"
rights = "https://ads.example/my-data"
notices = "https://ads.example/notices/{notice}"
language = "ko"
storage = ["KR"]
"""


def run(*arguments: str | Path) -> tuple[int, str, str]:
    """Exit status, standard output, standard error."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        try:
            ended = app([str(one) for one in arguments], exit_on_error=False, print_error=False)
        except SystemExit as ending:
            ended = ending.code
        except HaechiError as fault:
            ended = 2
            err.write(str(fault))
    return int(ended or 0), out.getvalue(), err.getvalue()
