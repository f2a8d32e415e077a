"""How a complaint came and what the customer tells, each on one page, also from several windows at once."""

from collections.abc import Callable
from uuid import UUID

from flask import abort, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal import clock
from portal.accounts.access import officer
from portal.accounts.rules import Officer
from portal.desk.blueprint import bp
from portal.desk.receiving import pages, queries, service
from portal.desk.receiving.forms import FrameForm, ToldForm, held_page
from portal.desk.receiving.models import Intake
from portal.desk.receiving.opening import RECEIVERS, Opened, held, held_still, onward, opened
from portal.desk.receiving.rules import FRAME, TOLD, frame_of, moved
from portal.filing import saving, windows
from portal.filing import service as filing
from portal.filing.merging import TooManyTexts, Traces, merge
from portal.filing.quarrels import told as told_in
from portal.filing.quarrels import unsaved
from portal.filing.rules import MOST_TRANSACTIONS, AlreadySent, Told
from portal.filing.text_labels import TOO_MANY_TEXTS
from portal.filing.windows import sender
from portal.web.floor import institution, session
from portal.web.pages import go_to, render
from portal.web.quiet import is_quiet, said, saved, saved_beside

# Where an officer writes at length: a session that ended meanwhile must not cost them that.
WRITES = ("story-story", "loss-wish", "authority-scope", "contact-needs")


# ── how it came ──────────────────────────────────────────────────────────────────────────────────


@bp.route("/receive", methods=["GET", "POST"])
@officer(*RECEIVERS)
def receive_new(officer: Officer) -> ResponseReturnValue:
    """Begin one that came by telephone, at a counter or in writing, or go on with one that was left (KF-12, BM-04)."""
    sent = request.method == "POST"
    form = FrameForm(pages.asking(None), sent=request.form.to_dict() if sent else None)
    if not sent or not form.validate():
        return render("desk/receive.html", status=422 if sent else 200, **pages.start_page(officer, form))
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
    found = _opened(officer, intake_id, _sent_frame)
    if not isinstance(found, Opened):
        return found
    intake, told = found.intake, found.told
    if request.method != "POST":
        form = FrameForm(pages.asking(told), frame_of(intake))
        return _waits(found, FRAME) or render("desk/receive.html", **pages.frame_page(intake, told, form))
    form = _sent_frame(told)
    if not form.validate():
        return render("desk/receive.html", status=422, **pages.frame_page(intake, told, form))
    now = clock.now()
    draft = held(found.draft)
    if draft is None or draft.complaint_id is not None:
        return _lost(intake if draft else None, form)
    told, traces = filing.told(session(), draft), saving.traces(session(), draft)
    there = FrameForm(pages.asking(told), frame_of(intake)).contested()[FrameForm.WHOLE]
    try:
        merged = merge(there, traces.get(FRAME, Traces()), form.contested(), sender(), at=now)
    except TooManyTexts:
        session().rollback()
        form.form_errors.append(TOO_MANY_TEXTS)
        return render("desk/receive.html", status=422, **pages.frame_page(intake, told, form))
    kept = FrameForm(pages.asking(told), sent=FrameForm.of_contested(merged.typed))
    if not kept.validate():
        # What was saved does not hold any more: the profile has another list since then.
        session().rollback()
        return render("desk/receive.html", status=422, **pages.frame_page(intake, told, kept))
    service.reframe(session(), intake, draft, frame=kept.frame(), profile=institution(), now=now)
    traces = {**traces, FRAME: merged.traces}
    service.keep(session(), intake, draft, kept.answers(), profile=institution(), now=now, traces=traces)
    answer = onward(intake, draft)
    session().commit()
    return answer


