"""Complaints that officers are receiving for customers.

Revision 20261130_intakes, after 20261130_notices_followed.
"""

import sqlalchemy as sa
from alembic import op

revision = "20261130_intakes"
down_revision = "20261130_notices_followed"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "intakes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("notice", sa.String(length=40), nullable=False),
        sa.Column("contact", sa.String(length=40), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["drafts.id"], name=op.f("fk_intakes_draft_id_drafts"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["officer_id"], ["officers.id"], name=op.f("fk_intakes_officer_id_officers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intakes")),
        sa.UniqueConstraint("draft_id", name=op.f("uq_intakes_draft_id")),
    )
    op.create_index("ix_intakes_officer_id", "intakes", ["officer_id"])


def downgrade() -> None:
    op.drop_table("intakes")
