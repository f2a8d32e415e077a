"""A document that came too long ago to stop our time for it can still be asked about.

Revision 20261125_questions, after 20261125_queue.
"""

import sqlalchemy as sa
from alembic import op

revision = "20261125_questions"
down_revision = "20261125_queue"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("complaint_requirements") as table:
        table.add_column(sa.Column("questioned_at", sa.DateTime(timezone=True), nullable=True))
        table.create_check_constraint(
            op.f("ck_complaint_requirements_what_is_questioned_has_come"),
            "questioned_at IS NULL OR arrived_at IS NOT NULL",
        )


def downgrade() -> None:
    with op.batch_alter_table("complaint_requirements") as table:
        table.drop_constraint(op.f("ck_complaint_requirements_what_is_questioned_has_come"), type_="check")
        table.drop_column("questioned_at")
