"""Going on with a filing on another device: a code is shown or mailed here, and taken there."""

import math
from datetime import timedelta
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import InvalidRequestError
from werkzeug.wrappers import Response

from portal import clock
from portal.filing import resume, service
from portal.filing.access import Mine, hand_out, held, my_draft
from portal.filing.models import Draft
from portal.filing.rules import AlreadySent, Slug, next_step
from portal.intake.access import unsent
from portal.intake.forms import NO_DRAFT, PUT_ASIDE, MailForm, ResumeForm, ShowForm
from portal.intake.guard import retry_after
from portal.web.access import keeps_typed, public
from portal.web.floor import floor, institution, session, settings, writing
from portal.web.language import language
from portal.web.limits import Pace, admit
from portal.web.network import client_network
from portal.web.pages import go_to, render
from portal.workdays.rules import local_day

bp = Blueprint("resume", __name__, url_prefix="/<any(id, en):lang>/file")

# Each code asked for is a row, and each mailed one goes to an address that may be anybody's.
SHOWING = Pace("resume codes", burst=20, every=timedelta(minutes=2))
MAILING = Pace("mailed resume codes", burst=10, every=timedelta(minutes=5))
MAILING_ONE = Pace("mailed resume codes of a draft", burst=3, every=timedelta(minutes=20))
# A code cannot be guessed at any pace; this keeps a machine from trying.
GIVING = Pace("resume codes given", burst=10, every=timedelta(minutes=1))


@bp.route("/elsewhere", methods=["GET", "POST"])
@public
@keeps_typed
def elsewhere() -> ResponseReturnValue:
    """Show a code for the draft of this browser. Each is shown once; all that were given keep working."""
    mine = unsent()
    if not isinstance(mine, Mine):
        return mine
    form = ShowForm()
    if not form.validate_on_submit():
        return _elsewhere(mine, form, status=422 if form.errors else 200, mailed="mailed" in request.args)
    if wait := admit(floor().database, SHOWING, client_network(request), now=clock.now()):
        return _too_soon(_elsewhere(mine, wait=wait), wait)
    draft = held(mine)
    if not draft:
        return go_to("intake.step", step=Slug.PRIVACY)
    try:
        code = resume.new_code(session(), draft, now=clock.now())
    except AlreadySent:
        return go_to("intake.sent")
    session().commit()
    return _elsewhere(mine, code=code)


@bp.post("/elsewhere/mail")
@public
@keeps_typed
def mail() -> ResponseReturnValue:
    """Mail a code to an address that the customer types."""
    mine = unsent()
    if not isinstance(mine, Mine):
        return mine
    form = MailForm()
    if not form.validate_on_submit():
        return _elsewhere(mine, form, status=422)
    database, now = floor().database, clock.now()
    wait = admit(database, MAILING_ONE, str(mine.draft.id), now=now) or admit(
        database, MAILING, client_network(request), now=now
    )
    if wait:
        return _too_soon(_elsewhere(mine, form, wait=wait), wait)
    draft = held(mine)
    if not draft:
        return go_to("intake.step", step=Slug.PRIVACY)
    try:
        resume.mail_code(
            session(),
            draft,
            address=form.email.data,
            language=language(),
            profile=institution(),
            base_url=settings().base_url,
            now=now,
        )
    except AlreadySent:
        return go_to("intake.sent")
    session().commit()
    return go_to("resume.elsewhere", mailed=1)


@bp.route("/resume", methods=["GET", "POST"], endpoint="resume")
@public
@keeps_typed
def take_up() -> ResponseReturnValue:
    """Take a draft up by its code. A wrong code, an ended one and one that never was answer alike.

    The draft that this browser holds already is put aside only when its holder says so.
    """
    form, mine = ResumeForm(), my_draft()
    if not form.validate_on_submit():
        return _resume(form, mine, status=422 if form.errors else 200)
    if wait := admit(floor().database, GIVING, client_network(request), now=clock.now()):
        return _too_soon(_resume(form, mine, wait=wait), wait)
    found = resume.find_by_code(session(), form.code.data, now=clock.now())
    if mine and found == mine.draft.id:
        return go_to("intake.step", step=next_step(service.told(session(), mine.draft), institution()))
    if found and _would_lose(mine) and not form.aside.data:
        form.aside.errors = [*form.aside.errors, PUT_ASIDE]
        return _resume(form, mine, status=422)
    draft = session().get(Draft, found) if found else None
    try:
        draft = draft and writing(draft)
        token = draft and resume.take_up(session(), draft, now=clock.now())
    except (AlreadySent, InvalidRequestError):
        # Sent or deleted between the finding and the lock.
        session().rollback()
        draft = token = None
    if not draft or not token:
        form.code.errors = [*form.code.errors, NO_DRAFT]
        return _resume(form, mine, status=422)
    told = service.told(session(), draft)
    session().commit()
    return hand_out(go_to("intake.step", step=next_step(told, institution())), token)


def _would_lose(mine: Mine | None) -> bool:
    """Whether this browser holds something that would be out of reach without its token."""
    if mine is None:
        return False
    return mine.draft.complaint_id is None or bool(service.kept_code(mine.draft, token=mine.token, now=clock.now()))


def _elsewhere(
    mine: Mine,
    form: ShowForm | MailForm | None = None,
    *,
    wait: timedelta | None = None,
    status: int = 200,
    **more: Any,
) -> Response:
    profile = institution()
    page: dict[str, Any] = {
        "form": form or ShowForm(formdata=None),
        "mailing": form if isinstance(form, MailForm) else MailForm(formdata=None),
        "going_on": next_step(service.told(session(), mine.draft), profile),
        "deleted_on": local_day(mine.draft.expires_at, profile.zone),
        **more,
    }
    if wait:
        page["wait"] = _seconds(wait)
    return render("intake/elsewhere.html", status=status, **page)


def _resume(form: ResumeForm, mine: Mine | None, *, wait: timedelta | None = None, status: int = 200) -> Response:
    page: dict[str, Any] = {"form": form, "draft": mine.draft if mine and _would_lose(mine) else None}
    if wait:
        page["wait"] = _seconds(wait)
    return render("intake/resume.html", status=status, **page)


def _too_soon(page: Response, wait: timedelta) -> Response:
    return retry_after(page, _seconds(wait))


def _seconds(wait: timedelta) -> int:
    return math.ceil(wait.total_seconds())
