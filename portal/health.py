"""How this deployment does: for the machines around us, and at the desk for who looks after it."""

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from portal import clock
from portal.accounts.access import officer
from portal.accounts.rules import Officer, OfficerRole
from portal.desk import health_labels
from portal.desk.blueprint import bp
from portal.jobs import queries as jobs
from portal.web.access import public
from portal.web.floor import floor, session
from portal.web.language import language
from portal.web.pages import render

health = Blueprint("health", __name__)


@health.get("/healthz")
@public
def process() -> ResponseReturnValue:
    """The process answers."""
    return jsonify(status="ok")


@health.get("/readyz")
@public
def ready() -> ResponseReturnValue:
    """Database, storage and queue are fit to serve; 503 names what is not."""
    # The checks know Alembic and every room's jobs; a server begins to answer before it has loaded them.
    from portal import checks

    found = list(checks.run(checks.READINESS, floor(), clock.now()))
    fit = all(finding.level is not checks.Level.FAULT for finding in found)
    return jsonify(
        status="ok" if fit else "unfit", checks={finding.check: finding.level for finding in found}
    ), 200 if fit else 503


# It stands here and not in the desk's room, because the checks know every room.
@bp.get("/health", endpoint="health")
@officer(OfficerRole.ADMINISTRATOR, OfficerRole.CS_MANAGER)
def desk_page(officer: Officer) -> ResponseReturnValue:
    """What `doctor` finds, in plain words, and the background work that was given up."""
    from portal import checks

    now, lang = clock.now(), language()
    findings = checks.run(checks.EVERYTHING, floor(), now)
    return render(
        "desk/health.html",
        now=now,
        findings=[
            (
                health_labels.CHECKS[one.check],
                health_labels.LEVELS[one.level],
                health_labels.MARKS[one.level],
                health_labels.found(one.check, one.code, one.facts, lang),
            )
            for one in findings
        ],
        counts=[(health_labels.JOBS[state], number) for state, number in jobs.counts(session()).items()],
        oldest=jobs.oldest_waiting_age(session()),
        last_done=jobs.last_done_age(session()),
        dead=jobs.dead(session()),
        may_revive=officer.has(OfficerRole.ADMINISTRATOR),
        revived="revived" in request.args,
    )
