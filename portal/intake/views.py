"""The customer's way from the privacy notice to a registered complaint."""

from functools import cache
from typing import Any

from flask import Blueprint, abort, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from portal import clock
from portal.complaints.clocks import answered_by
from portal.complaints.models import Complaint
from portal.complaints.numbers import spelled
from portal.complaints.queries import person_in
from portal.complaints.rules import Acknowledged, Kind
from portal.complaints.service import printed
from portal.filing import service
from portal.filing.access import Mine, hand_out, held, my_draft, take_back
from portal.filing.forms import Asking, StepForm
from portal.filing.labels import EXPOSED
from portal.filing.queries import sent_as
from portal.filing.rules import AlreadySent, Slug, Told, Unfinished, is_open, next_step, path, step_before
from portal.filing.steps import BY_SLUG, Step, exposed_by, summary
from portal.sealing import open_box
from portal.web.access import keeps_typed, public
from portal.web.floor import institution, session, settings
from portal.web.language import language
from portal.web.pages import go_to, render
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
    return _begin(mine) if here.slug is Slug.PRIVACY else _save(here, form, mine)


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
    steps, before = path(told, profile), step_before(here.slug, told, profile)
    page: dict[str, Any] = {
        "form": form,
        "here": here.slug,
        "steps": _titles(steps, language()),
        "current": steps.index(here.slug) + 1,
        "back_url": url_for("intake.step", step=before) if before else url_for("guidance.start"),
    }
    if here.slug is Slug.PRIVACY:
        page |= {"draft": mine and mine.draft, "going_on": next_step(told, profile)}
    if here.slug is Slug.CHECK and told:
        page |= _check_page(told)
    return page


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
        "answered_by": answered_by(Kind.COMPLAINT, form, profile, at=clock.now()),
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
