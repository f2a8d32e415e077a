"""A complaint told to officers: what happened and by whom, who is who, how its documents stand."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.complaints.handed_in import CodeFor
from portal.complaints.labels import ACTIONS, way
from portal.complaints.proving import DOCUMENT, Point
from portal.complaints.retold import joined
from portal.complaints.rules import Action, Role
from portal.complaints.states import AuthorityState, ContactSource
from portal.desk import dispute_labels
from portal.evidence import labels as evidence_labels
from portal.evidence.labels import Line
from portal.evidence.rules import Right
from portal.history.rules import ActorKind, Audience, Told
from portal.institution.models import Institution
from portal.institution.rules import IdentityMark
from portal.notices.labels import CHANNELS, KINDS, state_of, why_failed
from portal.notices.rules import Channel, NoticeKind, NoticeState, needs_somebody
from portal.web import formats
from portal.web.typed import print_phone

if TYPE_CHECKING:
    from portal.desk.case_file import CaseFile, Written

ROLES: Mapping[Role, LazyString] = {
    Role.CUSTOMER: _l("Customer"),
    Role.REPRESENTATIVE: _l("Representative"),
}

AUTHORITY_STATES: Mapping[AuthorityState, LazyString] = {
    AuthorityState.CLAIMED: _l("Still to be examined"),
    AuthorityState.ACCEPTED: _l("Accepted"),
    AuthorityState.REJECTED: _l("Rejected"),
    AuthorityState.REVOKED: _l("Revoked by the customer"),
    AuthorityState.LAID_DOWN: _l("Laid down by the representative"),
}
AUTHORITY_MARKS: Mapping[AuthorityState, str] = {
    AuthorityState.CLAIMED: "wait",
    AuthorityState.ACCEPTED: "done",
    AuthorityState.REJECTED: "late",
    AuthorityState.REVOKED: "late",
    AuthorityState.LAID_DOWN: "late",
}

POINTS: Mapping[Point, LazyString] = {
    Point.PARTIES: _l("It names the customer and the representative"),
    Point.MATTER: _l("It names this complaint or its matter"),
    Point.SIGNED: _l("The customer has signed it, and it is dated"),
    Point.CUSTOMER_ID: _l("The customer’s proof of identity is there, and the signature is like it"),
    Point.REPRESENTATIVE_ID: _l("The representative’s proof of identity is there"),
    Point.FIRM: _l("The firm’s paper shows who may act for it"),
    Point.ABROAD: _l("Made abroad: legalised by the Indonesian mission, or with an apostille"),
}

MARKS: Mapping[str, LazyString] = {
    DOCUMENT: _l("Identity document against our data"),
    IdentityMark.PHONE.value: _l("Registered phone number"),
    IdentityMark.ID_NUMBER.value: _l("Identity card number"),
    IdentityMark.FULL_NAME.value: _l("Full name"),
    IdentityMark.ACCOUNT.value: _l("Account or contract number"),
}

NOTICE_KINDS: Mapping[NoticeKind, LazyString] = KINDS
NOTICE_CHANNELS: Mapping[Channel, LazyString] = CHANNELS
NOTICE_STATE = state_of
WHY_FAILED = why_failed
NEEDS_SOMEBODY = needs_somebody
# The mark that stands before a notice's state.
NOTICE_MARKS: Mapping[NoticeState, str] = {
    NoticeState.WAITING: "wait",
    NoticeState.HELD: "wait",
    NoticeState.SENT: "done",
    NoticeState.FAILED: "late",
}

CONTACTS: Mapping[ContactSource, LazyString] = {
    ContactSource.OWN: _l("given by themselves"),
    ContactSource.REPRESENTATIVE: _l("given by the representative only: no letter goes there"),
    ContactSource.RECORDS: _l("from our own records"),
}


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of the timeline. `inside`: only officers read it."""

    at: datetime
    who: str
    title: str
    text: str | None = field(repr=False)
    inside: bool


def timeline(file: "CaseFile", profile: Institution, language: str) -> list[Event]:
    """The whole history, newest first, whoever may read each entry."""
    return _events(file.history, file, profile, language)


def _events(history: Iterable[Told], file: "CaseFile", profile: Institution, language: str) -> list[Event]:
    texts = {str(one.id): one.text for one in file.messages}
    return [
        Event(
            at=told.at,
            who=who(told, file),
            title=str(_title(told)),
            text=_text(told, file, texts, profile, language),
            inside=told.audience is Audience.OFFICERS,
        )
        for told in joined(history)
    ]


def since(file: "CaseFile", version: int | None, profile: Institution, language: str) -> list[Event]:
    """What happened after the page of this version was made, oldest first; of a page of no version nothing is known."""
    if version is None:
        return []
    newer = file.complaint.version - version
    return list(reversed(_events(file.history[:newer], file, profile, language))) if newer > 0 else []


def who(told: Told, file: "CaseFile") -> str:
    """By whom an entry was made."""
    match told.actor.kind:
        case ActorKind.OFFICER:
            return file.officers.get(told.actor.id, "") if told.actor.id else ""
        case ActorKind.CUSTOMER:
            return str(ROLES[Role.CUSTOMER])
        case ActorKind.REPRESENTATIVE:
            return str(ROLES[Role.REPRESENTATIVE])
        case _:
            return str(_("Portal"))


