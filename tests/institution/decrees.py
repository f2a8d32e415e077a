"""Changes of the published calendars, each with its authority, and what they close."""

from datetime import date
from typing import Any

from portal.db import Session
from portal.institution.calendars import service
from portal.institution.calendars.queries import read
from portal.institution.calendars.rules import Authority
from portal.workdays.rules import CalendarCode, ClosureKind, Names
from tests.builders import NOW

NATIONAL, JOINT, IDX = CalendarCode.NATIONAL, CalendarCode.NATIONAL_AND_JOINT, CalendarCode.IDX
HOLIDAY, LEAVE, BOURSE = ClosureKind.HOLIDAY, ClosureKind.JOINT_LEAVE, ClosureKind.BOURSE_HOLIDAY
BY = Authority("Keppres 1/2026", "decreed late", "sari", NOW)
FAIR = Names("Hari Pasar", "Market Day")
# A Wednesday that nothing closes, and the Thursday that is joint leave before Christmas.
WEDNESDAY, CHRISTMAS_LEAVE = date(2026, 12, 2), date(2026, 12, 24)
YEARS_END = date(2026, 12, 31)


def close(session: Session, on: date = WEDNESDAY, **more: Any) -> None:
    service.close(session, on, **{"kind": HOLIDAY, "names": FAIR, "codes": None, "by": BY} | more)
    session.commit()


def reopen(session: Session, on: date = WEDNESDAY, **more: Any) -> None:
    service.reopen(session, on, **{"codes": None, "by": BY} | more)
    session.commit()


def known(session: Session, year: int) -> None:
    service.know(session, year, by=BY)
    session.commit()


def now_closed(session: Session, on: date) -> dict[CalendarCode, ClosureKind | None]:
    there = read(session)
    found = {code: there.of(code).closures.get(on) for code in (NATIONAL, JOINT, IDX)}
    return {code: closure.kind if closure else None for code, closure in found.items()}
