"""Filed complaints for the tests of this room and of those above it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from uuid import UUID

from portal.complaints.disputes import withdrawing
from portal.complaints.handed_in import Acknowledged, Filing, Person, Transaction
from portal.complaints.models import Complaint, Party
from portal.complaints.numbers import Number
from portal.complaints.rules import COMPLAINT
from portal.complaints.service import file_complaint
from portal.db import Database, Session
from portal.institution.loader import load
from portal.institution.models import Institution
from portal.institution.rules import Form
from portal.sealing import new_box
from tests.builders import NOW

BASE_URL = "http://127.0.0.1:8000"
ACCOUNT = "3010012345678"
STORY = "Saldo saya berkurang, tetapi uangnya belum sampai.\nMohon diperiksa."


@dataclass(frozen=True)
class Case:
    """A filed complaint: what its customer holds, and the rows behind it."""

    complaint_id: UUID
    party_id: UUID
    number: str
    code: str


def a_filing(profile: Institution, **changes: object) -> Filing:
    """What a customer of Bank Muamalat hands in about a transfer."""
    told: dict[str, object] = {
        "kind": COMPLAINT,
        "channel": profile.own_channel,
        "form": Form.WRITTEN,
        "topic": next(iter(profile.topics)),
        "language": "id",
        "customer": Person(name="Siti Rahmawati", language="id", email="siti@example.id", phone="+6281200004419"),
        "account": ACCOUNT,
        "transactions": (
            Transaction(
                type=next(iter(profile.transaction_types)),
                on=date(2026, 11, 20),
                at=time(14, 30),
                amount=Decimal("1250000"),
                reference="FT26112000417",
            ),
        ),
        "story": STORY,
        "acknowledged": Acknowledged(profile.privacy.version, "id", NOW),
    }
    return Filing(**{**told, **changes})  # type: ignore[arg-type]


def file_case(
    database: Database,
    profile: Institution,
    *,
    now: datetime = NOW,
    given: Collection[str] | None = None,
    **changes: object,
) -> Case:
    """File a complaint as the portal would, and commit it; with all its documents, unless `given` says which."""
    with database.session() as session:
        session.begin_write()
        box = new_box(session, now=now)
        filed = file_complaint(
            session,
            box=box,
            filing=a_filing(profile, **changes),
            profile=profile,
            base_url=BASE_URL,
            now=now,
            given=profile.documents if given is None else given,
        )
        session.commit()
        number = Number(filed.complaint.registration, profile.prefix).printed
        return Case(filed.complaint.id, filed.party.id, number, filed.access_code)


def take_back(
    session: Session, complaint: Complaint, *, party: Party, now: datetime, institution: str = "muamalat"
) -> None:
    """The customer withdraws a complaint that is held for writing."""
    profile = load(institution)
    withdrawing.withdraw(session, complaint, party=party, profile=profile, base_url=BASE_URL, now=now)
