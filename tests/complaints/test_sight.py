"""Which complaints an officer sees, with others beside them that must not show."""

from datetime import date

import pytest
import sqlalchemy as sa

from portal.accounts.rules import Officer, OfficerRole
from portal.complaints.models import Complaint, Pass
from portal.complaints.sight import visible
from portal.db import Database, Session
from portal.institution.models import Institution
from tests.builders import NOW, an_id
from tests.complaints.cases import Case, file_case
from tests.complaints.officers import seat


def an_officer(*roles: OfficerRole, divisions: tuple[str, ...] = ()) -> Officer:
    return Officer(an_id(), "Somebody", "en", frozenset(roles), frozenset(divisions), shortcuts=True)


def pass_on(database: Database, case: Case, division: str, by: Officer, *, answered: bool = False) -> None:
    """A report to a division, as its row stands in the table."""
    with database.session() as session:
        session.begin_write()
        session.add(
            Pass(
                complaint_id=case.complaint_id,
                division=division,
                officer_id=by.id,
                passed_at=NOW,
                due_on=date(2026, 11, 30),
                contact=False,
                answered_by=by.id if answered else None,
                answered_at=NOW if answered else None,
                sealed=b"",
                answer=b"" if answered else None,
            )
        )
        session.commit()


@pytest.fixture
def cases(database: Database, profile: Institution) -> list[Case]:
    """One passed to payments, one to payments and answered, one to collection, one to nobody."""
    agent = seat(database, profile, OfficerRole.AGENT)
    filed = [file_case(database, profile) for _ in range(4)]
    pass_on(database, filed[0], "payments", agent)
    pass_on(database, filed[1], "payments", agent, answered=True)
    pass_on(database, filed[2], "collection", agent)
    return filed


@pytest.mark.parametrize(
    ("roles", "divisions", "seen"),
    [
        ((OfficerRole.AGENT,), (), [0, 1, 2, 3]),
        ((OfficerRole.CS_MANAGER,), (), [0, 1, 2, 3]),
        ((OfficerRole.AUDITOR,), (), [0, 1, 2, 3]),
        ((OfficerRole.DIVISION_MEMBER,), ("payments",), [0, 1]),
        ((OfficerRole.DIVISION_MEMBER,), ("payments", "collection"), [0, 1, 2]),
        ((OfficerRole.DIVISION_MEMBER,), ("funding",), []),
        ((OfficerRole.DIVISION_MEMBER, OfficerRole.AGENT), ("payments",), [0, 1, 2, 3]),
        ((OfficerRole.DIVISION_MEMBER, OfficerRole.ADMINISTRATOR), ("payments",), [0, 1]),
        ((OfficerRole.ADMINISTRATOR,), (), []),
    ],
)
def test_what_each_part_sees(
    session: Session, cases: list[Case], roles: tuple[OfficerRole, ...], divisions: tuple[str, ...], seen: list[int]
) -> None:
    found = session.scalars(
        sa.select(Complaint.id).where(visible(an_officer(*roles, divisions=divisions))).order_by(Complaint.id)
    ).all()
    assert found == [cases[place].complaint_id for place in seen]
