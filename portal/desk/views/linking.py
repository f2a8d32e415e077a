"""Complaints that belong together: an officer links two, merges one into another, or splits one in two."""

from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue

from portal import clock
from portal.accounts.access import officer
from portal.accounts.rules import Officer
from portal.complaints.labels import STATUSES
from portal.complaints.linking import queries, service
from portal.complaints.linking.service import LinkedAlready, NotMerged
from portal.complaints.linking.splitting import split as split_off
from portal.complaints.models import Complaint
from portal.complaints.numbers import Number, WrongNumber, read_number
from portal.complaints.rules import Action, NotAllowed
from portal.complaints.sight import lawful
from portal.db import Busy
from portal.desk import case_labels
from portal.desk.access import ACTORS
from portal.desk.act_forms import VersionedForm
from portal.desk.blueprint import bp
from portal.desk.case_file import CaseFile
from portal.desk.linking import forms
from portal.desk.linking.labels import REASONS
from portal.desk.views.case import opened, printed_number
from portal.web import formats
from portal.web.floor import institution, session, settings, writing
from portal.web.language import language
from portal.web.pages import go_to, render


@bp.route("/cases/<uuid:case_id>/link", methods=["GET", "POST"])
@officer(*ACTORS)
def link(case_id: UUID, officer: Officer) -> ResponseReturnValue:
    """Note that another complaint belongs to this one, or is the same one made earlier (SQ-26, BM-21)."""
    file, form = opened(officer, case_id), forms.LinkForm()
    if Action.LINK not in lawful(officer, file.complaint.status):
        return go_to("desk.case", case_id=case_id)
    other = _other(officer, form) if form.validate_on_submit() else None
    if other is None:
        return _page("desk/link.html", file, form)
    complaint = writing(file.complaint)
    if form.seen != complaint.version:
        return _moved("desk/link.html", officer, case_id, form)
    try:
        service.link(session(), complaint, other, kind=form.as_kind, officer=officer, now=clock.now())
    except (LinkedAlready, Busy) as refusal:
        session().rollback()
        form.refuse(forms.BUSY if isinstance(refusal, Busy) else forms.LINKED_ALREADY)
        return _page("desk/link.html", opened(officer, case_id), form)
    except NotAllowed:
        session().rollback()
        return go_to("desk.case", case_id=case_id)
    session().commit()
    return go_to("desk.case", case_id=case_id)


@bp.route("/cases/<uuid:case_id>/merge", methods=["GET", "POST"])
@officer(*ACTORS)
def merge(case_id: UUID, officer: Officer) -> ResponseReturnValue:
    """Let this complaint go on in another one of the same customer, once both were seen beside each other."""
    file, form = opened(officer, case_id), forms.MergeForm()
    if Action.MERGE not in lawful(officer, file.complaint.status):
        return go_to("desk.case", case_id=case_id)
    into = _other(officer, form) if form.validate_on_submit() else None
    if into is None:
        return _page("desk/merge.html", file, form)
    number = Number(into.registration, institution().prefix)
    if not form.is_sure_of(number):
        why = service.why_not(session(), file.complaint, into)
        if why:
            form.refuse(REASONS[why])
            return _page("desk/merge.html", file, form)
        return _page("desk/merge.html", file, form, into=_shown(into, number))
    complaint = writing(file.complaint)
    if form.seen != complaint.version:
        return _moved("desk/merge.html", officer, case_id, form)
    try:
        service.merge(
            session(),
            complaint,
            into,
            profile=institution(),
            base_url=settings().base_url,
            officer=officer,
            now=clock.now(),
        )
    except (NotMerged, Busy) as refusal:
        session().rollback()
        form.refuse(forms.BUSY if isinstance(refusal, Busy) else REASONS[refusal.why])
        return _page("desk/merge.html", opened(officer, case_id), form)
    except NotAllowed:
        session().rollback()
        return go_to("desk.case", case_id=case_id)
    session().commit()
    return go_to("desk.case", case_id=into.id)


@bp.route("/cases/<uuid:case_id>/split", methods=["GET", "POST"])
@officer(*ACTORS)
def split(case_id: UUID, officer: Officer) -> ResponseReturnValue:
    """Register the second matter of a complaint as one of its own, with a number and a clock of its own."""
    file = opened(officer, case_id)
    form = _split_form(file)
    if Action.SPLIT not in lawful(officer, file.complaint.status):
        return go_to("desk.case", case_id=case_id)
    if not form.validate_on_submit():
        return _page("desk/split.html", file, form)
    complaint = writing(file.complaint)
    if form.seen != complaint.version:
        return _moved("desk/split.html", officer, case_id, form)
    try:
        new = split_off(
            session(),
            complaint,
            topic=form.topic.data,
            text=form.text.data or "",
            transactions=form.places,
            profile=institution(),
            base_url=settings().base_url,
            officer=officer,
            now=clock.now(),
        )
    except NotAllowed:
        session().rollback()
        return go_to("desk.case", case_id=case_id)
    new_id = new.id
    session().commit()
    return go_to("desk.case", case_id=new_id)


def _split_form(file: CaseFile) -> forms.SplitForm:
    profile, lang = institution(), language()
    types = profile.transaction_types
    return forms.SplitForm(
        topics=[(topic.code, topic.label[lang]) for topic in profile.topics_of(file.complaint.kind)],
        transactions=[
            (
                str(place),
                ", ".join(
                    part
                    for part in (
                        types[one.type].label[lang] if one.type in types else one.type,
                        formats.day(one.on, lang),
                        None if one.amount is None else formats.amount(one.amount, lang),
                    )
                    if part
                ),
            )
            for place, one in enumerate(file.transactions)
        ],
    )


def _other(officer: Officer, form: forms.OtherForm) -> Complaint | None:
    """The complaint that the number names, if the officer sees it; else the form says what is wrong."""
    try:
        number = read_number(form.number.data or "", institution().prefix)
    except WrongNumber:
        number = None
    found = queries.seen_by_number(session(), officer, number) if number else None
    if found is None:
        form.refuse(forms.NOT_THERE)
    return found


def _shown(into: Complaint, number: Number) -> dict[str, Any]:
    """What is shown of the other complaint before it takes this one in."""
    topic = institution().topics.get(into.desk_topic or into.topic)
    return {
        "number": number,
        "topic": topic.label[language()] if topic else into.topic,
        "received_at": into.received_at,
        "due_on": into.due_on,
        "standing": STATUSES[into.status],
    }


def _moved(page: str, officer: Officer, case_id: UUID, form: VersionedForm) -> ResponseReturnValue:
    """Somebody was faster: what they did, with what was typed; sent once more it counts."""
    session().rollback()
    session().expire_all()
    file = opened(officer, case_id)
    since = case_labels.since(file, form.seen, institution(), language())
    form.version.data = str(file.complaint.version)
    return _page(page, file, form, status=409, since=since, moved=True)


def _page(page: str, file: CaseFile, form: VersionedForm, *, status: int = 200, **more: Any) -> ResponseReturnValue:
    if form.seen is None:
        form.version.data = str(file.complaint.version)
    return render(
        page,
        status=422 if form.errors else status,
        file=file,
        form=form,
        number=printed_number(file),
        **{"since": [], "moved": False, "into": None, **more},
    )
