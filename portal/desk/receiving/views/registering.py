"""Read back, registered, and the customer's paper handed over."""

from typing import NamedTuple
from uuid import UUID

from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from portal import clock
from portal.accounts.access import officer
from portal.accounts.rules import Officer
from portal.complaints.models import Complaint
from portal.desk.blueprint import bp
from portal.desk.receiving import pages, service
from portal.desk.receiving.counter import hold_token, token_of
from portal.desk.receiving.forms import RegisterForm
from portal.desk.receiving.models import Intake
from portal.desk.receiving.opening import RECEIVERS, Opened, held_still, mine, onward, opened
from portal.filing import service as filing
from portal.filing.models import Draft
from portal.filing.rules import Slug, Unfinished, first_gap
from portal.web.floor import institution, session, settings
from portal.web.pages import go_to, render


@bp.route("/receive/<uuid:intake_id>/check", methods=["GET", "POST"])
@officer(*RECEIVERS)
def receive_check(intake_id: UUID, officer: Officer) -> ResponseReturnValue:
    """Read it back to the customer, then register it. Sent twice, at once or later, it is one complaint."""
    found = opened(officer, intake_id)
    if not isinstance(found, Opened):
        return found
    intake, draft, told = found
    gap = first_gap(told, institution()) or (Slug.CONTACT if intake.contact is None else None)
    if gap:
        return go_to(pages.place_of(gap), intake_id=intake_id)
    if service.quarrelled(session(), draft):
        return go_to("desk.receive_texts", intake_id=intake_id)
    form, token = RegisterForm(counter=institution().channels[intake.channel].counter), token_of()
    if not form.validate_on_submit():
        page = pages.check_page(intake, draft, told, form)
        return hold_token(render("desk/receive_check.html", status=422 if form.errors else 200, **page), token)
    draft = held_still(draft)
    try:
        service.register(
            session(),
            intake,
            draft,
            code=form.chosen,
            token=token,
            officer=officer,
            profile=institution(),
            base_url=settings().base_url,
            now=clock.now(),
        )
    except Unfinished as unfinished:
        session().rollback()
        return go_to(pages.place_of(unfinished.gap), intake_id=intake_id)
    session().commit()
    return hold_token(go_to("desk.received", intake_id=intake_id), token)


class Registered(NamedTuple):
    """An intake that has become a complaint."""

    intake: Intake
    draft: Draft
    complaint: Complaint


def _registered(officer: Officer, intake_id: UUID) -> Registered | Response:
    intake, draft = mine(officer, intake_id)
    if draft.complaint_id is None:
        return onward(intake, draft)
    return Registered(intake, draft, session().get_one(Complaint, draft.complaint_id))


@bp.get("/receive/<uuid:intake_id>/registered")
@officer(*RECEIVERS)
def received(intake_id: UUID, officer: Officer) -> ResponseReturnValue:
    """The number to say aloud, and what comes next (SQ-21, BM-10)."""
    found = _registered(officer, intake_id)
    if not isinstance(found, Registered):
        return found
    return render("desk/received.html", **pages.received_page(*found, token=token_of()))


@bp.get("/receive/<uuid:intake_id>/paper")
@officer(*RECEIVERS)
def counter_paper(intake_id: UUID, officer: Officer) -> ResponseReturnValue:
    """The receipt that a customer takes along from the counter; the access code stands on the paper alone."""
    found = _registered(officer, intake_id)
    if not isinstance(found, Registered):
        return found
    code = filing.kept_code(found.draft, token=token_of(), now=clock.now())
    if code is None:
        return go_to("desk.received", intake_id=intake_id)
    return render("desk/counter_paper.html", **pages.paper_page(*found, code=code))


@bp.post("/receive/<uuid:intake_id>/handed-over")
@officer(*RECEIVERS)
def handed_over(intake_id: UUID, officer: Officer) -> ResponseReturnValue:
    """The customer has the paper: nobody here can read the code any more."""
    found = _registered(officer, intake_id)
    if not isinstance(found, Registered):
        return found
    service.hand_over(session(), held_still(found.draft))
    session().commit()
    return go_to("desk.received", intake_id=intake_id)