@bp.post("/receive/<uuid:intake_id>/discard")
@officer(*RECEIVERS)
def receive_discard(intake_id: UUID, officer: Officer) -> ResponseReturnValue:
    """Delete what was begun, with its files."""
    found = opened(officer, intake_id)
    if not isinstance(found, Opened):
        return found
    draft = held_still(found.draft)
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
    """What the customer's own form asks, on one page (KF-14). It is kept while it is written, valid or not."""
    found = _opened(officer, intake_id, _sent_told)
    if not isinstance(found, Opened):
        return found
    intake, told = found.intake, found.told
    if request.method != "POST":
        rows = min(max(request.args.get("rows", 1, type=int), 1), MOST_TRANSACTIONS)
        form = ToldForm(pages.asking(told), told, source=intake.contact, letters=intake.language, rows=rows)
        return _waits(found, TOLD) or render("desk/receive_told.html", **pages.told_page(intake, told, form))
    now = clock.now()
    draft = held(found.draft)
    if draft is None or draft.complaint_id is not None:
        return _lost(intake if draft else None, _sent_told(told))
    told, traces = filing.told(session(), draft), saving.traces(session(), draft)
    form, there = _sent_told(told), held_page(told, intake.contact)
    try:
        merged = merge(there, traces.get(TOLD, Traces()), form.contested(), sender(), at=now)
    except TooManyTexts:
        session().rollback()
        if is_quiet():
            return said(str(TOO_MANY_TEXTS), 409, _comparison(intake_id))
        form.form_errors.append(TOO_MANY_TEXTS)
        return render("desk/receive_told.html", status=422, **pages.told_page(intake, told, form))
    form = ToldForm(pages.asking(told), told, rows=form.rows, sent=merged.typed)
    form.window = merged.window
    valid = form.validate()
    torn, unwanted = bool(merged.traces.beside), request.form.get("remove", type=int)
    later = unwanted is not None or is_quiet() or "more" in request.form or "leave" in request.form
    places = form.places(unwanted, writing=is_quiet())
    service.keep(
        session(),
        intake,
        draft,
        form.answers(judged=not later and not torn, places=places),
        profile=institution(),
        now=now,
        contact=form.source,
        traces={**traces, TOLD: moved(merged.traces, places)},
    )
    answer = onward(intake, draft)
    session().commit()
    if is_quiet():
        seen = windows.opened(form.window, form.contested()).told
        return saved_beside(_comparison(intake_id), seen) if torn else saved(seen)
    if torn:
        return answer
    if "leave" in request.form:
        return go_to("desk.receive_new")
    if later:
        rows = form.rows - 1 if unwanted is not None else form.rows + 1
        return go_to("desk.receive_told", intake_id=intake_id, rows=max(rows, 1), _anchor="transactions")
    if not valid:
        return render("desk/receive_told.html", status=422, **pages.told_page(intake, told, form))
    return answer


# ── other windows ────────────────────────────────────────────────────────────────────────────────

Sent = Callable[[Told | None], FrameForm | ToldForm]


def _sent_frame(told: Told | None) -> FrameForm:
    """The first page as it was sent."""
    form = FrameForm(pages.asking(told), sent=request.form.to_dict())
    form.window = sender()
    return form


def _sent_told(told: Told | None) -> ToldForm:
    """The second page as it was sent."""
    rows = min(max(request.form.get("rows", 1, type=int), 1), MOST_TRANSACTIONS)
    form = ToldForm(pages.asking(told), told, rows=rows, sent=request.form.to_dict())
    form.window = sender()
    return form


def _opened(officer: Officer, intake_id: UUID, sent: Sent) -> Opened | Response:
    """As `opened`; what somebody sends who has not seen that the intake is registered, or gone, comes back to them."""
    if request.method != "POST":
        return opened(officer, intake_id)
    found = queries.find(session(), officer, intake_id, now=clock.now())
    if found is None:
        return _lost(None, sent(None))
    intake, draft = found
    told = filing.told(session(), draft)
    return _lost(intake, sent(told)) if draft.complaint_id else Opened(intake, draft, told)


def _lost(intake: Intake | None, form: FrameForm | ToldForm) -> Response:
    """What was written for an intake that is registered by now, or that is no longer there: None. Nothing was
    written: 404, or what the intake has become."""
    session().rollback()
    if is_quiet():
        return (
            said(_("Not saved, because the complaint was registered in another window"), 409)
            if intake
            else said(_("Not saved, because this intake is no longer there. Press the button below"), 410)
        )
    texts = told_in(form.reading(), unsaved(form.contested(), sender()))
    if texts:
        return render("desk/receive_late.html", status=409 if intake else 410, intake=intake, texts=texts)
    return go_to("desk.received", intake_id=intake.id) if intake else abort(404)


def _comparison(intake_id: UUID) -> dict[str, str]:
    return {"url": url_for("desk.receive_texts", intake_id=intake_id), "words": _("Compare them")}


def _waits(found: Opened, page: str) -> Response | None:
    """The way to the choice between the texts of a page, where some wait for it."""
    traces = saving.traces(session(), found.draft).get(page)
    return go_to("desk.receive_texts", intake_id=found.intake.id) if traces and traces.beside else None
