"""What is done to a complaint that an officer is receiving: begun, told, registered, and its paper handed over."""

from collections.abc import Mapping
from datetime import datetime

from portal.accounts.rules import Officer
from portal.complaints.handed_in import Acknowledged, ByHand, CodeFor
from portal.complaints.states import ContactSource
from portal.db import NotHeld, Session
from portal.desk.receiving.models import Intake
from portal.desk.receiving.rules import Frame
from portal.filing import saving
from portal.filing import service as filing
from portal.filing.merging import Traces
from portal.filing.models import Draft
from portal.filing.queries import OpenDraft
from portal.filing.rules import Answer, Slug, Unfinished, advised_about, first_gap, path
from portal.institution.models import Institution


def begin(
    session: Session, *, frame: Frame, officer: Officer, profile: Institution, now: datetime
) -> tuple[Intake, Draft]:
    """Open a draft that this officer keeps. The customer was given the privacy notice (KX-16). The caller commits."""
    acknowledged = Acknowledged(profile.privacy.version, frame.language, now)
    draft = filing.open_draft(session, acknowledged=acknowledged, profile=profile, now=now)
    intake = Intake(
        draft_id=draft.id,
        officer_id=officer.id,
        channel=frame.channel,
        language=frame.language,
        arrived_at=frame.arrived_at,
        notice=frame.notice,
        contact=None,
        created_at=now,
    )
    session.add(intake)
    session.flush()
    return intake, draft


def reframe(
    session: Session, intake: Intake, draft: Draft, *, frame: Frame, profile: Institution, now: datetime
) -> None:
    """Say anew how it reached us. A notice in another language, or a newer one, counts as given now.

    Raises `AlreadySent`. The caller commits.
    """
    if (draft.notice_version, draft.notice_language) != (profile.privacy.version, frame.language):
        acknowledged = Acknowledged(profile.privacy.version, frame.language, now)
        filing.acknowledge(session, draft, acknowledged=acknowledged, profile=profile, now=now)
    intake.channel, intake.arrived_at = frame.channel, frame.arrived_at
    intake.language, intake.notice = frame.language, frame.notice
    session.flush()


def keep(
    session: Session,
    intake: Intake,
    draft: Draft,
    answers: dict[Slug, Answer],
    *,
    profile: Institution,
    now: datetime,
    contact: ContactSource | None = None,
    traces: Mapping[str, Traces] | None = None,
) -> None:
    """Keep what was typed, valid or not, so that nothing of it is lost. Raises `AlreadySent`. The caller commits.

    What a topic's guide says stood beside the questions, so that it counts as read. `traces` are all of the
    draft: which window wrote what, and what waits beside it.
    """
    for slug, answer in answers.items():
        filing.save(session, draft, slug, answer, language=intake.language, profile=profile, now=now)
    told = filing.told(session, draft)
    if Slug.ADVICE in path(told, profile):
        advice = Answer({}, {"about": advised_about(told, profile)})
        filing.save(session, draft, Slug.ADVICE, advice, language=intake.language, profile=profile, now=now)
    if contact is not None:
        intake.contact = contact
    if traces is not None:
        saving.trace(session, draft, traces)
    session.flush()


def quarrelled(session: Session, draft: Draft | OpenDraft) -> bool:
    """Whether texts of two windows wait for a choice."""
    return any(one.beside for one in saving.traces(session, draft).values())


def register(
    session: Session,
    intake: Intake,
    draft: Draft,
    *,
    code: CodeFor,
    token: str,
    officer: Officer,
    profile: Institution,
    base_url: str,
    now: datetime,
) -> None:
    """Make it a complaint, once: sent twice it is one. The access code, if there is one, waits under `token`.

    Raises `Unfinished`, also where nobody has said who vouches for the contact or where texts of two windows
    wait for a choice, and `NotAllowed`. The caller commits.
    """
    if not session.holds(draft):
        raise NotHeld("drafts")
    if draft.complaint_id is not None:
        return
    if gap := first_gap(filing.told(session, draft), profile):
        raise Unfinished(gap)
    if intake.contact is None or quarrelled(session, draft):
        raise Unfinished(Slug.CONTACT)
    filing.send(
        session,
        draft,
        token=token,
        language=intake.language,
        profile=profile,
        base_url=base_url,
        now=now,
        channel=intake.channel,
        by=ByHand(
            officer=officer,
            arrived_at=intake.arrived_at,
            notice=intake.notice,
            contact=intake.contact,
            code=code if profile.channels[intake.channel].counter else CodeFor.APART,
        ),
    )


def hand_over(session: Session, draft: Draft) -> None:
    """The customer has the paper: the access code is destroyed here. The caller commits."""
    if not session.holds(draft):
        raise NotHeld("drafts")
    draft.kept_code = draft.kept_until = None
    session.flush()
