"""The page of one complaint, its refresh, and taking the complaint back."""

from datetime import date
from functools import lru_cache
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from portal import clock
from portal.complaints import access, queries
from portal.complaints.access import case_holder, case_watcher, current_holder
from portal.complaints.codes import Holder
from portal.complaints.labels import REFUSALS, STATUS_MARKS
from portal.complaints.models import Complaint, Party
from portal.complaints.queries import RunningClock
from portal.complaints.recording import printed
from portal.complaints.rules import CLOSED, Action, NotAllowed, Status, allowed
from portal.complaints.service import withdraw
from portal.evidence import labels as evidence_labels
from portal.filing.cautions import ending
from portal.institution.calendars.queries import calendars
from portal.institution.calendars.rules import Calendars
from portal.institution.models import Institution
from portal.tracking import labels, service
from portal.tracking.blueprint import bp
from portal.tracking.deadlines import deadline_of
from portal.tracking.forms import WithdrawForm
from portal.tracking.views.documents import documents_of
from portal.web.floor import institution, session, writing
from portal.web.language import language
from portal.web.pages import go_to, render, wants_part
from portal.web.typed import print_phone
from portal.workdays.rules import local_day


@bp.get("/track/case")
@case_holder
def case(holder: Holder) -> ResponseReturnValue:
    """Everything about the complaint, by need: what we ask, the date, the history (BM-34)."""
    return render("tracking/case.html", **_case_page(holder))


@bp.get("/track/case/timeline")
@case_watcher
def timeline(version: int) -> ResponseReturnValue:
    """What has changed since version `v` of the page: nothing (204), or the timeline and what hangs on it."""
    if request.args.get("v", type=int) == version:
        return "", 204
    if not wants_part():
        return go_to("tracking.case")
    holder = current_holder(seen=False)
    if holder is None:
        return access.sign_in_first()
    return render("tracking/_timeline.html", **_case_page(holder, refreshed=True))


@bp.route("/track/case/withdraw", methods=["GET", "POST"], endpoint="withdraw")
@case_holder
def withdraw_case(holder: Holder) -> ResponseReturnValue:
    """Take the complaint back, after reading what that means."""
    if Action.WITHDRAW not in allowed(holder.complaint.status, holder.party.role):
        return go_to("tracking.case")
    form = WithdrawForm()
    page: dict[str, Any] = {"form": form, "number": printed(holder.complaint, institution())}
    if not form.validate_on_submit():
        return render("tracking/withdraw.html", status=422 if form.errors else 200, **page)
    party = session().get_one(Party, holder.party.id)
    complaint = writing(session().get_one(Complaint, holder.complaint.id))
    try:
        withdraw(session(), complaint, party=party, now=clock.now())
    except NotAllowed as refusal:
        session().rollback()
        form.sure.errors.append(REFUSALS[refusal.reason])
        return render("tracking/withdraw.html", status=422, **page)
    session().commit()
    return go_to("tracking.case")


# A calendar of days tells nothing of a person and takes as long to draw as the rest of the page; it is
# the same until midnight, or until a decree changes the calendars.
@lru_cache(maxsize=2048)
def _draw_deadline(
    clock: RunningClock | None,
    today: date,
    closed: bool,
    refreshed: bool,
    there: Calendars,
    profile: Institution,
    lang: str,
) -> Markup:
    """The part of the page with the date by which the customer is answered.

    `profile` and `lang` are the page's own: they stand here because the part depends on them.
    """
    deadline = None if closed else deadline_of(clock, profile, calendars=there.of, today=today)
    return Markup(render_template("tracking/_due.html", deadline=deadline, closed=closed, refreshed=refreshed))


def _case_page(holder: Holder, *, refreshed: bool = False) -> dict[str, Any]:
    profile, complaint, now = institution(), holder.complaint, clock.now()
    file = queries.case_file(session(), complaint, holder.party)
    topic = profile.topics.get(complaint.topic)
    closed = complaint.status in CLOSED
    return {
        "now": now,
        "complaint": complaint,
        "file": file,
        "number": printed(complaint, profile),
        "topic": topic.label[language()] if topic else None,
        "standing": labels.words(language()).statuses[complaint.status],
        "mark": STATUS_MARKS[complaint.status],
        "due": _draw_deadline(
            file.running.binding,
            local_day(now, profile.zone),
            closed,
            refreshed,
            calendars(session()),
            profile,
            language(),
        ),
        "events": labels.timeline(file.history, file.messages, language()),
        "letters": labels.letters(file.notices, language()),
        "documents": evidence_labels.lines(documents_of(holder), profile, language()),
        "may_add": Action.ADD_DOCUMENTS in allowed(complaint.status, holder.party.role),
        "account_end": ending(file.account) if file.account else None,
        "phone": print_phone(file.person.phone) if file.person.phone else None,
        "movements": labels.movements(file.transactions, profile, language()),
        "new_code": holder.new_code is not None,
        "closed": closed,
        "deemed": complaint.status is Status.DEEMED_WITHDRAWN,
        "may_write": Action.REPLY in allowed(complaint.status, holder.party.role),
        "opened": service.opened_documents(session(), complaint.id, complaint.folder_id),
        "may_withdraw": Action.WITHDRAW in allowed(complaint.status, holder.party.role),
        "refreshed": refreshed,
    }
