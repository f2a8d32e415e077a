"""Who acts for the customer: the power of attorney, revoked by the customer or laid down by its holder."""

from typing import Any

from flask.typing import ResponseReturnValue

from portal import clock
from portal.complaints import power, queries
from portal.complaints.access import case_holder
from portal.complaints.codes import Holder
from portal.complaints.kinds import word_for
from portal.complaints.models import Complaint, Party
from portal.complaints.recording import printed
from portal.complaints.rules import NotAllowed, Role
from portal.tracking import labels
from portal.tracking.blueprint import bp
from portal.tracking.forms import EndPowerForm
from portal.web.floor import institution, session, settings, writing
from portal.web.language import language
from portal.web.pages import go_to, render
from portal.workdays.rules import local_day


@bp.route("/track/case/authority", methods=["GET", "POST"])
@case_holder
def authority(holder: Holder) -> ResponseReturnValue:
    """End the power of attorney, after reading what that means: once, by either of the two (SQ-18, BM-17)."""
    profile, now = institution(), clock.now()
    people = queries.people(session(), holder.complaint, (holder.party, *holder.others))
    acting = labels.acting(people, language(), today=local_day(now, profile.zone))
    if acting is None or not acting.runs:
        return go_to("tracking.case")
    form = EndPowerForm()
    page: dict[str, Any] = {
        "form": form,
        "acting": acting,
        "represents": holder.party.role is Role.REPRESENTATIVE,
        "kind": word_for(holder.complaint.kind, profile, language()),
        "number": printed(holder.complaint, profile),
    }
    if not form.validate_on_submit():
        return render("tracking/authority.html", status=422 if form.errors else 200, **page)
    party = session().get_one(Party, holder.party.id)
    complaint = writing(session().get_one(Complaint, holder.complaint.id))
    try:
        power.end(session(), complaint, party=party, profile=profile, base_url=settings().base_url, now=now)
    except NotAllowed as refusal:
        session().rollback()
        form.sure.errors.append(labels.refusal(refusal.reason, profile, language()))
        return render("tracking/authority.html", status=422, **page)
    session().commit()
    return go_to("tracking.case")
