"""What decrees changed in the published calendars.

Revision 20261126_calendar_overrides, after 20261125_questions.
"""

import sqlalchemy as sa
from alembic import op

revision = "20261126_calendar_overrides"
down_revision = "20261125_questions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calendar_overrides",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("act", sa.String(length=40), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=True),
        sa.Column("calendars", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("name_id", sa.Text(), nullable=True),
        sa.Column("name_en", sa.Text(), nullable=True),
        sa.Column("decree", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_calendar_overrides_numbers_count_from_one")),
        sa.CheckConstraint("(act = 'know') = (kind IS NULL)", name=op.f("ck_calendar_overrides_a_day_has_its_kind")),
        sa.CheckConstraint(
            "(name_id IS NULL) = (name_en IS NULL)", name=op.f("ck_calendar_overrides_named_in_both_languages")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_calendar_overrides")),
    )


def downgrade() -> None:
    op.drop_table("calendar_overrides")
