"""Complaints in every state that the queue tells apart, as rows of the real tables."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from portal.accounts.rules import Officer
from portal.complaints.models import Complaint, Pass
from portal.complaints.rules import Person
from portal.db import Database
from portal.institution.models import Institution
from tests.builders import NOW
from tests.complaints.cases import Case, file_case


def a_case(
    house: Database,
    profile: Institution,
    name: str = "Siti Rahmawati",
    *,
    now: datetime = NOW,
    given: Collection[str] | None = None,
    columns: dict[str, Any] | None = None,
    **changes: object,
) -> Case:
    """File a complaint of this customer; `columns` are then set in its row, as the services would."""
    told = {"customer": Person(name, "id", "s@example.id", None), "topic": "other", **changes}
    case = file_case(house, profile, now=now, given=given, **told)
    if columns:
        put(house, case, **columns)
    return case


# What the row of a complaint holds that waits for its documents.
INCOMPLETE: dict[str, Any] = {"due_on": None, "documents_due_on": date(2026, 12, 7)}


def put(house: Database, case: Case, **columns: Any) -> None:
    """Set columns of a complaint's row."""
    with house.session() as session:
        session.begin_write()
        session.execute(sa.update(Complaint).where(Complaint.id == case.complaint_id).values(**columns))
        session.commit()


def pass_on(
    house: Database,
    case: Case,
    division: str,
    by: UUID | Officer,
    *,
    due_on: date = date(2026, 11, 30),
    contact: bool = False,
    answered_at: datetime | None = None,
) -> None:
    """A report to a division."""
    officer_id = by.id if isinstance(by, Officer) else by
    with house.session() as session:
        session.begin_write()
        session.add(
            Pass(
                complaint_id=case.complaint_id,
                division=division,
                officer_id=officer_id,
                passed_at=NOW,
                due_on=due_on,
                contact=contact,
                answered_by=officer_id if answered_at else None,
                answered_at=answered_at,
                sealed=b"",
                answer=b"" if answered_at else None,
            )
        )
        session.commit()
