"""Operators' commands for the calendars: `flask --app wsgi calendar …`. Officers will have the same at the desk."""

import getpass
import json
import os
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, TypeVar

import click
from flask.cli import with_appcontext

from portal import clock
from portal.db import Session
from portal.institution.calendars import service
from portal.institution.calendars.queries import read
from portal.institution.calendars.rules import Act, Authority, Change, Unchanged
from portal.institution.calendars.service import NotChanged
from portal.web.floor import floor
from portal.workdays.rules import Calendar, CalendarCode, ClosureKind, Names

# A calendar of every day has no closed days.
CODES = [code.value for code in CalendarCode if code is not CalendarCode.EVERY_DAY]
KINDS = [kind.value for kind in ClosureKind]

REFUSALS = {
    Unchanged.CLOSED_ALREADY: "It is closed already: {name}. Nothing was changed.",
    Unchanged.NAMELESS: "Say what the day is called, with --name-id and --name-en: customers read it.",
    Unchanged.NO_CALENDAR: "None of these calendars takes days of this kind.",
    Unchanged.WEEKEND: "It is a weekend, and a weekend is never opened.",
    Unchanged.OPEN_ALREADY: "It is not closed. Nothing was changed.",
    Unchanged.KNOWN_ALREADY: "The calendars are known until {until} already. Nothing was changed.",
    Unchanged.PUBLISHED: "The published holidays cover everything until {until}.",
    Unchanged.GAP: "The calendars are known until {until}: enter the years between first.",
    Unchanged.RACE: "Somebody else changed the calendars at this moment. Look at them, and try again.",
}

Command = TypeVar("Command", bound=Callable[..., Any])


class Day(click.ParamType[date]):
    """A calendar day, as 2027-08-18."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a day, for example 2027-08-18", param, ctx)


class Sentence(click.ParamType[str]):
    """A text that says something."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        text = " ".join(str(value).split())
        if not text:
            self.fail("says nothing", param, ctx)
        return text


def _me() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        # In a container the account may have a number and no name.
        return f"uid {os.getuid()}"


def _authority(command: Command) -> Command:
    """The options that every change has."""
    for option in (
        click.option("--by", "author", type=Sentence(), default=_me, help="Who does it. Default: you."),
        click.option("--reason", type=Sentence(), required=True, help="Why, in a sentence."),
        click.option("--decree", type=Sentence(), required=True, help="The decree's number and date."),
        click.option("--json", "as_json", is_flag=True, help="Report as JSON."),
    ):
        command = option(command)
    return command


ONLY = click.option(
    "--calendar", "codes", type=click.Choice(CODES), multiple=True, help="Only this calendar; may be repeated."
)


@click.group()
def calendar() -> None:
    """The working-day calendars: look at them, and enter what a decree changed."""


@calendar.command("add")
@click.argument("on", metavar="DAY", type=Day())
@click.option("--kind", type=click.Choice(KINDS), required=True, help="As what the day is closed.")
@click.option("--name-id", type=Sentence(), help="What the day is called in Indonesian.")
@click.option("--name-en", type=Sentence(), help="What the day is called in English.")
@ONLY
@_authority
@with_appcontext
def add(
    on: date,
    kind: str,
    name_id: str | None,
    name_en: str | None,
    codes: Sequence[str],
    decree: str,
    reason: str,
    author: str,
    as_json: bool,
) -> None:
    """Close DAY. Every open time limit that counts it is counted again by the worker."""
    if (name_id is None) != (name_en is None):
        raise click.UsageError("The day needs its name in both languages: --name-id and --name-en.")
    names = Names(name_id, name_en) if name_id and name_en else None

    def change(session: Session, by: Authority) -> None:
        service.close(session, on, kind=ClosureKind(kind), names=names, codes=_codes(codes), by=by)

    _change(change, Authority(decree, reason, author, clock.now()), as_json)


@calendar.command("remove")
@click.argument("on", metavar="DAY", type=Day())
@ONLY
@_authority
@with_appcontext
def remove(on: date, codes: Sequence[str], decree: str, reason: str, author: str, as_json: bool) -> None:
    """Open DAY again: what closed it was withdrawn. Every open time limit is counted again by the worker."""

    def change(session: Session, by: Authority) -> None:
        service.reopen(session, on, codes=_codes(codes), by=by)

    _change(change, Authority(decree, reason, author, clock.now()), as_json)


@calendar.command("known")
@click.argument("year", type=click.IntRange(2000, 2200))
@_authority
@with_appcontext
def known(year: int, decree: str, reason: str, author: str, as_json: bool) -> None:
    """Say that all holidays and joint leave of YEAR are decreed and entered: its dates are provisional no longer."""

    def change(session: Session, by: Authority) -> None:
        service.know(session, year, by=by)

    _change(change, Authority(decree, reason, author, clock.now()), as_json)


