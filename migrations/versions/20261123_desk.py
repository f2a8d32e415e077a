"""What officers do to a complaint: who has it, reports to divisions, messages and notes, checks, verdicts.

Revision 20261123_desk, after 20261123_officers.
"""

import sqlalchemy as sa
from alembic import op

revision = "20261123_desk"
down_revision = "20261123_officers"
branch_labels = None
depends_on = None


def _of_complaint(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.ForeignKeyConstraint(
            ["complaint_id"],
            ["complaints.id"],
            name=op.f(f"fk_{table}_complaint_id_complaints"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def _by_officer(table: str, column: str = "officer_id") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], ["officers.id"], name=op.f(f"fk_{table}_{column}_officers"))


def _of_party(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["party_id"], ["complaint_parties.id"], name=op.f(f"fk_{table}_party_id_complaint_parties"), ondelete="CASCADE"
    )


def upgrade() -> None:
    with op.batch_alter_table("complaints") as table:
        table.add_column(sa.Column("documents_due_on", sa.Date(), nullable=True))
        table.add_column(sa.Column("holder_id", sa.Uuid(), nullable=True))
        table.add_column(sa.Column("first_response_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("category", sa.Text(), nullable=True))
        table.add_column(sa.Column("desk_topic", sa.Text(), nullable=True))
        table.create_foreign_key(op.f("fk_complaints_holder_id_officers"), "officers", ["holder_id"], ["id"])
        # A complaint can end in more ways than one now.
        table.drop_constraint(op.f("ck_complaints_closed_has_its_moment"), type_="check")
        table.create_check_constraint(
            op.f("ck_complaints_closed_has_its_moment"),
            "(closed_at IS NOT NULL) = (status IN ('deemed_withdrawn', 'withdrawn'))",
        )
    op.create_index("ix_complaints_holder_id_status_due_on", "complaints", ["holder_id", "status", "due_on"])
    op.create_index("ix_complaints_received_at_id", "complaints", ["received_at", "id"])

    op.create_table(
        "complaint_passes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("division", sa.Text(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("passed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("contact", sa.Boolean(), nullable=False),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (answer IS NULL)", name=op.f("ck_complaint_passes_an_answer_has_its_moment")
        ),
        _by_officer("complaint_passes"),
        _by_officer("complaint_passes", "answered_by"),
        *_of_complaint("complaint_passes"),
    )
    op.create_index("ix_complaint_passes_complaint_id", "complaint_passes", ["complaint_id"])
    op.create_index("ix_complaint_passes_division_complaint_id", "complaint_passes", ["division", "complaint_id"])

    op.create_table(
        "complaint_messages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("audience", sa.String(length=40), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=True),
        sa.Column("officer_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delivery_id", sa.Uuid(), nullable=True),
        sa.Column("mentions", sa.JSON(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "(party_id IS NULL) != (officer_id IS NULL)", name=op.f("ck_complaint_messages_somebody_wrote_it")
        ),
        sa.CheckConstraint(
            "party_id IS NULL OR audience = 'customer'", name=op.f("ck_complaint_messages_a_note_is_an_officers")
        ),
        _of_party("complaint_messages"),
        _by_officer("complaint_messages"),
        *_of_complaint("complaint_messages"),
    )
    op.create_index("ix_complaint_messages_complaint_id", "complaint_messages", ["complaint_id"])

    op.create_table(
        "complaint_checks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=True),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        _of_party("complaint_checks"),
        _by_officer("complaint_checks"),
        *_of_complaint("complaint_checks"),
    )
    op.create_index("ix_complaint_checks_complaint_id", "complaint_checks", ["complaint_id"])

    op.create_table(
        "complaint_reviews",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        _by_officer("complaint_reviews"),
        *_of_complaint("complaint_reviews"),
    )
    op.create_index("ix_complaint_reviews_complaint_id", "complaint_reviews", ["complaint_id"])


def downgrade() -> None:
    for table in ("complaint_reviews", "complaint_checks", "complaint_messages", "complaint_passes"):
        op.drop_table(table)
    op.drop_index("ix_complaints_received_at_id", "complaints")
    op.drop_index("ix_complaints_holder_id_status_due_on", "complaints")
    with op.batch_alter_table("complaints") as table:
        table.drop_constraint(op.f("ck_complaints_closed_has_its_moment"), type_="check")
        table.create_check_constraint(
            op.f("ck_complaints_closed_has_its_moment"), "(closed_at IS NOT NULL) = (status IN ('withdrawn'))"
        )
        table.drop_constraint(op.f("fk_complaints_holder_id_officers"), type_="foreignkey")
        for column in ("desk_topic", "category", "first_response_at", "holder_id", "documents_due_on"):
            table.drop_column(column)
