"""Which party added a document; nobody for what came with the complaint itself.

Revision 20261123_document_added_by, after 20261122_requirements.
"""

import sqlalchemy as sa
from alembic import op

revision = "20261123_document_added_by"
down_revision = "20261122_requirements"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # No foreign key: the room of documents stands below that of the parties and knows nothing of them.
    op.add_column("documents", sa.Column("added_by", sa.Uuid(), nullable=True))


def downgrade() -> None:
    op.drop_column("documents", "added_by")
