"""A draft may be held by several browsers, be taken up by code, and hold texts that two windows disagree on.

Revision 20261126_draft_tokens, after 20261126_calendar_overrides.
"""

import sqlalchemy as sa
from alembic import op

revision = "20261126_draft_tokens"
down_revision = "20261126_calendar_overrides"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("draft_tokens", "resume_codes"):
        op.create_table(
            table,
            sa.Column("digest", sa.LargeBinary(), nullable=False),
            sa.Column("draft_id", sa.Uuid(), nullable=False),
            sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
            sa.ForeignKeyConstraint(
                ["draft_id"], ["drafts.id"], name=op.f(f"fk_{table}_draft_id_drafts"), ondelete="CASCADE"
            ),
            sa.PrimaryKeyConstraint("digest", name=op.f(f"pk_{table}")),
        )
        op.create_index(f"ix_{table}_draft_id", table, ["draft_id"])
    op.execute(
        "INSERT INTO draft_tokens (digest, draft_id, created_at) SELECT token_digest, id, created_at FROM drafts"
    )
    with op.batch_alter_table("drafts") as batch:
        batch.drop_constraint(op.f("uq_drafts_token_digest"), type_="unique")
        batch.drop_column("token_digest")
        batch.add_column(sa.Column("windows", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("drafts") as batch:
        batch.drop_column("windows")
        batch.add_column(sa.Column("token_digest", sa.LargeBinary(), nullable=True))
    # Of the browsers that hold a draft the first one keeps it.
    op.execute(
        "UPDATE drafts SET token_digest = (SELECT digest FROM draft_tokens WHERE draft_id = drafts.id"
        " ORDER BY created_at LIMIT 1)"
    )
    with op.batch_alter_table("drafts") as batch:
        batch.alter_column("token_digest", existing_type=sa.LargeBinary(), nullable=False)
        batch.create_unique_constraint(op.f("uq_drafts_token_digest"), ["token_digest"])
    op.drop_table("resume_codes")
    op.drop_table("draft_tokens")
