"""The tables of ad review, in the way of `schema`. Those marked append-only are only ever added to.

What ads say and what was found in them is JSON of `haechi.review.ads`: nothing asks the database for parts of it.
"""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
)

from haechi.stores.schema import METADATA

_NUMBER: Final = BigInteger().with_variant(Integer, "sqlite")
_INSTANT: Final = BigInteger

advertisers: Final = Table(
    "review_advertisers",
    METADATA,
    # What review knows of an advertiser beside its name.
    Column("advertiser", _NUMBER, ForeignKey("advertisers.advertiser"), primary_key=True),
    Column("legal_name", Text, nullable=False),
    Column("kind", Text),
    Column("verified_at", _INSTANT),
    # JSON lists, as are the others named in the plural.
    Column("display_names", Text, nullable=False),
    Column("domains", Text, nullable=False),
    Column("chat_accounts", Text, nullable=False),
    Column("name_changes", Text, nullable=False),
    Column("opened_at", _INSTANT),
    # From then on nothing of it runs.
    Column("suspended_at", _INSTANT),
    Column("version", Integer, nullable=False),
)

parties: Final = Table(
    "review_parties",
    METADATA,
    Column("party", _NUMBER, primary_key=True),
    Column("party_id", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("names", Text, nullable=False),
    Column("aliases", Text, nullable=False),
    Column("domains", Text, nullable=False),
    # SHA-256 of reference pictures.
    Column("images", Text, nullable=False),
    Column("valid_from", _INSTANT),
    Column("reported_at", _INSTANT),
    # No longer protected.
    Column("ended_at", _INSTANT),
    Column("version", Integer, nullable=False),
)

authorisations: Final = Table(
    "review_authorisations",
    METADATA,
    Column("authorisation", _NUMBER, primary_key=True),
    Column("authorisation_id", Text, nullable=False, unique=True),
    Column("party", _NUMBER, ForeignKey("review_parties.party"), nullable=False, index=True),
    Column("advertiser", _NUMBER, ForeignKey("advertisers.advertiser"), nullable=False, index=True),
    Column("scope", Text, nullable=False),
    # What nobody signed and dated is no authorisation.
    Column("signed_at", _INSTANT, nullable=False),
    Column("signature_ref", Text, nullable=False),
    Column("expires_at", _INSTANT),
    Column("revoked_at", _INSTANT),
    Column("recorded_at", _INSTANT, nullable=False),
)

registers: Final = Table(
    "review_registers",
    METADATA,
    # Append-only. A register as it stood; of each regulator the newest counts.
    Column("register", _NUMBER, primary_key=True),
    Column("regulator", Text, nullable=False),
    Column("taken_at", _INSTANT, nullable=False),
    # Where it was fetched, and SHA-256 of its rows as they were taken in.
    Column("source", Text, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("received_at", _INSTANT, nullable=False),
    Column("by", Text, nullable=False),
    Index("ix_review_registers_regulator", "regulator", "taken_at"),
)

licences: Final = Table(
    "review_licences",
    METADATA,
    # Append-only.
    Column("licence", _NUMBER, primary_key=True),
    # Null for one that an advertiser claims.
    Column("register", _NUMBER, ForeignKey("review_registers.register"), index=True),
    Column("advertiser", _NUMBER, ForeignKey("advertisers.advertiser"), index=True),
    Column("regulator", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("registered_name", Text, nullable=False),
    Column("domains", Text, nullable=False),
    Column("country", Text),
    Column("valid_from", _INSTANT),
    Column("valid_until", _INSTANT),
)

changes: Final = Table(
    "review_changes",
    METADATA,
    # Append-only: who changed what when, with what it was before.
    Column("change", _NUMBER, primary_key=True),
    Column("at", _INSTANT, nullable=False),
    Column("by", Text, nullable=False),
    # advertiser, party, authorisation or register.
    Column("kind", Text, nullable=False),
    Column("object_id", Text, nullable=False),
    Column("version", Integer, nullable=False),
    # JSON: field to before and after.
    Column("detail", Text, nullable=False),
    Index("ix_review_changes_object", "kind", "object_id", "version"),
)

blobs: Final = Table(
    "review_blobs",
    METADATA,
    Column("sha256", Text, primary_key=True),
    Column("media_type", Text, nullable=False),
    Column("bytes", LargeBinary, nullable=False),
    Column("received_at", _INSTANT, nullable=False),
    # The bytes go after it; what was decided on them stays.
    Column("retain_until", _INSTANT, nullable=False, index=True),
)

ads: Final = Table(
    "review_ads",
    METADATA,
    Column("ad", _NUMBER, primary_key=True),
    Column("ad_id", Text, nullable=False, unique=True),
    Column("advertiser", _NUMBER, ForeignKey("advertisers.advertiser"), nullable=False, index=True),
    # What review says: submitted, screening, approved, held or rejected.
    Column("state", Text, nullable=False),
    # What the ad server and the advertiser do: idle, live, paused or expired. Only what is approved runs.
    Column("run", Text, nullable=False),
    # The version that counts, and the decision that holds for it; null while it is undecided.
    Column("current", _NUMBER, nullable=False),
    Column("decision", _NUMBER),
    # Ads that are copies of one another have one cluster: the number of the first of them.
    Column("cluster", _NUMBER, nullable=False, index=True),
    Column("created_at", _INSTANT, nullable=False),
    # When the page behind it was last looked at; null where nobody looks.
    Column("looked_at", _INSTANT),
    Index("ix_review_ads_state", "state", "ad"),
    Index("ix_review_ads_looked_at", "state", "looked_at"),
)

versions: Final = Table(
    "review_versions",
    METADATA,
    # Append-only, but for what the screening saw: `visits`, `landing_hash`, `ad_hash` and `finance`, set once.
    Column("version", _NUMBER, primary_key=True),
    Column("ad", _NUMBER, ForeignKey("review_ads.ad"), nullable=False),
    Column("number", Integer, nullable=False),
    # SHA-256 of what was submitted, the picture's among it.
    Column("content_hash", Text, nullable=False),
    # JSON of the page behind it as its visitors saw it, and SHA-256 of that; null where nobody looked.
    Column("visits", Text),
    Column("landing_hash", Text),
    # SHA-256 of both: what a decision is about.
    Column("ad_hash", Text),
    Column("picture", Text),
    # JSON of `haechi.review.ads.Ad`.
    Column("body", Text, nullable=False),
    # It offers an investment, as its signals tell.
    Column("finance", Boolean, nullable=False),
    Column("cause", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("submitted_at", _INSTANT, nullable=False),
    UniqueConstraint("ad", "number"),
)

decisions: Final = Table(
    "review_decisions",
    METADATA,
    # Append-only; `digest` covers the row, and the ledger's entry holds the digest.
    Column("decision", _NUMBER, primary_key=True),
    Column("decision_id", Text, nullable=False, unique=True),
    Column("version", _NUMBER, ForeignKey("review_versions.version"), nullable=False, index=True),
    Column("ad_hash", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("cause", Text, nullable=False),
    # FULLY, PARTIALLY or NOT.
    Column("automated", Text, nullable=False),
    Column("actor", Text, nullable=False),
    # JSON of the reasons and signals of `haechi.review.ads.Decision`, and of the rules' codes.
    Column("reasons", Text, nullable=False),
    Column("signals", Text, nullable=False),
    Column("rules", Text, nullable=False),
    Column("shadow_rules", Text, nullable=False),
    Column("ruleset_hash", Text, nullable=False),
    # What a person said of it.
    Column("words", Text, nullable=False),
    # The decision that this one takes the place of, and the one whose finding it repeats.
    Column("supersedes", _NUMBER, ForeignKey("review_decisions.decision")),
    Column("refers_to", _NUMBER, ForeignKey("review_decisions.decision")),
    Column("notice", _NUMBER),
    Column("decided_at", _INSTANT, nullable=False, index=True),
    Column("digest", LargeBinary, nullable=False),
    Column("entry", _NUMBER, nullable=False),
)

jobs: Final = Table(
    "review_jobs",
    METADATA,
    Column("job", _NUMBER, primary_key=True),
    Column("job_id", Text, nullable=False, unique=True),
    # review, appeal, suspension, suspension-appeal or golden.
    Column("kind", Text, nullable=False),
    Column("ad", _NUMBER, ForeignKey("review_ads.ad"), index=True),
    Column("version", _NUMBER, ForeignKey("review_versions.version")),
    Column("appeal", _NUMBER, index=True),
    Column("suspension", _NUMBER),
    Column("golden", _NUMBER),
    # Whom alone it is for: a golden one.
    Column("reserved", Text),
    Column("cluster", _NUMBER, index=True),
    # 0 is the most pressing.
    Column("priority", Integer, nullable=False),
    Column("due_at", _INSTANT, nullable=False),
    Column("enqueued_at", _INSTANT, nullable=False),
    # open, decided or dropped.
    Column("state", Text, nullable=False),
    Column("holder", Text),
    Column("lease_until", _INSTANT),
    Column("closed_at", _INSTANT),
    # Raised with each change.
    Column("turn", Integer, nullable=False),
    Index("ix_review_jobs_open", "state", "priority", "due_at"),
)

claims: Final = Table(
    "review_claims",
    METADATA,
    # Append-only, but for its end.
    Column("claim", _NUMBER, primary_key=True),
    Column("job", _NUMBER, ForeignKey("review_jobs.job"), nullable=False, index=True),
    Column("by", Text, nullable=False, index=True),
    Column("claimed_at", _INSTANT, nullable=False),
    Column("ended_at", _INSTANT),
    # decided, released, skipped, expired or dropped.
    Column("how", Text),
    Column("reason", Text, nullable=False),
)

comments: Final = Table(
    "review_comments",
    METADATA,
    # Append-only.
    Column("comment", _NUMBER, primary_key=True),
    Column("job", _NUMBER, ForeignKey("review_jobs.job"), nullable=False, index=True),
    Column("by", Text, nullable=False),
    Column("at", _INSTANT, nullable=False),
    Column("text", Text, nullable=False),
)

golden: Final = Table(
    "review_golden",
    METADATA,
    # Append-only: ads whose right answer is known, to see how well reviewers agree with it.
    Column("golden", _NUMBER, primary_key=True),
    Column("body", Text, nullable=False),
    Column("picture", Text),
    Column("outcome", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("made_at", _INSTANT, nullable=False),
    Column("ended_at", _INSTANT),
)

golden_answers: Final = Table(
    "review_golden_answers",
    METADATA,
    # Append-only.
    Column("golden", _NUMBER, ForeignKey("review_golden.golden"), primary_key=True),
    Column("by", Text, primary_key=True),
    Column("job", _NUMBER, ForeignKey("review_jobs.job"), nullable=False),
    Column("said", Text, nullable=False),
    Column("at", _INSTANT, nullable=False),
)

suspensions: Final = Table(
    "review_suspensions",
    METADATA,
    Column("suspension", _NUMBER, primary_key=True),
    Column("suspension_id", Text, nullable=False, unique=True),
    Column("advertiser", _NUMBER, ForeignKey("advertisers.advertiser"), nullable=False, index=True),
    # For whoever confirms it; the advertiser is told `grounds` (JSON list of codes) and `told`.
    Column("reason", Text, nullable=False),
    Column("grounds", Text, nullable=False),
    Column("told", Text, nullable=False),
    Column("proposed_by", Text, nullable=False),
    Column("proposed_at", _INSTANT, nullable=False),
    # Somebody else than who proposed it.
    Column("decided_by", Text),
    Column("decided_at", _INSTANT),
    # proposed, confirmed, refused or lifted.
    Column("state", Text, nullable=False),
    Column("words", Text, nullable=False),
    Column("lifted_by", Text),
    Column("lifted_at", _INSTANT),
    Column("lifted_words", Text),
)

suspension_appeals: Final = Table(
    "review_suspension_appeals",
    METADATA,
    # One of each suspension.
    Column("appeal", _NUMBER, primary_key=True),
    Column("appeal_id", Text, nullable=False, unique=True),
    Column("suspension", _NUMBER, ForeignKey("review_suspensions.suspension"), nullable=False, unique=True),
    Column("by", Text, nullable=False),
    Column("at", _INSTANT, nullable=False),
    Column("text", Text, nullable=False),
    Column("due_at", _INSTANT, nullable=False),
    # Somebody who neither proposed nor confirmed the suspension.
    Column("decided_by", Text),
    Column("decided_at", _INSTANT),
    # uphold or lift; null while it is open.
    Column("outcome", Text),
    Column("reason", Text, nullable=False),
)

appeals: Final = Table(
    "review_appeals",
    METADATA,
    Column("appeal", _NUMBER, primary_key=True),
    Column("appeal_id", Text, nullable=False, unique=True),
    Column("decision", _NUMBER, ForeignKey("review_decisions.decision"), nullable=False, unique=True),
    Column("ad", _NUMBER, ForeignKey("review_ads.ad"), nullable=False, index=True),
    Column("by", Text, nullable=False),
    Column("at", _INSTANT, nullable=False),
    Column("text", Text, nullable=False),
    Column("due_at", _INSTANT, nullable=False),
    # open or decided.
    Column("state", Text, nullable=False),
    Column("decided_by", Text),
    Column("decided_at", _INSTANT),
    # uphold, overturn or modify.
    Column("outcome", Text),
    Column("reason", Text, nullable=False),
    # The decision that came of it.
    Column("result", _NUMBER, ForeignKey("review_decisions.decision")),
)

notices: Final = Table(
    "review_notices",
    METADATA,
    Column("notice", _NUMBER, primary_key=True),
    Column("notice_id", Text, nullable=False, unique=True),
    Column("source", Text, nullable=False),
    # Null where nobody is impersonated.
    Column("party", _NUMBER, ForeignKey("review_parties.party"), index=True),
    # Where the reporter is told; no entry of the ledger has it.
    Column("contact", Text),
    Column("country", Text),
    Column("text", Text, nullable=False),
    # JSON of what was known when it came.
    Column("known", Text, nullable=False),
    Column("received_at", _INSTANT, nullable=False),
    Column("recorded_at", _INSTANT, nullable=False),
    Column("due_at", _INSTANT),
    # The clock by which it is due.
    Column("clock", Text),
    Column("decided_at", _INSTANT),
    # acted, partly or refused.
    Column("result", Text),
    Column("reason", Text, nullable=False),
    Column("by", Text),
    # By which ads were judged again because of it; several notices may have one.
    Column("sweep", _NUMBER, index=True),
    Index("ix_review_notices_open", "decided_at", "due_at"),
)

notice_ads: Final = Table(
    "review_notice_ads",
    METADATA,
    # Append-only: which ads a notice names.
    Column("notice", _NUMBER, ForeignKey("review_notices.notice"), primary_key=True),
    Column("ad", _NUMBER, ForeignKey("review_ads.ad"), primary_key=True, index=True),
)

sweeps: Final = Table(
    "review_sweeps",
    METADATA,
    # Every ad that runs or waits is judged again, one after the other.
    Column("sweep", _NUMBER, primary_key=True),
    # The notice that it was begun for, or null.
    Column("notice", _NUMBER, ForeignKey("review_notices.notice")),
    Column("why", Text, nullable=False),
    Column("started_at", _INSTANT, nullable=False),
    # The last ad judged, and the last there was when it began: whoever came later knew already.
    Column("cursor", _NUMBER, nullable=False),
    Column("last", _NUMBER, nullable=False),
    Column("judged", Integer, nullable=False),
    Column("held", Integer, nullable=False),
    Column("rejected", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
    Column("finished_at", _INSTANT),
)
