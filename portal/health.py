"""For the machines around us: does the process live, and may it be sent customers?"""

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from portal import clock
from portal.web.access import public
from portal.web.floor import floor

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
