"""Folders of documents: every draft and every complaint owns one, and a sent draft shares its complaint's.

Revision 20261122_evidence, after 20261121_first_tables.
"""

import sqlalchemy as sa
from alembic import op

revision = "20261122_evidence"
down_revision = "20261121_first_tables"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "folders",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("kept_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["key_id"], ["case_keys.id"], name=op.f("fk_folders_key_id_case_keys")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_folders")),
    )
    op.create_index("ix_folders_key_id", "folders", ["key_id"])
    op.create_index("ix_folders_kept_until", "folders", ["kept_until"])

    op.create_table(
        "documents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("folder_id", sa.Uuid(), nullable=False),
        sa.Column("delivery_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("storage", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("scan", sa.String(length=40), nullable=False),
        sa.Column("scanned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("size > 0", name=op.f("ck_documents_an_empty_file_is_none")),
        sa.CheckConstraint(
            "(scanned_at IS NULL) = (scan NOT IN ('clean', 'infected'))",
            name=op.f("ck_documents_judged_has_its_moment"),
        ),
        sa.ForeignKeyConstraint(
            ["folder_id"], ["folders.id"], name=op.f("fk_documents_folder_id_folders"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
        sa.UniqueConstraint("folder_id", "position", name=op.f("uq_documents_folder_id_position")),
        sa.UniqueConstraint("storage", name=op.f("uq_documents_storage")),
    )
    unjudged = sa.text("scan IN ('waiting', 'unavailable') AND removed_at IS NULL")
    op.create_index(
        "ix_documents_unjudged", "documents", ["created_at"], sqlite_where=unjudged, postgresql_where=unjudged
    )
    removed = sa.text("removed_at IS NOT NULL")
    op.create_index("ix_documents_removed", "documents", ["removed_at"], sqlite_where=removed, postgresql_where=removed)

    # A sent draft and its complaint have one data key. Named after that, both find the one folder they share.
    op.execute(
        "INSERT INTO folders (id, key_id, created_at) SELECT id, id, created_at FROM case_keys"
        " WHERE id IN (SELECT key_id FROM drafts UNION SELECT key_id FROM complaints)"
    )
    for table, nullable, ondelete in (("drafts", False, "CASCADE"), ("complaints", True, "SET NULL")):
        op.add_column(table, sa.Column("folder_id", sa.Uuid(), nullable=True))
        op.execute(f"UPDATE {table} SET folder_id = key_id")
        with op.batch_alter_table(table) as batch:
            batch.alter_column("folder_id", existing_type=sa.Uuid(), nullable=nullable)
            batch.create_unique_constraint(op.f(f"uq_{table}_folder_id"), ["folder_id"])
            batch.create_foreign_key(
                op.f(f"fk_{table}_folder_id_folders"), "folders", ["folder_id"], ["id"], ondelete=ondelete
            )


def downgrade() -> None:
    for table in ("drafts", "complaints"):
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(op.f(f"fk_{table}_folder_id_folders"), type_="foreignkey")
            batch.drop_constraint(op.f(f"uq_{table}_folder_id"), type_="unique")
            batch.drop_column("folder_id")
    op.drop_table("documents")
    op.drop_table("folders")
