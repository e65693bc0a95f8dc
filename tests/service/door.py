"""Coming in at the console's door without a browser."""

from typing import Any

from httpx import Client

PASSWORD = "correct horse battery"  # noqa: S105 - of a test


def form_mark(client: Client, path: str = "/console/sign-in") -> str:
    """What the form of a page carries."""
    return client.get(path).text.split('name="form" value="')[1].split('"')[0]


def tried(client: Client, name: str, password: str = PASSWORD, **headers: str) -> Any:
    """The answer to a sign-in by the form of this browser."""
    data = {"name": name, "password": password, "form": form_mark(client)}
    return client.post("/console/sign-in", data=data, headers=headers, follow_redirects=False)


def signed_in(client: Client, name: str, password: str = PASSWORD) -> int:
    """The status of a sign-in: 303 where it came in."""
    return int(tried(client, name, password).status_code)
