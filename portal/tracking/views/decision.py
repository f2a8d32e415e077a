"""Our response, and what the customer makes of it: they agree, they do not, and how content they are."""

from collections.abc import Callable
from typing import Any

from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from portal import clock
from portal.complaints import queries
from portal.complaints.access import case_holder
from portal.complaints.codes import Holder
from portal.complaints.disputes import deciding
from portal.complaints.disputes.deciding import AlreadyRated
from portal.complaints.kinds import word_for
from portal.complaints.models import Complaint, Party
from portal.complaints.recording import printed
from portal.complaints.rules import CLOSED, NotAllowed, Role
from portal.tracking import labels
from portal.tracking.after import After, after_of
from portal.tracking.answers import answer_letters
from portal.tracking.blueprint import bp
from portal.tracking.forms import AgreeForm, DisagreeForm, RatingForm
from portal.web.floor import institution, session, settings, writing
from portal.web.language import language
from portal.web.pages import go_to, render
from portal.workdays.rules import local_day


@bp.get("/track/case/answer")
@case_holder
def answer(holder: Holder) -> ResponseReturnValue:
    """Our responses as letters, the newest first, and below it what can be done now (BM-37, SQ-29, SQ-33)."""
    after = after_here(holder)
    if after is None or not after.reads:
        return go_to("tracking.case")
    profile, case = institution(), holder.complaint
    people = queries.people(session(), case, (holder.party, *holder.others))
    letters = answer_letters(session(), case, people, profile, language())[::-1]
    if not letters:
        return go_to("tracking.case")
    return render(
        "tracking/answer.html",
        after=after,
        letters=letters,
        complaint=case,
        closed=case.status in CLOSED,
        represents=holder.party.role is Role.REPRESENTATIVE,
        **page_of(holder),
    )


@bp.route("/track/case/agree", methods=["GET", "POST"])
@case_holder
def agree(holder: Holder) -> ResponseReturnValue:
    """Agree, after reading what that means; then one question, which may be skipped (BM-38, KF-04)."""
    return _decide(holder, AgreeForm(), "tracking/agree.html", deciding.agree, then="tracking.rating")


@bp.route("/track/case/disagree", methods=["GET", "POST"])
@case_holder
def disagree(holder: Holder) -> ResponseReturnValue:
    """Do not agree and take it further: where to stands on the page that follows, and is sent (SQ-33, SQ-34)."""
    return _decide(holder, DisagreeForm(), "tracking/disagree.html", deciding.disagree, then="tracking.forums")


def _decide(holder: Holder, form: Any, template: str, do: Callable[..., None], *, then: str) -> ResponseReturnValue:
    after = after_here(holder)
    if after is None or not after.decides:
        return go_to("tracking.case")
    page: dict[str, Any] = {"form": form, "after": after, **page_of(holder)}
    if not form.validate_on_submit():
        return render(template, status=422 if form.errors else 200, **page)
    party = session().get_one(Party, holder.party.id)
    complaint = writing(session().get_one(Complaint, holder.complaint.id))
    profile = institution()
    try:
        do(session(), complaint, party=party, profile=profile, base_url=settings().base_url, now=clock.now())
    except NotAllowed as refusal:
        session().rollback()
        form.sure.errors.append(labels.refusal(refusal.reason, profile, language()))
        return render(template, status=422, **page)
    session().commit()
    return go_to(then)


@bp.route("/track/case/rating", methods=["GET", "POST"])
@case_holder
def rating(holder: Holder) -> ResponseReturnValue:
    """How content somebody is: one question at the end, never needed (KF-04)."""
    after = after_here(holder)
    if after is None or not after.rates:
        return go_to("tracking.case")
    form = RatingForm()
    page: dict[str, Any] = {"form": form, **page_of(holder)}
    if not form.validate_on_submit():
        return render("tracking/rating.html", status=422 if form.errors else 200, **page)
    return _rate(holder, int(form.satisfaction.data or 0))


def _rate(holder: Holder, satisfaction: int) -> Response:
    party = session().get_one(Party, holder.party.id)
    complaint = writing(session().get_one(Complaint, holder.complaint.id))
    try:
        deciding.rate(
            session(), complaint, party=party, satisfaction=satisfaction, profile=institution(), now=clock.now()
        )
    except (NotAllowed, AlreadyRated):
        session().rollback()
        return go_to("tracking.case")
    session().commit()
    return go_to("tracking.case")


def after_here(holder: Holder) -> After | None:
    """What can be done after our response by who holds the case open."""
    today = local_day(clock.now(), institution().zone)
    return after_of(session(), holder.complaint, holder.party, institution(), today=today)


def page_of(holder: Holder) -> dict[str, Any]:
    """What every page about a decision names."""
    return {
        "kind": word_for(holder.complaint.kind, institution(), language()),
        "number": printed(holder.complaint, institution()),
    }
