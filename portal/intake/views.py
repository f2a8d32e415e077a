"""The customer's way from the privacy notice to a registered complaint."""

from functools import cache
from typing import Any, cast
from uuid import UUID

from flask import Blueprint, abort, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from portal import clock
from portal.complaints.clocks import answered_by
from portal.complaints.models import Complaint
from portal.complaints.numbers import spelled
from portal.complaints.queries import person_in
from portal.complaints.recording import printed
from portal.complaints.rules import COMPLAINT, Acknowledged
from portal.evidence import labels as evidence_labels
from portal.evidence import queries as evidence_queries
from portal.evidence import service as evidence
from portal.evidence.forms import FilesForm
from portal.evidence.receiving import Delivery, receive
from portal.evidence.rules import OTHER, Fault
from portal.evidence.scanner import scanner_of
from portal.evidence.storage import Depot
from portal.filing import service
from portal.filing.access import Mine, hand_out, held, my_draft, take_back
from portal.filing.forms import Asking, StepForm
from portal.filing.labels import EXPOSED
from portal.filing.queries import sent_as
from portal.filing.rules import AlreadySent, Slug, Told, Unfinished, is_open, next_step, path, step_before
from portal.filing.steps import BY_SLUG, Step, exposed_by, summary
from portal.institution.calendars.queries import calendars
from portal.intake.guard import BEGIN, SEND, hindrance
from portal.sealing import open_box
from portal.web.access import keeps_typed, public
from portal.web.floor import institution, session, settings
from portal.web.language import language
from portal.web.pages import go_to, render, wants_part
from portal.web.uploads import Request
from portal.workdays.rules import local_day

bp = Blueprint("intake", __name__, url_prefix="/<any(id, en):lang>/file")


# ── step by step ─────────────────────────────────────────────────────────────────────────────────


@bp.route("/<step>", methods=["GET", "POST"])
@public
@keeps_typed
def step(step: str) -> ResponseReturnValue:
    """One step: its questions, and what was answered so far. A step beyond a gap leads to the gap."""
    if step not in BY_SLUG or (step == Slug.CHECK and request.method == "POST"):
        abort(404)
    here, mine = BY_SLUG[Slug(step)], my_draft()
    if mine and mine.draft.complaint_id:
        if here.slug is not Slug.PRIVACY or service.kept_code(mine.draft, token=mine.token, now=clock.now()):
            return go_to("intake.sent")
        mine = None
    told = service.told(session(), mine.draft) if mine else None
    if not is_open(told, here.slug, institution()):
        return go_to("intake.step", step=next_step(told, institution()))
    form = _form(here, told)
    if not form.validate_on_submit():
        return render(here.template, status=422 if form.errors else 200, **_step_page(here, form, told, mine))
    if here.slug is not Slug.PRIVACY:
        return _save(here, form, mine)
    if mine is None and (
        stop := hindrance(BEGIN, lambda wait: render(here.template, wait=wait, **_step_page(here, form, told, mine)))
    ):
        return stop
    return _begin(mine)


def _form(here: Step, told: Told | None) -> StepForm:
    answer = told.answers.get(here.slug) if told else None
    asking = Asking(
        profile=institution(),
        language=language(),
        today=local_day(clock.now(), institution().zone),
        email_required=settings().production,
    )
    return here.form(asking, answer.typed if answer and request.method == "GET" else None)


def _begin(mine: Mine | None) -> Response:
    """The notice was acknowledged: open a draft, or note that it was acknowledged once more."""
    now, profile = clock.now(), institution()
    acknowledged = Acknowledged(profile.privacy.version, language(), now)
    draft = held(mine)
    if mine and draft:
        token = mine.token
        try:
            service.acknowledge(session(), draft, acknowledged=acknowledged, profile=profile, now=now)
        except AlreadySent:
            return go_to("intake.sent")
    else:
        session().begin_write()
        draft, token = service.begin(session(), acknowledged=acknowledged, profile=profile, now=now)
    told = service.told(session(), draft)
    session().commit()
    return hand_out(go_to("intake.step", step=next_step(told, profile)), token)


def _save(here: Step, form: StepForm, mine: Mine | None) -> Response:
    draft = held(mine)
    if not mine or not draft:
        return go_to("intake.step", step=Slug.PRIVACY)
    try:
        service.save(
            session(),
            draft,
            here.slug,
            typed=form.inputs(),
            read=form.read(),
            language=language(),
            profile=institution(),
            now=clock.now(),
        )
    except AlreadySent:
        return go_to("intake.sent")
    told = service.told(session(), draft)
    session().commit()
    return hand_out(go_to("intake.step", step=next_step(told, institution())), mine.token)


