"""Internal reports: a question to a division with a date, and its answer; tasks, and parties outside the house."""

from datetime import date, datetime

from portal.accounts.rules import Officer
from portal.complaints import checks, response_letters
from portal.complaints.models import Complaint, Pass
from portal.complaints.recording import record_by
from portal.complaints.rules import Action
from portal.complaints.transitions import acting_role
from portal.db import NotHeld, Session
from portal.institution.models import Institution
from portal.sealing import open_box


class Answered(Exception):
    """The division's answer has come meanwhile; a second one would overwrite it."""


def pass_on(
    session: Session,
    complaint: Complaint,
    *,
    division: str,
    question: str,
    due_on: date,
    contact: bool = False,
    profile: Institution,
    base_url: str,
    officer: Officer,
    now: datetime,
) -> Pass:
    """Report to a division what it is to settle or say, and by when (KF-19, KF-08, K3-08, K3-19, K3-29).

    From now on its members see the case. With `contact` its team is to speak to the customer (K3-09). The
    customer learns by letter that it was passed on, and to whom, but never the question. Raises `NotAllowed`.
    """
    action = Action.CONTACT_TASK if contact else Action.PASS_ON
    acting_role(officer, action)
    row = Pass(
        complaint_id=complaint.id,
        division=division,
        officer_id=officer.id,
        passed_at=now,
        due_on=due_on,
        contact=contact,
        answered_by=None,
        answered_at=None,
        answer=None,
    )
    open_box(session, complaint.key_id).seal(row, {"question": question})
    session.add(row)
    session.flush()
    record_by(
        session,
        complaint,
        action,
        officer,
        now=now,
        payload={"division": division, "due_on": due_on.isoformat(), "pass": str(row.id)},
    )
    if not contact:
        # Whoever is to speak to the customer tells it better than a letter.
        response_letters.passed_on(session, complaint, division=division, profile=profile, base_url=base_url, now=now)
    return row


def report_back(
    session: Session, complaint: Complaint, report: Pass, *, text: str, officer: Officer, now: datetime
) -> None:
    """The division answers a report; the answer stands in the case for the officers who handle it.

    Raises `Answered` where somebody of the division was faster, `NotAllowed`.
    """
    if not session.holds(complaint):
        raise NotHeld("complaints")
    session.refresh(report)
    if report.answered_at is not None:
        raise Answered
    report.answered_by, report.answered_at = officer.id, now
    open_box(session, complaint.key_id).seal(report, {"text": text}, "answer")
    record_by(
        session,
        complaint,
        Action.REPORT_BACK,
        officer,
        now=now,
        payload={"division": report.division, "pass": str(report.id)},
    )


def involve(
    session: Session, complaint: Complaint, *, party: str, question: str, officer: Officer, now: datetime
) -> None:
    """A party outside the house is asked, such as the receiving bank (K3-31, BM-32).

    The customer learns who; what was asked stays with the officers. Raises `NotAllowed`.
    """
    record_by(session, complaint, Action.INVOLVE, officer, now=now, payload={"party": party})
    checks.record_found(session, complaint, party, question, officer=officer, now=now)
