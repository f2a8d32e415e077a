"""The mail and the message that announce a response, as they would be written now; nothing is kept of them."""

from datetime import date, datetime

from portal.complaints import response_letters
from portal.complaints.letters import common_facts
from portal.complaints.models import Complaint
from portal.complaints.responses.rules import Response
from portal.complaints.states import AnswerKind
from portal.db import Session
from portal.desk.case_file import Somebody
from portal.institution.calendars.queries import calendars
from portal.institution.models import Institution
from portal.notices.render import Rendered, render
from portal.notices.rules import Channel, NoticeKind
from portal.workdays.rules import derive


def announced(
    session: Session,
    complaint: Complaint,
    response: Response,
    customer: Somebody,
    profile: Institution,
    base_url: str,
    now: datetime,
) -> tuple[Rendered, str]:
    """The customer's mail and the text of their message, in their language."""
    refuses, language = response.kind is AnswerKind.REFUSAL, customer.row.language
    own = (
        response_letters.refused_facts(None, profile)
        if refuses
        else response_letters.answered_facts(complaint, _decide_by(session, complaint, profile, now), profile)
    )
    facts = common_facts(complaint, language, profile, base_url) | own
    kind = NoticeKind.REFUSED if refuses else NoticeKind.ANSWERED
    mail, message = (
        render(kind, channel, language, name=customer.person.name, facts=facts, profile=profile)
        for channel in (Channel.EMAIL, Channel.SMS)
    )
    return mail, message.body


def _decide_by(session: Session, complaint: Complaint, profile: Institution, now: datetime) -> date | None:
    if profile.clocks.decision is None or profile.is_short(complaint.kind):
        return None
    limit = profile.limits[profile.clocks.decision]
    return derive(limit.rule, now, calendars(session).of(limit.counted_by), profile.zone).counted_on
