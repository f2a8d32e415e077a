"""Giving several complaints away: a manager chooses, sees who would get what, and does it in one act."""

from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue

from portal import clock
from portal.accounts.access import officer
from portal.accounts.queries import names
from portal.accounts.rules import Officer, OfficerRole
from portal.complaints.handling import assignable
from portal.desk.assigning import queries, service
from portal.desk.assigning.forms import CHANGED, NONE_CHOSEN, AssignForm
from portal.desk.assigning.labels import SKIPS
from portal.desk.assigning.rules import plan
from portal.desk.blueprint import bp
from portal.desk.queue.views import ask_as, list_page
from portal.web.access import keeps_typed
from portal.web.floor import session
from portal.web.pages import go_to, render


@bp.post("/assign")
@officer(OfficerRole.CS_MANAGER)
@keeps_typed
def assign(officer: Officer) -> ResponseReturnValue:
    """Who would get what, and what would be left out and why. Nothing is done yet."""
    form = _form()
    form.validate_on_submit()
    if not form.cases:
        form.to.errors = [*form.to.errors, NONE_CHOSEN]
    return _preview(officer, form, form.cases)


@bp.post("/assign/give")
@officer(OfficerRole.CS_MANAGER)
@keeps_typed
def give(officer: Officer) -> ResponseReturnValue:
    """Do what the preview showed, all of it or nothing."""
    form = _form()
    gifts = form.gifts
    if not form.validate_on_submit():
        return _preview(officer, form, [gift.complaint_id for gift in gifts])
    try:
        service.give(session(), gifts, officer=officer, now=clock.now())
    except service.Changed:
        session().rollback()
        form.to.errors = [CHANGED]
        return _preview(officer, form, [gift.complaint_id for gift in gifts])
    session().commit()
    return go_to("desk.home", given=len(gifts))


def _form() -> AssignForm:
    return AssignForm(colleagues=[(str(one.id), one.name) for one in assignable(session())])


def _preview(officer: Officer, form: AssignForm, cases: list[UUID]) -> ResponseReturnValue:
    """The page that says what would happen with these complaints as they stand now."""
    asking = ask_as(officer)
    found = queries.chosen(session(), cases, asking)
    page: dict[str, Any] = list_page(asking, found)
    lines = {line.id: line for line in page["lines"]}
    planned = plan(queries.rows(found), form.taker, queries.open_ones(session())) if form.to.data else None
    known = names(session())
    takers = dict.fromkeys(gift.to for gift in planned.gifts) if planned else ()
    return render(
        "desk/assign.html",
        status=422 if form.errors else 200,
        form=form,
        chosen=page["lines"],
        has_plan=planned is not None,
        portions=[
            (known[taker], [(lines[gift.complaint_id], gift.text()) for gift in planned.gifts if gift.to == taker])
            for taker in takers
        ]
        if planned
        else [],
        skipped=[(lines[each], SKIPS[why]) for each, why in planned.skipped] if planned else [],
        # Gone, or out of this officer's sight: nothing more is said of them.
        missing=len(cases) - len(found),
    )
