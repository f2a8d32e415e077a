"""One's own account: password, second factors, recovery codes, sessions, keys of the keyboard."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from flask import redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from portal import clock
from portal.accounts import access, chronicle, factors, officers, passkeys, passwords, queries, sessions
from portal.accounts.access import EVERYBODY, officer
from portal.accounts.labels import FACTORS, divisions_of, roles_of
from portal.accounts.passwords import TooBusy
from portal.accounts.rules import AccountAct, Door, Factor, LastFactor, Officer, WrongFactor, desk_target
from portal.accounts.sessions import Login
from portal.desk import doors
from portal.desk.blueprint import bp
from portal.desk.entering import box_of
from portal.desk.forms import (
    NO_FACTOR_LEFT,
    WRONG_CODE,
    WRONG_NEW_PASSKEY,
    WRONG_PASSWORD,
    ActForm,
    CodeForm,
    ConfirmForm,
    KeptCodesForm,
    NewPasskeyForm,
    NewPasswordForm,
    ShortcutsForm,
)
from portal.desk.qr import picture
from portal.desk.relying import relying_party
from portal.web.floor import institution, session
from portal.web.language import language
from portal.web.logs import log
from portal.web.pages import go_to, render

View = Callable[..., ResponseReturnValue]


def proved(view: View) -> View:
    """Only for who gave their password a short while ago: what changes a way in is not for who finds a desk open."""

    @wraps(view)
    def asked(**values: object) -> ResponseReturnValue:
        if _login().proved(clock.now()):
            return view(**values)
        # Where a button was pressed, it is pressed again on the page that it stands on.
        target = request.path if request.method == "GET" else None
        return go_to("desk.confirm", **({access.TARGET: target} if target else {}))

    return asked


def _login() -> Login:
    login = access.current_login()
    assert login is not None, "the page's tag has asked"
    return login


# ── the page ─────────────────────────────────────────────────────────────────────────────────────


@bp.get("/account")
@officer(*EVERYBODY)
def account(officer: Officer) -> ResponseReturnValue:
    """Everything about the officer's own account, and what can be changed."""
    return _account_page(ActForm(formdata=None), done=request.args.get("done"))


def _account_page(form: Any, *, status: int = 200, done: str | None = None) -> Response:
    login = _login()
    box, now = box_of(login), clock.now()
    return render(
        "desk/account.html",
        status=status,
        form=form,
        done=done,
        login=login,
        roles=roles_of(login.officer),
        divisions=divisions_of(login.officer.divisions, institution(), language()),
        factors=queries.factors_of(session(), officer_id=login.officer.id, box=box),
        sessions=queries.sessions_of(session(), officer_id=login.officer.id, box=box, now=now),
        factor_words=FACTORS,
        shortcuts=ShortcutsForm(formdata=None, data={"on": login.officer.shortcuts}),
        passkeys_possible=relying_party() is not None,
    )


@bp.route("/account/confirm", methods=["GET", "POST"])
@officer(*EVERYBODY)
def confirm(officer: Officer) -> ResponseReturnValue:
    """The password once more; then on to what asked for it."""
    form = ConfirmForm(data={"next": desk_target(request.args.get(access.TARGET)) or ""})
    page = "desk/confirm.html"
    if not form.validate_on_submit():
        return render(page, status=422 if form.errors else 200, form=form)
    door = doors.for_password(officer.id)
    if wait := doors.admit(door):
        return doors.too_soon(page, form, wait)
    try:
        fits = passwords.fits(form.password.data, officers.password_of(session(), officer.id))
    except TooBusy:
        return doors.too_soon(page, form, doors.BUSY)
    if not fits:
        session().begin_write()
        chronicle.refused(session(), officer.id, Door.AGAIN, now=clock.now())
        session().commit()
        form.password.errors.append(WRONG_PASSWORD)
        return render(page, status=422, form=form)
    doors.forgive(door)
    session().begin_write()
    sessions.prove(session(), _login().session_id, now=clock.now())
    session().commit()
    target = desk_target(form.next.data)
    return redirect(target, 303) if target else go_to("desk.account")


