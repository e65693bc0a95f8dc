"""Which agents there are, and by which key each signs: the network's directory, as the operator was given it.

The directory is the root of all trust in agents (DRP 1.0, section 3.05.1): it comes as a file from the network's
keepers, and is never fetched.
"""

from typing import Annotated, Final

import msgspec

from haechi.errors import UsageError
from haechi.ledger.keys import read_base64

_KEY: Final = 32
_LOWEST_BITS: Final = 0x7F
_SMALL: Final = frozenset(
    bytes.fromhex(one)
    for one in (
        "00" * 32,
        "01" + "00" * 31,
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "ec" + "ff" * 30 + "7f",
        "ed" + "ff" * 30 + "7f",
        "ee" + "ff" * 30 + "7f",
    )
)
"""Keys of small order, such as the zeros of a placeholder: anybody can sign in their name."""


class Agent(msgspec.Struct, frozen=True, kw_only=True):
    """An agent of the directory; its other fields, contacts among them, are passed over.

    Attributes:
        id: by which it is known.
        verify_key: its Ed25519 public key in base 64.
        name: for people.
    """

    id: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_.:-]{1,100}$")]
    verify_key: str
    name: str = ""


def read_directory(written: bytes, file: str) -> dict[str, bytes]:
    """The key of each agent.

    Args:
        written: a JSON list of agents, as section 3.05.1 describes each.
        file: whence, for errors.

    Raises:
        UsageError: it is no such list, names an agent twice, or a key is none that an agent can sign with.
    """
    try:
        agents = msgspec.json.decode(written, type=list[Agent])
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as fault:
        raise UsageError(
            f"{file}: expected the agents of a service directory, a JSON list; {fault}."
        ) from None
    keys: dict[str, bytes] = {}
    for agent in agents:
        if agent.id in keys:
            raise UsageError(f"{file}: the agent {agent.id} is there twice; expected each once.")
        keys[agent.id] = _key(agent, file)
    return keys


def _key(agent: Agent, file: str) -> bytes:
    # The schema's pattern has no place for the sign that fills base 64 up; both are written.
    raw = read_base64(agent.verify_key.rstrip("=") + "=")
    if raw is None or len(raw) != _KEY or raw[:-1] + bytes([raw[-1] & _LOWEST_BITS]) in _SMALL:
        raise UsageError(
            f"{file}: the verify_key of {agent.id} is no key; expected an Ed25519 public key in base 64."
        )
    return raw
