"""The job table."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base
from portal.jobs.rules import JobState

# Spelled out in the statement, not bound: a planner that does not see the value cannot know that a
# partial index covers the query.
WAITING: sa.ColumnElement[str] = sa.literal_column(f"'{JobState.WAITING}'")
RUNNING: sa.ColumnElement[str] = sa.literal_column(f"'{JobState.RUNNING}'")
DONE: sa.ColumnElement[str] = sa.literal_column(f"'{JobState.DONE}'")
DEAD: sa.ColumnElement[str] = sa.literal_column(f"'{JobState.DEAD}'")


class Job(Base):
    """One piece of work that must not be lost. Holds ids only, never personal data."""

    __tablename__ = "jobs"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    payload: Mapped[dict[str, Any]]
    # Who enqueues the same key twice has one job: the table itself refuses the double.
    key: Mapped[str | None] = mapped_column(unique=True)
    state: Mapped[JobState]
    run_at: Mapped[datetime]
    tries: Mapped[int]
    # New at every claim. Renewing and settling name it, so that a worker which was frozen and has
    # thawed can do neither once somebody else has taken its job.
    token: Mapped[UUID | None]
    # By the database's clock, like every moment that two machines compare.
    leased_until: Mapped[datetime | None]
    # The class of the last failure; its message may quote the customer and is not kept.
    error: Mapped[str | None]
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]

    __table_args__ = (
        sa.CheckConstraint("(state = 'running') = (token IS NOT NULL)", name="running_has_token"),
        sa.CheckConstraint("(state = 'running') = (leased_until IS NOT NULL)", name="running_has_lease"),
        sa.CheckConstraint("(state IN ('done', 'dead')) = (settled_at IS NOT NULL)", name="settled_has_moment"),
        sa.CheckConstraint("tries >= 0", name="tries_count_up"),
        sa.Index(
            "ix_jobs_waiting",
            "run_at",
            postgresql_where=sa.text("state = 'waiting'"),
            sqlite_where=sa.text("state = 'waiting'"),
        ),
        sa.Index(
            "ix_jobs_running",
            "leased_until",
            postgresql_where=sa.text("state = 'running'"),
            sqlite_where=sa.text("state = 'running'"),
        ),
        sa.Index(
            "ix_jobs_settled",
            "state",
            "settled_at",
            postgresql_where=sa.text("settled_at IS NOT NULL"),
            sqlite_where=sa.text("settled_at IS NOT NULL"),
        ),
    )
