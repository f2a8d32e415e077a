"""The customer writes to us in their complaint, with photos or files if they like."""

from functools import partial
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from portal import clock
from portal.complaints.access import case_holder
from portal.complaints.codes import Holder
from portal.complaints.kinds import word_for
from portal.complaints.messages import FilesRefused, reply
from portal.complaints.models import Complaint, Party
from portal.complaints.recording import printed
from portal.complaints.rules import Action, NotAllowed
from portal.complaints.service import add_documents
from portal.complaints.transitions import allowed
from portal.evidence import labels as evidence_labels
from portal.evidence.delivering import deliver
from portal.evidence.receiving import Delivery
from portal.evidence.rules import OTHER
from portal.evidence.scanner import scanner_of
from portal.tracking import labels
from portal.tracking.blueprint import bp
from portal.tracking.forms import MessageForm
from portal.web.access import keeps_typed
from portal.web.floor import institution, session, settings, writing
from portal.web.language import language
from portal.web.pages import go_to, render
from portal.workdays.rules import local_day


@bp.route("/track/case/message", methods=["GET", "POST"])
@case_holder
@keeps_typed
def write(holder: Holder) -> ResponseReturnValue:
    """Write a message; it stands in what has happened at once, for the customer and for our officers.

    The body is parsed only after right, limit and origin were looked at, while no transaction is open. Files
    go with the message, all of them or none: what is refused keeps both back, and the text stays.
    """
    acts = holder.party.why_not_acting(local_day(clock.now(), institution().zone)) is None
    if not acts or Action.REPLY not in _may(holder):
        return go_to("tracking.case")
    if request.method != "POST":
        return _page(holder, MessageForm())
    return deliver(
        holder.complaint.key_id,
        form=_form,
        show=lambda form, status: _page(holder, form, status=status),
        take=partial(_take, holder),
    )


def _form(*, read: bool = True) -> MessageForm:
    return MessageForm() if read else MessageForm(formdata=None)


def _take(holder: Holder, form: MessageForm, delivery: Delivery) -> Response:
    try:
        _send(holder, form, delivery)
    except NotAllowed as refusal:
        session().rollback()
        form.text.errors = [labels.refusal(refusal.reason, institution(), language())]
        return _page(holder, form, status=422)
    except FilesRefused as refusal:
        session().rollback()
        form.tell(evidence_labels.refusals(refusal.arrived, delivery.limits))
        return _page(holder, form, status=422)
    delivery.hand_over(delivery.arrived)
    session().commit()
    return go_to("tracking.case")


def _send(holder: Holder, form: MessageForm, delivery: Delivery) -> None:
    """Keep the files as other evidence, and the message that names them. Raises `NotAllowed`, `FilesRefused`."""
    profile, now = institution(), clock.now()
    party = session().get_one(Party, holder.party.id)
    complaint = writing(session().get_one(Complaint, holder.complaint.id))
    if delivery.arrived:
        done = add_documents(
            session(),
            complaint,
            party=party,
            purpose=OTHER,
            delivery=delivery.id,
            arrived=delivery.arrived,
            limits=delivery.limits,
            scanner=scanner_of(settings()),
            profile=profile,
            base_url=settings().base_url,
            now=now,
        )
        if any(one.fault for one in done):
            raise FilesRefused(done)
    reply(
        session(),
        complaint,
        party=party,
        text=form.text.data or "",
        delivery_id=delivery.id if delivery.arrived else None,
        profile=profile,
        now=now,
    )


def _may(holder: Holder) -> frozenset[Action]:
    return frozenset(allowed(holder.complaint.status, holder.party.role))


def _page(holder: Holder, form: MessageForm, *, status: int = 200) -> Response:
    profile = institution()
    page: dict[str, Any] = {
        "kind": word_for(holder.complaint.kind, profile, language()),
        "number": printed(holder.complaint, profile),
        "takes_files": holder.complaint.folder_id is not None and Action.ADD_DOCUMENTS in _may(holder),
    }
    return render("tracking/message.html", status=status, form=form, **page)
