"""Suspensions with an identifier and the reasons that an advertiser is told, and its appeal against one."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_NEW = ("suspension_id", "grounds", "told")
_LIFTED = ("lifted_by", "lifted_at", "lifted_words")
_LET_IN = '{"suspended_at": [null, null]}'
"""A change by which an advertiser was let in again, as it is kept."""


def upgrade() -> None:
    """To this revision."""
    with op.batch_alter_table("review_suspensions", schema=None) as batch_op:
        for name in _NEW:
            batch_op.add_column(sa.Column(name, sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("lifted_by", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("lifted_at", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("lifted_words", sa.Text(), nullable=True))

    _fill()
    with op.batch_alter_table("review_suspensions", schema=None) as batch_op:
        for name in _NEW:
            batch_op.alter_column(name, existing_type=sa.Text(), nullable=False)
        batch_op.create_unique_constraint(op.f("uq_review_suspensions_suspension_id"), ["suspension_id"])

    op.create_table(
        "review_suspension_appeals",
        sa.Column("appeal", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("appeal_id", sa.Text(), nullable=False),
        sa.Column("suspension", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["suspension"],
            ["review_suspensions.suspension"],
            name=op.f("fk_review_suspension_appeals_suspension"),
        ),
        sa.PrimaryKeyConstraint("appeal", name=op.f("pk_review_suspension_appeals")),
        sa.UniqueConstraint("appeal_id", name=op.f("uq_review_suspension_appeals_appeal_id")),
        sa.UniqueConstraint("suspension", name=op.f("uq_review_suspension_appeals_suspension")),
    )


def downgrade() -> None:
    """Back from this revision."""
    # Without its appeal such a job could not be decided any more.
    op.execute(
        "UPDATE review_claims SET ended_at = claimed_at, how = 'dropped' WHERE ended_at IS NULL "
        "AND job IN (SELECT job FROM review_jobs WHERE kind = 'suspension-appeal')"
    )
    op.execute(
        "UPDATE review_jobs SET state = 'dropped', holder = NULL, lease_until = NULL "
        "WHERE kind = 'suspension-appeal' AND state = 'open'"
    )
    op.drop_table("review_suspension_appeals")
    with op.batch_alter_table("review_suspensions", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("uq_review_suspensions_suspension_id"), type_="unique")
        for name in (*_NEW, *_LIFTED):
            batch_op.drop_column(name)


def _fill() -> None:
    """Suspensions of before: an identifier, and when each was lifted, which only the advertiser's history says.

    What was said of them was not said to the advertiser: neither grounds nor words for it are made up.
    """
    t = sa.table(
        "review_suspensions", sa.column("suspension"), sa.column("advertiser"), sa.column("state"),
        sa.column("decided_at"), sa.column("words"), *(sa.column(name) for name in (*_NEW, *_LIFTED)),
    )  # fmt: skip
    w = sa.table("advertisers", sa.column("advertiser"), sa.column("advertiser_id"))
    c = sa.table("review_changes", *(sa.column(name) for name in ("at", "by", "kind", "object_id", "detail")))
    connection = op.get_bind()
    rows = connection.execute(
        sa.select(t, w.c.advertiser_id).join_from(t, w, w.c.advertiser == t.c.advertiser)
    ).all()
    for row in rows:
        values = {"suspension_id": secrets.token_hex(12), "grounds": "[]", "told": ""}
        lifted = connection.execute(
            sa.select(c.c.at, c.c.by)
            .where(
                c.c.kind == "advertiser", c.c.object_id == row.advertiser_id, c.c.at >= row.decided_at,
                c.c.detail == _LET_IN,
            )
            .order_by(c.c.at)
            .limit(1)
        ).first()  # fmt: skip
        if row.state == "lifted" and lifted is not None:
            values |= {"lifted_by": lifted.by, "lifted_at": lifted.at, "lifted_words": row.words}
        connection.execute(t.update().where(t.c.suspension == row.suspension).values(values))
