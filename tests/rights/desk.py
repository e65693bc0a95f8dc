"""Commands of these tests, run in this process; and what they are told about the platform's owner."""

import io
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

from haechi.cli.app import app
from haechi.errors import HaechiError
from haechi.rights.controller import Controller

CONTROLLER = Controller(
    id="https://ads.example",
    name="Example Ads Inc.",
    address="1 Sejong-daero, Seoul",
    country="KR",
    contact="mailto:privacy@ads.example",
    withdrawal="https://ads.example/permissions",
    rights="https://ads.example/my-data",
    notices="https://ads.example/notices/{notice}",
    language="ko",
    storage=("KR",),
    retention="Until withdrawal, at most two years.",
)
CONTROLLER_TOML = "\n".join(
    f"{name} = {list(value) if isinstance(value, tuple) else repr(value)}".replace("'", '"')
    for name, value in ((name, getattr(CONTROLLER, name)) for name in Controller.__struct_fields__)
)


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
