"""Agents, what they ask for, the names that advertisers know people by, and what advertisers are told to delete."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision."""
    op.create_table(
        "agent_setups",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_agent_setups")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "agents",
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column("verify_key", sa.LargeBinary(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("set_up_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("agent_id", name=op.f("pk_agents")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_agents_token_hash")),
    )
    op.create_table(
        "pseudonyms",
        sa.Column("person", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("advertiser", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["advertiser"], ["advertisers.advertiser"], name=op.f("fk_pseudonyms_advertiser")
        ),
        sa.ForeignKeyConstraint(["person"], ["people.person"], name=op.f("fk_pseudonyms_person")),
        sa.PrimaryKeyConstraint("person", "advertiser", name=op.f("pk_pseudonyms")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "agent_requests",
        sa.Column("agent_request", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column("agent_request_id", sa.Text(), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("exercise", sa.Text(), nullable=False),
        sa.Column("regime", sa.Text(), nullable=True),
        sa.Column("status_callback", sa.Text(), nullable=True),
        sa.Column("verification_url", sa.Text(), nullable=True),
        sa.Column("results_url", sa.Text(), nullable=True),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("verify_until", sa.BigInteger(), nullable=True),
        sa.Column("denied", sa.Text(), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.Column("request", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("made", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.agent_id"], name=op.f("fk_agent_requests_agent_id")),
        sa.ForeignKeyConstraint(
            ["request"], ["requests.request"], name=op.f("fk_agent_requests_request"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("agent_request", name=op.f("pk_agent_requests")),
        sa.UniqueConstraint(
            "agent_id", "agent_request_id", name=op.f("uq_agent_requests_agent_id_agent_request_id")
        ),
        sa.UniqueConstraint("agent_id", "digest", name=op.f("uq_agent_requests_agent_id_digest")),
        sa.UniqueConstraint("request_id", name=op.f("uq_agent_requests_request_id")),
    )
    with op.batch_alter_table("agent_requests", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_agent_requests_request"), ["request"], unique=False)

    op.create_table(
        "deletions",
        sa.Column("deletion_id", sa.Text(), nullable=False),
        sa.Column("message", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("request", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("result", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["message"], ["outbox.message"], name=op.f("fk_deletions_message"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["request"], ["requests.request"], name=op.f("fk_deletions_request"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("deletion_id", name=op.f("pk_deletions")),
        sa.UniqueConstraint("message", name=op.f("uq_deletions_message")),
    )
    with op.batch_alter_table("deletions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_deletions_request"), ["request"], unique=False)
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index("ix_outbox_kind", ["kind", "acknowledged_at", "created_at"], unique=False)


def downgrade() -> None:
    """Back from this revision: agents have to set up anew, and what advertisers were not told yet goes."""
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index("ix_outbox_kind")

    with op.batch_alter_table("deletions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_deletions_request"))

    op.drop_table("deletions")
    with op.batch_alter_table("agent_requests", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_agent_requests_request"))

    op.drop_table("agent_requests")
    op.drop_table("pseudonyms")
    op.drop_table("agents")
    op.drop_table("agent_setups")
