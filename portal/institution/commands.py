"""Operators' commands: check profiles, and derive a deadline day by day."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import click
from flask import has_app_context
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy.exc import SQLAlchemyError

from portal.datafiles import Problem, Unusable
from portal.forums import loader as forums
from portal.institution import deadlines, hours, labels, loader, telling
from portal.institution.calendars.queries import calendars
from portal.institution.calendars.rules import Calendars
from portal.institution.models import Institution
from portal.institution.profile.channels import Channel
from portal.institution.profile.parts import LANGUAGES
from portal.institution.rules import Form
from portal.web import floor
from portal.workdays.rules import Calendar, Day, Derivation, Start


class Aware(click.ParamType[datetime]):
    """A moment with its offset: without one nobody knows which day it was."""

    name = "moment"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        try:
            moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a moment, for example 2026-03-13T10:00+07:00", param, ctx)
        if moment.tzinfo is None:
            self.fail(f"{value!r} needs its offset from UTC, for example 2026-03-13T10:00+07:00", param, ctx)
        return moment


@click.group()
def institution() -> None:
    """Profiles of institutions."""


@institution.command("check")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Report as JSON.")
@click.pass_context
def check(ctx: click.Context, file: Path | None, as_json: bool) -> None:
    """Check FILE, or the forums and every profile that come with the portal. All faults are reported at once."""
    files: dict[str, Callable[[], object]] = (
        {str(file): partial(loader.load, file)}
        if file
        else {forums.FILE.name: forums.load} | {code: partial(loader.load, code) for code in loader.codes()}
    )
    found: dict[str, list[Problem]] = {}
    for name, load in files.items():
        try:
            load()
            found[name] = []
        except Unusable as error:
            found[name] = error.problems
    sound = not any(found.values())
    if as_json:
        report = {
            "ok": sound,
            "profiles": [
                {
                    "profile": profile,
                    "problems": [{"file": fault.file, "key": fault.key, "wrong": fault.wrong} for fault in faults],
                }
                for profile, faults in found.items()
            ],
        }
        click.echo(json.dumps(report, indent=2, ensure_ascii=False))
    else:
        for profile, faults in found.items():
            for fault in faults:
                click.echo(str(fault), err=True)
            if not faults:
                click.echo(f"{profile}: nothing wrong")
    ctx.exit(0 if sound else 1)


@click.command("deadline")
@click.option("--institution", "code", help="Code or file of a profile. Default: the one this portal serves.")
@click.option("--channel", "channel_code", required=True, help="The channel by which the complaint came.")
@click.option("--kind", default="complaint", show_default=True, help="What came: a complaint, a question, …")
@click.option("--received", type=Aware(), required=True, help="When it arrived.")
@click.option("--complete", type=Aware(), help="When the last required document arrived.")
@click.option("--extensions", type=click.IntRange(min=0), default=0, help="How many times the limit was extended.")
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Of the text.")
@click.option("--json", "as_json", is_flag=True, help="Report as JSON.")
def deadline(
    code: str | None,
    channel_code: str,
    kind: str,
    received: datetime,
    complete: datetime | None,
    extensions: int,
    language: str,
    as_json: bool,
) -> None:
    """Derive, day by day, the date by which a complaint is answered."""
    profile = _profile(code)
    channel = _row(profile.channels, channel_code, "--channel")
    _row(profile.kinds, kind, "--kind")
    there = _calendars()
    moments = {Start.RECEIVED: hours.received_at(channel, received, profile.zone, calendars=there.of)}
    if complete is not None:
        if complete < received:
            raise click.BadParameter(
                "the documents cannot be complete before the complaint came", param_hint="--complete"
            )
        moments[Start.COMPLETE] = max(complete, moments[Start.RECEIVED])
    try:
        answer = deadlines.answer_by(profile, kind, channel.form, moments, calendars=there.of, extensions=extensions)
    except deadlines.NotExtendable as refusal:
        wrong = (
            f"this limit is extended at most {refusal.most} times" if refusal.most else "this limit is never extended"
        )
        raise click.BadParameter(wrong, param_hint="--extensions") from None
    if as_json:
        click.echo(json.dumps(facts(profile, channel, moments, answer, there), indent=2, ensure_ascii=False))
    else:
        # The words are those of the pages, in either language: the text may be meant for a customer.
        with force_locale(language):
            _tell(profile, channel, answer, language)


def _profile(code: str | None) -> Institution:
    if code is None and has_app_context():
        return floor.institution()
    try:
        return loader.load(code or "")
    except loader.ProfileError as error:
        raise click.BadParameter(str(error), param_hint="--institution") from None


def _calendars() -> Calendars:
    """The calendars of the deployment, or the published ones where there is none to ask."""
    if not has_app_context():
        return Calendars()
    try:
        return calendars(floor.session())
    except SQLAlchemyError:
        click.echo("The database does not answer: only the published holidays are counted.", err=True)
        return Calendars()


def _row(table: Mapping[str, Any], code: str, option: str) -> Any:
    if code not in table:
        raise click.BadParameter(f"{code!r} is none of {', '.join(table)}", param_hint=option)
    return table[code]


def facts(
    profile: Institution,
    channel: Channel,
    moments: Mapping[Start, datetime],
    answer: deadlines.AnswerBy,
    there: Calendars,
) -> dict[str, Any]:
    """A deadline as plain data. `due_on` is the date promised: nothing was promised before, so the counted one."""
    binding = answer.binding
    complete = moments.get(Start.COMPLETE)
    return {
        "institution": profile.code,
        "channel": channel.code,
        "form": channel.form,
        "received_at": moments[Start.RECEIVED].isoformat(),
        "complete_at": complete.isoformat() if complete else None,
        "counted_on": binding.counted_on.isoformat() if binding else None,
        "due_on": binding.counted_on.isoformat() if binding else None,
        "provisional": binding.provisional if binding else None,
        "rule": _rule(profile, binding) if binding else None,
        "calendar": _calendar(there.of(binding.calendar)) if binding else None,
        "days": [_day(day) for day in binding.days] if binding else [],
        "clocks": [
            {
                "key": derivation.limit.key,
                "counted_on": derivation.counted_on.isoformat(),
                "provisional": derivation.provisional,
                "binding": derivation is binding,
            }
            for derivation in answer.running
        ],
        "waiting": [{"key": limit.code, "start": limit.start} for limit in answer.waiting],
    }


def _rule(profile: Institution, derivation: Derivation) -> dict[str, Any]:
    limit = profile.limits[derivation.limit.key]
    return {
        "key": limit.code,
        "amount": limit.amount,
        "unit": limit.unit,
        "start": limit.start,
        "extensions": list(derivation.extensions),
        "source": {"id": limit.source.id, "en": limit.source.en},
        "basis": limit.basis,
        "confidence": limit.confidence,
        "checked": limit.checked.isoformat(),
    }


def _calendar(calendar: Calendar) -> dict[str, Any]:
    return {
        "code": calendar.code,
        "revision": calendar.revision,
        "known_until": calendar.known_until.isoformat(),
    }


def _day(day: Day) -> dict[str, Any]:
    told: dict[str, Any] = {"date": day.on.isoformat(), "counted": day.counted, "reason": day.reason.why}
    if day.reason.names:
        told["name"] = {"id": day.reason.names.id, "en": day.reason.names.en}
    return told


def _tell(profile: Institution, channel: Channel, answer: deadlines.AnswerBy, language: str) -> None:
    forms = {Form.VERBAL: _("verbal"), Form.WRITTEN: _("written")}
    click.echo(f"{profile.name}, {channel.label[language]} ({forms[channel.form]})")
    for limit in answer.waiting:
        starts = _("not running yet, it starts when: %(event)s", event=labels.STARTED[limit.start])
        click.echo(f"{limit.label[language]}: {starts}")
    for derivation in answer.running:
        click.echo()
        for line in telling.told(profile, derivation, language):
            click.echo(line)
        if derivation is answer.binding and len(answer.running) > 1:
            click.echo(_("It ends first, so it binds."))
