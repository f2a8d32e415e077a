"""An officer receives a complaint for a customer: how it came, what they tell, documents, read back, registered."""

from typing import NamedTuple, cast
from uuid import UUID

from flask import abort, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import InvalidRequestError
from werkzeug.wrappers import Response

from portal import clock
from portal.accounts.access import officer
from portal.accounts.rules import Officer, OfficerRole
from portal.complaints.models import Complaint
from portal.desk.blueprint import bp
from portal.desk.receiving import pages, queries, service
from portal.desk.receiving.counter import hold_token, token_of
from portal.desk.receiving.forms import FrameForm, RegisterForm, ToldForm
from portal.desk.receiving.models import Intake
from portal.desk.receiving.rules import Frame
from portal.evidence import labels as evidence_labels
from portal.evidence import queries as evidence_queries
from portal.evidence import service as evidence
from portal.evidence.forms import FilesForm
from portal.evidence.receiving import Delivery, receive
from portal.evidence.rules import Fault, Right
from portal.evidence.scanner import scanner_of
from portal.evidence.storage import Depot
from portal.evidence.views import give
from portal.filing import service as filing
from portal.filing.models import Draft
from portal.filing.rules import MOST_TRANSACTIONS, AlreadySent, Answer, Slug, Told, Unfinished, first_gap
from portal.sealing import open_box
from portal.web.access import keeps_typed
from portal.web.floor import institution, session, settings, writing
from portal.web.pages import go_to, render, wants_part
from portal.web.uploads import Request

# Who receives complaints: `PERMITTED[Action.FILE]` asks the same again when it is registered.
RECEIVERS = (OfficerRole.AGENT, OfficerRole.CS_MANAGER)
# Where an officer writes at length: a session that ended meanwhile must not cost them that.
WRITES = ("story-story", "loss-wish", "authority-scope", "contact-needs")
DOCUMENTS = ("desk/receive_documents.html", "desk/_receive_documents.html")


class Opened(NamedTuple):
    """An intake that this officer may go on with."""

    intake: Intake
    draft: Draft
    told: Told


def _opened(officer: Officer, intake_id: UUID) -> Opened | Response:
    """The intake, or the way to what it has become; 404 for one that is not there or a colleague's."""
    found = queries.find(session(), officer, intake_id, now=clock.now())
    if found is None:
        abort(404)
    intake, draft = found
    if draft.complaint_id:
        return go_to("desk.received", intake_id=intake.id)
    return Opened(intake, draft, filing.told(session(), draft))


def _held(draft: Draft) -> Draft:
    """Begin the write with the draft re-read under its lock; 404 where it has gone meanwhile."""
    try:
        return writing(draft)
    except InvalidRequestError:
        abort(404)


def _onward(intake: Intake, draft: Draft) -> Response:
    gap = first_gap(filing.told(session(), draft), institution())
    return go_to(pages.place_of(gap), intake_id=intake.id)


# ── how it came ──────────────────────────────────────────────────────────────────────────────────


@bp.route("/receive", methods=["GET", "POST"])
@officer(*RECEIVERS)
def receive_new(officer: Officer) -> ResponseReturnValue:
    """Begin one that came by telephone, at a counter or in writing, or go on with one that was left (KF-12, BM-04)."""
    form = FrameForm(pages.asking(None), sent=request.method == "POST")
    if not form.validate_on_submit():
        return render("desk/receive.html", status=422 if form.errors else 200, **pages.start_page(officer, form))
    session().begin_write()
    intake, draft = service.begin(
        session(), frame=form.frame(), officer=officer, profile=institution(), now=clock.now()
    )
    service.keep(session(), intake, draft, form.answers(), profile=institution(), now=clock.now())
    intake_id = intake.id
    session().commit()
    return go_to("desk.receive_told", intake_id=intake_id)


@bp.route("/receive/<uuid:intake_id>/frame", methods=["GET", "POST"])
@officer(*RECEIVERS)
def receive_frame(intake_id: UUID, officer: Officer) -> ResponseReturnValue:
    """Correct how it came. What another topic or another kind does not ask is kept, and not sent."""
    found = _opened(officer, intake_id)
    if not isinstance(found, Opened):
        return found
    intake, draft, told = found
    frame = Frame(intake.channel, intake.arrived_at, intake.language, intake.notice)
    form = FrameForm(pages.asking(told), frame, sent=request.method == "POST")
    if not form.validate_on_submit():
        return render("desk/receive.html", status=422 if form.errors else 200, **pages.frame_page(intake, told, form))
    draft, profile, now = _held(draft), institution(), clock.now()
    try:
        service.reframe(session(), intake, draft, frame=form.frame(), profile=profile, now=now)
        service.keep(session(), intake, draft, form.answers(), profile=profile, now=now)
    except AlreadySent:
        session().rollback()
        return go_to("desk.received", intake_id=intake_id)
    answer = _onward(intake, draft)
    session().commit()
    return answer