@bp.route("/account/password", methods=["GET", "POST"])
@officer(*EVERYBODY)
@proved
def password(officer: Officer) -> ResponseReturnValue:
    """Another password; every other session ends with the old one."""
    login = _login()
    form = NewPasswordForm(known=(login.email, *officer.name.split(), institution().name))
    page: dict[str, Any] = {"form": form, "email": login.email}
    if not form.validate_on_submit():
        return render("desk/password.html", status=422 if form.errors else 200, **page)
    try:
        kept = passwords.hash_password(form.password.data)
    except TooBusy:
        return doors.too_soon("desk/password.html", wait=doors.BUSY, **page)
    session().begin_write()
    officers.set_password(session(), officer.id, password=kept)
    sessions.end_all(session(), officer_id=officer.id, but=login.session_id, now=clock.now())
    chronicle.note(session(), officer.id, AccountAct.PASSWORD_CHANGED, by=officer.id, now=clock.now())
    session().commit()
    log.info("desk_password_changed", officer=str(officer.id))
    return go_to("desk.account", done="password")


@bp.post("/account/shortcuts")
@officer(*EVERYBODY)
def shortcuts(officer: Officer) -> ResponseReturnValue:
    """Switch single-letter keys on or off."""
    form = ShortcutsForm()
    if form.validate_on_submit():
        session().begin_write()
        officers.set_shortcuts(session(), officer.id, on=form.on.data)
        session().commit()
    return go_to("desk.account", done="shortcuts")


# ── second factors ───────────────────────────────────────────────────────────────────────────────


@bp.post("/account/authenticator/new")
@officer(*EVERYBODY)
@proved
def new_authenticator(officer: Officer) -> ResponseReturnValue:
    """Begin to set up an authenticator app; the one before works until this one is confirmed."""
    session().begin_write()
    factors.begin_authenticator(session(), officer_id=officer.id, box=box_of(_login()), now=clock.now())
    session().commit()
    return go_to("desk.authenticator")


@bp.route("/account/authenticator", methods=["GET", "POST"])
@officer(*EVERYBODY)
@proved
def authenticator(officer: Officer) -> ResponseReturnValue:
    """Confirm the app that is being set up by one of its codes."""
    login = _login()
    setup = factors.setup_of(
        session(), officer_id=officer.id, box=box_of(login), email=login.email, issuer=institution().name
    )
    if setup is None:
        return go_to("desk.account")
    form = CodeForm()
    page: dict[str, Any] = {"form": form, "setup": setup, "picture": picture(setup.uri)}
    if not form.validate_on_submit():
        return render("desk/authenticator.html", status=422 if form.errors else 200, **page)
    proof = factors.check_totp(
        session(), officer_id=officer.id, box=box_of(login), code=form.code.data, confirmed=False, now=clock.now()
    )
    if proof and _keep(
        officer,
        Factor.TOTP,
        lambda: factors.keep_authenticator(session(), officer_id=officer.id, proof=proof, now=clock.now()),
    ):
        log.info("desk_factor_added", officer=str(officer.id), factor=proof.factor)
        return go_to("desk.account", done="factor")
    form.code.errors.append(WRONG_CODE)
    return render("desk/authenticator.html", status=422, **page)


@bp.post("/account/authenticator/remove")
@officer(*EVERYBODY)
@proved
def remove_authenticator(officer: Officer) -> ResponseReturnValue:
    """Remove the authenticator app, where a passkey is left."""
    return _remove(officer, Factor.TOTP, lambda: factors.remove_authenticator(session(), officer_id=officer.id))


@bp.post("/account/passkeys/options")
@officer(*EVERYBODY)
@proved
def new_passkey_options(officer: Officer) -> ResponseReturnValue:
    """What the browser needs to make a passkey: a new challenge, and whom it is for."""
    party = relying_party()
    if party is None:
        return "", 404
    session().begin_write()
    asked = passkeys.ask_to_register(session(), _login(), party)
    session().commit()
    return Response(asked, mimetype="application/json")


