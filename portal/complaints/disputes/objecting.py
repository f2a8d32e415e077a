"""Objections: a round of their own, opened by what was not submitted before (SQ-29 to SQ-32, BM-40)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from portal.accounts.rules import Officer
from portal.complaints import completeness, response_letters
from portal.complaints.disputes import drafts, forums
from portal.complaints.disputes.deciding import is_decided, refuse_unless_deciding
from portal.complaints.disputes.models import ObjectionDraft
from portal.complaints.disputes.queries import objections_made
from portal.complaints.models import Complaint, Party, Round
from portal.complaints.recording import kept_day, record, record_by, record_by_party
from portal.complaints.rounds import end_round, open_round
from portal.complaints.rules import Action, NotAllowed, Refusal, Role
from portal.complaints.states import Novelty, RoundKind, RoundOutcome
from portal.complaints.transitions import next_status, refuse_unless_lawful
from portal.db import Session, uuid7
from portal.evidence import service as evidence
from portal.evidence.fingerprints import Compared, compare
from portal.evidence.novelty import Novelty as Looks
from portal.evidence.queries import documents
from portal.evidence.rules import Filed
from portal.institution.models import Institution
from portal.jobs.service import enqueue
from portal.sealing import open_box

# The job that finds out whether an objection brought something new, once every page was compared.
JUDGE = "complaints.judge_objection"
# So soon it looks, and so often again while pages are still to be compared, until an officer is left to judge.
FIRST_LOOK, AGAIN, GIVE_UP = timedelta(minutes=1), timedelta(minutes=5), timedelta(days=2)


class NoRightLeft(Exception):
    """Every objection that is a right has been made: another one is an officer's to open."""


class NothingNew(Exception):
    """An objection needs a document that was not submitted before, and there is none."""


def has_right(session: Session, complaint_id: UUID, profile: Institution) -> bool:
    """Whether an objection is still a right; further ones are at an officer's discretion (domain.md 1.2)."""
    return profile.objection is not None and objections_made(session, complaint_id) < profile.objection.rounds


def lodge(
    session: Session,
    complaint: Complaint,
    draft: ObjectionDraft,
    *,
    party: Party,
    profile: Institution,
    base_url: str,
    now: datetime,
) -> Round:
    """Send an objection: what was kept of it becomes the next round, whose clock runs from this moment (SQ-32).

    Files whose bytes have come to the case in another way meanwhile count for nothing. What is left may still
    show only what an earlier document shows: until its pages are compared the objection is DOUBTED, and runs.
    Raises `NoRightLeft`, `NothingNew`, `NotAllowed`.
    """
    _refuse_what_asks_for_none(complaint, profile)
    refuse_unless_deciding(session, party, Action.OBJECT, profile=profile, now=now)
    next_status(complaint.status, Action.OBJECT, party.role)
    if not has_right(session, complaint.id, profile):
        raise NoRightLeft
    assert profile.objection is not None and complaint.folder_id is not None and draft.folder_id is not None
    box = open_box(session, complaint.key_id)
    words = box.open(draft)["words"]
    there = {one.sha256 for one in documents(session, complaint.folder_id, box)}
    brought = []
    for one in documents(session, draft.folder_id, box):
        if one.sha256 in there:
            evidence.remove(session, one.id, draft.folder_id, now=now)
        else:
            brought.append(one)
    if profile.objection.new_document and not brought:
        raise NothingNew
    evidence.hand_on(session, draft.folder_id, complaint.folder_id, now=now)
    drafts.discard(session, draft, now=now)
    opened = open_round(
        session,
        complaint,
        RoundKind.OBJECTION,
        words={"words": words, "documents": [str(one.id) for one in brought]},
        novelty=Novelty.DOUBTED if profile.objection.new_document else Novelty.NOT_NEEDED,
        profile=profile,
        now=now,
    )
    record_by_party(session, complaint, Action.OBJECT, party, now=now, payload=_told(complaint, opened, brought))
    response_letters.objection_received(session, complaint, profile=profile, base_url=base_url, now=now)
    if opened.novelty is Novelty.DOUBTED:
        _look_later(session, opened, now=now, wait=FIRST_LOOK)
    return opened


