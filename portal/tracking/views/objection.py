"""An objection: what it explains and its files are kept as they come, and sent by one button (SQ-29, BM-40)."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask import abort, request
from flask.typing import ResponseReturnValue
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from portal import clock
from portal.complaints import queries
from portal.complaints.access import case_holder
from portal.complaints.codes import Holder
from portal.complaints.disputes import drafts, objecting
from portal.complaints.disputes.drafts import Repeat, Written
from portal.complaints.disputes.models import ObjectionDraft
from portal.complaints.models import Complaint, Party
from portal.complaints.representing import Reach
from portal.complaints.rules import NotAllowed, Role
from portal.evidence import labels as evidence_labels
from portal.evidence.delivering import received
from portal.evidence.labels import Refused
from portal.evidence.receiving import Delivery
from portal.evidence.rules import OTHER, Fault, Right, shown_name
from portal.evidence.scanner import scanner_of
from portal.tracking.after import After
from portal.tracking.blueprint import bp
from portal.tracking.bundle import papers_of
from portal.tracking.forms import ObjectionForm
from portal.tracking.raised import raised
from portal.tracking.views.decision import after_here, page_of
from portal.web import formats
from portal.web.access import keeps_typed
from portal.web.floor import institution, session, settings, writing
from portal.web.language import language
from portal.web.pages import go_to, render, wants_part
from portal.workdays.rules import local_day

NO_WORDS = _l("Write why you do not agree")
NOTHING_NEW = _l("Add at least one document that you have not sent us before")


@bp.route("/track/case/objection", methods=["GET", "POST"])
@case_holder
@keeps_typed
def objection(holder: Holder) -> ResponseReturnValue:
    """Write an objection, or send it. Who has none left reads that an officer decides on another.

    The body is parsed only after right, limit and origin were looked at, while no transaction is open.
    """
    after = after_here(holder)
    if after is None or not (after.objects or after.asks_officer):
        return go_to("tracking.case")
    if request.method != "POST" or not after.objects:
        kept = _kept(holder)
        return _page(holder, after, _form(holder, words=kept.words, read=False), kept, saved="saved" in request.args)
    with received(holder.complaint.key_id) as delivery:
        if delivery.fault:
            form = _form(holder, words=_kept(holder).words, read=False)
            form.tell([evidence_labels.whole(delivery.fault, delivery.limits)])
            return _page(holder, after, form, _kept(holder), status=413)
        form = _form(holder)
        valid = form.validate()
        if form.forged:
            form.tell([evidence_labels.ONCE_MORE] if delivery.arrived else [])
            return _page(holder, after, form, _kept(holder), status=422)
        return _take(holder, after, form, delivery, valid=valid)


@bp.get("/track/case/rounds/<int:ordinal>")
@case_holder
def objection_sent(ordinal: int, holder: Holder) -> ResponseReturnValue:
    """An objection as it was sent, as a letter that stands alone on paper. 404 for who may not read it."""
    profile, case, today = institution(), holder.complaint, _today()
    after = after_here(holder)
    if after is None or holder.party.reach(today) is not Reach.WHOLE:
        abort(404)
    file = queries.case_file(session(), case, holder.party, holder.others, today=today)
    papers = papers_of(file.documents, profile, language())
    sent = raised(after.dispute.turns, file.history, file.people, papers)
    one = next((one for one in sent if one.ordinal == ordinal and one.is_objection), None)
    if one is None:
        abort(404)
    topic = profile.topics.get(case.topic)
    return render(
        "tracking/objection_sent.html", one=one, topic=topic.label[language()] if topic else None, **page_of(holder)
    )


def _take(holder: Holder, after: After, form: ObjectionForm, delivery: Delivery, *, valid: bool) -> Response:
    """Keep what was written and what came, whatever is wrong with it; then send it, if that was asked."""
    limits, now = delivery.limits, clock.now()
    party = session().get_one(Party, holder.party.id)
    complaint = writing(session().get_one(Complaint, holder.complaint.id))
    draft = drafts.save(session(), complaint, party=party, words=form.words.data or "", now=now)
    arrived, repeats = drafts.bring(
        session(),
        complaint,
        draft,
        purpose=form.purpose.data,
        delivery_id=delivery.id,
        arrived=delivery.arrived,
        limits=limits,
        scanner=scanner_of(settings()),
        now=now,
    )
    if unwanted := request.form.get("remove", type=UUID):
        drafts.drop(session(), draft, unwanted, now=now)
    delivery.hand_over(arrived)
    refused = [*evidence_labels.refusals(arrived, limits), *_repeated(repeats)]
    sending = "object" in request.form
    if "upload" in request.form and not delivery.arrived:
        refused.append(evidence_labels.whole(Fault.NONE, limits))
    if sending and not form.words.data:
        form.words.errors = [NO_WORDS]
    if not sending or refused or not valid or form.words.errors:
        session().commit()
        return _answer(holder, after, form, refused)
    # What was kept stays kept if it cannot be sent.
    session().commit()
    return _send(holder, after, form, now=now)


def _answer(holder: Holder, after: After, form: ObjectionForm, refused: Sequence[Refused]) -> Response:
    form.tell(refused)
    kept = _kept(holder)
    if refused or form.errors:
        return _page(holder, after, form, kept, status=422)
    return _page(holder, after, form, kept) if wants_part() else go_to("tracking.objection", saved=1)


def _send(holder: Holder, after: After, form: ObjectionForm, *, now: datetime) -> Response:
    party = session().get_one(Party, holder.party.id)
    complaint = writing(session().get_one(Complaint, holder.complaint.id))
    draft = drafts.find(session(), party.id)
    if draft is None:
        # It was sent from another window in the same moment.
        session().rollback()
        return go_to("tracking.case")
    try:
        _lodge(complaint, draft, party, now=now)
    except objecting.NothingNew:
        session().rollback()
        form.tell([Refused(Fault.NONE, NOTHING_NEW)])
        return _page(holder, after, form, _kept(holder), status=422)
    except (NotAllowed, objecting.NoRightLeft):
        session().rollback()
        return go_to("tracking.case")
    session().commit()
    return go_to("tracking.case")


def _lodge(complaint: Complaint, draft: ObjectionDraft, party: Party, *, now: datetime) -> None:
    objecting.lodge(
        session(),
        complaint,
        draft,
        party=party,
        profile=institution(),
        base_url=settings().base_url,
        now=now,
    )


def _repeated(repeats: Sequence[Repeat]) -> list[Refused]:
    """The files that are in the case already, each beside the earlier one."""
    return [Refused(Fault.TWICE, _sentence(one)) for one in repeats]


def _sentence(repeat: Repeat) -> LazyString:
    on = formats.day(local_day(repeat.earlier.created_at, institution().zone), language())
    return _l(
        "%(name)s does not count: you sent this on %(day)s as %(other)s",
        name=shown_name(repeat.name),
        day=on,
        other=repeat.earlier.shown,
    )


def _form(holder: Holder, *, words: str | None = None, read: bool = True) -> ObjectionForm:
    represented = any(party.role is Role.REPRESENTATIVE for party in (holder.party, *holder.others))
    offered = evidence_labels.purposes(institution(), language(), representative=represented)
    unread: dict[str, Any] = {} if read else {"formdata": None, "data": {"words": words or ""}}
    return ObjectionForm(purposes=offered, first=OTHER, **unread)


def _kept(holder: Holder) -> Written:
    return drafts.written(session(), holder.party.id, holder.complaint.key_id)


def _page(
    holder: Holder, after: After, form: ObjectionForm, kept: Written, *, status: int = 200, saved: bool = False
) -> Response:
    profile = institution()
    return render(
        "tracking/objection.html",
        part="tracking/_objection.html",
        status=status,
        form=form,
        after=after,
        saved=saved,
        limits=profile.uploads,
        complaint=holder.complaint,
        documents=evidence_labels.lines(kept.documents, profile, language(), right=Right.NONE),
        today=_today(),
        **page_of(holder),
    )


def _today() -> date:
    return local_day(clock.now(), institution().zone)
