"""Ad review: registers, ads with their versions and decisions, the queue, notices and appeals."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision."""
    op.create_table(
        "review_blobs",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("bytes", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("retain_until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_review_blobs")),
    )
    with op.batch_alter_table("review_blobs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_blobs_retain_until"), ["retain_until"], unique=False)

    op.create_table(
        "review_changes",
        sa.Column("change", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("object_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("change", name=op.f("pk_review_changes")),
    )
    with op.batch_alter_table("review_changes", schema=None) as batch_op:
        batch_op.create_index("ix_review_changes_object", ["kind", "object_id", "version"], unique=False)

    op.create_table(
        "review_golden",
        sa.Column("golden", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("picture", sa.Text(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("golden", name=op.f("pk_review_golden")),
    )
    op.create_table(
        "review_parties",
        sa.Column("party", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("party_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("names", sa.Text(), nullable=False),
        sa.Column("aliases", sa.Text(), nullable=False),
        sa.Column("domains", sa.Text(), nullable=False),
        sa.Column("images", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.BigInteger(), nullable=True),
        sa.Column("reported_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("party", name=op.f("pk_review_parties")),
        sa.UniqueConstraint("party_id", name=op.f("uq_review_parties_party_id")),
    )
    op.create_table(
        "review_registers",
        sa.Column("register", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("regulator", sa.Text(), nullable=False),
        sa.Column("taken_at", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("register", name=op.f("pk_review_registers")),
    )
    with op.batch_alter_table("review_registers", schema=None) as batch_op:
        batch_op.create_index("ix_review_registers_regulator", ["regulator", "taken_at"], unique=False)

    op.create_table(
        "review_ads",
        sa.Column("ad", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ad_id", sa.Text(), nullable=False),
        sa.Column("advertiser", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("run", sa.Text(), nullable=False),
        sa.Column("current", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("decision", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("cluster", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("looked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["advertiser"], ["advertisers.advertiser"], name=op.f("fk_review_ads_advertiser")
        ),
        sa.PrimaryKeyConstraint("ad", name=op.f("pk_review_ads")),
        sa.UniqueConstraint("ad_id", name=op.f("uq_review_ads_ad_id")),
    )
    with op.batch_alter_table("review_ads", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_ads_advertiser"), ["advertiser"], unique=False)
        batch_op.create_index(batch_op.f("ix_review_ads_cluster"), ["cluster"], unique=False)
        batch_op.create_index("ix_review_ads_looked_at", ["state", "looked_at"], unique=False)
        batch_op.create_index("ix_review_ads_state", ["state", "ad"], unique=False)

    op.create_table(
        "review_advertisers",
        sa.Column("advertiser", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("legal_name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("verified_at", sa.BigInteger(), nullable=True),
        sa.Column("display_names", sa.Text(), nullable=False),
        sa.Column("domains", sa.Text(), nullable=False),
        sa.Column("chat_accounts", sa.Text(), nullable=False),
        sa.Column("name_changes", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=True),
        sa.Column("suspended_at", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["advertiser"], ["advertisers.advertiser"], name=op.f("fk_review_advertisers_advertiser")
        ),
        sa.PrimaryKeyConstraint("advertiser", name=op.f("pk_review_advertisers")),
    )
    op.create_table(
        "review_authorisations",
        sa.Column("authorisation", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("authorisation_id", sa.Text(), nullable=False),
        sa.Column("party", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("advertiser", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("signed_at", sa.BigInteger(), nullable=False),
        sa.Column("signature_ref", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["advertiser"], ["advertisers.advertiser"], name=op.f("fk_review_authorisations_advertiser")
        ),
        sa.ForeignKeyConstraint(
            ["party"], ["review_parties.party"], name=op.f("fk_review_authorisations_party")
        ),
        sa.PrimaryKeyConstraint("authorisation", name=op.f("pk_review_authorisations")),
        sa.UniqueConstraint("authorisation_id", name=op.f("uq_review_authorisations_authorisation_id")),
    )
    with op.batch_alter_table("review_authorisations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_authorisations_advertiser"), ["advertiser"], unique=False)
        batch_op.create_index(batch_op.f("ix_review_authorisations_party"), ["party"], unique=False)

    op.create_table(
        "review_licences",
        sa.Column("licence", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("register", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("advertiser", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("regulator", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("registered_name", sa.Text(), nullable=False),
        sa.Column("domains", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("valid_from", sa.BigInteger(), nullable=True),
        sa.Column("valid_until", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["advertiser"], ["advertisers.advertiser"], name=op.f("fk_review_licences_advertiser")
        ),
        sa.ForeignKeyConstraint(
            ["register"], ["review_registers.register"], name=op.f("fk_review_licences_register")
        ),
        sa.PrimaryKeyConstraint("licence", name=op.f("pk_review_licences")),
    )
    with op.batch_alter_table("review_licences", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_licences_advertiser"), ["advertiser"], unique=False)
        batch_op.create_index(batch_op.f("ix_review_licences_register"), ["register"], unique=False)

    op.create_table(
        "review_notices",
        sa.Column("notice", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("notice_id", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("party", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("contact", sa.Text(), nullable=True),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("known", sa.Text(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("clock", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=True),
        sa.Column("sweep", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["party"], ["review_parties.party"], name=op.f("fk_review_notices_party")),
        sa.PrimaryKeyConstraint("notice", name=op.f("pk_review_notices")),
        sa.UniqueConstraint("notice_id", name=op.f("uq_review_notices_notice_id")),
    )
    with op.batch_alter_table("review_notices", schema=None) as batch_op:
        batch_op.create_index("ix_review_notices_open", ["decided_at", "due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_review_notices_party"), ["party"], unique=False)
        batch_op.create_index(batch_op.f("ix_review_notices_sweep"), ["sweep"], unique=False)

    op.create_table(
        "review_suspensions",
        sa.Column("suspension", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("advertiser", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("proposed_at", sa.BigInteger(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["advertiser"], ["advertisers.advertiser"], name=op.f("fk_review_suspensions_advertiser")
        ),
        sa.PrimaryKeyConstraint("suspension", name=op.f("pk_review_suspensions")),
    )
    with op.batch_alter_table("review_suspensions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_suspensions_advertiser"), ["advertiser"], unique=False)

    op.create_table(
        "review_notice_ads",
        sa.Column("notice", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ad", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["ad"], ["review_ads.ad"], name=op.f("fk_review_notice_ads_ad")),
        sa.ForeignKeyConstraint(
            ["notice"], ["review_notices.notice"], name=op.f("fk_review_notice_ads_notice")
        ),
        sa.PrimaryKeyConstraint("notice", "ad", name=op.f("pk_review_notice_ads")),
    )
    with op.batch_alter_table("review_notice_ads", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_notice_ads_ad"), ["ad"], unique=False)

    op.create_table(
        "review_sweeps",
        sa.Column("sweep", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("notice", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("cursor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("last", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("judged", sa.Integer(), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.Column("rejected", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["notice"], ["review_notices.notice"], name=op.f("fk_review_sweeps_notice")),
        sa.PrimaryKeyConstraint("sweep", name=op.f("pk_review_sweeps")),
    )
    op.create_table(
        "review_versions",
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ad", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("visits", sa.Text(), nullable=True),
        sa.Column("landing_hash", sa.Text(), nullable=True),
        sa.Column("ad_hash", sa.Text(), nullable=True),
        sa.Column("picture", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("finance", sa.Boolean(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("submitted_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["ad"], ["review_ads.ad"], name=op.f("fk_review_versions_ad")),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_review_versions")),
        sa.UniqueConstraint("ad", "number", name=op.f("uq_review_versions_ad_number")),
    )
    op.create_table(
        "review_decisions",
        sa.Column("decision", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("decision_id", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ad_hash", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("automated", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("signals", sa.Text(), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("shadow_rules", sa.Text(), nullable=False),
        sa.Column("ruleset_hash", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("supersedes", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("refers_to", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("notice", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("entry", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["refers_to"], ["review_decisions.decision"], name=op.f("fk_review_decisions_refers_to")
        ),
        sa.ForeignKeyConstraint(
            ["supersedes"], ["review_decisions.decision"], name=op.f("fk_review_decisions_supersedes")
        ),
        sa.ForeignKeyConstraint(
            ["version"], ["review_versions.version"], name=op.f("fk_review_decisions_version")
        ),
        sa.PrimaryKeyConstraint("decision", name=op.f("pk_review_decisions")),
        sa.UniqueConstraint("decision_id", name=op.f("uq_review_decisions_decision_id")),
    )
    with op.batch_alter_table("review_decisions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_decisions_decided_at"), ["decided_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_review_decisions_version"), ["version"], unique=False)

    op.create_table(
        "review_jobs",
        sa.Column("job", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("job_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("ad", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("appeal", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("suspension", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("golden", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reserved", sa.Text(), nullable=True),
        sa.Column("cluster", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("enqueued_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=True),
        sa.Column("lease_until", sa.BigInteger(), nullable=True),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["ad"], ["review_ads.ad"], name=op.f("fk_review_jobs_ad")),
        sa.ForeignKeyConstraint(
            ["version"], ["review_versions.version"], name=op.f("fk_review_jobs_version")
        ),
        sa.PrimaryKeyConstraint("job", name=op.f("pk_review_jobs")),
        sa.UniqueConstraint("job_id", name=op.f("uq_review_jobs_job_id")),
    )
    with op.batch_alter_table("review_jobs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_jobs_ad"), ["ad"], unique=False)
        batch_op.create_index(batch_op.f("ix_review_jobs_appeal"), ["appeal"], unique=False)
        batch_op.create_index(batch_op.f("ix_review_jobs_cluster"), ["cluster"], unique=False)
        batch_op.create_index("ix_review_jobs_open", ["state", "priority", "due_at"], unique=False)

    op.create_table(
        "review_appeals",
        sa.Column("appeal", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("appeal_id", sa.Text(), nullable=False),
        sa.Column("decision", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ad", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("result", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["ad"], ["review_ads.ad"], name=op.f("fk_review_appeals_ad")),
        sa.ForeignKeyConstraint(
            ["decision"], ["review_decisions.decision"], name=op.f("fk_review_appeals_decision")
        ),
        sa.ForeignKeyConstraint(
            ["result"], ["review_decisions.decision"], name=op.f("fk_review_appeals_result")
        ),
        sa.PrimaryKeyConstraint("appeal", name=op.f("pk_review_appeals")),
        sa.UniqueConstraint("appeal_id", name=op.f("uq_review_appeals_appeal_id")),
        sa.UniqueConstraint("decision", name=op.f("uq_review_appeals_decision")),
    )
    with op.batch_alter_table("review_appeals", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_appeals_ad"), ["ad"], unique=False)

    op.create_table(
        "review_claims",
        sa.Column("claim", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("job", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("claimed_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("how", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["job"], ["review_jobs.job"], name=op.f("fk_review_claims_job")),
        sa.PrimaryKeyConstraint("claim", name=op.f("pk_review_claims")),
    )
    with op.batch_alter_table("review_claims", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_claims_by"), ["by"], unique=False)
        batch_op.create_index(batch_op.f("ix_review_claims_job"), ["job"], unique=False)

    op.create_table(
        "review_comments",
        sa.Column("comment", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("job", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["job"], ["review_jobs.job"], name=op.f("fk_review_comments_job")),
        sa.PrimaryKeyConstraint("comment", name=op.f("pk_review_comments")),
    )
    with op.batch_alter_table("review_comments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_comments_job"), ["job"], unique=False)

    op.create_table(
        "review_golden_answers",
        sa.Column("golden", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("job", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["golden"], ["review_golden.golden"], name=op.f("fk_review_golden_answers_golden")
        ),
        sa.ForeignKeyConstraint(["job"], ["review_jobs.job"], name=op.f("fk_review_golden_answers_job")),
        sa.PrimaryKeyConstraint("golden", "by", name=op.f("pk_review_golden_answers")),
    )


def downgrade() -> None:
    """Back from this revision: all of ad review goes; what the ledger says of it stays."""
    op.drop_table("review_golden_answers")
    with op.batch_alter_table("review_comments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_review_comments_job"))

    op.drop_table("review_comments")
    with op.batch_alter_table("review_claims", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_review_claims_job"))
        batch_op.drop_index(batch_op.f("ix_review_claims_by"))

    op.drop_table("review_claims")
    with op.batch_alter_table("review_appeals", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_review_appeals_ad"))

    op.drop_table("review_appeals")
    with op.batch_alter_table("review_jobs", schema=None) as batch_op:
        batch_op.drop_index("ix_review_jobs_open")
        batch_op.drop_index(batch_op.f("ix_review_jobs_cluster"))
        batch_op.drop_index(batch_op.f("ix_review_jobs_appeal"))
        batch_op.drop_index(batch_op.f("ix_review_jobs_ad"))

    op.drop_table("review_jobs")
    with op.batch_alter_table("review_decisions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_review_decisions_version"))
        batch_op.drop_index(batch_op.f("ix_review_decisions_decided_at"))

    op.drop_table("review_decisions")
    op.drop_table("review_versions")
    op.drop_table("review_sweeps")
    with op.batch_alter_table("review_notice_ads", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_review_notice_ads_ad"))

    op.drop_table("review_notice_ads")
    with op.batch_alter_table("review_suspensions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_review_suspensions_advertiser"))

    op.drop_table("review_suspensions")
    with op.batch_alter_table("review_notices", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_review_notices_sweep"))
        batch_op.drop_index(batch_op.f("ix_review_notices_party"))
        batch_op.drop_index("ix_review_notices_open")

    op.drop_table("review_notices")
    with op.batch_alter_table("review_licences", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_review_licences_register"))
        batch_op.drop_index(batch_op.f("ix_review_licences_advertiser"))

    op.drop_table("review_licences")
    with op.batch_alter_table("review_authorisations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_review_authorisations_party"))
        batch_op.drop_index(batch_op.f("ix_review_authorisations_advertiser"))

    op.drop_table("review_authorisations")
    op.drop_table("review_advertisers")
    with op.batch_alter_table("review_ads", schema=None) as batch_op:
        batch_op.drop_index("ix_review_ads_state")
        batch_op.drop_index("ix_review_ads_looked_at")
        batch_op.drop_index(batch_op.f("ix_review_ads_cluster"))
        batch_op.drop_index(batch_op.f("ix_review_ads_advertiser"))

    op.drop_table("review_ads")
    with op.batch_alter_table("review_registers", schema=None) as batch_op:
        batch_op.drop_index("ix_review_registers_regulator")

    op.drop_table("review_registers")
    op.drop_table("review_parties")
    op.drop_table("review_golden")
    with op.batch_alter_table("review_changes", schema=None) as batch_op:
        batch_op.drop_index("ix_review_changes_object")

    op.drop_table("review_changes")
    with op.batch_alter_table("review_blobs", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_review_blobs_retain_until"))

    op.drop_table("review_blobs")
