"""Is this deployment fit to serve? The checks behind `/readyz` and `doctor`."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from portal import migrating
from portal.evidence.scanner import ScannerUnavailable, scanner_of
from portal.evidence.storage import probe
from portal.forums.loader import load as load_forums
from portal.institution.calendars.queries import read as read_calendars
from portal.institution.calendars.rules import Doubt
from portal.jobs import queries as jobs
from portal.jobs.rules import JobState
from portal.sealing import Purpose, still_wrapped_under
from portal.web.floor import Floor
from portal.workdays.rules import CalendarCode, local_day

# A job that waits longer than this has no worker, or one that cannot keep up.
QUEUE_PATIENCE = timedelta(minutes=15)
# A year's joint leave is usually decreed in the September before it.
CALENDAR_NOTICE = timedelta(days=90)
DOUBTS = {
    Doubt.OTHER_KIND: "change {number} closes {on} as something else than is published",
    Doubt.NOTHING_CLOSED: "change {number} opens {on}, which nothing published closes",
    Doubt.OPPOSED: "change {number} opens or closes {on} in one calendar against another",
}


class Level(StrEnum):
    """How bad a finding is: `fault` keeps the portal from serving, `warning` does not."""

    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found. `detail` is for operators: English, without personal data."""

    check: str
    level: Level
    detail: str


Check = Callable[[Floor, datetime], Finding]


def database(floor: Floor, now: datetime) -> Finding:
    """The database answers and has every migration."""
    pending = migrating.pending(floor.database)
    if pending:
        return Finding(
            "database", Level.FAULT, f"{len(pending)} migrations are pending: run `flask --app wsgi migrate`"
        )
    return Finding("database", Level.OK, "answers, migrated")


def storage(floor: Floor, now: datetime) -> Finding:
    """The evidence storage takes and gives back bytes."""
    probe(floor.settings)
    return Finding("storage", Level.OK, "takes and gives back bytes")


def queue(floor: Floor, now: datetime) -> Finding:
    """No job has been waiting for too long, and none is dead."""
    with floor.database.session() as session:
        age = jobs.oldest_waiting_age(session)
        counts = jobs.counts(session)
    dead = counts[JobState.DEAD]
    if age is not None and age > QUEUE_PATIENCE:
        minutes = int(age.total_seconds() // 60)
        return Finding("queue", Level.FAULT, f"a job has been due for {minutes} minutes: is the worker running?")
    if dead:
        return Finding("queue", Level.WARNING, f"{dead} jobs are dead: see `flask --app wsgi jobs dead`")
    return Finding("queue", Level.OK, "no job waits too long")


def scanner(floor: Floor, now: datetime) -> Finding:
    """The scanner answers. Without it documents are held, and everything else goes on: no fault, but said."""
    if floor.settings.clamd is None:
        level = Level.WARNING if floor.settings.production else Level.OK
        return Finding("scanner", level, "none: documents are not scanned (PORTAL_SCANNER=none)")
    try:
        version = scanner_of(floor.settings).version()
    except ScannerUnavailable as away:
        return Finding("scanner", Level.WARNING, f"does not answer ({away}): new documents are held until it does")
    return Finding("scanner", Level.OK, version)


def keys(floor: Floor, now: datetime) -> Finding:
    """Every data key is wrapped by a master key that the ring still holds."""
    ring = floor.settings.keys
    with floor.database.session() as session:
        used = still_wrapped_under(session)
    lost = [master for master in used if master not in ring.ids(Purpose.MASTER)]
    if lost:
        return Finding("keys", Level.FAULT, f"cases are wrapped by master keys that are missing: {', '.join(lost)}")
    older = sum(count for master, count in used.items() if master != ring.current_id(Purpose.MASTER))
    if older:
        return Finding("keys", Level.WARNING, f"{older} data keys wait for `flask --app wsgi keys rewrap`")
    return Finding("keys", Level.OK, "all data keys are wrapped by the current master key")


def addresses(floor: Floor, now: datetime) -> Finding:
    """Every address on the customers' pages has been confirmed as the institution's own (KX-03, KX-05)."""
    doubtful = [
        f"{code} {address.text}"
        for code, channel in floor.institution.channels.items()
        for address in channel.addresses
        if not address.verified
    ]
    if doubtful:
        return Finding("addresses", Level.WARNING, f"not confirmed as the institution's own: {', '.join(doubtful)}")
    return Finding("addresses", Level.OK, "all are confirmed")


def calendars(floor: Floor, now: datetime) -> Finding:
    """The holidays are decreed for long enough: beyond them every date is provisional."""
    profile = floor.institution
    today = local_day(now, profile.zone)
    # A calendar without weekends knows every day.
    counted = {limit.counted_by for limit in profile.limits.values()} - {CalendarCode.EVERY_DAY}
    if not counted:
        return Finding("calendars", Level.OK, "no limit is counted in working days")
    with floor.database.session() as session:
        there = read_calendars(session)
    ends = there.known_until
    left = (ends - today).days
    if left < 0:
        return Finding("calendars", Level.WARNING, f"ran out on {ends}: every new date is provisional")
    if left <= CALENDAR_NOTICE.days:
        detail = f"run out on {ends}, in {left} days: update the holidays or enter the new decree"
        return Finding("calendars", Level.WARNING, detail)
    if doubts := there.doubts():
        named = "; ".join(DOUBTS[doubt].format(number=change.number, on=change.on) for change, doubt in doubts)
        return Finding("calendars", Level.WARNING, f"{named}: see `flask --app wsgi calendar list`")
    return Finding("calendars", Level.OK, f"known until {ends}")


def forums(floor: Floor, now: datetime) -> Finding:
    """Every fact about the dispute forums was checked within the last year, and no date in their file is dead.

    What is old is softened on the page and closes nothing until somebody has checked it again.
    """
    today = local_day(now, floor.institution.zone)
    file = load_forums()
    found = []
    for key, fact in file.facts():
        if fact.checked > today:
            found.append(f"{key} (checked on {fact.checked}, which is still to come)")
        elif fact.until and today > fact.until:
            found.append(f"{key} (known until {fact.until})")
        elif file.is_aged(fact, today):
            found.append(f"{key} (checked on {fact.checked})")
    for code, source in file.sources.items():
        if source.seen and (today - source.seen).days > file.fresh_days:
            found.append(f"sources.{code} (link last seen on {source.seen})")
    if found:
        return Finding("forums", Level.WARNING, f"to be checked again: {', '.join(found)}")
    return Finding("forums", Level.OK, f"every fact was checked within {file.fresh_days} days")


READINESS: tuple[Check, ...] = (database, storage, queue, scanner)
EVERYTHING: tuple[Check, ...] = (*READINESS, keys, addresses, calendars, forums)


def run(checks: tuple[Check, ...], floor: Floor, now: datetime) -> Iterator[Finding]:
    """Run the checks; one that fails to run is itself a fault, named by its exception's type."""
    for check in checks:
        try:
            yield check(floor, now)
        except Exception as failure:
            yield Finding(check.__name__, Level.FAULT, f"does not answer ({type(failure).__name__})")
