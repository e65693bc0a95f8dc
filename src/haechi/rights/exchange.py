"""How the platform deals with agents and advertisers about people's rights: the operator's file, in TOML."""

from pathlib import Path
from typing import Annotated

import msgspec

from haechi.rights.addresses import is_https
from haechi.rights.deletion import Issuer
from haechi.rights.toml_file import read_toml

_Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class Drp(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The Data Rights Protocol.

    Attributes:
        agents: file with the agents of the network's directory, beside this one or with a whole path.
        business: what the network calls us, `business-id`.
        verification: address of the page where a person shows who they are; the identifier of the request is put at
            its end. None: what the agent did not verify is denied.
        results: the same, where a person who signed in finds what they asked for.
        identifiers: for an agent, the claim in which it carries the platform's own identifiers of people.
        callbacks: whether Haechi itself tells agents over the network how a request stands.
    """

    agents: str
    business: _Name
    verification: str | None = None
    results: str | None = None
    identifiers: dict[str, _Name] = {}
    callbacks: bool = False

    def __post_init__(self) -> None:
        """Refuses pages that somebody could listen to on the way.

        Raises:
            ValueError: an address is without https.
        """
        for name, url in (("verification", self.verification), ("results", self.results)):
            if url is not None and not is_https(url):
                raise ValueError(f"{name}: expected a URL with https")


class Exchange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the operator set up; what is missing is not served.

    Attributes:
        drp: the Data Rights Protocol, or None.
        deletions: who signs deletion requests, or None: they wait until somebody does.
    """

    drp: Drp | None = None
    deletions: Issuer | None = None


def read_exchange(file: Path) -> Exchange:
    """The operator's file.

    Raises:
        UsageError: it cannot be read, or lacks something; the message names it.
    """
    page = "docs/reference/data-rights-protocol.md"
    found = read_toml(file, Exchange, about="how agents and advertisers are dealt with", page=page)
    if found.drp is None:
        return found
    drp = msgspec.structs.replace(found.drp, agents=str(file.parent / found.drp.agents))
    return msgspec.structs.replace(found, drp=drp)
