"""The words for changes of the calendars at the desk."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from portal.complaints.states import ClockPurpose
from portal.institution.calendars.rules import Act, Unchanged
from portal.workdays.rules import ClosureKind

ACTS: Mapping[Act, LazyString] = {
    Act.CLOSE: _l("Close a day"),
    Act.OPEN: _l("Open a day again"),
    Act.KNOW: _l("Say that a year is complete"),
}
KINDS: Mapping[ClosureKind, LazyString] = {
    ClosureKind.HOLIDAY: _l("National holiday"),
    ClosureKind.JOINT_LEAVE: _l("Joint leave"),
    ClosureKind.BOURSE_HOLIDAY: _l("Exchange holiday"),
}
PURPOSES: Mapping[ClockPurpose, LazyString] = {
    ClockPurpose.ANSWER: _l("Our answer"),
    ClockPurpose.DOCUMENTS: _l("The customer’s documents"),
    ClockPurpose.DECISION: _l("The customer’s decision"),
}

# Why a change was not made, and the field that it belongs to.
REFUSALS: Mapping[Unchanged, tuple[str, LazyString]] = {
    Unchanged.CLOSED_ALREADY: ("on", _l("This day is closed already as that")),
    Unchanged.NAMELESS: ("name_id", _l("Say what the day is called, in both languages: customers read it")),
    Unchanged.NO_CALENDAR: ("kind", _l("No calendar that you chose takes days of this kind")),
    Unchanged.WEEKEND: ("on", _l("This day is a weekend, and a weekend is never opened")),
    Unchanged.OPEN_ALREADY: ("on", _l("Nothing closes this day")),
    Unchanged.KNOWN_ALREADY: ("year", _l("The calendars are known until the end of this year already")),
    Unchanged.PUBLISHED: ("year", _l("The published holidays cover this year already")),
    Unchanged.GAP: ("year", _l("Enter the years before this one first")),
    Unchanged.RACE: (
        "decree",
        _l("Somebody else has changed the calendars at this moment. Look at them, then send this again"),
    ),
}
