"""Searches that their officers come back to, sealed and under random ids.

Revision 20261127_kept_searches, after 20261126_reading.
"""

import sqlalchemy as sa
from alembic import op

revision = "20261127_kept_searches"
down_revision = "20261126_reading"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "kept_searches",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["officer_id"], ["officers.id"], name=op.f("fk_kept_searches_officer_id_officers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_searches")),
    )
    op.create_index("ix_kept_searches_officer_id", "kept_searches", ["officer_id"])
    op.create_index("ix_kept_searches_created_at", "kept_searches", ["created_at"])


def downgrade() -> None:
    op.drop_table("kept_searches")
