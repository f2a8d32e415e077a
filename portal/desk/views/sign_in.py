"""The way in to the desk: password, then second factor; an invitation first. And the way out."""

import math
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from portal import clock
from portal.accounts import access, factors, officers, passwords, sessions
from portal.accounts.access import half_officer
from portal.accounts.factors import Proof
from portal.accounts.passwords import PATIENCE_SECONDS, TooBusy
from portal.accounts.rules import Factor, InvitationGone, WrongFactor, desk_target, device_of
from portal.accounts.sessions import Login
from portal.desk.blueprint import bp
from portal.desk.forms import (
    NO_FACTOR,
    NO_MATCH,
    WRONG_CODE,
    WRONG_RECOVERY_CODE,
    CodeForm,
    NewPasswordForm,
    RecoveryForm,
    SignInForm,
)
from portal.desk.qr import picture
from portal.sealing import Box, open_box
from portal.web import throttle
from portal.web.access import keeps_typed, public
from portal.web.floor import floor, institution, session
from portal.web.forms import Form
from portal.web.network import client_network
from portal.web.pages import go_to, render

# The doors at which attempts are counted, each by itself.
PASSWORD, SECOND_FACTOR = "desk", "desk factor"


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
    door = _door(PASSWORD, officers.plain_email(form.email.data), client_network(request))
    if wait := throttle.admit(floor().database, door, now=clock.now()):
        return _too_soon(page, form, wait)
    found = officers.credentials(session(), email=form.email.data, now=clock.now())
    try:
        fits = passwords.fits(form.password.data, found.password if found else None)
        renewed = passwords.renewed(form.password.data, found.password) if fits and found else None
    except TooBusy:
        return _too_soon(page, form, timedelta(seconds=PATIENCE_SECONDS))
    if found is None or not fits:
        form.password.errors.append(NO_MATCH)
        return render(page, status=422, form=form)
    enrolled = factors.has_any(session(), found.officer_id)
    if not enrolled and not found.may_enrol:
        form.password.errors.append(NO_FACTOR)
        return render(page, status=422, form=form)
    throttle.forgive(floor().database, door)
    access.release()
    session().begin_write()
    if renewed:
        officers.set_password(session(), found.officer_id, password=renewed)
    token = _begin(found.officer_id, found.key_id, None)
    session().commit()
    access.hold_half(token, desk_target(form.next.data))
    return go_to("desk.second_factor" if enrolled else "desk.enrol")


# ── the second factor ────────────────────────────────────────────────────────────────────────────


@bp.route("/sign-in/code", methods=["GET", "POST"])
@half_officer
def second_factor(half: Login) -> ResponseReturnValue:
    """The code of the officer's authenticator app; each counts once."""
    if not factors.has_any(session(), half.officer.id):
        return go_to("desk.enrol")
    form = CodeForm()
    page = "desk/second_factor.html"
    if not form.validate_on_submit():
        return render(page, status=422 if form.errors else 200, form=form)
    if wait := _admit(half):
        return _too_soon(page, form, wait)
    proof = factors.check_totp(
        session(), officer_id=half.officer.id, box=_box(half), code=form.code.data, now=clock.now()
    )
    if token := _let_in(half, proof):
        return _go_on(token)
    form.code.errors.append(WRONG_CODE)
    return render(page, status=422, form=form)


@bp.route("/sign-in/recovery-code", methods=["GET", "POST"])
@half_officer
def recovery_code(half: Login) -> ResponseReturnValue:
    """One of the recovery codes, for who has not got the other factor at hand; each counts once."""
    form = RecoveryForm()
    page = "desk/recovery_code.html"
    if not form.validate_on_submit():
        return render(page, status=422 if form.errors else 200, form=form)
    if wait := _admit(half):
        return _too_soon(page, form, wait)
    proof = factors.check_recovery_code(session(), officer_id=half.officer.id, code=form.code.data)
    if token := _let_in(half, proof):
        return _go_on(token)
    form.code.errors.append(WRONG_RECOVERY_CODE)
    return render(page, status=422, form=form)


# ── an invitation, and the first second factor ───────────────────────────────────────────────────


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
        return _too_soon("desk/invitation.html", form, timedelta(seconds=PATIENCE_SECONDS), **page)
    access.release()
    session().begin_write()
    try:
        officers.accept(session(), token, password=password, now=clock.now())
    except InvitationGone:
        session().rollback()
        return render("desk/invitation_gone.html", status=410)
    half = _begin(invited.officer_id, invited.key_id, None)
    session().commit()
    access.hold_half(half, None)
    return go_to("desk.enrol")


