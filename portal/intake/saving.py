"""What a step's page sends: saved quietly, in another language, or to go on; and nothing of it is ever lost.

Every form of a step is taken here. It may come from a window that others have overtaken, from a page that
was open for too long, or for a draft that is gone: the text then comes back on a page that says what to do.
"""

from collections.abc import Callable
from dataclasses import dataclass

from flask import request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal import clock
from portal.filing import saving, service
from portal.filing.access import Mine, hand_out, held
from portal.filing.forms.asking import StepForm
from portal.filing.merging import TooManyTexts, Traces, merge
from portal.filing.models import Draft
from portal.filing.rules import AlreadySent, Answer, Slug, Told, is_open, next_step, without_row
from portal.filing.steps import Step
from portal.filing.text_labels import TOO_MANY_TEXTS
from portal.filing.windows import opened, sender
from portal.intake.lost import gone, late
from portal.web.floor import institution, session
from portal.web.language import language
from portal.web.pages import go_to
from portal.web.quiet import is_quiet, said, saved, saved_beside
from portal.words import LANGUAGES

# The name of what a form says beside its answers: which language its reader wants.
SWITCH = "switch"

Show = Callable[[StepForm, Told | None, int], Response]
Onward = Callable[[Told], Response]


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a form: what the draft holds now, the form as it stands there, and whether that is an answer.

    `torn`: texts of two windows wait for a choice.
    """

    told: Told
    form: StepForm
    answered: bool
    torn: bool


def take(
    here: Step, form: StepForm, mine: Mine | None, told: Told | None, *, show: Show, onward: Onward | None = None
) -> Response:
    """Take a step's form: keep what was typed, whether it is valid or not, and answer as the page asked.

    `show` gives the page back with a form; `onward` is where a valid answer leads to, by default the next
    step. A step that this filing does not need, or not yet, is kept all the same.
    """
    quiet, switching = is_quiet(), SWITCH in request.form
    form.window = sender()
    form.validate()
    if form.forged:
        # From another site, or the session ended while somebody wrote: one click sends it again.
        return (
            said(_("Not saved, because the page was open for too long. Press the button below"), 422)
            if quiet
            else show(form, told, 422)
        )
    draft = held(mine)
    if mine is None or draft is None:
        return (
            said(_("Not saved, because your unfinished complaint is no longer there. Press the button below"), 410)
            if quiet
            else gone(here, form)
        )
    try:
        taken = put(here, form, draft, judged=not quiet and not switching)
    except AlreadySent:
        session().rollback()
        return said(_("Not saved, because the complaint was sent in another window"), 409) if quiet else late(form)
    except TooManyTexts:
        session().rollback()
        form.form_errors.append(TOO_MANY_TEXTS)
        return said(str(TOO_MANY_TEXTS), 409, _comparison(here, form)) if quiet else show(form, told, 422)
    session().commit()
    return hand_out(_answer(here, taken, quiet, show, onward or _next), mine.token)


def _answer(here: Step, taken: Taken, quiet: bool, show: Show, onward: Onward) -> Response:
    """How a form is answered that is kept."""
    if quiet:
        return _saved(here, taken)
    if taken.torn:
        return go_to("texts.choose", part=taken.form.part(here.slug))
    if elsewhere := switched():
        return elsewhere
    if not taken.answered and is_open(taken.told, here.slug, institution()):
        return show(taken.form, taken.told, 422)
    return onward(taken.told)


def _next(told: Told) -> Response:
    return go_to("intake.step", step=next_step(told, institution()))


def put(here: Step, form: StepForm, draft: Draft, *, judged: bool) -> Taken:
    """Put a form into a draft that is held, beside what other windows have put there meanwhile.

    What is not `judged`, because its writer is still at it, is no answer yet: the step stays to be
    finished, and nothing is sent in its stead. Raises `AlreadySent`, `TooManyTexts`.
    """
    if draft.complaint_id is not None:
        raise AlreadySent
    now = clock.now()
    told, everywhere = service.told(session(), draft), saving.traces(session(), draft)
    before, part = told.answers.get(here.slug), form.part(here.slug)
    there, traces = form.held(before), everywhere.get(part, Traces())
    merged = merge(there, traces, form.groups(), form.window or sender(), at=now)
    kept = form if merged.typed == form.inputs() else form.again(merged.typed)
    kept.window = merged.window
    torn = bool(merged.traces.beside)
    answered = judged and not torn and (not form.errors if kept is form else kept.validate())
    new = any(merged.typed.values()) if there is None else merged.typed != there
    if judged or new or merged.traces.beside != traces.beside:
        saving.keep(
            session(),
            draft,
            here.slug,
            kept.answer(before, valid=answered),
            traces={**everywhere, part: merged.traces},
            language=language(),
            profile=institution(),
            now=now,
        )
    return Taken(service.told(session(), draft), kept, answered, torn)


# ── what a page's script is told ─────────────────────────────────────────────────────────────────


def _saved(here: Step, taken: Taken) -> Response:
    seen = opened(taken.form.window, taken.form.groups()).told
    return saved_beside(_comparison(here, taken.form), seen) if taken.torn else saved(seen)


def _comparison(here: Step, form: StepForm) -> dict[str, str]:
    return {"url": url_for("texts.choose", part=form.part(here.slug)), "words": _("Compare them")}


# ── rows, languages, parts ───────────────────────────────────────────────────────────────────────


def remove_row(draft: Draft, slug: Slug, before: Answer, number: int) -> None:
    """Take a row out of a step of a draft that is held, with what waits beside it. Raises `AlreadySent`."""
    answer = without_row(before, number)
    service.save(session(), draft, slug, answer, language=language(), profile=institution(), now=clock.now())
    saving.forget_row(session(), draft, slug, number)


def switched() -> Response | None:
    """This request's page in the language that its button asked for; None where none did."""
    code = request.form.get(SWITCH)
    return go_to(str(request.endpoint), lang=code, **(request.view_args or {})) if code in LANGUAGES else None


def torn(mine: Mine, part: str) -> Response | None:
    """Where somebody goes first who comes to a part whose texts wait for a choice; None where none do."""
    traces = saving.traces(session(), mine.draft).get(part)
    return go_to("texts.choose", part=part) if traces and traces.beside else None


def part_of(slug: Slug, number: int | None = None) -> str:
    """The name of a step, or of one of its rows, within a draft."""
    return slug if number is None else f"{slug}-{number}"
