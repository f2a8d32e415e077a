"""Our responses as the letters that their reader gets."""

from collections.abc import Sequence

from portal.complaints.queries import OpenCase, Someone
from portal.complaints.recording import printed
from portal.complaints.responses.letter import About, ResponseLetter, response_letter
from portal.complaints.responses.queries import sent_answers
from portal.complaints.rules import Role
from portal.db import Session
from portal.institution.models import Institution
from portal.sealing import open_box


def answer_letters(
    session: Session, case: OpenCase, people: Sequence[Someone], profile: Institution, language: str
) -> list[ResponseLetter]:
    """What we have answered, the oldest first. Whether they may read it is the caller's to ask."""
    about = About(
        number=printed(case, profile),
        addressee=next(one.name for one in people if one.role is Role.CUSTOMER),
        topic=case.topic,
        kind=case.kind,
    )
    sent = sent_answers(session, open_box(session, case.key_id), case.id)
    return [response_letter(one, about, profile=profile, language=language) for one in sent]