def author(written: "Written", file: "CaseFile") -> str:
    """Who wrote a message or note."""
    if written.officer_id:
        return file.officers.get(written.officer_id, "")
    party = next((one for one in file.parties if one.id == written.party_id), None)
    return party.person.name if party else ""


def _title(told: Told) -> LazyString | str:
    if told.kind == Action.REPLY:
        return _l("Message from the customer")
    if told.kind == Action.VERIFY and told.payload and not told.payload.get("agreed"):
        return _l("Identity compared: it does not agree")
    return ACTIONS[Action(told.kind)] if told.kind in set(Action) else told.kind


def _text(told: Told, file: "CaseFile", texts: Mapping[str, str], profile: Institution, language: str) -> str | None:
    payload = told.payload or {}
    if "message" in payload:
        return texts.get(payload["message"])
    match told.kind:
        case Action.FILE:
            return _filed(told, file, profile, language)
        case Action.FILE_PAPERS:
            return _filed_papers(told, file, profile, language)
        case Action.COMPLETE:
            return _due(payload, language)
        case Action.CONVERT:
            lacking = ", ".join(evidence_labels.purpose(one, profile, language) for one in payload.get("missing", ()))
            asked = _("Asked for: %(documents)s.", documents=lacking) if lacking else None
            return " ".join(part for part in (_due(payload, language), asked) if part) or None
        case Action.VERIFY:
            return ", ".join(str(MARKS.get(mark, mark)) for mark in payload.get("by", ()))
        case Action.ASSIGN | Action.TAKE:
            return _moved(payload, file)
        case Action.CATEGORISE:
            return _sorted(payload, profile, language)
        case Action.RECORD_CHECK:
            told_so = _("Told by telephone.") if payload.get("told") else None
            return " ".join(part for part in (f"{payload['system']}: {payload['found']}", told_so) if part)
        case Action.ACCEPT_DOCUMENT | Action.REJECT_DOCUMENT:
            what = evidence_labels.purpose(payload["purpose"], profile, language)
            return f"{what}: {payload['reason']}" if payload.get("reason") else what
        case Action.ASK_DOCUMENTS | Action.REOPEN_DOCUMENTS:
            return _asked(payload, profile, language)
        case Action.EXTEND_DOCUMENTS:
            ground = profile.extension_grounds.get(payload.get("ground", ""))
            named = f"{ground.label[language]}." if ground else None
            return " ".join(part for part in (named, _until(payload, language)) if part)
        case Action.EXTEND:
            return _extended(payload, profile, language)
        case Action.BREAK_DOWN:
            return "\n".join(payload.get("points", ()))
        case Action.SEND_BACK:
            return str(payload["reason"])
        case Action.REFUSE:
            refusal = profile.refusals.get(payload.get("ground", ""))
            named = f"{refusal.label[language]}." if refusal else None
            return " ".join(part for part in (named, dispute_labels.said_of(told, language)) if part) or None
        case Action.ANSWER:
            return _until({"due_on": payload.get("decide_by")}, language)
        case Action.PASS_ON | Action.CONTACT_TASK | Action.REPORT_BACK:
            return _division(payload, profile, language)
        case Action.TELL_BY_PHONE:
            return str(KINDS[NoticeKind(payload["kind"])])
        case Action.SEND_AGAIN:
            return f"{KINDS[NoticeKind(payload['kind'])]}: {CHANNELS[Channel(payload['channel'])]}"
        case Action.INVOLVE:
            return str(payload["party"])
        case Action.REJECT_AUTHORITY:
            return str(payload["mending"])
        case Action.ACCEPT_AUTHORITY:
            return _until({"due_on": payload.get("ends_on")}, language)
        case Action.RECORD_REVOCATION:
            return str(payload["how"])
        case Action.LOCK_DOCUMENT:
            return str(payload["name"])
        case Action.ESCALATE if payload.get("by") == "limit":
            return str(_("By itself: the last day for the answer is near."))
        case Action.ESCALATE if payload.get("by") == "documents":
            return str(_("By itself: documents did not come in time, and a person must decide."))
        case Action.WARN:
            return _until(payload, language)
        case Action.MERGE:
            return " ".join(filter(None, (f"{payload['into']}.", _due(payload, language))))
        case Action.ADD_DOCUMENTS:
            return str(_("Files: %(count)s.", count=len(payload.get("documents", ()))))
        case _:
            return dispute_labels.said_of(told, language)


def _filed(told: Told, file: "CaseFile", profile: Institution, language: str) -> str:
    """How it came, and for whom an officer received it (K3-24, KF-12)."""
    payload = told.payload or {}
    channel = way(payload["channel"], profile, language)
    if "arrived_at" not in payload:
        return channel
    at = formats.moment(datetime.fromisoformat(payload["arrived_at"]), language, profile.zone)
    said = [f"{channel}.", _("It came %(at)s.", at=at), _("Received for %(name)s.", name=_behalf(told, file))]
    if payload.get("code") == CodeFor.COUNTER:
        said.append(_("Access code printed."))
    return " ".join(said)


