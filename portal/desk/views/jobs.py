"""Background work that was given up, let run again by an administrator."""

from uuid import UUID

from flask.typing import ResponseReturnValue

from portal import clock
from portal.accounts.access import officer
from portal.accounts.rules import Officer, OfficerRole
from portal.desk.blueprint import bp
from portal.jobs.rules import NotDead
from portal.jobs.service import revive
from portal.web.floor import session
from portal.web.pages import go_to


@bp.post("/health/jobs/<uuid:job_id>")
@officer(OfficerRole.ADMINISTRATOR)
def revive_job(job_id: UUID, officer: Officer) -> ResponseReturnValue:
    """Let a job that was given up run again, with all its tries; one that somebody else revived already does."""
    session().begin_write()
    try:
        revive(session(), job_id, now=clock.now())
    except NotDead:
        session().rollback()
        return go_to("desk.health")
    session().commit()
    return go_to("desk.health", revived=1)
