"""Responses and what follows them: points and answers, rounds that end in many ways, links, forums.

Revision 20261130_responses, after 20261128_desk_tools.
"""

import sqlalchemy as sa
from alembic import op

revision = "20261130_responses"
down_revision = "20261128_desk_tools"
branch_labels = None
depends_on = None

ENDS_BEFORE = "'deemed_withdrawn', 'withdrawn'"
ENDS = "'agreed', 'deemed_withdrawn', 'merged', 'no_reaction', 'not_agreed', 'refused', 'settled', 'withdrawn'"
ANSWERED = sa.text("closed_at IS NULL AND decide_by IS NOT NULL")


def _ends(table, ends: str) -> None:
    table.drop_constraint(op.f("ck_complaints_closed_has_its_moment"), type_="check")
    table.create_check_constraint(
        op.f("ck_complaints_closed_has_its_moment"), f"(closed_at IS NOT NULL) = (status IN ({ends}))"
    )


def upgrade() -> None:
    with op.batch_alter_table("complaint_rounds") as table:
        table.add_column(sa.Column("outcome", sa.String(length=40), nullable=True))
        table.add_column(sa.Column("novelty", sa.String(length=40), nullable=True))
        table.add_column(sa.Column("satisfaction", sa.Integer(), nullable=True))
        table.add_column(sa.Column("sealed", sa.LargeBinary(), nullable=True))
    # Until now a round ended only where its complaint did.
    op.execute(
        "UPDATE complaint_rounds SET outcome = (SELECT status FROM complaints WHERE complaints.id = complaint_id)"
        " WHERE closed_at IS NOT NULL"
    )
    with op.batch_alter_table("complaint_rounds") as table:
        table.create_check_constraint(
            op.f("ck_complaint_rounds_an_end_has_its_moment"), "(outcome IS NULL) = (closed_at IS NULL)"
        )
        table.create_check_constraint(
            op.f("ck_complaint_rounds_an_objection_brings_something"), "(novelty IS NULL) = (kind <> 'objection')"
        )
        table.create_check_constraint(
            op.f("ck_complaint_rounds_satisfaction_is_one_to_five"), "satisfaction BETWEEN 1 AND 5"
        )
    with op.batch_alter_table("complaints") as table:
        table.add_column(sa.Column("decide_by", sa.Date(), nullable=True))
        table.add_column(sa.Column("service_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("merged_into_id", sa.Uuid(), nullable=True))
        table.add_column(sa.Column("held_at", sa.DateTime(timezone=True), nullable=True))
        table.create_foreign_key(
            op.f("fk_complaints_merged_into_id_complaints"), "complaints", ["merged_into_id"], ["id"]
        )
        _ends(table, ENDS)
        table.create_check_constraint(
            op.f("ck_complaints_a_merged_one_goes_on_elsewhere"), "(merged_into_id IS NOT NULL) = (status = 'merged')"
        )
        table.create_check_constraint(
            op.f("ck_complaints_who_has_an_answer_decides"), "decide_by IS NULL OR status = 'answered'"
        )
    op.create_index(
        "ix_complaints_open_answered",
        "complaints",
        ["decide_by", "id"],
        sqlite_where=ANSWERED,
        postgresql_where=ANSWERED,
    )
    op.create_table(
        "complaint_links",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("complaint_id <> other_id", name=op.f("ck_complaint_links_nothing_is_linked_to_itself")),
        sa.ForeignKeyConstraint(
            ["complaint_id"],
            ["complaints.id"],
            name=op.f("fk_complaint_links_complaint_id_complaints"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["officer_id"], ["officers.id"], name=op.f("fk_complaint_links_officer_id_officers")),
        sa.ForeignKeyConstraint(
            ["other_id"], ["complaints.id"], name=op.f("fk_complaint_links_other_id_complaints"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_links")),
        sa.UniqueConstraint(
            "complaint_id", "other_id", "kind", name=op.f("uq_complaint_links_complaint_id_other_id_kind")
        ),
    )
    op.create_index(op.f("ix_complaint_links_complaint_id"), "complaint_links", ["complaint_id"])
    op.create_index(op.f("ix_complaint_links_other_id"), "complaint_links", ["other_id"])
    op.create_table(
        "complaint_answers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("outcomes", sa.JSON(), nullable=False),
        sa.Column("ground", sa.String(length=40), nullable=True),
        sa.Column("earlier_id", sa.Uuid(), nullable=True),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("approver_id", sa.Uuid(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("head", sa.LargeBinary(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'refusal') = (ground IS NOT NULL)", name=op.f("ck_complaint_answers_a_refusal_has_a_ground")
        ),
        sa.CheckConstraint(
            "(state = 'sent') = (sent_at IS NOT NULL)", name=op.f("ck_complaint_answers_sent_has_its_moment")
        ),
        sa.CheckConstraint("(sent_at IS NULL) = (head IS NULL)", name=op.f("ck_complaint_answers_sent_bears_the_head")),
        sa.CheckConstraint(
            "approver_id IS NULL OR approver_id <> author_id",
            name=op.f("ck_complaint_answers_four_eyes_are_two_people"),
        ),
        sa.ForeignKeyConstraint(
            ["approver_id"], ["officers.id"], name=op.f("fk_complaint_answers_approver_id_officers")
        ),
        sa.ForeignKeyConstraint(["author_id"], ["officers.id"], name=op.f("fk_complaint_answers_author_id_officers")),
        sa.ForeignKeyConstraint(
            ["complaint_id"],
            ["complaints.id"],
            name=op.f("fk_complaint_answers_complaint_id_complaints"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["earlier_id"], ["complaints.id"], name=op.f("fk_complaint_answers_earlier_id_complaints")
        ),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["complaint_rounds.id"],
            name=op.f("fk_complaint_answers_round_id_complaint_rounds"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_answers")),
        sa.UniqueConstraint("round_id", name=op.f("uq_complaint_answers_round_id")),
    )
    op.create_index(op.f("ix_complaint_answers_complaint_id"), "complaint_answers", ["complaint_id"])
    op.create_table(
        "complaint_forum_steps",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("forum", sa.Text(), nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=True),
        sa.Column("officer_id", sa.Uuid(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "(party_id IS NULL) <> (officer_id IS NULL)", name=op.f("ck_complaint_forum_steps_somebody_told_it")
        ),
        sa.ForeignKeyConstraint(
            ["complaint_id"],
            ["complaints.id"],
            name=op.f("fk_complaint_forum_steps_complaint_id_complaints"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["officer_id"], ["officers.id"], name=op.f("fk_complaint_forum_steps_officer_id_officers")
        ),
        sa.ForeignKeyConstraint(
            ["party_id"],
            ["complaint_parties.id"],
            name=op.f("fk_complaint_forum_steps_party_id_complaint_parties"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_forum_steps")),
    )
    op.create_index(op.f("ix_complaint_forum_steps_complaint_id"), "complaint_forum_steps", ["complaint_id"])
    op.create_table(
        "complaint_points",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("reply", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "(state = 'open') = (reply IS NULL)", name=op.f("ck_complaint_points_what_is_treated_has_its_words")
        ),
        sa.ForeignKeyConstraint(
            ["complaint_id"],
            ["complaints.id"],
            name=op.f("fk_complaint_points_complaint_id_complaints"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["complaint_rounds.id"],
            name=op.f("fk_complaint_points_round_id_complaint_rounds"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_points")),
        sa.UniqueConstraint("round_id", "position", name=op.f("uq_complaint_points_round_id_position")),
    )
    op.create_index(op.f("ix_complaint_points_complaint_id"), "complaint_points", ["complaint_id"])


def downgrade() -> None:
    op.drop_table("complaint_points")
    op.drop_table("complaint_forum_steps")
    op.drop_table("complaint_answers")
    op.drop_table("complaint_links")
    op.drop_index("ix_complaints_open_answered", table_name="complaints")
    with op.batch_alter_table("complaints") as table:
        table.drop_constraint(op.f("ck_complaints_who_has_an_answer_decides"), type_="check")
        table.drop_constraint(op.f("ck_complaints_a_merged_one_goes_on_elsewhere"), type_="check")
        _ends(table, ENDS_BEFORE)
        table.drop_constraint(op.f("fk_complaints_merged_into_id_complaints"), type_="foreignkey")
        table.drop_column("held_at")
        table.drop_column("merged_into_id")
        table.drop_column("service_at")
        table.drop_column("decide_by")
    with op.batch_alter_table("complaint_rounds") as table:
        table.drop_constraint(op.f("ck_complaint_rounds_satisfaction_is_one_to_five"), type_="check")
        table.drop_constraint(op.f("ck_complaint_rounds_an_objection_brings_something"), type_="check")
        table.drop_constraint(op.f("ck_complaint_rounds_an_end_has_its_moment"), type_="check")
        table.drop_column("sealed")
        table.drop_column("satisfaction")
        table.drop_column("novelty")
        table.drop_column("outcome")
