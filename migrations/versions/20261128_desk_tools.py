"""Officers' own views of the queue, what was done to their accounts, and files that we send to a customer.

Revision 20261128_desk_tools, after 20261127_kept_searches.
"""

import sqlalchemy as sa
from alembic import op

revision = "20261128_desk_tools"
down_revision = "20261127_kept_searches"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "saved_views",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("query", sa.JSON(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["officer_id"], ["officers.id"], name=op.f("fk_saved_views_officer_id_officers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_views")),
    )
    op.create_index("ix_saved_views_officer_id", "saved_views", ["officer_id"])
    op.create_table(
        "account_entries",
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
        sa.CheckConstraint("seq > 0", name=op.f("ck_account_entries_counts_from_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_entries")),
        sa.UniqueConstraint("subject_id", "seq", name=op.f("uq_account_entries_subject_id_seq")),
    )
    op.create_table(
        "account_logs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("history_count", sa.Integer(), nullable=False),
        sa.Column("history_head", sa.LargeBinary(), nullable=False),
        sa.Column("history_seal", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["key_id"], ["case_keys.id"], name=op.f("fk_account_logs_key_id_case_keys")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_logs")),
        sa.UniqueConstraint("key_id", name=op.f("uq_account_logs_key_id")),
        sa.UniqueConstraint("officer_id", name=op.f("uq_account_logs_officer_id")),
    )
    held = sa.text("closed_at IS NULL AND holder_id IS NOT NULL")
    op.create_index(
        "ix_complaints_open_held",
        "complaints",
        ["holder_id", "due_on", "id"],
        sqlite_where=held,
        postgresql_where=held,
    )
    op.add_column("documents", sa.Column("sent_by", sa.Uuid(), nullable=True))


def downgrade() -> None:
    op.drop_column("documents", "sent_by")
    op.drop_index("ix_complaints_open_held", table_name="complaints")
    op.drop_table("account_logs")
    op.drop_table("account_entries")
    op.drop_table("saved_views")
