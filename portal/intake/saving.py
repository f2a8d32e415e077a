"""What a step's page sends: saved quietly, in another language, or to go on; and nothing of it is ever lost.

Every form of a step is taken here. It may come from a window that others have overtaken, from a page that
was open for too long, or for a draft that is gone: the text then comes back on a page that says what to do.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from secrets import token_urlsafe
from typing import Any

from flask import Blueprint, abort, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from portal import clock
from portal.complaints.rules import Acknowledged
from portal.filing import saving, service
from portal.filing.access import Mine, hand_out, held, my_draft
from portal.filing.forms.asking import StepForm
from portal.filing.forms.matter import AcknowledgementForm, TransactionForm
from portal.filing.merging import (
    JOINED,
    KEPT,
    TextsChanged,
    TooManyTexts,
    Traces,
    Window,
    all_of,
    choose,
    fingerprint,
    group_of,
    merge,
)
from portal.filing.models import Draft
from portal.filing.rules import AlreadySent, Slug, Told, next_step, typed_rows
from portal.filing.steps import BY_SLUG, Step
from portal.intake.forms import Quarrel, texts_form
from portal.intake.guard import BEGIN, hindrance
from portal.intake.pages import asking, step_url
from portal.web import formats
from portal.web.access import keeps_typed, public
from portal.web.fields import BooleanField, LongTextField, RadioField
from portal.web.floor import institution, session
from portal.web.language import language
from portal.web.pages import go_to, render
from portal.words import LANGUAGES

bp = Blueprint("saving", __name__, url_prefix="/<any(id, en):lang>/file")

# Names of what a form says beside its answers.
QUIET, SWITCH = "typed", "switch"
MARK_BYTES = 12

Show = Callable[[StepForm, int], Response]
Onward = Callable[[Told], Response]


# ── windows ──────────────────────────────────────────────────────────────────────────────────────


def opened(form: StepForm) -> Window:
    """The window that a page becomes which shows this form."""
    return form.window or Window(token_urlsafe(MARK_BYTES)).shows(form.groups())


def _window() -> Window:
    """The window that this request's form names."""
    sent = request.form
    return Window.read(sent.get("window", ""), sent.get("turn", ""), sent.get("seen", ""))


# ── what a step's page sends ─────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a form: what the draft holds now, the form as it stands there, and whether that is an answer.

    `torn`: texts of two windows wait for a choice.
    """

    told: Told
    form: StepForm
    answered: bool
    torn: bool


def take(here: Step, form: StepForm, mine: Mine | None, *, show: Show, onward: Onward) -> Response:
    """Take a step's form: keep what was typed whether it is valid or not, and answer as the page asked.

    `show` gives the page back with the form; `onward` is where a valid answer leads to.
    """
    quiet, switch = QUIET in request.form, request.form.get(SWITCH, "")
    form.window = _window()
    form.validate()
    if form.forged:
        return _quietly(_("Not saved: the page was open for too long. Press the button to send it once more"), 422) if (
            quiet
        ) else show(form, 422)
    draft = held(mine)
    if mine is None or draft is None:
        return gone(here, form)
    try:
        taken = _put(here, form, draft, judged=not quiet and not switch)
    except AlreadySent:
        session().rollback()
        return _late(here, form)
    except TooManyTexts:
        session().rollback()
        form.form_errors.append(TOO_MANY)
        return _quietly(str(TOO_MANY), 409, _choice(here, form)) if quiet else show(form, 422)
    session().commit()
    if quiet:
        answer = _saved(here, taken)
    elif taken.torn:
        answer = go_to("saving.texts", part=form.part(here.slug))
    elif switch in LANGUAGES:
        answer = go_to(str(request.endpoint), lang=switch, **(request.view_args or {}))
    elif not taken.answered:
        answer = show(taken.form, 422)
    else:
        answer = onward(taken.told)
    return hand_out(answer, mine.token)


def _put(here: Step, form: StepForm, draft: Draft, *, judged: bool) -> Taken:
    """Put a form into the draft beside what other windows have put there meanwhile.

    What is not `judged`, because its writer is still at it, is no answer yet: the step stays to be finished.
    Raises `AlreadySent`, `TooManyTexts`.
    """
    if draft.complaint_id is not None:
        raise AlreadySent
    now = clock.now()
    told, all_traces = service.told(session(), draft), saving.traces(session(), draft)
    before, part = told.answers.get(here.slug), form.part(here.slug)
    there, traces = form.held(before), all_traces.get(part, Traces())
    merged = merge(there, traces, form.groups(), form.window or Window(), at=now)
    kept = form if merged.typed == form.inputs() else form.again(merged.typed)
    kept.window = merged.window
    torn = bool(merged.traces.beside)
    answered = judged and not torn and (not form.errors if kept is form else kept.validate())
    changed = merged.traces.beside != traces.beside or (
        merged.typed != there if there is not None else any(merged.typed.values())
    )
    if judged or changed:
        saving.keep(
            session(),
            draft,
            here.slug,
            kept.answer(before, valid=answered),
            traces={**all_traces, part: merged.traces},
            language=language(),
            profile=institution(),
            now=now,
        )
    return Taken(service.told(session(), draft), kept, answered, torn)


# ── saved quietly ────────────────────────────────────────────────────────────────────────────────


def _quietly(said: str, status: int, link: dict[str, str] | None = None, **more: str) -> Response:
    """The answer to a page's script: a sentence for the note below its form."""
    answer = Response(status=status, mimetype="application/json")
    answer.set_data(_json({"said": said, **({"link": link} if link else {}), **more}))
    return answer


def _saved(here: Step, taken: Taken) -> Response:
    seen = opened(taken.form).told
    if taken.torn:
        said = _("Saved. In another window or on another device you wrote something else here; both are kept.")
        return _quietly(said, 200, _choice(here, taken.form), seen=seen)
    at = formats.hour(clock.now().astimezone(institution().zone).time(), language())
    return _quietly(_("Saved %(at)s", at=at), 200, seen=seen)


def _choice(here: Step, form: StepForm) -> dict[str, str]:
    return {"url": url_for("saving.texts", part=form.part(here.slug)), "words": _("Compare them")}
