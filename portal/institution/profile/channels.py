"""How an institution is reached: its offices, channels, addresses and hours, and who answers there."""

import re
from datetime import time
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, StrictBool, model_validator

from portal.datafiles import Address
from portal.institution.profile.parts import Code, Line, Part, Several, Text
from portal.institution.rules import Form, Receipt, Weekday
from portal.workdays.rules import CalendarCode


def _read_time(value: Any) -> Any:
    if not isinstance(value, str) or not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d|24:00", value):
        raise ValueError("must be a time between 00:00 and 24:00, for example 08:30")
    return time.fromisoformat("00:00" if value == "24:00" else value)


Clock = Annotated[time, BeforeValidator(_read_time)]


class Service(Part):
    """The function that handles complaints, and the channel by which a customer reaches a person."""

    name: Text
    contact: Code


class Office(Part):
    """A postal address, in the lines in which it is written on an envelope."""

    label: Text
    lines: Several[Line]


class Period(Part):
    """Opening hours on some days of the week. Closing at or before the opening time means on the next day."""

    days: Several[Weekday]
    open: Clock
    close: Clock


class Hours(Part):
    """When a channel is served: always, in periods of the week, or on working days without published times.

    On days that `calendar` lists as closed no period begins; its weekends count only where there are
    no periods. `zone` is the institution's unless given.
    """

    always: StrictBool = False
    calendar: CalendarCode = CalendarCode.EVERY_DAY
    zone: ZoneInfo | None = None
    periods: tuple[Period, ...] = ()
    note: Text | None = None

    @model_validator(mode="after")
    def _say_when(self) -> "Hours":
        if self.always and self.periods:
            raise ValueError("says both always and periods")
        if not self.always and not self.periods and self.calendar is CalendarCode.EVERY_DAY:
            raise ValueError("says neither always, nor periods, nor a calendar of working days")
        return self

    @property
    def days_only(self) -> bool:
        """Whether the institution names the days of service and no times."""
        return not self.always and not self.periods


class Channel(Part):
    """A way to complain. Whether it is verbal or written fixes the time limit (BM-09)."""

    code: Code
    label: Text
    form: Form
    hours: Hours
    addresses: tuple[Address, ...] = ()
    how: Text | None = None
    receipt: Receipt = Receipt.ARRIVAL