@bp.route("/sign-in/set-up", methods=["GET", "POST"])
@half_officer
def enrol(half: Login) -> ResponseReturnValue:
    """Set up the first second factor. Who has one already must use it: a password alone adds none."""
    if factors.has_any(session(), half.officer.id):
        return go_to("desk.second_factor")
    setup = factors.setup_of(
        session(), officer_id=half.officer.id, box=_box(half), email=half.email, issuer=institution().name
    )
    if setup is None:
        return access.sign_in_first()
    form = CodeForm()
    page: dict[str, Any] = {"form": form, "setup": setup, "picture": picture(setup.uri)}
    if not form.validate_on_submit():
        return render("desk/enrol.html", status=422 if form.errors else 200, **page)
    if wait := _admit(half):
        return _too_soon("desk/enrol.html", form, wait, **page)
    proof = factors.check_totp(
        session(), officer_id=half.officer.id, box=_box(half), code=form.code.data, confirmed=False, now=clock.now()
    )
    if token := _let_in(half, proof, first=True):
        return _go_on(token)
    form.code.errors.append(WRONG_CODE)
    return render("desk/enrol.html", status=422, **page)


# ── the way out ──────────────────────────────────────────────────────────────────────────────────


@bp.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    """End the login; without one there is nothing to end."""
    access.release()
    session().commit()
    return go_to("desk.sign_in", out=1)


# ── what the pages share ─────────────────────────────────────────────────────────────────────────


def _let_in(half: Login, proof: Proof | None, *, first: bool = False) -> str | None:
    """Make half a login a whole one, under a new id; None where the factor was wrong or is used up.

    The `first` factor of an account comes with its recovery codes.
    """
    if proof is None:
        return None
    now = clock.now()
    session().begin_write()
    try:
        if first:
            officers.hold_to_enrol(session(), half.officer.id)
            factors.keep_authenticator(session(), officer_id=half.officer.id, proof=proof, now=now)
        else:
            factors.use(session(), proof, now=now)
    except WrongFactor:
        session().rollback()
        return None
    sessions.end(session(), half.token, now=now)
    token = _begin(half.officer.id, half.key_id, proof.factor)
    if first:
        sessions.show_codes(session(), token, factors.new_recovery_codes(session(), officer_id=half.officer.id))
    session().commit()
    throttle.forgive(floor().database, _door(SECOND_FACTOR, str(half.officer.id)))
    return token


def _go_on(token: str) -> Response:
    """To fresh recovery codes if there are any, else where the officer wanted to go."""
    target = access.hold(token)
    login = access.current_login()
    if login and login.has_new_codes:
        return go_to("desk.recovery_codes")
    return redirect(target, 303) if target else go_to("desk.home")


def _begin(officer_id: UUID, key_id: UUID, factor: Factor | None) -> str:
    """Begin a session; the caller has begun the write."""
    return sessions.begin(
        session(),
        officer_id=officer_id,
        box=open_box(session(), key_id),
        factor=factor,
        device=device_of(request.user_agent.string),
        network=client_network(request),
        now=clock.now(),
    )


def _box(half: Login) -> Box:
    return open_box(session(), half.key_id)


def _admit(half: Login) -> timedelta:
    """Count one try of a second factor. Whoever guesses here has the password, so networks are not told apart."""
    return throttle.admit(floor().database, _door(SECOND_FACTOR, str(half.officer.id)), now=clock.now())


def _door(name: str, subject: str, network: str = "") -> bytes:
    return throttle.digest_of(floor().database.keys, name, subject, network)


def _too_soon(page: str, form: Form, wait: timedelta, **more: Any) -> Response:
    """The page as it was sent, without the code: what to wait, in words and as Retry-After."""
    seconds = math.ceil(wait.total_seconds())
    if "code" in form:
        form["code"].data = ""
    answer = render(page, status=429, **{"form": form, "wait": seconds, **more})
    answer.headers["Retry-After"] = str(seconds)
    return answer


def _why_here() -> dict[str, Any]:
    """Why somebody finds themselves at the sign-in: their login has ended, or they ended it."""
    return {"ended": "ended" in request.args, "out": "out" in request.args}
