"""Rights: requests, what they stop, who was erased, what advertisers were told, and messages that wait."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision."""
    with op.batch_alter_table("permissions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("recipients", sa.Text(), nullable=True))
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.add_column(sa.Column("corrected_at", sa.BigInteger(), nullable=True))

    op.create_table(
        "erased",
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.Column("erased_at", sa.BigInteger(), nullable=False),
        sa.Column("returned_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_erased")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "disclosures",
        sa.Column("person", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("advertiser", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("theme", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("within", sa.Boolean(), nullable=False),
        sa.Column("rightful", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("handle_hash", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["advertiser"], ["advertisers.advertiser"], name=op.f("fk_disclosures_advertiser")
        ),
        sa.ForeignKeyConstraint(["person"], ["people.person"], name=op.f("fk_disclosures_person")),
        sa.ForeignKeyConstraint(["theme"], ["themes.theme"], name=op.f("fk_disclosures_theme")),
        sa.PrimaryKeyConstraint("person", "at", "advertiser", "theme", name=op.f("pk_disclosures")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("disclosures", schema=None) as batch_op:
        batch_op.create_index("ix_disclosures_advertiser", ["advertiser", "person"], unique=False)

    op.create_table(
        "grants",
        sa.Column("theme", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("advertiser", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["advertiser"], ["advertisers.advertiser"], name=op.f("fk_grants_advertiser")
        ),
        sa.ForeignKeyConstraint(["theme"], ["themes.theme"], name=op.f("fk_grants_theme")),
        sa.PrimaryKeyConstraint("theme", "advertiser", "since", name=op.f("pk_grants")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "outbox",
        sa.Column("message", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("person", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("taken_at", sa.BigInteger(), nullable=True),
        sa.Column("acknowledged_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["person"], ["people.person"], name=op.f("fk_outbox_person")),
        sa.PrimaryKeyConstraint("message", name=op.f("pk_outbox")),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outbox_person"), ["person"], unique=False)
        batch_op.create_index("ix_outbox_recipient", ["recipient", "acknowledged_at"], unique=False)

    op.create_table(
        "requests",
        sa.Column("request", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("person", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("laws", sa.Text(), nullable=False),
        sa.Column("via", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("extended_at", sa.BigInteger(), nullable=True),
        sa.Column("extension_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("waits_until", sa.BigInteger(), nullable=True),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("ground", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["people.person"], name=op.f("fk_requests_person")),
        sa.PrimaryKeyConstraint("request", name=op.f("pk_requests")),
        sa.UniqueConstraint("request_id", name=op.f("uq_requests_request_id")),
    )
    with op.batch_alter_table("requests", schema=None) as batch_op:
        batch_op.create_index("ix_requests_outcome", ["outcome", "due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_requests_person"), ["person"], unique=False)

    op.create_table(
        "stops",
        sa.Column("stop", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=True),
        sa.Column("theme", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("lifted_at", sa.BigInteger(), nullable=True),
        sa.Column("request", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["people.person"], name=op.f("fk_stops_person")),
        sa.ForeignKeyConstraint(["request"], ["requests.request"], name=op.f("fk_stops_request")),
        sa.ForeignKeyConstraint(["theme"], ["themes.theme"], name=op.f("fk_stops_theme")),
        sa.PrimaryKeyConstraint("stop", name=op.f("pk_stops")),
    )
    with op.batch_alter_table("stops", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stops_person"), ["person"], unique=False)
        batch_op.create_index(batch_op.f("ix_stops_request"), ["request"], unique=False)


def downgrade() -> None:
    """Back from this revision: requests, stops and what advertisers were told go; export them before."""
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.drop_column("corrected_at")
    with op.batch_alter_table("permissions", schema=None) as batch_op:
        batch_op.drop_column("recipients")

    with op.batch_alter_table("stops", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stops_request"))
        batch_op.drop_index(batch_op.f("ix_stops_person"))

    op.drop_table("stops")
    with op.batch_alter_table("requests", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_requests_person"))
        batch_op.drop_index("ix_requests_outcome")

    op.drop_table("requests")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index("ix_outbox_recipient")
        batch_op.drop_index(batch_op.f("ix_outbox_person"))

    op.drop_table("outbox")
    op.drop_table("grants")
    with op.batch_alter_table("disclosures", schema=None) as batch_op:
        batch_op.drop_index("ix_disclosures_advertiser")

    op.drop_table("disclosures")
    op.drop_table("erased")
