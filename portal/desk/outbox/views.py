"""The outbox: notices that have not arrived, and what an officer does about one."""

from typing import Any
from uuid import UUID

from flask import abort, request
from flask.typing import ResponseReturnValue

from portal import clock
from portal.accounts.access import officer
from portal.accounts.rules import Officer, OfficerRole
from portal.complaints.numbers import Number
from portal.complaints.resending import NoSuchWay, NothingToDo, send_again, tell_by_phone, ways
from portal.desk.blueprint import bp
from portal.desk.outbox import labels, queries
from portal.desk.outbox.forms import PHONED, FilterForm, SeeToForm
from portal.desk.outbox.rules import PAGE
from portal.history.reading import note_case
from portal.notices.queries import kept
from portal.notices.rules import Channel, masked, needs_somebody
from portal.sealing import KeyDestroyed
from portal.web.floor import floor, institution, session, settings, writing
from portal.web.pages import go_to, render


@bp.get("/outbox")
@officer(OfficerRole.AGENT, OfficerRole.CS_MANAGER)
def outbox(officer: Officer) -> ResponseReturnValue:
    """Notices that failed or that nobody can send, the oldest first; the filters stand in the address."""
    form = FilterForm(formdata=request.args)
    form.validate()
    filters = form.filters()
    lines = queries.outbox(session(), officer, filters, after=request.args.get("after", type=UUID))
    shown = lines[:PAGE]
    return render(
        "desk/outbox.html",
        form=form,
        lines=[(line, _printed(line.registration)) for line in shown],
        labels=labels,
        done=request.args.get("done"),
        first=filters.query() if "after" in request.args else None,
        following=filters.query() | {"after": str(shown[-1].id)} if len(lines) > PAGE else None,
    )


@bp.route("/outbox/<uuid:notice_id>", methods=["GET", "POST"])
@officer(OfficerRole.AGENT, OfficerRole.CS_MANAGER)
def notice(notice_id: UUID, officer: Officer) -> ResponseReturnValue:
    """One notice with its text, and the ways to make good that it has not arrived."""
    found = queries.notice_of(session(), officer, notice_id)
    if found is None:
        abort(404)
    row, complaint = found
    note_case(floor().database, case_id=complaint.id, key_id=complaint.key_id, officer_id=officer.id, now=clock.now())
    offered = _offered()
    try:
        text = kept(session(), notice_id, subject_id=complaint.id)
        open_ways = ways(session(), complaint, row, offered=offered)
    except KeyDestroyed:
        abort(404)
    again = [(way.channel, labels.AGAIN[way.channel] % {"where": masked(*way)}) for way in open_ways]
    form = SeeToForm(ways=[*again, (PHONED, labels.TOLD)])
    page: dict[str, Any] = {
        "form": form,
        "kept": text,
        "labels": labels,
        "number": _printed(complaint.registration),
        "case_id": complaint.id,
        "needs": needs_somebody(row.state, handled=row.handled_at is not None),
    }
    if not form.validate_on_submit():
        return render("desk/notice.html", status=422 if form.errors else 200, **page)
    how, complaint, now = form.how.data or "", writing(complaint), clock.now()
    try:
        if how == PHONED:
            tell_by_phone(session(), complaint, row, officer=officer, now=now)
        else:
            send_again(session(), complaint, row, Channel(how), offered=offered, officer=officer, now=now)
    except (NothingToDo, NoSuchWay):
        session().rollback()
        return go_to("desk.notice", notice_id=notice_id)
    session().commit()
    return go_to("desk.outbox", done="told" if how == PHONED else "sent")


def _offered() -> set[Channel]:
    """By which channels this deployment sends."""
    mail = settings().smtp_url is not None or not settings().production
    return {Channel(channel) for channel in settings().messages_by} | ({Channel.EMAIL} if mail else set())


def _printed(registration: str) -> str:
    return Number(registration, institution().prefix).printed
