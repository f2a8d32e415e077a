"""Paragraphs that officers put into their responses; rows are only added.

Revision 20261130_paragraphs, after 20261130_fingerprints.
"""

import sqlalchemy as sa
from alembic import op

revision = "20261130_paragraphs"
down_revision = "20261130_fingerprints"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "response_paragraphs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("paragraph_id", sa.Uuid(), nullable=False),
        sa.Column("title_id", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("text_id", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=False),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["officer_id"], ["officers.id"], name=op.f("fk_response_paragraphs_officer_id_officers")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_response_paragraphs")),
    )
    op.create_index(op.f("ix_response_paragraphs_paragraph_id"), "response_paragraphs", ["paragraph_id"])


def downgrade() -> None:
    op.drop_table("response_paragraphs")
