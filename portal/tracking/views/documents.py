"""Documents that are added later: each delivery is taken, confirmed and noted."""

from typing import cast

from flask import request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from portal import clock
from portal.complaints.access import case_holder
from portal.complaints.codes import Holder
from portal.complaints.models import Complaint, Party
from portal.complaints.recording import printed
from portal.complaints.rules import Action, NotAllowed, allowed
from portal.complaints.service import add_documents as take_documents
from portal.evidence import labels as evidence_labels
from portal.evidence import service as evidence
from portal.evidence.forms import FilesForm
from portal.evidence.queries import documents
from portal.evidence.receiving import Delivery, receive
from portal.evidence.rules import OTHER, Fault, Filed
from portal.evidence.scanner import scanner_of
from portal.evidence.storage import Depot
from portal.sealing import open_box
from portal.tracking.blueprint import bp
from portal.web.access import keeps_typed
from portal.web.floor import institution, session, settings, writing
from portal.web.language import language
from portal.web.pages import go_to, render, wants_part
from portal.web.uploads import Request


@bp.route("/track/case/documents", methods=["GET", "POST"], endpoint="documents")
@case_holder
@keeps_typed
def add_documents(holder: Holder) -> ResponseReturnValue:
    """Add documents to the complaint; each delivery is an entry of its history.

    The body is parsed only after right, limit and origin were looked at, while no transaction is open.
    """
    if holder.complaint.folder_id is None or Action.ADD_DOCUMENTS not in allowed(
        holder.complaint.status, holder.party.role
    ):
        return go_to("tracking.case")
    if request.method != "POST":
        return _documents_page(holder, _files_form(holder), saved="saved" in request.args)
    box, limits = open_box(session(), holder.complaint.key_id), evidence.limits_of(institution().uploads)
    session().rollback()
    with receive(
        cast(Request, request),
        box=box,
        depot=Depot.at(settings().evidence_url),
        limits=limits,
        origin=settings().base_url,
    ) as delivery:
        if delivery.fault:
            form = _files_form(holder, read=False)
            form.tell([evidence_labels.whole(delivery.fault, limits)])
            return _documents_page(holder, form, status=413)
        form = _files_form(holder)
        if not form.validate_on_submit():
            form.tell([evidence_labels.ONCE_MORE] if delivery.arrived else [])
            return _documents_page(holder, form, status=422)
        return _take(holder, form, delivery)


def _take(holder: Holder, form: FilesForm, delivery: Delivery) -> Response:
    limits = evidence.limits_of(institution().uploads)
    if not delivery.arrived:
        form.tell([evidence_labels.whole(Fault.NONE, limits)])
        return _documents_page(holder, form, status=422)
    party = session().get_one(Party, holder.party.id)
    complaint = writing(session().get_one(Complaint, holder.complaint.id))
    try:
        arrived = take_documents(
            session(),
            complaint,
            party=party,
            purpose=form.purpose.data,
            delivery_id=delivery.id,
            arrived=delivery.arrived,
            limits=limits,
            scanner=scanner_of(settings()),
            profile=institution(),
            base_url=settings().base_url,
            now=clock.now(),
        )
    except NotAllowed:
        session().rollback()
        return go_to("tracking.case")
    delivery.hand_over(arrived)
    session().commit()
    if refused := evidence_labels.refusals(arrived, limits):
        form.tell(refused)
        return _documents_page(holder, form, status=422)
    if wants_part():
        # A script that sends each file by itself, and shows what there is now.
        return _documents_page(holder, form)
    return go_to("tracking.documents", saved=1)


def _files_form(holder: Holder, *, read: bool = True) -> FilesForm:
    offered = evidence_labels.purposes(institution(), language())
    there = {one.purpose for one in documents_of(holder)}
    first = next((code for code in offered if code not in there), OTHER)
    return FilesForm(purposes=offered, first=first, **({} if read else {"formdata": None}))


def documents_of(holder: Holder) -> list[Filed]:
    return documents(session(), holder.complaint.folder_id) if holder.complaint.folder_id else []


def _documents_page(holder: Holder, form: FilesForm, *, status: int = 200, saved: bool = False) -> Response:
    return render(
        "tracking/documents.html",
        part="tracking/_documents.html",
        status=status,
        form=form,
        saved=saved,
        limits=institution().uploads,
        number=printed(holder.complaint, institution()),
        documents=evidence_labels.lines(documents_of(holder), institution(), language()),
    )
