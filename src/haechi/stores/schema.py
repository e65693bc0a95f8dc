"""The platform's tables.

The words are those of the records contract. People, items, themes and advertisers have a number of ours beside the
identifier that the platform's owner gave them: numbers make the large tables small, and the sets of people that
audiences are made of hold 32-bit numbers. Instants are whole microseconds since 1970 in UTC, the same on every
database. Large tables are clustered by person, so that all about one person is found in one place.
"""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    true,
)

METADATA: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)
_NUMBER: Final = BigInteger().with_variant(Integer, "sqlite")
"""A number that the database gives; SQLite counts rows only in what it calls INTEGER."""
_INSTANT: Final = BigInteger


def _clustered(name: str, *columns: Column[object] | Index) -> Table:
    """A table that SQLite keeps in the order of its primary key."""
    return Table(name, METADATA, *columns, sqlite_with_rowid=False)


people: Final = Table(
    "people",
    METADATA,
    Column("person", _NUMBER, primary_key=True),
    Column("person_id", Text, nullable=False, unique=True),
    Column("country", Text),
    Column("region", Text),
    Column("birth_date", Date),
    # What the person had corrected wins over what programs say afterwards.
    Column("corrected_at", _INSTANT),
)

items: Final = Table(
    "items",
    METADATA,
    Column("item", _NUMBER, primary_key=True),
    Column("item_id", Text, nullable=False, unique=True),
    # What is known of an item may come after the first behaviour on it.
    Column("kind", Text),
    Column("name", Text),
    Column("lang", Text),
)

