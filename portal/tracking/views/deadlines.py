"""The dates of a complaint, counted day by day: ours to answer, and the customer's to bring documents."""

from collections.abc import Sequence
from datetime import date
from hashlib import sha256
from typing import Any

from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal import clock
from portal.complaints import standing
from portal.complaints.access import case_holder
from portal.complaints.codes import Holder
from portal.complaints.kinds import word_for
from portal.complaints.recording import printed
from portal.complaints.representing import Reach
from portal.complaints.rules import CLOSED
from portal.complaints.standing import Asked
from portal.institution import ics
from portal.institution.calendars.queries import calendars
from portal.institution.deadlines import run
from portal.institution.labels import BASES, CALENDARS, STARTED
from portal.institution.telling import told
from portal.tracking import labels
from portal.tracking.asking import asked_of
from portal.tracking.blueprint import bp
from portal.tracking.deadlines import Deadline, deadline_of
from portal.web import formats
from portal.web.floor import institution, session, settings
from portal.web.language import language
from portal.web.pages import go_to, render
from portal.workdays.rules import Start, local_day


@bp.get("/track/case/deadline")
@case_holder
def deadline(holder: Holder) -> ResponseReturnValue:
    """The date by which the customer is answered, counted day by day, with its rule and source (BM-30).

    With it stands why the count began when it did: what was needed, and when each of it came.
    """
    profile, of, today = institution(), calendars(session()).of, _today()
    running = standing.running(session(), holder.complaint.id) if _follows(holder, today) else None
    found = deadline_of(running.binding, profile, calendars=of, today=today) if running else None
    if running is None or found is None:
        return go_to("tracking.case")
    # Limits that run beside it: an extension lengthens its own limit only, so theirs may bind then (KF-33).
    others = [
        other
        for beside in running.answer[1:]
        if (other := deadline_of(beside, profile, calendars=of, today=today)) is not None
    ]
    needed = standing.needed(session(), holder.complaint.id)
    return render(
        "tracking/deadline.html",
        **_counted(holder, found, no_later=min((other.due_on for other in others), default=date.max)),
        others=[(profile.limits[other.derivation.limit.key], other) for other in others],
        waiting=running.waiting,
        missing=len(running.missing),
        arrived=_arrived(needed),
        complete=bool(needed) and not running.missing,
        received_at=holder.complaint.received_at,
    )


@bp.get("/track/case/documents/deadline")
@case_holder
def documents_deadline(holder: Holder) -> ResponseReturnValue:
    """The customer's own last day to bring what is missing, counted from our request, and what follows it (BM-20)."""
    profile, of, today = institution(), calendars(session()).of, _today()
    running = standing.running(session(), holder.complaint.id) if _follows(holder, today) else None
    found = deadline_of(running.documents, profile, calendars=of, today=today) if running else None
    completion = profile.clocks.documents
    if running is None or found is None or completion is None:
        return go_to("tracking.case")
    return render(
        "tracking/documents_deadline.html",
        **_counted(holder, found),
        asked=asked_of(running, holder.party, profile, language(), closed=False, why_not=None),
        passing=completion.passing,
    )


@bp.get("/track/case/deadline.txt")
@case_holder
def deadline_text(holder: Holder) -> ResponseReturnValue:
    """The date promised and how it is counted, as plain text. It names no number either."""
    profile, today = institution(), _today()
    running = standing.running(session(), holder.complaint.id).binding if _follows(holder, today) else None
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
    profile, now, today = institution(), clock.now(), _today()
    running = standing.running(session(), holder.complaint.id).binding if _follows(holder, today) else None
    found = deadline_of(running, profile, calendars=calendars(session()).of, today=today)
    if found is None:
        return go_to("tracking.case")
    limit = profile.limits[found.derivation.limit.key]
    text = f"{limit.label[language()]}. {limit.source[language()]}."
    if found.derivation.provisional:
        text += " " + _("This date is provisional.")
    kind = word_for(holder.complaint.kind, profile, language())
    event = ics.day_event(
        uid=f"{sha256(holder.complaint.id.bytes).hexdigest()[:32]}@{settings().host.rsplit(':', 1)[0]}",
        on=found.due_on,
        title=_("%(name)s answers your %(kind)s by this day", name=profile.name, kind=kind),
        text=text.replace("\u00a0", " "),
        now=now,
    )
    answer = Response(event, mimetype="text/calendar")
    answer.headers["Content-Disposition"] = 'attachment; filename="deadline.ics"'
    return answer


# ── what the pages share ─────────────────────────────────────────────────────────────────────────


def _today() -> date:
    return local_day(clock.now(), institution().zone)


def _follows(holder: Holder, today: date) -> bool:
    """Whether a date runs that this party may know of."""
    return holder.complaint.status not in CLOSED and holder.party.reach(today) is not Reach.OWN


def _counted(holder: Holder, found: Deadline, *, no_later: date = date.max) -> dict[str, Any]:
    """A date with its rule, and where extensions would lead it; `no_later` binds those too."""
    profile, derivation = institution(), found.derivation
    limit = profile.limits[derivation.limit.key]
    steps = limit.extension.most - len(derivation.extensions) if limit.extension and derivation.started_at else 0
    of = calendars(session()).of
    return {
        "now": clock.now(),
        "number": printed(holder.complaint, profile),
        "kind": word_for(holder.complaint.kind, profile, language()),
        "deadline": found,
        "difference": labels.difference(found, language()),
        "limit": limit,
        # Not everything that is sent is a complaint.
        "started": _("Received") if derivation.limit.start is Start.RECEIVED else STARTED[derivation.limit.start],
        "basis": BASES[derivation.limit.basis],
        "calendar": CALENDARS[derivation.calendar],
        "extended": [
            min(
                no_later,
                run(
                    profile,
                    limit,
                    derivation.started_at,
                    calendars=of,
                    extensions=len(derivation.extensions) + step,
                ).counted_on,
            )
            for step in range(1, steps + 1)
            if derivation.started_at
        ],
        "grounds": [profile.extension_grounds[code].label for code in limit.extension.grounds]
        if limit.extension
        else [],
    }


def _arrived(needed: Sequence[Asked]) -> list[tuple[str, Any]]:
    """What was needed and when it came, the last one last."""
    came = sorted((asked.arrived_at, asked.code) for asked in needed if asked.arrived_at is not None)
    return [(labels.document_name(code, institution(), language()), at) for at, code in came]
