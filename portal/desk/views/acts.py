"""One view for every act on a case: its questions, the check that nobody was faster, and the doing."""

from typing import Any
from uuid import UUID

from flask import abort, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from portal import clock
from portal.accounts.access import officer
from portal.accounts.queries import with_role
from portal.accounts.rules import Officer, OfficerRole
from portal.complaints.handling import AlreadyHeld, assignable
from portal.complaints.messages import Enclosed
from portal.complaints.rules import Action, NotAllowed
from portal.desk import case_labels
from portal.desk.access import ACTORS
from portal.desk.act_forms import ActForm, Asking
from portal.desk.acts import BY_SLUG, Act, open_to
from portal.desk.blueprint import bp
from portal.desk.case_file import CaseFile
from portal.desk.doings import Doing
from portal.desk.views.case import extension_of, opened, printed_number
from portal.evidence import labels as evidence_labels
from portal.evidence.forms import TakesFiles
from portal.evidence.receiving import Delivery
from portal.evidence.scanner import scanner_of
from portal.web.floor import institution, session, settings, writing
from portal.web.language import language
from portal.web.pages import go_to, render
from portal.workdays.rules import local_day

# Whom a note may name.
NAMED = (OfficerRole.AGENT, OfficerRole.CS_MANAGER, OfficerRole.DIVISION_MEMBER)


@bp.route("/cases/<uuid:case_id>/<act_slug>", methods=["GET", "POST"])
@officer(*ACTORS)
def act(case_id: UUID, act_slug: str, officer: Officer) -> ResponseReturnValue:
    """One step on a case. Whoever is second learns what the first did, and loses nothing that they typed."""
    chosen = BY_SLUG.get(act_slug)
    if chosen is None or chosen.do is None:
        abort(404)
    file = opened(officer, case_id)
    form = form_of(chosen, file, officer)
    if chosen not in open_to(officer, file, institution()):
        # It was possible when the page was made; now something else has been done, and the case says what.
        return go_to("desk.case", case_id=case_id)
    if request.method != "POST":
        return page_of(chosen, file, form)
    return done(chosen, file, form, officer)


def done(chosen: Act, file: CaseFile, form: ActForm, officer: Officer, delivery: Delivery | None = None) -> Response:
    """Do the act, with the files of a delivery if there are any, or say what is wrong with its answers."""
    assert chosen.do is not None
    case_id = file.complaint.id
    if not form.validate_on_submit():
        return page_of(chosen, file, _chosen_anew(form, delivery, wrong=True), status=422)
    complaint = writing(file.complaint)
    if form.seen != complaint.version:
        session().rollback()
        return _moved(chosen, officer, case_id, _chosen_anew(form, delivery, wrong=False))
    doing = Doing(
        session(), complaint, file, officer, institution(), settings().base_url, clock.now(), _enclosed(delivery)
    )
    try:
        chosen.do(doing, form)
    except tuple(chosen.faults or {}) as refusal:
        session().rollback()
        name, sentence = (chosen.faults or {})[type(refusal)]
        form[name].errors = [sentence(refusal)]
        return page_of(chosen, opened(officer, case_id), form, status=422)
    except (NotAllowed, AlreadyHeld):
        session().rollback()
        return go_to("desk.case", case_id=case_id)
    if delivery is not None:
        delivery.hand_over(delivery.arrived)
    session().commit()
    return go_to("desk.case", case_id=case_id)


def _chosen_anew(form: ActForm, delivery: Delivery | None, *, wrong: bool) -> ActForm:
    """The form, which says that its files must be chosen once more: a page cannot bring them back.

    `wrong`: the form has other faults, so that this one stands among them.
    """
    if isinstance(form, TakesFiles) and delivery and delivery.arrived:
        form.tell([evidence_labels.ONCE_MORE])
        if not wrong:
            form.files.errors = []
    return form


def _enclosed(delivery: Delivery | None) -> Enclosed | None:
    if delivery is None or not delivery.arrived:
        return None
    return Enclosed(delivery.id, delivery.arrived, delivery.limits, scanner_of(settings()))


def form_of(chosen: Act, file: CaseFile, officer: Officer, *, read: bool = True) -> ActForm:
    """The questions of an act in this case; with `read` false empty, for a body that was refused unread."""
    colleagues = assignable(session()) if chosen.slug == "assign" else with_role(session(), *NAMED)
    asking = Asking(
        file=file,
        profile=institution(),
        language=language(),
        today=local_day(clock.now(), institution().zone),
        colleagues=[(one.id, one.name) for one in colleagues if one.id != officer.id or chosen.slug == "assign"],
    )
    form = chosen.form(asking, **({} if read else {"formdata": None}))
    if request.method != "POST" or not read:
        form.version.data = str(file.complaint.version)
        if "of" in request.args and "document" in form:
            form["document"].data = request.args["of"]
    return form


def _moved(chosen: Act, officer: Officer, case_id: UUID, form: ActForm) -> Response:
    """What was typed, with what another officer has done meanwhile; sent once more it counts."""
    session().expire_all()
    file = opened(officer, case_id)
    since = case_labels.since(file, form.seen, institution(), language())
    form.version.data = str(file.complaint.version)
    return page_of(chosen, file, form, status=409, since=since, moved=True)


def page_of(chosen: Act, file: CaseFile, form: ActForm, *, status: int = 200, **more: Any) -> Response:
    """The page of an act."""
    return render(
        chosen.page,
        status=status,
        act=chosen,
        form=form,
        file=file,
        number=printed_number(file),
        labels=case_labels,
        today=local_day(clock.now(), institution().zone),
        **(extension_of(file) if chosen.action is Action.EXTEND else {}),
        **{"since": [], "moved": False, **more},
    )
