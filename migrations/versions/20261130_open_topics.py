"""The open complaints of one topic, as officers sorted them, lie together in the order of their dates.

Revision 20261130_open_topics, after 20261130_objection_drafts.
"""

import sqlalchemy as sa
from alembic import op

revision = "20261130_open_topics"
down_revision = "20261130_objection_drafts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # PostgreSQL counts a capped list by a bitmap of the whole topic where it has this index.
    if op.get_bind().dialect.name == "sqlite":
        op.create_index(
            "ix_complaints_open_topic",
            "complaints",
            [sa.text("coalesce(desk_topic, topic)"), "due_on", "id"],
            sqlite_where=sa.text("closed_at IS NULL"),
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.drop_index("ix_complaints_open_topic", table_name="complaints")