@bp.route("/account/passkeys", methods=["GET", "POST"])
@officer(*EVERYBODY)
@proved
def new_passkey(officer: Officer) -> ResponseReturnValue:
    """Name a passkey and keep what the browser made."""
    login, party = _login(), relying_party()
    if party is None:
        return go_to("desk.account")
    form = NewPasskeyForm()
    if not form.validate_on_submit():
        return render("desk/passkey.html", status=422 if form.errors else 200, form=form)
    made = passkeys.check_new(session(), login, answer=form.answer.data or "", party=party)
    if made and _keep(
        officer,
        Factor.PASSKEY,
        lambda: passkeys.keep_new(session(), login, box=box_of(login), made=made, name=form.name.data, now=clock.now()),
    ):
        log.info("desk_factor_added", officer=str(officer.id), factor="passkey")
        return go_to("desk.account", done="factor")
    form.name.errors.append(WRONG_NEW_PASSKEY)
    return render("desk/passkey.html", status=422, form=form)


@bp.post("/account/passkeys/<uuid:passkey_id>/remove")
@officer(*EVERYBODY)
@proved
def remove_passkey(officer: Officer, passkey_id: UUID) -> ResponseReturnValue:
    """Remove one of the officer's own passkeys, where another factor is left."""
    return _remove(
        officer, Factor.PASSKEY, lambda: factors.remove_passkey(session(), officer_id=officer.id, passkey_id=passkey_id)
    )


@bp.post("/account/recovery-codes")
@officer(*EVERYBODY)
@proved
def new_recovery_codes(officer: Officer) -> ResponseReturnValue:
    """Make new recovery codes; the older ones end."""
    session().begin_write()
    codes = factors.new_recovery_codes(session(), officer_id=officer.id)
    sessions.show_codes(session(), _login().token, codes)
    chronicle.note(session(), officer.id, AccountAct.CODES_MADE, by=officer.id, now=clock.now())
    session().commit()
    log.info("desk_recovery_codes_made", officer=str(officer.id))
    return go_to("desk.recovery_codes")


@bp.route("/recovery-codes", methods=["GET", "POST"])
@officer(*EVERYBODY)
def recovery_codes(officer: Officer) -> ResponseReturnValue:
    """Fresh recovery codes, as often as they are asked for until their owner has kept them."""
    login = _login()
    codes = sessions.shown_codes(session(), login)
    if not codes:
        return go_to("desk.home")
    form = KeptCodesForm()
    if not form.validate_on_submit():
        return render("desk/recovery_codes.html", status=422 if form.errors else 200, form=form, codes=codes)
    session().begin_write()
    sessions.keep_codes(session(), login.session_id)
    session().commit()
    return go_to("desk.home")


def _keep(officer: Officer, factor: Factor, keep: Callable[[], None]) -> bool:
    """Keep a new factor; false where its code or answer was used since."""
    session().begin_write()
    try:
        keep()
        told = {"factor": factor}
        chronicle.note(session(), officer.id, AccountAct.FACTOR_ADDED, by=officer.id, now=clock.now(), payload=told)
    except WrongFactor:
        session().rollback()
        return False
    session().commit()
    return True


def _remove(officer: Officer, factor: Factor, remove: Callable[[], None]) -> Response:
    session().begin_write()
    officers.hold(session(), officer.id)
    try:
        remove()
        told = {"factor": factor}
        chronicle.note(session(), officer.id, AccountAct.FACTOR_REMOVED, by=officer.id, now=clock.now(), payload=told)
    except LastFactor:
        session().rollback()
        form = ActForm(formdata=None)
        form.tell(NO_FACTOR_LEFT)
        return _account_page(form, status=422)
    session().commit()
    log.info("desk_factor_removed", officer=str(officer.id))
    return go_to("desk.account", done="factor")


# ── sessions ─────────────────────────────────────────────────────────────────────────────────────


@bp.post("/account/sessions/<uuid:session_id>/end")
@officer(*EVERYBODY)
def end_session(officer: Officer, session_id: UUID) -> ResponseReturnValue:
    """End one of the officer's own sessions; this one too, if they mean it."""
    session().begin_write()
    sessions.end_one(session(), officer_id=officer.id, session_id=session_id, now=clock.now())
    session().commit()
    return go_to("desk.account", done="session")


@bp.post("/account/sessions/end-others")
@officer(*EVERYBODY)
def end_other_sessions(officer: Officer) -> ResponseReturnValue:
    """End every session of the officer's but this one."""
    session().begin_write()
    sessions.end_all(session(), officer_id=officer.id, but=_login().session_id, now=clock.now())
    session().commit()
    return go_to("desk.account", done="session")
