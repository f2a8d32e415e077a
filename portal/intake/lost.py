"""Text whose draft is no longer there, or was sent without it: shown again, with what can be done with it."""

from typing import Any

from werkzeug.wrappers import Response

from portal.filing.forms.asking import StepForm
from portal.filing.forms.matter import AcknowledgementForm
from portal.filing.quarrels import reading, told, unsaved
from portal.filing.rules import Slug
from portal.filing.steps import Step
from portal.filing.windows import sender
from portal.intake.pages import asking
from portal.web.pages import go_to, render, wants_part


def gone(here: Step, form: StepForm | None, notice: AcknowledgementForm | None = None, **more: Any) -> Response:
    """The page for what was sent to a draft that was deleted meanwhile: the text again, and the way to begin with it.

    `form` is None where files came: nothing of them could be kept.
    """
    texts = told(reading(form.__getitem__), form.groups()) if form else []
    if (form is None and wants_part()) or (form and not texts):
        # A page's script is sent on, and an empty page loses nothing.
        return go_to("intake.step", step=Slug.PRIVACY)
    return render(
        "intake/gone.html",
        status=410 if notice is None or not notice.errors else 422,
        form=notice or AcknowledgementForm(asking(None), {}),
        texts=texts,
        sent=[(name, text) for name, text in form.inputs().items() if text] if form else [],
        belongs_to=form.part(here.slug) if form else None,
        **more,
    )


def late(form: StepForm | None) -> Response:
    """The page for what came after the complaint was sent in another window. Without a new text: the receipt.

    `form` is None where files came: nothing of them was kept.
    """
    if form is None:
        return render("intake/late.html", status=409, texts=[])
    texts = told(reading(form.__getitem__), unsaved(form.groups(), sender()))
    return render("intake/late.html", status=409, texts=texts) if texts else go_to("intake.sent")
