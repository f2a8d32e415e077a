"""The first tables: keys, drafts, complaints with their rounds and clocks, history, notices, jobs.

Revision 20261121_first_tables, after nothing.
"""

import sqlalchemy as sa
from alembic import op

revision = "20261121_first_tables"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attempts",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("free_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_attempts")),
    )
    op.create_index("ix_attempts_last_at", "attempts", ["last_at"])

    op.create_table(
        "case_keys",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("master_id", sa.Text(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("destroyed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(wrapped IS NULL) = (destroyed_at IS NOT NULL)", name=op.f("ck_case_keys_destroyed_means_gone")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_keys")),
    )
    op.create_index("ix_case_keys_master_id", "case_keys", ["master_id"])

    op.create_table(
        "history_anchors",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("anchored_on", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("through", sa.Uuid(), nullable=True),
        sa.Column("streams", sa.Integer(), nullable=False),
        sa.Column("previous_root", sa.LargeBinary(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("chain_key_id", sa.Text(), nullable=False),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_history_anchors")),
        sa.UniqueConstraint("anchored_on", name=op.f("uq_history_anchors_anchored_on")),
    )
    op.create_table(
        "history_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("actor_kind", sa.String(length=40), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("behalf_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("audience", sa.String(length=40), nullable=False),
        sa.Column("commitment", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("chain_key_id", sa.Text(), nullable=False),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("seq > 0", name=op.f("ck_history_entries_counts_from_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_history_entries")),
        sa.UniqueConstraint("subject_id", "seq", name=op.f("uq_history_entries_subject_id_seq")),
    )
    op.create_table(
        "jobs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("run_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("token", sa.Uuid(), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(state = 'running') = (leased_until IS NOT NULL)", name=op.f("ck_jobs_running_has_lease")),
        sa.CheckConstraint("(state = 'running') = (token IS NOT NULL)", name=op.f("ck_jobs_running_has_token")),
        sa.CheckConstraint(
            "(state IN ('done', 'dead')) = (settled_at IS NOT NULL)", name=op.f("ck_jobs_settled_has_moment")
        ),
        sa.CheckConstraint("tries >= 0", name=op.f("ck_jobs_tries_count_up")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
        sa.UniqueConstraint("key", name=op.f("uq_jobs_key")),
    )
    op.create_index(
        "ix_jobs_running",
        "jobs",
        ["leased_until"],
        postgresql_where=sa.text("state = 'running'"),
        sqlite_where=sa.text("state = 'running'"),
    )
    op.create_index(
        "ix_jobs_settled",
        "jobs",
        ["state", "settled_at"],
        postgresql_where=sa.text("settled_at IS NOT NULL"),
        sqlite_where=sa.text("settled_at IS NOT NULL"),
    )
    op.create_index(
        "ix_jobs_waiting",
        "jobs",
        ["run_at"],
        postgresql_where=sa.text("state = 'waiting'"),
        sqlite_where=sa.text("state = 'waiting'"),
    )

    op.create_table(
        "complaints",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("registration", sa.Text(), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("form", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("history_count", sa.Integer(), nullable=False),
        sa.Column("history_head", sa.LargeBinary(), nullable=False),
        sa.Column("history_seal", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "(closed_at IS NOT NULL) = (status IN ('withdrawn'))", name=op.f("ck_complaints_closed_has_its_moment")
        ),
        sa.ForeignKeyConstraint(["key_id"], ["case_keys.id"], name=op.f("fk_complaints_key_id_case_keys")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaints")),
        sa.UniqueConstraint("key_id", name=op.f("uq_complaints_key_id")),
        sa.UniqueConstraint("registration", name=op.f("uq_complaints_registration")),
    )
    op.create_index("ix_complaints_status_due_on_id", "complaints", ["status", "due_on", "id"])

    op.create_table(
        "notices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("text_hash", sa.LargeBinary(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=True),
        sa.Column("secret_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.CheckConstraint("(state = 'failed') = (failure IS NOT NULL)", name=op.f("ck_notices_failed_has_a_reason")),
        sa.CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name=op.f("ck_notices_sent_has_a_moment")),
        sa.CheckConstraint(
            "(state IN ('sent', 'failed')) = (settled_at IS NOT NULL)", name=op.f("ck_notices_settled_has_a_moment")
        ),
        sa.CheckConstraint(
            "channel <> 'none' OR state IN ('held', 'failed')", name=op.f("ck_notices_no_channel_is_held")
        ),
        sa.CheckConstraint("secret IS NULL OR secret_expires_at IS NOT NULL", name=op.f("ck_notices_secret_expires")),
        sa.ForeignKeyConstraint(["key_id"], ["case_keys.id"], name=op.f("fk_notices_key_id_case_keys")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
    )
    op.create_index(
        "ix_notices_secret_expires_at",
        "notices",
        ["secret_expires_at"],
        sqlite_where=sa.text("secret IS NOT NULL"),
        postgresql_where=sa.text("secret IS NOT NULL"),
    )
    op.create_index("ix_notices_subject_id_created_at", "notices", ["subject_id", "created_at"])
    op.create_index(
        "ix_notices_unsettled",
        "notices",
        ["created_at"],
        sqlite_where=sa.text("settled_at IS NULL"),
        postgresql_where=sa.text("settled_at IS NULL"),
    )

    op.create_table(
        "complaint_acknowledgements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("notice", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["complaint_id"],
            ["complaints.id"],
            name=op.f("fk_complaint_acknowledgements_complaint_id_complaints"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_acknowledgements")),
    )
    op.create_index("ix_complaint_acknowledgements_complaint_id", "complaint_acknowledgements", ["complaint_id"])

    op.create_table(
        "complaint_parties",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["complaint_id"],
            ["complaints.id"],
            name=op.f("fk_complaint_parties_complaint_id_complaints"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_parties")),
    )
    op.create_index("ix_complaint_parties_complaint_id", "complaint_parties", ["complaint_id"])

    op.create_table(
        "complaint_rounds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("complete_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["complaint_id"],
            ["complaints.id"],
            name=op.f("fk_complaint_rounds_complaint_id_complaints"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_rounds")),
        sa.UniqueConstraint("complaint_id", "ordinal", name=op.f("uq_complaint_rounds_complaint_id_ordinal")),
    )
    op.create_table(
        "complaint_terms",
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("term", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["complaint_id"],
            ["complaints.id"],
            name=op.f("fk_complaint_terms_complaint_id_complaints"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("complaint_id", "kind", "term", name=op.f("pk_complaint_terms")),
    )
    op.create_index("ix_complaint_terms_kind_term", "complaint_terms", ["kind", "term"])

    op.create_table(
        "complaint_transactions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["complaint_id"],
            ["complaints.id"],
            name=op.f("fk_complaint_transactions_complaint_id_complaints"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_transactions")),
        sa.UniqueConstraint("complaint_id", "position", name=op.f("uq_complaint_transactions_complaint_id_position")),
    )
    op.create_table(
        "drafts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_digest", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("notice_version", sa.Text(), nullable=False),
        sa.Column("notice_language", sa.Text(), nullable=False),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("complaint_id", sa.Uuid(), nullable=True),
        sa.Column("kept_code", sa.LargeBinary(), nullable=True),
        sa.Column("kept_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(kept_code IS NULL) = (kept_until IS NULL)", name=op.f("ck_drafts_a_kept_code_has_its_end")
        ),
        sa.CheckConstraint(
            "kept_code IS NULL OR complaint_id IS NOT NULL", name=op.f("ck_drafts_only_a_sent_draft_keeps_a_code")
        ),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaints.id"], name=op.f("fk_drafts_complaint_id_complaints"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["key_id"], ["case_keys.id"], name=op.f("fk_drafts_key_id_case_keys")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
        sa.UniqueConstraint("complaint_id", name=op.f("uq_drafts_complaint_id")),
        sa.UniqueConstraint("key_id", name=op.f("uq_drafts_key_id")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_drafts_token_digest")),
    )
    op.create_index("ix_drafts_expires_at", "drafts", ["expires_at"])
    op.create_index("ix_drafts_kept_until", "drafts", ["kept_until"])

    op.create_table(
        "one_time_codes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=True),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.Column("mac_key_id", sa.Text(), nullable=False),
        sa.Column("notice_id", sa.Uuid(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("tries >= 0", name=op.f("ck_one_time_codes_tries_count_up")),
        sa.ForeignKeyConstraint(["notice_id"], ["notices.id"], name=op.f("fk_one_time_codes_notice_id_notices")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_codes")),
    )
    op.create_index("ix_one_time_codes_created_at", "one_time_codes", ["created_at"])
    op.create_index(
        "ix_one_time_codes_subject_id_purpose_created_at", "one_time_codes", ["subject_id", "purpose", "created_at"]
    )

    op.create_table(
        "access_codes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["complaint_id"],
            ["complaints.id"],
            name=op.f("fk_access_codes_complaint_id_complaints"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["party_id"],
            ["complaint_parties.id"],
            name=op.f("fk_access_codes_party_id_complaint_parties"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_codes")),
        sa.UniqueConstraint("digest", name=op.f("uq_access_codes_digest")),
        sa.UniqueConstraint("party_id", "generation", name=op.f("uq_access_codes_party_id_generation")),
    )
    op.create_index("ix_access_codes_complaint_id", "access_codes", ["complaint_id"])

    op.create_table(
        "complaint_clocks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("starts", sa.Text(), nullable=False),
        sa.Column("calendar", sa.Text(), nullable=False),
        sa.Column("revision", sa.Text(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counted_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "(started_at IS NULL) = (due_on IS NULL)", name=op.f("ck_complaint_clocks_a_started_clock_promises")
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_complaint_clocks_a_limit_is_positive")),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["complaint_rounds.id"],
            name=op.f("fk_complaint_clocks_round_id_complaint_rounds"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_clocks")),
    )
    op.create_index("ix_complaint_clocks_round_id", "complaint_clocks", ["round_id"])

    op.create_table(
        "case_sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("access_code_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("new_code", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["access_code_id"],
            ["access_codes.id"],
            name=op.f("fk_case_sessions_access_code_id_access_codes"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_sessions")),
        sa.UniqueConstraint("digest", name=op.f("uq_case_sessions_digest")),
    )
    op.create_index("ix_case_sessions_access_code_id", "case_sessions", ["access_code_id"])
    op.create_index("ix_case_sessions_last_seen_at", "case_sessions", ["last_seen_at"])


def downgrade() -> None:
    for table in (
        "case_sessions",
        "complaint_clocks",
        "access_codes",
        "one_time_codes",
        "drafts",
        "complaint_transactions",
        "complaint_terms",
        "complaint_rounds",
        "complaint_parties",
        "complaint_acknowledgements",
        "notices",
        "complaints",
        "jobs",
        "history_entries",
        "history_anchors",
        "case_keys",
        "attempts",
    ):
        op.drop_table(table)
