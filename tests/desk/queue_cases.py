"""Complaints in every state that the queue tells apart, as rows of the real tables."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from portal.accounts.rules import Officer, OfficerRole
from portal.complaints import passing
from portal.complaints.handed_in import Person
from portal.complaints.models import Complaint
from portal.db import Database, writing
from portal.institution.loader import load
from portal.institution.models import Institution
from tests.builders import NOW
from tests.complaints.cases import BASE_URL, Case, file_case


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
    by: Officer,
    *,
    due_on: date = date(2026, 11, 30),
    contact: bool = False,
    answered: bool = False,
) -> None:
    """Report a complaint to a division, whose answer may have come back."""
    member = replace(by, roles=frozenset({OfficerRole.DIVISION_MEMBER}))
    manager = replace(by, roles=frozenset({OfficerRole.CS_MANAGER}))
    with house.session() as session:
        complaint = writing(session, session.get_one(Complaint, case.complaint_id))
        report = passing.pass_on(
            session,
            complaint,
            division=division,
            question="Where is the money?",
            due_on=due_on,
            contact=contact,
            profile=load("kredifazz"),
            base_url=BASE_URL,
            officer=manager,
            now=NOW,
        )
        if answered:
            passing.report_back(session, complaint, report, text="On its way", officer=member, now=NOW)
        session.commit()
