"""A lost access code: a one-time code to the contact on file, and the new access code it leads to."""

from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from portal import clock
from portal.accounts.rules import CodePurpose, CodeSpent
from portal.accounts.service import check_code
from portal.complaints import access, codes
from portal.complaints.access import case_holder
from portal.complaints.codes import Holder
from portal.complaints.finding import find_party
from portal.complaints.models import Complaint, Party
from portal.complaints.numbers import spelled
from portal.complaints.recording import printed
from portal.tracking import service
from portal.tracking.blueprint import bp
from portal.tracking.forms import NO_MATCH_ONCE, KeptForm, LostCodeForm, NewCodeForm
from portal.tracking.views.doors import ASKING, GIVING, LOST_CODE, NEW_CODE, door_of, too_soon, wait_at
from portal.web import throttle
from portal.web.access import keeps_typed, public
from portal.web.floor import floor, institution, session, writing
from portal.web.language import language
from portal.web.pages import go_to, render


@bp.route("/track/lost-code", methods=["GET", "POST"])
@public
@keeps_typed
def lost_code() -> ResponseReturnValue:
    """Ask for a one-time code to the contact on file. The answer is the same whether there is such a case."""
    form = LostCodeForm(**_asked_by())
    page = "tracking/lost_code.html"
    if not form.validate_on_submit():
        return render(page, status=422 if form.errors else 200, form=form)
    if wait := wait_at(LOST_CODE, form.subject, ASKING):
        return too_soon(page, form, wait)
    session().begin_write()
    role = form.party
    codes.report_lost(session(), number=form.registration, account=form.account, role=role, now=clock.now())
    session().commit()
    return render("tracking/new_code.html", form=_new_code_form(form), sent=True)


@bp.route("/track/new-code", methods=["GET", "POST"])
@public
@keeps_typed
def new_code() -> ResponseReturnValue:
    """Number and one-time code: who has both gets a new access code and is signed in."""
    form = NewCodeForm(**_asked_by())
    page = "tracking/new_code.html"
    if not form.validate_on_submit():
        return render(page, status=422 if form.errors else 200, form=form, sent=False)
    if wait := wait_at(NEW_CODE, form.subject, GIVING):
        return too_soon(page, form, wait, sent=False)
    found = find_party(session(), number=form.registration, account=form.account, role=form.party)
    one_time = check_code(
        session(),
        subject_id=found.complaint_id if found else None,
        party_id=found.party_id if found else None,
        purpose=CodePurpose.NEW_ACCESS_CODE,
        code=form.code.data,
        now=clock.now(),
    )
    if found is None or one_time is None:
        return _no_match_once(form)
    throttle.forgive(floor().database, door_of(NEW_CODE, form.subject))
    party = session().get_one(Party, found.party_id)
    complaint = writing(session().get_one(Complaint, found.complaint_id))
    try:
        token = service.renew_code(session(), complaint, party=party, one_time=one_time, now=clock.now())
    except CodeSpent:
        session().rollback()
        return _no_match_once(form)
    access.release()
    session().commit()
    access.hold(token)
    return go_to("tracking.code")


@bp.route("/track/case/code", methods=["GET", "POST"])
@case_holder
def code(holder: Holder) -> ResponseReturnValue:
    """The new access code, as often as it is asked for until the customer has kept it."""
    if holder.new_code is None:
        return go_to("tracking.case")
    form = KeptForm()
    if not form.validate_on_submit():
        number = printed(holder.complaint, institution())
        return render(
            "tracking/code.html",
            status=422 if form.errors else 200,
            form=form,
            number=number,
            code=holder.new_code,
            spelled=spelled(holder.complaint.registration, language()),
        )
    session().begin_write()
    codes.keep_new_code(session(), holder.session_id)
    session().commit()
    return go_to("tracking.case")


def _asked_by() -> dict[str, str]:
    """What the forms take from the institution: the prefix of its numbers, and its word for its customers."""
    return {"prefix": institution().prefix, "customer": institution().customer[language()]}


def _no_match_once(form: NewCodeForm) -> Response:
    form.code.errors.append(NO_MATCH_ONCE)
    return render("tracking/new_code.html", status=422, form=form, sent=False)


def _new_code_form(asked: LostCodeForm) -> NewCodeForm:
    """The form for the one-time code with what was just told; nothing else was sent."""
    told = {"number": asked.number.raw, "role": asked.role.data}
    return NewCodeForm(**_asked_by(), formdata=None, data=told)
