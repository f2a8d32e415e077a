"""The files of a draft: the form that takes them, and what is done with what came. For customers and officers alike."""

from datetime import datetime
from uuid import UUID

from flask import request

from portal.evidence import labels, service
from portal.evidence.forms import FilesForm
from portal.evidence.labels import Refused
from portal.evidence.queries import documents
from portal.evidence.receiving import Delivery
from portal.evidence.rules import OTHER, Fault, purposes_of
from portal.evidence.scanner import scanner_of
from portal.filing.handing_in import papers_of
from portal.filing.models import Draft
from portal.filing.queries import OpenDraft
from portal.filing.rules import Told
from portal.sealing import open_box
from portal.web.floor import institution, session, settings
from portal.web.language import language


def files_form(draft: Draft | OpenDraft, told: Told, *, now: datetime, read: bool = True) -> FilesForm:
    """The form for files; the first required document that is not there yet is chosen beforehand."""
    papers, there = papers_of(told, institution(), now=now), purposes_of(documents(session(), draft.folder_id))
    offered = {one.code: one.label[language()] for one in papers.offered}
    offered[OTHER] = str(labels.OTHER_EVIDENCE)
    first = next((code for code in offered if code not in there), OTHER)
    return FilesForm(purposes=offered, first=first, **({} if read else {"formdata": None}))


def keep_files(draft: Draft, form: FilesForm, delivery: Delivery, *, now: datetime) -> list[Refused]:
    """Keep what came for a draft that is held, and remove what is not wanted; returns what was not taken, and why.

    The caller commits.
    """
    arrived = service.add(
        session(),
        draft.folder_id,
        box=open_box(session(), draft.key_id),
        purpose=form.purpose.data,
        delivery_id=delivery.id,
        arrived=delivery.arrived,
        limits=delivery.limits,
        scanner=scanner_of(settings()),
        now=now,
    )
    if unwanted := request.form.get("remove", type=UUID):
        service.remove(session(), unwanted, draft.folder_id, now=now)
    delivery.hand_over(arrived)
    refused = labels.refusals(arrived, delivery.limits)
    if "upload" in request.form and not arrived:
        refused.append(labels.whole(Fault.NONE, delivery.limits))
    return refused
