"""What requests do to the data: stops, withdrawals, corrections, and who is told of it."""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import Connection, update

from haechi.errors import UsageError
from haechi.law import LawPack
from haechi.ledger.entry import Fact
from haechi.ledger.seal import Master
from haechi.rights.effect import Wanted, stopped
from haechi.stores import schema
from haechi.stores.clock import micros
from haechi.stores.deletions import tell_advertisers
from haechi.stores.identity.notices import tell
from haechi.stores.keep_anew import keep_anew
from haechi.stores.ledger.append import append
from haechi.stores.numbers import number_of
from haechi.stores.stops import stop
from haechi.terms.words import RequestKind
from haechi.themes.evidence import EvidenceRule


class Obeying:
    """Carries out what requests ask for, in the caller's transaction.

    Args:
        packs: the laws.
        rule: kind weights, threshold and lapse.
        master: seals what the ledger says of people.
        origin: of the people's page, where an erasure can be stopped; None: there is none, and nobody is written to.
    """

    def __init__(
        self, packs: Mapping[str, LawPack], rule: EvidenceRule, master: Master | None, origin: str | None
    ) -> None:
        self._packs = packs
        self._rule = rule
        self._master = master
        self._origin = origin

    def at_receipt(
        self,
        connection: Connection,
        number: int,
        person: int,
        kind: RequestKind,
        *,
        wanted: Wanted,
        now: datetime,
    ) -> None:
        """What a request does before anybody looks at it.

        Args:
            connection: in a transaction that nobody writes memberships beside.
            number: of the request.
            person: whose.
            kind: what is asked.
            wanted: what exactly.
            now: naive UTC instant.

        Raises:
            UsageError: there is no such theme.
        """
        if kind in ("objection", "withdrawal"):
            self.tell_advertisers(connection, person, number, kind, now=now)
        if kind == "erasure" and self._origin is not None:
            tell(connection, person, "erasure-asked", origin=self._origin, now=now)
        stop(connection, person, stopped(kind, wanted), request=number, now=now)
        if wanted.theme_id is not None:
            theme = number_of(connection, schema.themes, "theme", "theme_id", wanted.theme_id)
            if theme is None:
                raise UsageError(f"no theme {wanted.theme_id[:80]!r}; expected one that the person is in.")
            stop(connection, person, (None,), request=number, theme=theme, now=now)
        if kind == "withdrawal":
            self._withdraw(connection, person, wanted, now)
        if stopped(kind, wanted) or wanted.theme_id is not None or kind == "withdrawal":
            self.keep_anew(connection, person, now=now)

    def correct(self, connection: Connection, person: int, wanted: Wanted, *, now: datetime) -> None:
        """Another place or date of birth; which law holds may be another one then, and who is in what too."""
        told = {
            "country": wanted.country,
            "region": wanted.region,
            "birth_date": None if wanted.birth_date is None else date.fromisoformat(wanted.birth_date),
        }
        if wanted.country is not None and wanted.region is None:
            # The region of another country is none here.
            told["region"] = ""
        values = {name: value or None for name, value in told.items() if value is not None}
        if values:
            p = schema.people
            connection.execute(
                update(p).where(p.c.person == person).values(**values, corrected_at=micros(now))
            )
            self.keep_anew(connection, person, now=now)

    def keep_anew(self, connection: Connection, person: int, *, now: datetime) -> None:
        """Works out anew what the person is in."""
        keep_anew(connection, {person}, self._packs, self._rule, now=now)

    def tell_advertisers(
        self, connection: Connection, person: int, number: int, kind: RequestKind, *, now: datetime
    ) -> None:
        """Tells the advertisers that received something about the person to delete it."""
        tell_advertisers(connection, person, number, kind, master=self._master, now=now)

    def _withdraw(self, connection: Connection, person: int, wanted: Wanted, now: datetime) -> None:
        g = schema.permissions
        which = (g.c.person == person) & g.c.withdrawn_at.is_(None)
        if wanted.purpose is not None:
            which &= g.c.purpose == wanted.purpose
        if wanted.category is not None:
            which &= g.c.category == wanted.category
        ended = connection.execute(update(g).where(which).values(withdrawn_at=micros(now))).rowcount
        if ended:
            said = {"purpose": wanted.purpose, "category": wanted.category, "ended": int(ended)}
            fact = Fact("permission-withdrawn", now, {})
            if self._master is not None:
                fact = Fact("permission-withdrawn", now, {}, person, said)
            append(connection, [fact], master=self._master)