def take_down(
    session: Session,
    complaint: Complaint,
    *,
    party: Party,
    words: str,
    how: str,
    brings_new: bool,
    reason: str | None,
    profile: Institution,
    base_url: str,
    officer: Officer,
    now: datetime,
) -> Round:
    """An officer records an objection that came by post, at a counter or by telephone, or opens one of their own
    discretion; `how` says how it came, and its papers are filed as any others (SQ-31).

    `reason` is why one is opened that is no right any more, or that brings nothing new; without it such a one
    raises `NoRightLeft` or `NothingNew`. The history keeps it. Raises `NotAllowed`.
    """
    _refuse_what_asks_for_none(complaint, profile)
    refuse_unless_lawful(complaint.status, Action.OBJECT, officer)
    if not reason and not has_right(session, complaint.id, profile):
        raise NoRightLeft
    needed = profile.objection is not None and profile.objection.new_document
    if not reason and needed and not brings_new:
        raise NothingNew
    opened = open_round(
        session,
        complaint,
        RoundKind.OBJECTION,
        words={"words": words, "documents": []},
        novelty=_taken_down(brings_new=brings_new, needed=needed),
        profile=profile,
        now=now,
    )
    told = _told(complaint, opened, ()) | {"how": how, "of": str(party.id), "reason": reason}
    record_by(session, complaint, Action.OBJECT, officer, now=now, payload=told)
    response_letters.objection_received(session, complaint, profile=profile, base_url=base_url, now=now)
    return opened


def confirm(session: Session, complaint: Complaint, *, reason: str, officer: Officer, now: datetime) -> None:
    """An officer takes what looked like a repeat for new, and says why: the history keeps it. Raises `NotAllowed`."""
    opened = _doubted(session, complaint, Action.CONFIRM_OBJECTION)
    opened.novelty = Novelty.CONFIRMED
    record_by(session, complaint, Action.CONFIRM_OBJECTION, officer, now=now, payload={"reason": reason})


def end(
    session: Session,
    complaint: Complaint,
    *,
    reason: str,
    profile: Institution,
    base_url: str,
    officer: Officer,
    now: datetime,
) -> None:
    """An officer ends an objection that brought nothing new: the earlier response stands, not agreed.

    The customer is told so and reads the reason, and is told where they can go (SQ-34); it takes nothing from
    their right to object. Raises `NotAllowed`.
    """
    opened = _doubted(session, complaint, Action.END_OBJECTION)
    refuse_unless_lawful(complaint.status, Action.END_OBJECTION, officer)
    opened.novelty = Novelty.ENDED
    end_round(session, complaint, RoundOutcome.ENDED, now=now)
    response_letters.objection_not_new(
        session,
        complaint,
        profile=profile,
        base_url=base_url,
        now=now,
    )
    told = forums.tell_where_next(session, complaint, profile=profile, base_url=base_url, now=now)
    record_by(session, complaint, Action.END_OBJECTION, officer, now=now, payload={"reason": reason, **told})


def look(session: Session, complaint: Complaint, opened: Round, *, now: datetime) -> None:
    """Find out by its pages whether a doubted objection brought something new, and confirm it if so.

    What only repeats, and what nobody could compare, is left for an officer, who alone may end it. As long as
    pages are still to be compared it is looked at again.
    """
    if opened.novelty is not Novelty.DOUBTED or opened.closed_at is not None:
        return
    found = [one.verdict for one in compared(session, complaint, opened)]
    if any(one.counts and one.note is None for one in found):
        opened.novelty = Novelty.NEW
        record(session, complaint, Action.CONFIRM_OBJECTION, role=Role.SYSTEM, actor_id=None, now=now)
    elif any(one.novelty is Looks.PENDING for one in found) and now - opened.received_at < GIVE_UP:
        _look_later(session, opened, now=now, wait=AGAIN)


def compared(session: Session, complaint: Complaint, opened: Round) -> list[Compared]:
    """The documents of an objection, each beside what was submitted before it."""
    if complaint.folder_id is None or opened.sealed is None:
        return []
    box = open_box(session, complaint.key_id)
    ids = {UUID(one) for one in box.open(opened).get("documents", ())}
    return compare(session, complaint.folder_id, ids, box=box) if ids else []


def _look_later(session: Session, opened: Round, *, now: datetime, wait: timedelta) -> None:
    enqueue(session, JUDGE, {"round": opened.id}, now=now, run_at=now + wait, key=f"objection:{opened.id}:{uuid7()}")


def _doubted(session: Session, complaint: Complaint, action: Action) -> Round:
    opened = completeness.newest_round(session, complaint)
    if opened.novelty is not Novelty.DOUBTED:
        raise NotAllowed(action, Refusal.STATUS)
    return opened


def _taken_down(*, brings_new: bool, needed: bool) -> Novelty:
    """What an officer found who held the papers in their hands: with nothing new it runs by their word alone."""
    if brings_new:
        return Novelty.NEW
    return Novelty.CONFIRMED if needed else Novelty.NOT_NEEDED


def _refuse_what_asks_for_none(complaint: Complaint, profile: Institution) -> None:
    if not is_decided(complaint, profile) or profile.objection is None:
        raise NotAllowed(Action.OBJECT, Refusal.STATUS)


def _told(complaint: Complaint, opened: Round, brought: Sequence[Filed]) -> dict[str, Any]:
    """What the history keeps: by hash and size the customer can prove later what they brought."""
    return {
        "round": opened.ordinal,
        "due_on": kept_day(complaint.due_on),
        "documents": [{"sha256": one.sha256, "size": one.size} for one in brought],
    }