def _step_page(here: Step, form: StepForm, told: Told | None, mine: Mine | None) -> dict[str, Any]:
    """A step's form, and where it stands among the others."""
    profile = institution()
    page: dict[str, Any] = {"form": form, **_place(here, told)}
    if here.slug is Slug.PRIVACY:
        page |= {"draft": mine and mine.draft, "going_on": next_step(told, profile)}
    if here.slug is Slug.CHECK and told and mine:
        page |= _check_page(told) | _documents_of(mine)
    return page


def _place(here: Step, told: Told | None) -> dict[str, Any]:
    """Where a step stands among the others."""
    profile = institution()
    steps, before = path(told, profile), step_before(here.slug, told, profile)
    return {
        "here": here.slug,
        "steps": _titles(steps, language()),
        "current": steps.index(here.slug) + 1,
        "back_url": url_for("intake.step", step=before) if before else url_for("guidance.start"),
    }


@cache
def _titles(steps: tuple[Slug, ...], language: str) -> list[str]:
    # Every page names all steps, and looking a lazy text up costs more than showing it.
    return [str(BY_SLUG[slug].title) for slug in steps]


def _check_page(told: Told) -> dict[str, Any]:
    """Everything that will be sent, what should be taken out of it first, and by when we would answer."""
    profile = institution()
    form = profile.channels[profile.own_channel].form
    return {
        "sections": summary(told, profile, language()),
        "exposed": [(EXPOSED[what], slug) for what, slug in exposed_by(told)],
        "answered_by": answered_by(COMPLAINT, form, profile, calendars=calendars(session()).of, at=clock.now()),
    }


# ── documents ────────────────────────────────────────────────────────────────────────────────────

# The page, and the part of it that a script gets which sends each file by itself.
DOCUMENTS = ("intake/documents.html", "intake/_documents.html")


@bp.route("/documents", methods=["GET", "POST"])
@public
@keeps_typed
def documents() -> ResponseReturnValue:
    """The step at which files come. Each is kept at once and stands in the list; none is needed to go on.

    The body is parsed only after right, limit and origin were looked at, while no transaction is open.
    """
    page, part = DOCUMENTS
    here, mine = BY_SLUG[Slug.DOCUMENTS], my_draft()
    if mine and mine.draft.complaint_id:
        return go_to("intake.sent")
    told = service.told(session(), mine.draft) if mine else None
    if not mine or not told or not is_open(told, here.slug, institution()):
        return go_to("intake.step", step=next_step(told, institution()))
    if request.method != "POST":
        return render(page, **_documents_page(here, _files_form(mine), told, mine))
    box, limits = open_box(session(), mine.draft.key_id), evidence.limits_of(institution().uploads)
    session().rollback()
    with receive(
        cast(Request, request),
        box=box,
        depot=Depot.at(settings().evidence_url),
        limits=limits,
        origin=settings().base_url,
    ) as delivery:
        if delivery.fault:
            form = _files_form(mine, read=False)
            form.tell([evidence_labels.whole(delivery.fault, limits)])
            return render(page, part=part, status=413, **_documents_page(here, form, told, mine))
        form = _files_form(mine)
        if not form.validate_on_submit():
            # The text of a page that was open for too long comes back; files cannot.
            form.tell([evidence_labels.ONCE_MORE] if delivery.arrived else [])
            return render(page, part=part, status=422, **_documents_page(here, form, told, mine))
        return _take(here, mine, form, delivery)


def _take(here: Step, mine: Mine, form: FilesForm, delivery: Delivery) -> Response:
    """Keep what came, remove what is not wanted, and go on if that was asked and nothing went wrong."""
    profile, now, limits = institution(), clock.now(), evidence.limits_of(institution().uploads)
    draft = held(mine)
    if not draft:
        return go_to("intake.step", step=Slug.PRIVACY)
    if draft.complaint_id:
        return go_to("intake.sent")
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
        service.save(session(), draft, here.slug, typed={}, read={}, language=language(), profile=profile, now=now)
    told = service.told(session(), draft)
    delivery.hand_over(arrived)
    session().commit()
    page, part = DOCUMENTS
    if refused:
        form.tell(refused)
        return render(page, part=part, status=422, **_documents_page(here, form, told, mine))
    if wants_part() and "on" not in request.form:
        # A script that sent one file, or removed one, and shows what there is now.
        return hand_out(render(page, part=part, **_documents_page(here, form, told, mine)), mine.token)
    following = next_step(told, profile) if "on" in request.form else here.slug
    return hand_out(go_to("intake.step", step=following), mine.token)


