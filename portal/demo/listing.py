"""Where each demonstration case stands now, in words: whoever looks for an objection finds one at once."""

from typing import Any

from flask_babel import force_locale

from portal.complaints import completeness
from portal.complaints.disputes.labels import ROUND_KINDS
from portal.complaints.labels import STATUSES
from portal.complaints.models import Complaint
from portal.complaints.rules import HANDLED
from portal.complaints.states import RoundKind
from portal.db import Session
from portal.demo.believable import DemoCase, complaints_of
from portal.web.floor import Floor


def listed(floor: Floor, cases: list[DemoCase]) -> list[dict[str, Any]]:
    """The cases, each with its `state` in its own language. That is never kept, for it moves on."""
    with floor.database.session() as session:
        found = complaints_of(session, cases, floor.institution)
        return [
            case._asdict() | {"state": _state(session, complaint, case.language)}
            for case, complaint in zip(cases, found, strict=True)
        ]


def _state(session: Session, complaint: Complaint, language: str) -> str:
    with force_locale(language):
        words = str(STATUSES[complaint.status])
        kind = completeness.newest_round(session, complaint).kind
        # An objection is handled like the first round; that it is one is what matters.
        return f"{ROUND_KINDS[kind]}: {words}" if kind is RoundKind.OBJECTION and complaint.status in HANDLED else words
