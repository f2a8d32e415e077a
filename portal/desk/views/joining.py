"""How somebody joins the desk: an invitation, a password, the first second factor."""

from collections.abc import Callable
from functools import partial
from typing import Any

from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from portal import clock
from portal.accounts import access, factors, officers, passkeys, passwords, sessions
from portal.accounts.access import half_officer
from portal.accounts.passwords import TooBusy
from portal.accounts.rules import Factor, InvitationGone, WrongFactor
from portal.accounts.sessions import Login
from portal.desk import doors
from portal.desk.blueprint import bp
from portal.desk.entering import begin_half, begin_whole, box_of, go_on
from portal.desk.forms import WRONG_CODE, WRONG_NEW_PASSKEY, CodeForm, NewPasskeyForm, NewPasswordForm
from portal.desk.qr import picture
from portal.desk.relying import relying_party
from portal.web.access import keeps_typed, public
from portal.web.floor import institution, session
from portal.web.pages import go_to, render


@bp.route("/invitation/<token>", methods=["GET", "POST"])
@public
@keeps_typed
def invitation(token: str) -> ResponseReturnValue:
    """Choose a password by the link that an administrator sent. A link that is used, replaced, expired or
    made up leads nowhere, and nothing tells which."""
    invited = officers.invited_by(session(), token, now=clock.now())
    if invited is None:
        return render("desk/invitation_gone.html", status=410)
    form = NewPasswordForm(known=(invited.email, *invited.name.split(), institution().name))
    page: dict[str, Any] = {"form": form, "invited": invited, "token": token}
    if not form.validate_on_submit():
        return render("desk/invitation.html", status=422 if form.errors else 200, **page)
    try:
        password = passwords.hash_password(form.password.data)
    except TooBusy:
        return doors.too_soon("desk/invitation.html", wait=doors.BUSY, **page)
    access.release()
    session().begin_write()
    try:
        officers.accept(session(), token, password=password, now=clock.now())
    except InvitationGone:
        session().rollback()
        return render("desk/invitation_gone.html", status=410)
    half = begin_half(invited.officer_id, invited.key_id)
    session().commit()
    access.hold_half(half, None)
    return go_to("desk.enrol")


@bp.route("/sign-in/set-up", methods=["GET", "POST"])
@half_officer
def enrol(half: Login) -> ResponseReturnValue:
    """Set up the first second factor. Who has one already must use it: a password alone adds none."""
    if factors.has_any(session(), half.officer.id):
        return go_to("desk.second_factor")
    form = CodeForm()
    if not form.validate_on_submit():
        return _enrol_page(half, form, status=422 if form.errors else 200)
    if wait := doors.admit(doors.at_the_factor(half.officer.id)):
        return doors.too_soon("desk/enrol.html", form, wait, code=form, **_setup_of(half))
    proof = factors.check_totp(
        session(), officer_id=half.officer.id, box=box_of(half), code=form.code.data, confirmed=False, now=clock.now()
    )
    if proof:
        keep = partial(factors.keep_authenticator, session(), officer_id=half.officer.id, proof=proof, now=clock.now())
        if opened := _open_desk(half, keep, Factor.TOTP):
            return opened
    form.code.errors.append(WRONG_CODE)
    return _enrol_page(half, form, status=422)


@bp.post("/sign-in/set-up/passkey/options")
@half_officer
def enrol_options(half: Login) -> ResponseReturnValue:
    """What the browser needs to make the first passkey: a new challenge, and whom it is for."""
    party = relying_party()
    if party is None or factors.has_any(session(), half.officer.id):
        return "", 404
    session().begin_write()
    asked = passkeys.ask_to_register(session(), half, party)
    session().commit()
    return Response(asked, mimetype="application/json")


@bp.post("/sign-in/set-up/passkey")
@half_officer
def enrol_passkey(half: Login) -> ResponseReturnValue:
    """The passkey that the browser made becomes the first second factor."""
    if factors.has_any(session(), half.officer.id):
        return go_to("desk.second_factor")
    form, party = NewPasskeyForm(), relying_party()
    if form.validate_on_submit() and party:
        made = passkeys.check_new(session(), half, answer=form.answer.data or "", party=party)
        if made:
            keep = partial(
                passkeys.keep_new, session(), half, box=box_of(half), made=made, name=form.name.data, now=clock.now()
            )
            if opened := _open_desk(half, keep, Factor.PASSKEY):
                return opened
        form.name.errors = [WRONG_NEW_PASSKEY]
    return _enrol_page(half, CodeForm(formdata=None), passkey=form, status=422)


def _open_desk(half: Login, keep: Callable[[], None], factor: Factor) -> Response | None:
    """Keep the first second factor and open the desk, with recovery codes to be kept.

    None where the factor is used up, or another one of the same account came first.
    """
    session().begin_write()
    try:
        officers.hold_to_enrol(session(), half.officer.id)
        keep()
    except WrongFactor:
        session().rollback()
        return None
    token = begin_whole(half, factor)
    sessions.show_codes(session(), token, factors.new_recovery_codes(session(), officer_id=half.officer.id))
    session().commit()
    return go_on(half, token)


def _enrol_page(half: Login, form: CodeForm, *, passkey: NewPasskeyForm | None = None, status: int) -> Response:
    page = _setup_of(half) | ({"passkey": passkey} if passkey else {})
    return render("desk/enrol.html", status=status, form=passkey or form, code=form, **page)


def _setup_of(half: Login) -> dict[str, Any]:
    """What the page needs to show the app's key, and the passkey's form where this host can have passkeys."""
    setup = factors.setup_of(
        session(), officer_id=half.officer.id, box=box_of(half), email=half.email, issuer=institution().name
    )
    return {
        "setup": setup,
        "picture": picture(setup.uri) if setup else None,
        "passkey": NewPasskeyForm(formdata=None) if relying_party() else None,
    }
