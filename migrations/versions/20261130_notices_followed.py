"""A notice that failed is followed by one by another way, and its failure is made good.

Revision 20261130_notices_followed, after 20261130_responses.
"""

import sqlalchemy as sa
from alembic import op

revision = "20261130_notices_followed"
down_revision = "20261130_responses"
branch_labels = None
depends_on = None

UNHANDLED = "state = 'failed' AND handled_at IS NULL"


def upgrade() -> None:
    op.add_column("notices", sa.Column("follows_id", sa.Uuid(), nullable=True))
    op.add_column("notices", sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("uq_notices_follows_id", "notices", ["follows_id"], unique=True)
    op.create_index(
        "ix_notices_unhandled",
        "notices",
        ["created_at"],
        sqlite_where=sa.text(UNHANDLED),
        postgresql_where=sa.text(UNHANDLED),
    )


def downgrade() -> None:
    op.drop_index("ix_notices_unhandled", table_name="notices")
    op.drop_index("uq_notices_follows_id", table_name="notices")
    op.drop_column("notices", "handled_at")
    op.drop_column("notices", "follows_id")
