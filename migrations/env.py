"""Alembic's entry: which tables should exist, and on which connection to make them."""

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context
from alembic.autogenerate.api import AutogenContext

from portal.config import Settings
from portal.db import Database
from portal.migrating import alone, belongs_to, load_models


def render_item(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    """Write our own column types as the plain SQL types they are.

    A migration must do tomorrow what it did today, so it names no class of the portal that may change.
    """
    if kind == "type" and isinstance(item, sa.types.TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    if kind == "type" and isinstance(item, sa.Enum):
        return f"sa.String(length={item.length})"
    return False


def run(connection: sa.Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=load_models(),
        render_item=render_item,
        include_object=belongs_to(connection.dialect.name),
        # SQLite cannot alter a table; Alembic copies it into its new shape.
        render_as_batch=connection.dialect.name == "sqlite",
        # The caller's BEGIN makes DDL on SQLite as transactional as on PostgreSQL.
        transactional_ddl=True,
        compare_type=True,
        compare_server_default=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def main() -> None:
    given: sa.Connection | None = context.config.attributes.get("connection")
    if given is not None:
        run(given)
        return
    # Alembic's own command line, which developers use to write a revision.
    settings = Settings.from_environment()
    database = Database(settings.database_url, settings.keys)
    with alone(database) as connection:
        run(connection)
    database.dispose()


main()
