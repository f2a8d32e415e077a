"""What is done to a draft: begun, saved step by step, sent, and deleted in time."""

import secrets
from datetime import datetime

import sqlalchemy as sa

from portal.complaints.codes import token_digest
from portal.complaints.handed_in import Acknowledged, ByHand
from portal.complaints.service import file_complaint
from portal.db import NotHeld, Session
from portal.evidence.queries import documents
from portal.evidence.rules import purposes_of
from portal.evidence.service import make_folder, release
from portal.filing.handing_in import filing_of
from portal.filing.models import Draft, DraftToken, ResumeCode
from portal.filing.queries import OpenDraft
from portal.filing.rules import AT_THE_COUNTER, KEPT_FOR, AlreadySent, Answer, Slug, Told, expires_at
from portal.institution.models import Institution
from portal.sealing import Tampered, destroy_key, new_box, open_box, open_for_token, seal_for_token

TOKEN_BYTES = 32
# How many drafts one run of the sweep deletes at most: it holds the write while it does.
BATCH = 500


def begin(session: Session, *, acknowledged: Acknowledged, profile: Institution, now: datetime) -> tuple[Draft, str]:
    """Open a draft for somebody who has acknowledged the privacy notice; returns it and its token.

    Nothing is kept of anybody who has not (KX-16). The token is returned here once; only the
    customer's browser holds it. The caller holds the write and commits.
    """
    draft = open_draft(session, acknowledged=acknowledged, profile=profile, now=now)
    return draft, give_token(session, draft, now=now)


def open_draft(session: Session, *, acknowledged: Acknowledged, profile: Institution, now: datetime) -> Draft:
    """Open a draft that no browser holds by a token: its keeper is whoever refers to it. The caller commits."""
    box = new_box(session, now=now)
    draft = Draft(
        key_id=box.id,
        folder_id=make_folder(session, key_id=box.id, now=now).id,
        language=acknowledged.language,
        version=0,
        notice_version=acknowledged.version,
        notice_language=acknowledged.language,
        acknowledged_at=acknowledged.at,
        created_at=now,
        updated_at=now,
        expires_at=expires_at(now, profile),
    )
    box.seal(draft, {})
    session.add(draft)
    session.flush()
    return draft


def give_token(session: Session, draft: Draft, *, now: datetime) -> str:
    """Let one more browser hold the draft; returns its token, which is kept nowhere."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    session.add(DraftToken(digest=token_digest(token), draft_id=draft.id, created_at=now))
    session.flush()
    return token


def acknowledge(
    session: Session, draft: Draft, *, acknowledged: Acknowledged, profile: Institution, now: datetime
) -> None:
    """The customer has acknowledged the notice once more, because it has changed since the draft was begun."""
    refuse_unless_open(session, draft)
    draft.notice_version = acknowledged.version
    draft.notice_language = acknowledged.language
    draft.acknowledged_at = acknowledged.at
    _touch(draft, language=acknowledged.language, profile=profile, now=now)
    session.flush()


def told(session: Session, draft: Draft | OpenDraft) -> Told:
    """What the draft holds, unsealed."""
    answers = open_box(session, draft.key_id).open_from(Draft.__tablename__, draft.id, draft.sealed)
    return Told(
        acknowledged=Acknowledged(draft.notice_version, draft.notice_language, draft.acknowledged_at),
        answers={Slug(slug): Answer(answer["typed"], answer["read"]) for slug, answer in answers.items()},
    )


def save(
    session: Session,
    draft: Draft,
    slug: Slug,
    answer: Answer,
    *,
    language: str,
    profile: Institution,
    now: datetime,
) -> None:
    """Keep a step's answer and begin the draft's idle time anew. Raises `AlreadySent`."""
    refuse_unless_open(session, draft)
    box = open_box(session, draft.key_id)
    answers = box.open(draft)
    answers[slug] = {"typed": dict(answer.typed), "read": None if answer.read is None else dict(answer.read)}
    box.seal(draft, answers)
    _touch(draft, language=language, profile=profile, now=now)
    session.flush()


def send(
    session: Session,
    draft: Draft,
    *,
    token: str,
    language: str,
    profile: Institution,
    base_url: str,
    now: datetime,
    channel: str | None = None,
    by: ByHand | None = None,
) -> None:
    """Make the draft a complaint; one that is sent already stays as it is, so that sending twice files once.

    The draft's data key and folder pass to the complaint, the answers stand there alone from now on, the
    codes for other devices end, and the access code is kept for a while for the holder of the token. `by` is
    the officer who receives it for the customer, by `channel`; there is a code then only where it is handed
    over at a counter, and it is kept for as long as that takes. Raises `Unfinished`. The caller commits:
    either number, code and receipt all exist or nothing has changed.
    """
    if not session.holds(draft):
        raise NotHeld("drafts")
    if draft.complaint_id is not None:
        return
    box = open_box(session, draft.key_id)
    filing = filing_of(told(session, draft), profile, language=language, channel=channel)
    filed = file_complaint(
        session,
        box=box,
        filing=filing,
        profile=profile,
        base_url=base_url,
        now=now,
        folder_id=draft.folder_id,
        given=purposes_of(documents(session, draft.folder_id)),
        by=by,
    )
    draft.complaint_id = filed.complaint.id
    if filed.access_code is not None:
        draft.kept_code = seal_for_token(token, _kept_place(draft), filed.access_code)
        draft.kept_until = now + (AT_THE_COUNTER if by else KEPT_FOR)
    box.seal(draft, {})
    draft.windows = None
    session.execute(sa.delete(ResumeCode).where(ResumeCode.draft_id == draft.id))
    _touch(draft, language=language, profile=profile, now=now)
    session.flush()


def kept_code(draft: Draft | OpenDraft, *, token: str, now: datetime) -> str | None:
    """The access code for who holds the draft's token, while it is kept; None afterwards."""
    if draft.kept_code is None or draft.kept_until is None or draft.kept_until <= now:
        return None
    try:
        return open_for_token(token, _kept_place(draft), draft.kept_code)
    except Tampered:
        # Whoever changed the row gets no page out of it; a new code can be asked for.
        return None


