"""Believable complaints in both languages with papers that open, filed by the same services that customers use."""

import json
import os
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import sqlalchemy as sa

from portal.accounts.rules import OfficerRole
from portal.complaints import service
from portal.complaints.codes import grant_code
from portal.complaints.handed_in import (
    Acknowledged,
    ByHand,
    CodeFor,
    Filing,
    Guided,
    NoticeGiven,
    Person,
    Proof,
    Representation,
    Transaction,
    required,
)
from portal.complaints.models import Complaint, Party
from portal.complaints.numbers import read_number
from portal.complaints.recording import printed
from portal.complaints.rules import COMPLAINT
from portal.complaints.tasks import watch
from portal.db import Session, uuid7, writing
from portal.demo import answering, deciding, handling, officers
from portal.demo.papers import WORDS, Drawn, Paper, letter, paper
from portal.demo.scene import Act, Scene, officer
from portal.evidence import service as evidence
from portal.evidence.receiving import Arriving
from portal.evidence.rules import Arrived
from portal.evidence.scanner import scanner_of
from portal.evidence.storage import Depot
from portal.institution.calendars.queries import calendars
from portal.institution.models import Institution
from portal.jobs.models import Job
from portal.notices.models import Notice
from portal.notices.rules import job_key
from portal.notices.service import mark_sent
from portal.sealing import Box, new_box
from portal.web.floor import Floor
from portal.workdays.rules import CalendarCode

STORIES = Path(__file__).with_name("stories.toml")
Story = dict[str, Any]
# What a story may say that happened, in the order in which it lists it.
ACTS: Mapping[str, Act] = {**handling.ACTS, **answering.ACTS, **deciding.ACTS}
# When an act happens that tells no hour, and at least how long after the one before it.
MORNING, PAUSE = time(9, 40), timedelta(minutes=6)
# When the worker looks at the days that have come.
NIGHT = time(0, 20)


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
    if not floor.settings.production:
        # Some of the stories came by telephone or at a counter, where an officer received them.
        officers.load(floor, now=now)
    stories: list[Story] = tomllib.loads(STORIES.read_text()).get(floor.settings.institution, {}).get("cases", [])
    kept = floor.settings.instance / f"demo-{floor.settings.institution}.json"
    with floor.database.session() as session:
        known = _kept(kept)
        if known and len(complaints_of(session, known, floor.institution)) == len(known):
            return known
        session.begin_write()
        earlier: dict[str, Complaint] = {}
        cases = [_Teller(floor, session, story, earlier, now).tell() for story in stories]
        _count_as_sent(session, cases, floor.institution)
        # The file goes first: a number without its code would be of no use to anybody.
        _keep(kept, cases)
        session.commit()
    return cases


