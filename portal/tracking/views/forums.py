"""Where next: the forums that are open to this case, and what the customer tells us that they did there."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock
from portal.complaints import queries
from portal.complaints.access import case_holder
from portal.complaints.codes import Holder
from portal.complaints.disputes import forums as disputes
from portal.complaints.disputes.rules import ELSEWHERE
from portal.complaints.models import Complaint, Party
from portal.complaints.representing import Reach
from portal.complaints.rules import NotAllowed
from portal.institution.calendars.queries import calendars
from portal.institution.disputes import as_query, found_for
from portal.institution.disputes import guide as forum_guide
from portal.institution.models import Institution
from portal.tracking import labels
from portal.tracking.after import answers_of
from portal.tracking.blueprint import bp
from portal.tracking.forms import ForumForm
from portal.tracking.views.decision import after_here, page_of
from portal.web.floor import institution, session, writing
from portal.web.language import language
from portal.web.pages import go_to, render
from portal.workdays.rules import local_day


@bp.get("/track/case/forums")
@case_holder
def forums(holder: Holder) -> ResponseReturnValue:
    """Which forums are open to this case and by when, with what the case itself knows (SQ-34, SQ-35, BM-41)."""
    profile, today, case = institution(), _today(), holder.complaint
    if holder.party.reach(today) is not Reach.WHOLE:
        return go_to("guidance.forums")
    file = queries.case_file(session(), case, holder.party, holder.others, today=today)
    after = after_here(holder)
    binding = file.running.binding
    answers = answers_of(
        case,
        after.dispute if after else None,
        due_on=binding.due_on if binding else None,
        loss=file.loss,
        amounts=[one.amount for one in file.transactions if one.amount is not None],
        profile=profile,
        today=today,
    )
    return render(
        "tracking/forums.html",
        found=found_for(profile, answers, today=today, calendars=calendars(session()).of),
        finder=as_query(answers),
        after=after,
        names=forum_names(profile, language()),
        complaint=case,
        **page_of(holder),
    )


@bp.route("/track/case/forums/told", methods=["GET", "POST"])
@case_holder
def tell_forum(holder: Holder) -> ResponseReturnValue:
    """The customer tells us where they took the matter: from then on nothing of it is deleted."""
    profile, today = institution(), _today()
    if holder.party.why_not_acting(today) is not None:
        return go_to("tracking.case")
    form = ForumForm(forums=forum_names(profile, language()), today=today)
    page: dict[str, Any] = {"form": form, **page_of(holder)}
    if not form.validate_on_submit():
        return render("tracking/forum_told.html", status=422 if form.errors else 200, **page)
    party = session().get_one(Party, holder.party.id)
    complaint = writing(session().get_one(Complaint, holder.complaint.id))
    try:
        disputes.tell(
            session(),
            complaint,
            party=party,
            forum=form.forum.data or "",
            taken_on=form.taken_on.data,
            reference=form.reference.data or None,
            profile=profile,
            now=clock.now(),
        )
    except NotAllowed as refusal:
        session().rollback()
        form.forum.errors = [labels.refusal(refusal.reason, profile, language())]
        return render("tracking/forum_told.html", status=422, **page)
    session().commit()
    return go_to("tracking.case")


@cache
def forum_names(profile: Institution, lang: str) -> Mapping[str, str]:
    """The forums by code, those of the institution first, and what is none of them. `lang`: the request's own."""
    listed, others = forum_guide(profile)
    named = {forum.code: forum.label[lang] for forum in (*listed, *others)}
    return {**named, ELSEWHERE: _("Somewhere else")}


def _today() -> date:
    return local_day(clock.now(), institution().zone)
