"""A dozen believable complaints in both languages, filed by the same service that customers use."""

import json
import os
import tomllib
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import sqlalchemy as sa

from portal.complaints import service
from portal.complaints.models import Complaint
from portal.complaints.numbers import read_number
from portal.complaints.recording import printed
from portal.complaints.rules import COMPLAINT, Acknowledged, Filing, Person, Transaction
from portal.db import Session, writing
from portal.institution.models import Institution
from portal.jobs.models import Job
from portal.notices.models import Notice
from portal.notices.service import mark_sent
from portal.sealing import new_box
from portal.web.floor import Floor

STORIES = Path(__file__).with_name("stories.toml")


class DemoCase(NamedTuple):
    """What a visitor of the demonstration needs to follow a case."""

    number: str
    access_code: str
    language: str
    what: str


def load(floor: Floor, *, now: datetime) -> list[DemoCase]:
    """File the stories of this institution and return how to follow them; a second run adds nothing.

    The access codes are kept in the instance folder, because the database has only their hashes.
    """
    stories: list[dict[str, Any]] = (
        tomllib.loads(STORIES.read_text()).get(floor.settings.institution, {}).get("cases", [])
    )
    kept = floor.settings.instance / f"demo-{floor.settings.institution}.json"
    with floor.database.session() as session:
        known = _kept(kept)
        if known and _all_there(session, known, floor.institution):
            return known
        session.begin_write()
        cases = [_file(session, story, floor.institution, floor.settings.base_url, now) for story in stories]
        # The file goes first: a number without its code would be of no use to anybody.
        _keep(kept, cases)
        session.commit()
    return cases


def _file(session: Session, story: dict[str, Any], profile: Institution, base_url: str, now: datetime) -> DemoCase:
    filed_at = _moment(story, profile, now)
    box = new_box(session, now=filed_at)
    channel = profile.own_channel
    filed = service.file_complaint(
        session,
        box=box,
        filing=Filing(
            kind=COMPLAINT,
            channel=channel,
            form=profile.channels[channel].form,
            topic=story["topic"],
            language=story["language"],
            customer=Person(story["name"], story["language"], story.get("email"), story.get("phone")),
            account=story["account"],
            transactions=_transactions(story, profile, now),
            story=story["story"].strip(),
            acknowledged=Acknowledged(profile.privacy.version, story["language"], filed_at),
        ),
        profile=profile,
        base_url=base_url,
        now=filed_at,
    )
    # These customers do not exist, so nobody is written to: their letters count as sent long ago.
    for notice in session.scalars(sa.select(Notice).where(Notice.subject_id == filed.complaint.id)):
        mark_sent(notice, tries=1, now=filed_at)
        session.execute(sa.delete(Job).where(Job.key == f"notice:{notice.id}:{notice.channel}"))
    if "withdrawn_after_days" in story:
        complaint = writing(session, filed.complaint) if not session.holds(filed.complaint) else filed.complaint
        service.withdraw(
            session, complaint, party=filed.party, now=filed_at + timedelta(days=story["withdrawn_after_days"])
        )
    session.flush()
    topic = profile.topics[story["topic"]].label[story["language"]]
    return DemoCase(
        printed(filed.complaint, profile), filed.access_code, story["language"], f"{story['name']}: {topic}"
    )


def _moment(story: dict[str, Any], profile: Institution, now: datetime) -> datetime:
    """When a story was filed: never later than now, whatever hour it is."""
    local = now.astimezone(profile.zone)
    at: time = story["at"]
    filed = datetime.combine(local.date() - timedelta(days=story["days"]), at, profile.zone)
    return min(filed, now)


def _transactions(story: dict[str, Any], profile: Institution, now: datetime) -> tuple[Transaction, ...]:
    told = story.get("transaction")
    if not told:
        return ()
    on: date = now.astimezone(profile.zone).date() - timedelta(days=told["days"])
    amount = Decimal(told["amount"]) if "amount" in told else None
    return (Transaction(told["type"], on, told.get("at"), amount, told.get("reference")),)


def _all_there(session: Session, known: list[DemoCase], profile: Institution) -> bool:
    numbers = [number.canonical for case in known if (number := read_number(case.number, profile.prefix))]
    found = session.scalar(sa.select(sa.func.count()).select_from(Complaint).where(Complaint.registration.in_(numbers)))
    return found == len(known)


def _kept(path: Path) -> list[DemoCase]:
    return [DemoCase(**case) for case in json.loads(path.read_text())] if path.exists() else []


def _keep(path: Path, cases: list[DemoCase]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump([case._asdict() for case in cases], file, ensure_ascii=False, indent=1)
