"""The form that gives complaints away: which ones, and to whom."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms.fields.choices import SelectChoice

from portal.desk.assigning.rules import Gift, read_gift
from portal.desk.queue.rules import EVENLY, PAGE
from portal.web.fields import SelectField
from portal.web.forms import Form
from portal.web.validators import Required

NONE_CHOSEN = _l("Choose the complaints in the list first")
CHANGED = _l("Something has changed meanwhile, so nothing was given. This is how it stands now")


class AssignForm(Form):
    """`case` names the chosen complaints, `give` what a preview promised; both may stand in it many times."""

    to = SelectField(_l("Give to"), [Required(_l("Choose an officer"))], choices=[], validate_choice=False, default="")

    def __init__(self, *, colleagues: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        """`colleagues`: id and name of everybody who can be given a complaint."""
        super().__init__(**kwargs)
        people = [SelectChoice(each, name) for each, name in colleagues]
        evenly = [SelectChoice(EVENLY, _l("Share out evenly"))] if len(people) > 1 else []
        self.to.choices = [SelectChoice("", ""), *evenly, *people]
        if self.to.data not in {choice.value for choice in self.to.choices}:
            self.to.data = ""

    @property
    def taker(self) -> UUID | None:
        """The officer who gets them; None where they are shared out."""
        return None if self.to.data == EVENLY else UUID(self.to.data)

    @property
    def cases(self) -> list[UUID]:
        """The complaints that were chosen, each once and no more than a page holds."""
        return list(dict.fromkeys(filter(None, map(_read_id, request.form.getlist("case")))))[:PAGE]

    @property
    def gifts(self) -> list[Gift]:
        """What the preview promised, each complaint once."""
        promised = filter(None, map(read_gift, request.form.getlist("give")[:PAGE]))
        return list({gift.complaint_id: gift for gift in promised}.values())


def _read_id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