def _files_form(mine: Mine, *, read: bool = True) -> FilesForm:
    """The form for files; what the customer has not sent yet is chosen beforehand."""
    there = {one.purpose for one in evidence_queries.documents(session(), mine.draft.folder_id)}
    offered = evidence_labels.purposes(institution(), language())
    first = next((code for code in offered if code not in there), OTHER)
    return FilesForm(purposes=offered, first=first, **({} if read else {"formdata": None}))


def _documents_page(here: Step, form: FilesForm, told: Told, mine: Mine) -> dict[str, Any]:
    return {
        **_place(here, told),
        **_documents_of(mine),
        "form": form,
        "limits": institution().uploads,
    }


def _documents_of(mine: Mine) -> dict[str, Any]:
    """The draft's documents, and those usually asked for that are not among them."""
    found = evidence_queries.documents(session(), mine.draft.folder_id)
    there = {one.purpose for one in found}
    return {
        "documents": evidence_labels.lines(found, institution(), language()),
        "lacking": [
            one.label[language()] for one in institution().files_asked(representative=False) if one.code not in there
        ],
    }


@bp.post("/discard")
@public
def discard() -> ResponseReturnValue:
    """Delete an unfinished draft and begin anew."""
    mine = my_draft()
    draft = held(mine)
    if draft:
        try:
            service.discard(session(), draft, now=clock.now())
        except AlreadySent:
            return go_to("intake.sent")
        session().commit()
    return take_back(go_to("intake.step", step=Slug.PRIVACY))


# ── sent ─────────────────────────────────────────────────────────────────────────────────────────


@bp.route("/send", methods=["GET", "POST"])
@public
@keeps_typed
def send() -> ResponseReturnValue:
    """Register the complaint. Sending twice, at once or later, leads to the same one."""
    if request.method == "GET":
        # Where the language link or the reload of a page leads that was refused here.
        return go_to("intake.step", step=Slug.CHECK)
    mine = my_draft()
    if mine and not mine.draft.complaint_id:
        told, here = service.told(session(), mine.draft), BY_SLUG[Slug.CHECK]
        if not is_open(told, here.slug, institution()):
            return go_to("intake.step", step=next_step(told, institution()))
        form = _form(here, told)
        if not form.validate_on_submit():
            return render(here.template, status=422, **_step_page(here, form, told, mine))
        if stop := hindrance(SEND, lambda wait: render(here.template, wait=wait, **_step_page(here, form, told, mine))):
            return stop
    draft = held(mine)
    if not mine or not draft:
        return go_to("intake.step", step=Slug.PRIVACY)
    try:
        service.send(
            session(),
            draft,
            token=mine.token,
            language=language(),
            profile=institution(),
            base_url=settings().base_url,
            now=clock.now(),
        )
    except Unfinished as unfinished:
        return go_to("intake.step", step=unfinished.gap)
    session().commit()
    return hand_out(go_to("intake.sent"), mine.token)


@bp.get("/sent")
@public
def sent() -> ResponseReturnValue:
    """The confirmation (SQ-21, BM-10, BM-11): number, moment, access code while it is kept, and what follows."""
    mine = my_draft()
    complaint = sent_as(session(), mine.draft) if mine else None
    if not mine or not complaint:
        return go_to("intake.step", step=Slug.CHECK if mine else Slug.PRIVACY)
    return render("intake/sent.html", **_sent_page(mine, complaint))


def _sent_page(mine: Mine, complaint: Complaint) -> dict[str, Any]:
    profile = institution()
    code = service.kept_code(mine.draft, token=mine.token, now=clock.now())
    return {
        "number": printed(complaint, profile),
        "spelled": spelled(complaint.registration, language()),
        "code": code,
        "kept_until": mine.draft.kept_until,
        "complaint": complaint,
        "topic": profile.topics.get(complaint.topic),
        "channel": profile.channels[complaint.channel],
        # Only as long as the code stands beside it: who may read the one may read the other.
        "person": person_in(open_box(session(), complaint.key_id), complaint.parties[0]) if code else None,
    }


@bp.post("/kept")
@public
def kept() -> ResponseReturnValue:
    """The customer has kept number and code: our copy of the code is destroyed and this browser forgets the draft."""
    mine = my_draft()
    draft = held(mine)
    if draft:
        if not draft.complaint_id:
            return go_to("intake.step", step=Slug.CHECK)
        service.forget_sent(session(), draft)
        session().commit()
    return take_back(go_to("tracking.sign_in"))
