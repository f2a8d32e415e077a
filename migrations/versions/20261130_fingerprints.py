"""How documents look, sealed: whether one was submitted before is seen from it.

Revision 20261130_fingerprints, after 20261130_paragraphs.
"""

import sqlalchemy as sa
from alembic import op

revision = "20261130_fingerprints"
down_revision = "20261130_paragraphs"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "fingerprints",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["documents.id"],
            name=op.f("fk_fingerprints_document_id_documents"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fingerprints")),
        sa.UniqueConstraint("document_id", name=op.f("uq_fingerprints_document_id")),
    )


def downgrade() -> None:
    op.drop_table("fingerprints")