@calendar.command("list")
@click.option("--json", "as_json", is_flag=True, help="Report as JSON.")
@with_appcontext
def list_changes(as_json: bool) -> None:
    """List every change that was made to the published calendars, and which contradict them or each other."""
    with floor().database.session() as session:
        there = read(session)
    doubts = {change.number: doubt for change, doubt in there.doubts()}
    if as_json:
        told = [_told(change) | {"doubt": doubts.get(change.number)} for change in there.changes]
        click.echo(json.dumps({"known_until": there.known_until.isoformat(), "changes": told}, ensure_ascii=False))
        return
    for change in there.changes:
        doubt = f"  [{doubts[change.number].value.replace('_', ' ')}]" if change.number in doubts else ""
        click.echo(f"{change.number:4}  {_in_words(change)}{doubt}")
        click.echo(f"      {change.by.decree}: {change.by.reason} ({change.by.author}, {_utc(change.by.at)})")
    if not there.changes:
        click.echo("Nothing was changed: the calendars are as published.")
    click.echo(f"Everything is known until {there.known_until}.")


@calendar.command("show")
@click.argument("code", metavar="CALENDAR", type=click.Choice(CODES))
@click.option("--year", type=click.IntRange(2000, 2200), help="Only this year. Default: from this year on.")
@click.option("--json", "as_json", is_flag=True, help="Report as JSON.")
@with_appcontext
def show(code: str, year: int | None, as_json: bool) -> None:
    """Show the closed days of CALENDAR as they are counted now."""
    with floor().database.session() as session:
        found = read(session).of(CalendarCode(code))
    first = year or clock.now().astimezone(floor().institution.zone).year
    closed = [on for on in sorted(found.closures) if on.year == first or (year is None and on.year > first)]
    if as_json:
        report = {
            "calendar": found.code,
            "revision": found.revision,
            "known_until": found.known_until.isoformat(),
            "closed": [_closed(found, on) for on in closed],
        }
        click.echo(json.dumps(report, ensure_ascii=False))
        return
    click.echo(f"{found.code}, revision {found.revision}, known until {found.known_until}")
    for on in closed:
        told = _closed(found, on)
        decree = f"  ({told['decree']})" if told["decree"] else ""
        estimated = "  estimated" if told["estimated"] else ""
        name = told["name"]["en"] if told["name"] else ""
        click.echo(f"{on}  {on:%a}  {told['kind']:15} {name}{estimated}{decree}")


def _codes(given: Sequence[str]) -> tuple[CalendarCode, ...] | None:
    return tuple(map(CalendarCode, given)) or None


def _change(change: Callable[[Session, Authority], None], by: Authority, as_json: bool) -> None:
    """Make a change, commit it, and tell what it did."""
    with floor().database.session() as session:
        session.begin_write()
        before = read(session)
        try:
            change(session, by)
        except NotChanged as refusal:
            names = refusal.closure and refusal.closure.names
            name = f"{names.en} / {names.id}" if names else "closed"
            raise click.ClickException(REFUSALS[refusal.why].format(name=name, until=refusal.until)) from None
        after = read(session)
        session.commit()
    made = after.changes[len(before.changes) :]
    moved = {
        code: (before.of(code).revision, after.of(code).revision)
        for code in CalendarCode
        if before.of(code).revision != after.of(code).revision
    }
    if as_json:
        report = {
            "changes": [_told(one) for one in made],
            "revisions": {code: {"before": old, "after": new} for code, (old, new) in moved.items()},
        }
        click.echo(json.dumps(report, ensure_ascii=False))
        return
    for one in made:
        click.echo(_in_words(one))
    for code, (old, new) in moved.items():
        click.echo(f"{code}: revision {old} became {new}")
    if moved:
        click.echo("The worker counts every open time limit again and tells the customers whose date moved.")
    else:
        click.echo("No calendar counts otherwise by it.")


def _told(change: Change) -> dict[str, Any]:
    override = change.override
    return {
        "number": change.number,
        "act": change.act,
        "on": change.on.isoformat(),
        "kind": override.kind if override else None,
        "calendars": sorted(override.calendars) if override and override.calendars else None,
        "name": {"id": override.names.id, "en": override.names.en} if override and override.names else None,
        "decree": change.by.decree,
        "reason": change.by.reason,
        "author": change.by.author,
        "at": change.by.at.isoformat(),
    }


def _in_words(change: Change) -> str:
    override = change.override
    if override is None:
        return f"Known until {change.on}"
    kind = override.kind.value.replace("_", " ")
    where = f" in {', '.join(sorted(override.calendars))}" if override.calendars else ""
    name = f": {override.names.en} / {override.names.id}" if override.names else ""
    does = "closed as" if change.act is Act.CLOSE else "no longer closed as"
    return f"{change.on} {change.on:%a} {does} {kind}{where}{name}"


def _closed(found: Calendar, on: date) -> dict[str, Any]:
    closure = found.closures[on]
    return {
        "date": on.isoformat(),
        "kind": closure.kind,
        "name": {"id": closure.names.id, "en": closure.names.en} if closure.names else None,
        "estimated": closure.estimated,
        "decree": closure.override.decree if closure.override else None,
    }


def _utc(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
