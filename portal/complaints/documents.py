"""The documents of a complaint as officers judge them: verdicts, what is asked for, and more time to bring it."""

from collections.abc import Collection, Sequence
from datetime import datetime

from portal.accounts.rules import Officer
from portal.complaints import clocks, completeness, letters, reopening
from portal.complaints.models import Complaint, Review
from portal.complaints.recording import kept_day, record_by
from portal.complaints.rules import Action
from portal.complaints.transitions import acting_role
from portal.db import Session
from portal.evidence.rules import Filed
from portal.institution.calendars.queries import calendars
from portal.institution.models import Institution
from portal.notices.rules import NoticeKind
from portal.sealing import open_box


class NoMoreTime(Exception):
    """The customer's time was already lengthened as often as the profile allows, or none is running."""


class NothingToAsk(Exception):
    """Each of these documents has been asked for already, or has come."""


def accept(session: Session, complaint: Complaint, document: Filed, *, officer: Officer, now: datetime) -> None:
    """An officer has read the document and takes it for what it is to show. Raises `NotAllowed`."""
    _review(session, complaint, document, True, None, officer, now)
    payload = {"document": str(document.id), "purpose": document.purpose}
    record_by(session, complaint, Action.ACCEPT_DOCUMENT, officer, now=now, payload=payload)


def reject(
    session: Session,
    complaint: Complaint,
    document: Filed,
    *,
    reason: str,
    others: Collection[Filed],
    profile: Institution,
    base_url: str,
    officer: Officer,
    now: datetime,
) -> None:
    """An officer rejects a document and says what would mend it.

    Where it was the only one of a required kind, another one is asked for, and whether our own limit waits
    for it is `completeness.reopen`'s rule. The customer is told which, and until when; the reason stands in
    the complaint. `others` are the case's documents that were not rejected. Raises `NotAllowed`.
    """
    _review(session, complaint, document, False, reason, officer, now)
    payload = {"document": str(document.id), "purpose": document.purpose, "reason": reason}
    record_by(session, complaint, Action.REJECT_DOCUMENT, officer, now=now, payload=payload)
    left = any(one.purpose == document.purpose and one.id != document.id for one in others)
    if left:
        return
    done = completeness.reopen(
        session,
        complaint,
        document.purpose,
        role=acting_role(officer, Action.REOPEN_DOCUMENTS),
        actor_id=officer.id,
        reason=reason,
        profile=profile,
        calendars=calendars(session).of,
        now=now,
    )
    if done:
        tell_missing(session, complaint, "rejected", [document.purpose], profile, base_url, now)


def ask(
    session: Session,
    complaint: Complaint,
    codes: Sequence[str],
    *,
    profile: Institution,
    base_url: str,
    officer: Officer,
    now: datetime,
) -> None:
    """Ask for documents that the complaint needs besides: each is named once, with the date (SQ-22, BM-18).

    `codes` are documents of the profile. Raises `NothingToAsk` where each was asked for already,
    `NotAllowed`.
    """
    known = {row.code for row in completeness.needs(session, completeness.newest_round(session, complaint))}
    new = [code for code in codes if code not in known]
    if not new:
        raise NothingToAsk
    reopening.ask_more(session, complaint, new, profile=profile, now=now)
    payload = {"codes": new, "due_on": kept_day(complaint.documents_due_on)}
    record_by(session, complaint, Action.ASK_DOCUMENTS, officer, now=now, payload=payload)
    tell_missing(session, complaint, "asked", new, profile, base_url, now)


def extend(
    session: Session,
    complaint: Complaint,
    *,
    ground: str,
    profile: Institution,
    base_url: str,
    officer: Officer,
    now: datetime,
) -> None:
    """Give the customer more time for a ground of the profile: the document is elsewhere, or it is beyond them.

    Raises `NoMoreTime` where no time runs or the profile allows no more of it, `NotAllowed`.
    """
    clock = reopening.documents_clock(session, complaint)
    extension = profile.documents_extension
    if clock is None or extension is None or len(clock.steps) >= extension.most or ground not in extension.grounds:
        raise NoMoreTime
    clocks.lengthen(clock, extension.step, profile, calendars(session).of)
    complaint.documents_due_on = clock.due_on
    payload = {"ground": ground, "due_on": kept_day(clock.due_on)}
    record_by(session, complaint, Action.EXTEND_DOCUMENTS, officer, now=now, payload=payload)
    missing = completeness.missing(completeness.needs(session, completeness.newest_round(session, complaint)))
    tell_missing(session, complaint, "extended", missing, profile, base_url, now)


def _review(
    session: Session,
    complaint: Complaint,
    document: Filed,
    accepted: bool,
    reason: str | None,
    officer: Officer,
    now: datetime,
) -> None:
    row = Review(complaint_id=complaint.id, document_id=document.id, accepted=accepted, officer_id=officer.id, at=now)
    open_box(session, complaint.key_id).seal(row, {"reason": reason})
    session.add(row)
    session.flush()


def tell_missing(
    session: Session,
    complaint: Complaint,
    why: str,
    codes: Sequence[str],
    profile: Institution,
    base_url: str,
    now: datetime,
    *,
    withdrawn: bool = False,
) -> None:
    """Write to the parties what is missing and until when: asked for, rejected, with more time, or a reminder."""
    due_on = complaint.documents_due_on

    def facts(language: str) -> dict[str, object]:
        named = profile.documents_named(codes, language)
        return {"why": why, "missing": named, "bring_by": due_on, "withdrawn": withdrawn}

    letters.tell(
        session,
        complaint,
        NoticeKind.DOCUMENTS_ASKED,
        facts,
        profile=profile,
        base_url=base_url,
        now=now,
    )
