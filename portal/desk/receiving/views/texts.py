"""Two windows wrote different things into one intake: the officer says which stays, or that both do."""

from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from portal import clock
from portal.accounts.access import officer
from portal.accounts.rules import Officer
from portal.desk.blueprint import bp
from portal.desk.receiving import pages, service
from portal.desk.receiving.forms import FrameForm, ToldForm, held_page
from portal.desk.receiving.models import Intake
from portal.desk.receiving.opening import RECEIVERS, Opened, held_still, onward, opened
from portal.desk.receiving.rules import FRAME, TOLD, frame_of
from portal.filing import saving
from portal.filing import service as filing
from portal.filing.forms.choosing import Quarrel, texts_form
from portal.filing.merging import Merged, TextsChanged, Traces, choose
from portal.filing.models import Draft
from portal.filing.quarrels import chosen, quarrels
from portal.filing.rules import AlreadySent, Answer, Slug, Told
from portal.filing.text_labels import TEXTS_CHANGED
from portal.filing.windows import opened as new_window
from portal.web.floor import institution, session
from portal.web.forms import Form
from portal.web.language import language
from portal.web.pages import go_to, render


class Waiting(NamedTuple):
    """The texts of an intake that wait for a choice, page by page: how it came, and what the customer tells."""

    frame: list[Quarrel]
    told: list[Quarrel]

    @property
    def all(self) -> list[Quarrel]:
        return [*self.frame, *self.told]


@bp.route("/receive/<uuid:intake_id>/texts", methods=["GET", "POST"])
@officer(*RECEIVERS)
def receive_texts(intake_id: UUID, officer: Officer) -> ResponseReturnValue:
    """All questions of an intake that have several answers. Nothing is decided where another window wrote meanwhile."""
    found = opened(officer, intake_id)
    if not isinstance(found, Opened):
        return found
    intake, draft, told = found
    waiting = _waiting(intake, draft, told)
    if not waiting.all:
        return onward(intake, draft)
    form = texts_form(waiting.all)
    if not form.validate_on_submit():
        return _page(intake, told, form, waiting, status=422 if form.errors else 200)
    row = held_still(draft)
    try:
        _decide(intake, row, form, waiting)
    except AlreadySent:
        session().rollback()
        return go_to("desk.received", intake_id=intake_id)
    except TextsChanged:
        session().rollback()
        found = opened(officer, intake_id)
        if not isinstance(found, Opened):
            return found
        waiting = _waiting(*found)
        form = texts_form(waiting.all, formdata=None)
        form.form_errors.append(TEXTS_CHANGED)
        return _page(intake, found.told, form, waiting, status=422)
    answer = go_to("desk.receive_told", intake_id=intake_id) if waiting.told else onward(intake, draft)
    session().commit()
    return answer


def _waiting(intake: Intake, draft: Draft, told: Told) -> Waiting:
    traces, profile = saving.traces(session(), draft), institution()
    frame = FrameForm(pages.asking(told), frame_of(intake))
    there = frame.contested()[FrameForm.WHOLE]
    of_frame = quarrels(frame.reading(), traces.get(FRAME), there, language=language(), zone=profile.zone)
    there, beside = held_page(told, intake.contact), traces.get(TOLD, Traces()).beside
    # The page asks what only one of the windows has an answer for, too.
    page = {name: text for row in beside.values() for one in row for name, text in one.typed.items()} | there
    asked = ToldForm(pages.asking(told), told, sent=page)
    of_told = quarrels(
        asked.reading(), traces.get(TOLD), there, language=language(), zone=profile.zone, number=len(of_frame)
    )
    return Waiting(of_frame, of_told)


def _decide(intake: Intake, draft: Draft, form: Form, waiting: Waiting) -> None:
    """Let the texts stand that were chosen. They are read through once more on their own page before they count.

    Raises `AlreadySent`, `TextsChanged`.
    """
    if draft.complaint_id is not None:
        raise AlreadySent
    told, traces, now = filing.told(session(), draft), saving.traces(session(), draft), clock.now()
    there = FrameForm(pages.asking(told), frame_of(intake)).contested()[FrameForm.WHOLE]
    frame = _chosen(there, traces.get(FRAME, Traces()), form, waiting.frame)
    page = _chosen(held_page(told, intake.contact), traces.get(TOLD, Traces()), form, waiting.told)
    answers: dict[Slug, Answer] = {}
    contact = None
    if waiting.frame:
        said = FrameForm(pages.asking(told), sent=FrameForm.of_contested(frame.typed))
        if not said.validate():
            # Each was valid when it was sent; the profile has another list since then.
            raise TextsChanged
        service.reframe(session(), intake, draft, frame=said.frame(), profile=institution(), now=now)
        answers |= said.answers()
    if waiting.told:
        asked = ToldForm(pages.asking(told), told, sent=page.typed)
        answers |= asked.answers(judged=False, places=asked.places())
        contact = asked.source
    traces = {**traces, FRAME: frame.traces, TOLD: page.traces}
    service.keep(session(), intake, draft, answers, profile=institution(), now=now, contact=contact, traces=traces)


def _chosen(there: Mapping[str, str], traces: Traces, form: Form, waiting: list[Quarrel]) -> Merged:
    choices, shown = chosen(form, waiting)
    return choose(there, traces, choices, shown, window=new_window(None, {}))


def _page(intake: Intake, told: Told, form: Form, waiting: Waiting, *, status: int) -> Response:
    return render("desk/receive_texts.html", status=status, **pages.texts_page(intake, told, form, waiting.all))
