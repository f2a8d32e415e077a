"""The databases that the tests run on are the ones that deployments run on."""

import sqlalchemy as sa

from portal.db import Database, Session


def test_each_test_gets_its_own_empty_database(database: Database) -> None:
    with database.writer.begin() as connection:
        tables = sa.inspect(connection).get_table_names()
        assert "case_keys" in tables
        connection.exec_driver_sql("CREATE TABLE left_behind (id INTEGER)")


def test_nothing_is_left_behind_by_the_test_before(database: Database) -> None:
    with database.reader.connect() as connection:
        assert "left_behind" not in sa.inspect(connection).get_table_names()


def test_the_session_reads_until_it_is_told_to_write(session: Session) -> None:
    assert not session.is_writing
    session.begin_write()
    assert session.is_writing