def forget_sent(session: Session, draft: Draft) -> None:
    """The customer has kept number and code: the draft has done its work. The complaint keeps its key."""
    if not session.holds(draft):
        raise NotHeld("drafts")
    assert draft.complaint_id is not None
    session.delete(draft)
    session.flush()


def discard(session: Session, draft: Draft, *, now: datetime) -> None:
    """Delete an unsent draft for good, its key first; its files' bytes go with the sweep. Raises `AlreadySent`."""
    refuse_unless_open(session, draft)
    _destroy(session, draft, now=now)
    session.flush()


def purge(session: Session, *, now: datetime, batch: int = BATCH) -> int:
    """Delete up to `batch` drafts that were left alone for too long; returns how many.

    The key of an unsent one is destroyed; that of a sent one belongs to its complaint.
    """
    expired = session.scalars(
        sa.select(Draft)
        .where(Draft.expires_at <= now)
        .order_by(Draft.expires_at)
        .limit(batch)
        # One that somebody is saving at this moment is not left alone.
        .with_for_update(skip_locked=True)
    ).all()
    for draft in expired:
        if draft.complaint_id is None:
            _destroy(session, draft, now=now)
        else:
            session.delete(draft)
    session.flush()
    return len(expired)


def forget_codes(session: Session, *, now: datetime) -> int:
    """Destroy the access codes whose time to be kept is over; returns how many."""
    forgotten = session.execute(sa.update(Draft).where(Draft.kept_until <= now).values(kept_code=None, kept_until=None))
    return int(forgotten.rowcount)  # type: ignore[attr-defined]


def refuse_unless_open(session: Session, draft: Draft) -> None:
    """Raise `NotHeld` for a draft that the caller does not hold, and `AlreadySent` for one that is a complaint."""
    if not session.holds(draft):
        raise NotHeld("drafts")
    if draft.complaint_id is not None:
        raise AlreadySent


def _destroy(session: Session, draft: Draft, *, now: datetime) -> None:
    destroy_key(session, draft.key_id, now=now)
    release(session, draft.folder_id, now=now)
    session.delete(draft)


def _kept_place(draft: Draft | OpenDraft) -> str:
    return f"kept:{draft.id}"


def _touch(draft: Draft, *, language: str, profile: Institution, now: datetime) -> None:
    draft.language = language
    draft.version += 1
    draft.updated_at = now
    draft.expires_at = expires_at(now, profile)
