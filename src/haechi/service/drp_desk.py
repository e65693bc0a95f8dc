"""What agents send, taken through the protocol's chain of checks, in its order (DRP 1.0, section 3.07)."""

from datetime import datetime
from pathlib import Path

from haechi.errors import UsageError
from haechi.rights.drp.directory import read_directory
from haechi.rights.drp.envelope import decoded, digest, verified
from haechi.rights.drp.identity import FindPerson, claims_of
from haechi.rights.drp.message import (
    Exercise,
    Revocation,
    Setup,
    as_message,
    check,
    check_callback,
    expiry,
    said,
)
from haechi.rights.drp.refusal import RefusedError
from haechi.rights.drp.status import Status
from haechi.rights.exchange import Drp
from haechi.stores.agents import Agents, SetUp


class Directory:
    """The network's agents, from the operator's file; an agent that is taken out of it is out with the next call.

    Args:
        file: JSON, as section 3.05.1 describes it.

    Raises:
        UsageError: the file is none.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._state: tuple[int, int, int] | None = None
        self._keys: dict[str, bytes] = {}
        self.key_of("")

    def key_of(self, agent_id: str) -> bytes | None:
        """An agent's key, or None where there is no such agent.

        Raises:
            UsageError: the file is gone or damaged: then nobody is trusted.
        """
        try:
            stat = self._file.stat()
            state = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
            if state != self._state:
                self._keys = read_directory(self._file.read_bytes(), self._file.name)
                self._state = state
        except OSError as fault:
            raise UsageError(
                f"{self._file.name}: expected the agents of the directory; {fault.strerror}."
            ) from None
        return self._keys.get(agent_id)


class DrpDesk:
    """Takes what agents send.

    Args:
        settings: of the protocol.
        agents: who is set up, and what they asked for.
        find_person: who the person of verified claims is.
    """

    def __init__(self, settings: Drp, agents: Agents, find_person: FindPerson) -> None:
        self._settings = settings
        self._agents = agents
        self._find_person = find_person
        self._directory = Directory(Path(settings.agents))

    def set_up(self, agent_id: str, body: bytes, *, now: datetime) -> str:
        """A token for an agent who signed for it (section 2.05).

        Raises:
            RefusedError: a step of the chain does not hold.
        """
        signed = decoded(body)
        key = self._directory.key_of(agent_id)
        if key is None:
            raise RefusedError(403, "no such agent in the directory.")
        message = as_message(said(verified(signed, key)), Setup)
        self._check(message, agent_id, now)
        return self._agents.set_up(
            agent_id, key, digest(signed), expires_at=expiry(message.expires_at), now=now
        )

    def expect(self, agent_id: str, token: str) -> None:
        """Whether a token is an agent's (section 2.06).

        Raises:
            RefusedError: it is not.
        """
        if self._known(token).agent_id != agent_id:
            raise RefusedError(403, "the token is another agent's.")

    def exercise(self, token: str, body: bytes, *, now: datetime) -> Status:
        """Takes a request in (section 2.01); sent again it is the same request.

        Raises:
            RefusedError: a step of the chain does not hold, or there is no such action.
        """
        agent_id, key = self._known(token)
        signed = decoded(body)
        fields = said(verified(signed, key))
        message = as_message(fields, Exercise)
        self._check(message, agent_id, now)
        check_callback(message.status_callback)
        claims = claims_of(fields, identifier=self._settings.identifiers.get(agent_id))
        return self._agents.exercise(
            agent_id,
            message,
            digest(signed),
            verified=claims is not None,
            person_id=None if claims is None else self._find_person(claims),
            now=now,
        )

    def status(self, token: str, request_id: str, *, now: datetime) -> Status:
        """How a request stands (section 2.02).

        Raises:
            RefusedError: it is none of this agent's.
        """
        return self._agents.status(self._known(token).agent_id, request_id, now=now)

    def revoke(self, token: str, request_id: str, body: bytes, *, now: datetime) -> Status:
        """Ends a request (section 2.04); the signed message may say a reason alone.

        Raises:
            RefusedError: a step of the chain does not hold, or the request cannot be ended any more.
        """
        agent_id, key = self._known(token)
        message = as_message(said(verified(decoded(body), key)), Revocation)
        self._check(message, agent_id, now)
        return self._agents.revoke(agent_id, request_id, now=now)

    def verify(self, request_id: str, person_id: str, *, now: datetime) -> Status:
        """Carries on a request whose person showed who they are.

        Raises:
            HaechiError: there is no such request, or it waits for nobody.
        """
        return self._agents.verify(request_id, person_id, now=now)

    def _check(self, message: Setup | Revocation, agent_id: str, now: datetime) -> None:
        check(message, agent_id=agent_id, business_id=self._settings.business, now=now)

    def _known(self, token: str) -> SetUp:
        known = self._agents.agent_of(token)
        # A token ends with the key that it was got by: who took that key may have got the token too.
        if known is None or self._directory.key_of(known.agent_id) != known.verify_key:
            raise RefusedError(401, "expected the token of an agent: Authorization: Bearer …")
        return known
