"""Writing to the customer: the one act on a case that brings files."""

from typing import cast
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from portal.accounts.access import officer
from portal.accounts.rules import Officer
from portal.complaints.messages import FilesRefused
from portal.desk.access import ACTORS
from portal.desk.act_forms import LetterForm
from portal.desk.acts import BY_SLUG, open_to
from portal.desk.blueprint import bp
from portal.desk.views.acts import done, form_of, page_of
from portal.desk.views.case import opened
from portal.evidence import labels as evidence_labels
from portal.evidence.delivering import received
from portal.web.access import keeps_typed
from portal.web.floor import institution, session
from portal.web.pages import go_to

WRITE = BY_SLUG["write"]


@bp.route("/cases/<uuid:case_id>/write", methods=["GET", "POST"])
@officer(*ACTORS)
@keeps_typed
def write(case_id: UUID, officer: Officer) -> ResponseReturnValue:
    """A message with files: all of them go, or the page says which could not be taken and why.

    The body is parsed only after right, limit and origin were looked at, while no transaction is open.
    """
    file = opened(officer, case_id)
    if WRITE not in open_to(officer, file, institution()):
        return go_to("desk.case", case_id=case_id)
    if request.method != "POST":
        return page_of(WRITE, file, form_of(WRITE, file, officer))
    with received(file.complaint.key_id) as delivery:
        file = opened(officer, case_id)
        form = cast(LetterForm, form_of(WRITE, file, officer, read=delivery.fault is None))
        if delivery.fault:
            form.tell([evidence_labels.whole(delivery.fault, delivery.limits)])
            return page_of(WRITE, file, form, status=413)
        try:
            return done(WRITE, file, form, officer, delivery)
        except FilesRefused as refusal:
            session().rollback()
            form.tell(evidence_labels.refusals(refusal.arrived, delivery.limits))
            return page_of(WRITE, opened(officer, case_id), form, status=422)
