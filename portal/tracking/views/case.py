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
from portal.complaints.disputes.withdrawing import withdraw
from portal.complaints.kinds import word_for
from portal.complaints.labels import STATUS_MARKS, way
from portal.complaints.models import Complaint, Party
from portal.complaints.recording import printed
from portal.complaints.representing import Reach
from portal.complaints.rules import CLOSED, Action, NotAllowed, Status
from portal.complaints.standing import RunningClock
from portal.complaints.transitions import allowed
from portal.evidence import labels as evidence_labels
from portal.institution.calendars.queries import calendars
from portal.institution.calendars.rules import Calendars
from portal.institution.models import Institution
from portal.tracking import asking, dispute_labels, labels, service
from portal.tracking.after import after_of
from portal.tracking.blueprint import bp
from portal.tracking.deadlines import deadline_of
from portal.tracking.forms import WithdrawForm
from portal.tracking.timeline import Reader, timeline
from portal.tracking.told import told
from portal.tracking.views.forums import forum_names
from portal.web.floor import institution, session, settings, writing
from portal.web.language import language
from portal.web.pages import go_to, render, wants_part
from portal.workdays.rules import local_day


@bp.get("/track/case")
@case_holder
def case(holder: Holder) -> ResponseReturnValue:
    """Everything about the complaint, by need: what we ask, the date, the history (BM-34)."""
    return render("tracking/case.html", **_case_page(holder))


@bp.get("/track/case/timeline", endpoint="timeline")
@case_watcher
def refresh(version: int) -> ResponseReturnValue:
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
    profile, kind = institution(), word_for(holder.complaint.kind, institution(), language())
    form = WithdrawForm(kind=kind)
    page: dict[str, Any] = {"form": form, "kind": kind, "number": printed(holder.complaint, profile)}
    if not form.validate_on_submit():
        return render("tracking/withdraw.html", status=422 if form.errors else 200, **page)
    party = session().get_one(Party, holder.party.id)
    complaint = writing(session().get_one(Complaint, holder.complaint.id))
    try:
        withdraw(session(), complaint, party=party, profile=profile, base_url=settings().base_url, now=clock.now())
    except NotAllowed as refusal:
        session().rollback()
        form.sure.errors.append(labels.refusal(refusal.reason, profile, language()))
        return render("tracking/withdraw.html", status=422, **page)
    session().commit()
    return go_to("tracking.case")


# ── what page and refresh share ──────────────────────────────────────────────────────────────────


# A calendar of days tells nothing of a person and takes as long to draw as the rest of the page; it is
# the same until midnight, or until a decree changes the calendars.
@lru_cache(maxsize=2048)
def _draw_deadline(
    binding: RunningClock | None,
    waiting: tuple[RunningClock, ...],
    missing: int,
    status: Status,
    kind: str,
    today: date,
    refreshed: bool,
    there: Calendars,
    profile: Institution,
    lang: str,
) -> Markup:
    """The part of the page with the date by which the customer is answered, and with what waits for documents.

    `profile` and `lang` are the page's own: they stand here because the part depends on them.
    """
    closed = status in CLOSED
    answered = status is Status.ANSWERED
    return Markup(
        render_template(
            "tracking/_due.html",
            deadline=None if closed else deadline_of(binding, profile, calendars=there.of, today=today),
            waiting=waiting,
            missing=missing,
            closed=closed,
            answered=answered,
            kind=kind,
            refreshed=refreshed,
        )
    )


def _case_page(holder: Holder, *, refreshed: bool = False) -> dict[str, Any]:
    profile, complaint, party, now, lang = institution(), holder.complaint, holder.party, clock.now(), language()
    today = local_day(now, profile.zone)
    file = queries.case_file(session(), complaint, party, holder.others, today=today)
    facts = told(file, complaint, party, profile, lang, today=today)
    kind = facts["kind"]
    closed = complaint.status in CLOSED
    why_not = party.why_not_acting(today)
    may = allowed(complaint.status, party.role)
    names = forum_names(profile, lang)
    after = after_of(session(), complaint, party, profile, today=today)
    asked = asking.asked_of(file.running, party, profile, lang, closed=closed, why_not=why_not)
    return facts | {
        "now": now,
        "today": today,
        "complaint": complaint,
        "number": printed(complaint, profile),
        # Who filed in this portal knows by which channel.
        "channel": None if complaint.channel == profile.own_channel else way(complaint.channel, profile, lang),
        "standing": labels.words(lang).statuses[complaint.status],
        "mark": STATUS_MARKS[complaint.status],
        "asked": asked,
        "due": _draw_deadline(
            file.running.binding,
            file.running.waiting,
            len(file.running.missing),
            complaint.status,
            kind,
            today,
            refreshed,
            calendars(session()),
            profile,
            lang,
        )
        if party.reach(today) is not Reach.OWN
        else None,
        "events": timeline(
            file.history,
            Reader(
                party.id,
                file.people,
                file.messages,
                kind,
                profile,
                lang,
                {
                    message: evidence_labels.lines(filed, profile, lang, right=queries.right_of_party(filed[0]))
                    for message, filed in file.attached.items()
                    if filed
                },
            ),
            lambda told, reader: dispute_labels.said_of(told, reader, names),
        ),
        "after": after,
        "turns": dispute_labels.rounds(after.dispute.turns, reads=party.reach(today) is Reach.WHOLE) if after else [],
        "repeats": dispute_labels.repeats(after.repeats, profile, lang) if after else [],
        "taken": dispute_labels.steps(after.dispute.taken, names, profile, lang) if after else [],
        "letters": labels.letters(file.notices, lang),
        "documents": evidence_labels.lines(file.documents, profile, lang),
        "may_add": Action.ADD_DOCUMENTS in may and (why_not is None or bool(asked.documents)),
        "why_not": why_not and labels.refusal(why_not, profile, lang),
        "new_code": holder.new_code is not None,
        "closed": closed,
        "may_write": Action.REPLY in may and why_not is None,
        "opened": service.opened_documents(session(), complaint.id, file.documents),
        "may_withdraw": Action.WITHDRAW in may,
        "refreshed": refreshed,
    }
