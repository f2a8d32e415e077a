"""The words for a deadline's enums, and the sentence of each of its days."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.workdays.rules import Basis, CalendarCode, Day, Start, Unit, Why

CALENDARS: Mapping[CalendarCode, LazyString] = {
    CalendarCode.NATIONAL_AND_JOINT: _l("Working days, without national holidays and joint leave"),
    CalendarCode.NATIONAL: _l("Working days, without national holidays"),
    CalendarCode.IDX: _l("Trading days of the Indonesia Stock Exchange"),
    CalendarCode.EVERY_DAY: _l("Every day"),
}

# The start event of a limit, as it stands on day 0.
STARTED: Mapping[Start, LazyString] = {
    Start.RECEIVED: _l("Complaint received"),
    Start.COMPLETE: _l("Documents complete"),
    Start.REQUESTED: _l("Documents requested"),
    Start.ARRIVED: _l("Document arrived"),
    Start.OBJECTED: _l("Objection received"),
    Start.ANSWERED: _l("Answer sent"),
}

COUNTING_STARTS: Mapping[Unit, LazyString] = {
    Unit.WORKING: _l("Counting starts on the next working day"),
    Unit.CALENDAR: _l("Counting starts on the next day"),
}

BASES: Mapping[Basis, LazyString] = {
    Basis.LAW: _l("Set by law"),
    Basis.INSTITUTION: _l("The institution’s own promise"),
    Basis.DEFAULT: _l("The institution’s own default; no source gives a figure"),
}


def why(day: Day, start: Start, unit: Unit, language: str) -> str:
    """Why a day of a derivation counts or not: "Working day 3", "Weekend", "Joint leave for Eid al-Fitr".

    `language` chooses the name of a holiday and must be the language of the page.
    """
    reason = day.reason
    name = reason.names.in_(language) if reason.names else None
    match reason.why:
        case Why.START:
            return str(STARTED[start])
        case Why.COUNTED if unit is Unit.CALENDAR:
            return str(_("Day %(number)d", number=day.counted))
        case Why.COUNTED if reason.override:
            return str(_("Working day %(number)d, by %(decree)s", number=day.counted, decree=reason.override.decree))
        case Why.COUNTED:
            return str(_("Working day %(number)d", number=day.counted))
        case Why.WEEKEND:
            return str(_("Weekend"))
        case Why.PAUSED:
            return str(_("The count stands still: %(ground)s", ground=name))
        case Why.JOINT_LEAVE:
            return str(_("Joint leave for %(occasion)s", occasion=name) if name else _("Joint leave"))
        case Why.BOURSE_HOLIDAY:
            return str(name or _("Exchange holiday"))
        case Why.HOLIDAY:
            return str(name or _("National holiday"))
