"""What a party can do once we have answered: read it, decide, object, take it further, say how content they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from portal.complaints.disputes.queries import Dispute, dispute
from portal.complaints.queries import OpenCase, OpenParty
from portal.complaints.representing import Reach
from portal.complaints.rules import Action, Status
from portal.complaints.states import Novelty
from portal.complaints.transitions import allowed
from portal.db import Session
from portal.evidence.fingerprints import Compared, compare
from portal.forums.finder import Answers
from portal.forums.rules import Elsewhere, Standing
from portal.institution.disputes import prefilled
from portal.institution.models import Institution
from portal.sealing import open_box
from portal.workdays.rules import local_day


@dataclass(frozen=True, slots=True)
class After:
    """Where the complaint stands after our response, and what this party may do now.

    `asks_officer`: objecting would be lawful, but every objection that is a right was made. `decide_by`: until
    when we keep the case open for them. `repeats`: what the newest objection brought that shows no more than
    what was there.
    """

    dispute: Dispute
    repeats: Sequence[Compared]
    decide_by: date | None
    short: bool
    reads: bool
    decides: bool
    objects: bool
    asks_officer: bool
    rates: bool
    tells: bool

    @property
    def several(self) -> bool:
        """Whether there is more to tell than the complaint itself."""
        return len(self.dispute.turns) > 1


def after_of(session: Session, case: OpenCase, party: OpenParty, profile: Institution, *, today: date) -> After | None:
    """What there is after our response; None before a complaint is handled at all, and for who reads only their own."""
    within = party.reach(today)
    if case.status is Status.RECEIVED or within is Reach.OWN:
        return None
    found = dispute(session, open_box(session, case.key_id), case.id)
    repeats = _repeats(session, case, found) if within is Reach.WHOLE else ()
    acts = within is Reach.WHOLE and party.why_not_acting(today) is None
    may = allowed(case.status, party.role) if acts else ()
    short = profile.is_short(case.kind)
    lawful = Action.OBJECT in may and not short and profile.objection is not None
    right = profile.objection is not None and found.objections < profile.objection.rounds
    return After(
        dispute=found,
        repeats=repeats,
        decide_by=case.decide_by,
        short=short,
        reads=within is Reach.WHOLE and found.answered_at is not None,
        decides=Action.AGREE in may and not short,
        objects=lawful and right,
        asks_officer=lawful and not right,
        rates=Action.RATE in may and found.newest.satisfaction is None,
        tells=Action.TELL_FORUM in may,
    )


def _repeats(session: Session, case: OpenCase, found: Dispute) -> list[Compared]:
    """The documents of an objection that is doubted, or was ended, beside the earlier ones that have all of them."""
    newest = found.newest
    if newest.novelty not in (Novelty.DOUBTED, Novelty.ENDED) or not newest.documents or case.folder_id is None:
        return []
    beside = compare(session, case.folder_id, newest.documents, box=open_box(session, case.key_id))
    return [one for one in beside if one.verdict.twins]


def answers_of(
    case: OpenCase,
    found: Dispute | None,
    *,
    due_on: date | None,
    loss: Decimal | None,
    amounts: list[Decimal],
    profile: Institution,
    today: date,
) -> Answers:
    """What the forum finder would ask, as far as the case knows it."""
    newest = found.answered_at if found else None
    if newest is not None:
        standing = Standing.ANSWERED
    else:
        standing = Standing.LATE if due_on is not None and due_on < today else Standing.WAITING
    return prefilled(
        profile,
        standing=standing,
        topic=case.topic,
        amount=loss if loss is not None else (sum(amounts, Decimal(0)) or None),
        answered_on=local_day(newest, profile.zone) if newest else None,
        elsewhere=Elsewhere.PENDING if case.held_at else Elsewhere.NO,
    )
