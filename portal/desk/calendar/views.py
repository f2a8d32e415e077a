"""The calendars at the desk: what decrees changed, and a change with a preview of the cases whose dates move."""

from datetime import date
from typing import Any

from flask.typing import ResponseReturnValue

from portal import clock
from portal.accounts.access import officer
from portal.accounts.rules import Officer, OfficerRole
from portal.complaints.numbers import Number
from portal.complaints.recounting import foreseen
from portal.complaints.sight import sees_all
from portal.desk.blueprint import bp
from portal.desk.calendar.forms import CODES, ChangeForm
from portal.desk.calendar.labels import ACTS, KINDS, PURPOSES
from portal.institution.calendars import service
from portal.institution.calendars.queries import read
from portal.institution.calendars.rules import Act, Authority, Calendars, Unchanged
from portal.institution.calendars.service import NotChanged
from portal.institution.labels import CALENDARS
from portal.web.access import keeps_typed
from portal.web.floor import institution, session
from portal.web.language import language
from portal.web.logs import log
from portal.web.pages import go_to, render
from portal.workdays.rules import local_day

# Who looks at the calendars; only an administrator changes them.
LOOK = (OfficerRole.ADMINISTRATOR, OfficerRole.CS_MANAGER, OfficerRole.AUDITOR)
# So many cases the preview names; of more it says that there are more.
NAMED = 100


@bp.get("/calendar")
@officer(*LOOK)
def calendar(officer: Officer) -> ResponseReturnValue:
    """The closed days from today on, and every change with its decree."""
    there, today = read(session()), local_day(clock.now(), institution().zone)
    doubts = {change.number for change, _ in there.doubts()}
    return render(
        "desk/calendar.html",
        there=there,
        days=_days(there, today),
        changes=[(change, change.number in doubts) for change in reversed(there.changes)],
        acts=ACTS,
        kinds=KINDS,
        names=CALENDARS,
        may_change=officer.has(OfficerRole.ADMINISTRATOR),
    )


@bp.route("/calendar/change", methods=["GET", "POST"])
@officer(OfficerRole.ADMINISTRATOR)
@keeps_typed
def change_calendar(officer: Officer) -> ResponseReturnValue:
    """What is to change; the next page shows what it would do to open cases. Nothing is changed here."""
    form = ChangeForm()
    if not form.validate_on_submit():
        return render("desk/calendar_change.html", status=422 if form.errors else 200, form=form)
    there, by = read(session()), _authority(form, officer)
    try:
        after = _planned(form, there, by)
    except NotChanged as refusal:
        form.refuse(refusal.why)
        return render("desk/calendar_change.html", status=422, form=form)
    form.seen.data = str(len(there.changes))
    return render("desk/calendar_preview.html", form=form, **_preview(form, after, officer))


@bp.post("/calendar/do")
@officer(OfficerRole.ADMINISTRATOR)
@keeps_typed
def do_change(officer: Officer) -> ResponseReturnValue:
    """Do what the preview showed, unless somebody has changed the calendars since."""
    form = ChangeForm()
    if not form.validate_on_submit():
        return render("desk/calendar_change.html", status=422, form=form)
    by = _authority(form, officer)
    try:
        session().begin_write()
        if form.seen.data != str(len(read(session()).changes)):
            raise NotChanged(Unchanged.RACE)
        _do(form, by)
    except NotChanged as refusal:
        session().rollback()
        form.refuse(refusal.why)
        return render("desk/calendar_change.html", status=422, form=form)
    session().commit()
    log.info("calendar_changed", act=form.act.data, by=str(officer.id))
    return go_to("desk.calendar", done="changed")


def _authority(form: ChangeForm, officer: Officer) -> Authority:
    return Authority(form.decree.data or "", form.reason.data or "", officer.name, clock.now())


def _planned(form: ChangeForm, there: Calendars, by: Authority) -> Calendars:
    """The calendars as they would be. Raises `NotChanged`."""
    if form.act.data == Act.KNOW:
        return there
    assert form.on.data is not None
    if form.act.data == Act.CLOSE:
        new = service.closing(there, form.on.data, kind=form.closes_as, names=form.names, codes=form.calendars, by=by)
    else:
        new = service.opening(there, form.on.data, codes=form.calendars, by=by)
    return Calendars((*there.changes, *new))


def _do(form: ChangeForm, by: Authority) -> None:
    if form.act.data == Act.KNOW:
        assert form.known_year is not None
        service.know(session(), form.known_year, by=by)
        return
    assert form.on.data is not None
    if form.act.data == Act.CLOSE:
        service.close(session(), form.on.data, kind=form.closes_as, names=form.names, codes=form.calendars, by=by)
    else:
        service.reopen(session(), form.on.data, codes=form.calendars, by=by)


def _preview(form: ChangeForm, after: Calendars, officer: Officer) -> dict[str, Any]:
    """How many dates move, and from when to when. Whoever sees no case learns the numbers of none."""
    profile, today = institution(), local_day(clock.now(), institution().zone)
    moved = (
        foreseen(session(), after, form.on.data, profile=profile, today=today, limit=NAMED + 1)
        if form.on.data and form.act.data != Act.KNOW
        else []
    )
    return {
        "acts": ACTS,
        "kinds": KINDS,
        "moved": [(Number(one.registration, profile.prefix).printed, one) for one in moved[:NAMED]],
        "more": len(moved) > NAMED,
        "purposes": PURPOSES,
        "sees_cases": sees_all(officer),
    }


def _days(there: Calendars, today: date) -> list[tuple[date, list[str]]]:
    """The closed weekdays from today to the last known year's end, each with why, by calendar."""
    lang = language()
    found: dict[date, dict[str, None]] = {}
    for code in CODES:
        for on, closure in there.of(code).closures.items():
            if today <= on <= there.known_until and on.weekday() < 5:
                name = closure.names.in_(lang) if closure.names else str(KINDS[closure.kind])
                found.setdefault(on, {})[f"{name} ({KINDS[closure.kind]})" if closure.names else name] = None
    return [(on, list(found[on])) for on in sorted(found)]
