"""The questions of the forum finder: nine at most. The answers travel in the page's address, so they are codes only."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import ValidationError
from wtforms.fields.choices import SelectChoice

from portal.forums.finder import CLAUSE_UNKNOWN, NO_CLAUSE, Answers
from portal.forums.loader import load
from portal.forums.rules import Elsewhere, Known, Matter, Sector, Standing
from portal.guidance import labels
from portal.institution import disputes
from portal.institution.models import Institution
from portal.web.fields import AmountField, DatePartsField, RadioField, SelectField
from portal.web.forms import Form
from portal.web.validators import Optional, Required


def _choices(words: Iterable[tuple[str, Any]]) -> list[SelectChoice]:
    return [SelectChoice(str(code), str(said)) for code, said in words]


class FinderForm(Form):
    """What the finder asks. `answers()` is what the form means, once it is validated."""

    class Meta:
        # It changes nothing, and a token in an address would be kept in the browser's history.
        csrf = False

    elsewhere = RadioField(
        _l("Have you taken this matter anywhere else already?"),
        [Required(_l("Say whether the matter was taken anywhere else"))],
    )
    standing = RadioField(validators=[Required(_l("Say whether the complaint was answered"))])
    answered_on = DatePartsField(
        _l("Date of the written answer"),
        [Optional()],
        wrong=_l("Write the date as day, month and year, for example 9 3 2026"),
        description=_l("It stands on the letter of answer. Only with it can the last day be counted"),
    )
    sector = SelectField(
        _l("What kind of product is it about?"),
        validate_choice=False,
        description=_l("Change it only if the product is another company’s, such as insurance sold through a bank"),
    )
    matter = RadioField(
        _l("Is it about a payment service?"), [Required(_l("Say whether it is about a payment service"))]
    )
    sharia = RadioField(
        _l("Is your contract a sharia contract (akad)?"), [Required(_l("Say whether the contract is a sharia one"))]
    )
    clause = RadioField(
        _l("Which forum does your contract name for disputes?"),
        [Required(_l("Say which forum the contract names"))],
        description=_l("Look for the article on disputes or on settling differences, near the end of the contract"),
    )
    amount = AmountField(
        _l("How much is your loss?"),
        [Optional()],
        wrong=_l("Write the amount in digits, for example 1,250,000"),
        description=_l("Leave it empty if it cannot be put in figures"),
    )
    agreement = RadioField(validators=[Required(_l("Say whether both sides have agreed on a forum"))])

    def __init__(self, *, profile: Institution, language: str, today: date, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.today = today
        name = profile.name
        self.standing.label.text = _("Has %(name)s answered your complaint?", name=name)
        self.agreement.label.text = _("Have you and %(name)s agreed in writing to go to the same forum?", name=name)
        self.answered_on.flags.optional = self.amount.flags.optional = True
        self.elsewhere.choices = _choices(labels.ELSEWHERE.items())
        self.standing.choices = _choices(
            (
                (Standing.ANSWERED, _("Yes, and I do not agree with the answer")),
                (Standing.LATE, _("No, and the time limit for an answer has passed")),
                (Standing.WAITING, _("Not yet; the time limit has not passed")),
                (Standing.NOT_YET, _("I have not complained there yet")),
            )
        )
        self.sector.choices = _choices(labels.SECTORS.items())
        if self.sector.data not in set(Sector):
            self.sector.data = profile.sector
        self.matter.choices = _choices(labels.MATTERS.items())
        self.sharia.choices = self.agreement.choices = _choices(labels.KNOWN.items())
        self.clause.choices = _choices(
            (
                (NO_CLAUSE, _("It names none")),
                *((code, clause.label[language]) for code, clause in load().clauses.items()),
                (CLAUSE_UNKNOWN, _("I do not know")),
            )
        )
        if not disputes.asks_matter(profile):
            del self.matter

    def validate_answered_on(self, field: Any) -> None:
        if field.data and field.data > self.today:
            raise ValidationError(_l("This day is still to come. Enter the date of the answer you received"))

    def answers(self) -> Answers:
        """What was answered. A date counts only where there is an answer."""
        standing = Standing(self.standing.data or "")
        return Answers(
            elsewhere=Elsewhere(self.elsewhere.data or ""),
            standing=standing,
            sector=Sector(self.sector.data),
            matter=Matter(self.matter.data or "") if "matter" in self else Matter.OTHER,
            sharia=Known(self.sharia.data or ""),
            clause=self.clause.data or "",
            amount=self.amount.data,
            answered_on=self.answered_on.data if standing is Standing.ANSWERED else None,
            agreement=Known(self.agreement.data or ""),
        )
