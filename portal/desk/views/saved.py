"""An officer's own views of the queue: filters saved under a name, renamed, deleted."""

from collections.abc import Mapping
from uuid import UUID

from flask import abort, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from portal import clock
from portal.accounts.access import officer
from portal.accounts.rules import Officer
from portal.complaints.sight import READERS
from portal.desk.blueprint import bp
from portal.desk.queue import service
from portal.desk.queue.forms import ViewNameForm
from portal.desk.queue.labels import NAME_TAKEN, TOO_MANY_VIEWS
from portal.desk.queue.queries import saved_views as views_of
from portal.desk.queue.views import ask_as, filter_form, own_key, read_query
from portal.web.floor import session
from portal.web.language import language
from portal.web.pages import go_to, render


@bp.get("/views")
@officer(*READERS)
def saved_views(officer: Officer) -> ResponseReturnValue:
    """The officer's own views, with what each narrows to."""
    asking = ask_as(officer)
    return render(
        "desk/saved_views.html",
        views=[
            (view, read_query(view.query, asking).query(), _told(view.query, officer))
            for view in views_of(session(), officer.id, own_key())
        ],
    )


@bp.route("/views/new", methods=["GET", "POST"])
@officer(*READERS)
def save_view(officer: Officer) -> ResponseReturnValue:
    """Save the filters that stand in the address under a name."""
    query = read_query(request.args, ask_as(officer)).query()
    if not query:
        return go_to("desk.home")
    form = ViewNameForm()
    if form.validate_on_submit():
        session().begin_write()
        try:
            service.save_view(
                session(),
                officer_id=officer.id,
                key_id=own_key(),
                name=form.name.data or "",
                query=query,
                now=clock.now(),
            )
        except service.NameTaken:
            session().rollback()
            form.name.errors = [NAME_TAKEN]
        except service.TooManyViews:
            session().rollback()
            form.name.errors = [TOO_MANY_VIEWS]
        else:
            session().commit()
            return go_to("desk.home", **query)
    return render(
        "desk/save_view.html", status=422 if form.errors else 200, form=form, query=query, told=_told(query, officer)
    )


@bp.route("/views/<uuid:view_id>", methods=["GET", "POST"])
@officer(*READERS)
def rename_view(view_id: UUID, officer: Officer) -> ResponseReturnValue:
    """Give one of the officer's own views another name."""
    mine = {view.id: view for view in views_of(session(), officer.id, own_key())}
    if view_id not in mine:
        abort(404)
    form = ViewNameForm(data={"name": mine[view_id].name})
    if form.validate_on_submit():
        session().begin_write()
        try:
            service.rename_view(session(), view_id, officer_id=officer.id, key_id=own_key(), name=form.name.data or "")
        except service.NameTaken:
            session().rollback()
            form.name.errors = [NAME_TAKEN]
        else:
            session().commit()
            return go_to("desk.saved_views")
    return render("desk/rename_view.html", status=422 if form.errors else 200, form=form, view=mine[view_id])


@bp.post("/views/<uuid:view_id>/delete")
@officer(*READERS)
def delete_view(view_id: UUID, officer: Officer) -> ResponseReturnValue:
    """Delete one of the officer's own views; the complaints in it stay where they are."""
    session().begin_write()
    service.delete_view(session(), view_id, officer_id=officer.id)
    session().commit()
    return go_to("desk.saved_views")


def _told(query: Mapping[str, str], officer: Officer) -> list[tuple[str, str]]:
    """What filters narrow to, in words."""
    form = filter_form(ask_as(officer), MultiDict(query))
    form.validate()
    return form.told(language())
