"""The ready paragraphs of responses, kept by administrators in both languages; every change stays readable."""

from typing import Any
from uuid import UUID

from flask import abort, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from portal import clock
from portal.accounts.access import officer
from portal.accounts.queries import names
from portal.accounts.rules import Officer, OfficerRole
from portal.complaints.responses import paragraphs as kept
from portal.complaints.responses.paragraphs import Canned, NoParagraph, UnknownPlaceholder
from portal.desk.blueprint import bp
from portal.desk.responding.paragraph_form import ParagraphForm
from portal.web.floor import session
from portal.web.logs import log
from portal.web.pages import go_to, render


@bp.get("/paragraphs")
@officer(OfficerRole.ADMINISTRATOR)
def paragraphs(officer: Officer) -> ResponseReturnValue:
    """All of them, the retired last."""
    found = sorted(kept.paragraphs(session(), retired=True), key=lambda one: one.retired)
    return render("desk/paragraphs.html", paragraphs=found, officers=names(session()))


@bp.route("/paragraphs/new", methods=["GET", "POST"])
@officer(OfficerRole.ADMINISTRATOR)
def new_paragraph(officer: Officer) -> ResponseReturnValue:
    """Write one."""
    return _edit(officer, None, [])


@bp.route("/paragraphs/<uuid:paragraph_id>", methods=["GET", "POST"])
@officer(OfficerRole.ADMINISTRATOR)
def paragraph(officer: Officer, paragraph_id: UUID) -> ResponseReturnValue:
    """Change one, retire it or take it back into use; and what it was before."""
    try:
        return _edit(officer, paragraph_id, kept.versions_of(session(), paragraph_id))
    except NoParagraph:
        abort(404)


def _edit(officer: Officer, paragraph_id: UUID | None, versions: list[Canned]) -> Response:
    now, newest = clock.now(), versions[0] if versions else None
    form = ParagraphForm()
    if request.method != "POST":
        if newest:
            form.show(newest.title, newest.text)
        return _page(form, versions)
    if not form.validate_on_submit():
        return _page(form, versions, status=422)
    do = request.form.get("do")
    retired = do == "retire" or (do != "restore" and newest is not None and newest.retired)
    session().begin_write()
    try:
        written = kept.write(
            session(),
            paragraph_id=paragraph_id,
            title=form.title,
            text=form.text,
            retired=retired,
            officer=officer,
            now=now,
        )
    except UnknownPlaceholder as refusal:
        session().rollback()
        form.refuse(refusal.name)
        return _page(form, versions, status=422)
    session().commit()
    log.info("desk_paragraph_written", paragraph=str(written), by=str(officer.id), retired=retired)
    return go_to("desk.paragraphs")


def _page(form: ParagraphForm, versions: list[Canned], *, status: int = 200) -> Response:
    facts: dict[str, Any] = {"versions": versions, "newest": versions[0] if versions else None}
    return render("desk/paragraph.html", status=status, form=form, officers=names(session()), **facts)
