"""Who is signed in at the desk: Flask-Login over our own table of sessions, and the tag of every page of the desk.

The desk has a session cookie of its own, so nothing here ever sees a customer's.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import Flask, request
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import LoginManager, UserMixin, current_user, login_user
from flask_wtf.csrf import validate_csrf
from wtforms import ValidationError

from portal import clock
from portal.accounts import sessions
from portal.accounts.rules import Officer, OfficerRole, desk_target
from portal.accounts.sessions import Login
from portal.web.access import SAFE, tag
from portal.web.floor import floor, session
from portal.web.pages import go_to, htmx, render
from portal.web.quiet import is_quiet, said

# What the signed cookie holds between password and second factor, and where its holder wanted to go.
HALF = "half"
TARGET = "next"
# What the cookie's id means. Whoever changes that raises it, and no older cookie is read as a newer one.
VERSION = "1"
HALF_NAME = "half_officer"
EVERYBODY = tuple(OfficerRole)
SESSION_ENDED = _l("Your session had ended, so this was not saved. Copy it, sign in, and send it once more")

View = Callable[..., ResponseReturnValue]


class SignedIn(UserMixin):
    """What Flask-Login holds of a signed-in officer."""

    def __init__(self, login: Login) -> None:
        self.login = login

    def get_id(self) -> str:
        return f"{VERSION}.{self.login.token}"


class DeskLogin(LoginManager):
    """Flask-Login without its remember cookie, which carries no time and ignores older keys, and without its
    guess at stolen sessions: ours can be seen, end by themselves and are ended by hand."""

    def __init__(self) -> None:
        super().__init__()
        self.session_protection = None
        self.user_loader(load)

    def _load_user_from_remember_cookie(self, _: str) -> None:
        return None

    def _update_remember_cookie(self, response: Any) -> Any:
        return response


def init_login(app: Flask) -> None:
    DeskLogin().init_app(app, add_context_processor=False)


def load(kept: str) -> SignedIn | None:
    """The officer whose whole login the cookie's id names, while it lives."""
    version, _, token = kept.partition(".")
    login = sessions.login_of(session(), token, now=clock.now()) if version == VERSION else None
    return SignedIn(login) if login and login.factor else None


# ── tags ─────────────────────────────────────────────────────────────────────────────────────────


def officer(*roles: OfficerRole, seen: bool = True, writes: Sequence[str] = ()) -> Callable[[View], View]:
    """Only an officer with one of these roles may call this view; it gets them as `officer`.

    Nobody signed in: on to the sign-in. Another role: 403. `seen` is false for what a page asks by
    itself: a page left open must not keep a session alive. `writes` names the fields in which somebody
    writes at length: where their session ended meanwhile, they get back what they wrote.
    """
    if not roles:
        raise TypeError("a page of the desk names the roles that it is for")

    def decorate(view: View) -> View:
        @wraps(view)
        def opened(**values: object) -> ResponseReturnValue:
            login = current_login()
            if login is None:
                return _given_back(writes) or sign_in_first()
            if seen:
                sessions.seen(floor().database, login, now=clock.now())
            if not login.officer.has(*roles):
                return render("desk/forbidden.html", status=403)
            return view(officer=login.officer, **values)

        return tag(opened, name_of(*roles))

    return decorate


def half_officer(view: View) -> View:
    """Only who gave a right password and no second factor yet may call this view; it gets them as `half`."""

    @wraps(view)
    def opened(**values: object) -> ResponseReturnValue:
        if current_login():
            return go_to("desk.home")
        half = current_half()
        return sign_in_first() if half is None else view(half=half, **values)

    return tag(opened, HALF_NAME)


def name_of(*roles: OfficerRole) -> str:
    """The tag of a page for these roles."""
    return "officer: " + ", ".join(role for role in OfficerRole if role in roles)


@dataclass(frozen=True, slots=True)
class GivenBack:
    """What somebody wrote whose session had ended: a refused form, as the page's summary of errors reads it."""

    texts: Sequence[str]
    errors: bool = True

    def faults(self) -> list[tuple[str, Any]]:
        return [("text-0", SESSION_ENDED)]


def _given_back(writes: Sequence[str]) -> ResponseReturnValue | None:
    """The page with what was written, if this request brings any and came from a page of ours.

    A page's script that saves what is being typed is told so: its form still holds everything.
    """
    if request.method in SAFE:
        return None
    if is_quiet():
        return said(_("Not saved, because you are signed out. Press the button below"), 401)
    texts = [text for name in writes if (text := request.form.get(name, "").strip())]
    if not texts:
        return None
    try:
        # A view may leave the token to its form, which never gets to see this request.
        validate_csrf(request.form.get("csrf_token"))
    except ValidationError:
        return None
    answer = render("desk/given_back.html", status=422, form=GivenBack(texts))
    # A part of the page was asked for; the whole page comes instead.
    answer.headers.update({"HX-Retarget": "body", "HX-Reswap": "innerHTML"})
    return answer


# ── who it is ────────────────────────────────────────────────────────────────────────────────────


def current_login() -> Login | None:
    """The whole login of this request, or None."""
    return current_user.login if current_user.is_authenticated else None


def current_officer() -> Officer | None:
    """Who is signed in, for a layout that names them."""
    login = current_login()
    return login.officer if login else None


def current_half() -> Login | None:
    """The half login of this request: a right password that waits for its second factor."""
    token = cookie.get(HALF)
    login = sessions.login_of(session(), token, now=clock.now()) if token else None
    return login if login and not login.factor else None


def hold_half(token: str, target: str | None) -> None:
    """Give this browser half a login. Its cookie begins anew: nothing that was in it before survives."""
    cookie.clear()
    cookie[HALF] = token
    if target:
        cookie[TARGET] = target


def hold(token: str) -> str | None:
    """Give this browser a whole login, in a cookie that begins anew; returns where its holder wanted to go."""
    target = desk_target(cookie.get(TARGET))
    cookie.clear()
    login = sessions.login_of(session(), token, now=clock.now())
    if login is not None:
        login_user(SignedIn(login))
    return target


def release() -> None:
    """End this browser's login, half or whole, in the database and empty its cookie. The caller commits."""
    for login in (current_login(), current_half()):
        if login is not None:
            session().begin_write()
            sessions.end(session(), login.token, now=clock.now())
    cookie.clear()


def sign_in_first() -> ResponseReturnValue:
    """On to the sign-in, which says why where a login has ended, and from there back to the page that was asked for."""
    ended = {"ended": 1} if cookie.pop("_user_id", None) or cookie.pop(HALF, None) else {}
    target = desk_target(_asked_for())
    return go_to("desk.sign_in", **ended, **({TARGET: target} if target else {}))


def _asked_for() -> str | None:
    """The page that somebody wanted to see: a part of it was asked for by htmx, which names the page."""
    if bool(htmx):
        # A page's script may ask without saying where it stands.
        return str(htmx.current_url_abs_path or "") if htmx.current_url else ""
    return request.full_path.removesuffix("?") if request.method == "GET" else None
