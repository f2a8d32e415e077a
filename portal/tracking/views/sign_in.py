"""In and out: number and access code, signing out, leaving quickly."""

from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.complaints import access, codes
from portal.complaints.access import current_holder
from portal.filing.access import held, my_draft, take_back
from portal.filing.service import forget_sent
from portal.tracking.blueprint import bp
from portal.tracking.forms import NO_MATCH, SignInForm
from portal.tracking.views.doors import SIGN_IN, door_of, too_soon
from portal.web import throttle
from portal.web.access import keeps_typed, public
from portal.web.floor import floor, institution, session, settings
from portal.web.pages import go_to, render


@bp.route("/track", methods=["GET", "POST"])
@public
@keeps_typed
def sign_in() -> ResponseReturnValue:
    """Number and access code. Unknown number and wrong code differ in nothing that can be seen or measured."""
    if request.method == "GET" and current_holder(seen=False):
        return go_to("tracking.case")
    form = SignInForm(prefix=institution().prefix)
    page = "tracking/sign_in.html"
    if not form.validate_on_submit():
        return render(page, status=422 if form.errors else 200, form=form, **_why_here())
    door = door_of(SIGN_IN, form.subject)
    if wait := throttle.admit(floor().database, door, now=clock.now()):
        return too_soon(page, form, wait)
    code = codes.find_by_code(session(), number=form.registration, account=form.account, code=form.code.data)
    if code is None:
        form.code.errors.append(NO_MATCH)
        return render(page, status=422, form=form)
    throttle.forgive(floor().database, door)
    access.release()
    session().begin_write()
    token = codes.begin_session(session(), code, now=clock.now())
    session().commit()
    access.hold(token)
    return go_to("tracking.case")


@bp.post("/track/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    """End the login; without one there is nothing to end.

    The receipt goes with it: who files and follows in one browser and then signs out must not leave the
    access code of this complaint there. A draft of another one stays.
    """
    answer = go_to("tracking.sign_in", out=1)
    holder, mine = current_holder(seen=False), my_draft()
    if holder and mine and mine.draft.complaint_id == holder.complaint.id:
        if draft := held(mine):
            forget_sent(session(), draft)
        take_back(answer)
    access.release()
    session().commit()
    return answer


@bp.post("/leave")
@public
# Leaving must work from a page of any age, so no token is asked for. A forged request has nothing to
# end: other sites' requests do not carry our cookies.
@keeps_typed
def leave() -> ResponseReturnValue:
    """Quick exit: the login ends, the browser forgets every cookie of ours, and a neutral page follows."""
    access.release()
    session().commit()
    answer = redirect(url_for("tracking.left"), 303)
    for name in request.cookies:
        answer.delete_cookie(name, secure=settings().secure, httponly=True, samesite="Lax")
    return answer


@bp.get("/left")
@public
def left() -> ResponseReturnValue:
    """The neutral page, which names neither us nor what we do."""
    return render("tracking/left.html")


def _why_here() -> dict[str, Any]:
    """Why somebody finds themselves at the sign-in: their login has ended, or they ended it."""
    return {"ended": "ended" in request.args, "out": "out" in request.args}
