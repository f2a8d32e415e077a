"""The way in to the desk: password, then second factor. And the way out."""

from typing import Any
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from portal import clock
from portal.accounts import access, chronicle, factors, officers, passkeys, passwords
from portal.accounts.access import half_officer
from portal.accounts.factors import Proof
from portal.accounts.passwords import TooBusy
from portal.accounts.rules import Door, WrongFactor, desk_target, plain_email
from portal.accounts.sessions import Login
from portal.desk import doors
from portal.desk.blueprint import bp
from portal.desk.entering import begin_half, begin_whole, box_of, go_on
from portal.desk.forms import (
    NO_FACTOR,
    NO_MATCH,
    WRONG_CODE,
    WRONG_PASSKEY,
    WRONG_RECOVERY_CODE,
    CodeForm,
    PasskeyForm,
    RecoveryForm,
    SignInForm,
)
from portal.desk.relying import relying_party
from portal.web.access import keeps_typed, public
from portal.web.floor import session, settings
from portal.web.forms import Form
from portal.web.logs import log
from portal.web.pages import go_to, render

# ── the password ─────────────────────────────────────────────────────────────────────────────────


@bp.route("/sign-in", methods=["GET", "POST"])
@public
@keeps_typed
def sign_in() -> ResponseReturnValue:
    """E-mail address and password. Unknown address, disabled account and wrong password differ in nothing:
    same words, same status, same statements and one Argon2 verification."""
    if request.method == "GET" and access.current_login():
        return go_to("desk.home")
    form = SignInForm(data={"next": desk_target(request.args.get(access.TARGET)) or ""})
    page = "desk/sign_in.html"
    if not form.validate_on_submit():
        return render(page, status=422 if form.errors else 200, form=form, **_why_here())
    door = doors.at_the_front(plain_email(form.email.data))
    if wait := doors.admit(door):
        return doors.too_soon(page, form, wait)
    found = officers.credentials(session(), email=form.email.data, demo=not settings().production, now=clock.now())
    try:
        fits = passwords.fits(form.password.data, found.password if found else None)
        renewed = passwords.renewed(form.password.data, found.password) if fits and found else None
    except TooBusy:
        return doors.too_soon(page, form, doors.BUSY)
    if found is None or not fits:
        log.info("desk_password_refused")
        session().begin_write()
        # For an address that nobody has the same is done, for nobody.
        chronicle.refused(
            session(), found.officer_id if found else UUID(bytes=door[:16]), Door.PASSWORD, now=clock.now()
        )
        session().commit()
        form.password.errors.append(NO_MATCH)
        return render(page, status=422, form=form)
    enrolled = factors.has_any(session(), found.officer_id)
    if not enrolled and not found.may_enrol:
        form.password.errors.append(NO_FACTOR)
        return render(page, status=422, form=form)
    doors.forgive(door)
    access.release()
    session().begin_write()
    if renewed:
        officers.set_password(session(), found.officer_id, password=renewed)
    token = begin_half(found.officer_id, found.key_id)
    session().commit()
    access.hold_half(token, desk_target(form.next.data))
    return go_to("desk.second_factor" if enrolled else "desk.enrol")


# ── the second factor ────────────────────────────────────────────────────────────────────────────


@bp.route("/sign-in/code", methods=["GET", "POST"])
@half_officer
def second_factor(half: Login) -> ResponseReturnValue:
    """The code of the officer's authenticator app; each counts once. Or a passkey, see `passkey`."""
    if not factors.has_any(session(), half.officer.id):
        return go_to("desk.enrol")
    form = CodeForm()
    page = "desk/second_factor.html"
    if not form.validate_on_submit():
        return render(page, status=422 if form.errors else 200, form=form, **_factors_of(half))
    if wait := doors.admit(doors.at_the_factor(half.officer.id)):
        return doors.too_soon(page, form, wait, **_factors_of(half))
    proof = factors.check_totp(
        session(), officer_id=half.officer.id, box=box_of(half), code=form.code.data, now=clock.now()
    )
    return _let_in(half, proof) or _refused(half, page, form, WRONG_CODE, **_factors_of(half))


@bp.route("/sign-in/recovery-code", methods=["GET", "POST"])
@half_officer
def recovery_code(half: Login) -> ResponseReturnValue:
    """One of the recovery codes, for who has not got the other factor at hand; each counts once."""
    form = RecoveryForm()
    page = "desk/recovery_code.html"
    if not form.validate_on_submit():
        return render(page, status=422 if form.errors else 200, form=form)
    if wait := doors.admit(doors.at_the_factor(half.officer.id)):
        return doors.too_soon(page, form, wait)
    proof = factors.check_recovery_code(session(), officer_id=half.officer.id, code=form.code.data)
    return _let_in(half, proof) or _refused(half, page, form, WRONG_RECOVERY_CODE)


@bp.post("/sign-in/passkey/options")
@half_officer
def passkey_options(half: Login) -> ResponseReturnValue:
    """What the browser needs to use a passkey: a new challenge, and which passkeys would do."""
    party = relying_party()
    if party is None:
        return "", 404
    session().begin_write()
    asked = passkeys.ask_to_sign(session(), half, party)
    session().commit()
    return Response(asked, mimetype="application/json")


@bp.post("/sign-in/passkey")
@half_officer
def passkey(half: Login) -> ResponseReturnValue:
    """What the officer's passkey signed. It cannot be guessed, so attempts are not counted."""
    form, party = PasskeyForm(), relying_party()
    proof = None
    if form.validate_on_submit() and party:
        proof = passkeys.check(session(), half, answer=form.answer.data or "", party=party)
    return _let_in(half, proof) or _refused(
        half, "desk/second_factor.html", CodeForm(formdata=None), WRONG_PASSKEY, **_factors_of(half)
    )


# ── the way out ──────────────────────────────────────────────────────────────────────────────────


@bp.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    """End the login; without one there is nothing to end."""
    access.release()
    session().commit()
    return go_to("desk.sign_in", out=1)


# ── what the pages share ─────────────────────────────────────────────────────────────────────────


def _let_in(half: Login, proof: Proof | None) -> Response | None:
    """Make half a login a whole one, under a new id; None where the factor was wrong or is used up."""
    if proof is None:
        return None
    session().begin_write()
    try:
        factors.use(session(), proof, now=clock.now())
    except WrongFactor:
        session().rollback()
        return None
    token = begin_whole(half, proof.factor)
    session().commit()
    return go_on(half, token)


def _refused(half: Login, page: str, form: Form, sentence: Any, **more: Any) -> Response:
    log.info("desk_factor_refused")
    session().begin_write()
    chronicle.refused(session(), half.officer.id, Door.FACTOR, now=clock.now())
    session().commit()
    form["code"].errors = [sentence]
    return render(page, status=422, form=form, **more)


def _factors_of(half: Login) -> dict[str, Any]:
    """Which of the second factors this officer can use here."""
    return {
        "has_app": factors.has_authenticator(session(), half.officer.id),
        "has_passkey": relying_party() is not None and passkeys.has_any(session(), half.officer.id),
    }


def _why_here() -> dict[str, Any]:
    """Why somebody finds themselves at the sign-in: their login has ended, or they ended it."""
    return {"ended": "ended" in request.args, "out": "out" in request.args}
