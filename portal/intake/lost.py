"""Text whose draft is no longer there, or was sent without it: shown again, with what can be done with it."""

from typing import Any

from werkzeug.wrappers import Response

from portal.filing.forms.asking import StepForm
from portal.filing.forms.matter import AcknowledgementForm
from portal.filing.merging import Group, fingerprint
from portal.filing.rules import Slug
from portal.filing.steps import Step
from portal.intake.labels import NOT_TICKED, TICKED
from portal.intake.pages import asking
from portal.intake.windows import sender
from portal.web.fields import BooleanField, RadioField
from portal.web.pages import go_to, render, wants_part


def gone(here: Step, form: StepForm | None, notice: AcknowledgementForm | None = None, **more: Any) -> Response:
    """The page for what was sent to a draft that was deleted meanwhile: the text again, and the way to begin with it.

    `form` is None where files came: nothing of them could be kept.
    """
    texts = shown(form) if form else []
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
    seen = sender().seen
    changed = {name for name, group in form.groups().items() if seen.get(name) != fingerprint(group)}
    texts = [(label, text) for name, label, text in _shown(form) if name in changed]
    return render("intake/late.html", status=409, texts=texts) if texts else go_to("intake.sent")


def shown(form: StepForm) -> list[tuple[str, str]]:
    """What stands in a form, as pairs of the question and the words of the answer."""
    return [(label, text) for _, label, text in _shown(form)]


def _shown(form: StepForm) -> list[tuple[str, str, str]]:
    return [
        (name, str(form[name].label.text), words(form, name, group))
        for name, group in form.groups().items()
        if any(group.values())
    ]


def words(form: StepForm, name: str, group: Group) -> str:
    """One field's inputs as a person reads them: the words of what was chosen, else what was typed."""
    field, texts = form[name], [text for text in group.values() if text]
    if isinstance(field, BooleanField):
        return str(TICKED if texts else NOT_TICKED)
    if isinstance(field, RadioField):
        return next((str(choice.label) for choice in field.choices if choice.value in texts), " ".join(texts))
    return " ".join(texts)
