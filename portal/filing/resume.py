"""Codes that take an unfinished draft up on another device (service of the room, cut by noun).

A code has sixty random bits and is kept as a keyed hash alone. It leads to one draft for as long as
that is unsent and not deleted, however often it is used: who lost one device must get in with the next.
"""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from portal.complaints.codes import code_digests
from portal.complaints.numbers import new_access_code
from portal.db import Session
from portal.filing.models import Draft, ResumeCode
from portal.filing.service import give_token, refuse_unless_open
from portal.institution.models import Institution
from portal.notices import service as notices
from portal.notices.models import Notice
from portal.notices.rules import NoticeKind, Recipient, Secret
from portal.sealing import open_box
from portal.workdays.rules import local_day

# What these codes are for, so that no other code has the same hash.
RESUME = "resume"


def new_code(session: Session, draft: Draft, *, now: datetime) -> str:
    """Make a code for the draft and return it as printed. It cannot be read again; earlier ones keep working.

    Raises `AlreadySent`. The caller holds the draft and commits.
    """
    refuse_unless_open(session, draft)
    code = new_access_code()
    session.add(ResumeCode(digest=code_digests(session.keys, RESUME, code)[0], draft_id=draft.id, created_at=now))
    session.flush()
    return code


def mail_code(
    session: Session, draft: Draft, *, address: str, language: str, profile: Institution, base_url: str, now: datetime
) -> Notice:
    """Make a code and write the mail that carries it to an address that the customer has typed.

    The mail names nobody and nothing of what was told: the address may be anybody's. What is kept of it
    shows the code as dots, and dies with the draft's key. Raises `AlreadySent`.
    """
    code = new_code(session, draft, now=now)
    return notices.write(
        session,
        box=open_box(session, draft.key_id),
        subject_id=draft.id,
        recipient=Recipient(party_id=None, language=language, email=address, phone=None, name=None),
        kind=NoticeKind.RESUME_CODE,
        facts={
            "resume_url": f"{base_url}/{language}/file/resume",
            "deleted_on": local_day(draft.expires_at, profile.zone),
        },
        secret=Secret(code, draft.expires_at),
        now=now,
        profile=profile,
    )


def find_by_code(session: Session, code: str, *, now: datetime) -> UUID | None:
    """The unsent draft that this code leads to, or None.

    One HMAC a code key and one statement, whether the code was never given, has ended or is mistyped.
    """
    return session.scalar(
        sa.select(ResumeCode.draft_id)
        .join(Draft, Draft.id == ResumeCode.draft_id)
        .where(
            ResumeCode.digest.in_(code_digests(session.keys, RESUME, code)),
            Draft.complaint_id.is_(None),
            Draft.expires_at > now,
        )
    )


def take_up(session: Session, draft: Draft, *, now: datetime) -> str:
    """Let the browser that gave the code hold the draft too; returns the token of its own. Others keep theirs.

    Raises `AlreadySent`. The caller holds the draft and commits.
    """
    refuse_unless_open(session, draft)
    return give_token(session, draft, now=now)
