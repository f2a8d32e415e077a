"""Documents that are added later: each delivery is taken, confirmed and noted."""

from datetime import date
from functools import partial
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from portal import clock
from portal.complaints import queries, standing
from portal.complaints.access import case_holder
from portal.complaints.codes import Holder
from portal.complaints.kinds import word_for
from portal.complaints.models import Complaint, Party
from portal.complaints.recording import printed
from portal.complaints.rules import CLOSED, Action, NotAllowed, Role
from portal.complaints.service import add_documents as take_documents
from portal.complaints.transitions import allowed
from portal.evidence import labels as evidence_labels
from portal.evidence.delivering import deliver
from portal.evidence.forms import FilesForm
from portal.evidence.receiving import Delivery
from portal.evidence.rules import OTHER, Fault
from portal.evidence.scanner import scanner_of
from portal.tracking.asking import AskedOf, asked_of
from portal.tracking.blueprint import bp
from portal.web.access import keeps_typed
from portal.web.floor import institution, session, settings, writing
from portal.web.language import language
from portal.web.pages import go_to, render, wants_part
from portal.workdays.rules import local_day


@bp.route("/track/case/documents", methods=["GET", "POST"], endpoint="documents")
@case_holder
@keeps_typed
def add_documents(holder: Holder) -> ResponseReturnValue:
    """Add documents to the complaint; each delivery is a line of its history, also where a script sends its files
    one by one: then `delivery` names it, and `more` says that another file follows.

    The body is parsed only after right, limit and origin were looked at, while no transaction is open.
    Who may not add any goes back to the page of the case, which says why.
    """
    asked = _asked(holder)
    if not _may_add(holder, asked):
        return go_to("tracking.case")
    if request.method != "POST":
        return _documents_page(holder, _files_form(holder, asked), saved="saved" in request.args)
    return deliver(
        holder.complaint.key_id,
        form=partial(_files_form, holder, asked),
        show=lambda form, status: _documents_page(holder, form, status=status),
        take=partial(_take, holder),
    )


def _take(holder: Holder, form: FilesForm, delivery: Delivery) -> Response:
    limits = delivery.limits
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
            delivery=request.form.get("delivery", type=UUID),
            more="more" in request.form,
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


def _asked(holder: Holder) -> AskedOf:
    """What the party is asked for now."""
    running = standing.running(session(), holder.complaint.id)
    return asked_of(
        running,
        holder.party,
        institution(),
        language(),
        closed=holder.complaint.status in CLOSED,
        why_not=holder.party.why_not_acting(_today()),
    )


def _may_add(holder: Holder, asked: AskedOf) -> bool:
    """Whether the party may add documents now: who may not act for the customer, only what would mend their power."""
    case = holder.complaint
    lawful = case.folder_id is not None and Action.ADD_DOCUMENTS in allowed(case.status, holder.party.role)
    return lawful and (holder.party.why_not_acting(_today()) is None or bool(asked.documents))


def _files_form(holder: Holder, asked: AskedOf, *, read: bool = True) -> FilesForm:
    """The form, with what was asked for first already chosen: by the link that led here, else the first one missing."""
    represented = any(party.role is Role.REPRESENTATIVE for party in (holder.party, *holder.others))
    offered = evidence_labels.purposes(institution(), language(), representative=represented)
    wanted = (request.args.get("purpose", ""), *(document.code for document in asked.documents))
    first = next((code for code in wanted if code in offered), OTHER)
    return FilesForm(purposes=offered, first=first, **({} if read else {"formdata": None}))


def _documents_page(holder: Holder, form: FilesForm, *, status: int = 200, saved: bool = False) -> Response:
    profile, case = institution(), holder.complaint
    running = standing.running(session(), case.id)
    return render(
        "tracking/documents.html",
        part="tracking/_documents.html",
        status=status,
        form=form,
        saved=saved,
        limits=profile.uploads,
        number=printed(case, profile),
        kind=word_for(case.kind, profile, language()),
        asked=_asked(holder),
        due_on=running.binding.due_on if running.binding and not running.missing else None,
        documents=evidence_labels.lines(
            queries.documents_for(session(), case, holder.party, today=_today()), profile, language()
        ),
    )


def _today() -> date:
    return local_day(clock.now(), institution().zone)
