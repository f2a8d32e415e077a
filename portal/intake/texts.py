"""Texts that need a word of their writer: two for one question, or one whose draft is gone."""

from flask import Blueprint, abort, redirect, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from portal import clock
from portal.complaints.handed_in import Acknowledged
from portal.filing import merging, saving, service
from portal.filing.access import Mine, hand_out, held, my_draft
from portal.filing.forms.asking import StepForm
from portal.filing.forms.choosing import Quarrel, texts_form
from portal.filing.forms.matter import AcknowledgementForm, TransactionForm
from portal.filing.merging import TextsChanged, TooManyTexts, Traces
from portal.filing.models import Draft
from portal.filing.quarrels import chosen, quarrels, reading
from portal.filing.rules import AlreadySent, Slug, Told, next_step, typed_rows
from portal.filing.steps import BY_SLUG, Step
from portal.filing.text_labels import TEXTS_CHANGED
from portal.filing.windows import opened, sender
from portal.intake.access import unsent
from portal.intake.guard import BEGIN, hindrance
from portal.intake.lost import gone
from portal.intake.pages import asking, step_url
from portal.intake.saving import put
from portal.web.access import keeps_typed, public
from portal.web.floor import institution, session
from portal.web.forms import Form
from portal.web.language import language
from portal.web.pages import go_to, render

bp = Blueprint("texts", __name__, url_prefix="/<any(id, en):lang>/file")


def _form_of(part: str, told: Told | None, *, sent: bool = False) -> tuple[Step, StepForm]:
    """The step and the form that a part of a draft is asked by, bound to what is held of it or was just sent.

    Answers 404 for what is no part.
    """
    name, _dash, row = part.rpartition("-")
    number = int(row) if name == Slug.TRANSACTIONS and row.isascii() and row.isdigit() else None
    slug = Slug.TRANSACTIONS if number else part
    if slug not in BY_SLUG or slug in (Slug.PRIVACY, Slug.DOCUMENTS, Slug.CHECK):
        abort(404)
    here = BY_SLUG[Slug(slug)]
    before = told.answers.get(here.slug) if told else None
    if not number:
        return here, here.form(asking(told), None if sent else (before.typed if before else {}))
    rows = typed_rows(before.typed) if before else []
    typed = rows[number - 1] if number <= len(rows) else {}
    return here, TransactionForm(
        asking(told), None if sent else typed, number=number, alone=number == 1 and len(rows) < 2
    )


def _url_of(here: Step, form: StepForm) -> str:
    """The address of the page that asks this form."""
    if isinstance(form, TransactionForm):
        return url_for("intake.transaction", number=form.number)
    return step_url(here.slug, language())


# ── two texts for one question ───────────────────────────────────────────────────────────────────


@bp.route("/texts/<part>", methods=["GET", "POST"])
@public
@keeps_typed
def choose(part: str) -> ResponseReturnValue:
    """What two windows wrote into the same question: the customer says which stays, or that both do."""
    mine = unsent()
    if not isinstance(mine, Mine):
        return mine
    told = service.told(session(), mine.draft)
    here, asked = _form_of(part, told)
    found = _quarrels(here, asked, told, saving.traces(session(), mine.draft).get(part))
    if not found:
        return redirect(_url_of(here, asked), 303)
    form = texts_form(found)
    if not form.validate_on_submit():
        return _choosing(part, form, found, status=422 if form.errors else 200)
    draft = held(mine)
    if draft is None:
        return go_to("intake.step", step=Slug.PRIVACY)
    try:
        _decide(draft, here, asked, form, found)
    except AlreadySent:
        session().rollback()
        return go_to("intake.sent")
    except TextsChanged:
        session().rollback()
        told = service.told(session(), mine.draft)
        found = _quarrels(here, asked, told, saving.traces(session(), mine.draft).get(part))
        form = texts_form(found, formdata=None)
        form.form_errors.append(TEXTS_CHANGED)
        return _choosing(part, form, found, status=422)
    session().commit()
    return hand_out(redirect(_url_of(here, asked), 303), mine.token)


def _decide(draft: Draft, here: Step, asked: StepForm, form: Form, found: list[Quarrel]) -> None:
    """Let the texts stand that were chosen. They are read through once more on their own page before they count.

    Raises `AlreadySent`, `TextsChanged`.
    """
    if draft.complaint_id is not None:
        raise AlreadySent
    everywhere = saving.traces(session(), draft)
    part, before = asked.part(here.slug), service.told(session(), draft).answers.get(here.slug)
    choices, shown = chosen(form, found)
    window = opened(asked.window, asked.groups())
    decided = merging.choose(asked.held(before) or {}, everywhere.get(part, Traces()), choices, shown, window=window)
    saving.keep(
        session(),
        draft,
        here.slug,
        asked.again(decided.typed).answer(before, valid=False),
        traces={**everywhere, part: decided.traces},
        language=language(),
        profile=institution(),
        now=clock.now(),
    )


def _quarrels(here: Step, asked: StepForm, told: Told, traces: Traces | None) -> list[Quarrel]:
    there = asked.held(told.answers.get(here.slug)) or {}
    return quarrels(reading(asked.__getitem__), traces, there, language=language(), zone=institution().zone)


def _choosing(part: str, form: Form, found: list[Quarrel], *, status: int) -> Response:
    return render("intake/texts.html", status=status, form=form, quarrels=found, belongs_to=part)


# ── a draft that is gone ─────────────────────────────────────────────────────────────────────────


@bp.post("/anew/<part>")
@public
@keeps_typed
def anew(part: str) -> ResponseReturnValue:
    """Begin a new draft with the text of one that is gone. The privacy notice comes first, as always (KX-16)."""
    mine = my_draft()
    if mine and mine.draft.complaint_id:
        mine = None
    told = service.told(session(), mine.draft) if mine else None
    here, form = _form_of(part, told, sent=True)
    notice = AcknowledgementForm(asking(None))
    if not notice.validate():
        return gone(here, form, notice)
    if mine is None and (stop := hindrance(BEGIN, lambda wait: gone(here, form, notice, wait=wait))):
        return stop
    draft, now = held(mine), clock.now()
    if mine and draft:
        token = mine.token
    else:
        acknowledged = Acknowledged(institution().privacy.version, language(), now)
        session().begin_write()
        draft, token = service.begin(session(), acknowledged=acknowledged, profile=institution(), now=now)
    form.window = sender()
    try:
        taken = put(here, form, draft, judged=False)
    except (AlreadySent, TooManyTexts):
        session().rollback()
        return gone(here, form, notice)
    session().commit()
    return hand_out(go_to("intake.step", step=next_step(taken.told, institution())), token)
