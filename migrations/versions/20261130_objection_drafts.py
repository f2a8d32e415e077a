"""Objections that somebody is still writing.

Revision 20261130_objection_drafts, after 20261130_paragraphs.
"""

import sqlalchemy as sa
from alembic import op

revision = "20261130_objection_drafts"
down_revision = "20261130_paragraphs"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "complaint_objection_drafts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("folder_id", sa.Uuid(), nullable=True),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["complaint_id"],
            ["complaints.id"],
            name=op.f("fk_complaint_objection_drafts_complaint_id_complaints"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["folder_id"],
            ["folders.id"],
            name=op.f("fk_complaint_objection_drafts_folder_id_folders"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["party_id"],
            ["complaint_parties.id"],
            name=op.f("fk_complaint_objection_drafts_party_id_complaint_parties"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_objection_drafts")),
        sa.UniqueConstraint("folder_id", name=op.f("uq_complaint_objection_drafts_folder_id")),
        sa.UniqueConstraint("party_id", name=op.f("uq_complaint_objection_drafts_party_id")),
    )
    op.create_index(op.f("ix_complaint_objection_drafts_complaint_id"), "complaint_objection_drafts", ["complaint_id"])


def downgrade() -> None:
    op.drop_table("complaint_objection_drafts")
