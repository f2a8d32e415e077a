"""What a complaint needs to be complete, who acts for whom, and whose time a clock counts.

Revision 20261122_requirements, after 20261122_evidence.
"""

import sqlalchemy as sa
from alembic import op

revision = "20261122_requirements"
down_revision = "20261122_evidence"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "complaint_authorities",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (state = 'claimed')",
            name=op.f("ck_complaint_authorities_a_decision_has_its_moment"),
        ),
        sa.ForeignKeyConstraint(
            ["complaint_id"],
            ["complaints.id"],
            name=op.f("fk_complaint_authorities_complaint_id_complaints"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["party_id"],
            ["complaint_parties.id"],
            name=op.f("fk_complaint_authorities_party_id_complaint_parties"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_authorities")),
        sa.UniqueConstraint("party_id", name=op.f("uq_complaint_authorities_party_id")),
    )
    op.create_index("ix_complaint_authorities_complaint_id", "complaint_authorities", ["complaint_id"])

    op.create_table(
        "complaint_requirements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "asked_at IS NOT NULL OR arrived_at IS NOT NULL",
            name=op.f("ck_complaint_requirements_what_is_missing_was_asked_for"),
        ),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["complaint_rounds.id"],
            name=op.f("fk_complaint_requirements_round_id_complaint_rounds"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_requirements")),
        sa.UniqueConstraint("round_id", "code", name=op.f("uq_complaint_requirements_round_id_code")),
    )
    # The clocks, parties and complaints that exist already get what they always meant.
    _add_filled("complaint_clocks", sa.Column("purpose", sa.String(length=40), nullable=False), "answer")
    _add_filled("complaint_clocks", sa.Column("steps", sa.JSON(), nullable=False), "[]")
    _add_filled("complaint_parties", sa.Column("contact", sa.String(length=40), nullable=False), "own")
    with op.batch_alter_table("complaint_clocks") as table:
        table.add_column(sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True))
    running = sa.text("started_at IS NOT NULL AND ended_at IS NULL")
    op.create_index(
        "ix_complaint_clocks_running",
        "complaint_clocks",
        ["purpose", "due_on"],
        sqlite_where=running,
        postgresql_where=running,
    )
    with op.batch_alter_table("complaints") as table:
        table.add_column(sa.Column("capacity", sa.Text(), nullable=True))
        table.add_column(sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True))


def _add_filled(table: str, column: sa.Column, value: str) -> None:
    with op.batch_alter_table(table) as batch:
        batch.add_column(sa.Column(column.name, column.type, nullable=False, server_default=value))
    with op.batch_alter_table(table) as batch:
        batch.alter_column(column.name, existing_type=column.type, existing_nullable=False, server_default=None)


def downgrade() -> None:
    op.drop_index("ix_complaint_clocks_running", "complaint_clocks")
    for table, columns in (
        ("complaints", ("escalated_at", "capacity")),
        ("complaint_parties", ("contact",)),
        ("complaint_clocks", ("ended_at", "steps", "purpose")),
    ):
        with op.batch_alter_table(table) as batch:
            for column in columns:
                batch.drop_column(column)
    op.drop_table("complaint_requirements")
    op.drop_table("complaint_authorities")
