"""Identity: addresses, passkeys, sessions of people, the ways in, and what limits guessing."""

import time

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_ROUTES = {
    "door": "one-time link from the operator's own signed-in session",
    "passkey": "sign-in by a passkey of the person",
    "contact": "one-time code to an address that was known before",
}
"""The ways in of this revision. A way that code adds later is served only once its own revision lists it."""


def upgrade() -> None:
    """To this revision."""
    op.create_table(
        "attempts",
        sa.Column("bucket", sa.LargeBinary(), nullable=False),
        sa.Column("free_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("bucket", name=op.f("pk_attempts")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("attempts", schema=None) as batch_op:
        batch_op.create_index("ix_attempts_free_at", ["free_at"], unique=False)

    op.create_table(
        "recovery_routes",
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("retired_at", sa.BigInteger(), nullable=True),
        sa.Column("about", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("route", name=op.f("pk_recovery_routes")),
    )
    op.create_table(
        "answer_keys",
        sa.Column("answer_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("frozen_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["person"], ["people.person"], name=op.f("fk_answer_keys_person")),
        sa.PrimaryKeyConstraint("answer_key", name=op.f("pk_answer_keys")),
    )
    with op.batch_alter_table("answer_keys", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_answer_keys_person"), ["person"], unique=False)

    op.create_table(
        "contacts",
        sa.Column("contact", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("lang", sa.Text(), nullable=False),
        sa.Column("known_since", sa.BigInteger(), nullable=False),
        sa.Column("recovered_at", sa.BigInteger(), nullable=True),
        sa.Column("frozen_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["person"], ["people.person"], name=op.f("fk_contacts_person")),
        sa.PrimaryKeyConstraint("contact", name=op.f("pk_contacts")),
        sa.UniqueConstraint("person", "folded", name=op.f("uq_contacts_person_folded")),
    )
    with op.batch_alter_table("contacts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contacts_folded"), ["folded"], unique=False)

    op.create_table(
        "doors",
        sa.Column("door_hash", sa.LargeBinary(), nullable=False),
        sa.Column("person", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("acting", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.Column("session_hash", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["person"], ["people.person"], name=op.f("fk_doors_person")),
        sa.PrimaryKeyConstraint("door_hash", name=op.f("pk_doors")),
    )
    with op.batch_alter_table("doors", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_doors_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_doors_person"), ["person"], unique=False)

    op.create_table(
        "passkeys",
        sa.Column("passkey", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("user_handle", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.Column("frozen_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["person"], ["people.person"], name=op.f("fk_passkeys_person")),
        sa.PrimaryKeyConstraint("passkey", name=op.f("pk_passkeys")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkeys_credential_id")),
    )
    with op.batch_alter_table("passkeys", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_passkeys_person"), ["person"], unique=False)

    op.create_table(
        "person_sessions",
        sa.Column("session_hash", sa.LargeBinary(), nullable=False),
        sa.Column("person", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("csrf", sa.Text(), nullable=False),
        sa.Column("acting", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["people.person"], name=op.f("fk_person_sessions_person")),
        sa.PrimaryKeyConstraint("session_hash", name=op.f("pk_person_sessions")),
    )
    with op.batch_alter_table("person_sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_person_sessions_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_person_sessions_person"), ["person"], unique=False)

    op.create_table(
        "codes",
        sa.Column("holder_hash", sa.LargeBinary(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("person", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("contact", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("expected", sa.LargeBinary(), nullable=False),
        sa.Column("detail", sa.Text(), server_default="{}", nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["contact"], ["contacts.contact"], name=op.f("fk_codes_contact")),
        sa.ForeignKeyConstraint(["person"], ["people.person"], name=op.f("fk_codes_person")),
        sa.PrimaryKeyConstraint("holder_hash", name=op.f("pk_codes")),
    )
    with op.batch_alter_table("codes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_codes_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_codes_person"), ["person"], unique=False)

    routes = sa.table(
        "recovery_routes",
        sa.column("route", sa.Text),
        sa.column("state", sa.Text),
        sa.column("since", sa.BigInteger),
        sa.column("about", sa.Text),
    )
    op.bulk_insert(
        routes,
        [
            {"route": route, "state": "active", "since": time.time_ns() // 1_000, "about": about}
            for route, about in _ROUTES.items()
        ],
    )


def downgrade() -> None:
    """Back from this revision: passkeys, addresses and sessions of people go."""
    with op.batch_alter_table("codes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_codes_person"))
        batch_op.drop_index(batch_op.f("ix_codes_expires_at"))

    op.drop_table("codes")
    with op.batch_alter_table("person_sessions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_person_sessions_person"))
        batch_op.drop_index(batch_op.f("ix_person_sessions_expires_at"))

    op.drop_table("person_sessions")
    with op.batch_alter_table("passkeys", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_passkeys_person"))

    op.drop_table("passkeys")
    with op.batch_alter_table("doors", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_doors_person"))
        batch_op.drop_index(batch_op.f("ix_doors_expires_at"))

    op.drop_table("doors")
    with op.batch_alter_table("contacts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contacts_folded"))

    op.drop_table("contacts")
    with op.batch_alter_table("answer_keys", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_answer_keys_person"))

    op.drop_table("answer_keys")
    op.drop_table("recovery_routes")
    with op.batch_alter_table("attempts", schema=None) as batch_op:
        batch_op.drop_index("ix_attempts_free_at")

    op.drop_table("attempts")
