"""Answers for many people in one run: one state of the database, one signed checkpoint."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import Engine

from haechi.law import LawPack
from haechi.ledger.seal import Master
from haechi.rights.controller import Controller
from haechi.stores.answers import Answers
from haechi.stores.ledger.heads import sign_head
from haechi.stores.ledger.secrets import signing_key
from haechi.stores.rows import reading, writing
from haechi.themes.evidence import EvidenceRule


@contextmanager
def answering(
    engine: Engine,
    packs: Mapping[str, LawPack],
    rule: EvidenceRule,
    *,
    controller: Controller,
    master: Master | None,
    now: datetime,
) -> Iterator[Answers]:
    """Puts answers together while it lasts.

    Where the environment names the ledger's signing key, the ledger's checkpoint is signed first, so that each entry
    comes with its proof.

    Args:
        engine: the database.
        packs: the laws.
        rule: kind weights, threshold and lapse.
        controller: who answers for the data.
        master: opens what the ledger says of people.
        now: naive UTC instant.
    """
    key = signing_key()
    if key is None:
        head = None
    else:
        with writing(engine) as connection:
            head = sign_head(connection, key)
    with reading(engine) as connection:
        yield Answers(connection, packs, rule, controller=controller, master=master, head=head, now=now)
