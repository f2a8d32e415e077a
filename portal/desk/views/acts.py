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
from portal.complaints.rules import Action, NotAllowed
from portal.desk import case_labels
from portal.desk.access import ACTORS
from portal.desk.act_forms import ActForm, Asking
from portal.desk.acts import BY_SLUG, Act, open_to
from portal.desk.blueprint import bp
from portal.desk.case_file import CaseFile
from portal.desk.doings import Doing
from portal.desk.views.case import extension_of, opened, printed_number
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
    form = _form(chosen, file, officer)
    if chosen not in open_to(officer, file, institution()):
        # It was possible when the page was made; now something else has been done, and the case says what.
        return go_to("desk.case", case_id=case_id)
    if request.method == "GET":
        return _page(chosen, file, form)
    if not form.validate_on_submit():
        return _page(chosen, file, form, status=422)
    complaint = writing(file.complaint)
    if form.seen != complaint.version:
        session().rollback()
        return _moved(chosen, officer, case_id, form)
    doing = Doing(session(), complaint, file, officer, institution(), settings().base_url, clock.now())
    try:
        chosen.do(doing, form)
    except tuple(chosen.faults or {}) as refusal:
        session().rollback()
        name, sentence = (chosen.faults or {})[type(refusal)]
        form[name].errors = [sentence(refusal)]
        return _page(chosen, opened(officer, case_id), form, status=422)
    except (NotAllowed, AlreadyHeld):
        session().rollback()
        return go_to("desk.case", case_id=case_id)
    session().commit()
    return go_to("desk.case", case_id=case_id)


def _form(chosen: Act, file: CaseFile, officer: Officer) -> ActForm:
    colleagues = assignable(session()) if chosen.slug == "assign" else with_role(session(), *NAMED)
    asking = Asking(
        file=file,
        profile=institution(),
        language=language(),
        today=local_day(clock.now(), institution().zone),
        colleagues=[(one.id, one.name) for one in colleagues if one.id != officer.id or chosen.slug == "assign"],
    )
    form = chosen.form(asking)
    if request.method == "GET":
        form.version.data = str(file.complaint.version)
        if "of" in request.args and "document" in form:
            form["document"].data = request.args["of"]
    return form


def _moved(chosen: Act, officer: Officer, case_id: UUID, form: ActForm) -> Response:
    """What was typed, with what another officer has done meanwhile; sent once more it counts."""
    session().expire_all()
    file = opened(officer, case_id)
    since = case_labels.since(file, form.seen or 0, institution(), language()) if form.seen is not None else []
    form.version.data = str(file.complaint.version)
    return _page(chosen, file, form, status=409, since=since, moved=True)


def _page(chosen: Act, file: CaseFile, form: ActForm, *, status: int = 200, **more: Any) -> Response:
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
