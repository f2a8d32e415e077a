"""The customer writes to us in their complaint."""

from typing import Any

from flask.typing import ResponseReturnValue

from portal import clock
from portal.complaints.access import case_holder
from portal.complaints.codes import Holder
from portal.complaints.kinds import word_for
from portal.complaints.messages import reply
from portal.complaints.models import Complaint, Party
from portal.complaints.recording import printed
from portal.complaints.rules import Action, NotAllowed, allowed
from portal.tracking import labels
from portal.tracking.blueprint import bp
from portal.tracking.forms import MessageForm
from portal.web.floor import institution, session, writing
from portal.web.language import language
from portal.web.pages import go_to, render
from portal.workdays.rules import local_day


@bp.route("/track/case/message", methods=["GET", "POST"])
@case_holder
def write(holder: Holder) -> ResponseReturnValue:
    """Write a message; it stands in what has happened at once, for the customer and for our officers."""
    profile = institution()
    acts = holder.party.why_not_acting(local_day(clock.now(), profile.zone)) is None
    if not acts or Action.REPLY not in allowed(holder.complaint.status, holder.party.role):
        return go_to("tracking.case")
    form = MessageForm()
    page: dict[str, Any] = {
        "form": form,
        "kind": word_for(holder.complaint.kind, profile, language()),
        "number": printed(holder.complaint, profile),
    }
    if not form.validate_on_submit():
        return render("tracking/message.html", status=422 if form.errors else 200, **page)
    party = session().get_one(Party, holder.party.id)
    complaint = writing(session().get_one(Complaint, holder.complaint.id))
    try:
        reply(session(), complaint, party=party, text=form.text.data or "", profile=profile, now=clock.now())
    except NotAllowed as refusal:
        session().rollback()
        form.text.errors = [labels.refusal(refusal.reason, profile, language())]
        return render("tracking/message.html", status=422, **page)
    session().commit()
    return go_to("tracking.case")
