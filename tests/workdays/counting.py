"""Invented calendars and limits, where every closed day is known."""

from collections.abc import Mapping
from datetime import date
from zoneinfo import ZoneInfo

from portal.workdays.rules import (
    Basis,
    Calendar,
    CalendarCode,
    Closure,
    ClosureKind,
    Confidence,
    Derivation,
    Limit,
    Names,
    Override,
    Pause,
    Start,
    Unit,
    Why,
)

JAKARTA = ZoneInfo("Asia/Jakarta")
MAKASSAR = ZoneInfo("Asia/Makassar")
JAYAPURA = ZoneInfo("Asia/Jayapura")
FAIR = Names("Hari Pasar", "Market Day")
WAITING = Names("Menunggu bank lain", "Waiting for another bank")


def limit(amount: int, unit: Unit = Unit.WORKING, key: str = "answer") -> Limit:
    return Limit(key, amount, unit, Start.RECEIVED, Names("aturan", "rule"), Basis.LAW, Confidence.HIGH)


def calendar(
    closures: Mapping[date, Closure] | None = None,
    *,
    code: CalendarCode = CalendarCode.NATIONAL_AND_JOINT,
    overrides: tuple[Override, ...] = (),
    known_until: date = date(2026, 12, 31),
) -> Calendar:
    return Calendar.build(
        code, (closures or {}).items(), known_from=date(2020, 1, 1), known_until=known_until, overrides=overrides
    )


def holiday(*days: date, kind: ClosureKind = ClosureKind.HOLIDAY) -> dict[date, Closure]:
    return {on: Closure(kind, FAIR) for on in days}


def whys(derivation: Derivation) -> list[Why]:
    return [day.reason.why for day in derivation.days]


def pause(began: date, ended: date) -> Pause:
    return Pause(began, ended, WAITING)


def override(on: date, *, closes: bool, kind: ClosureKind = ClosureKind.JOINT_LEAVE, **more: object) -> Override:
    return Override(on, closes, kind, decree="SKB 2/2025", reason="decreed late", names=FAIR, **more)  # type: ignore[arg-type]
