"""Searching: what is typed is sent in a form and kept under a random id, so that no address ever holds it."""

from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from portal import clock
from portal.accounts.access import current_login, officer
from portal.accounts.rules import Officer
from portal.complaints.sight import READERS
from portal.desk.blueprint import bp
from portal.desk.queue import labels
from portal.desk.queue.rules import PAGE
from portal.desk.queue.views import AFTER, ask_as, list_page
from portal.desk.search import queries, service
from portal.desk.search.forms import SearchForm
from portal.sealing import Box, open_box
from portal.web.access import keeps_typed
from portal.web.floor import institution, session
from portal.web.language import language
from portal.web.pages import go_to, render


@bp.route("/search", methods=["GET", "POST"])
@officer(*READERS)
@keeps_typed
def search(officer: Officer) -> ResponseReturnValue:
    """By registration number, account number, telephone number or name, and by officers' words (BM-35, BM-36).

    A registration number that is there opens its complaint.
    """
    form = SearchForm(prefix=institution().prefix)
    if not form.validate_on_submit():
        return render("desk/search.html", status=422 if form.errors else 200, form=form, found=None)
    if case_id := queries.numbered(session(), form.ask, ask_as(officer)):
        return go_to("desk.case", case_id=case_id)
    session().begin_write()
    search_id = service.keep(session(), form.q.data, officer_id=officer.id, box=_box(), now=clock.now())
    session().commit()
    return go_to("desk.found", search_id=search_id)


@bp.get("/search/<uuid:search_id>")
@officer(*READERS)
def found(officer: Officer, search_id: UUID) -> ResponseReturnValue:
    """What a search finds now. Another officer's id, and one that is too old, lead to an empty search."""
    text = service.kept(session(), search_id, officer_id=officer.id, box=_box(), now=clock.now())
    form = SearchForm(prefix=institution().prefix, formdata=None, data={"q": text or ""})
    if text is None:
        return go_to("desk.search")
    form.validate_q(form.q)
    asking = ask_as(officer)
    rows = queries.find(session(), form.ask, asking, before=_before())
    number, more = queries.count(session(), form.ask, asking)
    # Where counting ended early, what stands on this page is known all the same.
    number = max(number, len(rows[:PAGE]))
    return render(
        "desk/search.html",
        form=form,
        found=search_id,
        count=labels.counted(number, more, language()),
        goes_on=_before() is not None,
        following={AFTER: rows[PAGE - 1].id.hex} if len(rows) > PAGE else None,
        **list_page(asking, rows),
    )


def _before() -> UUID | None:
    """Where the page begins; anything that is no id means at the beginning."""
    try:
        return UUID(hex=request.args.get(AFTER, ""))
    except ValueError:
        return None


def _box() -> Box:
    """The data key of who is signed in."""
    login = current_login()
    assert login is not None, "a page for officers has one"
    return open_box(session(), login.key_id)
