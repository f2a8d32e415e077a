"""The notices that a complaint sends to its parties: which facts each tells, and to whom."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from portal.complaints.completeness import Reopened
from portal.complaints.handed_in import Person
from portal.complaints.kinds import word_for
from portal.complaints.models import Complaint, Party
from portal.complaints.parties import acting_parties, customer_of, may_read, recipient_of
from portal.complaints.queries import person_in
from portal.complaints.recording import printed
from portal.complaints.rules import Role
from portal.complaints.states import ContactSource
from portal.db import Session
from portal.evidence.rules import Filed
from portal.institution.calendars.rules import Act, Change
from portal.institution.models import Institution
from portal.notices import service as notices
from portal.notices.models import Notice
from portal.notices.rules import NoticeKind, greeted
from portal.sealing import Box, open_box
from portal.words import translations
from portal.workdays.rules import local_day


def common_facts(complaint: Complaint, language: str, profile: Institution, base_url: str) -> dict[str, Any]:
    """What every letter about a complaint may tell: its number, what to call it, and where its pages are."""
    return {
        "number": printed(complaint, profile),
        "kind": word_for(complaint.kind, profile, language),
        "sign_in_url": sign_in_url(base_url, language),
        "lost_code_url": lost_code_url(base_url, language),
    }


def sign_in_url(base_url: str, language: str) -> str:
    """Where a letter sends its reader: the sign-in page in their language, without number or code."""
    return f"{base_url}/{language}/track"


def lost_code_url(base_url: str, language: str) -> str:
    """Where somebody gets an access code of their own with a one-time code."""
    return f"{base_url}/{language}/track/lost-code"


def start_url(base_url: str, language: str) -> str:
    """Where somebody may make a complaint, or make it again."""
    return f"{base_url}/{language}/"


def guide_url(base_url: str, language: str) -> str:
    """Where the public guide to the forums stands."""
    return f"{base_url}/{language}/forums"


class Promise(NamedTuple):
    """The day by which we answer, and the one that the calendar gives. Of several the earliest binds."""

    due_on: date
    counted_on: date


@dataclass(frozen=True, slots=True)
class Recounted:
    """What changes of the calendar moved: the promised answer, and the last day for documents, before and now.

    Without `changes` it was the published list of holidays that became another.
    """

    changes: tuple[Change, ...]
    answer: tuple[Promise, Promise] | None
    documents: tuple[date, date] | None


def send_receipt(
    session: Session,
    complaint: Complaint,
    party: Party,
    person: Person,
    *,
    box: Box,
    others: str | None,
    without_code: bool,
    missing: list[str],
    bring_by: date | None,
    profile: Institution,
    base_url: str,
    now: datetime,
) -> None:
    """Confirm the receipt to one party (SQ-21, BM-10, BM-11): number, moment, date, what is missing and until when.

    `others` is the other party's name where somebody acts for the customer; `without_code`: who filed was
    given no access code and fetches it. Nothing is written to a
    customer whose contact only the representative gave: their receipt waits for the institution's
    own records.
    """
    if party.contact is ContactSource.REPRESENTATIVE:
        return
    _write(
        session,
        complaint,
        party,
        person,
        NoticeKind.RECEIPT,
        {
            "received_at": complaint.received_at,
            "short": profile.is_short(complaint.kind),
            "due_on": complaint.due_on,
            "represented": others is not None and party.role is Role.CUSTOMER,
            "representing": others is not None and party.role is Role.REPRESENTATIVE,
            # Whoever files chooses both names: only what looks like one may stand in a letter to the other.
            "other": greeted(others),
            "without_code": without_code,
            "missing": profile.documents_named(missing, party.language),
            "bring_by": bring_by,
        },
        box=box,
        profile=profile,
        base_url=base_url,
        now=now,
    )


def confirm_documents(
    session: Session,
    complaint: Complaint,
    party: Party,
    *,
    box: Box,
    count: int,
    received_at: datetime,
    completed: bool,
    missing: list[str],
    profile: Institution,
    base_url: str,
    now: datetime,
) -> None:
    """Confirm a later delivery of documents to who sent it, and the date where it was the last one missing."""
    _write(
        session,
        complaint,
        party,
        person_in(box, party),
        NoticeKind.DOCUMENTS_RECEIVED,
        {
            "received_at": received_at,
            "count": count,
            "completed": completed,
            "due_on": complaint.due_on,
            "missing": profile.documents_named(missing, party.language),
        },
        box=box,
        profile=profile,
        base_url=base_url,
        now=now,
    )


def document_locked(
    session: Session,
    complaint: Complaint,
    document: Filed,
    asked: Reopened | None,
    *,
    profile: Institution,
    base_url: str,
    now: datetime,
) -> None:
    """Tell that a document was locked, by what it was to show: the name of the file stands on the page alone.

    The customer is told, and whoever acts for them where it was theirs.
    """
    known = profile.documents.get(document.purpose)
    customers = document.added_by == customer_of(session, complaint.id).id
    tell(
        session,
        complaint,
        NoticeKind.DOCUMENT_LOCKED,
        lambda language: {
            "document": known.label.in_(language) if known else translations(language).gettext("Other evidence"),
            "asked": asked,
            "bring_by": complaint.documents_due_on,
        },
        only=Role.CUSTOMER if customers else None,
        profile=profile,
        base_url=base_url,
        now=now,
    )


def tell(
    session: Session,
    complaint: Complaint,
    kind: NoticeKind,
    facts: Callable[[str], Mapping[str, Any]],
    *,
    only: Role | None = None,
    readers: bool = False,
    profile: Institution,
    base_url: str,
    now: datetime,
) -> list[UUID]:
    """Write to everybody whom the complaint's letters reach, each in their own language.

    That is the customer, unless only the representative gave their contact, and a representative as long
    as they may act. `facts` gives what the letter tells in a language, beside number and address of the
    page. `only`: to nobody in another part. `readers`: only to who may read what we write. Returns the
    notices' ids, for an entry of the history that has to prove them.
    """
    box = open_box(session, complaint.key_id)
    told = []
    for party in acting_parties(session, complaint.id, today=local_day(now, profile.zone)):
        if party.contact is ContactSource.REPRESENTATIVE or only not in (None, party.role):
            continue
        if readers and not may_read(session, party):
            continue
        notice = _write(
            session,
            complaint,
            party,
            person_in(box, party),
            kind,
            facts(party.language),
            box=box,
            profile=profile,
            base_url=base_url,
            now=now,
        )
        told.append(notice.id)
    return told


def tell_recounted(
    session: Session,
    complaint: Complaint,
    party: Party,
    told: Recounted,
    *,
    box: Box,
    profile: Institution,
    base_url: str,
    now: datetime,
) -> None:
    """Tell one party that the calendar has moved a date that they wait for: both dates, and by which decree."""
    before, answer = told.answer or (None, None)
    _write(
        session,
        complaint,
        party,
        person_in(box, party),
        NoticeKind.DATE_CHANGED,
        {
            "changes": [_changed(change, party.language) for change in told.changes],
            "due_before": before and before.due_on,
            "due_on": answer and answer.due_on,
            "counted_on": answer and answer.counted_on,
            "bring_before": told.documents and told.documents[0],
            "bring_by": told.documents and told.documents[1],
        },
        box=box,
        profile=profile,
        base_url=base_url,
        now=now,
    )


def _write(
    session: Session,
    complaint: Complaint,
    party: Party,
    person: Person,
    kind: NoticeKind,
    facts: Mapping[str, Any],
    *,
    box: Box,
    profile: Institution,
    base_url: str,
    now: datetime,
) -> Notice:
    """Put a letter to one party into the ledger: what it tells, beside what every letter may."""
    return notices.write(
        session,
        box=box,
        subject_id=complaint.id,
        recipient=recipient_of(party, person),
        kind=kind,
        facts={**common_facts(complaint, party.language, profile, base_url), **facts},
        now=now,
        profile=profile,
    )


def _changed(change: Change, language: str) -> dict[str, Any]:
    names = change.override and change.override.names
    return {
        "on": change.on,
        "closed": change.act is Act.CLOSE,
        "name": names and names.in_(language),
        "decree": change.by.decree,
    }
