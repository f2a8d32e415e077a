"""What officers did with an invented complaint: its points, extensions, and the response or refusal."""

from datetime import datetime
from typing import Any

from portal.accounts.queries import with_role
from portal.accounts.rules import Officer, OfficerRole
from portal.complaints import completeness, extending
from portal.complaints.models import Complaint
from portal.complaints.responses import points, queries, refusing, service
from portal.complaints.responses.rules import Draft, Reply, languages_of
from portal.complaints.states import AnswerKind, Outcome, PointState
from portal.db import Session
from portal.institution.models import Institution
from portal.institution.rules import RefusalGround
from portal.sealing import open_box


def tell(
    session: Session,
    complaint: Complaint,
    told: dict[str, Any],
    *,
    profile: Institution,
    base_url: str,
    at: datetime,
) -> None:
    """Let happen what a story says under `extended`, `response` or `refusal`, by the first agent there is."""
    agent = with_role(session, OfficerRole.AGENT)[0]
    officer = Officer(agent.id, agent.name, "id", frozenset({OfficerRole.AGENT}), frozenset(), shortcuts=True)
    by: dict[str, Any] = {"officer": officer, "now": at}
    telling = {"profile": profile, "base_url": base_url, **by}
    if extended := told.get("extended"):
        extending.extend(session, complaint, ground=extended["ground"], party=extended.get("party"), **telling)
    if response := told.get("response"):
        _respond(session, complaint, response, languages_of(complaint.language, profile), by)
        service.send(session, complaint, **telling)
    if refusal := told.get("refusal"):
        refusing.prepare(
            session,
            complaint,
            ground=RefusalGround(refusal["ground"]),
            words=dict.fromkeys(languages_of(complaint.language, profile), refusal["words"]),
            checked=refusal["checked"],
            finding=refusal["finding"],
            profile=profile,
            **by,
        )
        refusing.refuse(session, complaint, **telling)


def _respond(
    session: Session, complaint: Complaint, told: dict[str, Any], languages: tuple[str, ...], by: dict[str, Any]
) -> None:
    if "at_once" in told:
        draft = Draft(kind=AnswerKind.FIRST_LINE, words=dict.fromkeys(languages, told["at_once"]))
        service.save(session, complaint, draft, **by)
        return
    points.break_down(session, complaint, [(None, one["point"]) for one in told["points"]], **by)
    box = open_box(session, complaint.key_id)
    opened = completeness.newest_round(session, complaint)
    replies = {
        there.id: Reply(PointState.ANSWERED, dict.fromkeys(languages, one["reply"]))
        for there, one in zip(queries.points_of(session, box, opened.id), told["points"], strict=True)
    }
    draft = Draft(
        kind=AnswerKind.ANSWER,
        replies=replies,
        findings=dict.fromkeys(languages, told["findings"]),
        outcomes=tuple(Outcome(code) for code in told["outcomes"]),
    )
    service.save(session, complaint, draft, **by)
