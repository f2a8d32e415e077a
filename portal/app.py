"""The whole portal put together: `create_app`, and which page answers which error. Wiring only."""

from flask import Flask, g, request
from flask_wtf.csrf import CSRFProtect, generate_csrf
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response

from portal import clock, words
from portal.accounts.access import current_officer, init_login
from portal.accounts.rules import desk_path
from portal.complaints.access import holds_case_of
from portal.config import Settings
from portal.db import Database
from portal.deployment import profile_of
from portal.desk.navigation import entries
from portal.desk.views import bp as desk
from portal.evidence.access import init_guards
from portal.evidence.views import bp as evidence
from portal.filing.access import holds_draft_of
from portal.guidance.views import bp as guidance
from portal.guidance.views import front
from portal.health import health
from portal.intake.resume import bp as resume
from portal.intake.texts import bp as texts
from portal.intake.views import bp as intake
from portal.sealing import Purpose
from portal.tracking.views import bp as tracking
from portal.web import access, assets, bots, cookies, formats, headers, language, logs, pages
from portal.web.commands import CommandsOf
from portal.web.floor import Floor, init_floor
from portal.web.templating import Portal, init_templates

# One form without files: a long story in any script, and room to spare.
LARGEST_BODY = 1024 * 1024
# Pages of their own; every other error is told by the nearest of them.
ERROR_PAGES = (400, 403, 404, 405, 413, 429, 500)

csrf = CSRFProtect()


def create_app(settings: Settings | None = None) -> Flask:
    """The WSGI application of one deployment. Raises `SettingsError` before it serves anything."""
    settings = settings or Settings.from_environment()
    profile = profile_of(settings)
    app = Portal(__name__, static_folder=None)
    app.config.update(
        SECRET_KEY=settings.keys.key(Purpose.SESSION),
        SECRET_KEY_FALLBACKS=[settings.keys.key(Purpose.SESSION, i) for i in settings.keys.ids(Purpose.SESSION)[1:]],
        SESSION_COOKIE_NAME="__Host-aduan" if settings.secure else "aduan",
        SESSION_COOKIE_SECURE=settings.secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        MAX_FORM_MEMORY_SIZE=LARGEST_BODY,
        TRUSTED_HOSTS=trusted_hosts(settings),
        BABEL_DEFAULT_LOCALE=words.DEFAULT_LANGUAGE,
        BABEL_TRANSLATION_DIRECTORIES=str(words.CATALOGUES),
        # A token lives as long as the session: a story may take its writer longer than an hour.
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_CHECK_DEFAULT=False,
        # The referrer is forbidden by our own header, so it cannot be asked for.
        WTF_CSRF_SSL_STRICT=False,
    )
    app.session_interface = cookies.CookieSessions(apart=desk_path)
    logs.configure_logs(json=settings.production)
    if settings.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=0
        )
    init_floor(app, Floor(settings, Database(settings.database_url, settings.keys), profile))
    logs.init_logs(app)
    language.init_language(app)
    csrf.init_app(app)
    access.init_access(app, csrf)
    init_login(app)
    pages.init_pages(app)
    headers.init_headers(app, secure=settings.secure)
    # One stylesheet, and one request for it: the institution's six colours stand at its end.
    style = assets.read("css/app.css") + profile.colours.stylesheet
    assets.init_assets(app, target=settings.instance / "static", made={"css/app.css": style})
    init_templates(
        app,
        names={
            "institution": profile,
            "static": app.extensions["static"],
            "languages": lambda: language.alternatives(request),
            "csrf_token": generate_csrf,
            "base_url": settings.base_url,
            "signed_in": current_officer,
            "desk_entries": entries,
            "signed_moment": lambda door: bots.moment(settings.keys, door, now=clock.now()),
        },
        filters=formats.FILTERS,
    )
    for blueprint in (health, front, guidance, intake, resume, texts, tracking, evidence, desk):
        app.register_blueprint(blueprint)
    init_guards(app, holds_draft_of, holds_case_of)
    app.cli = CommandsOf("portal.cli")
    app.register_error_handler(HTTPException, tell_error)
    app.register_error_handler(Exception, tell_failure)
    return app


def trusted_hosts(settings: Settings) -> list[str]:
    """The hosts we answer for. On a developer's machine every name of the machine itself."""
    host = settings.host.rsplit(":", 1)[0] if not settings.host.endswith("]") else settings.host
    return [host] if settings.production else [host, "127.0.0.1", "localhost", "[::1]"]


def tell_error(error: HTTPException) -> Response:
    """The page for an error that HTTP has a number for."""
    code = error.code or 500
    if code < 400:
        return error.get_response()
    page = code if code in ERROR_PAGES else (400 if code < 500 else 500)
    response = pages.render(f"errors/{page}.html", status=code, retry_after=getattr(error, "retry_after", None))
    for name, value in error.get_headers():
        if name.lower() not in ("content-type", "content-length"):
            response.headers[name] = value
    return response


def tell_failure(error: Exception) -> Response:
    """What nobody expected: logged by its type and place, shown without either."""
    logs.log.error("failure", id=g.get("request_id"), route=str(request.url_rule), exc_info=error)
    return tell_error(InternalServerError())