@bp.post("/receive/<uuid:intake_id>/discard")
@officer(*RECEIVERS)
def receive_discard(intake_id: UUID, officer: Officer) -> ResponseReturnValue:
    """Delete what was begun, with its files."""
    found = _opened(officer, intake_id)
    if not isinstance(found, Opened):
        return found
    draft = _held(found.draft)
    try:
        filing.discard(session(), draft, now=clock.now())
    except AlreadySent:
        session().rollback()
        return go_to("desk.received", intake_id=intake_id)
    session().commit()
    return go_to("desk.receive_new")


# ── what they tell ───────────────────────────────────────────────────────────────────────────────


@bp.route("/receive/<uuid:intake_id>", methods=["GET", "POST"])
@officer(*RECEIVERS, writes=WRITES)
def receive_told(intake_id: UUID, officer: Officer) -> ResponseReturnValue:
    """What the customer's own form asks, on one page (KF-14). It is kept with every sending, valid or not."""
    found = _opened(officer, intake_id)
    if not isinstance(found, Opened):
        return found
    intake, draft, told = found
    sent = request.method == "POST"
    rows = min(max((request.form if sent else request.args).get("rows", 1, type=int), 1), MOST_TRANSACTIONS)
    form = ToldForm(pages.asking(told), told, source=intake.contact, letters=intake.language, rows=rows, sent=sent)
    if not sent:
        return render("desk/receive_told.html", **pages.told_page(intake, told, form))
    valid = form.validate()
    unwanted = request.form.get("remove", type=int)
    later = unwanted is not None or "more" in request.form or "leave" in request.form
    draft, now = _held(draft), clock.now()
    try:
        service.keep(
            session(),
            intake,
            draft,
            form.answers(judged=not later, without=unwanted),
            profile=institution(),
            now=now,
            contact=form.source,
        )
    except AlreadySent:
        session().rollback()
        return go_to("desk.received", intake_id=intake_id)
    answer = _onward(intake, draft)
    session().commit()
    if "leave" in request.form:
        return go_to("desk.receive_new")
    if later:
        rows = form.rows - 1 if unwanted is not None else form.rows + 1
        return go_to("desk.receive_told", intake_id=intake_id, rows=max(rows, 1), _anchor="transactions")
    if not valid:
        return render("desk/receive_told.html", status=422, **pages.told_page(intake, told, form))
    return answer


# ── documents ────────────────────────────────────────────────────────────────────────────────────


@bp.route("/receive/<uuid:intake_id>/documents", methods=["GET", "POST"])
@officer(*RECEIVERS)
@keeps_typed
def receive_documents(intake_id: UUID, officer: Officer) -> ResponseReturnValue:
    """What came with it, scanned at the counter or saved from a message. None is needed to go on.

    The body is parsed only after right, limit and origin were looked at, while no transaction is open.
    """
    found = _opened(officer, intake_id)
    if not isinstance(found, Opened):
        return found
    intake, draft, told = found
    gap = first_gap(told, institution())
    if gap not in (None, Slug.DOCUMENTS):
        return go_to(pages.place_of(gap), intake_id=intake_id)
    page, part = DOCUMENTS
    if request.method != "POST":
        return render(page, **pages.documents_page(intake, draft, told, pages.files_form(draft, told)))
    box, limits = open_box(session(), draft.key_id), evidence.limits_of(institution().uploads)
    session().rollback()
    with receive(
        cast(Request, request),
        box=box,
        depot=Depot.at(settings().evidence_url),
        limits=limits,
        origin=settings().base_url,
    ) as delivery:
        if delivery.fault:
            form = pages.files_form(draft, told, read=False)
            form.tell([evidence_labels.whole(delivery.fault, limits)])
            return render(page, part=part, status=413, **pages.documents_page(intake, draft, told, form))
        form = pages.files_form(draft, told)
        if not form.validate_on_submit():
            form.tell([evidence_labels.ONCE_MORE] if delivery.arrived else [])
            return render(page, part=part, status=422, **pages.documents_page(intake, draft, told, form))
        return _take(Opened(intake, draft, told), form, delivery)


