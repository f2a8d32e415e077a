"""The open complaints of one topic, as officers sorted them, lie together in the order of their dates.

Revision 20261130_open_topics, after 20261130_objection_drafts.
"""

import sqlalchemy as sa
from alembic import op

revision = "20261130_open_topics"
down_revision = "20261130_objection_drafts"
branch_labels = None
depends_on = None

OPEN = "closed_at IS NULL"


def upgrade() -> None:
    op.create_index(
        "ix_complaints_open_topic",
        "complaints",
        [sa.text("coalesce(desk_topic, topic)"), "due_on", "id"],
        sqlite_where=sa.text(OPEN),
        postgresql_where=sa.text(OPEN),
    )


def downgrade() -> None:
    op.drop_index("ix_complaints_open_topic", table_name="complaints")
