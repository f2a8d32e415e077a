"""The notices of what becomes of a complaint: passed on, extended, answered, closed, opened again.

Each goes to the customer and, where one acts, to the representative; none names an account, an amount,
what happened or an access code. `letters` has those of filing, documents and dates.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from portal.complaints import letters
from portal.complaints.models import Complaint
from portal.complaints.parties import customer_of
from portal.complaints.queries import person_in
from portal.complaints.rules import Role
from portal.db import Session
from portal.institution.models import Institution
from portal.institution.profile.parts import Text
from portal.notices import service as notices
from portal.notices.rules import NoticeKind, Recipient
from portal.sealing import open_box
from portal.workdays.rules import local_day


class Outcome(StrEnum):
    """How a complaint was closed, as its letter says it. `ANSWERED`: nothing was left for the customer to decide."""

    AGREED = "agreed"
    NOT_AGREED = "not_agreed"
    ANSWERED = "answered"


# ── while it is handled ──────────────────────────────────────────────────────────────────────────


def passed_on(
    session: Session, complaint: Complaint, *, division: str, profile: Institution, base_url: str, now: datetime
) -> None:
    """It is with a division now, by its name in the profile; our date stays (KF-19, KF-20)."""

    def facts(language: str) -> Mapping[str, Any]:
        return {"division": profile.divisions[division].label[language], "due_on": complaint.due_on}

    letters.tell(
        session, complaint, NoticeKind.PASSED_ON, facts, readers=True, profile=profile, base_url=base_url, now=now
    )


def complete(session: Session, complaint: Complaint, *, profile: Institution, base_url: str, now: datetime) -> None:
    """What was missing is needed no more, or came on paper: our time to answer runs (SQ-23, BM-30).

    Who adds the last document on the page is told by `letters.confirm_documents` instead.
    """
    _tell(session, complaint, NoticeKind.COMPLETE, {"due_on": complaint.due_on}, profile, base_url, now)


def extended(
    session: Session,
    complaint: Complaint,
    *,
    ground: Text,
    party: str | None,
    before_on: date,
    due_on: date,
    profile: Institution,
    base_url: str,
    now: datetime,
) -> None:
    """Our limit was extended: the ground, the outside party if one is named, both dates (BM-33, SQ-G1)."""

    def facts(language: str) -> Mapping[str, Any]:
        return {"ground": ground[language], "party": party, "before_on": before_on, "due_on": due_on}

    letters.tell(session, complaint, NoticeKind.EXTENDED, facts, profile=profile, base_url=base_url, now=now)


def payment_received(
    session: Session, complaint: Complaint, *, profile: Institution, base_url: str, now: datetime
) -> None:
    """The payment has reached us; the customer waits for the SMS that says that it is booked (K3-26)."""
    _tell(session, complaint, NoticeKind.PAYMENT_RECEIVED, {}, profile, base_url, now, only=Role.CUSTOMER)


def payment_booked(
    session: Session, complaint: Complaint, *, phone: str, profile: Institution, base_url: str, now: datetime
) -> None:
    """The payment is booked: a message to the telephone number in the institution's own records (K3-27, K3-30).

    `phone`, in E.164, is what an officer entered or confirmed from there: never one that stands only in the
    form, and never the customer's e-mail address.
    """
    customer, box = customer_of(session, complaint.id), open_box(session, complaint.key_id)
    recipient = Recipient(
        party_id=customer.id,
        language=customer.language,
        email=None,
        phone=phone,
        name=person_in(box, customer).name,
    )
    notices.write(
        session,
        box=box,
        subject_id=complaint.id,
        recipient=recipient,
        kind=NoticeKind.PAYMENT_BOOKED,
        facts=letters.common_facts(complaint, customer.language, profile, base_url),
        now=now,
        profile=profile,
    )


# ── our response ─────────────────────────────────────────────────────────────────────────────────


def answered(
    session: Session,
    complaint: Complaint,
    *,
    decide_by: date | None,
    profile: Institution,
    base_url: str,
    now: datetime,
) -> None:
    """The response can be read; what the customer may do then, and that silence is no agreement (BM-37, KF-21).

    `decide_by` is the day until which we keep it open, None where nobody waits for a reply.
    """
    facts = answered_facts(complaint, decide_by, profile)
    _tell(session, complaint, NoticeKind.ANSWERED, facts, profile, base_url, now, readers=True)


def answered_facts(complaint: Complaint, decide_by: date | None, profile: Institution) -> dict[str, Any]:
    """What that notice tells."""
    return {
        "decide_by": decide_by,
        "short": profile.is_short(complaint.kind),
        "objection": profile.objection is not None,
        "forums": bool(profile.forums),
    }


def refused(
    session: Session,
    complaint: Complaint,
    *,
    decide_by: date | None,
    profile: Institution,
    base_url: str,
    now: datetime,
) -> None:
    """It was refused: the reason stands in the complaint, and what can be done next (SQ-24, BM-18)."""
    facts = refused_facts(decide_by, profile)
    _tell(session, complaint, NoticeKind.REFUSED, facts, profile, base_url, now, readers=True)


def refused_facts(decide_by: date | None, profile: Institution) -> dict[str, Any]:
    """What that notice tells."""
    return {"decide_by": decide_by, "objection": profile.objection is not None, "forums": bool(profile.forums)}


def forums(
    session: Session,
    complaint: Complaint,
    *,
    names: Callable[[str], Sequence[str]],
    profile: Institution,
    base_url: str,
    now: datetime,
) -> list[UUID]:
    """A response was rejected: which forums may take the dispute, and where the guide stands (SQ-34, SQ-35, BM-41).

    `names` gives the forums' names in a language. Returns the notices' ids: the history proves by them that this was
    told.
    """

    def facts(language: str) -> Mapping[str, Any]:
        return {"forums": list(names(language)), "guide_url": letters.guide_url(base_url, language)}

    return letters.tell(session, complaint, NoticeKind.FORUMS, facts, profile=profile, base_url=base_url, now=now)


# ── objections ───────────────────────────────────────────────────────────────────────────────────


def objection_received(
    session: Session, complaint: Complaint, *, profile: Institution, base_url: str, now: datetime
) -> None:
    """An objection was received, and by when it is answered; without a date its documents are still missing."""
    facts = {"received_at": now, "due_on": complaint.due_on}
    _tell(session, complaint, NoticeKind.OBJECTION_RECEIVED, facts, profile, base_url, now)


def objection_ended(
    session: Session,
    complaint: Complaint,
    *,
    decide_by: date | None,
    profile: Institution,
    base_url: str,
    now: datetime,
) -> None:
    """The response to an objection can be read; what is left is to agree, or a forum."""
    facts = {"decide_by": decide_by, "forums": bool(profile.forums)}
    _tell(session, complaint, NoticeKind.OBJECTION_ENDED, facts, profile, base_url, now, readers=True)


def objection_not_new(
    session: Session,
    complaint: Complaint,
    *,
    profile: Institution,
    base_url: str,
    now: datetime,
) -> None:
    """An objection was ended because it brought nothing new (BM-40): why, what stands, and what is left to them.

    What the officer wrote of the reason stands in the complaint, as every text about the matter does.
    """

    facts = {"ended_on": local_day(now, profile.zone)}
    _tell_of_forums(session, complaint, NoticeKind.OBJECTION_NOT_NEW, facts, profile, base_url, now, readers=True)


# ── how it ends ──────────────────────────────────────────────────────────────────────────────────


def withdrawn(
    session: Session,
    complaint: Complaint,
    *,
    profile: Institution,
    base_url: str,
    now: datetime,
) -> None:
    """The customer took it back, and reads where they may make it again."""
    for role in (Role.CUSTOMER, Role.REPRESENTATIVE):

        def facts(language: str, role: Role = role) -> Mapping[str, Any]:
            return {
                "represents": role is Role.REPRESENTATIVE,
                "withdrawn_at": now,
                "start_url": letters.start_url(base_url, language),
            }

        letters.tell(
            session, complaint, NoticeKind.WITHDRAWN, facts, only=role, profile=profile, base_url=base_url, now=now
        )


def closed(
    session: Session,
    complaint: Complaint,
    *,
    outcome: Outcome,
    profile: Institution,
    base_url: str,
    now: datetime,
) -> None:
    """It is closed, and how; without agreement the forums stay open (BM-38, BM-22)."""

    facts = {"outcome": outcome, "closed_on": local_day(now, profile.zone)}
    _tell_of_forums(session, complaint, NoticeKind.CLOSED, facts, profile, base_url, now)


def no_reaction_warned(
    session: Session, complaint: Complaint, *, close_on: date, profile: Institution, base_url: str, now: datetime
) -> None:
    """Nobody has replied to our response: it is closed after this day, and what stays open even then."""
    facts = {"close_on": close_on, "objection": profile.objection is not None, "forums": bool(profile.forums)}
    _tell(session, complaint, NoticeKind.NO_REACTION_WARNED, facts, profile, base_url, now)


def no_reaction(
    session: Session,
    complaint: Complaint,
    *,
    profile: Institution,
    base_url: str,
    now: datetime,
) -> None:
    """It was closed without a reply, which is no agreement: objection and forums stay open."""

    facts = {"objection": profile.objection is not None}
    _tell_of_forums(session, complaint, NoticeKind.NO_REACTION, facts, profile, base_url, now)


def reopened(session: Session, complaint: Complaint, *, profile: Institution, base_url: str, now: datetime) -> None:
    """It was opened again; the reason stands on its page."""
    _tell(session, complaint, NoticeKind.REOPENED, {"due_on": complaint.due_on}, profile, base_url, now)


def merged(
    session: Session, complaint: Complaint, *, due_on: date | None, profile: Institution, base_url: str, now: datetime
) -> None:
    """It is handled with another on the same matter; `due_on` is the day that now binds. Nothing of the other."""
    _tell(session, complaint, NoticeKind.MERGED, {"due_on": due_on}, profile, base_url, now)


def _tell(
    session: Session,
    complaint: Complaint,
    kind: NoticeKind,
    facts: Mapping[str, Any],
    profile: Institution,
    base_url: str,
    now: datetime,
    *,
    only: Role | None = None,
    readers: bool = False,
) -> None:
    """`letters.tell` where the facts are the same in every language."""
    letters.tell(
        session,
        complaint,
        kind,
        lambda _: facts,
        only=only,
        readers=readers,
        profile=profile,
        base_url=base_url,
        now=now,
    )


def _tell_of_forums(
    session: Session,
    complaint: Complaint,
    kind: NoticeKind,
    facts: Mapping[str, Any],
    profile: Institution,
    base_url: str,
    now: datetime,
    *,
    readers: bool = False,
) -> None:
    """A letter that leads on to the guide of forums, where the profile lists any."""
    letters.tell(
        session,
        complaint,
        kind,
        lambda language: {**facts, "forums": bool(profile.forums), "guide_url": letters.guide_url(base_url, language)},
        readers=readers,
        profile=profile,
        base_url=base_url,
        now=now,
    )