def _take(opened: Opened, form: FilesForm, delivery: Delivery) -> Response:
    """Keep what came, remove what is not wanted, and go on if that was asked and nothing went wrong."""
    intake, draft, told = opened
    profile, now, limits = institution(), clock.now(), evidence.limits_of(institution().uploads)
    draft = _held(draft)
    if draft.complaint_id:
        return go_to("desk.received", intake_id=intake.id)
    arrived = evidence.add(
        session(),
        draft.folder_id,
        box=open_box(session(), draft.key_id),
        purpose=form.purpose.data,
        delivery_id=delivery.id,
        arrived=delivery.arrived,
        limits=limits,
        scanner=scanner_of(settings()),
        now=now,
    )
    if unwanted := request.form.get("remove", type=UUID):
        evidence.remove(session(), unwanted, draft.folder_id, now=now)
    refused = evidence_labels.refusals(arrived, limits)
    if "upload" in request.form and not arrived:
        refused.append(evidence_labels.whole(Fault.NONE, limits))
    if "on" in request.form and not refused:
        service.keep(session(), intake, draft, {Slug.DOCUMENTS: Answer({}, {})}, profile=profile, now=now)
    answer = _onward(intake, draft) if "on" in request.form else go_to("desk.receive_documents", intake_id=intake.id)
    delivery.hand_over(arrived)
    session().commit()
    page, part = DOCUMENTS
    if refused:
        form.tell(refused)
        return render(page, part=part, status=422, **pages.documents_page(intake, draft, told, form))
    if wants_part() and "on" not in request.form:
        return render(page, part=part, **pages.documents_page(intake, draft, told, form))
    return answer


@bp.get("/receive/<uuid:intake_id>/documents/<uuid:document_id>")
@officer(*RECEIVERS)
def receive_document(intake_id: UUID, document_id: UUID, officer: Officer) -> ResponseReturnValue:
    """A file of one's own intake, as officers get it."""
    found = _opened(officer, intake_id)
    row = evidence_queries.find(session(), document_id)
    if not isinstance(found, Opened) or row is None or row.folder_id != found.draft.folder_id:
        abort(404)
    return give(row, Right.COPY)


# ── read back and register ───────────────────────────────────────────────────────────────────────


@bp.route("/receive/<uuid:intake_id>/check", methods=["GET", "POST"])
@officer(*RECEIVERS)
def receive_check(intake_id: UUID, officer: Officer) -> ResponseReturnValue:
    """Read it back to the customer, then register it. Sent twice, at once or later, it is one complaint."""
    found = _opened(officer, intake_id)
    if not isinstance(found, Opened):
        return found
    intake, draft, told = found
    gap = first_gap(told, institution()) or (Slug.CONTACT if intake.contact is None else None)
    if gap:
        return go_to(pages.place_of(gap), intake_id=intake_id)
    form, token = RegisterForm(counter=institution().channels[intake.channel].counter), token_of()
    if not form.validate_on_submit():
        page = pages.check_page(intake, draft, told, form)
        return hold_token(render("desk/receive_check.html", status=422 if form.errors else 200, **page), token)
    draft = _held(draft)
    try:
        service.register(
            session(),
            intake,
            draft,
            code=form.chosen,
            token=token,
            officer=officer,
            profile=institution(),
            base_url=settings().base_url,
            now=clock.now(),
        )
    except Unfinished as unfinished:
        session().rollback()
        return go_to(pages.place_of(unfinished.gap), intake_id=intake_id)
    session().commit()
    return hold_token(go_to("desk.received", intake_id=intake_id), token)


class Registered(NamedTuple):
    """An intake that has become a complaint."""

    intake: Intake
    draft: Draft
    complaint: Complaint


def _registered(officer: Officer, intake_id: UUID) -> Registered | Response:
    found = queries.find(session(), officer, intake_id, now=clock.now())
    if found is None:
        abort(404)
    intake, draft = found
    if draft.complaint_id is None:
        return _onward(intake, draft)
    return Registered(intake, draft, session().get_one(Complaint, draft.complaint_id))


@bp.get("/receive/<uuid:intake_id>/registered")
@officer(*RECEIVERS)
def received(intake_id: UUID, officer: Officer) -> ResponseReturnValue:
    """The number to say aloud, and what comes next (SQ-21, BM-10)."""
    found = _registered(officer, intake_id)
    if not isinstance(found, Registered):
        return found
    return render("desk/received.html", **pages.received_page(*found, token=token_of()))


@bp.get("/receive/<uuid:intake_id>/paper")
@officer(*RECEIVERS)
def counter_paper(intake_id: UUID, officer: Officer) -> ResponseReturnValue:
    """The receipt that a customer takes along from the counter; the access code stands on the paper alone."""
    found = _registered(officer, intake_id)
    if not isinstance(found, Registered):
        return found
    code = filing.kept_code(found.draft, token=token_of(), now=clock.now())
    if code is None:
        return go_to("desk.received", intake_id=intake_id)
    return render("desk/counter_paper.html", **pages.paper_page(*found, code=code))


@bp.post("/receive/<uuid:intake_id>/handed-over")
@officer(*RECEIVERS)
def handed_over(intake_id: UUID, officer: Officer) -> ResponseReturnValue:
    """The customer has the paper: nobody here can read the code any more."""
    found = _registered(officer, intake_id)
    if not isinstance(found, Registered):
        return found
    service.hand_over(session(), _held(found.draft))
    session().commit()
    return go_to("desk.received", intake_id=intake_id)
