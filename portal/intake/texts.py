"""Texts that need a word of their writer: two for one question, or one whose draft is gone."""

from flask import Blueprint, abort, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal import clock
from portal.complaints.handed_in import Acknowledged
from portal.filing import merging, saving, service
from portal.filing.access import hand_out, held, my_draft
from portal.filing.forms.asking import StepForm
from portal.filing.forms.matter import AcknowledgementForm, TransactionForm
from portal.filing.merging import (
    JOINED,
    KEPT,
    Group,
    TextsChanged,
    TooManyTexts,
    Traces,
    all_of,
    fingerprint,
    group_of,
)
from portal.filing.models import Draft
from portal.filing.rules import AlreadySent, Slug, Told, next_step, typed_rows
from portal.filing.steps import BY_SLUG, Step
from portal.intake.forms import Quarrel, Text, texts_form
from portal.intake.guard import BEGIN, hindrance
from portal.intake.labels import FIRST, KEEP_BOTH, NOTHING, TEXTS_CHANGED
from portal.intake.lost import gone, words
from portal.intake.pages import asking, step_url
from portal.intake.saving import put
from portal.intake.windows import opened, sender
from portal.web import formats
from portal.web.access import keeps_typed, public
from portal.web.fields import LongTextField
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
    mine = my_draft()
    if not mine:
        return go_to("intake.step", step=Slug.PRIVACY)
    if mine.draft.complaint_id:
        return go_to("intake.sent")
    told = service.told(session(), mine.draft)
    here, asked = _form_of(part, told)
    quarrels = _quarrels(here, asked, told, saving.traces(session(), mine.draft).get(part))
    if not quarrels:
        return redirect(_url_of(here, asked), 303)
    form = texts_form(quarrels)
    if not form.validate_on_submit():
        return _choosing(part, form, quarrels, status=422 if form.errors else 200)
    draft = held(mine)
    if draft is None:
        return go_to("intake.step", step=Slug.PRIVACY)
    try:
        _decide(draft, here, asked, form, quarrels)
    except AlreadySent:
        session().rollback()
        return go_to("intake.sent")
    except TextsChanged:
        session().rollback()
        told = service.told(session(), mine.draft)
        quarrels = _quarrels(here, asked, told, saving.traces(session(), mine.draft).get(part))
        form = texts_form(quarrels, formdata=None)
        form.form_errors.append(TEXTS_CHANGED)
        return _choosing(part, form, quarrels, status=422)
    session().commit()
    return hand_out(redirect(_url_of(here, asked), 303), mine.token)


def _decide(draft: Draft, here: Step, asked: StepForm, form: Form, quarrels: list[Quarrel]) -> None:
    """Let the texts stand that were chosen. They are read through once more on their own page before they count.

    Raises `AlreadySent`, `TextsChanged`.
    """
    if draft.complaint_id is not None:
        raise AlreadySent
    everywhere = saving.traces(session(), draft)
    part, before = asked.part(here.slug), service.told(session(), draft).answers.get(here.slug)
    chosen = {one.name: form[one.choice].data for one in quarrels}
    shown = {one.name: form[one.shown].data for one in quarrels}
    decided = merging.choose(
        asked.held(before) or {}, everywhere.get(part, Traces()), chosen, shown, window=opened(asked)
    )
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
    """The questions of a form for which several texts wait, each with all of them."""
    if traces is None:
        return []
    there = asked.held(told.answers.get(here.slug)) or {}
    found = []
    for number, (name, row) in enumerate(traces.beside.items()):
        group = group_of(there, name)
        texts = [Text(KEPT, str(FIRST), _words(asked, name, group))]
        for one in {fingerprint(one.typed): one for one in row}.values():
            at = formats.moment(one.at, language(), institution().zone)
            texts.append(Text(fingerprint(one.typed), _("Written %(at)s", at=at), _words(asked, name, one.typed)))
        if isinstance(asked[name], LongTextField):
            texts.append(Text(JOINED, str(KEEP_BOTH), ""))
        found.append(Quarrel(number, name, str(asked[name].label.text), tuple(texts), all_of(group, row)))
    return found


def _words(asked: StepForm, name: str, group: Group) -> str:
    return words(asked, name, group) or str(NOTHING)


def _choosing(part: str, form: Form, quarrels: list[Quarrel], *, status: int) -> Response:
    return render("intake/texts.html", status=status, form=form, quarrels=quarrels, belongs_to=part)


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
