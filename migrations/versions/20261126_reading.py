"""Who read which case: the reading logs and their entries.

Revision 20261126_reading, after 20261126_draft_tokens.
"""

import sqlalchemy as sa
from alembic import op

revision = "20261126_reading"
down_revision = "20261126_draft_tokens"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reading_entries",
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
        sa.CheckConstraint("seq > 0", name=op.f("ck_reading_entries_counts_from_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading_entries")),
        sa.UniqueConstraint("subject_id", "seq", name=op.f("uq_reading_entries_subject_id_seq")),
    )
    op.create_table(
        "reading_logs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("history_count", sa.Integer(), nullable=False),
        sa.Column("history_head", sa.LargeBinary(), nullable=False),
        sa.Column("history_seal", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["key_id"], ["case_keys.id"], name=op.f("fk_reading_logs_key_id_case_keys")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading_logs")),
        sa.UniqueConstraint("case_id", name=op.f("uq_reading_logs_case_id")),
        sa.UniqueConstraint("key_id", name=op.f("uq_reading_logs_key_id")),
    )


def downgrade() -> None:
    op.drop_table("reading_logs")
    op.drop_table("reading_entries")
