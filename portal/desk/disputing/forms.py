"""The questions of the acts that follow a response: what the customer told us, objections, forums."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import ValidationError
from wtforms.fields.choices import SelectChoice

from portal.complaints.disputes.rules import ELSEWHERE
from portal.desk.act_forms import LONGEST_LINE, LONGEST_TEXT, NO, YES, ActForm
from portal.desk.case_labels import ROLES
from portal.institution.disputes import guide
from portal.web.fields import DatePartsField, LongTextField, RadioField, TextField
from portal.web.validators import Optional, Required, at_most

TOO_LONG = _l("Shorten the text to 5,000 characters")
LINE_TOO_LONG = _l("Shorten this to 300 characters")


class HowForm(ActForm):
    """How the customer told us what we record for them."""

    how = TextField(
        _l("How did the customer tell us?"),
        [Required(_l("Write how the customer told us")), at_most(LONGEST_LINE, LINE_TOO_LONG)],
        description=_l("For example: by telephone, after we compared their identity."),
    )
    SHOWN = ("how",)


class ToldReasonForm(ActForm):
    """Why we do it; the customer reads it."""

    reason = LongTextField(
        _l("Why?"),
        [Required(_l("Write why")), at_most(LONGEST_TEXT, TOO_LONG)],
        description=_l("The customer reads this."),
    )
    SHOWN = ("reason",)


class OwnReasonForm(ActForm):
    """Why we do it, for officers and whoever checks later."""

    reason = LongTextField(
        _l("Why?"),
        [Required(_l("Write why")), at_most(LONGEST_TEXT, TOO_LONG)],
        description=_l("It stands in the history."),
    )
    SHOWN = ("reason",)


class ObjectionForm(ActForm):
    """An objection that came by post, at a counter or by telephone, or that is opened at our discretion (SQ-31)."""

    party = RadioField(_l("Who objects?"), [Required(_l("Choose who objects"))])
    words = LongTextField(
        _l("What do they say?"),
        [Required(_l("Write what they say")), at_most(LONGEST_TEXT, TOO_LONG)],
        description=_l("In their own words, as far as you can. The customer reads it."),
    )
    how = TextField(
        _l("How did it come?"),
        [Required(_l("Write how it came")), at_most(LONGEST_LINE, LINE_TOO_LONG)],
        description=_l("For example: letter of 3 December, at the Bandung branch."),
    )
    brings = RadioField(
        _l("Does it bring a document that was not submitted before?"),
        [Required(_l("Say whether it brings a new document"))],
        choices=[SelectChoice(YES, _l("Yes")), SelectChoice(NO, _l("No"))],
    )
    reason = LongTextField(
        _l("Why do you open it all the same?"),
        [Optional(), at_most(LONGEST_TEXT, TOO_LONG)],
        description=_l("Needed where it brings nothing new, or where every objection that is a right was made."),
    )
    SHOWN = ("party", "words", "how", "brings", "reason")

    def fit(self) -> None:
        self.party.choices = [SelectChoice(str(one.id), ROLES[one.role]) for one in self.asking.file.parties]
        if len(self.asking.file.parties) == 1:
            self.party.data = str(self.asking.file.customer.id)

    @property
    def shown(self) -> list[Any]:
        fields = super().shown
        return fields if len(self.asking.file.parties) > 1 else fields[1:]


class ForumForm(ActForm):
    """A forum that has the matter, as the customer told us or as it wrote to us."""

    forum = RadioField(_l("Which forum has it?"), [Required(_l("Choose the forum"))])
    taken_on = DatePartsField(
        _l("Since when?"),
        [Optional()],
        wrong=_l("Write the date as day, month and year, for example 9 3 2026"),
    )
    reference = TextField(_l("Number of the case there"), [Optional(), at_most(LONGEST_LINE, LINE_TOO_LONG)])
    SHOWN = ("forum", "taken_on", "reference")

    def fit(self) -> None:
        listed, others = guide(self.asking.profile)
        language = self.asking.language
        named = [SelectChoice(forum.code, forum.label[language]) for forum in (*listed, *others)]
        self.forum.choices = [*named, SelectChoice(ELSEWHERE, _l("Somewhere else"))]

    def validate_taken_on(self, field: Any) -> None:
        if field.data and field.data > self.asking.today:
            raise ValidationError(_l("The day must be today or earlier"))
