"""Migrations: they build what the models say, and several servers may start at once."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from portal import migrating
from portal.db import Database
from portal.sealing import KeyRing

ROOT = Path(__file__).parent.parent.parent
UPGRADE = """
import sys
from portal.db import Database
from portal.migrating import upgrade
from portal.sealing import KeyRing
database = Database(sys.argv[1], KeyRing.generate())
print("ready", flush=True)
sys.stdin.readline()
print(len(upgrade(database)))
"""


@pytest.fixture
def bare(bare_database_url: str, keys: KeyRing) -> Database:
    return Database(bare_database_url, keys)


def test_there_is_one_head_and_files_sort_by_date() -> None:
    scripts = ScriptDirectory(str(migrating.SCRIPTS))
    assert len(scripts.get_heads()) == 1
    in_order = [Path(script.path).name for script in scripts.walk_revisions()][::-1]
    assert all(re.fullmatch(r"\d{8}_[a-z0-9_]+\.py", name) for name in in_order)
    assert [name[:8] for name in in_order] == sorted(name[:8] for name in in_order)


# On SQLite an index over an expression is not read back; its name is looked for below.
@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
@pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based index")
def test_the_migrations_build_exactly_what_the_models_say(bare: Database) -> None:
    assert migrating.upgrade(bare)
    metadata = migrating.load_models()
    with bare.reader.connect() as connection:
        options = {"include_object": migrating.belongs_to(connection.dialect.name)}
        options |= {"compare_type": True, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []
        built = {
            check["name"] for table in metadata.tables for check in sa.inspect(connection).get_check_constraints(table)
        }
        if bare.is_sqlite:
            indexes = set(connection.scalars(sa.text("SELECT name FROM sqlite_master WHERE type = 'index'")))
            said = {str(index.name) for table in metadata.tables.values() for index in table.indexes}
            assert said - indexes == set()
    # Autogenerate does not look at CHECK constraints, so they are compared by name.
    assert built == {
        constraint.name
        for table in metadata.tables.values()
        for constraint in table.constraints
        if isinstance(constraint, sa.CheckConstraint)
    }
    bare.dispose()


def test_a_second_upgrade_finds_nothing_to_do(bare: Database) -> None:
    assert migrating.pending(bare) == migrating.upgrade(bare) != []
    assert migrating.pending(bare) == migrating.upgrade(bare) == []
    bare.dispose()


def test_three_processes_upgrade_at_once_and_one_of_them_does_it(bare_database_url: str) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", UPGRADE, bare_database_url],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    for process in processes:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    answers = [process.communicate(timeout=60) for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0], answers
    did = sorted(int(out) for out, _ in answers)
    assert did[:2] == [0, 0]
    assert did[2] == len(list(ScriptDirectory(str(migrating.SCRIPTS)).walk_revisions()))


@pytest.mark.parametrize("bare_database_url", ["sqlite"], indirect=True)
def test_a_migration_that_breaks_references_on_sqlite_is_rolled_back(bare: Database) -> None:
    with bare.writer.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE parent (id INTEGER PRIMARY KEY)")
        connection.exec_driver_sql("CREATE TABLE child (parent INTEGER REFERENCES parent ON DELETE CASCADE)")
        connection.exec_driver_sql("INSERT INTO parent VALUES (1)")
        connection.exec_driver_sql("INSERT INTO child VALUES (1)")
    # Copying and dropping the parent, as Alembic does, must neither delete the child nor be refused.
    with migrating.alone(bare) as connection:
        connection.exec_driver_sql("CREATE TABLE copied AS SELECT * FROM parent")
        connection.exec_driver_sql("DROP TABLE parent")
        connection.exec_driver_sql("CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT)")
        connection.exec_driver_sql("INSERT INTO parent (id) SELECT id FROM copied")
    with (
        pytest.raises(migrating.BrokenReferences, match="child -> parent"),
        migrating.alone(bare) as connection,
    ):
        connection.exec_driver_sql("DELETE FROM parent")
    with bare.reader.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM parent, child").scalar() == 1
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    bare.dispose()