class _Teller:
    """Files one story and lets happen what it says, each act at its own moment and every night in between."""

    def __init__(self, floor: Floor, session: Session, story: Story, earlier: dict[str, Complaint], now: datetime):
        self.floor, self.session, self.story, self.earlier, self.now = floor, session, story, earlier, now
        self.profile = floor.institution
        self.language: str = story["language"]
        self.filed_at = self.told_until = _moment(story, self.profile, now)

    def tell(self) -> DemoCase:
        filing = filing_of(self.story, self.profile, now=self.now)
        box = new_box(self.session, now=self.filed_at)
        folder_id = evidence.make_folder(self.session, key_id=box.id, now=self.filed_at).id
        given = self.story.get("documents", required(filing, self.profile, now=self.filed_at))
        for purpose in given:
            evidence.add(
                self.session,
                folder_id,
                box=box,
                purpose=purpose,
                delivery_id=uuid7(),
                arrived=[self._drawn(purpose, box)],
                limits=evidence.limits_of(self.profile.uploads),
                scanner=scanner_of(self.floor.settings),
                now=self.filed_at,
            )
        filed = service.file_complaint(
            self.session,
            box=box,
            filing=filing,
            profile=self.profile,
            base_url=self.floor.settings.base_url,
            now=self.filed_at,
            folder_id=folder_id,
            given=given,
            by=self._received(),
        )
        complaint = filed.complaint
        for told in self.story.get("then", ()):
            self._let_happen(complaint, filed.party, box, told)
        self._let_nights_pass(complaint, self.now)
        # Who is merged into another one is found under the other one's name, which came first.
        self.earlier.setdefault(filing.customer.name, complaint)
        self.session.flush()
        topic = self.profile.topics[complaint.topic].label[self.language]
        who = filing.representation.person.name if filing.representation else filing.customer.name
        # Who telephoned has fetched theirs with a one-time code meanwhile.
        code = filed.access_code or grant_code(
            self.session, complaint_id=complaint.id, party_id=filed.party.id, now=self.filed_at
        )
        return DemoCase(printed(complaint, self.profile), code, self.language, f"{who}: {topic}")

    def _let_happen(self, complaint: Complaint, party: Party, box: Box, told: Story) -> None:
        at = self._when(told)
        self._let_nights_pass(complaint, at)
        scene = Scene(
            session=self.session,
            floor=self.floor,
            complaint=self._held(complaint),
            party=party,
            told=told,
            at=at,
            earlier=self.earlier,
            draw=lambda purpose: self._drawn(purpose, box),
            draw_letter=lambda told: self._sealed(letter(self.language, **told), box),
        )
        ACTS[told["do"]](scene)
        self.told_until = at

    def _when(self, told: Story) -> datetime:
        """So many days after the filing at this hour, after what came before it, and never in the future.

        Officers work on working days: what falls on another one they do on the next.
        """
        on = self.filed_at.astimezone(self.profile.zone).date() + timedelta(days=told["days"])
        calendar = calendars(self.session).of(CalendarCode.NATIONAL_AND_JOINT)
        if told["do"] not in deciding.ACTS and not calendar.is_working(on):
            on = calendar.next_working_day(on)
        wanted = datetime.combine(on, told.get("at", MORNING), self.profile.zone)
        return min(max(wanted, self.told_until + PAUSE), self.now)

    def _let_nights_pass(self, complaint: Complaint, until: datetime) -> None:
        """What the worker does every night to a case whose days have come, it has done to this one as well.

        Otherwise its first night would do all of it at once, and write to people who do not exist.
        """
        on = self.told_until.astimezone(self.profile.zone).date() + timedelta(days=1)
        while (night := datetime.combine(on, NIGHT, self.profile.zone)) <= until:
            if complaint.due_on or complaint.documents_due_on or complaint.decide_by:
                watch(
                    self.session,
                    self._held(complaint),
                    profile=self.profile,
                    base_url=self.floor.settings.base_url,
                    now=night,
                )
                self.session.flush()
            on += timedelta(days=1)

    def _held(self, complaint: Complaint) -> Complaint:
        return complaint if self.session.holds(complaint) else writing(self.session, complaint)

    def _received(self) -> ByHand | None:
        """How an officer received it, where it did not come through the portal."""
        channel = self.profile.channels[self.story.get("channel", self.profile.own_channel)]
        if channel.code == self.profile.own_channel:
            return None
        return ByHand(
            officer=officer(self.session, OfficerRole.AGENT),
            arrived_at=self.filed_at - timedelta(minutes=self.story.get("lay_minutes", 0)),
            notice=NoticeGiven.PAPER if channel.counter else NoticeGiven.READ_OUT,
            code=CodeFor.COUNTER if channel.counter else CodeFor.APART,
        )

    def _drawn(self, purpose: str, box: Box) -> Arrived:
        """One paper of this customer, sealed into the storage."""
        return self._sealed(paper(purpose, self._shown(purpose), self.profile.colours.l1), box)

    def _sealed(self, made: Paper, box: Box) -> Arrived:
        arriving = Arriving(made.name, box, Depot.at(self.floor.settings.evidence_url), len(made.content), None)
        arriving.write(made.content)
        arriving.seek(0)
        return Arrived(made.name, arriving.fault, arriving.stored, made.verdict)

    def _shown(self, purpose: str) -> Drawn:
        """What stands on a paper: whose it is, and what the story says of the transaction."""
        words, story = WORDS[self.language], self.story
        acting = story.get("representative")
        owner = acting["name"] if acting and purpose in ("representative_identity", "firm_authority") else story["name"]
        lines = [(words["name"], owner)]
        if purpose in ("identity", "representative_identity"):
            lines.append((words["number"], "3174•• •••••• ••••"))
        elif purpose == "account_ownership":
            lines.append((words["number"], story["account"]))
        elif purpose == "power_of_attorney" and acting:
            lines += [(words["power"], acting["name"]), (self.profile.name, acting["scope"][:60])]
        elif told := story.get("transaction"):
            lines += [
                (str(self.profile.transaction_types[told["type"]].label[self.language]), told.get("reference", "")),
                ("Rp", f"{int(told['amount']):,}".replace(",", ".")) if "amount" in told else ("", ""),
            ]
        return Drawn(owner, self.language, lines)


