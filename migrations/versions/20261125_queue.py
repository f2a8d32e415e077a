"""The queue and its search: indexes of what is open, of terms by time, and the plain words of officers.

Revision 20261125_queue, after 20261123_desk.
"""

import sqlalchemy as sa
from alembic import op

revision = "20261125_queue"
down_revision = "20261123_desk"
branch_labels = None
depends_on = None


def _open_index(name: str, columns: list[str], where: str | None = None) -> None:
    which = sa.text("closed_at IS NULL" + (f" AND {where}" if where else ""))
    op.create_index(name, "complaints", columns, sqlite_where=which, postgresql_where=which)


def upgrade() -> None:
    op.drop_index("ix_complaints_status_due_on_id", table_name="complaints")
    op.drop_index("ix_complaints_holder_id_status_due_on", table_name="complaints")
    _open_index("ix_complaints_open", ["due_on", "id"])
    _open_index("ix_complaints_open_holder", ["holder_id", "due_on", "id"])
    _open_index("ix_complaints_open_escalated", ["due_on", "id"], "escalated_at IS NOT NULL")
    _open_index("ix_complaints_open_unanswered", ["due_on", "id"], "first_response_at IS NULL")
    _open_index("ix_complaints_open_incomplete", ["due_on", "id"], "documents_due_on IS NOT NULL")
    op.create_index("ix_complaints_topic_id", "complaints", ["topic", "id"])
    sorted_by_us = sa.text("desk_topic IS NOT NULL")
    op.create_index(
        "ix_complaints_desk_topic_id",
        "complaints",
        ["desk_topic", "id"],
        sqlite_where=sorted_by_us,
        postgresql_where=sorted_by_us,
    )
    op.drop_index("ix_complaint_terms_kind_term", table_name="complaint_terms")
    op.create_index("ix_complaint_terms_kind_term_complaint_id", "complaint_terms", ["kind", "term", "complaint_id"])
    op.create_table(
        "complaint_words",
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["complaint_id"],
            ["complaints.id"],
            name=op.f("fk_complaint_words_complaint_id_complaints"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("word", "complaint_id", "source", name=op.f("pk_complaint_words")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_complaint_words_complaint_id", "complaint_words", ["complaint_id"])


def downgrade() -> None:
    op.drop_table("complaint_words")
    op.drop_index("ix_complaint_terms_kind_term_complaint_id", table_name="complaint_terms")
    op.create_index("ix_complaint_terms_kind_term", "complaint_terms", ["kind", "term"])
    for name in (
        "ix_complaints_desk_topic_id",
        "ix_complaints_topic_id",
        "ix_complaints_open_incomplete",
        "ix_complaints_open_unanswered",
        "ix_complaints_open_escalated",
        "ix_complaints_open_holder",
        "ix_complaints_open",
    ):
        op.drop_index(name, table_name="complaints")
    op.create_index("ix_complaints_holder_id_status_due_on", "complaints", ["holder_id", "status", "due_on"])
    op.create_index("ix_complaints_status_due_on_id", "complaints", ["status", "due_on", "id"])
