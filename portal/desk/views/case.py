"""The officer's page of a case, and its documents."""

from typing import Any
from uuid import UUID

from flask import abort
from flask.typing import ResponseReturnValue

from portal import clock
from portal.accounts.access import officer
from portal.accounts.rules import Officer, OfficerRole
from portal.complaints.clocks import derivation_of
from portal.complaints.disputes import labels as rounds
from portal.complaints.extending import NotExtendable, lengthening
from portal.complaints.labels import STATUS_MARKS, STATUSES
from portal.complaints.numbers import Number
from portal.complaints.rules import Action
from portal.complaints.sight import READERS, lawful, seen_folder
from portal.desk import acts, case_labels, dispute_labels
from portal.desk.access import case_of
from portal.desk.blueprint import bp
from portal.desk.case_file import CaseFile, case_file
from portal.desk.disputing import labels as disputes
from portal.desk.linking.labels import linked_lines
from portal.desk.queue.rules import count_of
from portal.desk.responding import labels as responding
from portal.desk.responding.labels import NOT_EXTENDABLE
from portal.evidence import queries as evidence
from portal.evidence.rules import Right
from portal.evidence.views import give
from portal.history.reading import note_document
from portal.institution.calendars.queries import calendars
from portal.sealing import KeyDestroyed
from portal.web.floor import floor, institution, session
from portal.web.language import language
from portal.web.pages import render
from portal.workdays.rules import local_day


@bp.get("/cases/<uuid:case_id>")
@officer(*READERS)
def case(case_id: UUID, officer: Officer) -> ResponseReturnValue:
    """Everything about a complaint on one page, and what may be done with it next."""
    return render("desk/case.html", **case_page(officer, opened(officer, case_id)))


@bp.get("/documents/<uuid:document_id>")
@officer(*READERS)
def document(document_id: UUID, officer: Officer) -> ResponseReturnValue:
    """A document as officers get it: what a scanner has called clean, else our copy. Each download is logged."""
    row = evidence.find(session(), document_id)
    complaint = seen_folder(session(), officer, row.folder_id) if row else None
    if row is None or complaint is None:
        abort(404)
    case_id, key_id = complaint.id, complaint.key_id
    answer = give(row, Right.COPY)
    if answer.status_code == 422:
        # Nothing of it could be shown, so nothing was read.
        return answer
    note_document(
        floor().database,
        case_id=case_id,
        key_id=key_id,
        officer_id=officer.id,
        document_id=document_id,
        now=clock.now(),
    )
    return answer


def opened(officer: Officer, case_id: UUID) -> CaseFile:
    """The case file of a complaint that the officer may see; 404 for any other, and for an erased one."""
    try:
        return case_file(session(), officer, case_of(officer, case_id))
    except KeyDestroyed:
        abort(404)


def case_page(officer: Officer, file: CaseFile) -> dict[str, Any]:
    """What the page of a case is made from."""
    profile, complaint, now = institution(), file.complaint, clock.now()
    lang = language()
    topic = profile.topics.get(complaint.topic)
    kind = profile.kinds.get(complaint.kind)
    channel = profile.channels.get(complaint.channel)
    binding, may = file.running.binding, lawful(officer, complaint.status)
    offered, standing = acts.open_to(officer, file, profile), extension_of(file)
    return {
        "officer": officer,
        "file": file,
        "complaint": complaint,
        "number": printed_number(file),
        "topic": topic.label[lang] if topic else complaint.topic,
        "kind": kind.label[lang] if kind else complaint.kind,
        "channel": channel.label[lang] if channel else complaint.channel,
        "guide": topic.guide if topic else None,
        "standing": STATUSES[complaint.status],
        "mark": STATUS_MARKS[complaint.status],
        "count": count_of(complaint.status, binding.due_on if binding else None),
        "today": local_day(now, profile.zone),
        "due_on": binding.due_on if binding else None,
        "derivation": derivation_of(binding, profile, calendars(session()).of) if binding else None,
        "events": case_labels.timeline(file, profile, lang),
        "papers": case_labels.papers(file, profile, lang),
        "attached": case_labels.attached(file, profile, lang),
        "needs": case_labels.checklist(file, profile, lang),
        "labels": case_labels,
        "disputing": rounds,
        "brought": disputes.brought(file.compared, profile, lang),
        "forum_named": dispute_labels.forum,
        "statuses": STATUSES,
        "may_send": officer.has(OfficerRole.AGENT, OfficerRole.CS_MANAGER),
        "may_audit": officer.has(OfficerRole.AUDITOR, OfficerRole.CS_MANAGER),
        "linked": linked_lines(file, profile),
        "may_link": Action.LINK in may,
        "may_merge": Action.MERGE in may,
        "may_split": Action.SPLIT in may,
        **standing,
        "acts": [act for act in offered if act.action is not Action.EXTEND or not standing["barred"]],
        "grouped": acts.grouped,
        "asks_extension": any(act.action is Action.EXTEND for act in offered),
        "responding": responding,
        "first_after": responding.span(complaint.received_at, complaint.first_response_at, lang)
        if complaint.first_response_at
        else None,
    }


def extension_of(file: CaseFile) -> dict[str, Any]:
    """What one more extension of our time would do, or by which rule there is none."""
    profile = institution()
    try:
        done = lengthening(
            file.running,
            form=file.complaint.form,
            profile=profile,
            calendars=calendars(session()).of,
            today=local_day(clock.now(), profile.zone),
        )
    except NotExtendable as refusal:
        return {"lengthening": None, "barred": NOT_EXTENDABLE[refusal.bar]}
    return {"lengthening": done, "barred": None}


def printed_number(file: CaseFile) -> str:
    """The registration number in groups."""
    return Number(file.complaint.registration, institution().prefix).printed
