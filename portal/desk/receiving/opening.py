"""Whose intake this is, and where its officer goes on: what every page of receiving asks first."""

from typing import NamedTuple
from uuid import UUID

from flask import abort
from sqlalchemy.exc import InvalidRequestError
from werkzeug.wrappers import Response

from portal import clock
from portal.accounts.rules import Officer, OfficerRole
from portal.desk.receiving import pages, queries, service
from portal.desk.receiving.models import Intake
from portal.filing import service as filing
from portal.filing.models import Draft
from portal.filing.rules import Told, first_gap
from portal.web.floor import institution, session, writing
from portal.web.pages import go_to

# Who receives complaints: `PERMITTED[Action.FILE]` asks the same again when it is registered.
RECEIVERS = (OfficerRole.AGENT, OfficerRole.CS_MANAGER)


class Opened(NamedTuple):
    """An intake that this officer may go on with."""

    intake: Intake
    draft: Draft
    told: Told


def mine(officer: Officer, intake_id: UUID) -> tuple[Intake, Draft]:
    """An officer's intake, whatever it has become; 404 for one that is not there or a colleague's."""
    return queries.find(session(), officer, intake_id, now=clock.now()) or abort(404)


def opened(officer: Officer, intake_id: UUID) -> Opened | Response:
    """The intake, or the way to what it has become; 404 for one that is not there or a colleague's."""
    intake, draft = mine(officer, intake_id)
    if draft.complaint_id:
        return go_to("desk.received", intake_id=intake.id)
    return Opened(intake, draft, filing.told(session(), draft))


def held(draft: Draft) -> Draft | None:
    """Begin the write with the draft re-read under its lock; None where it has gone meanwhile."""
    try:
        return writing(draft)
    except InvalidRequestError:
        session().rollback()
        return None


def held_still(draft: Draft) -> Draft:
    """The same for a page that makes nothing of a draft that has gone: 404."""
    return held(draft) or abort(404)


def onward(intake: Intake, draft: Draft) -> Response:
    """Where the officer goes on: a choice between two texts first, else the page of what is still missing."""
    if service.quarrelled(session(), draft):
        return go_to("desk.receive_texts", intake_id=intake.id)
    return go_to(pages.place_of(first_gap(filing.told(session(), draft), institution())), intake_id=intake.id)
