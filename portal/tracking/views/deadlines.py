"""The date by which the customer is answered: counted day by day, and as a calendar file."""

from datetime import date
from hashlib import sha256

from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal import clock
from portal.complaints import queries
from portal.complaints.access import case_holder
from portal.complaints.codes import Holder
from portal.complaints.recording import printed
from portal.complaints.rules import CLOSED
from portal.institution import ics
from portal.institution.calendars.queries import calendars
from portal.institution.deadlines import run
from portal.institution.labels import BASES, CALENDARS, STARTED
from portal.institution.telling import told
from portal.tracking import labels
from portal.tracking.blueprint import bp
from portal.tracking.deadlines import deadline_of
from portal.web import formats
from portal.web.floor import institution, session, settings
from portal.web.language import language
from portal.web.pages import go_to, render
from portal.workdays.rules import local_day


@bp.get("/track/case/deadline")
@case_holder
def deadline(holder: Holder) -> ResponseReturnValue:
    """The date by which the customer is answered, counted day by day, with its rule and source (BM-30)."""
    profile, closed, of = institution(), holder.complaint.status in CLOSED, calendars(session()).of
    running = () if closed else queries.running(session(), holder.complaint.id).answer
    today = local_day(clock.now(), profile.zone)
    found = deadline_of(running[0] if running else None, profile, calendars=of, today=today)
    if found is None:
        return go_to("tracking.case")
    # Limits that run beside it: an extension lengthens its own limit only, so theirs may bind then (KF-33).
    others = [other for beside in running[1:] if (other := deadline_of(beside, profile, calendars=of, today=today))]
    last = min((other.due_on for other in others), default=date.max)
    limit = profile.limits[found.derivation.limit.key]
    steps = limit.extension.most if limit.extension and found.derivation.started_at else 0
    return render(
        "tracking/deadline.html",
        now=clock.now(),
        number=printed(holder.complaint, institution()),
        deadline=found,
        difference=labels.difference(found, language()),
        others=[(profile.limits[other.derivation.limit.key], other) for other in others],
        at_receipt=found.derivation.started_at == holder.complaint.received_at,
        limit=limit,
        started=STARTED[found.derivation.limit.start],
        basis=BASES[found.derivation.limit.basis],
        calendar=CALENDARS[found.derivation.calendar],
        extended=[
            min(last, run(profile, limit, found.derivation.started_at, calendars=of, extensions=step).counted_on)
            for step in range(1, steps + 1)
            if found.derivation.started_at
        ],
        grounds=[profile.extension_grounds[code].label for code in limit.extension.grounds] if limit.extension else [],
    )


@bp.get("/track/case/deadline.txt")
@case_holder
def deadline_text(holder: Holder) -> ResponseReturnValue:
    """The date promised and how it is counted, as plain text. It names no number either."""
    profile, closed = institution(), holder.complaint.status in CLOSED
    running = None if closed else queries.running(session(), holder.complaint.id).binding
    today = local_day(clock.now(), profile.zone)
    found = deadline_of(running, profile, calendars=calendars(session()).of, today=today)
    if found is None:
        return go_to("tracking.case")
    promised = f"{_('We answer by')}: {formats.day(found.due_on, language())}"
    difference = labels.difference(found, language())
    head = [profile.name, promised, *([difference] if difference else []), ""]
    return Response("\n".join([*head, *told(profile, found.derivation, language())]) + "\n", mimetype="text/plain")


@bp.get("/track/case/deadline.ics")
@case_holder
def deadline_file(holder: Holder) -> ResponseReturnValue:
    """The date promised as a calendar file. It names no number: calendars are shared."""
    profile, now = institution(), clock.now()
    closed = holder.complaint.status in CLOSED
    running = None if closed else queries.running(session(), holder.complaint.id).binding
    found = deadline_of(running, profile, calendars=calendars(session()).of, today=local_day(now, profile.zone))
    if found is None:
        return go_to("tracking.case")
    limit = profile.limits[found.derivation.limit.key]
    text = f"{limit.label[language()]}. {limit.source[language()]}."
    if found.derivation.provisional:
        text += " " + _("This date is provisional.")
    event = ics.day_event(
        uid=f"{sha256(holder.complaint.id.bytes).hexdigest()[:32]}@{settings().host.rsplit(':', 1)[0]}",
        on=found.due_on,
        title=_("%(name)s answers your complaint by this day", name=profile.name),
        text=text.replace("\u00a0", " "),
        now=now,
    )
    answer = Response(event, mimetype="text/calendar")
    answer.headers["Content-Disposition"] = 'attachment; filename="deadline.ics"'
    return answer
