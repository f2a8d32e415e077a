"""Is this deployment fit to serve? The checks behind `/readyz`, `doctor` and the desk's health page."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from portal import migrating
from portal.evidence.scanner import ScannerUnavailable, scanner_of
from portal.evidence.storage import probe
from portal.forums.loader import load as load_forums
from portal.institution.calendars.queries import read as read_calendars
from portal.institution.calendars.rules import Doubt
from portal.jobs import queries as jobs
from portal.jobs.rules import JobState
from portal.notices.gateway import Gateway, GatewaySender
from portal.notices.queries import undelivered
from portal.notices.rules import NotDelivered
from portal.notices.senders import Origin, SmtpSender, SmtpServer
from portal.sealing import Purpose, still_wrapped_under
from portal.web.floor import Floor
from portal.workdays.rules import CalendarCode, local_day

# A job that waits longer than this has no worker, or one that cannot keep up.
QUEUE_PATIENCE = timedelta(minutes=15)
# Somebody waits for the answer.
PROBE_SECONDS = 4.0
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
    """What one check found. `detail` is for operators: English, without personal data.

    `code` and `facts` say the same to the desk's page, which has words for it in both languages.
    """

    check: str
    level: Level
    detail: str
    code: str = "ok"
    facts: Mapping[str, Any] = field(default_factory=dict)


Check = Callable[[Floor, datetime], Finding]


def database(floor: Floor, now: datetime) -> Finding:
    """The database answers and has every migration."""
    pending = migrating.pending(floor.database)
    if pending:
        detail = f"{len(pending)} migrations are pending: run `flask --app wsgi migrate`"
        return Finding("database", Level.FAULT, detail, "pending", {"count": len(pending)})
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
        detail = f"a job has been due for {minutes} minutes: is the worker running?"
        return Finding("queue", Level.FAULT, detail, "late", {"count": minutes})
    if dead:
        detail = f"{dead} jobs are dead: see `flask --app wsgi jobs dead`"
        return Finding("queue", Level.WARNING, detail, "dead", {"count": dead})
    return Finding("queue", Level.OK, "no job waits too long")


def scanner(floor: Floor, now: datetime) -> Finding:
    """The scanner answers. Without it documents are held, and everything else goes on: no fault, but said."""
    if floor.settings.clamd is None:
        level = Level.WARNING if floor.settings.production else Level.OK
        return Finding("scanner", level, "none: documents are not scanned (PORTAL_SCANNER=none)", "none")
    try:
        version = scanner_of(floor.settings).version()
    except ScannerUnavailable as away:
        detail = f"does not answer ({away}): new documents are held until it does"
        return Finding("scanner", Level.WARNING, detail, "away")
    return Finding("scanner", Level.OK, version, facts={"version": version})


def mail(floor: Floor, now: datetime) -> Finding:
    """The mail server lets us in. Nothing is sent; without it notices wait and are tried again."""
    if floor.settings.smtp_url is None:
        return Finding("mail", Level.OK, "none: mails are shown on the console", "none")
    server = SmtpServer.from_url(floor.settings.smtp_url)
    origin = Origin.of(floor.institution, floor.settings.base_url)
    try:
        SmtpSender(server, origin, step_seconds=PROBE_SECONDS).probe()
    except NotDelivered as fault:
        detail = f"the mail server does not let us in ({fault.failure}): mails wait and are tried again"
        return Finding("mail", Level.WARNING, detail, "away", {"failure": fault.failure})
    return Finding("mail", Level.OK, f"{server.host} lets us in")


def gateway(floor: Floor, now: datetime) -> Finding:
    """The gateway for messages can be reached. Nothing is sent."""
    url = floor.settings.gateway_url
    if url is None:
        shown = "wait in the ledger" if floor.settings.production else "are shown on the console"
        code = "none" if floor.settings.production else "console"
        return Finding("gateway", Level.OK, f"none: messages to telephones {shown}", code)
    where = Gateway.from_url(url, floor.settings.gateway_token)
    try:
        GatewaySender(where, seconds=PROBE_SECONDS).probe()
    except NotDelivered as fault:
        detail = f"cannot be reached ({fault.failure}): messages wait and are tried again"
        return Finding("gateway", Level.WARNING, detail, "away", {"failure": fault.failure})
    return Finding("gateway", Level.OK, f"{where.host} can be reached")


def notices(floor: Floor, now: datetime) -> Finding:
    """No notice has failed that nobody has made good, and none waits for a way to be sent."""
    with floor.database.session() as session:
        count = undelivered(session)
    if count:
        detail = f"{count} notices have not arrived: see the outbox at the desk"
        return Finding("notices", Level.WARNING, detail, "undelivered", {"count": count})
    return Finding("notices", Level.OK, "none has failed")


# These keys are changed every year (our own rule), and it is said so long before. The others are not: what they
# have indexed and chained names them for good.
CHANGED_YEARLY = (Purpose.MASTER, Purpose.SESSION)
KEY_LIFE, KEY_NOTICE = timedelta(days=365), timedelta(days=30)


def keys(floor: Floor, now: datetime) -> Finding:
    """Every data key is wrapped by a master key that the ring still holds, and none is about to grow too old."""
    ring = floor.settings.keys
    with floor.database.session() as session:
        used = still_wrapped_under(session)
    lost = [master for master in used if master not in ring.ids(Purpose.MASTER)]
    if lost:
        detail = f"cases are wrapped by master keys that are missing: {', '.join(lost)}"
        return Finding("keys", Level.FAULT, detail, "lost", {"keys": ", ".join(lost)})
    older = sum(count for master, count in used.items() if master != ring.current_id(Purpose.MASTER))
    if older:
        detail = f"{older} data keys wait for `flask --app wsgi keys rewrap`"
        return Finding("keys", Level.WARNING, detail, "rewrap", {"count": older})
    for purpose in CHANGED_YEARLY:
        since, today = ring.since(purpose), local_day(now, floor.institution.zone)
        if since and today >= since + KEY_LIFE - KEY_NOTICE:
            until = since + KEY_LIFE
            detail = f"the {purpose} key is in use since {since}: `flask --app wsgi keys rotate` before {until}"
            return Finding("keys", Level.WARNING, detail, "old", {"key": ring.current_id(purpose), "on": until})
    current = {"key": ring.current_id(Purpose.MASTER)}
    return Finding("keys", Level.OK, "all data keys are wrapped by the current master key", facts=current)


def addresses(floor: Floor, now: datetime) -> Finding:
    """Every address on the customers' pages has been confirmed as the institution's own (KX-03, KX-05)."""
    doubtful = [
        f"{code} {address.text}"
        for code, channel in floor.institution.channels.items()
        for address in channel.addresses
        if not address.verified
    ]
    if doubtful:
        named = ", ".join(doubtful)
        detail = f"not confirmed as the institution's own: {named}"
        return Finding("addresses", Level.WARNING, detail, "doubtful", {"addresses": named})
    return Finding("addresses", Level.OK, "all are confirmed")


def calendars(floor: Floor, now: datetime) -> Finding:
    """The holidays are decreed for long enough: beyond them every date is provisional."""
    profile = floor.institution
    today = local_day(now, profile.zone)
    # A calendar without weekends knows every day.
    counted = {limit.counted_by for limit in profile.limits.values()} - {CalendarCode.EVERY_DAY}
    if not counted:
        return Finding("calendars", Level.OK, "no limit is counted in working days", "unused")
    with floor.database.session() as session:
        there = read_calendars(session)
    ends = there.known_until
    left = (ends - today).days
    if left < 0:
        detail = f"ran out on {ends}: every new date is provisional"
        return Finding("calendars", Level.WARNING, detail, "out", {"on": ends})
    if left <= CALENDAR_NOTICE.days:
        detail = f"run out on {ends}, in {left} days: update the holidays or enter the new decree"
        return Finding("calendars", Level.WARNING, detail, "ends", {"on": ends})
    if doubts := there.doubts():
        named = "; ".join(DOUBTS[doubt].format(number=change.number, on=change.on) for change, doubt in doubts)
        detail = f"{named}: see `flask --app wsgi calendar list`"
        return Finding("calendars", Level.WARNING, detail, "doubts", {"count": len(doubts)})
    return Finding("calendars", Level.OK, f"known until {ends}", facts={"on": ends})


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
        detail = f"to be checked again: {', '.join(found)}"
        return Finding("forums", Level.WARNING, detail, "aged", {"count": len(found), "keys": ", ".join(found)})
    detail = f"every fact was checked within {file.fresh_days} days"
    return Finding("forums", Level.OK, detail, facts={"days": file.fresh_days})


READINESS: tuple[Check, ...] = (database, storage, queue, scanner)
EVERYTHING: tuple[Check, ...] = (*READINESS, mail, gateway, notices, keys, addresses, calendars, forums)


def run(checks: tuple[Check, ...], floor: Floor, now: datetime) -> Iterator[Finding]:
    """Run the checks; one that fails to run is itself a fault, named by its exception's type."""
    for check in checks:
        try:
            yield check(floor, now)
        except Exception as failure:
            yield Finding(check.__name__, Level.FAULT, f"does not answer ({type(failure).__name__})", "no_answer")
