"""Where a dispute goes after us: told to the customer with proof, and what they told us of it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from portal.accounts.rules import Officer
from portal.complaints import parties, response_letters
from portal.complaints.disputes.models import ForumStep
from portal.complaints.models import Complaint, Party
from portal.complaints.recording import kept_day, record_by, record_by_party
from portal.complaints.rules import Action, NotAllowed, Refusal
from portal.db import Session
from portal.institution.disputes import listed_by
from portal.institution.models import Institution
from portal.sealing import open_box
from portal.workdays.rules import local_day


def tell_where_next(
    session: Session, complaint: Complaint, *, profile: Institution, base_url: str, now: datetime
) -> Mapping[str, Any]:
    """Send the forum information, as we must whenever a response is rejected (SQ-34, BM-41).

    Returns what the history keeps of it in the entry of the act that it follows: the notices by their ids, and
    the forums that they name. That is the proof that it was told, and when.
    """
    told = response_letters.forums(
        session,
        complaint,
        names=lambda language: [forum.label[language] for forum in listed_by(profile)],
        profile=profile,
        base_url=base_url,
        now=now,
    )
    return {"notices": [str(notice) for notice in told], "forums": list(profile.forums)}


def tell(
    session: Session,
    complaint: Complaint,
    *,
    party: Party,
    forum: str,
    taken_on: date | None,
    reference: str | None,
    profile: Institution,
    now: datetime,
) -> ForumStep:
    """A party tells us that they went to a forum: from now on nothing of the case is deleted.

    Raises `NotAllowed` for a representative whose power has ended.
    """
    today = local_day(now, profile.zone)
    parties.refuse_unless_acting(session, party, Action.TELL_FORUM, profile=profile, today=today)
    step = _keep(session, complaint, forum, taken_on, reference, now, party=party)
    record_by_party(session, complaint, Action.TELL_FORUM, party, now=now, payload=_told(step))
    return step


def note(
    session: Session,
    complaint: Complaint,
    *,
    forum: str,
    taken_on: date | None,
    reference: str | None,
    officer: Officer,
    now: datetime,
) -> ForumStep:
    """An officer enters what the customer told, or what the forum wrote to us. Raises `NotAllowed`."""
    step = _keep(session, complaint, forum, taken_on, reference, now, officer=officer)
    record_by(session, complaint, Action.TELL_FORUM, officer, now=now, payload=_told(step))
    return step


def end_hold(session: Session, complaint: Complaint, *, reason: str, officer: Officer, now: datetime) -> None:
    """No forum has the matter any more: the case may be deleted again when its time comes. A manager says why.

    Raises `NotAllowed`, also where nothing is held.
    """
    if complaint.held_at is None:
        raise NotAllowed(Action.END_HOLD, Refusal.STATUS)
    complaint.held_at = None
    record_by(session, complaint, Action.END_HOLD, officer, now=now, payload={"reason": reason})


def _keep(
    session: Session,
    complaint: Complaint,
    forum: str,
    taken_on: date | None,
    reference: str | None,
    now: datetime,
    *,
    party: Party | None = None,
    officer: Officer | None = None,
) -> ForumStep:
    step = ForumStep(
        complaint_id=complaint.id,
        forum=forum,
        taken_on=taken_on,
        told_at=now,
        party_id=party.id if party else None,
        officer_id=officer.id if officer else None,
    )
    open_box(session, complaint.key_id).seal(step, {"reference": reference, "words": None})
    session.add(step)
    complaint.held_at = complaint.held_at or now
    session.flush()
    return step


def _told(step: ForumStep) -> dict[str, Any]:
    return {"forum": step.forum, "taken_on": kept_day(step.taken_on)}
