"""The people of the desk: who they are, what they may do, and their way in. For administrators."""

from typing import Any
from uuid import UUID

from flask import abort, request
from flask import session as cookie
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from portal import clock
from portal.accounts import labels, officers, queries
from portal.accounts.access import officer
from portal.accounts.models import OfficerAccount
from portal.accounts.queries import Person
from portal.accounts.rules import BadRoles, EmailTaken, LastAdministrator, Officer, OfficerRole
from portal.desk.blueprint import bp
from portal.desk.forms import EMAIL_TAKEN, LAST_ADMINISTRATOR, ActForm, InviteForm, PersonForm
from portal.web.floor import institution, session, settings
from portal.web.language import language
from portal.web.logs import log
from portal.web.pages import go_to, render

ADMINISTRATOR = OfficerRole.ADMINISTRATOR
# Where the link of a new invitation waits for the page that shows it, on machines that send no mail.
LINK = "invitation"


@bp.get("/people")
@officer(ADMINISTRATOR)
def people(officer: Officer) -> ResponseReturnValue:
    """Everybody, the disabled last."""
    found = queries.people(session(), now=clock.now())
    return render("desk/people.html", people=[_line(each) for each in found])


@bp.route("/people/new", methods=["GET", "POST"])
@officer(ADMINISTRATOR)
def new_person(officer: Officer) -> ResponseReturnValue:
    """Add somebody and invite them."""
    form = InviteForm(divisions=_divisions(), data={"language": language(), "roles": [], "divisions": []})
    page = "desk/new_person.html"
    if not form.validate_on_submit():
        return render(page, status=422 if form.errors else 200, form=form, role_hints=labels.ROLE_HINTS)
    session().begin_write()
    try:
        account = officers.add(session(), email=form.email.data, now=clock.now(), by=officer.id, **_told(form))
    except BadRoles as refusal:
        session().rollback()
        form.tell(refusal.fault)
    except EmailTaken:
        session().rollback()
        form.email.errors.append(EMAIL_TAKEN)
    else:
        return _invited(account, by=officer, what="desk_officer_added")
    return render(page, status=422, form=form, role_hints=labels.ROLE_HINTS)


@bp.route("/people/<uuid:officer_id>", methods=["GET", "POST"])
@officer(ADMINISTRATOR)
def person(officer: Officer, officer_id: UUID) -> ResponseReturnValue:
    """One person: name, language, roles and divisions can be changed, and hold from their next click on."""
    found = _person(officer_id)
    form = _form_of(found)
    if not form.validate_on_submit():
        return _person_page(found, form, status=422 if form.errors else 200)
    session().begin_write()
    try:
        officers.change(session(), officer_id, now=clock.now(), by=officer.id, **_told(form))
    except BadRoles as refusal:
        session().rollback()
        form.tell(refusal.fault)
    except LastAdministrator:
        session().rollback()
        form.roles.errors = [LAST_ADMINISTRATOR]
    else:
        session().commit()
        log.info("desk_officer_changed", officer=str(officer_id), by=str(officer.id))
        return go_to("desk.person", officer_id=officer_id, done="changed")
    return _person_page(found, form, status=422)


# ── acts ─────────────────────────────────────────────────────────────────────────────────────────


@bp.post("/people/<uuid:officer_id>/invite")
@officer(ADMINISTRATOR)
def invite_person(officer: Officer, officer_id: UUID) -> ResponseReturnValue:
    """A new invitation: the person chooses a password anew, and keeps their second factor if they have one."""
    account = _living(officer_id)
    session().begin_write()
    return _invited(account, by=officer, what="desk_officer_invited")


@bp.post("/people/<uuid:officer_id>/reset-second-factor")
@officer(ADMINISTRATOR)
def reset_person(officer: Officer, officer_id: UUID) -> ResponseReturnValue:
    """The person lost their second factors: password and factors go, and an invitation leads in anew."""
    _living(officer_id)
    session().begin_write()
    account = officers.reset_factors(session(), officer_id, now=clock.now(), by=officer.id)
    return _invited(account, by=officer, what="desk_officer_reset")


