"""Who has a complaint: taken up once, given by a manager, never twice by accident."""

from datetime import timedelta
from uuid import UUID

import pytest

from portal.accounts import officers
from portal.accounts.rules import Officer, OfficerRole
from portal.complaints import handling
from portal.complaints.handling import AlreadyHeld, NotAssignable
from portal.complaints.models import Complaint, Party
from portal.complaints.rules import Action, NotAllowed, Refusal, Status
from portal.db import Database, NotHeld, Session, writing
from portal.history.queries import entries
from portal.history.rules import ActorKind, Audience
from portal.institution.models import Institution
from tests.builders import NOW, an_id
from tests.complaints.cases import Case, take_back
from tests.complaints.officers import seat

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def agent(database: Database, profile: Institution) -> Officer:
    return seat(database, profile, OfficerRole.AGENT)


@pytest.fixture
def colleague(database: Database, profile: Institution) -> Officer:
    return seat(database, profile, OfficerRole.AGENT, name="Bambang Susilo")


@pytest.fixture
def manager(database: Database, profile: Institution) -> Officer:
    return seat(database, profile, OfficerRole.CS_MANAGER, name="Dewi Anggraini")


def held(session: Session, case: Case) -> Complaint:
    return writing(session, session.get_one(Complaint, case.complaint_id))


def take(session: Session, case: Case, officer: Officer) -> Complaint:
    complaint = held(session, case)
    handling.take(session, complaint, officer=officer, now=LATER)
    session.commit()
    return complaint


def assign(session: Session, case: Case, to: UUID, manager: Officer) -> Complaint:
    complaint = held(session, case)
    handling.assign(session, complaint, to=to, officer=manager, now=LATER)
    session.commit()
    return complaint


# ── taking up ────────────────────────────────────────────────────────────────────────────────────


def test_who_takes_a_complaint_up_has_it(session: Session, case: Case, agent: Officer) -> None:
    complaint = take(session, case, agent)
    assert (complaint.holder_id, complaint.status, complaint.version) == (agent.id, Status.IN_PROCESS, 2)
    newest = entries(session, complaint, audience=Audience.CUSTOMER)[0]
    assert (newest.kind, newest.actor.kind, newest.actor.id) == (Action.TAKE, ActorKind.OFFICER, agent.id)


def test_nobody_takes_from_a_colleague(session: Session, case: Case, agent: Officer, colleague: Officer) -> None:
    take(session, case, agent)
    complaint = held(session, case)
    with pytest.raises(AlreadyHeld) as refusal:
        handling.take(session, complaint, officer=colleague, now=LATER)
    assert refusal.value.holder_id == agent.id
    assert (complaint.holder_id, complaint.version) == (agent.id, 2)


def test_nobody_takes_up_twice(session: Session, case: Case, agent: Officer) -> None:
    take(session, case, agent)
    with pytest.raises(AlreadyHeld):
        handling.take(session, held(session, case), officer=agent, now=LATER)


def test_a_manager_takes_over(session: Session, case: Case, agent: Officer, manager: Officer) -> None:
    """K3-06: the agents work under the eyes of the manager."""
    take(session, case, agent)
    assert take(session, case, manager).holder_id == manager.id


@pytest.mark.parametrize("role", [OfficerRole.DIVISION_MEMBER, OfficerRole.AUDITOR, OfficerRole.ADMINISTRATOR])
def test_others_take_nothing_up(session: Session, case: Case, role: OfficerRole) -> None:
    who = Officer(an_id(), "Somebody", "en", frozenset({role}), frozenset(), shortcuts=True)
    with pytest.raises(NotAllowed) as refusal:
        handling.take(session, held(session, case), officer=who, now=LATER)
    assert refusal.value.reason is Refusal.ROLE


def test_what_is_closed_is_not_taken_up(session: Session, case: Case, agent: Officer) -> None:
    complaint = held(session, case)
    take_back(session, complaint, party=session.get_one(Party, case.party_id), now=NOW)
    with pytest.raises(NotAllowed) as refusal:
        handling.take(session, complaint, officer=agent, now=LATER)
    assert refusal.value.reason is Refusal.STATUS
    assert complaint.holder_id is None


def test_only_a_held_row_is_taken(session: Session, case: Case, agent: Officer) -> None:
    with pytest.raises(NotHeld):
        handling.take(session, session.get_one(Complaint, case.complaint_id), officer=agent, now=LATER)


# ── giving ───────────────────────────────────────────────────────────────────────────────────────


def test_a_manager_gives_a_complaint_to_an_agent(
    session: Session, case: Case, agent: Officer, manager: Officer
) -> None:
    complaint = assign(session, case, agent.id, manager)
    # It waits for the agent, who takes it up.
    assert (complaint.holder_id, complaint.status) == (agent.id, Status.RECEIVED)
    told = entries(session, complaint, audience=Audience.OFFICERS)[0]
    assert (told.kind, told.actor.id, told.payload) == (Action.ASSIGN, manager.id, {"to": str(agent.id)})
    assert Action.ASSIGN not in {entry.kind for entry in entries(session, complaint, audience=Audience.CUSTOMER)}
    assert take(session, case, agent).status is Status.IN_PROCESS


def test_giving_it_to_who_has_it_is_refused(session: Session, case: Case, agent: Officer, manager: Officer) -> None:
    assign(session, case, agent.id, manager)
    with pytest.raises(AlreadyHeld):
        handling.assign(session, held(session, case), to=agent.id, officer=manager, now=LATER)


def test_only_who_may_have_a_case_is_given_one(
    session: Session, database: Database, case: Case, manager: Officer, profile: Institution
) -> None:
    gone = seat(database, profile, OfficerRole.AGENT, name="Gone")
    auditor = seat(database, profile, OfficerRole.AUDITOR, name="Auditor")
    # Without an administrator nobody can be disabled.
    seat(database, profile, OfficerRole.ADMINISTRATOR, name="Administrator")
    session.begin_write()
    officers.disable(session, gone.id, now=NOW)
    session.commit()
    for to in (gone.id, auditor.id, an_id()):
        complaint = held(session, case)
        with pytest.raises(NotAssignable):
            handling.assign(session, complaint, to=to, officer=manager, now=LATER)
        session.rollback()


def test_an_agent_gives_nothing_away(session: Session, case: Case, agent: Officer, colleague: Officer) -> None:
    with pytest.raises(NotAllowed):
        handling.assign(session, held(session, case), to=colleague.id, officer=agent, now=LATER)


def test_those_who_can_be_given_cases_stand_by_name(
    database: Database, session: Session, profile: Institution, agent: Officer, colleague: Officer, manager: Officer
) -> None:
    seat(database, profile, OfficerRole.AUDITOR, name="Auditor")
    assert [one.name for one in handling.assignable(session)] == ["Bambang Susilo", "Dewi Anggraini", "Ratna Wulandari"]
