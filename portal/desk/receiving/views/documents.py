"""What came with a complaint that an officer receives: taken, shown, and given."""

from functools import partial
from uuid import UUID

from flask import abort, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from portal import clock
from portal.accounts.access import officer
from portal.accounts.rules import Officer
from portal.desk.blueprint import bp
from portal.desk.receiving import pages, service
from portal.desk.receiving.opening import RECEIVERS, Opened, held, onward, opened
from portal.evidence import queries
from portal.evidence.delivering import deliver
from portal.evidence.forms import FilesForm
from portal.evidence.receiving import Delivery
from portal.evidence.rules import Right
from portal.evidence.views import give
from portal.filing.files import files_form, keep_files
from portal.filing.rules import Answer, Slug, first_gap
from portal.web.access import keeps_typed
from portal.web.floor import institution, session
from portal.web.pages import go_to, render, wants_part


@bp.route("/receive/<uuid:intake_id>/documents", methods=["GET", "POST"])
@officer(*RECEIVERS)
@keeps_typed
def receive_documents(intake_id: UUID, officer: Officer) -> ResponseReturnValue:
    """What came with it, scanned at the counter or saved from a message. None is needed to go on.

    The body is parsed only after right, limit and origin were looked at, while no transaction is open.
    """
    found = opened(officer, intake_id)
    if not isinstance(found, Opened):
        return found
    gap = first_gap(found.told, institution())
    if gap not in (None, Slug.DOCUMENTS):
        return go_to(pages.place_of(gap), intake_id=intake_id)
    form = partial(files_form, found.draft, found.told, now=clock.now())
    if request.method != "POST":
        return _page(found, form())
    return deliver(found.draft.key_id, form=form, show=partial(_page, found), take=partial(_take, found))


def _page(found: Opened, form: FilesForm, status: int = 200) -> Response:
    """The page, or the part of it that a script gets which sends each file by itself."""
    page = pages.documents_page(found.intake, found.draft, found.told, form)
    return render("desk/receive_documents.html", part="desk/_receive_documents.html", status=status, **page)


def _take(found: Opened, form: FilesForm, delivery: Delivery) -> Response:
    """Keep what came, remove what is not wanted, and go on if that was asked and nothing went wrong."""
    intake, now = found.intake, clock.now()
    draft = held(found.draft)
    if draft is None:
        abort(404)
    if draft.complaint_id:
        return go_to("desk.received", intake_id=intake.id)
    refused = keep_files(draft, form, delivery, now=now)
    going = "on" in request.form
    if going and not refused:
        answers = {Slug.DOCUMENTS: Answer({}, {})}
        service.keep(session(), intake, draft, answers, profile=institution(), now=now)
    answer = onward(intake, draft) if going else go_to("desk.receive_documents", intake_id=intake.id)
    session().commit()
    if refused:
        form.tell(refused)
        return _page(found, form, 422)
    return _page(found, form) if wants_part() and not going else answer


@bp.get("/receive/<uuid:intake_id>/documents/<uuid:document_id>")
@officer(*RECEIVERS)
def receive_document(intake_id: UUID, document_id: UUID, officer: Officer) -> ResponseReturnValue:
    """A file of one's own intake, as officers get it."""
    found = opened(officer, intake_id)
    row = queries.find(session(), document_id)
    if not isinstance(found, Opened) or row is None or row.folder_id != found.draft.folder_id:
        abort(404)
    return give(row, Right.COPY)