@bp.post("/people/<uuid:officer_id>/end-sessions")
@officer(ADMINISTRATOR)
def end_sessions(officer: Officer, officer_id: UUID) -> ResponseReturnValue:
    """End every session of this person."""
    _person(officer_id)
    session().begin_write()
    officers.end_sessions(session(), officer_id, now=clock.now(), by=officer.id)
    return _done(officer, officer_id, "sessions")


@bp.post("/people/<uuid:officer_id>/disable")
@officer(ADMINISTRATOR)
def disable_person(officer: Officer, officer_id: UUID) -> ResponseReturnValue:
    """Shut somebody out at once."""
    found = _person(officer_id)
    session().begin_write()
    try:
        officers.disable(session(), officer_id, now=clock.now(), by=officer.id)
    except LastAdministrator:
        session().rollback()
        form = ActForm(formdata=None)
        form.tell(LAST_ADMINISTRATOR)
        return _person_page(found, _form_of(found, formdata=None), refused=form, status=422)
    return _done(officer, officer_id, "disabled")


@bp.post("/people/<uuid:officer_id>/enable")
@officer(ADMINISTRATOR)
def enable_person(officer: Officer, officer_id: UUID) -> ResponseReturnValue:
    """Let a disabled officer in again."""
    _person(officer_id)
    session().begin_write()
    officers.enable(session(), officer_id, now=clock.now(), by=officer.id)
    return _done(officer, officer_id, "enabled")


# ── what the pages share ─────────────────────────────────────────────────────────────────────────


def _person(officer_id: UUID) -> Person:
    found = queries.person(session(), officer_id, now=clock.now())
    if found is None:
        abort(404)
    return found


def _living(officer_id: UUID) -> OfficerAccount:
    """The account, where somebody who is not disabled has this id."""
    account = session().get(OfficerAccount, officer_id)
    if account is None or account.disabled_at is not None:
        abort(404)
    return account


def _divisions() -> dict[str, str]:
    return {code: division.label[language()] for code, division in institution().divisions.items()}


def _form_of(found: Person, **more: Any) -> PersonForm:
    told = {
        "name": found.name,
        "language": found.language,
        "roles": found.roles,
        "divisions": found.divisions,
    }
    return PersonForm(divisions=_divisions(), data=told, **more)


def _told(form: PersonForm) -> dict[str, Any]:
    return {
        "name": form.name.data,
        "language": form.language.data,
        "roles": [OfficerRole(role) for role in form.roles.data or ()],
        "divisions": form.divisions.data or [],
        "profile": institution(),
    }


def _invited(account: OfficerAccount, *, by: Officer, what: str) -> Response:
    """Invite, commit, and go to the person's page. Without a mail server that page shows the link, once."""
    link = officers.invite(
        session(),
        account,
        base_url=settings().base_url,
        mailed=settings().smtp_url is not None,
        profile=institution(),
        now=clock.now(),
        by=by.id,
    )
    session().commit()
    log.info(what, officer=str(account.id), by=str(by.id))
    if settings().smtp_url is None:
        cookie[LINK] = link
    return go_to("desk.person", officer_id=account.id, done="invited")


def _done(by: Officer, officer_id: UUID, what: str) -> Response:
    session().commit()
    log.info(f"desk_officer_{what}", officer=str(officer_id), by=str(by.id))
    return go_to("desk.person", officer_id=officer_id, done=what)


def _line(found: Person) -> dict[str, Any]:
    """A person in the words of the page."""
    return {
        "person": found,
        "roles": labels.roles_in_words(found.roles),
        "divisions": labels.divisions_of(found.divisions, institution(), language()),
        "state": labels.STATES[found.state],
        "mark": labels.STATE_MARKS[found.state],
    }


def _person_page(found: Person, form: PersonForm, *, refused: ActForm | None = None, status: int) -> Response:
    return render(
        "desk/person.html",
        status=status,
        form=refused or form,
        person_form=form,
        role_hints=labels.ROLE_HINTS,
        done=request.args.get("done"),
        link=cookie.pop(LINK, None),
        **_line(found),
    )
