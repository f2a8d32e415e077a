"""The auditor's page of a case: its whole history and its reading log, of everybody or of one officer."""

from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from portal.accounts.access import officer
from portal.accounts.rules import Officer, OfficerRole
from portal.desk import case_labels
from portal.desk.blueprint import bp
from portal.desk.views.case import opened, printed_number
from portal.history.reading import readings
from portal.web.floor import institution, session
from portal.web.language import language
from portal.web.pages import render


@bp.get("/audit/<uuid:case_id>")
@officer(OfficerRole.AUDITOR, OfficerRole.CS_MANAGER)
def audit(case_id: UUID, officer: Officer) -> ResponseReturnValue:
    """Who did what in a case and who read it; `by` is the id of the officer to whom both lists are cut."""
    file = opened(officer, case_id)
    by = request.args.get("by", type=UUID)
    told = case_labels.timeline(file, institution(), language())
    read = readings(session(), case_id)
    seen = {one.officer_id for one in read} | {one.actor.id for one in file.history}
    shown = {document.id: document.shown for document in file.documents}
    return render(
        "desk/audit.html",
        file=file,
        number=printed_number(file),
        by=by if by in file.officers else None,
        people=[(one, name) for one, name in file.officers.items() if one in seen],
        events=[event for event, one in zip(told, file.history, strict=True) if by is None or one.actor.id == by],
        parties={party.id: party.person.name for party in file.parties},
        readings=[one for one in read if by is None or one.officer_id == by],
        shown=shown,
    )