themes: Final = Table(
    "themes",
    METADATA,
    Column("theme", _NUMBER, primary_key=True),
    Column("theme_id", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("path", Text),
    Column("lang", Text),
    Column("taxonomy", Text),
    Column("state", Text, nullable=False),
    # JSON list of categories: what deciding looks at.
    Column("categories", Text),
    # JSON of where it stands in its life: the last screening, a first person's verdict.
    Column("standing", Text, nullable=False, server_default="{}"),
    # Each screening asks what a theme took in.
    Column("merged_into", _NUMBER, ForeignKey("themes.theme"), index=True),
    # From here on people may be in it; null while nobody may.
    Column("approved_at", _INSTANT),
    Column("created_at", _INSTANT, nullable=False),
    # Raised with each change, so that two people who change one theme do not overwrite each other.
    Column("version", Integer, nullable=False),
)

theme_events: Final = Table(
    "theme_events",
    METADATA,
    Column("event", _NUMBER, primary_key=True),
    Column("theme", _NUMBER, ForeignKey("themes.theme"), nullable=False, index=True),
    Column("at", _INSTANT, nullable=False),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    # JSON: what was judged, by which engine, under which laws, with the evidence.
    Column("detail", Text, nullable=False),
)

item_themes: Final = _clustered(
    "item_themes",
    Column("item", _NUMBER, ForeignKey("items.item"), primary_key=True),
    Column("theme", _NUMBER, ForeignKey("themes.theme"), primary_key=True),
    # Billionths: a weight of 1 is 1,000,000,000.
    Column("weight", BigInteger, nullable=False),
    Index("ix_item_themes_theme", "theme"),
)

batches: Final = Table(
    "batches",
    METADATA,
    Column("batch", _NUMBER, primary_key=True),
    Column("source", Text, nullable=False),
    Column("idempotency_key", Text, nullable=False),
    # SHA-256 of what was sent: the same key with other content is a mistake of the caller.
    Column("digest", LargeBinary, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("received_at", _INSTANT, nullable=False),
    UniqueConstraint("source", "idempotency_key"),
)

behaviours: Final = _clustered(
    "behaviours",
    Column("person", _NUMBER, ForeignKey("people.person"), primary_key=True),
    Column("item", _NUMBER, ForeignKey("items.item"), primary_key=True),
    Column("occurred_at", _INSTANT, primary_key=True),
    # Two equal behaviours at one instant are two behaviours; the batch and the place in it tell them apart.
    Column("batch", _NUMBER, ForeignKey("batches.batch"), primary_key=True),
    Column("place", Integer, primary_key=True),
    # No index by item: it would cost as much again at every behaviour, and only the approval or another mapping of a
    # theme asks by item, which may read the whole table.
    Column("kind", SmallInteger, nullable=False),
)

evidence: Final = _clustered(
    "evidence",
    Column("person", _NUMBER, primary_key=True),
    Column("theme", _NUMBER, primary_key=True),
    # Thousandths, after the last change, which was at `at`. While somebody is in the theme it is the score too.
    Column("evidence", BigInteger, nullable=False),
    Column("at", _INSTANT, nullable=False),
)

memberships: Final = _clustered(
    "memberships",
    Column("person", _NUMBER, primary_key=True),
    Column("theme", _NUMBER, primary_key=True),
    Column("since", _INSTANT, primary_key=True),
    Column("until", _INSTANT),
    # Thousandths when it closed; null while it is open, when `evidence` has it.
    Column("score", BigInteger),
    Index("ix_memberships_theme", "theme", "until"),
)

permissions: Final = Table(
    "permissions",
    METADATA,
    Column("permission", _NUMBER, primary_key=True),
    Column("person", _NUMBER, ForeignKey("people.person"), nullable=False, index=True),
    Column("purpose", Text, nullable=False),
    Column("category", Text),
    Column("basis", Text, nullable=False),
    Column("law", Text),
    Column("given_at", _INSTANT, nullable=False),
    Column("withdrawn_at", _INSTANT),
    Column("expires_at", _INSTANT),
    Column("notice", Text, nullable=False),
    Column("evidence", Text, nullable=False),
    Column("separate", Boolean, nullable=False),
    Column("by_guardian", Boolean, nullable=False),
    # JSON list of the advertisers that the person was told of; null: it names none.
    Column("recipients", Text),
    Column("recorded_at", _INSTANT, nullable=False),
    # A permission that runs out must leave the audiences at that instant.
    Index("ix_permissions_expires_at", "expires_at"),
)

advertisers: Final = Table(
    "advertisers",
    METADATA,
    Column("advertiser", _NUMBER, primary_key=True),
    Column("advertiser_id", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("country", Text),
    Column("verified", Boolean, nullable=False),
    Column("created_at", _INSTANT, nullable=False),
)

keys: Final = Table(
    "keys",
    METADATA,
    Column("key", _NUMBER, primary_key=True),
    # The part of the key that may be shown; the secret is kept as a hash alone.
    Column("prefix", Text, nullable=False, unique=True),
    Column("secret_hash", LargeBinary, nullable=False),
    Column("name", Text, nullable=False),
    # JSON list of scopes.
    Column("scopes", Text, nullable=False),
    Column("advertiser", _NUMBER, ForeignKey("advertisers.advertiser")),
    Column("created_at", _INSTANT, nullable=False),
    Column("revoked_at", _INSTANT),
)

questions: Final = Table(
    "questions",
    METADATA,
    Column("question", _NUMBER, primary_key=True),
    Column("advertiser", _NUMBER, ForeignKey("advertisers.advertiser"), nullable=False),
    # Canonical form of what was asked, so that the same meaning has the same answer.
    Column("canonical", Text, nullable=False),
    # JSON of what was composed.
    Column("expression", Text, nullable=False),
    Column("period", Integer, nullable=False),
    Column("asked_at", _INSTANT, nullable=False),
    # JSON of what came of it, with the noisy count that no answer shows.
    Column("answered", Text, nullable=False),
    UniqueConstraint("advertiser", "canonical", "period"),
)

budgets: Final = Table(
    "budgets",
    METADATA,
    Column("advertiser", _NUMBER, ForeignKey("advertisers.advertiser"), primary_key=True),
    # What the advertiser's answered questions spent of whose budget; opaque to the database.
    Column("spent", LargeBinary, nullable=False),
    Column("version", Integer, nullable=False),
)

bookings: Final = Table(
    "bookings",
    METADATA,
    Column("handle", Text, primary_key=True),
    Column("advertiser", _NUMBER, ForeignKey("advertisers.advertiser"), nullable=False, index=True),
    Column("question", _NUMBER, ForeignKey("questions.question"), nullable=False),
    # JSON of what was composed.
    Column("expression", Text, nullable=False),
    Column("since", _INSTANT, nullable=False),
    Column("until", _INSTANT),
)

audit_trail: Final = Table(
    "audit_trail",
    METADATA,
    Column("entry", _NUMBER, primary_key=True),
    Column("at", _INSTANT, nullable=False, index=True),
    # Who: the name of an owner, a key or a command; never a person in the data.
    Column("by", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("object", Text, nullable=False),
    Column("detail", Text, nullable=False),
)

refusals: Final = _clustered(
    "refusals",
    # Counts by day, so that the console can show refusals by reason without keeping who was refused.
    Column("day", Integer, primary_key=True),
    Column("where", Text, primary_key=True),
    Column("code", Text, primary_key=True),
    Column("law", Text, primary_key=True),
    Column("category", Text, primary_key=True),
    Column("count", BigInteger, nullable=False),
)

settings: Final = Table(
    "settings",
    METADATA,
    # What the database was made with and must not silently change: the evidence rule, the engine's version.
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

users: Final = Table(
    "users",
    METADATA,
    Column("user", _NUMBER, primary_key=True),
    # A local user's name, or who the person is at a provider of OpenID Connect.
    Column("subject", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("password_hash", Text),
    Column("created_at", _INSTANT, nullable=False),
    Column("disabled_at", _INSTANT),
)

sessions: Final = Table(
    "sessions",
    METADATA,
    # SHA-256 of the cookie's secret.
    Column("session_hash", LargeBinary, primary_key=True),
    Column("user", _NUMBER, ForeignKey("users.user"), nullable=False),
    Column("csrf", Text, nullable=False),
    Column("created_at", _INSTANT, nullable=False),
    Column("seen_at", _INSTANT, nullable=False),
    Column("expires_at", _INSTANT, nullable=False),
)

ledger_head: Final = Table(
    "ledger_head",
    METADATA,
    # One row: whoever appends locks it, so that two never write beside each other.
    Column("ledger", Integer, primary_key=True, autoincrement=False),
    Column("size", BigInteger, nullable=False),
    # Hashes of the largest whole subtrees, the lowest first: all that appending needs to know.
    Column("edge", LargeBinary, nullable=False),
)

ledger_entries: Final = Table(
    "ledger_entries",
    METADATA,
    # From 0 on, without a gap.
    Column("entry", _NUMBER, primary_key=True, autoincrement=False),
    # Its place in `haechi.ledger.entry.KINDS`.
    Column("kind", SmallInteger, nullable=False),
    Column("leaf", LargeBinary, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("ix_ledger_entries_kind", "kind", "entry"),
)

ledger_tiles: Final = Table(
    "ledger_tiles",
    METADATA,
    # Level 1 and above; the hashes of level 0 stand beside the entries.
    Column("level", SmallInteger, primary_key=True, autoincrement=False),
    Column("tile", BigInteger, primary_key=True, autoincrement=False),
    Column("hashes", LargeBinary, nullable=False),
)

ledger_checkpoints: Final = Table(
    "ledger_checkpoints",
    METADATA,
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    # A signed note.
    Column("note", Text, nullable=False),
)

ledger_keys: Final = Table(
    "ledger_keys",
    METADATA,
    # Of a person, wrapped by the master key, which is not in the database.
    Column("person", _NUMBER, primary_key=True, autoincrement=False),
    Column("wrapped", LargeBinary, nullable=False),
)

ledger_people: Final = _clustered(
    "ledger_people",
    # Which entries are about whom: outside the tree, so that it can go with the key.
    Column("person", _NUMBER, primary_key=True),
    Column("entry", _NUMBER, primary_key=True),
)

requests: Final = Table(
    "requests",
    METADATA,
    Column("request", _NUMBER, primary_key=True),
    # Opaque: it may be shown and written down.
    Column("request_id", Text, nullable=False, unique=True),
    # Null once the person was erased: that there was a request, and how it was answered, stays.
    Column("person", _NUMBER, ForeignKey("people.person"), index=True),
    Column("kind", Text, nullable=False),
    # JSON list of the laws that it is judged by: those of the person on the day it came.
    Column("laws", Text, nullable=False),
    # How it came: page, agent or desk.
    Column("via", Text, nullable=False),
    # JSON of what exactly is asked for; emptied with the person.
    Column("detail", Text, nullable=False),
    Column("received_at", _INSTANT, nullable=False),
    # First instant at which an answer is late; null where no law names a number of days.
    Column("due_at", _INSTANT),
    Column("extended_at", _INSTANT),
    Column("extension_reason", Text, nullable=False, server_default=""),
    # It waits until then, so that who did not ask for it can stop it; null where nothing is waited for.
    Column("waits_until", _INSTANT),
    Column("answered_at", _INSTANT),
    Column("outcome", Text, nullable=False),
    Column("ground", Text),
    Column("reason", Text, nullable=False, server_default=""),
    Column("version", Integer, nullable=False),
    # What is open is asked for again and again, by when it is due.
    Index("ix_requests_outcome", "outcome", "due_at"),
)

stops: Final = Table(
    "stops",
    METADATA,
    Column("stop", _NUMBER, primary_key=True),
    Column("person", _NUMBER, ForeignKey("people.person"), nullable=False, index=True),
    # What may no longer be done; null: nothing at all.
    Column("purpose", Text),
    # With which theme; null: with any.
    Column("theme", _NUMBER, ForeignKey("themes.theme")),
    Column("since", _INSTANT, nullable=False),
    Column("lifted_at", _INSTANT),
    Column("request", _NUMBER, ForeignKey("requests.request"), nullable=False, index=True),
)

erased: Final = _clustered(
    "erased",
    # Keyed hash of the identifier of a person who was erased, so that what comes late is not taken in again.
    Column("mark", LargeBinary, primary_key=True),
    Column("erased_at", _INSTANT, nullable=False),
    # The person came back by giving a permission; what happened before stays out.
    Column("returned_at", _INSTANT),
)

grants: Final = _clustered(
    "grants",
    # What another system let its advertisers use, as its records tell; our own advertisers book audiences.
    Column("theme", _NUMBER, ForeignKey("themes.theme"), primary_key=True),
    Column("advertiser", _NUMBER, ForeignKey("advertisers.advertiser"), primary_key=True),
    Column("since", _INSTANT, primary_key=True),
    Column("until", _INSTANT),
)

disclosures: Final = _clustered(
    "disclosures",
    # An ad was delivered to a person because of a theme: the advertiser learned as much of whoever answers it.
    Column("person", _NUMBER, ForeignKey("people.person"), primary_key=True),
    Column("at", _INSTANT, primary_key=True),
    Column("advertiser", _NUMBER, ForeignKey("advertisers.advertiser"), primary_key=True),
    Column("theme", _NUMBER, ForeignKey("themes.theme"), primary_key=True),
    Column("purpose", Text, nullable=False),
    # False: the audience left out who is in the theme, and the person was not.
    Column("within", Boolean, nullable=False),
    # False: it should not have been delivered, and was all the same.
    Column("rightful", Boolean, nullable=False, server_default=true()),
    # SHA-256 of the booking's handle; null where another system's records tell of it.
    Column("handle_hash", LargeBinary),
    Index("ix_disclosures_advertiser", "advertiser", "person"),
)

outbox: Final = Table(
    "outbox",
    METADATA,
    Column("message", _NUMBER, primary_key=True),
    # Which kind of message, such as deletion or notice.
    Column("kind", Text, nullable=False),
    # An advertiser's identifier, or a person's address.
    Column("recipient", Text, nullable=False),
    Column("person", _NUMBER, ForeignKey("people.person"), index=True),
    Column("body", Text, nullable=False),
    Column("created_at", _INSTANT, nullable=False),
    # Taken by the operator's mailer, or by the recipient.
    Column("taken_at", _INSTANT),
    Column("acknowledged_at", _INSTANT),
    Index("ix_outbox_recipient", "recipient", "acknowledged_at"),
    # What still waits of a kind, and since when, is asked for again and again.
    Index("ix_outbox_kind", "kind", "acknowledged_at", "created_at"),
)

agents: Final = Table(
    "agents",
    METADATA,
    # As the network's directory names it.
    Column("agent_id", Text, primary_key=True),
    # The public key by which it set up: another one in the directory ends the token.
    Column("verify_key", LargeBinary, nullable=False),
    # SHA-256 of the token that the agent was given last; the one before counts no more.
    Column("token_hash", LargeBinary, nullable=False, unique=True),
    Column("set_up_at", _INSTANT, nullable=False),
)

agent_setups: Final = _clustered(
    "agent_setups",
    # SHA-256 of a signed key setup, until it expires: who sends it again gets no token.
    Column("digest", LargeBinary, primary_key=True),
    Column("expires_at", _INSTANT, nullable=False),
)

agent_requests: Final = Table(
    "agent_requests",
    METADATA,
    Column("agent_request", _NUMBER, primary_key=True),
    # A UUID: what the agent knows it by.
    Column("request_id", Text, nullable=False, unique=True),
    Column("agent_id", Text, ForeignKey("agents.agent_id"), nullable=False),
    # The agent's own name of it, or null.
    Column("agent_request_id", Text),
    # SHA-256 of the signed message. What it says of the person is kept nowhere.
    Column("digest", LargeBinary, nullable=False),
    Column("exercise", Text, nullable=False),
    Column("regime", Text),
    Column("status_callback", Text),
    Column("verification_url", Text),
    Column("results_url", Text),
    Column("received_at", _INSTANT, nullable=False),
    # Until then the person may show who they are; null where the agent had verified it.
    Column("verify_until", _INSTANT),
    # Why nothing came of it, in the protocol's words, or null.
    Column("denied", Text),
    Column("revoked_at", _INSTANT),
    # Ours that came of it; null while it is not known who asks, and where nothing came of it.
    Column("request", _NUMBER, ForeignKey("requests.request", ondelete="CASCADE"), index=True),
    # Whether ours was made for it; False: it was open already, and is not this agent's to take back.
    Column("made", Boolean, nullable=False),
    UniqueConstraint("agent_id", "digest"),
    UniqueConstraint("agent_id", "agent_request_id"),
)

pseudonyms: Final = _clustered(
    "pseudonyms",
    # The ad server was given the pseudonym by which this advertiser, and no other, may know the person.
    Column("person", _NUMBER, ForeignKey("people.person"), primary_key=True),
    Column("advertiser", _NUMBER, ForeignKey("advertisers.advertiser"), primary_key=True),
    Column("since", _INSTANT, nullable=False),
)

deletions: Final = Table(
    "deletions",
    METADATA,
    # Random: two advertisers do not see by it that they were told of one person.
    Column("deletion_id", Text, primary_key=True),
    Column("message", _NUMBER, ForeignKey("outbox.message", ondelete="CASCADE"), nullable=False, unique=True),
    # By which request; null once that is over its time.
    Column("request", _NUMBER, ForeignKey("requests.request", ondelete="SET NULL"), index=True),
    # The last result code that the advertiser answered with; null before.
    Column("result", Integer),
)

contacts: Final = Table(
    "contacts",
    METADATA,
    # Addresses of people that were known before anybody asked for anything: codes and notices go there.
    Column("contact", _NUMBER, primary_key=True),
    Column("person", _NUMBER, ForeignKey("people.person"), nullable=False),
    # email or phone.
    Column("kind", Text, nullable=False),
    # As messages are sent to it, and as it is compared.
    Column("address", Text, nullable=False),
    Column("folded", Text, nullable=False, index=True),
    Column("lang", Text, nullable=False),
    Column("known_since", _INSTANT, nullable=False),
    # Access was last regained by it.
    Column("recovered_at", _INSTANT),
    # Someone stopped what was done with it: no code goes there any more.
    Column("frozen_at", _INSTANT),
    # No longer the person's; it is told of changes for a while yet.
    Column("ended_at", _INSTANT),
    UniqueConstraint("person", "folded"),
)

passkeys: Final = Table(
    "passkeys",
    METADATA,
    Column("passkey", _NUMBER, primary_key=True),
    Column("person", _NUMBER, ForeignKey("people.person"), nullable=False, index=True),
    Column("credential_id", LargeBinary, nullable=False, unique=True),
    # Random, the same for all of a person's passkeys; it tells a browser nothing of the person.
    Column("user_handle", LargeBinary, nullable=False),
    Column("public_key", LargeBinary, nullable=False),
    # What the authenticator last counted; 0 where it counts nothing.
    Column("sign_count", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    Column("created_at", _INSTANT, nullable=False),
    Column("used_at", _INSTANT),
    Column("frozen_at", _INSTANT),
    Column("ended_at", _INSTANT),
)

doors: Final = Table(
    "doors",
    METADATA,
    # SHA-256 of the link's secret.
    Column("door_hash", LargeBinary, primary_key=True),
    Column("person", _NUMBER, ForeignKey("people.person"), nullable=False, index=True),
    # Who comes through it: the person, a guardian or an agent.
    Column("acting", Text, nullable=False),
    Column("created_at", _INSTANT, nullable=False),
    Column("expires_at", _INSTANT, nullable=False, index=True),
    Column("used_at", _INSTANT),
    # The session that it opened; whoever comes with the same link again ends it.
    Column("session_hash", LargeBinary),
)

codes: Final = Table(
    "codes",
    METADATA,
    # What somebody was sent or shown and has to give back, once. SHA-256 of what only their browser or letter holds.
    Column("holder_hash", LargeBinary, primary_key=True),
    # What it is good for.
    Column("purpose", Text, nullable=False),
    # Null where an unknown address asked: the code is right for nobody.
    Column("person", _NUMBER, ForeignKey("people.person"), index=True),
    Column("contact", _NUMBER, ForeignKey("contacts.contact")),
    # A challenge, or what a code is compared with; what the database holds opens nothing.
    Column("expected", LargeBinary, nullable=False),
    # JSON of what happens when it is given back.
    Column("detail", Text, nullable=False, server_default="{}"),
    Column("tries", Integer, nullable=False),
    Column("created_at", _INSTANT, nullable=False),
    Column("expires_at", _INSTANT, nullable=False, index=True),
)

person_sessions: Final = Table(
    "person_sessions",
    METADATA,
    # SHA-256 of the cookie's secret.
    Column("session_hash", LargeBinary, primary_key=True),
    Column("person", _NUMBER, ForeignKey("people.person"), nullable=False, index=True),
    Column("csrf", Text, nullable=False),
    Column("acting", Text, nullable=False),
    # JSON list of what was shown of who it is, and when: the level is worked out from it.
    Column("evidence", Text, nullable=False),
    Column("created_at", _INSTANT, nullable=False),
    Column("seen_at", _INSTANT, nullable=False),
    Column("expires_at", _INSTANT, nullable=False, index=True),
)

recovery_routes: Final = Table(
    "recovery_routes",
    METADATA,
    # Every way by which somebody gets in: what is not here is not served.
    Column("route", Text, primary_key=True),
    # active or retired.
    Column("state", Text, nullable=False),
    Column("since", _INSTANT, nullable=False),
    Column("retired_at", _INSTANT),
    Column("about", Text, nullable=False),
)

attempts: Final = _clustered(
    "attempts",
    # SHA-256 of what is limited: a route and a person, an address or everybody.
    Column("bucket", LargeBinary, primary_key=True),
    # When all of its room is free again; then the row goes.
    Column("free_at", _INSTANT, nullable=False),
    Index("ix_attempts_free_at", "free_at"),
)

answer_keys: Final = Table(
    "answer_keys",
    METADATA,
    Column("answer_key", _NUMBER, primary_key=True),
    Column("person", _NUMBER, ForeignKey("people.person"), nullable=False, index=True),
    # An age recipient: answers are sealed for it.
    Column("recipient", Text, nullable=False),
    Column("since", _INSTANT, nullable=False),
    Column("frozen_at", _INSTANT),
)
