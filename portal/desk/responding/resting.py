"""What a refusal rests on, as the officers' pages show it: before it is written and behind the letter."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from portal.complaints.labels import STATUSES
from portal.complaints.numbers import Number
from portal.complaints.responses import refusing
from portal.complaints.responses.refusing import Asked, NotRefusable
from portal.complaints.responses.rules import RefusalBar, Response
from portal.complaints.rules import RESOLVED
from portal.db import Session
from portal.desk.case_file import CaseFile
from portal.desk.responding.labels import NOT_REFUSABLE
from portal.evidence import labels as evidence_labels
from portal.institution.models import Institution
from portal.institution.rules import RefusalGround


@dataclass(frozen=True, slots=True)
class Resting:
    """The evidence of a refusal. What its ground does not need is empty.

    `earlier_id` stays empty for an officer whose case file does not show the earlier complaint.
    """

    documents: Sequence[str] = ()
    due_on: date | None = None
    notices: Sequence[Asked] = ()
    number: str | None = None
    earlier_id: UUID | None = None
    checked: str | None = field(default=None, repr=False)
    finding: str | None = field(default=None, repr=False)


def grounds(session: Session, file: CaseFile, profile: Institution, language: str, now: datetime) -> dict[str, Any]:
    """What refusing rests on in this case: the evidence of ground 1, resolved complaints, the grounds' own texts."""
    offered = refusing.grounds_of(profile)
    told: dict[str, Any] = {
        "incomplete": None,
        "not_incomplete": None,
        "checked_grounds": [profile.refusals[one].label[language] for one in offered if one in refusing.CHECKED],
        "may_be_service": file.complaint.service_at is None,
        "ground_texts": {str(one): profile.refusals[one].text[language] for one in offered},
        "resolved": [
            {
                "id": one.id,
                "number": Number(one.registration, profile.prefix).printed,
                "standing": STATUSES[one.status],
                "received_at": one.received_at,
            }
            for one in file.earlier
            if one.person and one.status in RESOLVED
        ],
    }
    if RefusalGround.INCOMPLETE not in offered:
        withdraws = RefusalGround.INCOMPLETE in profile.refusals
        return told | {"not_incomplete": NOT_REFUSABLE[RefusalBar.WITHDRAWS] if withdraws else None}
    try:
        found = refusing.missing(session, file.complaint, profile=profile, now=now)
    except NotRefusable as refusal:
        return told | {"not_incomplete": NOT_REFUSABLE[refusal.bar]}
    return told | {"incomplete": Resting(_named(found.codes, profile, language), found.due_on, found.notices)}


def rests_on(file: CaseFile, written: Response, profile: Institution, language: str) -> Resting | None:
    """The evidence that a refusal was prepared with; None for any other response."""
    kept = written.evidence
    if not kept:
        return None
    told = set(kept.get("notices", ()))
    asked = [Asked(one.id, one.kind, one.channel, one.written_at) for one in file.notices if str(one.id) in told]
    seen = {one.id for one in file.earlier}
    return Resting(
        documents=_named(kept.get("codes", ()), profile, language),
        due_on=date.fromisoformat(kept["due_on"]) if kept.get("due_on") else None,
        notices=asked,
        number=Number(kept["number"], profile.prefix).printed if kept.get("number") else None,
        earlier_id=written.earlier_id if written.earlier_id in seen else None,
        checked=kept.get("checked"),
        finding=kept.get("finding"),
    )


def _named(codes: Sequence[str], profile: Institution, language: str) -> list[str]:
    return [evidence_labels.purpose(code, profile, language) for code in codes]