def filing_of(story: Story, profile: Institution, *, now: datetime) -> Filing:
    """What the customer of a story hands in."""
    filed_at, language = _moment(story, profile, now), story["language"]
    channel = story.get("channel", profile.own_channel)
    guided, acting = story.get("guided"), story.get("representative")
    return Filing(
        kind=story.get("kind", COMPLAINT),
        channel=channel,
        form=profile.channels[channel].form,
        topic=story["topic"],
        language=language,
        customer=_person(story, language),
        account=story.get("account"),
        transactions=tuple(_transactions(story, profile, now)),
        story=story["story"].strip(),
        acknowledged=Acknowledged(profile.privacy.version, language, filed_at),
        representation=_representation(acting, language, filed_at.date()) if acting else None,
        capacity=story.get("capacity"),
        loss=Decimal(story["loss"]) if "loss" in story else None,
        wish=story.get("wish"),
        guided=Guided(filed_at - timedelta(minutes=guided["minutes"]), guided.get("open")) if guided else None,
    )


def _person(told: Story, language: str) -> Person:
    proof = told.get("proof")
    return Person(
        name=told["name"],
        language=language,
        email=told.get("email"),
        phone=told.get("phone"),
        proof=Proof(proof["kind"], proof["number"]) if proof else None,
        needs=told.get("needs"),
    )


def _representation(told: Story, language: str, filed_on: date) -> Representation:
    return Representation(
        person=_person(told, language),
        relation=told["relation"],
        scope=told["scope"],
        given_on=filed_on - timedelta(days=told["given_days"]),
        ends_on=filed_on + timedelta(days=told["ends_days"]) if "ends_days" in told else None,
        firm=told.get("firm"),
    )


def _moment(story: Story, profile: Institution, now: datetime) -> datetime:
    """When a story was filed: never later than now, whatever hour it is."""
    local = now.astimezone(profile.zone)
    at: time = story["at"]
    filed = datetime.combine(local.date() - timedelta(days=story["days"]), at, profile.zone)
    return min(filed, now)


def _transactions(story: Story, profile: Institution, now: datetime) -> Sequence[Transaction]:
    told = story.get("transactions") or ([story["transaction"]] if "transaction" in story else [])
    today = now.astimezone(profile.zone).date()
    return [
        Transaction(
            type=one["type"],
            on=today - timedelta(days=one["days"]),
            at=one.get("at"),
            amount=Decimal(one["amount"]) if "amount" in one else None,
            reference=one.get("reference"),
        )
        for one in told
    ]


def complaints_of(session: Session, cases: Sequence[DemoCase], profile: Institution) -> list[Complaint]:
    """The complaints of these cases that the database has, in their order."""
    numbers = [number.canonical for case in cases if (number := read_number(case.number, profile.prefix))]
    there = {
        one.registration: one
        for one in session.scalars(sa.select(Complaint).where(Complaint.registration.in_(numbers)))
    }
    return [there[number] for number in numbers if number in there]


def _count_as_sent(session: Session, cases: Sequence[DemoCase], profile: Institution) -> None:
    # These customers do not exist, so nobody is written to: their letters count as sent long ago.
    subjects = [complaint.id for complaint in complaints_of(session, cases, profile)]
    for notice in session.scalars(sa.select(Notice).where(Notice.subject_id.in_(subjects))):
        mark_sent(notice, tries=1, now=notice.created_at)
        session.execute(sa.delete(Job).where(Job.key == job_key(notice.id, notice.channel)))


def _kept(path: Path) -> list[DemoCase]:
    return [DemoCase(**case) for case in json.loads(path.read_text())] if path.exists() else []


def _keep(path: Path, cases: list[DemoCase]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump([case._asdict() for case in cases], file, ensure_ascii=False, indent=1)
