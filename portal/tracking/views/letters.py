"""A notice of the ledger, read again by whom it was for."""

from uuid import UUID

from flask import abort
from flask.typing import ResponseReturnValue

from portal.complaints.access import case_holder
from portal.complaints.codes import Holder
from portal.complaints.kinds import word_for
from portal.complaints.recording import printed
from portal.notices.queries import kept
from portal.tracking import labels
from portal.tracking.blueprint import bp
from portal.web.floor import institution, session
from portal.web.language import language
from portal.web.pages import render


@bp.get("/track/case/letters/<uuid:notice_id>")
@case_holder
def letter(notice_id: UUID, holder: Holder) -> ResponseReturnValue:
    """The text as it is kept. Another party's letter answers like one that is not there."""
    found = kept(session(), notice_id, subject_id=holder.complaint.id, party_id=holder.party.id)
    if found is None:
        abort(404)
    (line,) = labels.letters([found.line], language())
    return render(
        "tracking/letter.html",
        letter=line,
        body=found.body,
        number=printed(holder.complaint, institution()),
        kind=word_for(holder.complaint.kind, institution(), language()),
    )