def _filed_papers(told: Told, file: "CaseFile", profile: Institution, language: str) -> str:
    payload = told.payload or {}
    at = formats.moment(datetime.fromisoformat(payload["arrived_at"]), language, profile.zone)
    return " ".join(
        (
            f"{evidence_labels.purpose(payload['purpose'], profile, language)}.",
            f"{way(payload['way'], profile, language)}.",
            _("They came %(at)s from %(name)s.", at=at, name=_behalf(told, file)),
            _("Files: %(count)s.", count=len(payload["documents"])),
        )
    )


def _behalf(told: Told, file: "CaseFile") -> str:
    party = next((one for one in file.parties if one.id == told.actor.behalf), None)
    return party.person.name if party else ""


def _due(payload: Mapping[str, Any], language: str) -> str | None:
    on = payload.get("due_on")
    return _("Answer by %(day)s.", day=formats.day(date.fromisoformat(on), language)) if on else None


def _until(payload: Mapping[str, Any], language: str) -> str | None:
    on = payload.get("due_on")
    return _("Until %(day)s.", day=formats.day(date.fromisoformat(on), language)) if on else None


def _extended(payload: Mapping[str, Any], profile: Institution, language: str) -> str:
    ground = profile.extension_grounds.get(payload.get("ground", ""))
    before = formats.day(date.fromisoformat(payload["before_on"]), language)
    parts = (
        _due(payload, language),
        _("Before: %(day)s.", day=before),
        f"{ground.label[language]}." if ground else None,
        f"{payload['party']}." if payload.get("party") else None,
    )
    return " ".join(part for part in parts if part)


def _moved(payload: Mapping[str, Any], file: "CaseFile") -> str | None:
    to, before = payload.get("to"), payload.get("from")
    names = file.officers
    parts = [
        _("To %(name)s.", name=names.get(UUID(to), "")) if to else None,
        _("Before: %(name)s.", name=names.get(UUID(before), "")) if before else None,
        payload.get("reason"),
    ]
    return " ".join(part for part in parts if part) or None


def _sorted(payload: Mapping[str, Any], profile: Institution, language: str) -> str | None:
    category = profile.categories.get(payload.get("category") or "")
    topic = profile.topics.get(payload.get("topic") or "")
    parts = [category and category.label[language], topic and topic.label[language], payload.get("reason")]
    return ". ".join(part for part in parts if part) or None


def _asked(payload: Mapping[str, Any], profile: Institution, language: str) -> str:
    named = ", ".join(evidence_labels.purpose(code, profile, language) for code in payload.get("codes", ()))
    return " ".join(filter(None, (f"{named}.", _until(payload, language))))


def _division(payload: Mapping[str, Any], profile: Institution, language: str) -> str:
    division = profile.divisions.get(payload["division"])
    named = division.label[language] if division else str(payload["division"])
    return " ".join(filter(None, (f"{named}.", _until(payload, language))))


# ── documents ────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Paper:
    """A document in the officers' list: the file, and what an officer has said of it."""

    line: Line
    verdict: LazyString | None
    mark: str
    reason: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Need:
    """A document of the list that the case needs: how it stands, since when it is asked for, its files."""

    label: str
    state: LazyString
    mark: str
    asked_at: datetime | None
    arrived_at: datetime | None


def papers(file: "CaseFile", profile: Institution, language: str) -> list[Paper]:
    """The documents as officers may have them: copies, or the originals that a scanner has called clean."""
    lines = evidence_labels.lines(file.documents, profile, language, right=Right.COPY)
    found = []
    for line in lines:
        verdict = file.verdicts.get(line.id)
        words, mark = (None, "wait")
        if verdict is not None:
            words, mark = (_l("Accepted"), "done") if verdict.accepted else (_l("Rejected"), "late")
        found.append(Paper(line, words, mark, verdict.reason if verdict else None))
    return found


def attached(file: "CaseFile", profile: Institution, language: str) -> dict[UUID, list[Line]]:
    """The files that came or went with each message, by the message's id."""
    found = {one.id: file.attached(one) for one in file.messages}
    return {
        message: evidence_labels.lines(filed, profile, language, right=Right.COPY)
        for message, filed in found.items()
        if filed
    }


def checklist(file: "CaseFile", profile: Institution, language: str) -> list[Need]:
    """What the newest round needs, against what has come and what officers have said of it (SQ-16)."""
    found = []
    for need in file.needs:
        mine = [one for one in file.documents if one.purpose == need.code]
        accepted = any(one.id in file.verdicts and file.verdicts[one.id].accepted for one in mine)
        state, mark = _l("Missing"), "late"
        if need.arrived_at is not None:
            state, mark = (_l("Accepted"), "done") if accepted else (_l("Arrived, not yet checked"), "wait")
        label = evidence_labels.purpose(need.code, profile, language)
        found.append(Need(label, state, mark, need.asked_at, need.arrived_at))
    return found


def phone(number: str | None) -> str | None:
    """A telephone number as people read it."""
    return print_phone(number) if number else None
