"""Reads of what officers are receiving."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa

from portal.accounts.rules import Officer, OfficerRole
from portal.db import Session
from portal.desk.receiving.models import Intake
from portal.filing.models import Draft
from portal.filing.rules import Slug, Told
from portal.filing.service import told

MOST = 50


class Unfinished(NamedTuple):
    """A half-finished intake: the row, its draft, and what was told so far."""

    intake: Intake
    draft: Draft
    told: Told

    @property
    def name(self) -> str | None:
        """The customer's name, as far as it was typed."""
        typed = [self.told.answers[slug].typed for slug in (Slug.IDENTITY, Slug.CONTACT) if slug in self.told.answers]
        return next((one["name"] for one in typed if one.get("name")), None)


def _kept_by(officer: Officer) -> sa.ColumnElement[bool]:
    """An officer's own; a manager can take over what a colleague left (K3-06)."""
    return sa.true() if officer.has(OfficerRole.CS_MANAGER) else Intake.officer_id == officer.id


def find(session: Session, officer: Officer, intake_id: UUID, *, now: datetime) -> tuple[Intake, Draft] | None:
    """The intake with this id and its living draft, sent or not; None for a colleague's."""
    row = session.execute(
        sa.select(Intake, Draft)
        .join(Draft, Draft.id == Intake.draft_id)
        .where(Intake.id == intake_id, Draft.expires_at > now, _kept_by(officer))
    ).one_or_none()
    return (row[0], row[1]) if row else None


def unfinished(session: Session, officer: Officer, *, now: datetime) -> Sequence[Unfinished]:
    """What was begun and not registered, the newest first."""
    rows = session.execute(
        sa.select(Intake, Draft)
        .join(Draft, Draft.id == Intake.draft_id)
        .where(Draft.complaint_id.is_(None), Draft.expires_at > now, _kept_by(officer))
        .order_by(Draft.updated_at.desc())
        .limit(MOST)
    ).all()
    return [Unfinished(intake, draft, told(session, draft)) for intake, draft in rows]
