"""Papers that came by e-mail, post or over a counter, filed into an open case (K3-17)."""

from functools import partial
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from portal import clock
from portal.accounts.access import officer
from portal.accounts.rules import Officer
from portal.complaints.by_hand import NotYetThere, file_papers
from portal.complaints.rules import NotAllowed
from portal.desk import case_labels
from portal.desk.access import ACTORS
from portal.desk.acts import BY_SLUG, open_to
from portal.desk.blueprint import bp
from portal.desk.case_file import CaseFile
from portal.desk.paper_forms import TOO_EARLY, PapersForm
from portal.desk.views.case import opened, printed_number
from portal.evidence import labels as evidence_labels
from portal.evidence.delivering import deliver
from portal.evidence.receiving import Delivery
from portal.evidence.rules import Fault
from portal.evidence.scanner import scanner_of
from portal.web.access import keeps_typed
from portal.web.floor import institution, session, settings, writing
from portal.web.language import language
from portal.web.pages import go_to, render

ACT = BY_SLUG["papers"]


@bp.route("/cases/<uuid:case_id>/papers", methods=["GET", "POST"])
@officer(*ACTORS)
@keeps_typed
def papers(case_id: UUID, officer: Officer) -> ResponseReturnValue:
    """File what came another way than through the portal, with how it came and when it arrived.

    The body is parsed only after right, limit and origin were looked at, while no transaction is open.
    """
    file = opened(officer, case_id)
    if ACT not in open_to(officer, file, institution()):
        return go_to("desk.case", case_id=case_id)
    if request.method != "POST":
        return _page(file, _form(file, read=False))
    return deliver(
        file.complaint.key_id,
        form=partial(_form, file),
        show=lambda form, status: _page(file, form, status=status),
        take=partial(_take, officer, file),
    )


def _take(officer: Officer, file: CaseFile, form: PapersForm, delivery: Delivery) -> Response:
    limits = delivery.limits
    case_id, arrived_at = file.complaint.id, form.arrived_at
    if not delivery.arrived:
        form.tell([evidence_labels.whole(Fault.NONE, limits)])
        return _page(file, form, status=422)
    assert arrived_at is not None
    sender = next(one.row for one in file.parties if str(one.id) == form.sender_id)
    complaint = writing(file.complaint)
    try:
        arrived = file_papers(
            session(),
            complaint,
            party=sender,
            purpose=form.purpose.data,
            way=form.way.data or "",
            arrived_at=arrived_at,
            delivery_id=delivery.id,
            arrived=delivery.arrived,
            limits=limits,
            scanner=scanner_of(settings()),
            profile=institution(),
            base_url=settings().base_url,
            officer=officer,
            now=clock.now(),
        )
    except NotYetThere:
        session().rollback()
        form.at.errors = [TOO_EARLY]
        form.tell([evidence_labels.ONCE_MORE])
        return _page(opened(officer, case_id), form, status=422)
    except NotAllowed:
        session().rollback()
        return go_to("desk.case", case_id=case_id)
    delivery.hand_over(arrived)
    session().commit()
    if refused := evidence_labels.refusals(arrived, limits):
        form.tell(refused)
        return _page(opened(officer, case_id), form, status=422)
    return go_to("desk.case", case_id=case_id, _anchor="documents")


def _form(file: CaseFile, *, read: bool = True) -> PapersForm:
    """The form; the first required document that is missing is chosen beforehand."""
    represented = file.representative is not None
    missing = [need.code for need in file.needs if need.arrived_at is None]
    return PapersForm(
        purposes=evidence_labels.purposes(institution(), language(), representative=represented),
        missing=missing,
        senders=[(str(one.id), f"{one.person.name} ({case_labels.ROLES[one.role]})") for one in file.parties],
        received_at=file.complaint.received_at,
        profile=institution(),
        language=language(),
        now=clock.now(),
        read=read,
    )


def _page(file: CaseFile, form: PapersForm, *, status: int = 200) -> Response:
    return render(
        "desk/papers.html",
        status=status,
        act=ACT,
        form=form,
        file=file,
        number=printed_number(file),
        needs=case_labels.checklist(file, institution(), language()),
        limits=institution().uploads,
    )
