"""The operators' commands: `flask --app wsgi …`. Each speaks plainly and exits non-zero on failure."""

import json
import os
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext

from portal import checks, clock, migrating, sealing, worker
from portal.accounts.commands import officer as officer_group
from portal.complaints.commands import complaints as complaints_group
from portal.complaints.commands import find_case
from portal.config import describe
from portal.demo import believable, bulk, listing
from portal.demo import officers as demo_officers
from portal.history.commands import commands as history_commands
from portal.institution.calendars.commands import calendar
from portal.institution.commands import deadline
from portal.institution.commands import institution as institution_group
from portal.jobs.commands import jobs as jobs_group
from portal.sealing import KeyRing, Purpose
from portal.web.floor import Floor


def floor() -> Floor:
    found: Floor = current_app.extensions["aduan"]
    return found


@click.command()
@with_appcontext
def migrate() -> None:
    """Bring the database to the newest schema; safe when several start at once."""
    done = migrating.upgrade(floor().database)
    click.echo(f"{len(done)} migrations were run." if done else "The database is up to date.")


@click.command("demo")
@click.option("--complaints", type=click.IntRange(min=1), help="Make this many plain complaints in bulk instead.")
@click.option("--code", is_flag=True, help="Only print the code that the demo officers' second factor asks for now.")
@click.option("--json", "as_json", is_flag=True, help="Report the complaints as JSON.")
@with_appcontext
def demo_command(complaints: int | None, code: bool, as_json: bool) -> None:
    """Load believable complaints in both languages and an officer for each role; a second run adds nothing."""
    if floor().settings.production:
        raise click.ClickException("This is a production deployment: demo data does not belong there.")
    if code:
        click.echo(demo_officers.code(clock.now()))
        return
    if complaints:
        seconds = bulk.load(floor(), complaints, now=clock.now())
        report: Any = {"complaints": complaints, "seconds": round(seconds, 1)}
        click.echo(json.dumps(report) if as_json else f"{complaints} complaints were made in {seconds:.1f} s.")
        return
    cases = listing.listed(floor(), believable.load(floor(), now=clock.now()))
    officers = demo_officers.load(floor(), now=clock.now())
    if as_json:
        click.echo(json.dumps(cases, ensure_ascii=False))
        return
    click.echo(f"Follow a complaint at {floor().settings.base_url}/id/track with number and access code:")
    widest = max((len(case["state"]) for case in cases), default=0)
    for case in cases:
        click.echo(f"  {case['number']}   {case['access_code']}   {case['state']:<{widest}}   {case['what']}")
    _tell_officers(officers)


def _tell_officers(officers: list[demo_officers.DemoOfficer]) -> None:
    base_url, password = floor().settings.base_url, demo_officers.PASSWORD
    click.echo(f"Work at the desk at {base_url}/id/desk with the password “{password}” as:")
    for each in officers:
        click.echo(f"  {each.email:<29}{each.name}, {each.role.replace('_', ' ')}")
    click.echo("The second factor is what `flask --app wsgi demo --code` prints, or an authenticator app with the key")
    click.echo(f"  {demo_officers.SECRET}")


@click.command("worker")
@click.option("--threads", type=click.IntRange(1, 32), default=2, show_default=True)
@click.option("--once", is_flag=True, help="Do what is due now, then end.")
@with_appcontext
def worker_command(threads: int, once: bool) -> None:
    """Run the background jobs until stopped."""
    raise SystemExit(worker.run(floor().settings, threads=threads, once=once))


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Report as JSON.")
@with_appcontext
def doctor(as_json: bool) -> None:
    """Examine this deployment; exits with 1 when something keeps it from serving."""
    found = list(checks.run(checks.EVERYTHING, floor(), clock.now()))
    if as_json:
        report = {
            "settings": json.loads(describe(floor().settings)),
            "findings": [{"check": f.check, "level": f.level, "detail": f.detail} for f in found],
        }
        click.echo(json.dumps(report))
    else:
        for finding in found:
            click.echo(f"{finding.level:8} {finding.check}: {finding.detail}")
    if any(finding.level is checks.Level.FAULT for finding in found):
        raise SystemExit(1)


@click.group()
def keys() -> None:
    """Make and change the ring of keys."""


@keys.command("new")
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
def new_keys(path: Path) -> None:
    """Write a new ring to PATH (mode 600). An existing file is never overwritten."""
    _write_ring(path, KeyRing.generate(clock.now().date()), exclusive=True)
    click.echo(f"A new ring of keys is in {path}. Keep a copy where the database's backups are not.")


@keys.command("rotate")
@click.argument("purpose", type=click.Choice([str(purpose) for purpose in Purpose]))
@click.argument("key_id")
@click.option("--file", "path", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True)
def rotate_keys(purpose: str, key_id: str, path: Path) -> None:
    """Give one PURPOSE of the ring in --file a new current key named KEY_ID; the others stay as they are."""
    ring = KeyRing.from_json(path.read_text())
    if key_id in ring.ids(Purpose(purpose)):
        raise click.ClickException(f"The ring already has a {purpose} key named {key_id}.")
    _write_ring(path, ring.rotated(Purpose(purpose), key_id, clock.now().date()), exclusive=False)
    click.echo(f"The current {purpose} key is now {key_id}. Restart every process of the portal.")
    if purpose == Purpose.MASTER:
        click.echo("Then run `flask --app wsgi keys rewrap`.")


@keys.command("rewrap")
@with_appcontext
def rewrap_keys() -> None:
    """Wrap every data key under the current master key, in small transactions, without downtime."""
    total = 0
    with floor().database.session() as session:
        while True:
            session.begin_write()
            done = sealing.rewrap(session)
            session.commit()
            total += done
            if not done:
                break
        needed = sorted(set(sealing.still_wrapped_under(session)) - {session.keys.current_id(Purpose.MASTER)})
    click.echo(f"{total} data keys were wrapped anew.")
    if needed:
        raise click.ClickException(f"Some could not be: these master keys are still needed: {', '.join(needed)}")
    click.echo("No case needs an older master key any more.")


def _write_ring(path: Path, ring: KeyRing, *, exclusive: bool) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(ring.to_json())
        file.flush()
        os.fsync(file.fileno())
    try:
        if exclusive:
            os.link(draft, path)
            draft.unlink()
        else:
            draft.replace(path)
    except FileExistsError:
        draft.unlink()
        raise click.ClickException(f"{path} exists already; it was left as it is.") from None


COMMANDS: tuple[click.Command, ...] = (
    migrate,
    demo_command,
    worker_command,
    doctor,
    keys,
    deadline,
    calendar,
    institution_group,
    history_commands(find_case),
    jobs_group,
    complaints_group,
    officer_group,
)
