"""Believable complaints in both languages with papers that open, filed by the same services that customers use."""

import json
import os
import tomllib
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from portal.accounts.queries import with_role
from portal.accounts.rules import Officer, OfficerRole
from portal.complaints import service
from portal.complaints.codes import grant_code
from portal.complaints.disputes.withdrawing import withdraw
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
from portal.db import Session, uuid7, writing
from portal.demo import answering, officers
from portal.demo.papers import WORDS, Drawn, paper
from portal.evidence import service as evidence
from portal.evidence.receiving import Arriving
from portal.evidence.rules import Arrived
from portal.evidence.scanner import scanner_of
from portal.evidence.storage import Depot
from portal.institution.models import Institution
from portal.jobs.models import Job
from portal.notices.models import Notice
from portal.notices.service import mark_sent
from portal.sealing import Box, new_box
from portal.web.floor import Floor

STORIES = Path(__file__).with_name("stories.toml")
Story = dict[str, Any]


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
        if known and _all_there(session, known, floor.institution):
            return known
        session.begin_write()
        cases = [_Teller(floor, session, story, now).tell() for story in stories]
        # The file goes first: a number without its code would be of no use to anybody.
        _keep(kept, cases)
        session.commit()
    return cases


class _Teller:
    """Files one story and lets happen what it says, each act at its own moment."""

    def __init__(self, floor: Floor, session: Session, story: Story, now: datetime) -> None:
        self.floor, self.session, self.story, self.now = floor, session, story, now
        self.profile = floor.institution
        self.language: str = story["language"]
        self.filed_at = _moment(story, self.profile, now)

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
        for delivery in self.story.get("later", ()):
            self._deliver(complaint, filed.party, box, delivery)
        if "withdrawn_after_days" in self.story:
            held = complaint if self.session.holds(complaint) else writing(self.session, complaint)
            withdraw(
                self.session,
                held,
                party=filed.party,
                profile=self.profile,
                base_url=self.floor.settings.base_url,
                now=self._after(self.story["withdrawn_after_days"]),
            )
        if "handled_after_days" in self.story:
            answering.tell(
                self.session,
                complaint if self.session.holds(complaint) else writing(self.session, complaint),
                self.story,
                profile=self.profile,
                base_url=self.floor.settings.base_url,
                at=self._after(self.story["handled_after_days"]),
            )
        self._count_as_sent(complaint.id)
        self.session.flush()
        topic = self.profile.topics[complaint.topic].label[self.language]
        who = filing.representation.person.name if filing.representation else filing.customer.name
        # Who telephoned has fetched theirs with a one-time code meanwhile.
        code = filed.access_code or grant_code(
            self.session, complaint_id=complaint.id, party_id=filed.party.id, now=self.filed_at
        )
        return DemoCase(printed(complaint, self.profile), code, self.language, f"{who}: {topic}")

    def _received(self) -> ByHand | None:
        """How an officer received it, where it did not come through the portal."""
        channel = self.profile.channels[self.story.get("channel", self.profile.own_channel)]
        if channel.code == self.profile.own_channel:
            return None
        agent = with_role(self.session, OfficerRole.AGENT)[0]
        return ByHand(
            officer=Officer(agent.id, agent.name, "id", frozenset({OfficerRole.AGENT}), frozenset(), shortcuts=True),
            arrived_at=self.filed_at - timedelta(minutes=self.story.get("lay_minutes", 0)),
            notice=NoticeGiven.PAPER if channel.counter else NoticeGiven.READ_OUT,
            code=CodeFor.COUNTER if channel.counter else CodeFor.APART,
        )

    def _deliver(self, complaint: Complaint, party: Party, box: Box, delivery: Story) -> None:
        came = uuid7()
        for purpose in delivery["documents"]:
            service.add_documents(
                self.session,
                complaint if self.session.holds(complaint) else writing(self.session, complaint),
                party=party,
                purpose=purpose,
                delivery=came,
                more=purpose != delivery["documents"][-1],
                arrived=[self._drawn(purpose, box)],
                limits=evidence.limits_of(self.profile.uploads),
                scanner=scanner_of(self.floor.settings),
                profile=self.profile,
                base_url=self.floor.settings.base_url,
                now=self._after(delivery["days"]),
            )

    def _drawn(self, purpose: str, box: Box) -> Arrived:
        """One paper of this customer, sealed into the storage."""
        made = paper(purpose, self._shown(purpose), self.profile.colours.l1)
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

    def _after(self, days: int) -> datetime:
        """So many days after the filing, but never in the future."""
        return min(self.filed_at + timedelta(days=days), self.now)

    def _count_as_sent(self, complaint_id: UUID) -> None:
        # These customers do not exist, so nobody is written to: their letters count as sent long ago.
        for notice in self.session.scalars(sa.select(Notice).where(Notice.subject_id == complaint_id)):
            mark_sent(notice, tries=1, now=notice.created_at)
            self.session.execute(sa.delete(Job).where(Job.key == f"notice:{notice.id}:{notice.channel}"))


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
