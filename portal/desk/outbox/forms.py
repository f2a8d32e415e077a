"""The forms of the outbox: what the list is narrowed to, and what is done about a notice."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms.fields.choices import SelectChoice

from portal.desk.outbox.labels import CHANNELS, KINDS, WHICH
from portal.desk.outbox.rules import Filters, Which
from portal.desk.queue.forms import ANY, ChoiceField
from portal.web.fields import RadioField
from portal.web.forms import Form
from portal.web.validators import Required

PHONED = "phoned"


class FilterForm(Form):
    """What the list is narrowed to; it travels in the page's address and holds nothing personal."""

    class Meta:
        csrf = False

    which = ChoiceField(_l("Which ones"))
    kind = ChoiceField(_l("Notice"))
    channel = ChoiceField(_l("Channel"))

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.which.offer(("" if which is Which.UNDELIVERED else which, words) for which, words in WHICH.items())
        self.kind.offer([("", ANY), *KINDS.items()])
        self.channel.offer([("", ANY), *CHANNELS.items()])

    def filters(self) -> Filters:
        return Filters(Which(self.which.data or Which.UNDELIVERED), self.kind.data, self.channel.data)


class SeeToForm(Form):
    """How a notice that has not arrived is made good."""

    how = RadioField(_l("What do you do about it?"), [Required(_l("Choose what you do about it"))])

    def __init__(self, *, ways: Iterable[tuple[str, Any]], **kwargs: Any) -> None:
        """`ways`: the value and words of each channel that it can be sent by, and of having told it by telephone."""
        super().__init__(**kwargs)
        self.how.choices = [SelectChoice(value, words) for value, words in ways]
